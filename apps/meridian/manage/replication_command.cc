// `meridian replication`: how the regions hear of one another.

#include "manage/replication_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/clock.h"
#include "commands.h"
#include "item/json.h"
#include "manage/endpoint_options.h"
#include "manage/item_text.h"
#include "manage/management_client.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/text_table.h"

namespace meridian::app {
namespace {

struct ReplicationOptions {
    EndpointOptions endpoint;
    std::string output = "text";
};

// "12 ms", "3.4 s", "2 h 5 min".
std::string duration_text(const item::Map& link, std::string_view name) {
    const auto* value = item::find(link, name);
    const auto* number = value == nullptr ? nullptr : value->as<item::Number>();
    const auto ms = number == nullptr ? std::nullopt : number->to_int64();
    if (!ms) {
        return "";
    }
    constexpr std::int64_t kSecond = 1'000;
    constexpr std::int64_t kMinute = 60 * kSecond;
    constexpr std::int64_t kHour = 60 * kMinute;
    if (*ms < kSecond) {
        return fmt::format("{} ms", *ms);
    }
    if (*ms < kMinute) {
        return fmt::format("{:.1f} s", static_cast<double>(*ms) / kSecond);
    }
    return *ms < kHour ? fmt::format("{} min {} s", *ms / kMinute, *ms % kMinute / kSecond)
                       : fmt::format("{} h {} min", *ms / kHour, *ms % kHour / kMinute);
}

// False: some link does not follow.
bool add_links(const std::string& to, const item::Map& health, TextTable& table) {
    const auto& links = map_at(health, "replication");
    if (links.empty()) {
        table.add({"", to, text_at(health, "status"), "", "", "", "", text_at(health, "error")});
        return text_at(health, "error").empty();
    }
    bool all_follow = true;
    for (const auto& [from, entry] : links) {
        const auto* link = entry.as<item::Map>();
        if (link == nullptr) {
            continue;
        }
        all_follow = all_follow && text_at(*link, "state") == "following";
        table.add({from, to, text_at(*link, "state"), duration_text(*link, "lagP50Ms"),
                   duration_text(*link, "lagP99Ms"), duration_text(*link, "oldestWaitingMs"),
                   text_at(*link, "conflicts"), text_at(*link, "error")});
    }
    return all_follow;
}

Result<int> run_replication(const ReplicationOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto answer = client ? client->send({"GET", "/health", {}, {}})
                               : Result<Answer>(std::unexpected(client.error()));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (answer->status != 200 && answer->status != 503) {
        return std::unexpected(refusal_of(*answer));
    }
    TextTable table({"FROM", "TO", "STATE", "LAG P50", "P99", "WAITING", "CONFLICTS", "PROBLEM"},
                    output_columns());
    item::Map regions;
    bool all_follow = true;
    for (const auto& [region, entry] : answer->map()) {
        if (const auto* health = entry.as<item::Map>()) {
            all_follow = add_links(region, *health, table) && all_follow;
            regions[region] = map_at(*health, "replication");
        }
    }
    if (options.output == "json") {
        fmt::print("{}\n", pretty_json(regions));
    } else {
        fmt::print("{}", table.render());
    }
    return all_follow ? 0 : 1;
}

}  // namespace

void add_replication(CLI::App& app) {
    const auto options = std::make_shared<ReplicationOptions>();
    auto* command =
        app.add_subcommand("replication", "Say how each region hears of the others' changes");
    command->add_option("--output", options->output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        "LAG: from a write there until it can be read here, over the last minute. WAITING: since "
        "when the oldest change\n"
        "that has not arrived waits. Exit status 1 unless every region follows every other one.\n"
        "\n"
        "Example: meridian replication --via eu-west-1");
    command->callback([options] {
        const auto status = run_replication(*options);
        if (!status) {
            throw CLI::RuntimeError(report(status.error()));
        }
        const auto printed = finish_output();
        throw CLI::RuntimeError(printed == 0 ? *status : printed);
    });
}

}  // namespace meridian::app
