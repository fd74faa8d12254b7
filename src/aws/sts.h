// Credentials of a role, from AWS's Security Token Service.
//
// Source: AWS STS API Reference (2011-06-15), AssumeRole and AssumeRoleWithWebIdentity.
#pragma once

#include <string>
#include <string_view>

#include "aws/aws_config.h"
#include "aws/credential_origin.h"
#include "aws/service_client.h"
#include "base/result.h"

namespace meridian::aws {

struct RoleRequest {
    std::string role_arn;
    std::string session_name = {};      // empty: one of our own
    std::string external_id = {};       // empty: none
    std::string duration_seconds = {};  // empty: an hour
};

// Errors: those of ServiceClient; kUnavailable, the answer is none.
[[nodiscard]] Result<Credentials> assume_role(const AwsSettings& settings,
                                              const ServiceTools& tools, const RoleRequest& role,
                                              Credentials source);

// With the token in a file, read each time: whoever writes it changes it before it ends. Errors,
// beside those: kConfiguration, the file can't be read or is empty.
[[nodiscard]] Result<Credentials> assume_role_with_web_identity(const AwsSettings& settings,
                                                                const ServiceTools& tools,
                                                                const RoleRequest& role,
                                                                const std::string& token_file);

// What AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME say.
[[nodiscard]] Result<Finding> find_web_identity_credentials(const AwsSettings& settings,
                                                            const ServiceTools& tools);

// The XML answer of `action`. Errors: kUnavailable, which shows nothing of it.
[[nodiscard]] Result<Credentials> read_sts_answer(std::string_view text, std::string_view action);

}  // namespace meridian::aws
