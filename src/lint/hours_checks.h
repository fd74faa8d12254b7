// What is wrong with one schedule of business hours by itself. For this module.
#pragma once

#include <cstdint>
#include <memory>

#include "calendar/schedule.h"
#include "item/value.h"
#include "lint/findings.h"

namespace meridian::lint {

// Reads the item's schedule; null when it is unusable. Reports what it finds in both. REQUIRES: the
// item's regionId is a text.
[[nodiscard]] std::shared_ptr<const calendar::Schedule> check_hours(const item::Item& item,
                                                                    Findings& findings);

// How much of the week the schedule is open, holidays and emergencies aside.
enum class Week : std::uint8_t { kNeverOpen, kSometimesOpen, kAlwaysOpen };
[[nodiscard]] Week week_of(const calendar::Schedule& schedule);

}  // namespace meridian::lint
