// `list`, `get` and `export` of rules, business hours and agents.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/clock.h"
#include "commands.h"
#include "manage/endpoint_options.h"
#include "manage/item_text.h"
#include "manage/item_writer.h"
#include "manage/kind_words.h"
#include "manage/management_commands.h"
#include "manage/paging.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

using management::Kind;

struct ListOptions {
    EndpointOptions endpoint;
    ListQuery query;
    std::string output;
    std::filesystem::path file;
};

struct GetOptions {
    EndpointOptions endpoint;
    Kind kind = Kind::kRule;
    std::string key;
    std::string region;
    std::string output = "text";
};

void add_filters(CLI::App& command, ListQuery& query) {
    const auto& words = words_of(query.kind);
    command
        .add_option("--prefix", query.prefix,
                    fmt::format("Only {} whose {} begins so", words.many,
                                query.kind == Kind::kRule ? "number" : "id"))
        ->check(refuse_empty);
    if (query.kind == Kind::kRule) {
        command.add_option("--region", query.region, "Only rules of this region")
            ->check(refuse_odd_region);
    }
    command.add_option("--limit", query.limit, "At most so many [all]")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
}

Result<std::size_t> write_list(const ListOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return std::unexpected(client.error());
    }
    auto output = OutputFile::open(options.file);
    if (!output) {
        return std::unexpected(output.error());
    }
    const auto writer = make_item_writer(options.output, options.query.kind, *output);
    std::size_t count = 0;
    auto done = for_each_page(*client, options.query, [&](const item::List& items) {
        count += items.size();
        return writer->add(items);
    });
    if (done) {
        done = writer->finish();
    }
    if (done) {
        done = output->finish();
    }
    return done ? Result<std::size_t>(count) : std::unexpected(done.error());
}

int run_list(const ListOptions& options) {
    const auto count = write_list(options);
    return count ? 0 : report(count.error());
}

int run_export(const ListOptions& options) {
    const auto count = write_list(options);
    if (!count) {
        return report(count.error());
    }
    if (!options.file.empty()) {
        const auto& words = words_of(options.query.kind);
        fmt::print("{} in {}\n", counted(*count, words.one, words.many), options.file.string());
    }
    return finish_output();
}

Result<item::Map> read_item(const GetOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return std::unexpected(client.error());
    }
    const auto id = find_entity(*client, options.kind, options.key, options.region);
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto answer = client->get(*id);
    return answer ? Result<item::Map>(answer->map()) : std::unexpected(answer.error());
}

int run_get(const GetOptions& options) {
    const auto item = read_item(options);
    if (!item) {
        return report(item.error());
    }
    fmt::print("{}", options.output == "json" ? pretty_json(options.kind, *item) + "\n"
                                              : card(options.kind, *item));
    return finish_output();
}

}  // namespace

void add_list(CLI::App& group, Kind kind) {
    const auto& words = words_of(kind);
    const auto options = std::make_shared<ListOptions>();
    options->query.kind = kind;
    options->output = "text";
    auto* command = group.add_subcommand("list", fmt::format("List {}", words.many));
    add_filters(*command, options->query);
    command->add_option("--output", options->output, "text for people; json, ndjson, csv")
        ->check(CLI::IsMember({"text", "json", "ndjson", "csv"}))
        ->capture_default_str();
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        fmt::format("Examples:\n"
                    "  meridian {0} list\n"
                    "  meridian {0} list --prefix {1} --limit 20\n"
                    "  meridian {0} list --output json | jq length",
                    words.command, words.example.substr(0, 3)));
    command->callback([options] { throw CLI::RuntimeError(run_list(*options)); });
}

void add_get(CLI::App& group, Kind kind) {
    const auto& words = words_of(kind);
    const auto options = std::make_shared<GetOptions>();
    options->kind = kind;
    auto* command = group.add_subcommand("get", fmt::format("Show one of the {}", words.many));
    command->add_option(std::string(words.key), options->key)->required()->check(refuse_empty);
    if (kind == Kind::kRule) {
        command
            ->add_option("--region", options->region,
                         "Which region's rule [the only one for that number]")
            ->check(refuse_odd_region);
    }
    command->add_option("--output", options->output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        fmt::format("Examples:\n"
                    "  meridian {0} get {1}\n"
                    "  meridian {0} get {1} --output json",
                    words.command, words.example));
    command->callback([options] { throw CLI::RuntimeError(run_get(*options)); });
}

void add_export(CLI::App& group, Kind kind) {
    const auto& words = words_of(kind);
    const auto options = std::make_shared<ListOptions>();
    options->query.kind = kind;
    auto* command = group.add_subcommand(
        "export", fmt::format("Write {} for import, or a spreadsheet", words.many));
    add_filters(*command, options->query);
    command->add_option("--output", options->output, "csv, json, ndjson [by FILE's name, or csv]")
        ->check(CLI::IsMember({"csv", "json", "ndjson"}));
    command->add_option("-o,--file", options->file, "Where to [standard output]")
        ->type_name("FILE")
        ->check(refuse_empty);
    add_endpoint_options(*command, options->endpoint);
    command->footer(fmt::format(
        "The file is there whole, or as it was. `meridian {0} import` takes what this writes; "
        "nothing is lost on the way.\n"
        "\n"
        "Examples:\n"
        "  meridian {0} export -o {0}.csv\n"
        "  meridian {0} export --output ndjson | gzip >{0}.ndjson.gz",
        words.command));
    command->callback([options] {
        if (options->output.empty()) {
            const auto ending = options->file.extension().string();
            options->output = ending == ".json"                           ? "json"
                              : ending == ".ndjson" || ending == ".jsonl" ? "ndjson"
                                                                          : "csv";
        }
        throw CLI::RuntimeError(run_export(*options));
    });
}

}  // namespace meridian::app
