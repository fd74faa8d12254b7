#include "item/value.h"

#include <algorithm>
#include <cstddef>

namespace meridian::item {
namespace {

// Developer guide, "DynamoDB item sizes and formats".
constexpr std::size_t kContainerOverhead = 3;
constexpr std::size_t kElementOverhead = 1;

// Two digits a byte, on each side of the point, and one for a sign. The guide says it more simply;
// this is what the DynamoDB conformance suite measured.
std::size_t size_of(const Number& number) {
    const auto digits = static_cast<std::ptrdiff_t>(number.digits().size());
    const auto whole =
        std::clamp<std::ptrdiff_t>(number.exponent(), 0, digits);  // digits before the point
    const auto bytes = 1 + (whole + 1) / 2 + (digits - whole + 1) / 2;
    return static_cast<std::size_t>(bytes) + (number.negative() ? 1 : 0);
}
std::size_t size_of(const std::string& text) {
    return text.size();
}
std::size_t size_of(const Binary& binary) {
    return binary.bytes.size();
}

struct SizeOf {
    std::size_t operator()(Null) const { return 1; }
    std::size_t operator()(bool) const { return 1; }
    std::size_t operator()(const Number& number) const { return size_of(number); }
    std::size_t operator()(const std::string& text) const { return size_of(text); }
    std::size_t operator()(const Binary& binary) const { return size_of(binary); }

    std::size_t operator()(const List& list) const {
        std::size_t size = kContainerOverhead;
        for (const auto& element : list) {
            size += kElementOverhead + size_bytes(element);
        }
        return size;
    }

    std::size_t operator()(const Map& map) const {
        return kContainerOverhead + map.size() * kElementOverhead + size_bytes(map);
    }

    template <typename T>
    std::size_t operator()(const std::set<T>& set) const {
        std::size_t size = 0;
        for (const auto& element : set) {
            size += size_of(element);
        }
        return size;
    }
};

}  // namespace

bool operator==(const Value& a, const Value& b) {
    return a.variant_ == b.variant_;
}

std::string_view type_name(const Value& value) {
    struct Names {
        std::string_view operator()(Null) const { return "NULL"; }
        std::string_view operator()(bool) const { return "BOOL"; }
        std::string_view operator()(const Number&) const { return "N"; }
        std::string_view operator()(const std::string&) const { return "S"; }
        std::string_view operator()(const Binary&) const { return "B"; }
        std::string_view operator()(const List&) const { return "L"; }
        std::string_view operator()(const Map&) const { return "M"; }
        std::string_view operator()(const StringSet&) const { return "SS"; }
        std::string_view operator()(const NumberSet&) const { return "NS"; }
        std::string_view operator()(const BinarySet&) const { return "BS"; }
    };
    return std::visit(Names{}, value.variant());
}

const Value* find(const Map& map, std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? nullptr : &found->second;
}

std::size_t size_bytes(const Value& value) {
    return std::visit(SizeOf{}, value.variant());
}

std::size_t size_bytes(const Item& item) {
    std::size_t size = 0;
    for (const auto& [name, value] : item) {
        size += name.size() + size_bytes(value);
    }
    return size;
}

int nesting(const Value& value) {
    int deepest = 0;
    if (const auto* list = value.as<List>()) {
        for (const auto& element : *list) {
            deepest = std::max(deepest, nesting(element));
        }
    } else if (const auto* map = value.as<Map>()) {
        for (const auto& [name, element] : *map) {
            deepest = std::max(deepest, nesting(element));
        }
    }
    return 1 + deepest;
}

}  // namespace meridian::item
