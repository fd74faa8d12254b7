// Complaints about stored data: each is logged once, and the first few are kept to be shown.
#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "catalog/domain.h"

namespace meridian::catalog {

// Threads: any.
class ComplaintLog {
  public:
    void add(const Complaints& complaints);
    [[nodiscard]] std::size_t count() const;  // different complaints so far
    [[nodiscard]] std::vector<std::string> first() const;

  private:
    static constexpr std::size_t kRememberedMax = 1000;
    static constexpr std::size_t kShownMax = 10;
    mutable std::mutex mutex_;
    std::set<std::string> seen_;
};

}  // namespace meridian::catalog
