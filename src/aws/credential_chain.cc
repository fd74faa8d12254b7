#include "aws/credential_chain.h"

#include <fmt/format.h>

#include <utility>

#include "aws/cached_credentials.h"
#include "aws/environment_credentials.h"
#include "aws/profile_credentials.h"

namespace meridian::aws {
namespace {

std::vector<CredentialOrigin> make_origins(const AwsSettings& settings, const ServiceTools& tools) {
    (void)tools;
    std::vector<CredentialOrigin> origins;
    if (!settings.profile_is_chosen) {
        origins.push_back({"the environment", [environment = settings.environment] {
                               return find_environment_credentials(environment);
                           }});
    }
    origins.push_back({fmt::format("the profile '{}'", settings.profile),
                       [settings] { return find_profile_credentials(settings); }});
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
