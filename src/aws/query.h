// A query string's parameters, decoded, and their canonical form.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::aws {

// Owns the decoded text. Empty parameters ("a&&b") don't count; a parameter without '=' has an
// empty value. O(n log n) for n bytes, whatever they are.
class Query {
  public:
    struct Parameter {
        std::string_view name;
        std::string_view value;
    };

    explicit Query(std::string_view raw);
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }

    // Encoded again, sorted by name, then by value, without the parameters of that name.
    [[nodiscard]] std::string canonical(std::optional<std::string_view> without) const;

  private:
    std::string decoded_;
    std::vector<Parameter> parameters_;
};

}  // namespace meridian::aws
