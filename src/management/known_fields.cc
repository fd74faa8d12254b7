#include "management/known_fields.h"

#include <span>
#include <string_view>

namespace meridian::management {
namespace {

// Fields by name; a list's elements and a map's values, whatever their names, are "*".
struct Field {
    std::string_view name;
    std::span<const Field> fields = {};
};

constexpr Field kPeriod[]{{"open"}, {"close"}};
constexpr Field kPeriods[]{{"*", kPeriod}};
constexpr Field kDay[]{{"isOpen"}, {"hours", kPeriods}};
constexpr Field kWeek[]{{"*", kDay}};
constexpr Field kHoliday[]{{"date"}, {"name"}};
constexpr Field kHolidays[]{{"*", kHoliday}};
constexpr Field kEmergency[]{{"isActive"}, {"message"}};
constexpr Field kHours[]{{"regionId"},
                         {"name"},
                         {"timezone"},
                         {"schedule", kWeek},
                         {"holidays", kHolidays},
                         {"emergencyClose", kEmergency}};

constexpr Field kShift[]{{"day"}, {"start"}, {"end"}};
constexpr Field kShifts[]{{"*", kShift}};
constexpr Field kShiftPlan[]{{"timezone"}, {"shifts", kShifts}};
constexpr Field kAgent[]{
    {"agentId"},           {"name"}, {"skills"}, {"level"}, {"regions"}, {"schedule", kShiftPlan},
    {"maxConcurrentChats"}};

constexpr Field kRule[]{{"phoneNumber"},       {"region"},          {"routingProfile"},
                        {"priority"},          {"fallbackRegions"}, {"businessHoursId"},
                        {"contactFlowId"},     {"queueId"},         {"afterHoursContactFlowId"},
                        {"afterHoursQueueId"}, {"attributes"}};

std::span<const Field> fields_of(Kind kind) {
    switch (kind) {
        case Kind::kRule:
            return kRule;
        case Kind::kHours:
            return kHours;
        case Kind::kAgent:
            return kAgent;
    }
    return {};
}

void drop_in(item::Value& value, std::span<const Field> fields);

void drop_in(item::Map& map, std::span<const Field> fields) {
    for (const auto& field : fields) {
        for (auto at = map.begin(); at != map.end();) {
            const bool is_meant = field.name == "*" || field.name == at->first;
            if (is_meant && at->second.as<item::Null>() != nullptr) {
                at = map.erase(at);
                continue;
            }
            if (is_meant) {
                drop_in(at->second, field.fields);
            }
            ++at;
        }
    }
}

void drop_in(item::Value& value, std::span<const Field> fields) {
    if (auto* map = value.as<item::Map>()) {
        drop_in(*map, fields);
    } else if (auto* list = value.as<item::List>(); list != nullptr && !fields.empty()) {
        for (auto& element : *list) {
            drop_in(element, fields.front().fields);
        }
    }
}

}  // namespace

void drop_known_nulls(Kind kind, item::Item& item) {
    drop_in(item, fields_of(kind));
}

}  // namespace meridian::management
