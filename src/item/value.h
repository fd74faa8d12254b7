// Attribute values and items, as DynamoDB's data model has them.
//
// Source of the model: Amazon DynamoDB developer guide, "Supported data types and naming rules in
// Amazon DynamoDB".
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "item/number.h"

namespace meridian::item {

class Value;

struct Null {
    friend bool operator==(const Null&, const Null&) = default;
};
struct Binary {
    std::string bytes;
    friend auto operator<=>(const Binary&, const Binary&) = default;
};
using List = std::vector<Value>;
// Sorted by name in byte order, so that one map has one rendering.
using Map = std::map<std::string, Value, std::less<>>;
using StringSet = std::set<std::string>;
using NumberSet = std::set<Number>;
using BinarySet = std::set<Binary>;

// One attribute value. A plain value: copying copies the tree. Threads: as any value.
class Value {
  public:
    using Variant = std::variant<Null, bool, Number, std::string, Binary, List, Map, StringSet,
                                 NumberSet, BinarySet>;

    Value() = default;
    Value(Null) {}                                           // NOLINT(google-explicit-constructor)
    Value(bool b) : variant_(b) {}                           // NOLINT(google-explicit-constructor)
    Value(Number n) : variant_(std::move(n)) {}              // NOLINT(google-explicit-constructor)
    Value(std::string s) : variant_(std::move(s)) {}         // NOLINT(google-explicit-constructor)
    Value(std::string_view s) : variant_(std::string(s)) {}  // NOLINT(google-explicit-constructor)
    Value(const char* s) : variant_(std::string(s)) {}       // NOLINT(google-explicit-constructor)
    Value(Binary b) : variant_(std::move(b)) {}              // NOLINT(google-explicit-constructor)
    Value(List l) : variant_(std::move(l)) {}                // NOLINT(google-explicit-constructor)
    Value(Map m) : variant_(std::move(m)) {}                 // NOLINT(google-explicit-constructor)
    Value(StringSet s) : variant_(std::move(s)) {}           // NOLINT(google-explicit-constructor)
    Value(NumberSet s) : variant_(std::move(s)) {}           // NOLINT(google-explicit-constructor)
    Value(BinarySet s) : variant_(std::move(s)) {}           // NOLINT(google-explicit-constructor)

    // The value as a T, or null when it is of another type: `if (const auto* s =
    // v.as<std::string>())`.
    template <typename T>
    [[nodiscard]] const T* as() const {
        return std::get_if<T>(&variant_);
    }
    template <typename T>
    [[nodiscard]] T* as() {
        return std::get_if<T>(&variant_);
    }
    [[nodiscard]] const Variant& variant() const { return variant_; }

    // Same type and same content. Numbers are equal when their values are (1 and 1.0).
    friend bool operator==(const Value&, const Value&);

  private:
    Variant variant_;
};

// A row of a table: attribute names to values, key attributes included.
using Item = Map;

// "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS".
[[nodiscard]] std::string_view type_name(const Value& value);

// The value of an attribute, or null when the item hasn't it.
[[nodiscard]] const Value* find(const Map& map, std::string_view name);

// Bytes as DynamoDB counts them against the 400 KB limit (developer guide, "DynamoDB item sizes and
// formats").
[[nodiscard]] std::size_t size_bytes(const Value& value);
[[nodiscard]] std::size_t size_bytes(const Item& item);

// Levels of a value: 1 for a scalar or a set, and one more than its deepest element for a list or a
// map. An attribute of an item may have kNestingMax.
[[nodiscard]] int nesting(const Value& value);
// What the service says about a deeper one.
inline constexpr std::string_view kTooDeep =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
    "beyond supported limit";

inline constexpr std::size_t kItemBytesMax = std::size_t{400} * 1024;
inline constexpr std::size_t kPartitionKeyBytesMax = 2048;
inline constexpr std::size_t kSortKeyBytesMax = 1024;
inline constexpr int kNestingMax = 32;

}  // namespace meridian::item
