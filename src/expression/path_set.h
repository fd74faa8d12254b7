// Which paths may stand together in one update or one projection.
#pragma once

#include <set>
#include <span>

#include "base/result.h"
#include "expression/condition.h"

namespace meridian::expression {

// Paths of which none is within another one (`a` and `a.b` overlap), and none takes for a list what
// another one takes for a map (`a[0]` and `a.b` conflict). Keeps pointers: the paths must outlive
// it.
class PathSet {
  public:
    // kInvalidInput, in the service's words, names the new path first and then one that it cannot
    // stand beside; the new one is not added.
    [[nodiscard]] Result<void> add(const Path& path);

  private:
    struct BySteps {
        bool operator()(const Path* a, const Path* b) const { return a->steps < b->steps; }
    };
    std::set<const Path*, BySteps> paths_;
};

// Whether the paths may stand together. The error is that of adding them from the last to the
// first, as the service does.
[[nodiscard]] Result<void> check_apart(std::span<const Path* const> paths);

}  // namespace meridian::expression
