// The query of a request, read strictly: whoever misspells a parameter is told.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace meridian::rest {

// Every error is kInvalidInput and names the parameter, and what would do.
class Parameters {
  public:
    // Refuses parameters that are not known, those given twice, and wrong percent-encoding. A
    // presigned URL's own (X-Amz-…) are passed over.
    [[nodiscard]] static Result<Parameters> parse(std::string_view query,
                                                  std::span<const std::string_view> known);

    // Nothing: it is not given.
    [[nodiscard]] std::optional<std::string_view> text(std::string_view name) const;
    // "?dryRun" and "?dryRun=true" are true.
    [[nodiscard]] Result<bool> flag(std::string_view name) const;
    // From 1 to `most`.
    [[nodiscard]] Result<std::size_t> count(std::string_view name, std::size_t absent,
                                            std::size_t most) const;
    [[nodiscard]] Result<Instant> instant(std::string_view name, Instant absent) const;

  private:
    std::vector<std::pair<std::string, std::string>> given_;
};

}  // namespace meridian::rest
