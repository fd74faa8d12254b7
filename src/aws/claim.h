// What a request says about its own signature: read and well-formed, but not believed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/headers.h"
#include "aws/query.h"
#include "aws/signing_key.h"
#include "base/instant.h"
#include "base/result.h"

namespace meridian::aws {

// Where the signature stands.
enum class ClaimForm : std::uint8_t { kHeader, kQuery };

inline constexpr std::string_view kSignatureParameter = "X-Amz-Signature";

// Views of the headers and the query that it was read from.
struct Claim {
    ClaimForm form = ClaimForm::kHeader;
    CredentialScope credential;
    std::string_view terminator;  // "aws4_request", if it is right
    std::string_view scope;       // "20150830/us-east-1/lambda/aws4_request"
    std::string_view signed_headers;
    std::string_view signature;
    std::optional<std::string_view> session_token;
    std::optional<std::string_view> payload_hash;  // X-Amz-Content-Sha256
    std::string timestamp;                         // "20150830T123600Z"
    Instant at;
    std::chrono::seconds lifetime{};  // of the query form
};

// Errors: kMissingAuthentication when there is no signature at all; kIncompleteSignature when
// something is missing, malformed, there twice, or in both forms at once.
[[nodiscard]] Result<Claim> read_claim(const HeaderIndex& headers, const Query& query);

// `text` for an error message: cut, with '?' for whatever is not printable ASCII.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace meridian::aws
