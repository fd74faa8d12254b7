#include "lint/hours_book.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <utility>

#include "calendar/period.h"
#include "lint/hours_checks.h"

namespace meridian::lint {
namespace {

// When it is open, however that was written.
std::string times_of(const calendar::Schedule& schedule) {
    std::string times = fmt::format("{} {}", schedule.zone.name(), schedule.emergency.has_value());
    for (const bool after_holiday : {false, true}) {
        for (unsigned day = 0; day < schedule.week.size(); ++day) {
            times += '/';
            const std::chrono::weekday weekday{day};
            for (const auto& open : calendar::open_intervals(schedule, weekday, after_holiday)) {
                times += fmt::format(" {}-{}", open.open.count(), open.close.count());
            }
        }
    }
    for (const auto& [date, name] : schedule.holidays) {
        times += fmt::format(" {}", date.time_since_epoch().count());
    }
    return times;
}

}  // namespace

HoursBook::HoursBook(const std::vector<item::Item>& items, Findings& findings) {
    for (const auto& item : items) {
        const auto* id = item::find(item, "regionId");
        if (id == nullptr || id->as<std::string>() == nullptr) {
            continue;  // no item of the table is so
        }
        Hours hours;
        hours.schedule = check_hours(item, findings);
        if (hours.schedule != nullptr) {
            hours.content = content_of(*hours.schedule);
        }
        hours_.emplace(*id->as<std::string>(), std::move(hours));
    }
    report_names_twice(findings);
}

std::size_t HoursBook::content_of(const calendar::Schedule& schedule) {
    if (week_of(schedule) == Week::kAlwaysOpen && schedule.holidays.empty() &&
        !schedule.emergency) {
        return Hours::kAlwaysOpen;
    }
    return contents_.try_emplace(times_of(schedule), contents_.size() + 1).first->second;
}

const Hours* HoursBook::use(std::string_view id) {
    const auto found = hours_.find(id);
    if (found == hours_.end()) {
        return nullptr;
    }
    found->second.is_used = true;
    return &found->second;
}

void HoursBook::report_unused(Findings& findings) const {
    for (const auto& [id, hours] : hours_) {
        if (!hours.is_used) {
            findings.add(Code::kHoursUnused, hours_ref(id), [] {
                return Words{.message = "No rule uses these business hours",
                             .mend = "Delete them, or name them in the rules that they are for"};
            });
        }
    }
}

// Each of a name is compared with the first one by id.
void HoursBook::report_names_twice(Findings& findings) const {
    std::map<std::pair<std::string_view, std::string_view>, const Hours*> by_name;
    for (const auto& [id, hours] : hours_) {
        if (hours.schedule != nullptr && !hours.schedule->name.empty()) {
            by_name.emplace(std::pair(std::string_view(hours.schedule->name), id), &hours);
        }
    }
    auto first = by_name.begin();
    for (auto each = by_name.begin(); each != by_name.end(); ++each) {
        if (each->first.first != first->first.first) {
            first = each;
        }
        if (first->second->content != each->second->content) {
            findings.add(Code::kHoursNameTwice, hours_ref(each->first.second), [&] {
                return Words{
                    .message = fmt::format(
                        "The business hours {} are called {} too and have other times, so people "
                        "will take one for the other",
                        quoted(first->first.second), quoted(first->first.first)),
                    .mend = "Give one of them another name, or let rules use only one",
                    .other = id_of(hours_ref(first->first.second))};
            });
        }
    }
}

}  // namespace meridian::lint
