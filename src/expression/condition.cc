#include "expression/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <string_view>

#include "base/mask.h"

namespace meridian::expression {

using item::Binary;
using item::Item;
using item::List;
using item::Map;
using item::Number;
using item::Value;

namespace {

std::unexpected<Error> invalid(std::string message) {
    return fail(ErrorCode::kInvalidInput, std::move(message));
}

// Nothing when the two cannot be compared by order.
std::optional<std::strong_ordering> order(const Value& a, const Value& b) {
    const auto as = [&]<typename T>() -> std::optional<std::strong_ordering> {
        const auto* left = a.as<T>();
        const auto* right = b.as<T>();
        return left != nullptr && right != nullptr ? std::optional(*left <=> *right) : std::nullopt;
    };
    if (auto numbers = as.operator()<Number>()) {
        return numbers;
    }
    if (auto texts = as.operator()<std::string>()) {
        return texts;
    }
    return as.operator()<Binary>();
}

bool has_order(const Value& value) {
    return order(value, value).has_value();
}

std::string_view symbol(Comparison comparison) {
    switch (comparison) {
        case Comparison::kEqual:
            return "=";
        case Comparison::kNotEqual:
            return "<>";
        case Comparison::kLess:
            return "<";
        case Comparison::kLessOrEqual:
            return "<=";
        case Comparison::kGreater:
            return ">";
        case Comparison::kGreaterOrEqual:
            return ">=";
    }
    return "";
}

// ---- Validation

// "{N:3}", as the service shows a literal; its content only where it is short, and masked.
std::string shown(const Value& value) {
    constexpr std::size_t kShown = 64;
    std::string content;
    if (const auto* number = value.as<Number>()) {
        content = number->to_string();
    } else if (const auto* text = value.as<std::string>()) {
        content = text->substr(0, kShown);
    }
    return fmt::format("AttributeValue: {{{}:{}}}", type_name(value), mask_numbers_in(content));
}

Result<void> check_between_bounds(const Value& low, const Value& high) {
    const auto refuse = [&](std::string_view what) {
        return invalid(fmt::format(
            "The BETWEEN operator requires {}; lower bound operand: {}, upper bound operand: {}",
            what, shown(low), shown(high)));
    };
    const auto ordering = order(low, high);
    if (!ordering) {
        return refuse("same data type for lower and upper bounds");
    }
    if (*ordering > 0) {
        return refuse("upper bound to be greater than or equal to lower bound");
    }
    return {};
}

class Validator {
  public:
    explicit Validator(int depth) : depth_(depth) {}

    Result<void> operator()(const Compare& compare) const {
        const bool by_order =
            compare.comparison != Comparison::kEqual && compare.comparison != Comparison::kNotEqual;
        for (const auto* operand : {&compare.left, &compare.right}) {
            if (auto checked =
                    by_order ? ordered(*operand, symbol(compare.comparison)) : path_of(*operand);
                !checked) {
                return checked;
            }
        }
        return {};
    }

    Result<void> operator()(const Between& between) const {
        for (const auto* operand : {&between.operand, &between.low, &between.high}) {
            if (auto checked = ordered(*operand, "BETWEEN"); !checked) {
                return checked;
            }
        }
        const auto* low = std::get_if<Value>(&between.low);
        const auto* high = std::get_if<Value>(&between.high);
        return low != nullptr && high != nullptr ? check_between_bounds(*low, *high)
                                                 : Result<void>{};
    }

    Result<void> operator()(const In& in) const {
        for (const auto& candidate : in.candidates) {
            if (auto checked = path_of(candidate); !checked) {
                return checked;
            }
        }
        return path_of(in.operand);
    }

    Result<void> operator()(const AttributeExists& exists) const { return check_path(exists.path); }
    Result<void> operator()(const AttributeNotExists& absent) const {
        return check_path(absent.path);
    }

    Result<void> operator()(const AttributeType& type) const {
        constexpr std::array<std::string_view, 10> kTypes{"B",  "NULL", "SS", "BOOL", "L",
                                                          "BS", "N",    "NS", "S",    "M"};
        if (std::ranges::find(kTypes, type.type) == kTypes.end()) {
            return invalid(
                fmt::format("Invalid attribute type name found; type: {}, valid types: {{{}}}",
                            type.type.substr(0, 16), fmt::join(kTypes, ",")));
        }
        return check_path(type.path);
    }

    Result<void> operator()(const BeginsWith& begins) const {
        for (const auto* operand : {&begins.operand, &begins.prefix}) {
            const auto* literal = std::get_if<Value>(operand);
            if (literal != nullptr && literal->as<std::string>() == nullptr &&
                literal->as<Binary>() == nullptr) {
                return wrong_type("operator or function", "begins_with", *literal);
            }
            if (auto checked = path_of(*operand); !checked) {
                return checked;
            }
        }
        return {};
    }

    Result<void> operator()(const Contains& contains) const {
        auto checked = path_of(contains.container);
        return checked ? path_of(contains.element) : checked;
    }

    Result<void> operator()(const And& all) const { return each(all.all); }
    Result<void> operator()(const Or& any) const { return each(any.any); }
    Result<void> operator()(const Not& negation) const {
        if (negation.negated == nullptr) {
            return invalid("NOT of no condition");
        }
        return nested(*negation.negated);
    }

  private:
    static std::unexpected<Error> wrong_type(std::string_view kind, std::string_view name,
                                             const Value& literal) {
        return invalid(
            fmt::format("Incorrect operand type for operator or function; {}: {}, operand type: {}",
                        kind, name, type_name(literal)));
    }

    static Result<void> path_of(const Operand& operand) {
        if (const auto* path = std::get_if<Path>(&operand)) {
            return check_path(*path);
        }
        const auto* size = std::get_if<SizeOf>(&operand);
        return size != nullptr ? check_path(size->path) : Result<void>{};
    }

    // An operand of an operator that compares by order.
    static Result<void> ordered(const Operand& operand, std::string_view symbol) {
        const auto* literal = std::get_if<Value>(&operand);
        if (literal != nullptr && !has_order(*literal)) {
            return wrong_type("operator", symbol, *literal);
        }
        return path_of(operand);
    }

    [[nodiscard]] Result<void> nested(const Condition& condition) const {
        if (depth_ >= kConditionDepthMax) {
            return invalid(
                fmt::format("The expression nests more than {} levels", kConditionDepthMax));
        }
        return std::visit(Validator(depth_ + 1), condition.variant());
    }

    [[nodiscard]] Result<void> each(const std::vector<Condition>& conditions) const {
        for (const auto& condition : conditions) {
            if (auto checked = nested(condition); !checked) {
                return checked;
            }
        }
        return {};
    }

    int depth_;
};

// ---- Evaluation, of valid trees

// Characters outside the basic plane, which take four bytes of UTF-8, count as two.
std::size_t utf16_units(std::string_view text) {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        units += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
    }
    return units;
}

struct Size {
    template <typename T>
    std::optional<std::size_t> operator()(const T& content) const {
        if constexpr (std::is_same_v<T, std::string>) {
            return utf16_units(content);
        } else if constexpr (std::is_same_v<T, Binary>) {
            return content.bytes.size();
        } else if constexpr (requires { content.size(); }) {
            return content.size();
        } else {
            return std::nullopt;
        }
    }
};

class Evaluator {
  public:
    explicit Evaluator(const Item* item) : item_(item) {}

    bool operator()(const Compare& compare) const {
        const Read left(compare.left, item_);
        const Read right(compare.right, item_);
        const bool both = left.value != nullptr && right.value != nullptr;
        if (compare.comparison == Comparison::kEqual) {
            return both && *left.value == *right.value;
        }
        if (compare.comparison == Comparison::kNotEqual) {
            return !both || *left.value != *right.value;
        }
        const auto ordering = both ? order(*left.value, *right.value) : std::nullopt;
        return ordering && matches(compare.comparison, *ordering);
    }

    bool operator()(const Between& between) const {
        const Read value(between.operand, item_);
        const Read low(between.low, item_);
        const Read high(between.high, item_);
        if (value.value == nullptr || low.value == nullptr || high.value == nullptr) {
            return false;
        }
        const auto from = order(*low.value, *value.value);
        const auto to = order(*value.value, *high.value);
        return from && to && *from <= 0 && *to <= 0;
    }

    bool operator()(const In& in) const {
        const Read value(in.operand, item_);
        return value.value != nullptr &&
               std::ranges::any_of(in.candidates, [&](const Operand& candidate) {
                   const Read other(candidate, item_);
                   return other.value != nullptr && *other.value == *value.value;
               });
    }

    bool operator()(const AttributeExists& exists) const {
        return resolve(exists.path, item_) != nullptr;
    }
    bool operator()(const AttributeNotExists& absent) const {
        return resolve(absent.path, item_) == nullptr;
    }
    bool operator()(const AttributeType& type) const {
        const auto* value = resolve(type.path, item_);
        return value != nullptr && type_name(*value) == type.type;
    }

    bool operator()(const BeginsWith& begins) const {
        const Read value(begins.operand, item_);
        const Read prefix(begins.prefix, item_);
        if (value.value == nullptr || prefix.value == nullptr) {
            return false;
        }
        if (const auto* text = value.value->as<std::string>()) {
            const auto* start = prefix.value->as<std::string>();
            return start != nullptr && text->starts_with(*start);
        }
        const auto* binary = value.value->as<Binary>();
        const auto* start = prefix.value->as<Binary>();
        return binary != nullptr && start != nullptr && binary->bytes.starts_with(start->bytes);
    }

    bool operator()(const Contains& contains) const {
        const Read container(contains.container, item_);
        const Read element(contains.element, item_);
        if (container.value == nullptr || element.value == nullptr) {
            return false;
        }
        return std::visit([&](const auto& within) { return holds_in(within, *element.value); },
                          container.value->variant());
    }

    bool operator()(const And& all) const {
        return std::ranges::all_of(all.all, [&](const Condition& c) { return holds(c); });
    }
    bool operator()(const Or& any) const {
        return std::ranges::any_of(any.any, [&](const Condition& c) { return holds(c); });
    }
    bool operator()(const Not& negation) const { return !holds(*negation.negated); }

    [[nodiscard]] bool holds(const Condition& condition) const {
        return std::visit(*this, condition.variant());
    }

  private:
    // An operand's value, or null; keeps what had to be computed.
    struct Read {
        Read(const Operand& operand, const Item* item) {
            if (const auto* literal = std::get_if<Value>(&operand)) {
                value = literal;
            } else if (const auto* path = std::get_if<Path>(&operand)) {
                value = resolve(*path, item);
            } else if (const auto* sized = resolve(std::get<SizeOf>(operand).path, item)) {
                if (const auto size = std::visit(Size{}, sized->variant())) {
                    computed = Number(static_cast<std::int64_t>(*size));
                    value = &computed;
                }
            }
        }
        Read(const Read&) = delete;
        Read& operator=(const Read&) = delete;

        const Value* value = nullptr;
        Value computed;
    };

    static bool matches(Comparison comparison, std::strong_ordering ordering) {
        switch (comparison) {
            case Comparison::kLess:
                return ordering < 0;
            case Comparison::kLessOrEqual:
                return ordering <= 0;
            case Comparison::kGreater:
                return ordering > 0;
            case Comparison::kGreaterOrEqual:
                return ordering >= 0;
            case Comparison::kEqual:
            case Comparison::kNotEqual:
                break;
        }
        return false;
    }

    template <typename T>
    static bool holds_in(const T& container, const Value& element) {
        if constexpr (std::is_same_v<T, List>) {
            return std::ranges::find(container, element) != container.end();
        } else if constexpr (requires { container.contains(typename T::key_type{}); } &&
                             !std::is_same_v<T, Map>) {
            const auto* member = element.as<typename T::key_type>();
            return member != nullptr && container.contains(*member);
        } else if constexpr (std::is_same_v<T, std::string>) {
            const auto* part = element.as<std::string>();
            return part != nullptr && container.contains(*part);
        } else if constexpr (std::is_same_v<T, Binary>) {
            const auto* part = element.as<Binary>();
            return part != nullptr && container.bytes.contains(part->bytes);
        } else {
            return false;
        }
    }

    const Item* item_;
};

}  // namespace

std::string to_text(const Path& path) {
    std::string text = "[";
    for (const auto& step : path.steps) {
        text.append(text.size() > 1 ? ", " : "");
        if (const auto* index = std::get_if<std::size_t>(&step)) {
            text.append(fmt::format("[{}]", *index));
        } else {
            text.append(std::get<std::string>(step));
        }
    }
    return text.append("]");
}

Result<void> check_path(const Path& path) {
    if (path.steps.empty() || !std::holds_alternative<std::string>(path.steps.front())) {
        return invalid(
            fmt::format("a document path starts with the name of an attribute: {}", to_text(path)));
    }
    return {};
}

const Value* resolve(const Path& path, const Item* item) {
    const Map* map = item;
    const Value* value = nullptr;
    for (const auto& step : path.steps) {
        if (const auto* name = std::get_if<std::string>(&step)) {
            value = map != nullptr ? find(*map, *name) : nullptr;
        } else {
            const auto* list = value != nullptr ? value->as<List>() : nullptr;
            const auto index = std::get<std::size_t>(step);
            value = list != nullptr && index < list->size() ? &(*list)[index] : nullptr;
        }
        if (value == nullptr) {
            return nullptr;
        }
        map = value->as<Map>();
    }
    return value;
}

Result<void> validate(const Condition& condition) {
    return std::visit(Validator(0), condition.variant());
}

Result<bool> evaluate(const Condition& condition, const Item* item) {
    if (auto valid = validate(condition); !valid) {
        return std::unexpected(std::move(valid.error()));
    }
    return Evaluator(item).holds(condition);
}

}  // namespace meridian::expression
