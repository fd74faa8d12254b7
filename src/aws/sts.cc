#include "aws/sts.h"

#include <fmt/format.h>

#include <utility>

#include "aws/config_lines.h"
#include "aws/encoding.h"
#include "aws/form_body.h"
#include "aws/text_file.h"
#include "aws/xml_leaves.h"

namespace meridian::aws {
namespace {

constexpr std::string_view kVersion = "2011-06-15";
constexpr std::string_view kAssumeRole = "AssumeRole";
constexpr std::string_view kWithWebIdentity = "AssumeRoleWithWebIdentity";

// Credentials are fetched in the background or while somebody waits: shorter than a service's.
ServiceLimits sts_limits(const AwsSettings& settings) {
    ServiceLimits limits;
    limits.call_timeout = std::chrono::milliseconds{10'000};
    limits.attempt_timeout = std::chrono::milliseconds{3'000};
    limits.retry.attempts_max = settings.attempts_max.value_or(limits.retry.attempts_max);
    return limits;
}

FormBody role_form(std::string_view action, const RoleRequest& role, const ServiceTools& tools) {
    const auto now = tools.clock.now().time_since_epoch().count();
    FormBody form(action, kVersion);
    form.add("RoleArn", role.role_arn);
    form.add("RoleSessionName",
             role.session_name.empty() ? fmt::format("meridian-{}", now) : role.session_name);
    form.add_given("ExternalId", role.external_id);
    form.add_given("DurationSeconds", role.duration_seconds);
    return form;
}

Result<Credentials> ask(const AwsSettings& settings, const ServiceTools& tools,
                        std::string_view action, const FormBody& form,
                        std::shared_ptr<CredentialProvider> source) {
    const std::string region = settings.region.empty() ? "us-east-1" : settings.region;
    const auto endpoint = service_endpoint(settings, "sts", region);
    if (!endpoint) {
        return std::unexpected(endpoint.error());
    }
    ServiceClient client(
        {.title = "STS", .signing_name = "sts", .region = region, .read_fault = &read_query_fault},
        {*endpoint, settings.ca_bundle, std::move(source)}, tools, sts_limits(settings));
    auto answer = client.call({.operation = action,
                               .headers = {{"Content-Type", std::string(kFormContentType)}},
                               .body = form.text()});
    return answer ? read_sts_answer(*answer, action) : std::unexpected(answer.error().error);
}

}  // namespace

Result<Credentials> read_sts_answer(std::string_view text, std::string_view action) {
    const auto wrong = [action](std::string_view what) {
        return fail(ErrorCode::kUnavailable, fmt::format("STS's answer to {} {}", action, what));
    };
    const auto leaves = read_xml_leaves(text);
    if (!leaves) {
        return wrong("is no XML");
    }
    const auto value = [&](std::string_view name) {
        return leaf(*leaves, fmt::format("{0}Response/{0}Result/Credentials/{1}", action, name));
    };
    Credentials credentials;
    credentials.access_key_id = trim(value("AccessKeyId"));
    credentials.secret_access_key = trim(value("SecretAccessKey"));
    credentials.session_token = trim(value("SessionToken"));
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() ||
        credentials.session_token.empty()) {
        return wrong("lacks a part of the credentials");
    }
    if (!is_printable(credentials.access_key_id) || !is_printable(credentials.session_token)) {
        return wrong("has a control character in the credentials");
    }
    const auto expires = parse_instant(trim(value("Expiration")));
    if (!expires) {
        return wrong("does not say when the credentials end");
    }
    credentials.expires = *expires;
    return credentials;
}

Result<Credentials> assume_role(const AwsSettings& settings, const ServiceTools& tools,
                                const RoleRequest& role, Credentials source) {
    return ask(settings, tools, kAssumeRole, role_form(kAssumeRole, role, tools),
               std::make_shared<FixedCredentials>(std::move(source)));
}

Result<Credentials> assume_role_with_web_identity(const AwsSettings& settings,
                                                  const ServiceTools& tools,
                                                  const RoleRequest& role,
                                                  const std::string& token_file) {
    const auto text = read_text_file(token_file, "token");
    if (!text) {
        return fail_within("the web identity's token", text.error());
    }
    const auto token = std::string_view(*text).substr(0, text->find_last_not_of(" \t\r\n") + 1);
    if (token.empty()) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("the web identity's token: {} is empty", token_file));
    }
    auto form = role_form(kWithWebIdentity, role, tools);
    form.add("WebIdentityToken", token);
    return ask(settings, tools, kWithWebIdentity, form, nullptr);
}

Result<Finding> find_web_identity_credentials(const AwsSettings& settings,
                                              const ServiceTools& tools) {
    const auto file = settings.environment("AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto role = settings.environment("AWS_ROLE_ARN");
    if (!file) {
        return absent("AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    }
    if (!role) {
        return fail(ErrorCode::kConfiguration,
                    "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not; set both");
    }
    auto credentials = assume_role_with_web_identity(
        settings, tools,
        {.role_arn = *role,
         .session_name = settings.environment("AWS_ROLE_SESSION_NAME").value_or("")},
        *file);
    if (!credentials) {
        return std::unexpected(std::move(credentials.error()));
    }
    return Finding{.credentials = *std::move(credentials), .absence = {}};
}

}  // namespace meridian::aws
