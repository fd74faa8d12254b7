// `put`: a whole entity from a file, or some fields of one.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "commands.h"
#include "data_folder.h"
#include "item/json.h"
#include "manage/assignments.h"
#include "manage/endpoint_options.h"
#include "manage/kind_words.h"
#include "manage/management_commands.h"
#include "manage/paging.h"
#include "manage/text.h"
#include "manage/write_options.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

using management::EntityId;
using management::Kind;

// Others may write at the same moment: each time one of them was first.
constexpr int kForceAttempts = 10;

struct PutOptions {
    EndpointOptions endpoint;
    WriteOptions write;
    Kind kind = Kind::kRule;
    std::string what;  // a file, or with --set a key
    std::string region;
    std::vector<std::string> assignments;
};

Result<item::Map> read_entity(const PutOptions& options) {
    const auto& words = words_of(options.kind);
    const auto text = read_file(options.what == "-" ? "/dev/stdin" : options.what);
    if (!text) {
        return fail_within(
            fmt::format("put takes a file, or a {} with --set FIELD=VALUE", words.key),
            text.error());
    }
    const auto file = options.what == "-" ? "standard input" : options.what;
    auto value = item::parse_plain_json(*text);
    if (!value) {
        return fail_within(file, value.error());
    }
    if (value->as<item::List>() != nullptr) {
        return fail(
            ErrorCode::kInvalidInput,
            fmt::format("{} holds a list: `meridian {} import` stores it", file, words.command));
    }
    auto* map = value->as<item::Map>();
    const auto id = map == nullptr ? EntityId{} : id_in(options.kind, *map);
    if (map == nullptr || id.first.empty() || (options.kind == Kind::kRule && id.second.empty())) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} is no {}: a JSON object with {}{}", file, words.one,
                                words.key_field, options.kind == Kind::kRule ? " and region" : ""));
    }
    return std::move(*map);
}

// PUT of a whole entity, on the condition that the options say.
Result<Answer> put_entity(ManagementClient& client, const WriteOptions& options, const EntityId& id,
                          item::Map body) {
    auto request = write_request("PUT", target_of(id), options);
    if (options.version) {
        body.erase("version");
        request.headers.emplace_back("If-Match", fmt::format("\"{}\"", *options.version));
    }
    request.body = item::to_plain_json(body);
    auto answer = client.send(std::move(request));
    return answer && answer->status != 200 ? std::unexpected(write_refusal_of(*answer)) : answer;
}

// Reads what is stored, and writes over exactly that; again when somebody else was faster.
Result<Answer> force_entity(ManagementClient& client, const WriteOptions& options,
                            const EntityId& id, item::Map body) {
    body.erase("version");
    const auto text = item::to_plain_json(body);
    Result<Answer> answer = fail(ErrorCode::kVersionConflict, "");
    for (int attempt = 0; attempt < kForceAttempts; ++attempt) {
        const auto stored = client.send({"GET", target_of(id).text(), {}, {}});
        if (!stored) {
            return stored;
        }
        if (stored->status != 200 && stored->status != 404) {
            return std::unexpected(refusal_of(*stored));
        }
        auto request = write_request("PUT", target_of(id), options);
        request.headers.emplace_back(stored->status == 200 ? "If-Match" : "If-None-Match",
                                     stored->status == 200 ? stored->etag : "*");
        request.body = text;
        answer = client.send(std::move(request));
        if (!answer || answer->status != 409) {
            break;
        }
    }
    return answer && answer->status != 200 ? std::unexpected(write_refusal_of(*answer)) : answer;
}

// PATCH of some fields; a new entity of just these fields when there is none.
Result<Answer> set_fields(ManagementClient& client, const PutOptions& options, const EntityId& id) {
    const auto patch = read_assignments(options.kind, options.assignments);
    if (!patch) {
        return std::unexpected(patch.error());
    }
    auto request = write_request("PATCH", target_of(id), options.write);
    if (options.write.version) {
        request.headers.emplace_back("If-Match", fmt::format("\"{}\"", *options.write.version));
    }
    request.body = item::to_plain_json(*patch);
    auto answer = client.send(std::move(request));
    if (!answer || answer->status == 200) {
        return answer;
    }
    if (answer->status != 404 || options.write.version) {
        return std::unexpected(write_refusal_of(*answer));
    }
    item::Map body{{std::string(words_of(id.kind).key_field), id.first}};
    if (id.kind == Kind::kRule) {
        body["region"] = id.second;
    }
    apply_patch(*patch, body);
    auto creation = write_request("PUT", target_of(id), options.write);
    creation.headers.emplace_back("If-None-Match", "*");
    creation.body = item::to_plain_json(body);
    return client.ask(std::move(creation));
}

Result<void> put(const PutOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return std::unexpected(client.error());
    }
    EntityId id;
    Result<Answer> answer;
    if (options.assignments.empty()) {
        auto body = read_entity(options);
        if (!body) {
            return std::unexpected(body.error());
        }
        id = id_in(options.kind, *body);
        answer = options.write.force ? force_entity(*client, options.write, id, std::move(*body))
                                     : put_entity(*client, options.write, id, std::move(*body));
    } else {
        auto found = find_entity(*client, options.kind, options.what, options.region);
        if (!found) {
            return std::unexpected(found.error());
        }
        id = std::move(*found);
        answer = set_fields(*client, options, id);
    }
    if (!answer) {
        return std::unexpected(answer.error());
    }
    print_written(id, *answer, options.write);
    return {};
}

}  // namespace

void add_put(CLI::App& group, Kind kind) {
    const auto& words = words_of(kind);
    const auto options = std::make_shared<PutOptions>();
    options->kind = kind;
    auto* command = group.add_subcommand(
        "put", fmt::format("Store one of the {}: whole, or some fields", words.many));
    command
        ->add_option(fmt::format("FILE|{}", words.key), options->what,
                     fmt::format("A JSON file (- is standard input); with --set a {}", words.key))
        ->required()
        ->check(refuse_empty);
    command
        ->add_option("--set", options->assignments,
                     "Set this field and keep the others; FIELD= takes it away, FIELD:=JSON sets "
                     "any value")
        ->type_name("FIELD=VALUE")
        ->allow_extra_args(false);
    if (kind == Kind::kRule) {
        command->add_option("--region", options->region, "With --set: which region's rule")
            ->check(refuse_odd_region);
    }
    add_write_options(*command, options->write, {});
    add_endpoint_options(*command, options->endpoint);
    const std::string_view example = kind == Kind::kRule    ? "queueId=front-desk"
                                     : kind == Kind::kHours ? "schedule.friday=09:00-12:00"
                                                            : "level.sales=5";
    command->footer(fmt::format(
        "A file's \"version\" is the one that you have seen: the write is refused when another one "
        "is stored.\n"
        "\n"
        "Examples:\n"
        "  meridian {0} put changed.json --reason \"New queue\"\n"
        "  meridian {0} put {1} --set {2} --dry-run\n"
        "  meridian {0} get {1} --output json | sed s/a/b/ | meridian {0} put -",
        words.command, words.example, example));
    command->callback([options] {
        const auto done = put(*options);
        throw CLI::RuntimeError(done ? finish_output() : report(done.error()));
    });
}

}  // namespace meridian::app
