#include "aws/credential_chain.h"

#include <fmt/format.h>

#include <utility>

#include "aws/cached_credentials.h"
#include "aws/container_credentials.h"
#include "aws/environment_credentials.h"
#include "aws/instance_credentials.h"
#include "aws/profile_credentials.h"
#include "aws/sts.h"

namespace meridian::aws {
namespace {

std::vector<CredentialOrigin> make_origins(const AwsSettings& settings, const ServiceTools& tools) {
    using Find = Result<Finding> (*)(const AwsSettings&, const ServiceTools&);
    std::vector<CredentialOrigin> origins;
    const auto add = [&](std::string name, Find find) {
        origins.push_back(
            {std::move(name), [settings, tools, find] { return find(settings, tools); }});
    };
    if (!settings.profile_is_chosen) {
        add("the environment", [](const AwsSettings& from, const ServiceTools&) {
            return find_environment_credentials(from.environment);
        });
    }
    add(fmt::format("the profile '{}'", settings.profile), &find_profile_credentials);
    add("a web identity", &find_web_identity_credentials);
    add("the container's endpoint", [](const AwsSettings& from, const ServiceTools& with) {
        return find_container_credentials(from, with);
    });
    add("the instance's metadata", &find_instance_credentials);
    return origins;
}

}  // namespace

Result<Credentials> find_credentials(const std::vector<CredentialOrigin>& origins) {
    std::string tried;
    for (const auto& origin : origins) {
        auto found = origin.look();
        if (!found) {
            return fail_within(fmt::format("credentials of {}", origin.name), found.error());
        }
        if (found->credentials) {
            return *std::move(found->credentials);
        }
        tried += fmt::format("{}{} ({})", tried.empty() ? "" : ", ", origin.name, found->absence);
    }
    return fail(ErrorCode::kConfiguration,
                fmt::format("no credentials in any of: {}; set AWS_ACCESS_KEY_ID and "
                            "AWS_SECRET_ACCESS_KEY, or name a profile that has some in AWS_PROFILE",
                            tried));
}

std::shared_ptr<CredentialProvider> default_credentials(const AwsSettings& settings,
                                                        const ServiceTools& tools) {
    // Those of the environment never change, and a function's first call should wait for no thread.
    if (!settings.profile_is_chosen) {
        auto found = find_environment_credentials(settings.environment);
        if (found && found->credentials) {
            return std::make_shared<FixedCredentials>(*std::move(found->credentials));
        }
    }
    return std::make_shared<CachedCredentials>(
        [origins = make_origins(settings, tools)] { return find_credentials(origins); },
        tools.clock);
}

}  // namespace meridian::aws
