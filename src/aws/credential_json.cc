#include "aws/credential_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "aws/config_lines.h"
#include "aws/json_fields.h"

namespace meridian::aws {
namespace {

std::unexpected<Error> wrong(std::string_view what) {
    return fail(ErrorCode::kConfiguration, fmt::format("the answer {}", what));
}

bool is_code(std::string_view text) {
    constexpr std::size_t kCodeBytesMax = 64;
    return text.size() <= kCodeBytesMax && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

Result<void> check_form(const JsonFields& fields, CredentialJson form) {
    if (form == CredentialJson::kOfProcess) {
        return field(fields, "Version") == "1" ? Result<void>()
                                               : wrong("does not say \"Version\": 1");
    }
    const auto code = field(fields, "Code");
    if (!code.empty() && code != "Success") {
        return wrong(fmt::format("has the code {}", is_code(code) ? code : "of an error"));
    }
    return {};
}

// What goes into headers and signatures.
bool is_usable(std::string_view text) {
    return is_printable(text) && !text.contains('\t');
}

}  // namespace

Result<Credentials> read_credential_json(std::string_view text, CredentialJson form) {
    const auto fields = read_json_fields(text);
    if (!fields) {
        return wrong("is no JSON object");
    }
    if (auto checked = check_form(*fields, form); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    Credentials credentials;
    credentials.access_key_id = field(*fields, "AccessKeyId");
    credentials.secret_access_key = field(*fields, "SecretAccessKey");
    credentials.session_token =
        field(*fields, form == CredentialJson::kOfProcess ? "SessionToken" : "Token");
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
        return wrong("lacks AccessKeyId or SecretAccessKey");
    }
    if (!is_usable(credentials.access_key_id) || !is_usable(credentials.session_token)) {
        return wrong("has a control character in AccessKeyId or the token");
    }
    if (const auto expiration = field(*fields, "Expiration"); !expiration.empty()) {
        const auto expires = parse_instant(expiration);
        if (!expires) {
            return wrong("has an Expiration that is no time in RFC 3339");
        }
        credentials.expires = *expires;
    }
    return credentials;
}

}  // namespace meridian::aws
