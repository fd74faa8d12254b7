// For tests: a request that can be signed, and then damaged.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/canonical.h"
#include "aws/chunked.h"
#include "aws/encoding.h"
#include "aws/signing_key.h"
#include "aws/sigv4.h"
#include "aws/timestamp.h"
#include "base/clock.h"

namespace meridian::aws::testing {

struct Message {
    std::string method = "POST";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    [[nodiscard]] std::string& header(std::string_view name) {
        for (auto& [header_name, value] : headers) {
            if (header_name == name) {
                return value;
            }
        }
        return headers.emplace_back(name, "").second;
    }
    void remove(std::string_view name) {
        std::erase_if(headers, [name](const auto& h) { return h.first == name; });
    }
};

// A Message as a RequestView, as long as both live.
class Viewed {
  public:
    explicit Viewed(const Message& m) : headers_(m.headers.begin(), m.headers.end()) {
        view_ = {.method = m.method, .target = m.target, .headers = headers_, .body = m.body};
    }
    Viewed(const Viewed&) = delete;
    Viewed& operator=(const Viewed&) = delete;
    operator const RequestView&() const { return view_; }  // NOLINT(google-explicit-constructor)

  private:
    std::vector<std::pair<std::string_view, std::string_view>> headers_;
    RequestView view_;
};

inline void sign_by_header(Message& message, const Credentials& credentials,
                           const SigningOptions& options) {
    for (const auto& [name, value] : sign(Viewed(message), credentials, options)) {
        message.header(name) = value;
    }
}

// What only AWS's own SDKs do in earnest: signs in the query string, all headers and the body.
inline void sign_by_query(Message& message, const Credentials& credentials,
                          const SigningOptions& options, std::string_view expires) {
    const auto timestamp = format_timestamp(options.at);
    const std::string date = timestamp.substr(0, 8);
    const CredentialScope scope{credentials.access_key_id, date, options.region, options.service};
    const auto scope_text =
        fmt::format("{}/{}/{}/aws4_request", date, options.region, options.service);
    const Viewed viewed(message);
    const RequestView& view = viewed;
    const HeaderIndex index(view.headers);
    const auto chosen = select_headers_to_sign(index);
    const auto encoded = [](std::string_view text) {
        std::string out;
        append_uri_encoded(out, text, Slash::kEncoded);
        return out;
    };
    std::string target = message.target;
    target += target.contains('?') ? '&' : '?';
    target += fmt::format(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={}"
        "&X-Amz-SignedHeaders={}",
        encoded(credentials.access_key_id + "/" + scope_text), timestamp, expires,
        encoded(chosen.names));
    if (!credentials.session_token.empty()) {
        target += "&X-Amz-Security-Token=" + encoded(credentials.session_token);
    }
    const auto [path, query] = split_target(target);
    const auto canonical =
        render({.method = message.method,
                .path = path,
                .path_style = PathStyle::kNormalized,
                .query = Query(query).canonical(std::nullopt),
                .headers = chosen,
                .payload_hash = options.unsigned_payload ? std::string("UNSIGNED-PAYLOAD")
                                                         : hex(sha256(message.body))});
    const auto signature = hex(derive_signing_key(credentials.secret_access_key, scope)
                                   .sign(string_to_sign(timestamp, scope_text, canonical)));
    message.target = target + "&X-Amz-Signature=" + signature;
}

// The value of "NAME=…" in an Authorization header or a query string.
[[nodiscard]] inline std::string part(std::string_view text, std::string_view name) {
    const auto start = text.find(std::string(name) + "=") + name.size() + 1;
    return std::string(text.substr(start, text.find_first_of(",& ", start) - start));
}

inline void replace(std::string& text, std::string_view what, std::string_view with) {
    const auto at = text.find(what);
    if (at != std::string::npos) {
        text.replace(at, what.size(), with);
    }
}

// Puts `chunks` into the body in aws-chunked form and signs the request and each of them. Trailers:
// canonical ("name:value\n").
inline void sign_chunked(Message& message, const Credentials& credentials,
                         const SigningOptions& options, std::string_view announced,
                         const std::vector<std::string>& chunks, std::string_view trailers) {
    std::size_t decoded = 0;
    for (const auto& chunk : chunks) {
        decoded += chunk.size();
    }
    message.header("X-Amz-Content-Sha256") = announced;
    message.header("X-Amz-Decoded-Content-Length") = std::to_string(decoded);
    if (!trailers.empty()) {
        message.header("X-Amz-Trailer") = trailers.substr(0, trailers.find(':'));
    }
    sign_by_header(message, credentials, options);

    const auto timestamp = format_timestamp(options.at);
    const CredentialScope scope{credentials.access_key_id, std::string_view(timestamp).substr(0, 8),
                                options.region, options.service};
    const auto scope_text =
        fmt::format("{}/{}/{}/aws4_request", scope.date, options.region, options.service);
    const auto key = derive_signing_key(credentials.secret_access_key, scope);
    ChunkSigner signer(key, timestamp, scope_text,
                       part(message.header("Authorization"), "Signature"));
    const auto form = *chunked_form(announced);
    const bool is_signed = form != ChunkedForm::kUnsignedWithTrailer;
    message.body.clear();
    auto all = chunks;
    all.emplace_back();
    for (const auto& chunk : all) {
        message.body += fmt::format("{:x}", chunk.size());
        message.body += is_signed ? ";chunk-signature=" + signer.sign_chunk(chunk) : "";
        message.body += "\r\n" + chunk;
        message.body += chunk.empty() ? "" : "\r\n";
    }
    if (form != ChunkedForm::kSigned) {
        message.body += std::string(trailers.substr(0, trailers.find('\n')));
        message.body += trailers.empty() ? "" : "\r\n";
        message.body +=
            is_signed ? "x-amz-trailer-signature:" + signer.sign_trailers(trailers) + "\r\n" : "";
    }
    message.body += "\r\n";
}

}  // namespace meridian::aws::testing
