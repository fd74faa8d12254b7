// What is asked of business hours.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "calendar/period.h"
#include "management/checker.h"

namespace meridian::management {
namespace {

constexpr std::string_view kDayExample =
    R"({"isOpen":true,"hours":[{"open":"09:00","close":"17:00"}]})";
constexpr std::string_view kPeriodExample = R"({"open":"09:00","close":"17:00"})";
constexpr std::string_view kDateExample = "\"2025-12-25\"";
constexpr std::chrono::seconds kWeek = calendar::kDay * 7;

// When a period is open, since the midnight that Sunday starts with.
struct Span {
    std::chrono::seconds from;
    std::chrono::seconds to;
    std::size_t day;
    std::size_t index;
};

Span span_of(const calendar::Period& period, std::size_t day, std::size_t index) {
    const auto midnight = calendar::kDay * static_cast<int>(day);
    return {
        midnight + period.open,
        midnight + calendar::opened_today(period).close + calendar::opened_yesterday(period).close,
        day, index};
}

class HoursCheck {
  public:
    HoursCheck(const item::Map& hours, Checker& checker) : hours_(hours), checker_(checker) {}

    void run() {
        checker_.required_text(hours_, root_, "regionId", "\"US_BUSINESS\"", kHoursIdBytesMax);
        checker_.text(hours_, root_, "name", "\"US Business Hours\"", item::kItemBytesMax);
        checker_.time_zone(hours_, root_);
        check_week();
        check_holidays();
        check_emergency();
    }

  private:
    void check_week() {
        const auto* week = checker_.get<item::Map>(
            hours_, root_, "schedule",
            {"is not an object of weekdays", R"({"monday":{"isOpen":true,"hours":[]}})"});
        if (week == nullptr) {
            if (Checker::given(hours_, "schedule") == nullptr) {
                checker_.warn(Place(root_, "schedule"), "is missing: it is closed all week",
                              R"({"monday":{"isOpen":true,"hours":[]}})");
            }
            return;
        }
        if (Checker::given(hours_, "timezone") == nullptr) {
            checker_.warn(Place(root_, "timezone"), "is missing: its times are read as UTC",
                          "\"America/New_York\"");
        }
        for (const auto& [name, value] : *week) {
            const Place place(schedule_, name);
            const auto* day = std::ranges::find(kWeekdays, name);
            if (day == kWeekdays.end()) {
                checker_.error(place, kNotAWeekday, "\"monday\"");
            } else if (value.as<item::Null>() == nullptr) {
                check_day(value, place, static_cast<std::size_t>(day - kWeekdays.begin()));
            }
        }
        tell_overlaps(std::move(open_), true);
    }

    void check_day(const item::Value& value, const Place& place, std::size_t day) {
        const auto* map = value.as<item::Map>();
        if (map == nullptr) {
            checker_.error(place, "is not an object with isOpen and hours", kDayExample);
            return;
        }
        const auto* is_open =
            checker_.get<bool>(*map, place, "isOpen", {"is not true or false", "true"});
        const auto* periods = checker_.get<item::List>(
            *map, place, "hours",
            {"is not a list of periods", R"([{"open":"09:00","close":"17:00"}])"});
        auto spans = periods == nullptr ? std::vector<Span>{}
                                        : check_periods(*periods, Place(place, "hours"), day);
        if (Checker::given(*map, "isOpen") == nullptr && periods != nullptr && !periods->empty()) {
            checker_.error(Place(place, "isOpen"), "is missing", "true");
        }
        if (is_open == nullptr || !*is_open) {
            tell_overlaps(std::move(spans), false);
            return;
        }
        if (periods == nullptr ? Checker::given(*map, "hours") == nullptr : periods->empty()) {
            checker_.warn(Place(place, "hours"), "has no period: it is closed all day",
                          R"([{"open":"09:00","close":"17:00"}])");
        }
        std::ranges::move(spans, std::back_inserter(open_));
    }

    std::vector<Span> check_periods(const item::List& periods, const Place& place,
                                    std::size_t day) {
        std::vector<Span> spans;
        for (std::size_t index = 0; index < periods.size(); ++index) {
            const Place element(place, index);
            const auto* map = periods[index].as<item::Map>();
            if (map == nullptr) {
                checker_.error(element, "is not an object with open and close", kPeriodExample);
                continue;
            }
            std::optional<std::chrono::seconds> open;
            std::optional<std::chrono::seconds> close;
            checker_.time_of_day(*map, element, "open", &open);
            checker_.time_of_day(*map, element, "close", &close);
            if (open && close) {
                spans.push_back(span_of({*open, *close}, day, index));
            }
        }
        return spans;
    }

    void tell_overlaps(std::vector<Span> spans, bool is_whole_week) {
        if (spans.empty()) {
            return;
        }
        std::ranges::sort(spans, {}, [](const Span& span) {
            return std::tuple(span.from, span.day, span.index);
        });
        const Span* last = &spans.front();  // which is open the longest
        for (const auto& span : spans) {
            if (&span != last && span.from < last->to) {
                tell_overlap(span, *last);
            }
            last = span.to > last->to ? &span : last;
        }
        if (is_whole_week && last->to > kWeek + spans.front().from) {
            tell_overlap(spans.front(), *last);
        }
    }

    void tell_overlap(const Span& span, const Span& with) {
        const Place day(schedule_, kWeekdays.at(span.day));
        const Place hours(day, "hours");
        checker_.error(Place(hours, span.index), fmt::format("overlaps /schedule/{}/hours/{}",
                                                             kWeekdays.at(with.day), with.index));
    }

    void check_holidays() {
        const auto* holidays = checker_.get<item::List>(
            hours_, root_, "holidays",
            {"is not a list of holidays", R"([{"date":"2025-12-25","name":"Christmas Day"}])"});
        if (holidays == nullptr) {
            return;
        }
        const Place place(root_, "holidays");
        for (std::size_t index = 0; index < holidays->size(); ++index) {
            const Place element(place, index);
            if (const auto* map = (*holidays)[index].as<item::Map>()) {
                check_holiday(*map, element);
            } else {
                checker_.error(element, "is not an object with date and name",
                               R"({"date":"2025-12-25","name":"Christmas Day"})");
            }
        }
    }

    void check_holiday(const item::Map& holiday, const Place& place) {
        constexpr std::size_t kDateBytesMax = 64;
        // A holiday may have an empty name.
        checker_.get<std::string>(holiday, place, "name", {"is not a text", "\"Christmas Day\""});
        const auto* text =
            checker_.required_text(holiday, place, "date", kDateExample, kDateBytesMax);
        if (text == nullptr) {
            return;
        }
        const auto date = calendar::parse_date(*text);
        if (!date) {
            checker_.error(Place(place, "date"), "is not a date of the calendar: YYYY-MM-DD",
                           kDateExample);
        } else if (!dates_.insert(*date).second) {
            checker_.error(Place(place, "date"), "is there already");
        }
    }

    void check_emergency() {
        const auto* emergency = checker_.get<item::Map>(
            hours_, root_, "emergencyClose",
            {"is not an object with isActive and message", R"({"isActive":false,"message":""})"});
        if (emergency == nullptr) {
            return;
        }
        const Place place(root_, "emergencyClose");
        checker_.get<bool>(*emergency, place, "isActive", {"is not true or false", "false"});
        if (Checker::given(*emergency, "isActive") == nullptr) {
            checker_.error(Place(place, "isActive"), "is missing", "false");
        }
        checker_.get<std::string>(*emergency, place, "message",
                                  {"is not a text", "\"We are closed today.\""});
    }

    const item::Map& hours_;
    Checker& checker_;
    const Place root_;
    const Place schedule_{root_, "schedule"};
    std::vector<Span> open_;
    std::set<std::chrono::year_month_day> dates_;
};

}  // namespace

void check_hours(const item::Map& hours, Checker& checker) {
    HoursCheck(hours, checker).run();
}

}  // namespace meridian::management
