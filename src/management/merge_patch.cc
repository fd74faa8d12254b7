#include "management/merge_patch.h"

#include <utility>

namespace meridian::management {

item::Value merge_patched(item::Value target, const item::Value& patch) {
    const auto* fields = patch.as<item::Map>();
    if (fields == nullptr) {
        return patch;
    }
    if (target.as<item::Map>() == nullptr) {
        target = item::Map{};
    }
    auto& map = *target.as<item::Map>();
    for (const auto& [name, value] : *fields) {
        if (value.as<item::Null>() != nullptr) {
            map.erase(name);
            continue;
        }
        auto& field = map[name];
        field = merge_patched(std::move(field), value);
    }
    return target;
}

}  // namespace meridian::management
