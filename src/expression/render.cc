#include "expression/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace meridian::expression {

using item::Value;

namespace {

std::unexpected<Error> no_text(std::string_view what) {
    return fail(ErrorCode::kInvalidInput, fmt::format("{} has no expression", what));
}

// How strongly a condition holds together: what is weaker than its surroundings needs parentheses.
enum class Strength : std::uint8_t { kOr, kAnd, kAlone };

// And and Or of one condition are that condition.
const Condition& essence(const Condition& condition) {
    const auto* all = std::get_if<And>(&condition.variant());
    const auto* any = std::get_if<Or>(&condition.variant());
    if (all != nullptr && all->all.size() == 1) {
        return essence(all->all.front());
    }
    return any != nullptr && any->any.size() == 1 ? essence(any->any.front()) : condition;
}

Strength strength(const Condition& condition) {
    return std::holds_alternative<Or>(condition.variant())    ? Strength::kOr
           : std::holds_alternative<And>(condition.variant()) ? Strength::kAnd
                                                              : Strength::kAlone;
}

}  // namespace

// Writes into a renderer's names and values. What has no text was refused before, but emptiness,
// which is noted.
class Writer {
  public:
    explicit Writer(Renderer& renderer) : renderer_(renderer) {}

    [[nodiscard]] bool wrote_all() const { return wrote_all_; }

    // ---- Operands

    std::string operator()(const Path& path) {
        std::string text;
        for (const auto& step : path.steps) {
            if (const auto* index = std::get_if<std::size_t>(&step)) {
                text.append(fmt::format("[{}]", *index));
            } else {
                text.append(text.empty() ? "" : ".");
                text.append(renderer_.name_placeholder(std::get<std::string>(step)));
            }
        }
        return text;
    }

    std::string operator()(const Value& value) { return renderer_.value_placeholder(value); }

    std::string operator()(const SizeOf& size) {
        return fmt::format("size({})", std::visit(*this, size.operand));
    }

    std::string operator()(const IfNotExists& first_of) {
        std::string text;
        for (const auto& path : first_of.paths) {
            text.append("if_not_exists(").append((*this)(path)).append(", ");
        }
        text.append(std::visit(*this, first_of.otherwise));
        return text.append(first_of.paths.size(), ')');
    }

    template <typename... Kinds>
    std::string operand(const std::variant<Kinds...>& any) {
        return std::visit(*this, any);
    }

    // ---- Conditions

    std::string operator()(const Compare& compare) {
        const auto left = operand(compare.left);
        return fmt::format("{} {} {}", left, to_string(compare.comparison), operand(compare.right));
    }
    std::string operator()(const Between& between) {
        const auto value = operand(between.operand);
        const auto low = operand(between.low);
        return fmt::format("{} BETWEEN {} AND {}", value, low, operand(between.high));
    }
    std::string operator()(const In& in) {
        const auto value = operand(in.operand);
        return fmt::format("{} IN ({})", value, list(in.candidates, ", ", [this](const auto& one) {
                               return operand(one);
                           }));
    }
    std::string operator()(const AttributeExists& exists) {
        return fmt::format("attribute_exists({})", (*this)(exists.path));
    }
    std::string operator()(const AttributeNotExists& absent) {
        return fmt::format("attribute_not_exists({})", (*this)(absent.path));
    }
    std::string operator()(const AttributeType& type) {
        const auto value = operand(type.operand);
        return fmt::format("attribute_type({}, {})", value, (*this)(Value(type.type)));
    }
    std::string operator()(const BeginsWith& begins) {
        const auto value = operand(begins.operand);
        return fmt::format("begins_with({}, {})", value, operand(begins.prefix));
    }
    std::string operator()(const Contains& contains) {
        const auto value = operand(contains.container);
        return fmt::format("contains({}, {})", value, operand(contains.element));
    }
    std::string operator()(const And& all) {
        return list(all.all, " AND ",
                    [this](const auto& one) { return condition(one, Strength::kAlone); });
    }
    std::string operator()(const Or& any) {
        return list(any.any, " OR ",
                    [this](const auto& one) { return condition(one, Strength::kAnd); });
    }
    std::string operator()(const Not& negation) {
        return fmt::format("NOT {}", condition(*negation.negated, Strength::kAlone));
    }

    std::string condition(const Condition& any, Strength needed) {
        const auto& written = essence(any);
        auto text = std::visit(*this, written.variant());
        return strength(written) < needed ? fmt::format("({})", text) : text;
    }

    // ---- Actions

    std::string operator()(const Set& set) {
        const auto target = (*this)(set.path);
        const auto left = operand(set.left);
        switch (set.op) {
            case SetOperator::kPlus:
                return fmt::format("{} = {} + {}", target, left, operand(set.right));
            case SetOperator::kMinus:
                return fmt::format("{} = {} - {}", target, left, operand(set.right));
            case SetOperator::kListAppend:
                return fmt::format("{} = list_append({}, {})", target, left, operand(set.right));
            case SetOperator::kNone:
                break;
        }
        return fmt::format("{} = {}", target, left);
    }
    std::string operator()(const Remove& remove) { return (*this)(remove.path); }
    std::string operator()(const Add& add) {
        const auto target = (*this)(add.path);
        return fmt::format("{} {}", target, (*this)(add.value));
    }
    std::string operator()(const Delete& remove) {
        const auto target = (*this)(remove.path);
        return fmt::format("{} {}", target, (*this)(remove.value));
    }

    template <typename Element, typename Write>
    std::string list(const std::vector<Element>& elements, std::string_view separator,
                     Write write) {
        wrote_all_ = wrote_all_ && !elements.empty();
        std::string text;
        for (const auto& element : elements) {
            text.append(text.empty() ? "" : separator).append(write(element));
        }
        return text;
    }

  private:
    Renderer& renderer_;
    bool wrote_all_ = true;
};

namespace {

std::string key_condition(const KeyCondition& condition, Writer& writer) {
    using Op = KeyCondition::Op;
    const Path path(condition.attribute);
    switch (condition.op) {
        case Op::kLess:
            return writer(Compare{Comparison::kLess, path, condition.first});
        case Op::kLessOrEqual:
            return writer(Compare{Comparison::kLessOrEqual, path, condition.first});
        case Op::kGreater:
            return writer(Compare{Comparison::kGreater, path, condition.first});
        case Op::kGreaterOrEqual:
            return writer(Compare{Comparison::kGreaterOrEqual, path, condition.first});
        case Op::kBetween:
            return writer(Between{path, condition.first, condition.second});
        case Op::kBeginsWith:
            return writer(BeginsWith{path, condition.first});
        case Op::kEqual:
        case Op::kNotIndexable:
            break;
    }
    return writer(Compare{Comparison::kEqual, path, condition.first});
}

Result<void> check_paths(const SetOperand& operand) {
    if (const auto* path = std::get_if<Path>(&operand)) {
        return check_path(*path);
    }
    const auto* first_of = std::get_if<IfNotExists>(&operand);
    if (first_of == nullptr) {
        return {};
    }
    Result<void> checked =
        first_of->paths.empty() ? no_text("if_not_exists of no path") : Result<void>{};
    for (auto it = first_of->paths.begin(); checked && it != first_of->paths.end(); ++it) {
        checked = check_path(*it);
    }
    const auto* last = std::get_if<Path>(&first_of->otherwise);
    return checked && last != nullptr ? check_path(*last) : checked;
}

Result<void> check(const Set& set) {
    auto checked = check_path(set.path);
    checked = checked ? check_paths(set.left) : checked;
    checked = checked && set.op != SetOperator::kNone ? check_paths(set.right) : checked;
    return checked ? validate(set) : checked;
}
Result<void> check(const Remove& remove) {
    return check_path(remove.path);
}
template <typename Action>
Result<void> check(const Action& action) {
    auto checked = check_path(action.path);
    return checked ? validate(action) : checked;
}

// "SET …", or nothing where there are no actions.
template <typename Action>
Result<void> append_clause(std::string_view keyword, const std::vector<Action>& actions,
                           Writer& writer, std::string& text) {
    for (const auto& action : actions) {
        if (auto checked = check(action); !checked) {
            return checked;
        }
    }
    if (!actions.empty()) {
        text.append(text.empty() ? "" : " ").append(keyword).append(" ");
        text.append(writer.list(actions, ", ", [&](const auto& action) { return writer(action); }));
    }
    return {};
}

}  // namespace

Result<std::string> Renderer::render(const Condition& condition) {
    if (auto valid = validate(condition); !valid) {
        return std::unexpected(std::move(valid.error()));
    }
    Writer writer(*this);
    auto text = writer.condition(condition, Strength::kOr);
    return writer.wrote_all() ? Result<std::string>(std::move(text))
                              : no_text("AND, OR or IN of nothing");
}

Result<std::string> Renderer::render(const KeyConditions& conditions) {
    Writer writer(*this);
    for (const auto& condition : conditions) {
        if (condition.op == KeyCondition::Op::kNotIndexable) {
            return no_text("what no key serves");
        }
    }
    auto text = writer.list(conditions, " AND ", [&](const KeyCondition& condition) {
        return key_condition(condition, writer);
    });
    return writer.wrote_all() ? Result<std::string>(std::move(text)) : no_text("no key condition");
}

Result<std::string> Renderer::render(const Update& update) {
    Writer writer(*this);
    std::string text;
    auto written = append_clause("SET", update.sets, writer, text);
    written = written ? append_clause("REMOVE", update.removes, writer, text) : written;
    written = written ? append_clause("ADD", update.adds, writer, text) : written;
    written = written ? append_clause("DELETE", update.deletes, writer, text) : written;
    if (!written) {
        return std::unexpected(std::move(written.error()));
    }
    return text.empty() ? no_text("an update of nothing") : Result<std::string>(std::move(text));
}

Result<std::string> Renderer::render(const Projection& projection) {
    if (auto valid = validate(projection); !valid) {
        return std::unexpected(std::move(valid.error()));
    }
    Writer writer(*this);
    return writer.list(projection.paths, ", ", [&](const Path& path) { return writer(path); });
}

std::string Renderer::name_placeholder(std::string_view name) {
    const auto known = by_name_.find(name);
    if (known != by_name_.end()) {
        return known->second;
    }
    auto placeholder = fmt::format("#n{}", names_.size());
    names_.emplace(placeholder, name);
    by_name_.emplace(name, placeholder);
    return placeholder;
}

std::string Renderer::value_placeholder(const Value& value) {
    auto placeholder = fmt::format(":v{}", values_.size());
    values_.emplace(placeholder, value);
    return placeholder;
}

}  // namespace meridian::expression
