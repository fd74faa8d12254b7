// `backup restore`: into a running cluster, or into an empty folder.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backup/backup_client.h"
#include "backup/backup_commands.h"
#include "backup/offline_restore.h"
#include "base/clock.h"
#include "commands.h"
#include "data_folder.h"
#include "item/json.h"
#include "manage/endpoint_options.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/text_table.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

struct RestoreOptions {
    EndpointOptions endpoint;
    std::string source;
    std::string to;
    std::vector<std::string> tables;
    std::string reason;
    std::filesystem::path into;
    std::filesystem::path backups;
    std::string region;
    std::string output = "text";
    bool dry_run = false;
    bool yes = false;
};

std::string counts_text(const item::Map& restore) {
    TextTable table({"TABLE", "ADDED", "CHANGED", "DELETED", "AS IT WAS"}, output_columns());
    for (const auto& value : list_at(restore, "tables")) {
        if (const auto* counts = value.as<item::Map>()) {
            std::vector<std::string> cells{text_at(*counts, "table")};
            for (const auto* name : {"added", "changed", "deleted", "same"}) {
                cells.push_back(with_commas(number_at(*counts, name)));
            }
            table.add(std::move(cells));
        }
    }
    return table.render();
}

item::Map body_of(const RestoreOptions& options, bool dry_run) {
    item::Map body{{"dryRun", dry_run}};
    if (!options.source.empty()) {
        body["backup"] = options.source;
    }
    if (!options.to.empty()) {
        body["to"] = options.to;
    }
    if (!options.reason.empty()) {
        body["reason"] = options.reason;
    }
    if (!options.tables.empty()) {
        item::List tables;
        for (const auto& table : options.tables) {
            tables.emplace_back(table);
        }
        body["tables"] = std::move(tables);
    }
    return body;
}

Result<item::Map> restore(ManagementClient& client, const RestoreOptions& options, bool dry_run,
                          const Clock& clock) {
    const auto body = body_of(options, dry_run);
    const auto job = ask_for_job(client, "POST", Target("/restores"), &body);
    return job ? wait_for_job(client, Target("/restores").segment(text_at(*job, "id")), "", clock)
               : job;
}

int show(const item::Map& answer, const RestoreOptions& options) {
    fmt::print("{}",
               options.output == "json" ? item::to_plain_json(answer) + "\n" : counts_text(answer));
    return finish_output();
}

int run_live(const RestoreOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return report(client.error());
    }
    if (!options.yes && !options.dry_run && !is_terminal(STDIN_FILENO)) {
        return report({ErrorCode::kInvalidInput,
                       "this changes the running region, and all that replicate with it; look at "
                       "--dry-run first, then say --yes"});
    }
    if (!options.yes || options.dry_run) {
        const auto would = restore(*client, options, true, clock);
        if (!would) {
            return report(would.error());
        }
        if (options.dry_run) {
            return show(*would, options);
        }
        std::fputs(counts_text(*would).c_str(), stderr);
        if (!confirm("Make the running region so, and all that replicate with it?")) {
            return report({ErrorCode::kInvalidInput, "nothing was restored"});
        }
    }
    const auto done = restore(*client, options, false, clock);
    return done ? show(*done, options) : report(done.error());
}

Result<OfflineRestore> offline_of(const RestoreOptions& options) {
    const auto data = data_folder(options.endpoint.data);
    if (!data) {
        return std::unexpected(data.error());
    }
    OfflineRestore what{.source = options.source,
                        .latest = options.to == "latest",
                        .to = {},
                        .data = *data,
                        .into = options.into,
                        .region = options.region,
                        .backups = options.backups};
    if (!options.to.empty() && !what.latest) {
        const auto instant = parse_instant(options.to);
        if (!instant) {
            return fail_within("--to", instant.error());
        }
        what.to = *instant;
    }
    return what;
}

int run_offline(const RestoreOptions& options) {
    const auto what = offline_of(options);
    if (!what) {
        return report(what.error());
    }
    backup::Tally tally;
    const auto restored = restore_offline(*what, tally);
    if (!restored) {
        return report(restored.error());
    }
    const auto number = [](std::uint64_t count) {
        return item::Number(static_cast<std::int64_t>(count));
    };
    const auto folder = (options.into / options.region).string();
    fmt::print("{}\n", options.output == "json"
                           ? item::to_plain_json(item::Map{{"folder", folder},
                                                           {"items", number(restored->items)},
                                                           {"changes", number(restored->changes)}})
                           : fmt::format("{}: {} items and {} later changes; start it with "
                                         "`meridian serve --data {} --region {}`",
                                         folder, with_commas(restored->items),
                                         with_commas(restored->changes), options.into.string(),
                                         options.region));
    return finish_output();
}

void check(const RestoreOptions& options) {
    if (options.source.empty() == options.to.empty()) {
        throw CLI::ValidationError("backup restore",
                                   "takes either a backup, or --to with an instant");
    }
    if (options.into.empty() != options.region.empty()) {
        throw CLI::ValidationError("backup restore", "--into and --region go together");
    }
    if (!options.into.empty() && (!options.tables.empty() || options.dry_run)) {
        throw CLI::ValidationError("backup restore",
                                   "--tables and --dry-run are for a running region");
    }
    if (options.into.empty() && options.to == "latest") {
        throw CLI::ValidationError("--to", "latest is for --into; a running region has it already");
    }
    if (!options.to.empty() && options.to != "latest") {
        if (const auto instant = parse_instant(options.to); !instant) {
            throw CLI::ValidationError("--to", instant.error().message);
        }
    }
}

void add_where(CLI::App& command, RestoreOptions& options) {
    command
        .add_option("--into", options.into,
                    "Into this data folder instead of the running region; it must be empty there")
        ->check(refuse_empty);
    command.add_option("--region", options.region, "Whose tables they become there")
        ->check(refuse_odd_region);
    command
        .add_option("--backups", options.backups,
                    "Where the backups are, with --into [DATA/backups]")
        ->check(refuse_empty);
}

}  // namespace

void add_backup_restore(CLI::App& group) {
    const auto options = std::make_shared<RestoreOptions>();
    auto* command = group.add_subcommand(
        "restore", "Bring back what was: into the running cluster, or into an empty folder");
    command->add_option("ID", options->source, "A backup; with --into, or its file")
        ->check(refuse_empty);
    command
        ->add_option("--to", options->to,
                     "As of this instant (RFC 3339), from the continuous backup; with --into, "
                     "or \"latest\"")
        ->check(refuse_empty);
    command->add_option("--tables", options->tables, "Only these [all but RegionHealth]")
        ->delimiter(',')
        ->check(refuse_empty);
    command->add_flag("--dry-run", options->dry_run, "Only say what would change");
    command->add_flag("--yes", options->yes, "Don't ask");
    command->add_option("--reason", options->reason, "For the history")->check(refuse_empty);
    add_where(*command, *options);
    command->add_option("--output", options->output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        "In a running cluster only what differs is written, as ordinary writes: items that were "
        "not there then are deleted,\n"
        "rules, hours and agents get new versions, and the history is only added to. Done again, "
        "it goes on where it was.\n"
        "\n"
        "Examples:\n"
        "  meridian backup restore 20261121T091331.123Z-x7k2 --dry-run\n"
        "  meridian backup restore --to 2026-11-21T09:13:30Z --tables GlobalCallRouting\n"
        "  meridian backup restore --to latest --into /srv/rebuilt --region us-east-1");
    command->callback([options] {
        check(*options);
        throw CLI::RuntimeError(options->into.empty() ? run_live(*options) : run_offline(*options));
    });
}

}  // namespace meridian::app
