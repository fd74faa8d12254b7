// The `meridian` program: reads the command line and calls the command.

#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <system_error>

#include "agreement/agreement_commands.h"
#include "backup/backup_commands.h"
#include "commands.h"
#include "completion.h"
#include "credentials_command.h"
#include "fault/fault_commands.h"
#include "manage/management_commands.h"
#include "option_checks.h"
#include "repair_folder_command.h"
#include "tables/tables_commands.h"

namespace {

using namespace meridian::app;  // NOLINT(google-build-using-namespace)

constexpr int kWrongUsage = 2;

constexpr const char* kAbout =
    "Meridian routes every contact of Amazon Connect contact centres in several regions: which "
    "flow, which queue, which\n"
    "region, and why.";

constexpr const char* kMainFooter =
    "First steps:\n"
    "  meridian up                                  start three regions with sample data; Ctrl-C "
    "stops them\n"
    "  meridian route +18005551234 --explain        route a call and say why\n"
    "  meridian rules list                          show the rules; put, edit, import change them\n"
    "  eval \"$(meridian env)\"                       point AWS tools at the first region\n"
    "\n"
    "Each command has its own help: meridian route --help.\n"
    "Exit status: 0 done, 1 the operation failed, 2 wrong usage.";

void add_tls(CLI::App& command, TlsFiles& files) {
    command
        .add_option("--tls-cert", files.certificate,
                    "Speak TLS with this certificate (PEM, intermediates after it) "
                    "[$MERIDIAN_TLS_CERT]")
        ->check(refuse_empty);
    command.add_option("--tls-key", files.key, "Its key (PEM, not encrypted) [$MERIDIAN_TLS_KEY]")
        ->check(refuse_empty);
    command
        .add_option("--tls-ca", files.ca,
                    "Who vouches for the regions' certificates (PEM) [$MERIDIAN_TLS_CA, or the "
                    "certificate itself]")
        ->check(refuse_empty);
}

void add_up(CLI::App& app, UpOptions& options) {
    auto* command = app.add_subcommand(
        "up", "Start a process for each region on this machine, and keep them running");
    command->add_option("--regions", options.regions, "Regions, in order of preference")
        ->delimiter(',')
        ->check(refuse_odd_region)
        ->capture_default_str();
    command
        ->add_option("--base-port", options.base_port,
                     "Port of the first region; the others follow")
        ->check(CLI::Range(1, 65535))
        ->capture_default_str();
    command
        ->add_option("--data", options.data,
                     "Data folder [$MERIDIAN_DATA or ~/.local/state/meridian]")
        ->check(refuse_empty);
    command
        ->add_option("--config", options.config,
                     "Settings file (TOML); environment variables go before it")
        ->check(refuse_empty);
    add_tls(*command, options.tls);
    command->add_flag("--access-log", options.access_log,
                      "Keep an access log a region: access.log in its folder");
    command->add_flag_callback(
        "--no-demo", [&options] { options.demo = false; },
        "No sample data; DEFAULT_CONTACT_FLOW_ID and DEFAULT_QUEUE_ID must be set");
    command->footer(
        "Regions listen on loopback only. The first start makes the data folder, credentials for "
        "AWS tools and sample\n"
        "data; later starts find what the earlier ones left. A region that dies is started again. "
        "SIGHUP makes all of\n"
        "them read credentials and certificates again, and open their access logs again.\n"
        "\n"
        "Examples:\n"
        "  meridian up\n"
        "  meridian up --regions us-east-1,eu-west-1 --base-port 9000 --data /srv/meridian");
    command->callback([&options] { throw CLI::RuntimeError(run_up(options)); });
}

void add_serve(CLI::App& app, ServeOptions& options) {
    auto* command = app.add_subcommand("serve", "Run one region in this process");
    command->add_option("--region", options.region, "The region that this process is")
        ->required()
        ->check(refuse_odd_region);
    command->add_option("--port", options.port, "Port to listen on (0: any free one)")
        ->required()
        ->check(CLI::Range(0, 65535));
    add_cloud_options(*command, options.cloud);
    add_aws_profile(*command, options.profile);
    command->add_option("--address", options.address, "Address to listen on")
        ->capture_default_str();
    command
        ->add_option("--data", options.data,
                     "Data folder [$MERIDIAN_DATA or ~/.local/state/meridian]")
        ->check(refuse_empty);
    command
        ->add_option("--config", options.config,
                     "Settings file (TOML); environment variables go before it")
        ->check(refuse_empty);
    command
        ->add_option("--tables", options.tables,
                     "Serve the tables of this JSON file from memory; nothing is stored")
        ->check(refuse_empty);
    command
        ->add_option("--peer", options.peers,
                     "Another region, as REGION=HOST:PORT or REGION=https://HOST:PORT; may be "
                     "given several times")
        ->take_all();
    add_tls(*command, options.tls);
    command
        ->add_option("--access-log", options.access_log,
                     "Append a line of JSON a request to this file (-: standard output) "
                     "[$MERIDIAN_ACCESS_LOG]")
        ->check(refuse_empty);
    command
        ->add_option("--at", options.frozen_at,
                     "Decide every call as of this instant (RFC 3339), for rehearsals")
        ->check(refuse_empty);
    command->add_flag("--demo", options.demo,
                      "Use sample settings, and fill tables that nobody has written to with sample "
                      "data");
    command->add_flag_callback(
        "--no-sample-data", [&options] { options.sample_data = false; },
        "With --demo: use sample settings only");
    command->add_flag("--faults", options.faults,
                      "Let operators break this region on purpose (`meridian fault`); on loopback "
                      "only");
    command
        ->add_option("--ready-fd", options.ready_fd,
                     "Write a line to this descriptor once requests are answered")
        ->group("");
    command->footer(
        "`meridian up` runs one of these for each region. SIGHUP makes it read its credentials and "
        "certificate again,\n"
        "and open its access log again.\n"
        "\n"
        "Examples:\n"
        "  meridian serve --region us-east-1 --port 7401 --demo\n"
        "  meridian serve --region us-east-1 --port 7401 --tables tomorrow.json --at "
        "2026-12-25T09:00:00Z\n"
        "  meridian serve --region us-east-1 --port 7401 --store dynamodb --profile ops");
    command->callback([&options] { throw CLI::RuntimeError(run_serve(options)); });
}

void add_route(CLI::App& app, RouteOptions& options, std::string& output) {
    auto* command = app.add_subcommand(
        "route", "Route one call: by a running region, or offline from a file of tables");
    auto* number =
        command->add_option("number", options.number, "The dialled number, as in +18005551234");
    auto* event = command
                      ->add_option("--event", options.event,
                                   "A contact-flow event (JSON file, or - for standard input)")
                      ->check(refuse_empty);
    number->excludes(event);
    command
        ->add_option("--region", options.region,
                     "Where the call arrives and who is asked [the first region]")
        ->check(refuse_odd_region);
    command->add_option("--at", options.at, "As of this instant (RFC 3339) [now]")
        ->check(refuse_empty);
    command
        ->add_option("--tables", options.tables,
                     "Route offline: {\"GlobalCallRouting\":[...],\"BusinessHours\":[...]}")
        ->check(refuse_empty);
    command
        ->add_option("--data", options.data,
                     "Data folder [$MERIDIAN_DATA or ~/.local/state/meridian]")
        ->check(refuse_empty);
    command
        ->add_option("--config", options.config,
                     "Settings file (TOML), offline and with --store dynamodb")
        ->check(refuse_empty);
    add_cloud_options(*command, options.cloud);
    add_aws_profile(*command, options.profile);
    command->add_flag("--explain", options.explain,
                      "Say why: each rule that was considered, and each step");
    command->add_option("--output", output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    command->footer(
        "With --event and --output json, standard output is exactly what RouteCall answers for "
        "that event.\n"
        "\n"
        "Examples:\n"
        "  meridian route +18005551234 --explain\n"
        "  meridian route +18005551234 --at 2026-12-25T12:00:00-05:00\n"
        "  meridian route --event event.json --tables tables.json --output json\n"
        "  meridian route +18005551234 --explain --store dynamodb --region eu-west-1");
    command->callback([&options, &output] {
        if (options.number.empty() && options.event.empty()) {
            throw CLI::RequiredError("NUMBER or --event");
        }
        options.json = output == "json";
        throw CLI::RuntimeError(run_route(options));
    });
}

void add_small_ones(CLI::App& app, EnvOptions& env, std::string& shell) {
    auto* env_command =
        app.add_subcommand("env", "Print settings for AWS tools: eval \"$(meridian env)\"");
    env_command
        ->add_option("--region", env.region, "The region that they shall talk to [the first]")
        ->check(refuse_odd_region);
    env_command
        ->add_option("--data", env.data, "Data folder [$MERIDIAN_DATA or ~/.local/state/meridian]")
        ->check(refuse_empty);
    env_command->callback([&env] { throw CLI::RuntimeError(run_env(env)); });

    auto* completion = app.add_subcommand("completion", "Print a completion script for a shell");
    completion->add_option("shell", shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    completion->footer("Example: eval \"$(meridian completion bash)\"");
    completion->callback([&shell, &app] { throw CLI::RuntimeError(run_completion(shell, app)); });

    auto* errors =
        app.add_subcommand("errors", "Print the list of errors, and what to do about each");
    errors->callback([] { throw CLI::RuntimeError(run_errors()); });
}

// "meridian rules list ", as far as the command line has got.
std::string chosen_command(const CLI::App& app) {
    std::string words;
    for (const auto* command = &app; command != nullptr;) {
        words += command->get_name() + " ";
        const auto below = command->get_subcommands();
        command = below.empty() ? nullptr : below.front();
    }
    return words;
}

int run(int argc, char** argv) {
    CLI::App app{kAbout, "meridian"};
    app.footer(kMainFooter);
    app.set_version_flag("--version", "meridian " MERIDIAN_VERSION);
    app.require_subcommand(1);
    UpOptions up;
    ServeOptions serve;
    RouteOptions route;
    EnvOptions env;
    std::string output = "text";
    std::string shell;
    add_up(app, up);
    add_serve(app, serve);
    add_route(app, route, output);
    add_small_ones(app, env, shell);
    add_management_commands(app);
    add_agreement_commands(app);
    add_backup_commands(app);
    add_credentials_commands(app);
    add_fault_commands(app);
    add_repair_folder_command(app);
    add_tables_commands(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::RuntimeError& done) {
        return done.get_exit_code();
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            app.exit(error);  // --help, --version
            return finish_output();
        }
        complain(fmt::format("{}; see `{}--help`", error.what(), chosen_command(app)));
        return kWrongUsage;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    open_standard_streams();
    umask(S_IRWXG | S_IRWXO);  // tables and addresses are their owner's
    try {
        return run(argc, argv);
    } catch (const std::system_error& error) {
        // What fmt::print throws does not name standard output.
        complain(std::ferror(stdout) != 0
                     ? fmt::format("cannot write to standard output: {}", error.code().message())
                     : error.what());
        return 1;
    } catch (const std::exception& error) {
        complain(error.what());
        return 1;
    }
}
