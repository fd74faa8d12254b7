#include "aws/sns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "aws/form_body.h"
#include "aws/xml_leaves.h"

namespace meridian::aws {
namespace {

constexpr std::string_view kPublish = "Publish";
constexpr std::string_view kVersion = "2010-03-31";

// The fourth of "arn:aws:sns:eu-west-1:123456789012:alerts". Nothing: it is no topic's ARN.
std::optional<std::string_view> region_of(std::string_view arn) {
    std::array<std::string_view, 6> parts;
    for (auto& part : parts) {
        const auto colon = std::min(arn.find(':'), arn.size());
        part = arn.substr(0, colon);
        arn.remove_prefix(std::min(colon + 1, arn.size()));
    }
    const bool is_topic = parts[0] == "arn" && parts[2] == "sns" && !parts[3].empty() &&
                          !parts[4].empty() && !parts[5].empty() && arn.empty();
    return is_topic ? std::optional(parts[3]) : std::nullopt;
}

std::string subject_line(std::string_view text) {
    constexpr std::size_t kSubjectBytesMax = 99;
    std::string line(text.substr(0, kSubjectBytesMax));
    std::ranges::replace_if(line, [](char c) { return c < ' ' || c >= '\x7f'; }, '?');
    return line;
}

}  // namespace

Result<std::unique_ptr<Topic>> Topic::open(const AwsSettings& settings, std::string_view arn,
                                           std::shared_ptr<CredentialProvider> credentials,
                                           ServiceTools tools, ServiceLimits limits) {
    const auto region = region_of(arn);
    if (!region) {
        return fail(
            ErrorCode::kConfiguration,
            fmt::format("'{}' is no ARN of a topic, as arn:aws:sns:REGION:ACCOUNT:NAME is", arn));
    }
    const auto endpoint = service_endpoint(settings, "sns", *region);
    if (!endpoint) {
        return std::unexpected(endpoint.error());
    }
    limits.retry.attempts_max = settings.attempts_max.value_or(limits.retry.attempts_max);
    return std::make_unique<Topic>(
        std::string(arn),
        ServiceIdentity{.title = "SNS",
                        .signing_name = "sns",
                        .region = std::string(*region),
                        .read_fault = &read_query_fault},
        ServiceClient::Route{*endpoint, settings.ca_bundle, std::move(credentials)},
        std::move(tools), std::move(limits));
}

Topic::Topic(std::string arn, ServiceIdentity identity, ServiceClient::Route route,
             ServiceTools tools, ServiceLimits limits)
    : arn_(std::move(arn)),
      client_(std::move(identity), std::move(route), std::move(tools), std::move(limits)) {}

Result<std::string> Topic::publish(const Announcement& announcement) {
    if (announcement.message.empty()) {
        return fail(ErrorCode::kInvalidInput, "SNS Publish: the message is empty");
    }
    if (announcement.message.size() > kMessageBytesMax) {
        return fail(ErrorCode::kTooLarge, "SNS Publish: the message has over 256 KiB");
    }
    FormBody form(kPublish, kVersion);
    form.add("TopicArn", arn_);
    form.add_given("Subject", subject_line(announcement.subject));
    form.add("Message", announcement.message);
    const auto answer = client_.call({.operation = kPublish,
                                      .headers = {{"Content-Type", std::string(kFormContentType)}},
                                      .body = form.text()});
    if (!answer) {
        return std::unexpected(answer.error().error);
    }
    const auto leaves = read_xml_leaves(*answer).value_or(XmlLeaves());
    return std::string(leaf(leaves, "PublishResponse/PublishResult/MessageId"));
}

}  // namespace meridian::aws
