#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>

#include "aws/canonical.h"
#include "aws/chunked.h"
#include "aws/claim.h"
#include "aws/encoding.h"
#include "aws/headers.h"
#include "aws/query.h"
#include "aws/signing_key.h"
#include "aws/sigv4.h"
#include "aws/timestamp.h"

namespace meridian::aws {
namespace {

using std::chrono::seconds;

constexpr std::size_t kSigningKeysMax = 1024;
constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

std::unexpected<Error> invalid(std::string message) {
    return fail(ErrorCode::kInvalidSignature, std::move(message));
}

bool same_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// A request line that cannot pretend to be more than one line of the canonical request.
Result<void> check_request_line(const RequestView& request) {
    const auto is_token = [](char c) { return c > ' ' && c <= '~'; };
    if (request.method.empty() || !std::ranges::all_of(request.method, is_token) ||
        !request.target.starts_with('/')) {
        return fail(ErrorCode::kIncompleteSignature,
                    "A signed request has a method, and a target that starts with '/'.");
    }
    return {};
}

Result<void> check_scope(const Claim& claim, const VerifierOptions& options) {
    const auto& [id, date, region, service] = claim.credential;
    if (claim.terminator != kScopeTerminator) {
        return invalid(
            fmt::format("Credential should be scoped with a valid terminator: '{}', not '{}'.",
                        kScopeTerminator, printable(claim.terminator)));
    }
    if (date != std::string_view(claim.timestamp).substr(0, 8)) {
        return invalid(
            fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                        "version of date from HTTP: '{}' != '{}', from '{}'.",
                        printable(date), claim.timestamp.substr(0, 8), claim.timestamp));
    }
    if (!options.region.empty() && region != options.region) {
        return invalid(fmt::format("Credential should be scoped to a valid region, not '{}'.",
                                   printable(region)));
    }
    if (!options.services.empty() &&
        std::ranges::find(options.services, service) == options.services.end()) {
        return invalid(fmt::format("Credential should be scoped to correct service: '{}'.",
                                   fmt::join(options.services, "' or '")));
    }
    return {};
}

// "5 min.", as AWS says it, or "90 sec.".
std::string in_words(seconds window) {
    const auto count = window.count();
    return count % 60 == 0 ? fmt::format("{} min.", count / 60) : fmt::format("{} sec.", count);
}

Result<void> check_time(const Claim& claim, seconds clock_window, Instant precise_now) {
    const Instant now = std::chrono::floor<seconds>(precise_now);
    const seconds past = claim.form == ClaimForm::kQuery ? claim.lifetime : clock_window;
    if (claim.at < now - past) {
        return invalid(fmt::format("Signature expired: {} is now earlier than {} ({} - {})",
                                   claim.timestamp, format_timestamp(now - past),
                                   format_timestamp(now), in_words(past)));
    }
    if (claim.at > now + clock_window) {
        return invalid(fmt::format("Signature not yet current: {} is still later than {} ({} + {})",
                                   claim.timestamp, format_timestamp(now + clock_window),
                                   format_timestamp(now), in_words(clock_window)));
    }
    return {};
}

PathStyle path_style(const Claim& claim) {
    return claim.credential.service == "s3" ? PathStyle::kS3 : PathStyle::kNormalized;
}

// Whether a path that was signed as it was sent means what a path signed by the rules means, whose
// canonical form it could be. Only one that is encoded twice would not.
bool means_itself(std::string_view path) {
    std::string decoded;
    append_uri_decoded(decoded, path);
    return normalized_path(path) == path && !decoded.contains('%');
}

// What else a signature may be of: curl before 8.3 signs the path and the query as they are sent,
// where others sign their canonical forms.
std::vector<CanonicalRequest> forms_as_sent(const CanonicalRequest& canonical, const Target& sent) {
    std::vector<CanonicalRequest> forms;
    const auto add = [&](PathStyle style, std::string_view query) {
        forms.push_back(canonical);
        forms.back().path_style = style;
        forms.back().query = query;
    };
    if (means_itself(sent.path)) {
        add(PathStyle::kAsSent, sent.query);
        add(PathStyle::kAsSent, canonical.query);
    }
    add(canonical.path_style, sent.query);
    return forms;
}

// The last line of the canonical request: the body's hash, or the word that stands for it.
Result<std::string> payload_hash(const Claim& claim, std::string_view body,
                                 const VerifierOptions& options) {
    const bool s3_url = claim.form == ClaimForm::kQuery && path_style(claim) == PathStyle::kS3;
    const auto said = claim.payload_hash ? claim.payload_hash
                      : s3_url           ? std::optional(kUnsignedPayload)
                                         : std::nullopt;
    const auto chunked = chunked_form(said.value_or(""));
    if (chunked && claim.form == ClaimForm::kQuery) {
        return fail(ErrorCode::kIncompleteSignature,
                    "A body in chunks must be signed in the Authorization header.");
    }
    if (said == kUnsignedPayload || chunked == ChunkedForm::kUnsignedWithTrailer) {
        if (!options.allow_unsigned_payload) {
            return invalid("An unsigned payload is not accepted here; sign the body's hash.");
        }
        return std::string(*said);
    }
    if (chunked) {
        return std::string(*said);
    }
    auto hash = hex(sha256(body));
    if (said && *said != hash) {
        return invalid(
            "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    return hash;
}

std::optional<std::size_t> read_length(std::string_view digits) {
    constexpr std::size_t kDigitsMax = 15;
    if (digits.empty() || digits.size() > kDigitsMax) {
        return std::nullopt;
    }
    std::size_t value = 0;
    for (const char digit : digits) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        value = value * 10 + static_cast<std::size_t>(digit - '0');
    }
    return value;
}

// "x-amz-checksum-crc32, x-amz-other"
std::vector<std::string> trailer_names(std::span<const HeaderIndex::Entry> headers) {
    std::vector<std::string> names;
    for (const auto& header : headers) {
        for (auto rest = header.value; !rest.empty();) {
            const auto comma = std::min(rest.find(','), rest.size());
            std::string name(trim(rest.substr(0, comma)));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            std::ranges::transform(name, name.begin(), to_lower);
            names.push_back(std::move(name));
        }
    }
    std::ranges::sort(names);
    return names;
}

Result<void> check_chunks(const RequestView& request, const HeaderIndex& headers, ChunkedForm form,
                          ChunkSigner signer) {
    const auto length = headers.named("x-amz-decoded-content-length");
    const auto decoded_bytes =
        length.size() == 1 ? read_length(trim(length.front().value)) : std::nullopt;
    if (!decoded_bytes) {
        return fail(ErrorCode::kIncompleteSignature,
                    "A body in chunks requires one 'x-amz-decoded-content-length', a number.");
    }
    return verify_chunks(request.body,
                         {.form = form,
                          .decoded_bytes = *decoded_bytes,
                          .trailers = trailer_names(headers.named("x-amz-trailer"))},
                         std::move(signer));
}

// How the request says that its body is framed.
std::optional<ChunkedForm> said_form(const RequestView& request) {
    static constexpr std::string_view kName = "x-amz-content-sha256";
    const auto said = std::ranges::find_if(request.headers, [](const auto& header) {
        return std::ranges::equal(header.first, kName, {}, to_lower);
    });
    return said == request.headers.end() ? std::nullopt : chunked_form(trim(said->second));
}

bool has_right_token(const Claim& claim, const Credentials& credentials) {
    return same_in_constant_time(claim.session_token.value_or(""), credentials.session_token);
}

}  // namespace

struct Verifier::State {
    CredentialSource source;
    VerifierOptions options;
    const Clock& clock;
    SigningKeyCache keys{kSigningKeysMax};
    HmacKey decoy{"of whom we do not know"};

    // Whether the signature is that of whom it names. Whom we do not know costs the same work.
    // `sent`: the target with its query, where that may be what was signed.
    Result<HmacKey> authenticate(const Claim& claim, const CanonicalRequest& canonical,
                                 const std::optional<Target>& sent);
};

Result<HmacKey> Verifier::State::authenticate(const Claim& claim, const CanonicalRequest& canonical,
                                              const std::optional<Target>& sent) {
    const auto credentials = source(claim.credential.access_key_id);
    const bool usable = credentials && !credentials->secret_access_key.empty();
    const HmacKey key = usable ? keys.key(claim.credential, credentials->secret_access_key) : decoy;
    const auto is_signed = [&](const CanonicalRequest& form) {
        const auto text = string_to_sign(claim.timestamp, claim.scope, render(form));
        return same_in_constant_time(hex(key.sign(text)), claim.signature);
    };
    const bool matches = is_signed(canonical) ||
                         (sent && std::ranges::any_of(forms_as_sent(canonical, *sent), is_signed));
    if (!usable || !has_right_token(claim, *credentials)) {
        return fail(ErrorCode::kUnrecognizedClient,
                    "The security token included in the request is invalid.");
    }
    if (!matches) {
        return invalid(
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.");
    }
    if (credentials->expires && *credentials->expires <= clock.now()) {
        return fail(ErrorCode::kExpiredToken,
                    "The security token included in the request is expired");
    }
    return key;
}

Verifier::Verifier(CredentialSource source, VerifierOptions options, const Clock& clock)
    : state_(new State{std::move(source), std::move(options), clock}) {}
Verifier::~Verifier() = default;
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;

Result<Principal> Verifier::verify(const RequestView& request) const {
    if (const auto fine = check_request_line(request); !fine) {
        return std::unexpected(fine.error());
    }
    const auto [path, raw_query] = split_target(request.target);
    const HeaderIndex headers(request.headers);
    const Query query(raw_query);
    const auto claim = read_claim(headers, query);
    if (!claim) {
        return std::unexpected(claim.error());
    }
    if (const auto fine = check_scope(*claim, state_->options); !fine) {
        return std::unexpected(fine.error());
    }
    const Instant now = state_->clock.now();
    if (const auto fine = check_time(*claim, state_->options.clock_window, now); !fine) {
        return std::unexpected(fine.error());
    }
    const auto signed_headers = select_signed_headers(claim->signed_headers, headers);
    if (!signed_headers) {
        return std::unexpected(signed_headers.error());
    }
    const auto hash = payload_hash(*claim, request.body, state_->options);
    if (!hash) {
        return std::unexpected(hash.error());
    }
    const bool by_query = claim->form == ClaimForm::kQuery;
    const auto canonical_query =
        query.canonical(by_query ? std::optional(kSignatureParameter) : std::nullopt);
    const CanonicalRequest canonical{.method = request.method,
                                     .path = path,
                                     .path_style = path_style(*claim),
                                     .query = canonical_query,
                                     .headers = *signed_headers,
                                     .payload_hash = *hash};
    const bool may_be_as_sent = !by_query && canonical.path_style == PathStyle::kNormalized;
    const auto key = state_->authenticate(
        *claim, canonical, may_be_as_sent ? std::optional(Target{path, raw_query}) : std::nullopt);
    if (!key) {
        return std::unexpected(key.error());
    }
    if (const auto form = chunked_form(*hash)) {
        const ChunkSigner signer(*key, claim->timestamp, claim->scope, claim->signature);
        if (const auto fine = check_chunks(request, headers, *form, signer); !fine) {
            return std::unexpected(fine.error());
        }
    }
    const auto& [id, date, region, service] = claim->credential;
    return Principal{.access_key_id = std::string(id),
                     .region = std::string(region),
                     .service = std::string(service)};
}

bool Verifier::is_chunked(const RequestView& request) {
    return said_form(request).has_value();
}

Result<std::string> Verifier::decoded_body(const RequestView& request) {
    const auto form = said_form(request);
    return form ? decode_chunks(request.body, *form) : std::string(request.body);
}

}  // namespace meridian::aws
