// What is asked of an agent.
#include <algorithm>

#include "management/checker.h"

namespace meridian::management {
namespace {

constexpr std::string_view kShiftExample = R"({"day":"monday","start":"09:00","end":"17:00"})";

// Amazon Connect's proficiencies go from 1 to 5.
void check_levels(const item::Map& agent, const Place& root, Checker& checker) {
    const auto* levels = checker.get<item::Map>(agent, root, "level",
                                                {"is not an object of numbers", R"({"sales":5})"});
    if (levels == nullptr) {
        return;
    }
    const Place place(root, "level");
    for (const auto& [skill, value] : *levels) {
        const auto* level = value.as<item::Number>();
        if (level == nullptr) {
            checker.error(Place(place, skill), "is not a number", "5");
        } else if (*level < item::Number(1) || *level > item::Number(5)) {
            checker.warn(Place(place, skill), "is not a level from 1 to 5", "5");
        }
    }
}

void check_shift(const item::Value& value, const Place& place, Checker& checker) {
    const auto* shift = value.as<item::Map>();
    if (shift == nullptr) {
        checker.error(place, "is not an object with day, start and end", kShiftExample);
        return;
    }
    constexpr std::string_view kDayExample = "\"monday\"";
    const auto* day = checker.required_text(*shift, place, "day", kDayExample, kIdBytesMax);
    if (day != nullptr && std::ranges::find(kWeekdays, *day) == kWeekdays.end()) {
        checker.error(Place(place, "day"), kNotAWeekday, kDayExample);
    }
    checker.time_of_day(*shift, place, "start");
    checker.time_of_day(*shift, place, "end");
}

void check_schedule(const item::Map& agent, const Place& root, Checker& checker) {
    const auto* schedule =
        checker.get<item::Map>(agent, root, "schedule",
                               {"is not an object with timezone and shifts",
                                R"({"timezone":"America/New_York","shifts":[]})"});
    if (schedule == nullptr) {
        return;
    }
    const Place place(root, "schedule");
    checker.time_zone(*schedule, place);
    const auto* shifts =
        checker.get<item::List>(*schedule, place, "shifts", {"is not a list of shifts", "[]"});
    if (shifts == nullptr) {
        return;
    }
    const Place list(place, "shifts");
    for (std::size_t index = 0; index < shifts->size(); ++index) {
        check_shift((*shifts)[index], Place(list, index), checker);
    }
}

void check_chats(const item::Map& agent, const Place& root, Checker& checker) {
    const auto* chats =
        checker.get<item::Number>(agent, root, "maxConcurrentChats", {"is not a number", "3"});
    if (chats != nullptr && chats->to_int64().value_or(-1) < 0) {
        checker.error(Place(root, "maxConcurrentChats"), "is not a whole number of 0 or more", "3");
    }
}

}  // namespace

void check_agent(const item::Map& agent, Checker& checker) {
    const Place root;
    checker.required_text(agent, root, "agentId", "\"agent123\"", kAgentIdBytesMax);
    checker.text(agent, root, "name", "\"John Doe\"", item::kItemBytesMax);
    checker.each_text(agent, root, "skills", R"(["english","sales"])",
                      [](const std::string&, const Place&) {});
    check_levels(agent, root, checker);
    checker.each_text(
        agent, root, "regions", R"(["us-east-1"])",
        [&](const std::string& region, const Place& place) { checker.region(place, region); });
    check_schedule(agent, root, checker);
    check_chats(agent, root, checker);
}

}  // namespace meridian::management
