// A request's JSON, written straight as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "expression/render.h"
#include "item/value.h"

namespace meridian::store::dynamodb {

// Writes the members of one object in the order of the calls. The first error stays, and is what
// take() gives: kInvalidInput names an attribute with a string that is not UTF-8, which JSON cannot
// carry, or is what an expression could not be rendered for. Threads: one.
class Request {
  public:
    Request& text(std::string_view name, std::string_view value);
    Request& flag(std::string_view name, bool value);
    Request& number(std::string_view name, std::uint64_t value);
    // `value` is JSON.
    Request& json(std::string_view name, std::string_view value);
    Request& attributes(std::string_view name, const item::Map& value);
    Request& expression(std::string_view name, Result<std::string> rendered);
    // Names and values of the expressions so far, where there are any.
    Request& placeholders(const expression::Renderer& renderer);

    [[nodiscard]] Result<std::string> take() &&;

  private:
    void begin(std::string_view name);

    std::string text_ = "{";
    std::optional<Error> error_;
};

// The item as JSON at the end of `out`. kInvalidInput: a string in it is not UTF-8.
[[nodiscard]] Result<void> append_item(const item::Map& item, std::string& out);

}  // namespace meridian::store::dynamodb
