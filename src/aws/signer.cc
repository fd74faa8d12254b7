#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "aws/canonical.h"
#include "aws/encoding.h"
#include "aws/headers.h"
#include "aws/query.h"
#include "aws/signing_key.h"
#include "aws/sigv4.h"
#include "aws/timestamp.h"

namespace meridian::aws {
namespace {

using AddedHeaders = std::vector<std::pair<std::string, std::string>>;

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::optional<std::string_view> find_header(const RequestView& request, std::string_view name) {
    for (const auto& [header, value] : request.headers) {
        if (same_name(header, name)) {
            return value;
        }
    }
    return std::nullopt;
}

std::string payload_hash(const RequestView& request, const SigningOptions& options) {
    if (options.unsigned_payload) {
        return "UNSIGNED-PAYLOAD";
    }
    if (const auto given = find_header(request, "x-amz-content-sha256")) {
        return std::string(trim(*given));
    }
    return hex(sha256(request.body));
}

// The request's headers as they will be, once `added` have taken their places.
std::vector<std::pair<std::string_view, std::string_view>> with(const RequestView& request,
                                                                const AddedHeaders& added) {
    std::vector<std::pair<std::string_view, std::string_view>> all(added.begin(), added.end());
    for (const auto& header : request.headers) {
        const bool replaced = std::ranges::any_of(
            added, [&header](const auto& a) { return same_name(a.first, header.first); });
        if (!replaced) {
            all.push_back(header);
        }
    }
    return all;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> sign(const RequestView& request,
                                                      const Credentials& credentials,
                                                      const SigningOptions& options) {
    const std::string timestamp = format_timestamp(options.at);
    const std::string hash = payload_hash(request, options);
    AddedHeaders added = {{"X-Amz-Date", timestamp}};
    if (!credentials.session_token.empty()) {
        added.emplace_back("X-Amz-Security-Token", credentials.session_token);
    }
    if (options.unsigned_payload) {
        added.emplace_back("X-Amz-Content-Sha256", hash);
    }
    const auto headers = with(request, added);
    const HeaderIndex index(headers);
    const auto chosen = select_headers_to_sign(index);
    const auto [path, query] = split_target(request.target);
    const auto canonical =
        render({.method = request.method,
                .path = path,
                .path_style = options.normalize_path ? PathStyle::kNormalized : PathStyle::kS3,
                .query = Query(query).canonical(std::nullopt),
                .headers = chosen,
                .payload_hash = hash});

    const CredentialScope credential{.access_key_id = credentials.access_key_id,
                                     .date = std::string_view(timestamp).substr(0, 8),
                                     .region = options.region,
                                     .service = options.service};
    const auto scope = fmt::format("{}/{}/{}/{}", credential.date, options.region, options.service,
                                   kScopeTerminator);
    const auto key = derive_signing_key(credentials.secret_access_key, credential);
    added.emplace_back("Authorization",
                       fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}",
                                   kAlgorithm, credentials.access_key_id, scope, chosen.names,
                                   hex(key.sign(string_to_sign(timestamp, scope, canonical)))));
    return added;
}

}  // namespace meridian::aws
