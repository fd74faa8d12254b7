// RouteCall's answer to a flow.
//
// Source: Amazon Connect administrator guide, "Invoke an AWS Lambda function": a response is JSON
// of less than 32 KB; STRING_MAP is one flat object of strings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "connect/contact_event.h"
#include "routing/decision.h"

namespace meridian::connect {

// Everything in an answer. Views: of whatever the caller keeps.
struct Answer {
    std::string_view contact_flow_id;
    std::string_view queue_id;
    std::string_view attributes;     // a JSON object; empty: {}
    std::string_view error_message;  // stands in for the attributes, as errorMessage; empty: none
    std::string_view target_region;
    std::string_view hours;
    std::string_view message;
    std::string rule_id;
    std::string_view decision_id;
    bool stale = false;
    std::string_view transfer_number;
};

[[nodiscard]] Answer answer_of(const routing::Decision& decision);

inline constexpr std::size_t kAnswerBytesMax = 32 * 1024 - 1;

// The answer as the flow reads it. An answer that would pass kAnswerBytesMax leaves out the
// attributes, and says so in attributes.errorMessage; then the message.
[[nodiscard]] std::string render_answer(Answer answer, ResponseType type);

}  // namespace meridian::connect
