// `meridian conflicts`: writes that lost against a concurrent write of another region.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "agreement/agreement_commands.h"
#include "agreement/conflict_list.h"
#include "base/clock.h"
#include "commands.h"
#include "item/json.h"
#include "manage/item_text.h"
#include "manage/kind_words.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/text_table.h"
#include "management/diff.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

struct ConflictOptions {
    EndpointOptions endpoint;
    std::vector<std::string> regions;
    std::string table;
    std::size_t limit = 100;
    std::string output = "text";
    std::string id;
    std::string up_to;
    bool yes = false;
};

void warn_of(const std::vector<std::string>& unreachable) {
    for (const auto& line : unreachable) {
        complain(fmt::format("could not ask {}", line));
    }
}

std::string side_text(const item::Map& side) {
    return fmt::format("{} {}{}", text_at(side, "region"), text_at(side, "time"),
                       text_at(side, "item").empty() ? " (delete)" : "");
}

void print_list(const LostWrites& lost, std::size_t limit) {
    TextTable table({"ID", "ITEM", "KEPT", "LOST", "SEEN IN"}, output_columns());
    for (std::size_t i = 0; i < std::min(limit, lost.writes.size()); ++i) {
        const auto& [id, told, seen_in] = lost.writes[i];
        const auto entity = entity_of(told);
        table.add({id,
                   printable(entity ? management::to_text(*entity)
                                    : text_at(told, "table") + " " + text_at(told, "key")),
                   side_text(map_at(told, "kept")), side_text(map_at(told, "lost")),
                   fmt::format("{}", fmt::join(seen_in, ", "))});
    }
    fmt::print("{}{}{}\n", lost.writes.empty() ? "" : table.render(),
               counted(lost.writes.size(), "write lost", "writes lost"),
               lost.writes.size() > limit ? fmt::format("; the newest {} are shown", limit) : "");
}

item::Value json_of(const LostWrite& write) {
    auto json = write.told;
    json["seenIn"] = item::List(write.seen_in.begin(), write.seen_in.end());
    return json;
}

Result<int> list(const ConflictOptions& options) {
    const SystemClock clock;
    const auto members = members_of(options.endpoint, options.regions, clock);
    const auto lost =
        members ? read_conflicts(*members, options.table) : std::unexpected(members.error());
    if (!lost) {
        return std::unexpected(lost.error());
    }
    if (options.output == "json") {
        item::List all;
        for (std::size_t i = 0; i < std::min(options.limit, lost->writes.size()); ++i) {
            all.push_back(json_of(lost->writes[i]));
        }
        fmt::print("{}\n", pretty_json(all));
    } else {
        print_list(*lost, options.limit);
    }
    warn_of(lost->unreachable);
    return lost->unreachable.empty() ? 0 : 1;
}

// The one whose id begins so.
Result<LostWrite> find_lost(const LostWrites& lost, const std::string& id) {
    const LostWrite* found = nullptr;
    for (const auto& write : lost.writes) {
        if (write.id.starts_with(id)) {
            if (found != nullptr) {
                return fail(ErrorCode::kInvalidInput,
                            fmt::format("several conflicts begin with {}: write more of it", id));
            }
            found = &write;
        }
    }
    return found != nullptr
               ? Result<LostWrite>(*found)
               : fail(ErrorCode::kInvalidInput,
                      fmt::format("there is no conflict {}: `meridian conflicts` lists them",
                                  printable(id)));
}

// How to take the lost version over.
void print_way_back(const std::vector<Member>& members, const item::Map& told) {
    const auto entity = entity_of(told);
    if (!entity) {
        fmt::print("To take the lost one over, write it again.\n");
        return;
    }
    const auto name = fmt::format("{}/{}{}{}", words_of(entity->kind).command, entity->first,
                                  entity->second.empty() ? "" : "/", entity->second);
    fmt::print("Both edits are in the history: meridian history show {}\n", printable(name));
    for (const auto& member : members) {
        const auto change = change_of(*member.client, *entity, told);
        if (change && *change) {
            fmt::print("To take the lost one over: meridian history restore {} {}\n",
                       printable(name), **change);
            return;
        }
    }
    fmt::print("To take the lost one over: meridian history restore {} CHANGE\n", printable(name));
}

Result<int> show(const ConflictOptions& options) {
    const SystemClock clock;
    const auto members = members_of(options.endpoint, options.regions, clock);
    const auto lost = members ? read_conflicts(*members, "") : std::unexpected(members.error());
    const auto found = lost ? find_lost(*lost, options.id) : std::unexpected(lost.error());
    if (!found) {
        return std::unexpected(found.error());
    }
    if (options.output == "json") {
        fmt::print("{}\n", pretty_json(json_of(*found)));
        return 0;
    }
    const auto& told = found->told;
    fmt::print("{} {}\n  kept: {}\n  lost: {}\n", printable(text_at(told, "table")),
               printable(text_at(told, "key")), side_text(map_at(told, "kept")),
               side_text(map_at(told, "lost")));
    fmt::print("From what was kept to what was lost:\n{}",
               difference_lines(management::diff(map_at(map_at(told, "kept"), "item"),
                                                 map_at(map_at(told, "lost"), "item"))));
    print_way_back(*members, told);
    return 0;
}

Result<void> may_forget(const ConflictOptions& options, std::size_t regions) {
    if (options.yes) {
        return {};
    }
    if (!is_terminal(STDIN_FILENO)) {
        return fail(ErrorCode::kInvalidInput,
                    "forget asks first, and there is no terminal to ask: add --yes");
    }
    return confirm(fmt::format("Forget the conflicts up to {} in {}?", options.up_to,
                               counted(regions, "region", "regions")))
               ? Result<void>{}
               : fail(ErrorCode::kInvalidInput, "nothing was forgotten");
}

Result<int> forget(const ConflictOptions& options) {
    const SystemClock clock;
    const auto members = members_of(options.endpoint, options.regions, clock);
    if (!members) {
        return std::unexpected(members.error());
    }
    if (auto may = may_forget(options, members->size()); !may) {
        return std::unexpected(std::move(may).error());
    }
    int status = 0;
    for (const auto& member : *members) {
        const auto done = member.client->ask(
            {"DELETE", Target("/conflicts").query("upTo", options.up_to).text(), {}, {}});
        if (done) {
            fmt::print("{}: forgotten\n", member.region);
        } else {
            complain(fmt::format("{}: {}", member.region, done.error().message));
            status = 1;
        }
    }
    return status;
}

void add_common(CLI::App& command, ConflictOptions& options) {
    command.add_option("--region", options.regions, "Ask these regions only [all]")
        ->delimiter(',')
        ->check(refuse_odd_region);
    add_endpoint_options(command, options.endpoint);
}

void add_output(CLI::App& command, ConflictOptions& options) {
    command.add_option("--output", options.output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
}

void on_run(CLI::App& command, const std::shared_ptr<ConflictOptions>& options,
            Result<int> (*run)(const ConflictOptions&)) {
    command.callback([options, run] {
        const auto status = run(*options);
        if (!status) {
            throw CLI::RuntimeError(report(status.error()));
        }
        const auto printed = finish_output();
        throw CLI::RuntimeError(printed == 0 ? *status : printed);
    });
}

// The command lists them; also without the word.
void make_list(CLI::App& command) {
    const auto options = std::make_shared<ConflictOptions>();
    command.add_option("--table", options->table, "Only of this table")->check(refuse_empty);
    command.add_option("--limit", options->limit, "At most so many")
        ->type_name("N")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add_output(command, *options);
    add_common(command, *options);
    command.footer(
        "Exit status 1 when a region could not be asked.\n"
        "\n"
        "Examples:\n"
        "  meridian conflicts\n"
        "  meridian conflicts list --table GlobalCallRouting --output json");
    on_run(command, options, list);
}

void add_show(CLI::App& group) {
    const auto options = std::make_shared<ConflictOptions>();
    auto* command =
        group.add_subcommand("show", "Show what was kept and what was lost, field by field");
    command->add_option("ID", options->id, "As `meridian conflicts list` has it, or its beginning")
        ->required()
        ->check(refuse_empty);
    add_output(*command, *options);
    add_common(*command, *options);
    command->footer("Example: meridian conflicts show 5f0c1a");
    on_run(*command, options, show);
}

void add_forget(CLI::App& group) {
    const auto options = std::make_shared<ConflictOptions>();
    auto* command =
        group.add_subcommand("forget", "Forget those whose lost write was made up to an instant");
    command->add_option("--up-to", options->up_to, "RFC 3339")
        ->type_name("INSTANT")
        ->required()
        ->check(refuse_no_instant);
    command->add_flag("--yes", options->yes, "Don't ask");
    add_common(*command, *options);
    command->footer(
        "The history keeps both edits of rules, hours and agents all the same.\n"
        "\n"
        "Example: meridian conflicts forget --up-to 2026-01-01T00:00:00Z");
    on_run(*command, options, forget);
}

}  // namespace

void add_conflicts(CLI::App& app) {
    auto* group = app.add_subcommand(
        "conflicts", "Writes that lost against a concurrent write of another region");
    group->require_subcommand(0, 1);
    make_list(*group);
    make_list(*group->add_subcommand("list", "List them, the newest first, each once"));
    add_show(*group);
    add_forget(*group);
}

void add_agreement_commands(CLI::App& app) {
    add_verify(app);
    add_conflicts(app);
}

}  // namespace meridian::app
