// The canonical request and the string to sign (AWS General Reference, "Create a signed AWS API
// request", steps 1 to 3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/headers.h"
#include "aws/query.h"

namespace meridian::aws {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kScopeTerminator = "aws4_request";

enum class PathStyle : std::uint8_t {
    kNormalized,  // dot segments and double slashes removed, then encoded once more
    kS3,          // as sent, encoded once
    kAsSent       // as sent, not encoded
};

struct Target {
    std::string_view path;
    std::string_view query;
};
[[nodiscard]] Target split_target(std::string_view target);

[[nodiscard]] std::string canonical_path(std::string_view path, PathStyle style);

struct CanonicalRequest {
    std::string_view method;
    std::string_view path;
    PathStyle path_style;
    std::string_view query;  // canonical
    const SignedHeaders& headers;
    std::string_view payload_hash;
};
[[nodiscard]] std::string render(const CanonicalRequest& request);

// `scope`: "20150830/us-east-1/lambda/aws4_request".
[[nodiscard]] std::string string_to_sign(std::string_view timestamp, std::string_view scope,
                                         std::string_view canonical_request);

}  // namespace meridian::aws
