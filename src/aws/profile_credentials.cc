#include "aws/profile_credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/container_credentials.h"
#include "aws/environment_credentials.h"
#include "aws/instance_credentials.h"
#include "aws/process_credentials.h"
#include "aws/sts.h"

namespace meridian::aws {
namespace {

Finding found(Credentials credentials) {
    return {.credentials = std::move(credentials), .absence = {}};
}

Result<Finding> as_finding(Result<Credentials> credentials) {
    return credentials ? Result<Finding>(found(*std::move(credentials)))
                       : std::unexpected(std::move(credentials.error()));
}

class ProfileReader {
  public:
    ProfileReader(const AwsSettings& settings, const ServiceTools& tools)
        : settings_(settings), tools_(tools) {}

    Result<Finding> find(const std::string& profile) {
        if (setting(profile, "role_arn").empty()) {
            return find_own(profile);
        }
        if (std::ranges::find(visited_, profile) != visited_.end()) {
            return wrong(profile, "its source_profile leads back to it");
        }
        visited_.push_back(profile);
        return as_finding(assume(profile));
    }

  private:
    [[nodiscard]] std::string setting(std::string_view profile, std::string_view name) const {
        return std::string(settings_.profile_setting(profile, name));
    }
    [[nodiscard]] std::unexpected<Error> wrong(std::string_view profile,
                                               std::string_view what) const {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("the profile '{}' in {}: {}", profile, settings_.files, what));
    }
    [[nodiscard]] bool has_keys(std::string_view profile) const {
        return !setting(profile, "aws_access_key_id").empty() &&
               !setting(profile, "aws_secret_access_key").empty();
    }

    Result<Finding> find_own(const std::string& profile) const {
        if (has_keys(profile)) {
            return found({.access_key_id = setting(profile, "aws_access_key_id"),
                          .secret_access_key = setting(profile, "aws_secret_access_key"),
                          .session_token = setting(profile, "aws_session_token"),
                          .expires = std::nullopt});
        }
        if (const auto command = setting(profile, "credential_process"); !command.empty()) {
            return as_finding(run_credential_process(command));
        }
        if (!setting(profile, "sso_session").empty() ||
            !setting(profile, "sso_start_url").empty()) {
            return wrong(
                profile,
                fmt::format("single sign-on needs the AWS command line; make a profile with "
                            "credential_process = aws configure export-credentials "
                            "--profile {} --format process",
                            profile));
        }
        return absent(settings_.profiles.contains(profile)
                          ? fmt::format("it has neither keys nor a role in {}", settings_.files)
                          : fmt::format("it is not in {}", settings_.files));
    }

    Result<Credentials> assume(const std::string& profile) {
        const RoleRequest role{.role_arn = setting(profile, "role_arn"),
                               .session_name = setting(profile, "role_session_name"),
                               .external_id = setting(profile, "external_id"),
                               .duration_seconds = setting(profile, "duration_seconds")};
        if (const auto file = setting(profile, "web_identity_token_file"); !file.empty()) {
            return assume_role_with_web_identity(settings_, tools_, role, file);
        }
        if (!setting(profile, "mfa_serial").empty()) {
            return wrong(profile,
                         "mfa_serial asks a person for a code; use credentials of a session "
                         "(aws sts get-session-token)");
        }
        auto source = find_source(profile);
        if (!source) {
            return std::unexpected(std::move(source.error()));
        }
        if (!source->credentials) {
            return wrong(profile,
                         fmt::format("its source has no credentials: {}", source->absence));
        }
        return assume_role(settings_, tools_, role, *std::move(source->credentials));
    }

    // Who assumes the role.
    Result<Finding> find_source(const std::string& profile) {
        const auto other = setting(profile, "source_profile");
        const auto place = setting(profile, "credential_source");
        if (other.empty() == place.empty()) {
            return wrong(profile, "role_arn needs either a source_profile or a credential_source");
        }
        if (!other.empty()) {
            if (!settings_.profiles.contains(other)) {
                return wrong(profile, fmt::format("there is no source_profile '{}'", other));
            }
            // Keys come before a role there, as they do in the AWS command line.
            return has_keys(other) ? find_own(other) : find(other);
        }
        if (place == "Environment") {
            return find_environment_credentials(settings_.environment);
        }
        if (place == "Ec2InstanceMetadata") {
            return find_instance_credentials(settings_, tools_);
        }
        if (place == "EcsContainer") {
            return find_container_credentials(settings_, tools_);
        }
        return wrong(profile,
                     "credential_source must be Environment, Ec2InstanceMetadata or EcsContainer");
    }

    const AwsSettings& settings_;
    const ServiceTools& tools_;
    std::vector<std::string> visited_;
};

}  // namespace

Result<Finding> find_profile_credentials(const AwsSettings& settings, const ServiceTools& tools) {
    return ProfileReader(settings, tools).find(settings.profile);
}

}  // namespace meridian::aws
