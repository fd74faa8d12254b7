// `delete`: of exactly what was shown.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "commands.h"
#include "manage/endpoint_options.h"
#include "manage/item_text.h"
#include "manage/kind_words.h"
#include "manage/management_commands.h"
#include "manage/paging.h"
#include "manage/terminal.h"
#include "manage/write_options.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

using management::Kind;

struct DeleteOptions {
    EndpointOptions endpoint;
    WriteOptions write;
    Kind kind = Kind::kRule;
    std::string key;
    std::string region;
    bool yes = false;
};

// Whether it may go on; kInvalidInput when there is nobody to ask.
Result<bool> may_delete(const DeleteOptions& options, const management::EntityId& id,
                        const Answer& stored) {
    if (options.yes || options.write.dry_run) {
        return true;
    }
    if (!is_terminal(STDIN_FILENO)) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("delete asks first, and there is no terminal to ask: add --yes to "
                                "delete the {} without",
                                words_of(id.kind).one));
    }
    std::fputs(card(id.kind, stored.map()).c_str(), stderr);
    return confirm(fmt::format("Delete the {}?", name_of(id)));
}

Result<void> erase(const DeleteOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return std::unexpected(client.error());
    }
    const auto id = find_entity(*client, options.kind, options.key, options.region);
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto stored = client->get(*id);
    if (!stored) {
        return std::unexpected(stored.error());
    }
    const auto may = may_delete(options, *id, *stored);
    if (!may) {
        return std::unexpected(may.error());
    }
    if (!*may) {
        return fail(ErrorCode::kInvalidInput, "nothing was deleted");
    }
    auto request = write_request("DELETE", target_of(*id), options.write);
    request.headers.emplace_back("If-Match", options.write.version
                                                 ? fmt::format("\"{}\"", *options.write.version)
                                             : options.write.force ? "*"
                                                                   : stored->etag);
    const auto answer = client->send(std::move(request));
    if (!answer || answer->status != 200) {
        return std::unexpected(answer ? write_refusal_of(*answer) : answer.error());
    }
    print_written(*id, *answer, options.write);
    return {};
}

}  // namespace

void add_delete(CLI::App& group, Kind kind) {
    const auto& words = words_of(kind);
    const auto options = std::make_shared<DeleteOptions>();
    options->kind = kind;
    auto* command = group.add_subcommand("delete", fmt::format("Delete one of the {}", words.many));
    command->add_option(std::string(words.key), options->key)->required()->check(refuse_empty);
    if (kind == Kind::kRule) {
        command
            ->add_option("--region", options->region,
                         "Which region's rule [the only one for that number]")
            ->check(refuse_odd_region);
    }
    command->add_flag("--yes", options->yes, "Don't ask");
    add_write_options(*command, options->write, {.version = true, .strict = false});
    add_endpoint_options(*command, options->endpoint);
    command->footer(fmt::format(
        "Shows it and asks; deletes only what was shown. `meridian history restore` brings it "
        "back.\n"
        "\n"
        "Examples:\n"
        "  meridian {0} delete {1}\n"
        "  meridian {0} delete {1} --yes --reason \"Closed\"",
        words.command, words.example));
    command->callback([options] {
        const auto done = erase(*options);
        throw CLI::RuntimeError(done ? finish_output() : report(done.error()));
    });
}

}  // namespace meridian::app
