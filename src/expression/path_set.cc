#include "expression/path_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace meridian::expression {
namespace {

enum class Relation : std::uint8_t { kApart, kOverlap, kConflict };

Relation relation(const Path& one, const Path& two) {
    const auto [first, second] = std::ranges::mismatch(one.steps, two.steps);
    if (first == one.steps.end() || second == two.steps.end()) {
        return Relation::kOverlap;
    }
    return first->index() == second->index() ? Relation::kApart : Relation::kConflict;
}

}  // namespace

Result<void> PathSet::add(const Path& path) {
    if (auto checked = check_path(path); !checked) {
        return checked;
    }
    // In order, whatever a path overlaps or conflicts with has a neighbour of the path that does
    // so.
    const auto next = paths_.lower_bound(&path);
    const auto* after = next != paths_.end() ? *next : nullptr;
    const auto* before = next != paths_.begin() ? *std::prev(next) : nullptr;
    for (const auto* other : {after, before}) {
        const auto found = other != nullptr ? relation(path, *other) : Relation::kApart;
        if (found != Relation::kApart) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("Two document paths {} with each other; must remove or rewrite "
                                    "one of these paths; path one: {}, path two: {}",
                                    found == Relation::kOverlap ? "overlap" : "conflict",
                                    to_text(path), to_text(*other)));
        }
    }
    paths_.insert(next, &path);
    return {};
}

Result<void> check_apart(std::span<const Path* const> paths) {
    PathSet apart;
    Result<void> checked;
    for (auto it = paths.rbegin(); checked && it != paths.rend(); ++it) {
        checked = apart.add(**it);
    }
    return checked;
}

}  // namespace meridian::expression
