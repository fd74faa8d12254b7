// `backup create`, `list`, `verify`, `delete`.

#include "backup/backup_commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "backup/backup_client.h"
#include "backup/backup_file.h"
#include "base/clock.h"
#include "commands.h"
#include "item/json.h"
#include "manage/endpoint_options.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/text_table.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

struct BackupCommand {
    EndpointOptions endpoint;
    std::string id;
    std::string output = "text";
    bool wait = true;
    bool yes = false;
};

void add_common(CLI::App& command, BackupCommand& options) {
    command.add_option("--output", options.output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_endpoint_options(command, options.endpoint);
}

int show(const item::Map& answer, const std::string& output, const std::string& text) {
    fmt::print("{}\n", output == "json" ? item::to_plain_json(answer) : text);
    return finish_output();
}

Result<item::Map> create(const BackupCommand& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return std::unexpected(client.error());
    }
    return options.wait ? make_backup(*client, clock)
                        : ask_for_job(*client, "POST", Target("/backups"), nullptr);
}

int run_create(const BackupCommand& options) {
    const auto made = create(options);
    if (!made) {
        return report(made.error());
    }
    const auto id = text_at(*made, "id");
    const bool for_people = is_terminal(STDOUT_FILENO) && options.wait;
    return show(*made, options.output,
                for_people
                    ? fmt::format("{}: {} items, {}, checksum {}", id,
                                  with_commas(number_at(*made, "items")),
                                  bytes_text(number_at(*made, "bytes")), text_at(*made, "checksum"))
                    : id);
}

std::string verified_text(const item::Map& backup) {
    const auto& verified = map_at(backup, "verified");
    if (verified.empty()) {
        return "no";
    }
    const auto* good = item::find(verified, "good");
    return good != nullptr && good->as<bool>() != nullptr && *good->as<bool>()
               ? text_at(verified, "at")
               : "DAMAGED";
}

std::string list_text(const item::Map& answer) {
    TextTable table({"ID", "STATE", "KIND", "AT", "ITEMS", "SIZE", "VERIFIED"}, output_columns());
    for (const auto& value : list_at(answer, "backups")) {
        if (const auto* backup = value.as<item::Map>()) {
            table.add({text_at(*backup, "id"), text_at(*backup, "state"), text_at(*backup, "kind"),
                       text_at(*backup, "at"), with_commas(number_at(*backup, "items")),
                       bytes_text(number_at(*backup, "bytes")), verified_text(*backup)});
        }
    }
    auto text = list_at(answer, "backups").empty() ? std::string("No backups.\n") : table.render();
    const auto& continuous = map_at(answer, "continuous");
    if (continuous.empty()) {
        return text + "Continuous backup is off.";
    }
    text += fmt::format("Continuous backup, {}: restore --to any instant of",
                        bytes_text(number_at(continuous, "bytes")));
    for (const auto& value : list_at(continuous, "windows")) {
        if (const auto* window = value.as<item::Map>()) {
            text += fmt::format("\n  {} to {}", text_at(*window, "earliest"),
                                text_at(*window, "latest"));
        }
    }
    if (list_at(continuous, "windows").empty()) {
        text += " … nothing yet";
    }
    const auto error = text_at(continuous, "error");
    return error.empty() ? text : text + "\nIt does not go on: " + printable(error);
}

int run_list(const BackupCommand& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto answer =
        client ? client->get(Target("/backups")) : Result<Answer>(std::unexpected(client.error()));
    if (!answer) {
        return report(answer.error());
    }
    return show(answer->map(), options.output, list_text(answer->map()));
}

// A file of this machine, without a region.
Result<item::Map> verify_file(const std::string& file) {
    auto input = backup::open_file(file);
    if (!input) {
        return std::unexpected(std::move(input).error());
    }
    backup::Tally tally;
    const auto info = backup::verify_backup(*std::move(input), tally);
    if (!info) {
        return std::unexpected(info.error());
    }
    const auto number = [](std::uint64_t count) {
        return item::Number(static_cast<std::int64_t>(count));
    };
    item::Map hashes;
    for (std::size_t i = 0; i < info->header.tables.size(); ++i) {
        hashes[info->header.tables[i].name] = store::to_string(info->trailer.hashes[i]);
    }
    return item::Map{{"id", info->header.id},
                     {"region", info->header.region},
                     {"at", format_instant(info->header.at)},
                     {"items", number(info->trailer.items)},
                     {"bytes", number(info->bytes)},
                     {"checksum", fmt::format("{:016x}", info->checksum)},
                     {"hashes", std::move(hashes)}};
}

Result<item::Map> verify(const BackupCommand& options) {
    std::error_code error;
    if (options.id.find('/') != std::string::npos ||
        std::filesystem::is_regular_file(options.id, error)) {
        return verify_file(options.id);
    }
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return std::unexpected(client.error());
    }
    const auto target = Target("/backups").segment(options.id);
    const auto job = ask_for_job(*client, "POST", Target(target.text() + "/verify"), nullptr);
    return job ? wait_for_job(*client, target, "verification", clock) : job;
}

int run_verify(const BackupCommand& options) {
    const auto answer = verify(options);
    if (!answer) {
        return report(answer.error());
    }
    const auto items = number_at(*answer, "items");
    const auto& job = map_at(*answer, "verification");
    return show(*answer, options.output,
                fmt::format("{}: whole; {} items are what was written", options.id,
                            with_commas(items > 0 ? items : number_at(job, "items"))));
}

int run_delete(const BackupCommand& options) {
    if (!options.yes && !is_terminal(STDIN_FILENO)) {
        return report({ErrorCode::kInvalidInput,
                       "this deletes a backup for good; say --yes if that is meant"});
    }
    if (!options.yes && !confirm(fmt::format("Delete backup {} for good?", options.id))) {
        return report({ErrorCode::kInvalidInput, "nothing was deleted"});
    }
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto answer =
        client ? client->ask({"DELETE", Target("/backups").segment(options.id).text(), {}, {}})
               : Result<Answer>(std::unexpected(client.error()));
    if (!answer) {
        return report(answer.error());
    }
    return show(answer->map(), options.output, fmt::format("{} deleted", options.id));
}

void add_create(CLI::App& group) {
    const auto options = std::make_shared<BackupCommand>();
    auto* command = group.add_subcommand("create", "Make a backup: everything as of one moment");
    command->add_flag_callback(
        "--no-wait", [options] { options->wait = false; }, "Only begin it, and print its id");
    add_common(*command, *options);
    command->footer(
        "Calls and edits go on meanwhile. The backup is there whole, or not at all.\n"
        "\n"
        "Examples:\n"
        "  meridian backup create\n"
        "  ID=$(meridian backup create) && meridian backup verify $ID");
    command->callback([options] { throw CLI::RuntimeError(run_create(*options)); });
}

void add_list(CLI::App& group) {
    const auto options = std::make_shared<BackupCommand>();
    auto* command =
        group.add_subcommand("list", "List backups, and the instants that can be restored");
    add_common(*command, *options);
    command->callback([options] { throw CLI::RuntimeError(run_list(*options)); });
}

void add_verify(CLI::App& group) {
    const auto options = std::make_shared<BackupCommand>();
    auto* command = group.add_subcommand("verify", "Read a backup, and check every byte of it");
    command->add_option("ID", options->id, "A backup, its file, or \"continuous\"")
        ->required()
        ->check(refuse_empty);
    add_common(*command, *options);
    command->footer(
        "Names the first damaged place. A file is read without a region.\n"
        "\n"
        "Examples:\n"
        "  meridian backup verify 20261121T091331.123Z-x7k2\n"
        "  meridian backup verify /mnt/safe/20261121T091331.123Z-x7k2.backup\n"
        "  meridian backup verify continuous");
    command->callback([options] { throw CLI::RuntimeError(run_verify(*options)); });
}

void add_delete(CLI::App& group) {
    const auto options = std::make_shared<BackupCommand>();
    auto* command = group.add_subcommand("delete", "Delete a backup");
    command->add_option("ID", options->id)->required()->check(refuse_empty);
    command->add_flag("--yes", options->yes, "Don't ask");
    add_common(*command, *options);
    command->callback([options] { throw CLI::RuntimeError(run_delete(*options)); });
}

}  // namespace

void add_backup_commands(CLI::App& app) {
    auto* group = app.add_subcommand("backup", "Make, verify and restore backups");
    group->require_subcommand(1);
    add_create(*group);
    add_list(*group);
    add_verify(*group);
    add_backup_restore(*group);
    add_delete(*group);
    add_table_export(app);
    add_table_import(app);
}

}  // namespace meridian::app
