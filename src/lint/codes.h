// The checks, by name. For this module; lint.h shows them as texts.
#pragma once

#include <cstdint>

#include "lint/lint.h"

namespace meridian::lint {

// In the order of all_codes().
enum class Code : std::uint8_t {
    kRuleNeverWins,
    kRegionMisspelt,
    kFallbackUnknown,
    kArnOfOtherRegion,
    kArnCopied,
    kArnInstancesDiffer,
    kArnOfWrongKind,
    kHoursUnknown,
    kHoursUnusable,
    kNumberNotDialled,
    kPrefixCovered,
    kRegionNotDeployed,
    kFallbackOwnRegion,
    kFallbackTwice,
    kRuleWithoutDestination,
    kHoursMisshapen,
    kHoursWithoutZone,
    kWeekdayUnknown,
    kDayOpenWithoutHours,
    kDayClosedWithHours,
    kPeriodsOverlap,
    kPeriodVeryLong,
    kHolidayTwice,
    kHoursNeverOpen,
    kHoursNameTwice,
    kPrefixOverlap,
    kRuleRedundant,
    kHoursDifferByRegion,
    kAfterHoursMissing,
    kHoursAlwaysOpen,
    kHoursUnused,
    kEmergencyActive,
    kCodes
};

[[nodiscard]] const CodeInfo& info(Code code);

}  // namespace meridian::lint
