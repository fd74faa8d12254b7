// Commands that ask and change nothing: explain, lint, regions, health.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "commands.h"
#include "data_folder.h"
#include "decision_text.h"
#include "item/json.h"
#include "manage/calendar_command.h"
#include "manage/endpoint_options.h"
#include "manage/item_text.h"
#include "manage/management_client.h"
#include "manage/management_commands.h"
#include "manage/replication_command.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/text_table.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

struct QuestionOptions {
    EndpointOptions endpoint;
    std::string output = "text";
    // explain
    std::string number;
    std::filesystem::path event;
    std::string region;
    std::string at;
    // lint
    std::string severity = "note";
};

void add_common(CLI::App& command, QuestionOptions& options) {
    command.add_option("--output", options.output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_endpoint_options(command, options.endpoint);
}

// Prints the answer as JSON when that is asked for.
bool printed_as_json(const QuestionOptions& options, const Answer& answer) {
    if (options.output == "json") {
        fmt::print("{}\n", pretty_json(answer.body));
    }
    return options.output == "json";
}

// ---- explain

Result<item::Map> explain_question(const QuestionOptions& options) {
    item::Map question;
    if (options.event.empty()) {
        question["phoneNumber"] = options.number;
    } else {
        auto event = read_file(options.event == "-" ? "/dev/stdin" : options.event);
        if (!event) {
            return std::unexpected(event.error());
        }
        question["event"] = std::move(*event);
    }
    if (!options.region.empty()) {
        question["region"] = options.region;
    }
    if (!options.at.empty()) {
        question["at"] = options.at;
    }
    return question;
}

Result<int> run_explain(const QuestionOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto question = client ? explain_question(options) : std::unexpected(client.error());
    if (!question) {
        return std::unexpected(question.error());
    }
    const auto answer = client->post(Target("/explain"), *question);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (!printed_as_json(options, *answer)) {
        print_answer(map_at(answer->map(), "answer"));
        print_explanation(answer->map());
    }
    return 0;
}

// ---- lint

int rank_of(std::string_view severity) {
    return severity == "error" ? 0 : severity == "warning" ? 1 : 2;
}

void print_finding(const item::Map& finding) {
    const auto severity = text_at(finding, "severity");
    const auto paint = severity == "error"     ? Paint::kRed
                       : severity == "warning" ? Paint::kYellow
                                               : Paint::kDim;
    const auto other = text_at(finding, "other");
    fmt::print("{} {}{}{} [{}]\n  {}\n  {}\n", painted(severity, paint),
               printable(text_at(finding, "entity")), other.empty() ? "" : " and ",
               printable(other), text_at(finding, "code"), printable(text_at(finding, "message")),
               printable(text_at(finding, "mend")));
}

Result<int> run_lint(const QuestionOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto answer = client ? client->get(Target("/lint")) : std::unexpected(client.error());
    if (!answer) {
        return std::unexpected(answer.error());
    }
    item::List findings;
    std::vector<std::size_t> counts(3);
    for (const auto& entry : list_at(answer->map(), "findings")) {
        const auto* finding = entry.as<item::Map>();
        const auto rank = finding == nullptr ? 2 : rank_of(text_at(*finding, "severity"));
        if (finding != nullptr && rank <= rank_of(options.severity)) {
            findings.push_back(entry);
            ++counts[static_cast<std::size_t>(rank)];
        }
    }
    if (options.output == "json") {
        auto body = answer->map();
        body["findings"] = findings;
        fmt::print("{}\n", pretty_json(body));
        return counts[0] > 0 ? 1 : 0;
    }
    for (const auto& finding : findings) {
        print_finding(*finding.as<item::Map>());
    }
    const auto* truncated = item::find(answer->map(), "truncated");
    fmt::print("{} rules, {} business hours: {}, {}, {}{}\n", text_at(answer->map(), "rules"),
               text_at(answer->map(), "hours"), counted(counts[0], "error", "errors"),
               counted(counts[1], "warning", "warnings"), counted(counts[2], "note", "notes"),
               truncated != nullptr && *truncated == item::Value(true)
                   ? "; there are more than are listed"
                   : "");
    return counts[0] > 0 ? 1 : 0;
}

// ---- regions, health

Result<int> run_regions(const QuestionOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    const auto answer = client ? client->get(Target("/regions")) : std::unexpected(client.error());
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (printed_as_json(options, *answer)) {
        return 0;
    }
    TextTable table({"REGION", "ENDPOINT", "ASKED"}, output_columns());
    for (const auto& entry : list_at(answer->map(), "regions")) {
        if (const auto* region = entry.as<item::Map>()) {
            table.add({text_at(*region, "region"), text_at(*region, "endpoint"),
                       text_at(*region, "self") == "true" ? "this one" : ""});
        }
    }
    fmt::print("{}", table.render());
    return 0;
}

Result<int> run_health(const QuestionOptions& options) {
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
    const int status = answer->status == 200 ? 0 : 1;
    if (printed_as_json(options, *answer)) {
        return status;
    }
    TextTable table({"REGION", "STATUS", "TABLES", "LATENCY MS", "PROBLEM"}, output_columns());
    for (const auto& [region, entry] : answer->map()) {
        if (const auto* health = entry.as<item::Map>()) {
            table.add({region, text_at(*health, "status"), text_at(*health, "tableStatus"),
                       text_at(*health, "latencyMs"), text_at(*health, "error")});
        }
    }
    fmt::print("{}", table.render());
    return status;
}

using Run = Result<int> (*)(const QuestionOptions&);

void on_run(CLI::App& command, const std::shared_ptr<QuestionOptions>& options, Run run) {
    command.callback([options, run] {
        const auto status = run(*options);
        if (!status) {
            throw CLI::RuntimeError(report(status.error()));
        }
        const auto printed = finish_output();
        throw CLI::RuntimeError(printed == 0 ? *status : printed);
    });
}

void add_explain(CLI::App& app) {
    const auto options = std::make_shared<QuestionOptions>();
    auto* command = app.add_subcommand("explain", "Say what a call would get now, and why");
    auto* number =
        command->add_option("NUMBER", options->number, "The dialled number, as in +18005551234");
    command
        ->add_option("--event", options->event,
                     "A contact-flow event (JSON file, or - for standard input)")
        ->type_name("FILE")
        ->check(refuse_empty)
        ->excludes(number);
    command->add_option("--region", options->region, "Where the call arrives [the region asked]")
        ->check(refuse_odd_region);
    command->add_option("--at", options->at, "As of this instant (RFC 3339) [now]")
        ->type_name("INSTANT")
        ->check(refuse_no_instant);
    add_common(*command, *options);
    command->footer(
        "As `meridian route --explain`, of any server. Nothing is changed, and no call is made.\n"
        "\n"
        "Examples:\n"
        "  meridian explain +18005551234\n"
        "  meridian explain +18005551234 --region eu-west-1 --at 2026-12-25T12:00:00Z");
    command->callback([options] {
        if (options->number.empty() && options->event.empty()) {
            throw CLI::RequiredError("NUMBER or --event");
        }
        const auto status = run_explain(*options);
        throw CLI::RuntimeError(status ? finish_output() : report(status.error()));
    });
}

void add_lint(CLI::App& app) {
    const auto options = std::make_shared<QuestionOptions>();
    auto* command = app.add_subcommand("lint", "Look for what is most likely not meant");
    command->add_option("--severity", options->severity, "The least that is shown")
        ->check(CLI::IsMember({"error", "warning", "note"}))
        ->capture_default_str();
    add_common(*command, *options);
    command->footer(
        "Rules that can't win, prefixes that overlap, hours that contradict each other, queues of "
        "another region.\n"
        "Exit status 1 when there is an error.\n"
        "\n"
        "Examples:\n"
        "  meridian lint\n"
        "  meridian lint --severity error --output json");
    on_run(*command, options, run_lint);
}

}  // namespace

void add_question_commands(CLI::App& app) {
    add_explain(app);
    add_calendar(app);
    add_lint(app);

    const auto regions = std::make_shared<QuestionOptions>();
    auto* regions_command = app.add_subcommand("regions", "List the deployment's regions");
    add_common(*regions_command, *regions);
    regions_command->footer("Example: meridian regions");
    on_run(*regions_command, regions, run_regions);

    const auto health = std::make_shared<QuestionOptions>();
    auto* health_command = app.add_subcommand("health", "Say how the regions are");
    add_common(*health_command, *health);
    health_command->footer(
        "Exit status 1 when one is unhealthy.\n\nExample: meridian health --via eu-west-1");
    on_run(*health_command, health, run_health);

    add_replication(app);
}

}  // namespace meridian::app
