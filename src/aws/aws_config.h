// What AWS's tools read of where they work and how: the environment, and the files under ~/.aws.
//
// Source: AWS SDKs and Tools Reference Guide, "Settings reference" and "Service-specific
// endpoints".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/config_text.h"
#include "aws/environment.h"
#include "base/result.h"

namespace meridian::aws {

// What a command line says; empty: nothing.
struct SettingsChoice {
    std::string profile = {};
    std::string region = {};
    std::string endpoint_url = {};  // for every service
};

// Ownership: a copy of it all. It may hold secrets: never log it.
struct AwsSettings {
    std::string profile = "default";
    bool profile_is_chosen = false;  // on the command line: its credentials come first
    std::string region;              // empty: nobody said which
    // By the service's name in AWS_ENDPOINT_URL_NAME, in lower case; "": all others.
    std::map<std::string, std::string, std::less<>> endpoint_urls;
    std::string ca_bundle;  // PEM; empty: the authorities that the system trusts
    bool use_fips = false;
    bool use_dual_stack = false;
    std::optional<int> attempts_max;
    Sections profiles;        // of both files
    std::string files;        // their names, for messages
    Environment environment;  // what it was made from; the credentials are there too

    // Empty: the service's own endpoint.
    [[nodiscard]] std::string_view endpoint_url(std::string_view service) const;
    // A setting of a profile. Empty: it has none.
    [[nodiscard]] std::string_view profile_setting(std::string_view profile_name,
                                                   std::string_view name) const;
};

// `choice` first, then the environment, then the profile. Not an error: files that aren't there.
// Errors: kConfiguration, a malformed file or value, or a chosen profile that no file has; kIo. The
// message names the file and the line, or the variable, and never shows a secret.
[[nodiscard]] Result<AwsSettings> read_aws_settings(const Environment& environment,
                                                    const SettingsChoice& choice = {});

}  // namespace meridian::aws
