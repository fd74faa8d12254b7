#include "management/validation.h"

#include "management/checker.h"
#include "management/expectation.h"

namespace meridian::management {
namespace {

constexpr std::size_t kNameBytesMax = 65'535;

// Names that no item may have, however deep.
void check_names(const item::Value& value, const Place& place, Checker& checker);

void check_names(const item::Map& map, const Place& place, Checker& checker) {
    for (const auto& [name, value] : map) {
        const Place field(place, name);
        if (name.empty()) {
            checker.error(field, "has no name");
        } else if (name.size() > kNameBytesMax) {
            checker.error(field, "holds a field whose name has over 65,535 bytes");
        } else if (name == "__proto__") {
            checker.error(field, "is a name that programs in flows would misread");
        }
        check_names(value, field, checker);
    }
}

void check_names(const item::Value& value, const Place& place, Checker& checker) {
    if (const auto* map = value.as<item::Map>()) {
        check_names(*map, place, checker);
    } else if (const auto* list = value.as<item::List>()) {
        for (std::size_t index = 0; index < list->size(); ++index) {
            check_names((*list)[index], Place(place, index), checker);
        }
    }
}

void check_limits(const item::Map& body, Checker& checker) {
    const Place root;
    if (item::size_bytes(body) > item::kItemBytesMax) {
        checker.error(root, "has over 400 KB, the most that one item may have");
    }
    for (const auto& [name, value] : body) {
        if (item::nesting(value) > item::kNestingMax) {
            checker.error(Place(root, name), "nests deeper than 32 levels");
        }
    }
    check_names(body, root, checker);
}

}  // namespace

Findings validate(Kind kind, const item::Map& body, const ValidationOptions& options) {
    Checker checker(options);
    check_limits(body, checker);
    if (const auto version = stated_version(body); !version) {
        checker.error(Place(Place(), "version"), version.error().message, version.error().example);
    }
    switch (kind) {
        case Kind::kRule:
            check_rule(body, checker);
            break;
        case Kind::kHours:
            check_hours(body, checker);
            break;
        case Kind::kAgent:
            check_agent(body, checker);
            break;
    }
    return std::move(checker).take();
}

}  // namespace meridian::management
