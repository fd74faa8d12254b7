// AWS Signature Version 4: signs requests, and verifies them.
//
// Source: AWS General Reference, "Signature Version 4 signing process"; AWS's own signing test
// suite.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/instant.h"
#include "base/result.h"

namespace meridian::aws {

struct Credentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;  // empty: none
    std::optional<Instant> expires;
};

// A request as it stands on the wire. Views: of the caller's bytes. Header names in any case;
// several headers of one name are several entries, in order.
struct RequestView {
    std::string_view method;
    std::string_view
        target;  // path and query, not decoded: "/2015-03-31/functions/RouteCall/invocations?x=1"
    std::span<const std::pair<std::string_view, std::string_view>> headers;
    std::string_view body;
};

struct SigningOptions {
    std::string region;
    std::string service;
    Instant at;
    bool unsigned_payload = false;  // UNSIGNED-PAYLOAD
    bool normalize_path = true;     // every service but s3
};

// The headers to add to the request: X-Amz-Date, X-Amz-Security-Token when there is one,
// X-Amz-Content-Sha256 when the payload is unsigned, and Authorization; they take the place of the
// request's own of those names. An X-Amz-Content-Sha256 that the request has already stands for its
// body. All headers are signed but those that proxies and HTTP libraries change. REQUIRES: the
// request has its Host header, and no header holds control characters.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> sign(const RequestView& request,
                                                                    const Credentials& credentials,
                                                                    const SigningOptions& options);

// Who signed.
struct Principal {
    std::string access_key_id;
    std::string region;   // of the credential scope
    std::string service;  // of the credential scope
};

// Looks up credentials by access key id; null when it is not known. Shared, because it is asked for
// every request. Must be safe from any thread.
using CredentialSource =
    std::function<std::shared_ptr<const Credentials>(std::string_view access_key_id)>;

struct VerifierOptions {
    std::chrono::seconds clock_window{300};  // how far X-Amz-Date may be from now, either way
    std::string region;                      // the only region that a scope may name; empty: any
    std::vector<std::string> services;       // the only services; empty: any
    bool allow_unsigned_payload = true;      // UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER
};

// Role: decides who sent a request. Signing keys are cached by (access key, date, region, service).
// Comparison takes the same time whatever differs. Threads: verify() from any thread.
//
// Errors are AWS's: kMissingAuthentication, kIncompleteSignature, kUnrecognizedClient,
// kInvalidSignature (wrong, too old or too new: the message says which and, like AWS's, both
// times), kExpiredToken. Messages never hold a secret, nor the signature that would have been
// right.
class Verifier {
  public:
    // `clock` must outlive the verifier.
    Verifier(CredentialSource source, VerifierOptions options, const Clock& clock);
    ~Verifier();
    Verifier(Verifier&&) noexcept;
    Verifier& operator=(Verifier&&) noexcept;

    // Checks the Authorization header or the query-string form (X-Amz-Algorithm=…, X-Amz-Expires),
    // the payload hash (signed, UNSIGNED-PAYLOAD, STREAMING-…: each chunk's own signature), the
    // scope and the time.
    [[nodiscard]] Result<Principal> verify(const RequestView& request) const;

    // Whether the body is in aws-chunked form: x-amz-content-sha256 is
    // STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or …-TRAILER, or STREAMING-UNSIGNED-PAYLOAD-TRAILER.
    [[nodiscard]] static bool is_chunked(const RequestView& request);

    // For such a body: the payload without the framing, after verify() accepted the request. Any
    // other body: itself.
    [[nodiscard]] static Result<std::string> decoded_body(const RequestView& request);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// The path that a signature covers, for every service but s3: without empty and dot segments. One
// signature is good for every spelling of that path ("/a//b", "/x/../a/b"), so whoever decides by
// the path of a verified request must decide by this one.
[[nodiscard]] std::string normalized_path(std::string_view path);

}  // namespace meridian::aws
