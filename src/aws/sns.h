// Messages to the subscribers of a topic of Amazon SNS.
//
// Source: Amazon SNS API Reference (2010-03-31), Publish.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "aws/aws_config.h"
#include "aws/credential_provider.h"
#include "aws/service_client.h"
#include "base/result.h"

namespace meridian::aws {

struct Announcement {
    // Of e-mails: one line of ASCII, 99 characters; what is not becomes '?', what is more is cut
    // off.
    std::string subject = {};  // empty: none
    std::string message;
};

// Role: publishes to one topic, in the topic's own region. Threads: any; blocks as ServiceClient
// does. A message may arrive twice when an attempt's answer was lost.
class Topic {
  public:
    static constexpr std::size_t kMessageBytesMax = std::size_t{256} * 1024;

    // Errors: kConfiguration, `arn` is no topic's, or endpoint.h's.
    [[nodiscard]] static Result<std::unique_ptr<Topic>> open(
        const AwsSettings& settings, std::string_view arn,
        std::shared_ptr<CredentialProvider> credentials, ServiceTools tools,
        ServiceLimits limits = {});

    // The message's id. Errors: kInvalidInput, no message; kTooLarge; ServiceClient's.
    [[nodiscard]] Result<std::string> publish(const Announcement& announcement);

    Topic(std::string arn, ServiceIdentity identity, ServiceClient::Route route, ServiceTools tools,
          ServiceLimits limits);

  private:
    const std::string arn_;
    ServiceClient client_;
};

}  // namespace meridian::aws
