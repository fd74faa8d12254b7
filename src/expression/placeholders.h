// The names and values that a request gives beside its expressions: ExpressionAttributeNames and
// ExpressionAttributeValues.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/value.h"

namespace meridian::expression {

// Remembers which of them its expressions have used: whatever a request defines and does not use is
// an error. One object serves all expressions of one request. Threads: one.
class Placeholders {
  public:
    using Names = std::map<std::string, std::string, std::less<>>;
    using Values = item::Map;

    Placeholders() = default;
    // Nothing stands for a parameter that the request hasn't; an empty map for one that it has.
    // kInvalidInput, in the service's words: none in what is given, a key that is no placeholder or
    // too long, an empty name, over 2 MB of values.
    [[nodiscard]] static Result<Placeholders> make(std::optional<Names> names,
                                                   std::optional<Values> values);

    // "#name" → the attribute's name, ":value" → the value; null: not defined. The pointers live as
    // long as the placeholders.
    [[nodiscard]] const std::string* use_name(std::string_view placeholder);
    [[nodiscard]] const item::Value* use_value(std::string_view placeholder);

    // kInvalidInput lists what no expression has used; names before values.
    [[nodiscard]] Result<void> check_used() const;

  private:
    template <typename Content>
    struct Entry {
        Content content;
        bool used = false;
    };
    std::map<std::string, Entry<std::string>, std::less<>> names_;
    std::map<std::string, Entry<item::Value>, std::less<>> values_;
};

// The keys of ExpressionAttributeValues alone, for who reads the values afterwards: the service
// refuses a bad key before a bad value.
[[nodiscard]] Result<void> check_value_placeholder(std::string_view placeholder);

}  // namespace meridian::expression
