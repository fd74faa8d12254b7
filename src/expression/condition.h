// Conditions on an item, as one typed tree: what DynamoDB's condition, filter and key-condition
// expressions mean, without their text. Parsed from text by whoever reads text; evaluated by the
// embedded tables; rendered for DynamoDB.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "item/value.h"

namespace meridian::expression {

// A document path: `attributes.tags[2]`. The first step is always a name.
struct Path {
    using Step = std::variant<std::string, std::size_t>;
    std::vector<Step> steps;

    Path() = default;
    explicit Path(std::string attribute) { steps.emplace_back(std::move(attribute)); }
    friend bool operator==(const Path&, const Path&) = default;
};

// size(path) or size(:value): of a string its UTF-16 code units, as the service counts; of a binary
// its bytes; of a list, map or set its elements. Of other types there is none, as of an absent
// attribute.
struct SizeOf {
    std::variant<Path, item::Value> operand;
    friend bool operator==(const SizeOf&, const SizeOf&) = default;
};

// "[attributes, tags, [2]]", as the service writes paths in its messages.
[[nodiscard]] std::string to_text(const Path& path);
// kInvalidInput: the path is empty, or starts with an index.
[[nodiscard]] Result<void> check_path(const Path& path);

using Operand = std::variant<Path, item::Value, SizeOf>;

enum class Comparison : std::uint8_t {
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual
};

// "=", "<>", "<", "<=", ">", ">=".
[[nodiscard]] std::string_view to_string(Comparison comparison);

class Condition;

struct Compare {
    Comparison comparison;
    Operand left;
    Operand right;
    friend bool operator==(const Compare&, const Compare&) = default;
};
struct Between {
    Operand operand;
    Operand low;
    Operand high;
    friend bool operator==(const Between&, const Between&) = default;
};
struct In {
    Operand operand;
    std::vector<Operand> candidates;
    friend bool operator==(const In&, const In&) = default;
};
struct AttributeExists {
    Path path;
    friend bool operator==(const AttributeExists&, const AttributeExists&) = default;
};
struct AttributeNotExists {
    Path path;
    friend bool operator==(const AttributeNotExists&, const AttributeNotExists&) = default;
};
// type is one of item::type_name's.
struct AttributeType {
    Operand operand;
    std::string type;
    friend bool operator==(const AttributeType&, const AttributeType&) = default;
};
struct BeginsWith {
    Operand operand;
    Operand prefix;
    friend bool operator==(const BeginsWith&, const BeginsWith&) = default;
};
// A substring of a string, or an element of a list or set.
struct Contains {
    Operand container;
    Operand element;
    friend bool operator==(const Contains&, const Contains&) = default;
};
struct And {
    std::vector<Condition> all;
    friend bool operator==(const And&, const And&);
};
struct Or {
    std::vector<Condition> any;
    friend bool operator==(const Or&, const Or&);
};
// Equal when what they negate is.
struct Not {
    std::shared_ptr<const Condition> negated;
    friend bool operator==(const Not&, const Not&);
};

class Condition {
  public:
    using Variant = std::variant<Compare, Between, In, AttributeExists, AttributeNotExists,
                                 AttributeType, BeginsWith, Contains, And, Or, Not>;

    template <typename Node>
        requires std::is_constructible_v<Variant, Node>
    Condition(Node node) : variant_(std::move(node)) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] const Variant& variant() const { return variant_; }

    // Same tree. REQUIRES: neither is deeper than kConditionDepthMax.
    friend bool operator==(const Condition& a, const Condition& b) {
        return a.variant_ == b.variant_;
    }

  private:
    Variant variant_;
};

// Deeper trees of And, Or and Not are refused, so that the stack is bounded. An expression may have
// 300 operators, so no text means a deeper one.
inline constexpr int kConditionDepthMax = 300;

// kInvalidInput, in the service's words, for trees that mean nothing whatever the item is: a
// BETWEEN whose literal bounds are reversed or of two types, a literal that its operator cannot
// take, a path compared with itself, over 100 candidates, an unknown type name, a null Not.
[[nodiscard]] Result<void> validate(const Condition& condition);
// The same for one condition that is no And, Or or Not.
[[nodiscard]] Result<void> validate_leaf(const Condition& leaf);

// Whether the condition holds for an item; null stands for an item that does not exist (every path
// is absent in it).
//
// As in DynamoDB a comparison with an absent attribute, or between types that cannot be compared,
// is false (and kNotEqual is true), never an error. kInvalidInput is for trees that mean nothing,
// such as Between with low above high: those that validate() refuses, whichever parts the item
// would have needed.
[[nodiscard]] Result<bool> evaluate(const Condition& condition, const item::Item* item);

// How two values compare; nothing when they cannot be compared by order, which only two strings,
// two numbers and two binaries can.
[[nodiscard]] std::optional<std::strong_ordering> order(const item::Value& a, const item::Value& b);

// What size() gives for a value; nothing for a type that has no size.
[[nodiscard]] std::optional<std::size_t> size_of(const item::Value& value);

// The value at a path, or null.
[[nodiscard]] const item::Value* resolve(const Path& path, const item::Item* item);

}  // namespace meridian::expression
