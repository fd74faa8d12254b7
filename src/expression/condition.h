// Conditions on an item, as one typed tree: what DynamoDB's condition, filter and key-condition
// expressions mean, without their text. Parsed from text by whoever reads text; evaluated by the
// embedded tables; rendered for DynamoDB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
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

// size(path): of a string its UTF-16 code units, as the service counts; of a binary its bytes; of a
// list, map or set its elements. Of other types there is none, as of an absent attribute.
struct SizeOf {
    Path path;
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

class Condition;

struct Compare {
    Comparison comparison;
    Operand left;
    Operand right;
};
struct Between {
    Operand operand;
    Operand low;
    Operand high;
};
struct In {
    Operand operand;
    std::vector<Operand> candidates;
};
struct AttributeExists {
    Path path;
};
struct AttributeNotExists {
    Path path;
};
// type is one of item::type_name's.
struct AttributeType {
    Path path;
    std::string type;
};
struct BeginsWith {
    Operand operand;
    Operand prefix;
};
// A substring of a string, or an element of a list or set.
struct Contains {
    Operand container;
    Operand element;
};
struct And {
    std::vector<Condition> all;
};
struct Or {
    std::vector<Condition> any;
};
struct Not {
    std::shared_ptr<const Condition> negated;
};

class Condition {
  public:
    using Variant = std::variant<Compare, Between, In, AttributeExists, AttributeNotExists,
                                 AttributeType, BeginsWith, Contains, And, Or, Not>;

    template <typename Node>
        requires std::is_constructible_v<Variant, Node>
    Condition(Node node) : variant_(std::move(node)) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] const Variant& variant() const { return variant_; }

  private:
    Variant variant_;
};

// Deeper trees of And, Or and Not are refused, so that the stack is bounded.
inline constexpr int kConditionDepthMax = 128;

// kInvalidInput, in the service's words, for trees that mean nothing whatever the item is: a
// BETWEEN whose literal bounds are reversed or of two types, a literal that its operator cannot
// take, an unknown type name, a null Not.
[[nodiscard]] Result<void> validate(const Condition& condition);

// Whether the condition holds for an item; null stands for an item that does not exist (every path
// is absent in it).
//
// As in DynamoDB a comparison with an absent attribute, or between types that cannot be compared,
// is false (and kNotEqual is true), never an error. kInvalidInput is for trees that mean nothing,
// such as Between with low above high: those that validate() refuses, whichever parts the item
// would have needed.
[[nodiscard]] Result<bool> evaluate(const Condition& condition, const item::Item* item);

// The value at a path, or null.
[[nodiscard]] const item::Value* resolve(const Path& path, const item::Item* item);

}  // namespace meridian::expression
