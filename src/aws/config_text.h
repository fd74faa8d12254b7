// The text of AWS's shared config and credentials files.
//
// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "base/result.h"

namespace meridian::aws {

// By name, in lower case. A setting nested under another has both names: "dynamodb.endpoint_url".
using Section = std::map<std::string, Setting, std::less<>>;
using Sections = std::map<std::string, Section, std::less<>>;

struct ConfigText {
    Sections profiles;
    Sections services;  // of the [services NAME]s
};

enum class ConfigKind : std::uint8_t {
    kConfig,      // [default], [profile NAME], [services NAME]; others are passed over
    kCredentials  // [NAME]
};

// Adds what the text says to `into`; what another text has said of the same setting goes. Sections
// of one name are one, and the last of one setting stands. A comment may stand behind a value,
// after a blank. Errors: kConfiguration, "FILE:LINE: …", which never shows a value.
[[nodiscard]] Result<void> read_config_text(std::string_view text, std::string_view file_name,
                                            ConfigKind kind, ConfigText& into);

}  // namespace meridian::aws
