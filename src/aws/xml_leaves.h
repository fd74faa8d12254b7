// The small XML documents that AWS's Query protocol answers with (STS, SNS).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meridian::aws {

// Each element that holds text only: where it stands, as "ErrorResponse/Error/Code",
// and its text, entities resolved. In the document's order. Namespaces' prefixes are left out.
using XmlLeaves = std::vector<std::pair<std::string, std::string>>;

// Nothing: it is not well formed, has a document type (whose entities nobody should resolve), nests
// deeper than 16, has over 1,024 of them, or over 256 KiB.
[[nodiscard]] std::optional<XmlLeaves> read_xml_leaves(std::string_view text);

// The first one there. Empty: there is none.
[[nodiscard]] std::string_view leaf(const XmlLeaves& leaves, std::string_view path);

}  // namespace meridian::aws
