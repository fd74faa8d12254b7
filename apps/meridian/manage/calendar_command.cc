#include "manage/calendar_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "calendar/schedule.h"
#include "commands.h"
#include "manage/calendar_days.h"
#include "manage/endpoint_options.h"
#include "manage/item_text.h"
#include "manage/management_client.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/text_table.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

struct CalendarOptions {
    EndpointOptions endpoint;
    std::string id;
    std::string from;  // dates
    std::string to;
    int days = 14;
    std::string output = "text";
};

std::string refuse_no_date(const std::string& text) {
    const auto date = calendar::parse_date(text);
    return date ? std::string() : fmt::format("'{}' is no date, such as 2026-12-25", text);
}

Target hours_target(const CalendarOptions& options, std::string_view question) {
    return Target("/business-hours").segment(options.id).segment(question);
}

// All pages of the calendar as one.
Result<item::Map> read_calendar(ManagementClient& client, const CalendarOptions& options,
                                const CalendarRange& range) {
    const auto [from, to] = instants_around(range);
    item::Map calendar;
    item::List entries;
    std::string next;
    do {
        const auto page = client.get(hours_target(options, "calendar")
                                         .query("from", format_instant(from))
                                         .query("to", format_instant(to))
                                         .query("limit", "1000")
                                         .query("next", next));
        if (!page) {
            return std::unexpected(page.error());
        }
        if (calendar.empty()) {
            calendar = page->map();
        }
        const auto& more = list_at(page->map(), "entries");
        entries.insert(entries.end(), more.begin(), more.end());
        next = text_at(page->map(), "next");
    } while (!next.empty());
    calendar["entries"] = std::move(entries);
    calendar.erase("next");
    return calendar;
}

Result<CalendarRange> range_of(const CalendarOptions& options, const item::Map& now) {
    const auto first = date_of(options.from.empty() ? text_at(now, "localTime") : options.from);
    if (!first) {
        return std::unexpected(first.error());
    }
    CalendarRange range{*first, options.days};
    if (!options.to.empty()) {
        const auto last = date_of(options.to);
        if (!last) {
            return std::unexpected(last.error());
        }
        range.days = static_cast<int>((*last - *first).count()) + 1;
    }
    constexpr int kDaysMax = 360;
    if (range.days < 1 || range.days > kDaysMax) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("--to is before --from, or more than {} days after it", kDaysMax));
    }
    return range;
}

// "open", "holiday: Christmas Day".
std::string state_text(const item::Map& status) {
    const auto why = text_at(status, "why");
    return printable(text_at(status, "state") + (why.empty() ? "" : ": " + why));
}

void print_calendar(const CalendarOptions& options, const item::Map& now,
                    const std::vector<CalendarDay>& days) {
    fmt::print("{}, {}\n", printable(options.id), text_at(now, "timezone"));
    TextTable table({"DAY", "OPEN", ""}, output_columns());
    for (const auto& day : days) {
        std::string open;
        for (const auto& [from, to] : day.open) {
            open += fmt::format("{}{}–{}", open.empty() ? "" : ", ", from, to);
        }
        table.add({date_text(day.date), open.empty() ? "closed" : open,
                   fmt::format("{}", fmt::join(day.notes, "; "))});
    }
    fmt::print("{}", table.render());
    const auto& next = map_at(now, "nextChange");
    const auto local = text_at(next, "localTime");
    const auto date = date_of(local);
    fmt::print("Now {}{}\n", state_text(now),
               date ? fmt::format("; {} from {} {} on", state_text(next), date_text(*date),
                                  local.substr(11, 5))
                    : "; no change in sight");
}

Result<void> calendar(const CalendarOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto stored =
        client ? client->get(management::EntityId{management::Kind::kHours, options.id, ""})
               : Result<Answer>(std::unexpected(client.error()));
    const auto now = stored ? client->get(hours_target(options, "status")) : stored;
    if (!now) {
        return std::unexpected(now.error());
    }
    const auto range = range_of(options, now->map());
    if (!range) {
        return std::unexpected(range.error());
    }
    const auto agenda = read_calendar(*client, options, *range);
    if (!agenda) {
        return std::unexpected(agenda.error());
    }
    if (options.output == "json") {
        fmt::print("{}\n", pretty_json(*agenda));
        return {};
    }
    const auto before = client->get(
        hours_target(options, "status").query("at", format_instant(instants_around(*range).first)));
    if (!before) {
        return std::unexpected(before.error());
    }
    const auto days = calendar_days(*range, before->map(), *agenda);
    if (!days) {
        return std::unexpected(days.error());
    }
    print_calendar(options, now->map(), *days);
    return {};
}

}  // namespace

void add_calendar(CLI::App& app) {
    const auto options = std::make_shared<CalendarOptions>();
    auto* command = app.add_subcommand("calendar", "Show when business hours open and close");
    command->add_option("HOURS_ID", options->id)->required()->check(refuse_empty);
    command->add_option("--from", options->from, "The first day [today there]")
        ->type_name("DATE")
        ->check(refuse_no_date);
    auto* to = command->add_option("--to", options->to, "The last day")
                   ->type_name("DATE")
                   ->check(refuse_no_date);
    command->add_option("--days", options->days, "How many days")
        ->check(CLI::Range(1, 360))
        ->capture_default_str()
        ->excludes(to);
    command->add_option("--output", options->output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        "Days and times are those of the hours' own zone; holidays, emergencies and changes of the "
        "clocks are noted.\n"
        "\n"
        "Examples:\n"
        "  meridian calendar US_BUSINESS\n"
        "  meridian calendar US_BUSINESS --from 2026-03-01 --to 2026-03-31");
    command->callback([options] {
        const auto done = calendar(*options);
        throw CLI::RuntimeError(done ? finish_output() : report(done.error()));
    });
}

}  // namespace meridian::app
