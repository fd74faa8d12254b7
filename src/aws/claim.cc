#include "aws/claim.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "aws/canonical.h"
#include "aws/encoding.h"
#include "aws/timestamp.h"

namespace meridian::aws {
namespace {

using std::chrono::seconds;

constexpr std::size_t kCredentialCharactersMax = 512;
constexpr seconds kLifetimeMax{604800};  // a week, as S3's presigned URLs

std::unexpected<Error> incomplete(std::string message) {
    return fail(ErrorCode::kIncompleteSignature, std::move(message));
}

// The one value of that header, trimmed; nothing when there is no such header.
Result<std::optional<std::string_view>> sole_header(const HeaderIndex& headers,
                                                    std::string_view name) {
    const auto all = headers.named(name);
    if (all.size() > 1) {
        return incomplete(fmt::format("The header '{}' is there more than once.", name));
    }
    return all.empty() ? std::nullopt : std::optional(trim(all.front().value));
}

// "AKID/20150830/us-east-1/lambda/aws4_request"
Result<void> read_credential(std::string_view text, Claim& claim) {
    std::array<std::string_view, 5> parts;
    auto rest = text;
    std::size_t count = 0;
    for (bool more = true; more && count <= parts.size(); ++count) {
        const auto slash = rest.find('/');
        more = slash != std::string_view::npos;
        if (count < parts.size()) {
            parts[count] = rest.substr(0, slash);
        }
        rest.remove_prefix(more ? slash + 1 : rest.size());
    }
    const bool whole = std::ranges::none_of(parts, &std::string_view::empty);
    if (count != parts.size() || !whole || text.size() > kCredentialCharactersMax) {
        return incomplete(
            fmt::format("Credential must have exactly 5 slash-delimited elements, "
                        "e.g. keyid/date/region/service/term, got '{}'",
                        printable(text)));
    }
    claim.credential = {parts[0], parts[1], parts[2], parts[3]};
    claim.terminator = parts[4];
    claim.scope = text.substr(parts[0].size() + 1);
    return {};
}

Result<void> read_date(std::string_view text, Claim& claim) {
    auto at = parse_timestamp(text);
    if (!at && claim.form == ClaimForm::kHeader) {
        at = parse_http_date(text);
    }
    if (!at) {
        return incomplete(
            fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'.", printable(text)));
    }
    claim.at = *at;
    claim.timestamp = format_timestamp(*at);
    return {};
}

struct Field {
    std::string_view name;
    std::optional<std::string_view> value;
};

// Stores a field that is known and was not there yet.
bool store(std::span<Field> fields, std::string_view name, std::string_view value) {
    const auto field = std::ranges::find(fields, name, &Field::name);
    if (field == fields.end() || field->value) {
        return false;
    }
    field->value = value;
    return true;
}

// "Credential=…, SignedHeaders=…, Signature=…" in any order.
Result<void> read_fields(std::string_view text, std::span<Field> fields) {
    while (!trim(text).empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const auto pair = trim(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos ||
            !store(fields, pair.substr(0, equals), pair.substr(equals + 1))) {
            return incomplete(
                "Authorization header must have 'Credential', 'SignedHeaders' and 'Signature', "
                "each once, as key=value pairs separated by commas.");
        }
    }
    return {};
}

std::string missing(std::string_view what, std::span<const Field> fields) {
    std::string message;
    for (const auto& field : fields) {
        if (field.value.value_or("").empty()) {
            message += fmt::format(fmt::runtime(what), field.name);
        }
    }
    return message;
}

Result<void> read_authorization(std::string_view text, Claim& claim) {
    const auto space = std::min(text.find(' '), text.size());
    if (!text.starts_with("AWS")) {
        return fail(ErrorCode::kMissingAuthentication, "Missing Authentication Token");
    }
    if (text.substr(0, space) != kAlgorithm) {
        return incomplete("Unsupported AWS 'algorithm': only AWS4-HMAC-SHA256 is supported.");
    }
    std::array<Field, 3> fields = {{{"Credential", {}}, {"Signature", {}}, {"SignedHeaders", {}}}};
    if (const auto read = read_fields(text.substr(space), fields); !read) {
        return read;
    }
    if (auto gaps = missing("Authorization header requires '{}' parameter. ", fields);
        !gaps.empty()) {
        return incomplete(std::move(gaps));
    }
    claim.signature = *fields[1].value;
    claim.signed_headers = *fields[2].value;
    return read_credential(*fields[0].value, claim);
}

Result<void> read_header_date(const HeaderIndex& headers, Claim& claim) {
    for (const std::string_view name : {"x-amz-date", "date"}) {
        const auto date = sole_header(headers, name);
        if (!date) {
            return std::unexpected(date.error());
        }
        if (*date) {
            return read_date(**date, claim);
        }
    }
    return incomplete(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
}

Result<void> read_lifetime(std::string_view text, Claim& claim) {
    constexpr std::size_t kDigitsMax = 6;
    const bool is_number = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) {
        return incomplete("X-Amz-Expires must be a non-negative number");
    }
    int value = 0;
    for (const char digit : text.substr(0, kDigitsMax)) {
        value = value * 10 + (digit - '0');
    }
    if (text.size() > kDigitsMax || seconds{value} > kLifetimeMax) {
        return incomplete("X-Amz-Expires must be less than a week (in seconds) that is 604800");
    }
    claim.lifetime = seconds{value};
    return {};
}

// Fields of the query form; the last two may be missing.
using QueryFields = std::array<Field, 8>;
constexpr std::size_t kFieldsRequired = 6;

Result<QueryFields> query_fields(const Query& query) {
    QueryFields fields = {{{"X-Amz-Algorithm", {}},
                           {"X-Amz-Credential", {}},
                           {"X-Amz-Date", {}},
                           {"X-Amz-Expires", {}},
                           {"X-Amz-SignedHeaders", {}},
                           {kSignatureParameter, {}},
                           {"X-Amz-Security-Token", {}},
                           {"X-Amz-Content-Sha256", {}}}};
    for (const auto& [name, value] : query.parameters()) {
        if (!name.starts_with("X-Amz-") ||
            std::ranges::find(fields, name, &Field::name) == fields.end()) {
            continue;
        }
        if (!store(fields, name, value)) {
            return incomplete(
                fmt::format("The query-string parameter '{}' is there more than once.", name));
        }
    }
    return fields;
}

Result<void> read_query(QueryFields& fields, Claim& claim) {
    const auto required = std::span(fields).first(kFieldsRequired);
    if (auto gaps = missing("AWS query-string parameters must include '{}'. ", required);
        !gaps.empty()) {
        return incomplete(std::move(gaps));
    }
    if (*fields[0].value != kAlgorithm) {
        return incomplete("Unsupported AWS 'algorithm': only AWS4-HMAC-SHA256 is supported.");
    }
    claim.form = ClaimForm::kQuery;
    claim.signed_headers = *fields[4].value;
    claim.signature = *fields[5].value;
    claim.session_token = fields[6].value;
    claim.payload_hash = fields[7].value;
    auto read = read_credential(*fields[1].value, claim);
    if (read) {
        read = read_date(*fields[2].value, claim);
    }
    return read ? read_lifetime(*fields[3].value, claim) : read;
}

// A header, where there is one, says more than a query-string parameter.
Result<void> read_optional_headers(const HeaderIndex& headers, Claim& claim) {
    const auto token = sole_header(headers, "x-amz-security-token");
    const auto hash = sole_header(headers, "x-amz-content-sha256");
    if (!token || !hash) {
        return std::unexpected(token ? hash.error() : token.error());
    }
    claim.session_token = *token ? *token : claim.session_token;
    claim.payload_hash = *hash ? *hash : claim.payload_hash;
    return {};
}

bool signs_by_query(const QueryFields& fields) {
    return fields[0].value || fields[1].value || fields[5].value;
}

}  // namespace

Result<Claim> read_claim(const HeaderIndex& headers, const Query& query) {
    const auto authorization = sole_header(headers, "authorization");
    auto fields = query_fields(query);
    if (!authorization || !fields) {
        return std::unexpected(authorization ? fields.error() : authorization.error());
    }
    const bool by_query = signs_by_query(*fields);
    if (!*authorization && !by_query) {
        return fail(ErrorCode::kMissingAuthentication, "Missing Authentication Token");
    }
    if (*authorization && by_query) {
        return incomplete(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the "
            "Authorization header should be specified.");
    }
    Claim claim;
    auto read = by_query ? read_query(*fields, claim) : read_authorization(**authorization, claim);
    if (read && !by_query) {
        read = read_header_date(headers, claim);
    }
    if (read) {
        read = read_optional_headers(headers, claim);
    }
    if (!read) {
        return std::unexpected(read.error());
    }
    return claim;
}

std::string printable(std::string_view text) {
    constexpr std::size_t kCharactersMax = 80;
    std::string out(text.substr(0, kCharactersMax));
    std::ranges::replace_if(out, [](char c) { return c < ' ' || c > '~'; }, '?');
    return out;
}

}  // namespace meridian::aws
