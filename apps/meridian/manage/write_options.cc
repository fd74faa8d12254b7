#include "manage/write_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <utility>

#include "commands.h"
#include "item/json.h"
#include "manage/item_text.h"
#include "manage/kind_words.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

constexpr std::size_t kReasonBytesMax = 1'024;

std::string refuse_odd_reason(const std::string& text) {
    if (text.size() > kReasonBytesMax) {
        return fmt::format("a reason of over {} bytes", kReasonBytesMax);
    }
    return printable(text) == text ? std::string() : "a reason is one line of text";
}

}  // namespace

void add_write_options(CLI::App& command, WriteOptions& options, WriteOptionsWanted wanted) {
    command.add_option("--reason", options.reason, "Why, for the history")
        ->type_name("TEXT")
        ->check(refuse_odd_reason);
    command.add_flag("--dry-run", options.dry_run, "Show what would change, and change nothing");
    if (wanted.strict) {
        command.add_flag("--strict", options.strict, "Warnings are errors");
    }
    if (wanted.version) {
        auto* version =
            command.add_option("--version", options.version, "Only if this version is stored")
                ->type_name("N")
                ->check(CLI::NonNegativeNumber);
        command.add_flag("--force", options.force, "Whatever is stored")->excludes(version);
    }
    command.add_option("--output", options.output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
}

api::ApiRequest write_request(std::string method, Target target, const WriteOptions& options) {
    api::ApiRequest request;
    request.method = std::move(method);
    request.target =
        std::move(target).flag("dryRun", options.dry_run).flag("strict", options.strict).text();
    if (!options.reason.empty()) {
        request.headers.emplace_back("X-Change-Reason", options.reason);
    }
    return request;
}

Error write_refusal_of(const Answer& answer) {
    auto error = refusal_of(answer);
    if (answer.status == 409) {
        error.message += fmt::format("; --version {} writes over that one, --force over any",
                                     text_at(answer.map(), "currentVersion"));
    }
    return error;
}

void print_written(const management::EntityId& id, const Answer& answer,
                   const WriteOptions& options) {
    if (options.output == "json") {
        fmt::print("{}\n", pretty_json(answer.body));
        return;
    }
    const auto outcome = text_at(answer.map(), "outcome");
    const auto differences = difference_lines(without_stamps(differences_in(answer.map())));
    const auto& data = map_at(answer.map(), "data");
    if (options.dry_run) {
        fmt::print("{}: would be {}\n{}", name_of(id), outcome, differences);
    } else if (outcome == "deleted" || outcome == "unchanged") {
        fmt::print("{}: {}\n", name_of(id), outcome);
    } else {
        fmt::print("{}: {}, version {}\n", name_of(id), outcome, text_at(data, "version"));
    }
    std::fflush(stdout);
    for (const auto& warning : faults_of(answer.map(), "warnings")) {
        complain(printable(fmt::format("warning: {}", fault_text(warning))));
    }
}

}  // namespace meridian::app
