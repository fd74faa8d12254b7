#include "aws/environment_credentials.h"

#include <fmt/format.h>

namespace meridian::aws {

Result<Finding> find_environment_credentials(const Environment& environment) {
    const auto id = environment("AWS_ACCESS_KEY_ID");
    const auto secret = environment("AWS_SECRET_ACCESS_KEY");
    if (!id && !secret) {
        return absent("AWS_ACCESS_KEY_ID is not set");
    }
    if (!id || !secret) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("{} is set, but {} is not; set both or neither",
                                id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                                id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID"));
    }
    return Finding{
        .credentials = Credentials{.access_key_id = *id,
                                   .secret_access_key = *secret,
                                   .session_token = environment("AWS_SESSION_TOKEN").value_or(""),
                                   .expires = std::nullopt},
        .absence = {}};
}

}  // namespace meridian::aws
