// `meridian history`: who changed what, when and why; and back again.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "commands.h"
#include "item/json.h"
#include "manage/endpoint_options.h"
#include "manage/item_text.h"
#include "manage/kind_words.h"
#include "manage/management_commands.h"
#include "manage/paging.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/text_table.h"
#include "manage/write_options.h"
#include "management/diff.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

using management::EntityId;
using management::Kind;

struct HistoryOptions {
    EndpointOptions endpoint;
    std::string entity;
    std::string region;
    std::string change;  // empty: the newest
    std::string other;   // empty: none
    std::size_t limit = 20;
    std::string output = "text";
    WriteOptions write;
    bool yes = false;
};

// "+18005551234", "rules/+1800…/us-east-1", "hours/US_BUSINESS", and the server's own forms.
Result<EntityId> entity_of(ManagementClient& client, const HistoryOptions& options) {
    for (const auto& words : all_kinds()) {
        const auto mine = std::string(words.command) + "/";
        if (options.entity.starts_with(mine)) {
            return management::parse_entity(
                fmt::format("{}/{}", to_string(words.kind), options.entity.substr(mine.size())));
        }
    }
    if (options.entity.starts_with('+') && !options.entity.contains('/')) {
        return find_entity(client, Kind::kRule, options.entity, options.region);
    }
    return management::parse_entity(options.entity);
}

// Calls `take` with each change, the newest first, until it says false.
Result<void> for_each_change(ManagementClient& client, const EntityId& id,
                             const std::function<bool(const item::Map&)>& take) {
    constexpr auto kPage = "100";
    std::string next;
    do {
        const auto page = client.get(history_target(id).query("limit", kPage).query("next", next));
        if (!page) {
            return std::unexpected(page.error());
        }
        for (const auto& entry : list_at(page->map(), "changes")) {
            const auto* change = entry.as<item::Map>();
            if (change != nullptr && !take(*change)) {
                return {};
            }
        }
        next = text_at(page->map(), "next");
    } while (!next.empty());
    return {};
}

// A change by its id, or by the version that it made; the newest when `name` is empty.
Result<item::Map> find_change(ManagementClient& client, const EntityId& id,
                              const std::string& name) {
    constexpr std::size_t kIdChars = 26;
    if (name.size() >= kIdChars) {
        const auto answer = client.get(history_target(id).segment(name));
        return answer ? Result<item::Map>(answer->map()) : std::unexpected(answer.error());
    }
    std::optional<item::Map> found;
    const auto done = for_each_change(client, id, [&](const item::Map& change) {
        if (name.empty() || text_at(change, "version") == name) {
            found = change;
        }
        return !found;
    });
    if (!done) {
        return std::unexpected(done.error());
    }
    return found ? Result<item::Map>(std::move(*found))
                 : fail(ErrorCode::kInvalidInput,
                        name.empty() ? fmt::format("the {} has no history", name_of(id))
                                     : fmt::format("the {} has no change {}: a change's id, or a "
                                                   "version, as `meridian history show` lists them",
                                                   name_of(id), printable(name)));
}

// The fields that a change changed, but those that every change does.
std::string changed_fields(const item::Map& change) {
    std::string text;
    for (const auto& difference :
         without_stamps(management::diff(map_at(change, "before"), map_at(change, "after")))) {
        text += (text.empty() ? "" : ", ") + dotted(difference.pointer);
    }
    const auto operation = text_at(change, "operation");
    return operation == "update" || operation == "restore" ? text : "";
}

Result<void> show(const HistoryOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto id = client ? entity_of(*client, options) : std::unexpected(client.error());
    if (!id) {
        return std::unexpected(id.error());
    }
    item::List changes;
    const auto done = for_each_change(*client, *id, [&](const item::Map& change) {
        changes.emplace_back(change);
        return changes.size() < options.limit;
    });
    if (!done) {
        return done;
    }
    if (options.output == "json") {
        fmt::print("{}\n", pretty_json(changes));
        return {};
    }
    TextTable table({"VERSION", "WHEN", "WHO", "DID", "FIELDS", "REASON", "CHANGE"},
                    output_columns());
    for (const auto& entry : changes) {
        const auto& change = *entry.as<item::Map>();
        table.add({text_at(change, "version"), text_at(change, "at"),
                   text_at(map_at(change, "who"), "name"), text_at(change, "operation"),
                   changed_fields(change), text_at(change, "reason"), text_at(change, "changeId")});
    }
    fmt::print("{}{} of the {}\n", changes.empty() ? "" : table.render(),
               counted(changes.size(), "change", "changes"), name_of(*id));
    return {};
}

// What an entity was after a change, for a comparison: nothing after a delete.
Result<void> print_differences(const std::vector<management::Difference>& differences,
                               const HistoryOptions& options) {
    if (options.output == "text") {
        const auto lines = difference_lines(without_stamps(differences));
        fmt::print("{}", lines.empty() ? "no difference\n" : lines);
        return {};
    }
    item::List list;
    for (const auto& difference : differences) {
        item::Map entry{{"pointer", difference.pointer}};
        if (difference.before) {
            entry["before"] = *difference.before;
        }
        if (difference.after) {
            entry["after"] = *difference.after;
        }
        list.emplace_back(std::move(entry));
    }
    fmt::print("{}\n", pretty_json(list));
    return {};
}

Result<void> diff(const HistoryOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto id = client ? entity_of(*client, options) : std::unexpected(client.error());
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto first = find_change(*client, *id, options.change);
    if (!first) {
        return std::unexpected(first.error());
    }
    if (options.other.empty()) {
        return print_differences(
            management::diff(map_at(*first, "before"), map_at(*first, "after")), options);
    }
    const auto second = find_change(*client, *id, options.other);
    if (!second) {
        return std::unexpected(second.error());
    }
    return print_differences(management::diff(map_at(*first, "after"), map_at(*second, "after")),
                             options);
}

// Shows what would change, and asks. kInvalidInput when there is nobody to ask, or the answer is
// no.
Result<void> confirm_restore(ManagementClient& client, const HistoryOptions& options,
                             const EntityId& id, const api::ApiRequest& request) {
    if (options.yes || options.write.dry_run) {
        return {};
    }
    if (!is_terminal(STDIN_FILENO)) {
        return fail(ErrorCode::kInvalidInput,
                    "restore asks first, and there is no terminal to ask: add --yes");
    }
    auto rehearsal = request;
    rehearsal.target = Target(rehearsal.target).flag("dryRun", true).text();
    const auto answer = client.ask(std::move(rehearsal));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    std::fputs(difference_lines(without_stamps(differences_in(answer->map()))).c_str(), stderr);
    return confirm(fmt::format("Restore the {}?", name_of(id)))
               ? Result<void>{}
               : fail(ErrorCode::kInvalidInput, "nothing was restored");
}

Result<void> restore(const HistoryOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto id = client ? entity_of(*client, options) : std::unexpected(client.error());
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto change = find_change(*client, *id, options.change);
    const auto stored = client->send({"GET", target_of(*id).text(), {}, {}});
    if (!change || !stored) {
        return std::unexpected(!change ? change.error() : stored.error());
    }
    auto request = write_request("POST", history_target(*id).segment("restore"), options.write);
    request.headers.emplace_back(stored->status == 404 ? "If-None-Match" : "If-Match",
                                 stored->status == 404 ? "*" : stored->etag);
    request.body = item::to_plain_json(item::Map{{"changeId", text_at(*change, "changeId")}});
    if (auto may = confirm_restore(*client, options, *id, request); !may) {
        return may;
    }
    const auto answer = client->ask(std::move(request));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    print_written(*id, *answer, options.write);
    return {};
}

void add_entity(CLI::App& command, HistoryOptions& options) {
    command
        .add_option("ENTITY", options.entity,
                    "A rule's NUMBER, rules/NUMBER/REGION, hours/ID or agents/ID")
        ->required()
        ->check(refuse_empty);
    command
        .add_option("--region", options.region, "Which region's rule a NUMBER means [the only one]")
        ->check(refuse_odd_region);
}

void add_output(CLI::App& command, HistoryOptions& options) {
    command.add_option("--output", options.output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
}

void on_run(CLI::App& command, const std::shared_ptr<HistoryOptions>& options,
            Result<void> (*run)(const HistoryOptions&)) {
    command.callback([options, run] {
        const auto done = run(*options);
        throw CLI::RuntimeError(done ? finish_output() : report(done.error()));
    });
}

void add_show(CLI::App& group) {
    const auto options = std::make_shared<HistoryOptions>();
    auto* command = group.add_subcommand("show", "List the changes, the newest first");
    add_entity(*command, *options);
    command->add_option("--limit", options->limit, "At most so many")
        ->type_name("N")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add_output(*command, *options);
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        "Examples:\n"
        "  meridian history show +18005551234\n"
        "  meridian history show hours/US_BUSINESS --output json");
    on_run(*command, options, show);
}

void add_diff(CLI::App& group) {
    const auto options = std::make_shared<HistoryOptions>();
    auto* command = group.add_subcommand("diff", "Show what a change changed");
    add_entity(*command, *options);
    command->add_option("CHANGE", options->change, "A change's id, or a version [the newest]")
        ->check(refuse_empty);
    command
        ->add_option("OTHER", options->other,
                     "Another: what differs between what the two changes left")
        ->check(refuse_empty);
    add_output(*command, *options);
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        "Examples:\n"
        "  meridian history diff +18005551234\n"
        "  meridian history diff +18005551234 3 7");
    on_run(*command, options, diff);
}

void add_restore(CLI::App& group) {
    const auto options = std::make_shared<HistoryOptions>();
    auto* command =
        group.add_subcommand("restore", "Make it what it was after a change, as a new version");
    add_entity(*command, *options);
    command
        ->add_option("CHANGE", options->change,
                     "A change's id, or a version; of a delete, what was deleted")
        ->required()
        ->check(refuse_empty);
    command->add_flag("--yes", options->yes, "Don't ask");
    add_write_options(*command, options->write, {.version = false, .strict = true});
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        "Examples:\n"
        "  meridian history restore +18005551234 3 --reason \"The new queue was wrong\"\n"
        "  meridian history restore hours/US_BUSINESS 01JN1S6G00DWK0FZ3GRRV6S2AB --yes");
    on_run(*command, options, restore);
}

}  // namespace

void add_history_commands(CLI::App& app) {
    auto* group = app.add_subcommand("history", "Who changed what, when and why; and back again");
    group->require_subcommand(1);
    group->footer("Each of them has its own help: meridian history restore --help.");
    add_show(*group);
    add_diff(*group);
    add_restore(*group);
}

}  // namespace meridian::app
