// ARNs of what an Amazon Connect instance holds.
//
// Source: Service Authorization Reference, "Resource types defined by Amazon Connect":
// arn:PARTITION:connect:REGION:ACCOUNT:instance/INSTANCE/contact-flow/ID and …/queue/ID.
#pragma once

#include <optional>
#include <string_view>

namespace meridian::lint {

// Views of the text that it was read from.
struct ConnectArn {
    std::string_view region;
    std::string_view account;
    std::string_view instance;
    std::string_view type;  // "contact-flow", "queue", …
};

// Nothing: the text is no ARN of something in an instance.
[[nodiscard]] std::optional<ConnectArn> parse_connect_arn(std::string_view text);

}  // namespace meridian::lint
