#include "expression/projection.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "expression/path_set.h"

namespace meridian::expression {

using item::Item;
using item::List;
using item::Map;
using item::Value;

namespace {

using Paths = std::span<const Path* const>;

std::optional<Value> part_of(const Value& value, Paths paths, std::size_t depth);

// Calls `take` with each step at `depth` and the paths that have it. REQUIRES: the paths are in
// order, equal up to `depth`, and longer.
template <typename Take>
void for_each_step(Paths paths, std::size_t depth, Take take) {
    while (!paths.empty()) {
        const auto& step = paths.front()->steps[depth];
        const auto same = std::ranges::find_if_not(
            paths, [&](const Path* path) { return path->steps[depth] == step; });
        const auto count = static_cast<std::size_t>(same - paths.begin());
        take(step, paths.first(count));
        paths = paths.subspan(count);
    }
}

Map part_of_map(const Map& map, Paths paths, std::size_t depth) {
    Map part;
    for_each_step(paths, depth, [&](const Path::Step& step, Paths within) {
        const auto* name = std::get_if<std::string>(&step);
        const auto* value = name != nullptr ? find(map, *name) : nullptr;
        if (auto taken = value != nullptr ? part_of(*value, within, depth + 1) : std::nullopt) {
            part.emplace(*name, *std::move(taken));
        }
    });
    return part;
}

List part_of_list(const List& list, Paths paths, std::size_t depth) {
    List part;
    for_each_step(paths, depth, [&](const Path::Step& step, Paths within) {
        const auto* index = std::get_if<std::size_t>(&step);
        const bool is_there = index != nullptr && *index < list.size();
        if (auto taken = is_there ? part_of(list[*index], within, depth + 1) : std::nullopt) {
            part.push_back(*std::move(taken));
        }
    });
    return part;
}

// What the paths, which all lead to this value, take of it; nothing when they find nothing there.
std::optional<Value> part_of(const Value& value, Paths paths, std::size_t depth) {
    if (paths.front()->steps.size() == depth) {
        return value;
    }
    if (const auto* map = value.as<Map>()) {
        auto part = part_of_map(*map, paths, depth);
        return part.empty() ? std::nullopt : std::optional<Value>(std::move(part));
    }
    if (const auto* list = value.as<List>()) {
        auto part = part_of_list(*list, paths, depth);
        return part.empty() ? std::nullopt : std::optional<Value>(std::move(part));
    }
    return std::nullopt;
}

std::vector<const Path*> pointers_to(const std::vector<Path>& paths) {
    std::vector<const Path*> pointers;
    std::ranges::transform(paths, std::back_inserter(pointers),
                           [](const Path& path) { return &path; });
    return pointers;
}

}  // namespace

Result<void> validate(const Projection& projection) {
    if (projection.paths.empty()) {
        return fail(ErrorCode::kInvalidInput, "A projection of no attributes");
    }
    return check_apart(pointers_to(projection.paths));
}

Item project(const Projection& projection, const Item& item) {
    auto paths = pointers_to(projection.paths);
    std::ranges::sort(paths, {}, [](const Path* path) -> const auto& { return path->steps; });
    return part_of_map(item, paths, 0);
}

}  // namespace meridian::expression
