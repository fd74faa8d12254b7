#include "management/diff.h"

#include <algorithm>
#include <string_view>

namespace meridian::management {
namespace {

std::string within(const std::string& pointer, std::string_view name) {
    std::string field = pointer + "/";
    for (const char c : name) {
        field += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return field;
}

std::optional<item::Value> copy_of(const item::Value* value) {
    return value == nullptr ? std::nullopt : std::optional(*value);
}

// Null: it is not there.
void compare(const item::Value* before, const item::Value* after, const std::string& pointer,
             std::vector<Difference>& differences);

void compare(const item::Map& before, const item::Map& after, const std::string& pointer,
             std::vector<Difference>& differences) {
    auto left = before.begin();
    auto right = after.begin();
    while (left != before.end() || right != after.end()) {
        const bool is_gone =
            right == after.end() || (left != before.end() && left->first < right->first);
        const bool is_new =
            left == before.end() || (right != after.end() && right->first < left->first);
        const auto& name = is_new ? right->first : left->first;
        compare(is_new ? nullptr : &left->second, is_gone ? nullptr : &right->second,
                within(pointer, name), differences);
        if (!is_new) {
            ++left;
        }
        if (!is_gone) {
            ++right;
        }
    }
}

void compare(const item::List& before, const item::List& after, const std::string& pointer,
             std::vector<Difference>& differences) {
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
        compare(i < before.size() ? &before[i] : nullptr, i < after.size() ? &after[i] : nullptr,
                within(pointer, std::to_string(i)), differences);
    }
}

void compare(const item::Value* before, const item::Value* after, const std::string& pointer,
             std::vector<Difference>& differences) {
    if (before != nullptr && after != nullptr) {
        if (before->as<item::Map>() != nullptr && after->as<item::Map>() != nullptr) {
            compare(*before->as<item::Map>(), *after->as<item::Map>(), pointer, differences);
            return;
        }
        if (before->as<item::List>() != nullptr && after->as<item::List>() != nullptr) {
            compare(*before->as<item::List>(), *after->as<item::List>(), pointer, differences);
            return;
        }
        if (*before == *after) {
            return;
        }
    }
    differences.push_back({pointer, copy_of(before), copy_of(after)});
}

}  // namespace

std::vector<Difference> diff(const item::Item& before, const item::Item& after) {
    std::vector<Difference> differences;
    compare(before, after, "", differences);
    return differences;
}

}  // namespace meridian::management
