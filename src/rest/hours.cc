#include "rest/hours.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "calendar/agenda.h"
#include "calendar/schedule.h"
#include "catalog/domain.h"
#include "rest/answers.h"
#include "rest/lists.h"
#include "rest/page_token.h"

namespace meridian::rest {
namespace {

constexpr std::chrono::days kRangeDefault{7};

// What calls see of stored hours that can't be placed in time: always open (catalog/domain.h).
std::shared_ptr<const calendar::Schedule> always_open(std::string id) {
    auto schedule = std::make_shared<calendar::Schedule>();
    schedule->id = std::move(id);
    for (auto& day : schedule->week) {
        day = {{std::chrono::hours{0}, std::chrono::hours{24}}};
    }
    return schedule;
}

struct Hours {
    std::shared_ptr<const calendar::Schedule> schedule;  // nothing: there are none of that id
    std::string_view caveat;
};

Result<Hours> read_hours(const Call& call) {
    const auto id = call.entity();
    const auto item = id ? call.parts.editor.get(*id) : std::unexpected(id.error());
    if (!item || !*item) {
        return item ? Result<Hours>(Hours{}) : std::unexpected(item.error());
    }
    catalog::Complaints complaints;
    if (auto schedule = catalog::schedule_of(**item, complaints)) {
        return Hours{std::move(schedule), {}};
    }
    return Hours{always_open(id->first), "the time zone is not known: calls find it open"};
}

Response no_such_hours() {
    return refusal_answer(management::NotFound{"there are no such business hours"});
}

item::Map moment(const calendar::Schedule& schedule, Instant at) {
    return {{"at", format_instant(at)}, {"localTime", calendar::local_time(schedule.zone, at)}};
}

item::Value next_change_of(const calendar::Schedule& schedule, Instant at) {
    const auto change = calendar::next_change(schedule, at);
    if (!change) {
        return item::Null{};
    }
    auto map = moment(schedule, change->at);
    map["state"] = calendar::to_string(change->to.state);
    map["why"] = change->to.reason;
    return map;
}

std::string_view event_of(calendar::State state) {
    switch (state) {
        case calendar::State::kOpen:
            return "opens";
        case calendar::State::kClosed:
            return "closes";
        case calendar::State::kHoliday:
            return "holiday";
        case calendar::State::kEmergency:
            return "emergency";
    }
    return "";
}

item::List entry_list(const calendar::Schedule& schedule,
                      const std::vector<calendar::AgendaEntry>& entries) {
    item::List list;
    for (const auto& entry : entries) {
        auto map = moment(schedule, entry.at);
        map["utcOffset"] = calendar::offset_text(entry.utc_offset);
        map["event"] = event_of(entry.to.state);
        map["why"] = entry.to.reason;
        list.emplace_back(std::move(map));
    }
    return list;
}

item::List offset_list(const calendar::Zone& zone, calendar::TimeRange range) {
    item::List list;
    for (const auto& change : calendar::offset_changes(zone, range)) {
        list.emplace_back(item::Map{{"at", format_instant(change.at)},
                                    {"before", calendar::offset_text(change.before)},
                                    {"after", calendar::offset_text(change.after)}});
    }
    return list;
}

Result<calendar::TimeRange> range_of(const Call& call) {
    const auto from = call.parameters.instant("from", call.parts.clock.now());
    if (!from) {
        return std::unexpected(from.error());
    }
    const auto to = call.parameters.instant("to", *from + kRangeDefault);
    if (!to) {
        return std::unexpected(to.error());
    }
    if (*to < *from || *to - *from > calendar::kAgendaDaysMax) {
        return fail(
            ErrorCode::kInvalidInput,
            fmt::format("the query parameter 'to' is before 'from', or over {} days after it",
                        calendar::kAgendaDaysMax.count()));
    }
    return calendar::TimeRange{*from, *to};
}

// Where a page begins: at the range's start, or where the page before it ended.
Result<Instant> page_start(const Call& call, const std::string& list, calendar::TimeRange range) {
    const auto token = call.parameters.text("next");
    if (!token) {
        return range.from;
    }
    const auto place = read_page_token(*token, list, 1);
    const auto at = place ? parse_instant(place->front()) : std::unexpected(place.error());
    if (at && (*at < range.from || *at >= range.to)) {
        return fail(ErrorCode::kInvalidInput,
                    "the query parameter 'next' is of another range: repeat 'from' and 'to'");
    }
    return at;
}

}  // namespace

Answer hours_status(const Call& call) {
    const auto at = call.parameters.instant("at", call.parts.clock.now());
    const auto hours = read_hours(call);
    if (!at || !hours) {
        return std::unexpected(at ? hours.error() : at.error());
    }
    if (!hours->schedule) {
        return no_such_hours();
    }
    const auto& schedule = *hours->schedule;
    const auto status = calendar::status_at(schedule, *at);
    auto body = moment(schedule, *at);
    body["id"] = schedule.id;
    body["state"] = calendar::to_string(status.state);
    body["open"] = status.state == calendar::State::kOpen;
    body["why"] = hours->caveat.empty() ? status.reason : hours->caveat;
    body["timezone"] = schedule.zone.name();
    body["nextChange"] = next_change_of(schedule, *at);
    return json_answer(200, item::Value(std::move(body)));
}

Answer hours_calendar(const Call& call) {
    const auto range = range_of(call);
    const auto limit = limit_of(call);
    const auto hours = read_hours(call);
    if (!range || !limit || !hours) {
        return std::unexpected(!range ? range.error() : !limit ? limit.error() : hours.error());
    }
    if (!hours->schedule) {
        return no_such_hours();
    }
    const auto& schedule = *hours->schedule;
    const auto list = "calendar " + schedule.id;
    const auto start = page_start(call, list, *range);
    if (!start) {
        return std::unexpected(start.error());
    }
    const auto page = calendar::agenda(schedule, {*start, range->to}, *limit);
    item::Map body{
        {"id", schedule.id},
        {"timezone", schedule.zone.name()},
        {"from", format_instant(range->from)},
        {"to", format_instant(range->to)},
        {"entries", entry_list(schedule, page.entries)},
        {"offsetChanges", offset_list(schedule.zone, {*start, page.next.value_or(range->to)})}};
    if (page.next) {
        body["next"] = make_page_token(list, {format_instant(*page.next)});
    }
    return json_answer(200, item::Value(std::move(body)));
}

}  // namespace meridian::rest
