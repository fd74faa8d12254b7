#include "expression/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>

namespace meridian::expression {

using item::Binary;
using item::Item;
using item::List;
using item::Map;
using item::Number;
using item::Value;

namespace {

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

// The value of what a size is of, or null.
struct Found {
    const Item* item;

    const Value* operator()(const Value& literal) const { return &literal; }
    const Value* operator()(const Path& path) const { return resolve(path, item); }
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
        const Read operand(type.operand, item_);
        return operand.value != nullptr && type_name(*operand.value) == type.type;
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
            if (const auto* size = std::get_if<SizeOf>(&operand)) {
                const auto* sized = std::visit(Found{item}, size->operand);
                if (const auto of = sized != nullptr ? size_of(*sized) : std::nullopt) {
                    computed = Number(static_cast<std::int64_t>(*of));
                    value = &computed;
                }
            } else if (const auto* path = std::get_if<Path>(&operand)) {
                value = resolve(*path, item);
            } else {
                value = &std::get<Value>(operand);
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

bool operator==(const And&, const And&) = default;
bool operator==(const Or&, const Or&) = default;
bool operator==(const Not& a, const Not& b) {
    return a.negated == b.negated ||
           (a.negated != nullptr && b.negated != nullptr && *a.negated == *b.negated);
}

std::string_view to_string(Comparison comparison) {
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

std::optional<std::size_t> size_of(const Value& value) {
    return std::visit(Size{}, value.variant());
}

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
        return fail(
            ErrorCode::kInvalidInput,
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

Result<bool> evaluate(const Condition& condition, const Item* item) {
    if (auto valid = validate(condition); !valid) {
        return std::unexpected(std::move(valid.error()));
    }
    return Evaluator(item).holds(condition);
}

}  // namespace meridian::expression
