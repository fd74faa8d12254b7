// Trees as DynamoDB's expressions: text, names and values. The inverse of parse.h.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "expression/condition.h"
#include "expression/key_condition.h"
#include "expression/projection.h"
#include "expression/update.h"
#include "item/value.h"

namespace meridian::expression {

// Renders the expressions of one request, which share names and values. Each attribute's name gets
// a placeholder, so that no name is reserved or hard to write. Parsed with names() and values(),
// a text gives the tree again, but And and Or of one condition, which are that condition. Threads:
// one.
//
// kInvalidInput is for what has no text: And, Or or In of nothing, an update or a projection of
// nothing, a path that doesn't start with a name, and what validate() refuses. The service's limits
// on the length of a text and the number of its operators are not looked at.
class Renderer {
  public:
    [[nodiscard]] Result<std::string> render(const Condition& condition);
    [[nodiscard]] Result<std::string> render(const KeyConditions& conditions);
    [[nodiscard]] Result<std::string> render(const Update& update);
    [[nodiscard]] Result<std::string> render(const Projection& projection);

    // Empty when the expressions need none; the service takes no empty ones.
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& names() const {
        return names_;
    }
    [[nodiscard]] const item::Map& values() const { return values_; }

  private:
    friend class Writer;

    std::string name_placeholder(std::string_view name);
    std::string value_placeholder(const item::Value& value);

    std::map<std::string, std::string, std::less<>> names_;    // placeholder → name
    std::map<std::string, std::string, std::less<>> by_name_;  // name → placeholder
    item::Map values_;
};

}  // namespace meridian::expression
