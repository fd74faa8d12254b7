#include "management/draft.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "management/expectation.h"
#include "management/known_fields.h"

namespace meridian::management {
namespace {

bool is_servers(std::string_view name) {
    return name == "version" || name == "lastUpdated";
}

// Writes the key attributes that the body leaves out, and tells those that say something else.
std::vector<FieldError> take_key(const EntityId& id, item::Map& body) {
    std::vector<FieldError> errors;
    for (auto& [name, value] : key_of(id)) {
        auto& given = body[name];
        if (given.as<item::Null>() != nullptr) {
            given = value;
        } else if (given != value) {
            errors.push_back(
                {"/" + name, "is not the one of the path; leave it out, or write the same", ""});
        }
    }
    return errors;
}

auto skip_servers(item::Item::const_iterator at, const item::Item& item) {
    while (at != item.end() && is_servers(at->first)) {
        ++at;
    }
    return at;
}

}  // namespace

item::Item content_of(item::Item item) {
    std::erase_if(item, [](const auto& attribute) { return is_servers(attribute.first); });
    return item;
}

bool same_content(const item::Item& a, const item::Item& b) {
    auto left = skip_servers(a.begin(), a);
    auto right = skip_servers(b.begin(), b);
    while (left != a.end() && right != b.end() && *left == *right) {
        left = skip_servers(std::next(left), a);
        right = skip_servers(std::next(right), b);
    }
    return left == a.end() && right == b.end();
}

std::expected<Draft, Invalid> draft_of(Kind kind, const std::optional<EntityId>& id,
                                       item::Value body, const ValidationOptions& options) {
    auto* map = body.as<item::Map>();
    if (map == nullptr) {
        return std::unexpected(Invalid{{{"", "is not a JSON object", "{}"}}, {}, false});
    }
    auto errors = id ? take_key(*id, *map) : std::vector<FieldError>{};
    auto findings = validate(kind, *map, options);
    std::ranges::move(findings.errors, std::back_inserter(errors));
    if (!errors.empty()) {
        return std::unexpected(Invalid{std::move(errors), std::move(findings.warnings),
                                       item::size_bytes(*map) > item::kItemBytesMax});
    }
    Draft draft;
    draft.version = stated_version(*map).value_or(std::nullopt);
    draft.content = content_of(std::move(*map));
    drop_known_nulls(kind, draft.content);
    draft.id = id_of(kind, draft.content);
    draft.warnings = std::move(findings.warnings);
    return draft;
}

}  // namespace meridian::management
