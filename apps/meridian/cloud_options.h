// --store dynamodb: tables on AWS, or wherever an endpoint says, in place of a running region.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "base/result.h"
#include "cloud/cloud_region.h"
#include "functions/settings.h"
#include "routing/decision.h"

namespace meridian::app {

struct CloudOptions {
    std::string store = "embedded";
    std::string endpoint_url;  // empty: as AWS's tools find it

    [[nodiscard]] bool is_on() const { return store == "dynamodb"; }
};

// --store, --endpoint-url.
void add_cloud_options(CLI::App& command, CloudOptions& options);
// --profile, for commands without a profile of their own.
void add_aws_profile(CLI::App& command, std::string& profile);

// Whose tables, and who asks for them. Empty ones: as AWS's tools find them.
struct CloudIdentity {
    std::string region;
    std::string profile;
};

// What a region over DynamoDB is made with; nothing is asked yet. MERIDIAN_CACHE_SECONDS says for
// how long answers are used. kConfiguration: no region is named, or a setting is wrong.
[[nodiscard]] Result<cloud::CloudRegionOptions> cloud_region_options(
    const CloudOptions& options, const CloudIdentity& identity, routing::Policy policy,
    const functions::SettingSource& settings);

}  // namespace meridian::app
