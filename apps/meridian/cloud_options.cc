#include "cloud_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "cloud/aws_access.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

constexpr auto kGroup = "Tables on AWS";

}  // namespace

void add_cloud_options(CLI::App& command, CloudOptions& options) {
    command
        .add_option("--store", options.store,
                    "embedded: a running region's; dynamodb: on AWS, or at --endpoint-url")
        ->check(CLI::IsMember({"embedded", "dynamodb"}))
        ->capture_default_str()
        ->group(kGroup);
    command
        .add_option("--endpoint-url", options.endpoint_url,
                    "DynamoDB is there [$AWS_ENDPOINT_URL_DYNAMODB, $AWS_ENDPOINT_URL, AWS]")
        ->type_name("URL")
        ->check(refuse_empty)
        ->group(kGroup);
}

void add_aws_profile(CLI::App& command, std::string& profile) {
    command.add_option("--profile", profile, "Profile of AWS's own files [$AWS_PROFILE]")
        ->type_name("NAME")
        ->check(refuse_empty)
        ->group(kGroup);
}

Result<cloud::CloudRegionOptions> cloud_region_options(const CloudOptions& options,
                                                       const CloudIdentity& identity,
                                                       routing::Policy policy,
                                                       const functions::SettingSource& settings) {
    auto access = cloud::AwsAccess::find({.profile = identity.profile,
                                          .region = identity.region,
                                          .endpoint_url = options.endpoint_url},
                                         settings);
    if (!access) {
        return std::unexpected(access.error());
    }
    if ((*access)->region().empty()) {
        return fail(ErrorCode::kConfiguration,
                    "no region is named: set AWS_REGION, or the profile's region, or name it");
    }
    auto fresh_for = cloud::fresh_for(settings);
    if (!fresh_for) {
        return std::unexpected(fresh_for.error());
    }
    return cloud::CloudRegionOptions{.region = (*access)->region(),
                                     .policy = std::move(policy),
                                     .fresh_for = *fresh_for,
                                     .tables_of = [access = *access](const std::string& region) {
                                         return access->dynamodb(region);
                                     }};
}

}  // namespace meridian::app
