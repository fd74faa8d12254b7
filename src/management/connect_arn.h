// ARNs of what an Amazon Connect instance holds.
//
// Source: Service Authorization Reference, "Resource types defined by Amazon Connect":
// arn:PARTITION:connect:REGION:ACCOUNT:instance/INSTANCE/contact-flow/ID and …/queue/ID.
#pragma once

#include <optional>
#include <string_view>

namespace meridian::management {

// Views of the text that it was read from.
struct ConnectArn {
    std::string_view partition;  // "aws", "aws-cn", …
    std::string_view region;
    std::string_view account;
    std::string_view instance;
    std::string_view type;  // "contact-flow", "queue", …
    std::string_view id;
};

// Nothing: the text is no ARN of something in an instance. Ids may be any words: people write
// samples.
[[nodiscard]] std::optional<ConnectArn> parse_connect_arn(std::string_view text);

}  // namespace meridian::management
