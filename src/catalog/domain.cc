#include "catalog/domain.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "item/json.h"

namespace meridian::catalog {
namespace {

// Reads the attributes of one map, and complains about those of the wrong shape in the name of
// `what`.
class Reader {
  public:
    Reader(const item::Map& map, std::string what, Complaints& complaints)
        : map_(map), what_(std::move(what)), complaints_(complaints) {}

    template <typename T>
    const T* get(std::string_view name, std::string_view shape) {
        const auto* value = item::find(map_, name);
        if (value == nullptr || value->as<item::Null>() != nullptr) {
            return nullptr;
        }
        const auto* typed = value->as<T>();
        if (typed == nullptr) {
            complain(fmt::format("{} is not {}", name, shape));
        }
        return typed;
    }

    [[nodiscard]] bool has(std::string_view name) const {
        return item::find(map_, name) != nullptr;
    }

    std::string text(std::string_view name) {
        const auto* value = get<std::string>(name, "a text");
        return value == nullptr ? std::string() : *value;
    }

    std::int64_t integer(std::string_view name) {
        const auto* number = get<item::Number>(name, "a number");
        const auto whole = number == nullptr ? std::nullopt : number->to_int64();
        if (number != nullptr && !whole) {
            complain(fmt::format("{} is not a whole number", name));
        }
        return whole.value_or(0);
    }

    bool flag(std::string_view name) {
        const auto* value = get<bool>(name, "true or false");
        return value != nullptr && *value;
    }

    void complain(std::string_view about) {
        complaints_.push_back(fmt::format("{}: {}", what_, about));
    }

    // A reader of a map within this one, with the same name in complaints.
    Reader within(const item::Map& map) { return {map, what_, complaints_}; }

  private:
    const item::Map& map_;
    std::string what_;
    Complaints& complaints_;
};

std::vector<std::string> texts(Reader& reader, const item::Item& item, std::string_view name) {
    std::vector<std::string> result;
    const auto take = [&](const std::string* text) {
        if (text != nullptr && !text->empty()) {
            result.push_back(*text);
        } else {
            reader.complain(fmt::format("{} has an element that is not a text, or empty", name));
        }
    };
    if (const auto* value = item::find(item, name);
        value != nullptr && value->as<item::StringSet>() != nullptr) {
        for (const auto& text : *value->as<item::StringSet>()) {
            take(&text);
        }
        return result;
    }
    if (const auto* list = reader.get<item::List>(name, "a list of texts")) {
        for (const auto& element : *list) {
            take(element.as<std::string>());
        }
    }
    return result;
}

constexpr std::array<std::string_view, 7> kDays{"sunday",   "monday", "tuesday", "wednesday",
                                                "thursday", "friday", "saturday"};

std::vector<calendar::Period> periods(Reader day, std::string_view name) {
    std::vector<calendar::Period> result;
    const auto* hours = day.get<item::List>("hours", "a list of periods");
    if (hours == nullptr) {
        return result;
    }
    for (const auto& element : *hours) {
        const auto* map = element.as<item::Map>();
        if (map == nullptr) {
            day.complain(fmt::format("{} has a period that is not a map", name));
            continue;
        }
        auto reader = day.within(*map);
        const auto open = calendar::parse_time_of_day(reader.text("open"));
        const auto close = calendar::parse_time_of_day(reader.text("close"));
        if (open && close) {
            result.push_back({*open, *close});
        } else {
            day.complain(
                fmt::format("{} has a period without a readable open and close time", name));
        }
    }
    return result;
}

void read_week(Reader& reader, calendar::Schedule& schedule) {
    const auto* week = reader.get<item::Map>("schedule", "a map of weekdays");
    if (week == nullptr) {
        return;
    }
    auto days = reader.within(*week);
    for (std::size_t i = 0; i < kDays.size(); ++i) {
        const auto* day = days.get<item::Map>(kDays[i], "a map");
        if (day != nullptr && reader.within(*day).flag("isOpen")) {
            schedule.week[i] = periods(reader.within(*day), kDays[i]);
        }
    }
}

void read_holidays(Reader& reader, calendar::Schedule& schedule) {
    const auto* holidays = reader.get<item::List>("holidays", "a list");
    if (holidays == nullptr) {
        return;
    }
    for (const auto& element : *holidays) {
        const auto* map = element.as<item::Map>();
        if (map == nullptr) {
            reader.complain("a holiday is not a map");
            continue;
        }
        auto holiday = reader.within(*map);
        if (const auto date = calendar::parse_date(holiday.text("date"))) {
            schedule.holidays.emplace(std::chrono::sys_days{*date}, holiday.text("name"));
        } else {
            reader.complain("a holiday's date is not YYYY-MM-DD");
        }
    }
}

void read_emergency(Reader& reader, calendar::Schedule& schedule) {
    const auto* emergency = reader.get<item::Map>("emergencyClose", "a map");
    if (emergency == nullptr) {
        if (!reader.has("emergencyClose")) {
            reader.complain("emergencyClose is missing");
        }
        return;
    }
    auto fields = reader.within(*emergency);
    if (fields.flag("isActive")) {
        schedule.emergency = fields.text("message");
    }
}

// True: the schedule's instants have a wall clock.
bool read_zone(Reader& reader, calendar::Schedule& schedule) {
    const auto name = reader.text("timezone");
    if (name.empty()) {
        return true;  // UTC
    }
    auto zone = calendar::Zone::load(name);
    if (!zone) {
        reader.complain("timezone is not an IANA time zone");
        return false;
    }
    schedule.zone = std::move(*zone);
    return true;
}

}  // namespace

std::optional<routing::Rule> rule_of(const item::Item& item, Complaints& complaints) {
    routing::Rule rule;
    Reader keys(item, "GlobalCallRouting", complaints);
    rule.phone_number = keys.text("phoneNumber");
    rule.region = keys.text("region");
    if (rule.phone_number.empty() || rule.region.empty()) {
        keys.complain("an item has no phoneNumber or no region");
        return std::nullopt;
    }
    Reader reader(item, "GlobalCallRouting " + rule.region, complaints);
    rule.contact_flow_id = reader.text("contactFlowId");
    rule.queue_id = reader.text("queueId");
    rule.after_hours_contact_flow_id = reader.text("afterHoursContactFlowId");
    rule.after_hours_queue_id = reader.text("afterHoursQueueId");
    rule.business_hours_id = reader.text("businessHoursId");
    rule.routing_profile = reader.text("routingProfile");
    rule.priority = reader.integer("priority");
    rule.version = reader.integer("version");
    rule.fallback_regions = texts(reader, item, "fallbackRegions");
    if (reader.get<item::Map>("attributes", "a map") != nullptr) {
        item::append_plain_json(*item::find(item, "attributes"), rule.attributes);
    }
    return rule;
}

std::shared_ptr<const calendar::Schedule> schedule_of(const item::Item& item,
                                                      Complaints& complaints) {
    auto schedule = std::make_shared<calendar::Schedule>();
    Reader keys(item, "BusinessHours", complaints);
    schedule->id = keys.text("regionId");
    if (schedule->id.empty()) {
        keys.complain("an item has no regionId");
        return nullptr;
    }
    Reader reader(item, "BusinessHours " + schedule->id, complaints);
    schedule->name = reader.text("name");
    read_emergency(reader, *schedule);
    if (!read_zone(reader, *schedule)) {
        return schedule->emergency ? schedule : nullptr;
    }
    read_week(reader, *schedule);
    read_holidays(reader, *schedule);
    return schedule;
}

}  // namespace meridian::catalog
