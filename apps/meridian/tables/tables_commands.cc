#include "tables/tables_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "catalog/tables.h"
#include "cloud_options.h"
#include "commands.h"
#include "option_checks.h"
#include "settings.h"
#include "tables/table_maker.h"

namespace meridian::app {
namespace {

struct TablesOptions {
    std::vector<std::string> regions;
    std::string profile;
    std::string endpoint_url;
};

// The first region, as AWS's tools find it where none is named, and its DynamoDB.
struct Home {
    std::vector<std::string> regions;
    std::shared_ptr<aws::JsonService> service;
};

Result<Home> home_of(const TablesOptions& options) {
    const CloudOptions cloud{.store = "dynamodb", .endpoint_url = options.endpoint_url};
    auto wanted =
        cloud_region_options(cloud,
                             {.region = options.regions.empty() ? "" : options.regions.front(),
                              .profile = options.profile},
                             {}, setting_source({}, false));
    if (!wanted) {
        return std::unexpected(wanted.error());
    }
    auto service = wanted->tables_of(wanted->region);
    if (!service) {
        return std::unexpected(service.error());
    }
    Home home{options.regions, *std::move(service)};
    if (home.regions.empty()) {
        home.regions.push_back(wanted->region);
    }
    return home;
}

// The number of tables that aren't as expected.
template <typename Look>
int look_at_all(const TablesOptions& options, Look look) {
    start_log("tables", LogLevel::kWarn);
    const auto home = home_of(options);
    if (!home) {
        return report(home.error());
    }
    int different = 0;
    for (const auto& schema : catalog::table_schemas()) {
        const auto tell = [&schema](const std::string& text) {
            fmt::print(stderr, "{}: {}\n", schema.name, text);
        };
        TableMaker maker(home->service, tell);
        const auto found = look(maker, ExpectedTable{schema, home->regions});
        if (!found) {
            return report(found.error());
        }
        if (!*found) {
            fmt::print("{} is not there: `meridian tables create` makes it\n", schema.name);
        } else if ((*found)->empty()) {
            fmt::print("{} is as expected\n", schema.name);
        }
        for (const auto& difference : *found ? **found : std::vector<Difference>{}) {
            fmt::print("{} {}\n", schema.name, difference.text);
        }
        different += *found && (*found)->empty() ? 0 : 1;
    }
    const int unprinted = finish_output();
    if (different > 0) {
        complain(fmt::format("{} of {} tables differ from what is expected", different,
                             catalog::table_schemas().size()));
    }
    return different > 0 ? 1 : unprinted;
}

int run_create(const TablesOptions& options) {
    return look_at_all(options, [](TableMaker& maker, const ExpectedTable& table) {
        auto made = maker.make(table);
        return made ? Result<std::optional<std::vector<Difference>>>(*std::move(made))
                    : std::unexpected(made.error());
    });
}

int run_check(const TablesOptions& options) {
    return look_at_all(
        options, [](TableMaker& maker, const ExpectedTable& table) { return maker.check(table); });
}

void add_options(CLI::App& command, TablesOptions& options) {
    command
        .add_option("--regions", options.regions,
                    "Regions with a replica; the table is made in the first "
                    "[$AWS_REGION, or the profile's]")
        ->delimiter(',')
        ->check(refuse_odd_region);
    command.add_option("--profile", options.profile, "Profile of AWS's own files [$AWS_PROFILE]")
        ->type_name("NAME")
        ->check(refuse_empty);
    command
        .add_option("--endpoint-url", options.endpoint_url,
                    "DynamoDB is there [$AWS_ENDPOINT_URL_DYNAMODB, $AWS_ENDPOINT_URL, AWS]")
        ->type_name("URL")
        ->check(refuse_empty);
}

void add_one(CLI::App& group, const char* name, const char* about, const char* footer,
             int (*run)(const TablesOptions&)) {
    const auto options = std::make_shared<TablesOptions>();
    auto* command = group.add_subcommand(name, about);
    add_options(*command, *options);
    command->footer(footer);
    command->callback([options, run] { throw CLI::RuntimeError(run(*options)); });
}

}  // namespace

void add_tables_commands(CLI::App& app) {
    auto* group =
        app.add_subcommand("tables", "Make and check the tables that Meridian needs in DynamoDB");
    group->require_subcommand(1);
    add_one(*group, "create", "Make what is missing: tables, streams, replicas, protection",
            "What is there already stays as it is, so it may be run again at any time, also after "
            "it was interrupted.\n"
            "A table with another key is left alone. Progress goes to standard error.\n"
            "\n"
            "Example:\n"
            "  meridian tables create --regions us-east-1,eu-west-1,ap-southeast-1 --profile ops",
            run_create);
    add_one(*group, "check", "Say how the tables differ from what is expected; changes nothing",
            "Exit status: 0 all is as expected, 1 something differs or can't be read.\n"
            "\n"
            "Example:\n"
            "  meridian tables check --regions us-east-1,eu-west-1,ap-southeast-1",
            run_check);
}

}  // namespace meridian::app
