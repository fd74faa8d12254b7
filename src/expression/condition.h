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

// size(path)
struct SizeOf {
    Path path;
    friend bool operator==(const SizeOf&, const SizeOf&) = default;
};

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

// Whether the condition holds for an item; null stands for an item that does not exist (every path
// is absent in it).
//
// As in DynamoDB a comparison with an absent attribute, or between types that cannot be compared,
// is false (and kNotEqual is true), never an error. kInvalidInput is for trees that mean nothing,
// such as Between with low above high.
[[nodiscard]] Result<bool> evaluate(const Condition& condition, const item::Item* item);

// The value at a path, or null.
[[nodiscard]] const item::Value* resolve(const Path& path, const item::Item* item);

}  // namespace meridian::expression
