#include "credentials_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/principals.h"
#include "aws/credentials.h"
#include "base/log.h"
#include "base/random.h"
#include "commands.h"
#include "data_folder.h"
#include "item/json.h"
#include "item/value.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

struct Options {
    std::filesystem::path data;
    std::string name;
    std::string role;
    std::string output = "text";
};

constexpr std::size_t kNameBytesMax = 64;

// It stands in logs, in the history and in the file.
std::string refuse_odd_name(const std::string& text) {
    const bool is_plain = std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._@-").contains(c);
    });
    return is_plain && !text.empty() && text.size() <= kNameBytesMax
               ? std::string()
               : fmt::format("'{}' is no name: letters, digits, '.', '_', '@' and '-', at most {}",
                             text, kNameBytesMax);
}

Result<std::filesystem::path> credentials_file(const Options& options) {
    const auto folder = data_folder(options.data);
    return folder ? Result<std::filesystem::path>(*folder / "credentials")
                  : std::unexpected(folder.error());
}

// The same, made with the profile that regions need where there is none.
Result<std::filesystem::path> ensure_credentials_file(const Options& options) {
    auto file = credentials_file(options);
    if (!file) {
        return file;
    }
    const auto folder = file->parent_path();
    if (auto made = make_folder(folder); !made) {
        return std::unexpected(made.error());
    }
    const auto own = ensure_credentials(folder);
    return own ? std::move(file) : std::unexpected(own.error());
}

std::string role_of(const std::string& name, const aws::Profile& profile) {
    return profile.role ? profile.role->value : name == api::kOwnProfile ? "admin" : "viewer";
}

Result<void> list(const Options& options) {
    const auto file = credentials_file(options);
    const auto profiles = file ? aws::read_credentials(*file) : std::unexpected(file.error());
    if (!profiles) {
        return std::unexpected(profiles.error());
    }
    if (options.output == "json") {
        item::List rows;
        for (const auto& [name, profile] : *profiles) {
            rows.emplace_back(item::Map{{"name", name},
                                        {"role", role_of(name, profile)},
                                        {"accessKeyId", profile.credentials.access_key_id}});
        }
        fmt::print("{}\n", item::to_plain_json(rows));
        return {};
    }
    fmt::print("{:<24} {:<10} {}\n", "NAME", "ROLE", "ACCESS KEY");
    for (const auto& [name, profile] : *profiles) {
        fmt::print("{:<24} {:<10} {}\n", name, role_of(name, profile),
                   profile.credentials.access_key_id);
    }
    return {};
}

Result<void> add(const Options& options) {
    const auto file = ensure_credentials_file(options);
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto lock = FolderLock::wait(file->parent_path());
    if (!lock) {
        return std::unexpected(lock.error());
    }
    SystemRandom random;
    const aws::Profile profile{.credentials = aws::generate_credentials(random),
                               .role = {{options.role}}};
    if (auto added = aws::add_profile(*file, options.name, profile); !added) {
        return added;
    }
    fmt::print("[{}]\naws_access_key_id = {}\naws_secret_access_key = {}\n", options.name,
               profile.credentials.access_key_id, profile.credentials.secret_access_key);
    const auto note = fmt::format(
        "The secret is shown this once; {} keeps it. Regions that run take the new profile within "
        "a second.\n",
        file->string());
    std::fputs(note.c_str(), stderr);  // not fmt::print: that throws when nobody can read it
    return {};
}

Result<void> remove(const Options& options) {
    if (options.name == api::kOwnProfile) {
        return fail(
            ErrorCode::kInvalidInput,
            fmt::format("the profile [{}] is the regions' own: they ask one another with it",
                        api::kOwnProfile));
    }
    const auto file = credentials_file(options);
    const auto lock = file ? FolderLock::wait(file->parent_path()) : std::unexpected(file.error());
    return lock ? aws::remove_profile(*file, options.name) : std::unexpected(lock.error());
}

using Command = Result<void> (*)(const Options&);

void run_as(CLI::App& command, const std::shared_ptr<Options>& options, Command act) {
    command
        .add_option("--data", options->data,
                    "Data folder [$MERIDIAN_DATA or ~/.local/state/meridian]")
        ->check(refuse_empty);
    command.callback([options, act] {
        start_log("credentials", LogLevel::kWarn);
        const auto done = act(*options);
        throw CLI::RuntimeError(done ? finish_output() : report(done.error()));
    });
}

}  // namespace

void add_credentials_commands(CLI::App& app) {
    auto* group =
        app.add_subcommand("credentials", "Who may ask the regions, and what they may do");
    group->require_subcommand(1);
    group->footer(
        "viewer: reads, explains, routes. editor: changes rules, business hours and agents too. "
        "operator, admin: more.\n"
        "Regions that run see a change within a second.\n"
        "\n"
        "Examples:\n"
        "  meridian credentials add console --role viewer\n"
        "  meridian credentials list");
    const auto options = std::make_shared<Options>();

    auto* list_command = group->add_subcommand("list", "Show names, roles and access keys");
    list_command->add_option("--output", options->output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    run_as(*list_command, options, list);

    auto* add_command =
        group->add_subcommand("add", "Make a key pair with a role, and print it this once");
    add_command->add_option("name", options->name, "Who it is for, as history and logs will say")
        ->required()
        ->check(refuse_odd_name);
    add_command->add_option("--role", options->role, "viewer, editor, operator or admin")
        ->required()
        ->check(CLI::IsMember({"viewer", "editor", "operator", "admin"}));
    run_as(*add_command, options, add);

    auto* remove_command = group->add_subcommand("remove", "Take a key pair away");
    remove_command->add_option("name", options->name, "Whose")->required();
    run_as(*remove_command, options, remove);
}

}  // namespace meridian::app
