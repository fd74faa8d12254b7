// `meridian verify`: whether all regions have the same, and decide the same.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <thread>

#include "agreement/agreement_commands.h"
#include "agreement/verification.h"
#include "commands.h"
#include "manage/item_text.h"
#include "manage/terminal.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

constexpr std::size_t kProbesMax = 10'000;
constexpr int kSettleSecondsMax = 3600;

struct VerifyOptions {
    EndpointOptions endpoint;
    std::vector<std::string> regions;
    VerificationOptions what;
    std::string at;
    int settle_seconds = 10;
    std::size_t limit = 20;
    std::string output = "text";
};

Result<Certificate> verify(const VerifyOptions& options) {
    const SystemClock clock;
    auto what = options.what;
    what.settle.time = std::chrono::seconds{options.settle_seconds};
    what.settle.pause = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
    const auto at = options.at.empty() ? Result<Instant>(clock.now()) : parse_instant(options.at);
    const auto members = members_of(options.endpoint, options.regions, clock);
    if (!at || !members) {
        return std::unexpected(at ? members.error() : at.error());
    }
    what.probed_at = *at;
    Progress progress(is_terminal(STDERR_FILENO) ? ProgressKind::kBar : ProgressKind::kNone, 0,
                      "questions", clock);
    return Verification(*members, what, progress, clock).run();
}

int run(const VerifyOptions& options) {
    const auto certificate = verify(options);
    if (!certificate) {
        return report(certificate.error());
    }
    if (options.output == "json") {
        fmt::print("{}\n", pretty_json(certificate_json(*certificate)));
    } else {
        fmt::print("{}", certificate_text(*certificate, options.limit));
    }
    const auto printed = finish_output();
    return printed != 0 ? printed : certificate->result() == Agreement::kEqual ? 0 : 1;
}

}  // namespace

void add_verify(CLI::App& app) {
    const auto options = std::make_shared<VerifyOptions>();
    auto* command = app.add_subcommand(
        "verify", "Prove that all regions have the same items and decide the same");
    command->add_option("--tables", options->what.tables, "Compare these tables only [all]")
        ->delimiter(',')
        ->check(refuse_empty);
    command->add_option("--region", options->regions, "Ask these regions only [all]")
        ->delimiter(',')
        ->check(refuse_odd_region);
    auto* numbers =
        command
            ->add_option("--probe", options->what.numbers, "Compare the decisions for this number")
            ->type_name("NUMBER")
            ->check(refuse_empty);
    command
        ->add_option("--probes", options->what.probes,
                     "Compare the decisions for so many rules' numbers, from all over the table")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{0}, kProbesMax))
        ->excludes(numbers)
        ->capture_default_str();
    command->add_option("--at", options->at, "Decide as of this instant (RFC 3339) [now]")
        ->type_name("INSTANT")
        ->check(refuse_no_instant);
    command
        ->add_option("--settle", options->settle_seconds,
                     "Wait so many seconds for what replication may yet bring")
        ->type_name("SECONDS")
        ->check(CLI::Range(0, kSettleSecondsMax))
        ->capture_default_str();
    command->add_option("--limit", options->limit, "List at most so many differences")
        ->type_name("N")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--output", options->output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        "Prints a certificate: regions, time, hashes, probes, result. It may run while rules are "
        "written: a difference\n"
        "counts when it is still there after each region has applied all that the others wrote.\n"
        "Exit status 0 when all is equal; 1 when something differs, or a region could not be "
        "asked.\n"
        "\n"
        "Examples:\n"
        "  meridian verify\n"
        "  meridian verify --tables GlobalCallRouting --probe +18005551234\n"
        "  meridian verify --output json >certificate.json");
    command->callback([options] { throw CLI::RuntimeError(run(*options)); });
}

}  // namespace meridian::app
