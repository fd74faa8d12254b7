#include "bulk/fields.h"

#include <array>

namespace meridian::bulk {
namespace {

using management::Kind;

constexpr std::array kRuleFields{
    Field{"phoneNumber", CellForm::kText},       Field{"region", CellForm::kText},
    Field{"contactFlowId", CellForm::kText},     Field{"queueId", CellForm::kText},
    Field{"businessHoursId", CellForm::kText},   Field{"afterHoursContactFlowId", CellForm::kText},
    Field{"afterHoursQueueId", CellForm::kText}, Field{"routingProfile", CellForm::kText},
    Field{"priority", CellForm::kNumber},        Field{"fallbackRegions", CellForm::kTexts},
    Field{"attributes.*", CellForm::kText},      Field{"version", CellForm::kNumber},
    Field{"lastUpdated", CellForm::kText},
};

constexpr std::array kHoursFields{
    Field{"regionId", CellForm::kText},
    Field{"name", CellForm::kText},
    Field{"timezone", CellForm::kText},
    Field{"schedule.monday", CellForm::kPeriods},
    Field{"schedule.tuesday", CellForm::kPeriods},
    Field{"schedule.wednesday", CellForm::kPeriods},
    Field{"schedule.thursday", CellForm::kPeriods},
    Field{"schedule.friday", CellForm::kPeriods},
    Field{"schedule.saturday", CellForm::kPeriods},
    Field{"schedule.sunday", CellForm::kPeriods},
    Field{"holidays", CellForm::kHolidays},
    Field{"emergencyClose.isActive", CellForm::kFlag},
    Field{"emergencyClose.message", CellForm::kText},
    Field{"version", CellForm::kNumber},
    Field{"lastUpdated", CellForm::kText},
};

constexpr std::array kAgentFields{
    Field{"agentId", CellForm::kText},           Field{"name", CellForm::kText},
    Field{"skills", CellForm::kTexts},           Field{"level.*", CellForm::kNumber},
    Field{"regions", CellForm::kTexts},          Field{"schedule.timezone", CellForm::kText},
    Field{"schedule.shifts", CellForm::kShifts}, Field{"maxConcurrentChats", CellForm::kNumber},
    Field{"version", CellForm::kNumber},         Field{"lastUpdated", CellForm::kText},
};

// Whether `path` is the field `name`, of `parent` when that isn't empty.
bool is_at(std::string_view path, std::string_view parent, std::string_view name) {
    if (parent.empty()) {
        return path == name;
    }
    if (!path.starts_with(parent) || path.size() <= parent.size() || path[parent.size()] != '.') {
        return false;
    }
    const auto child = path.substr(parent.size() + 1);
    return child == "*" || child == name;
}

}  // namespace

std::span<const Field> fields_of(Kind kind) {
    switch (kind) {
        case Kind::kRule:
            return kRuleFields;
        case Kind::kHours:
            return kHoursFields;
        case Kind::kAgent:
            return kAgentFields;
    }
    return {};
}

FieldPlace place_of(Kind kind, std::string_view parent, std::string_view name) {
    const auto fields = fields_of(kind);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (is_at(fields[i].path, parent, name)) {
            return {3 * i, fields[i].form};
        }
    }
    // A map as a whole stands where its fields begin; what isn't known, before "version".
    std::size_t unknown = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto group = parent.empty() ? name : parent;
        if (parent_of(kind, fields[i].path) == group) {
            return {3 * i + 1, CellForm::kText};
        }
        if (fields[i].path == "version") {
            unknown = 3 * i;
        }
    }
    return {unknown - 1, CellForm::kText};
}

std::string_view parent_of(Kind kind, std::string_view path) {
    const auto dot = path.find('.');
    if (dot == std::string_view::npos || dot + 1 == path.size()) {
        return {};
    }
    const auto parent = path.substr(0, dot);
    for (const auto& field : fields_of(kind)) {
        if (field.path.size() > dot && field.path[dot] == '.' && field.path.starts_with(parent)) {
            return parent;
        }
    }
    return {};
}

}  // namespace meridian::bulk
