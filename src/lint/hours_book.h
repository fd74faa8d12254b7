// The business hours that there are, as rules see them. For this module.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "calendar/schedule.h"
#include "item/value.h"
#include "lint/findings.h"

namespace meridian::lint {

struct Hours {
    std::shared_ptr<const calendar::Schedule> schedule;  // null: unusable, which means open
    // Equal for those that are open at the same times; kAlwaysOpen for those that never close.
    std::size_t content = kAlwaysOpen;
    bool is_used = false;

    static constexpr std::size_t kAlwaysOpen = 0;
};

// Role: all business hours by their ids. Judges each as it comes. Ownership: views of the items,
// which must outlive it. Threads: one.
class HoursBook {
  public:
    HoursBook(const std::vector<item::Item>& items, Findings& findings);

    // Those that a rule uses, which are marked as used; null: there are none of that id.
    const Hours* use(std::string_view id);
    void report_unused(Findings& findings) const;

  private:
    [[nodiscard]] std::size_t content_of(const calendar::Schedule& schedule);
    void report_names_twice(Findings& findings) const;

    std::unordered_map<std::string, std::size_t> contents_;
    std::unordered_map<std::string_view, Hours> hours_;
};

}  // namespace meridian::lint
