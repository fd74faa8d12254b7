// Items to domain objects.
//
// Tables are written by people and programs that we don't control, and a caller must get an answer
// from whatever stands there: an attribute of the wrong shape counts as not given. What was passed
// over is told, so that it can be logged and shown.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calendar/schedule.h"
#include "item/value.h"
#include "routing/rule.h"

namespace meridian::catalog {

// One attribute that was passed over: "GlobalCallRouting us-east-1: attributes is not a map". Never
// holds a number.
using Complaints = std::vector<std::string>;

// Nothing when the item has no usable key.
[[nodiscard]] std::optional<routing::Rule> rule_of(const item::Item& item, Complaints& complaints);

// Nothing when the item has no usable key, or a time zone that does not exist: business hours that
// can't be placed in time count as unknown, which means open. An active emergency close needs no
// time zone and always counts.
[[nodiscard]] std::shared_ptr<const calendar::Schedule> schedule_of(const item::Item& item,
                                                                    Complaints& complaints);

}  // namespace meridian::catalog
