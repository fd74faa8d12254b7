#include "aws/profile_credentials.h"

#include <fmt/format.h>

namespace meridian::aws {

Result<Finding> find_profile_credentials(const AwsSettings& settings) {
    const auto setting = [&settings](std::string_view name) {
        return std::string(settings.profile_setting(settings.profile, name));
    };
    const auto id = setting("aws_access_key_id");
    const auto secret = setting("aws_secret_access_key");
    if (id.empty() || secret.empty()) {
        return absent(fmt::format("no keys in {}", settings.files));
    }
    return Finding{.credentials = Credentials{.access_key_id = id,
                                              .secret_access_key = secret,
                                              .session_token = setting("aws_session_token"),
                                              .expires = std::nullopt},
                   .absence = {}};
}

}  // namespace meridian::aws
