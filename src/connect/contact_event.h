// The event that an Amazon Connect flow hands to a Lambda function.
//
// Source: Amazon Connect administrator guide, "Invoke an AWS Lambda function"; SystemEndpoint is
// the dialled number, CustomerEndpoint the caller, and either may be null.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::connect {

// How the flow wants the answer: nested JSON, or a flat map of strings
// (Details.Parameters.responseType = STRING_MAP).
enum class ResponseType : std::uint8_t { kJson, kStringMap };

// What routing needs of one contact.
struct Contact {
    std::string number;  // dialled: SystemEndpoint.Address; CustomerEndpoint.Address where that is
                         // absent or null
    std::string region;  // the fourth field of InstanceARN
    std::string id;      // ContactId; empty when the event has none
};

struct ContactEvent {
    ResponseType response_type = ResponseType::kJson;
    Result<Contact> contact;  // kMalformedJson, kInvalidInput: which field is missing or wrong;
                              // never its content
};

// Longest dialled address that is looked up: a DynamoDB partition key is at most that long.
inline constexpr std::size_t kAddressBytesMax = 2048;

// A region's name, as the ARNs of its instances have it: 1 to 64 of a-z, 0-9 and '-'.
[[nodiscard]] bool is_region_name(std::string_view text);

// Reads any bytes. Fields that are not needed may be anything.
[[nodiscard]] ContactEvent parse_contact_event(std::string_view json);

// An event as a flow would send it for a call to `number`, for tools that have only a number.
[[nodiscard]] std::string make_contact_event(std::string_view number, std::string_view region);

}  // namespace meridian::connect
