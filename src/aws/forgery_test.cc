// Ways to forge a signature, to bend a signed request, or to use it again where it was not meant.
// Each must be refused, with the code that AWS gives.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "aws/sigv4.h"
#include "aws/sigv4_testing.h"

namespace meridian::aws {
namespace {

using testing::Message;
using testing::part;
using testing::replace;
using testing::Viewed;

constexpr auto kMissing = ErrorCode::kMissingAuthentication;
constexpr auto kIncomplete = ErrorCode::kIncompleteSignature;
constexpr auto kUnknown = ErrorCode::kUnrecognizedClient;
constexpr auto kInvalid = ErrorCode::kInvalidSignature;
constexpr auto kExpired = ErrorCode::kExpiredToken;

const Instant kAt = *parse_timestamp("20150830T123600Z");

const Credentials kPermanent{.access_key_id = "AKIDEXAMPLE",
                             .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                             .session_token = "",
                             .expires = {}};
const Credentials kTemporary{.access_key_id = "ASIAEXAMPLE",
                             .secret_access_key = "anothersecret",
                             .session_token = "session-token",
                             .expires = {}};
const Credentials kLapsed{.access_key_id = "ASIALAPSED",
                          .secret_access_key = "athirdsecret",
                          .session_token = "session-token",
                          .expires = kAt - std::chrono::seconds(1)};

std::shared_ptr<const Credentials> find(std::string_view id) {
    for (const auto* credentials : {&kPermanent, &kTemporary, &kLapsed}) {
        if (credentials->access_key_id == id) {
            return std::make_shared<const Credentials>(*credentials);
        }
    }
    return nullptr;
}

SigningOptions options() {
    return {.region = "us-east-1", .service = "lambda", .at = kAt};
}

Message unsigned_message() {
    return {.method = "POST",
            .target = "/2015-03-31/functions/RouteCall/invocations?Qualifier=prod&a=1&a=2",
            .headers = {{"Host", "127.0.0.1:7401"},
                        {"Content-Type", "application/json"},
                        {"X-Amz-Invocation-Type", "RequestResponse"}},
            .body = R"({"Details":{}})"};
}

Message by_header(const Credentials& credentials = kPermanent) {
    auto message = unsigned_message();
    testing::sign_by_header(message, credentials, options());
    return message;
}

Message by_query(const Credentials& credentials = kPermanent, std::string_view expires = "60") {
    auto message = unsigned_message();
    testing::sign_by_query(message, credentials, options(), expires);
    return message;
}

constexpr std::string_view kSigned = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
constexpr std::string_view kSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
constexpr std::string_view kUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

Message by_chunks(std::string_view announced) {
    auto message = unsigned_message();
    testing::sign_chunked(message, kPermanent, options(), announced, {"hello ", "world"},
                          announced == kSigned ? "" : "x-amz-checksum-crc32:AAAA\n");
    return message;
}

std::string& authorization(Message& message) {
    return message.header("Authorization");
}

struct Forgery {
    const char* what;
    ErrorCode code;
    void (*damage)(Message&);
};

Result<Principal> verify_at(const Message& message, Instant now) {
    const ManualClock clock(now);
    const Verifier verifier(find, {.region = "us-east-1", .services = {"lambda"}}, clock);
    return verifier.verify(Viewed(message));
}

void expect_refused(std::span<const Forgery> forgeries, const std::function<Message()>& make) {
    ASSERT_TRUE(verify_at(make(), kAt)) << verify_at(make(), kAt).error().message;
    for (const auto& forgery : forgeries) {
        auto message = make();
        forgery.damage(message);
        const auto principal = verify_at(message, kAt);
        ASSERT_FALSE(principal) << forgery.what;
        EXPECT_EQ(info(principal.error().code).name, info(forgery.code).name)
            << forgery.what << ": " << principal.error().message;
    }
}

void set_part(Message& message, std::string_view name, std::string_view value) {
    auto& text = authorization(message);
    replace(text, std::string(name) + "=" + part(text, name),
            std::string(name) + "=" + std::string(value));
}

void sign_again(Message& message, void (*change)(SigningOptions&)) {
    auto changed = options();
    change(changed);
    testing::sign_by_header(message, kPermanent, changed);
}

TEST(Forgery, OfTheRequest) {
    const Forgery forgeries[] = {
        {"another method", kInvalid, [](Message& m) { m.method = "GET"; }},
        {"the method in another case", kInvalid, [](Message& m) { m.method = "post"; }},
        {"no method", kIncomplete, [](Message& m) { m.method.clear(); }},
        {"a method of two lines", kIncomplete, [](Message& m) { m.method = "POST\n/"; }},
        {"another path", kInvalid, [](Message& m) { replace(m.target, "RouteCall", "Failover"); }},
        {"a traversal to another path", kInvalid,
         [](Message& m) { replace(m.target, "RouteCall", "RouteCall/../Failover"); }},
        {"an encoded traversal", kInvalid,
         [](Message& m) { replace(m.target, "RouteCall", "RouteCall/%2e%2e/RouteCall"); }},
        {"a letter of the path encoded", kInvalid,
         [](Message& m) { replace(m.target, "RouteCall", "Route%43all"); }},
        {"a slash at the end", kInvalid, [](Message& m) { replace(m.target, "?", "/?"); }},
        {"a target that is no path", kIncomplete, [](Message& m) { m.target.erase(0, 1); }},
        {"an empty target", kIncomplete, [](Message& m) { m.target.clear(); }},
        {"a changed parameter", kInvalid, [](Message& m) { replace(m.target, "prod", "test"); }},
        {"a dropped parameter", kInvalid, [](Message& m) { replace(m.target, "&a=2", ""); }},
        {"a further parameter", kInvalid, [](Message& m) { m.target += "&a=3"; }},
        {"a further parameter without a name", kInvalid, [](Message& m) { m.target += "&=3"; }},
        {"a parameter in another case", kInvalid,
         [](Message& m) { replace(m.target, "Qualifier", "qualifier"); }},
        {"a plus sign for another letter", kInvalid,
         [](Message& m) { replace(m.target, "prod", "pr+d"); }},
        {"a separator encoded", kInvalid, [](Message& m) { replace(m.target, "&a=2", "%26a=2"); }},
        {"no query", kInvalid, [](Message& m) { m.target.resize(m.target.find('?')); }},
        {"a changed body", kInvalid, [](Message& m) { m.body[2] = 'd'; }},
        {"a longer body", kInvalid, [](Message& m) { m.body += ' '; }},
        {"no body", kInvalid, [](Message& m) { m.body.clear(); }},
        {"another host", kInvalid, [](Message& m) { m.header("Host") = "127.0.0.1:7402"; }},
        {"no host", kInvalid, [](Message& m) { m.remove("Host"); }},
        {"two hosts", kInvalid, [](Message& m) { m.headers.emplace_back("host", "evil"); }},
        {"a changed signed header", kInvalid,
         [](Message& m) { m.header("X-Amz-Invocation-Type") = "Event"; }},
        {"a signed header in another case", kInvalid,
         [](Message& m) { m.header("X-Amz-Invocation-Type") = "requestresponse"; }},
        {"a dropped signed header", kInvalid, [](Message& m) { m.remove("Content-Type"); }},
        {"a second header of a signed name", kInvalid,
         [](Message& m) { m.headers.emplace_back("content-type", "text/plain"); }},
        {"an unsigned x-amz- header", kInvalid,
         [](Message& m) { m.headers.emplace_back("X-Amz-Log-Type", "Tail"); }},
        {"an unsigned x-amz- header that sorts last", kInvalid,
         [](Message& m) { m.headers.emplace_back("x-amz-zzz", "1"); }},
        {"a header in the value of another", kInvalid,
         [](Message& m) {
             m.remove("X-Amz-Invocation-Type");
             m.header("Host") = "127.0.0.1:7401\nx-amz-invocation-type:RequestResponse";
         }},
        {"a null in a value", kInvalid,
         [](Message& m) { m.header("Content-Type") += std::string(1, '\0'); }},
    };
    expect_refused(forgeries, [] { return by_header(); });
}

TEST(Forgery, OfTheAuthorizationHeader) {
    const Forgery forgeries[] = {
        {"none", kMissing, [](Message& m) { m.remove("Authorization"); }},
        {"an empty one", kMissing, [](Message& m) { authorization(m).clear(); }},
        {"of another scheme", kMissing, [](Message& m) { authorization(m) = "Bearer abc"; }},
        {"the algorithm none", kMissing,
         [](Message& m) { replace(authorization(m), "AWS4-HMAC-SHA256", "none"); }},
        {"an algorithm that we don't know", kIncomplete,
         [](Message& m) { replace(authorization(m), "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"); }},
        {"the asymmetric algorithm", kIncomplete,
         [](Message& m) {
             replace(authorization(m), "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256");
         }},
        {"signature version 2", kIncomplete,
         [](Message& m) { authorization(m) = "AWS AKIDEXAMPLE:c2lnbmF0dXJl"; }},
        {"the algorithm in lower case", kMissing,
         [](Message& m) { replace(authorization(m), "AWS4-HMAC-SHA256", "aws4-hmac-sha256"); }},
        {"the algorithm only", kIncomplete,
         [](Message& m) { authorization(m) = "AWS4-HMAC-SHA256"; }},
        {"two of them", kIncomplete,
         [](Message& m) { m.headers.emplace_back("authorization", authorization(m)); }},
        {"two of them, the other one empty", kIncomplete,
         [](Message& m) { m.headers.emplace_back("authorization", ""); }},
        {"a field without a value", kIncomplete, [](Message& m) { authorization(m) += ", x"; }},
        {"a field that we don't know", kIncomplete,
         [](Message& m) { authorization(m) += ", Region=us-east-1"; }},
        {"two signatures", kIncomplete,
         [](Message& m) { authorization(m) += ", Signature=" + std::string(64, '0'); }},
        {"two credentials", kIncomplete,
         [](Message& m) {
             authorization(m) += ", Credential=" + part(authorization(m), "Credential");
         }},
        {"no credential", kIncomplete, [](Message& m) { set_part(m, "Credential", ""); }},
        {"no signed headers", kIncomplete, [](Message& m) { set_part(m, "SignedHeaders", ""); }},
        {"no signature", kIncomplete, [](Message& m) { set_part(m, "Signature", ""); }},
        {"both forms at once", kIncomplete,
         [](Message& m) { m.target += "&X-Amz-Algorithm=AWS4-HMAC-SHA256"; }},
        {"both forms at once, the other only a signature", kIncomplete,
         [](Message& m) { m.target += "&X-Amz-Signature=0"; }},
        {"a truncated signature", kInvalid, [](Message& m) { authorization(m).pop_back(); }},
        {"a longer signature", kInvalid, [](Message& m) { authorization(m).push_back('0'); }},
        {"a signature of one letter", kInvalid, [](Message& m) { set_part(m, "Signature", "a"); }},
        {"a signature in upper case", kInvalid,
         [](Message& m) {
             auto signature = part(authorization(m), "Signature");
             std::ranges::transform(signature, signature.begin(), [](char c) {
                 return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
             });
             set_part(m, "Signature", signature);
         }},
        {"a signature of zeros", kInvalid,
         [](Message& m) { set_part(m, "Signature", std::string(64, '0')); }},
        {"the signature of another path", kInvalid,
         [](Message& m) {
             auto other = unsigned_message();
             other.target = "/other";
             testing::sign_by_header(other, kPermanent, options());
             authorization(m) = authorization(other);
         }},
        {"signed headers not sorted", kIncomplete,
         [](Message& m) { set_part(m, "SignedHeaders", "host;content-type;x-amz-date"); }},
        {"a signed header twice", kIncomplete,
         [](Message& m) { set_part(m, "SignedHeaders", "content-type;host;host;x-amz-date"); }},
        {"signed headers in upper case", kIncomplete,
         [](Message& m) { set_part(m, "SignedHeaders", "Host;X-Amz-Date"); }},
        {"an empty name among the signed headers", kIncomplete,
         [](Message& m) { set_part(m, "SignedHeaders", "host;;x-amz-date"); }},
        {"a line break among the signed headers", kIncomplete,
         [](Message& m) { set_part(m, "SignedHeaders", "host\nx;x-amz-date"); }},
        {"host not signed", kInvalid,
         [](Message& m) {
             set_part(m, "SignedHeaders", "content-type;x-amz-date;x-amz-invocation-type");
         }},
        {"the date not signed", kInvalid,
         [](Message& m) { set_part(m, "SignedHeaders", "content-type;host"); }},
        {"a signed header that is not there", kInvalid,
         [](Message& m) {
             set_part(m, "SignedHeaders",
                      "accept;content-type;host;x-amz-date;x-amz-invocation-type");
         }},
        {"one header less signed than was", kInvalid,
         [](Message& m) { set_part(m, "SignedHeaders", "host;x-amz-date;x-amz-invocation-type"); }},
    };
    expect_refused(forgeries, [] { return by_header(); });
}

TEST(Forgery, OfTheScopeAndTheTime) {
    const Forgery forgeries[] = {
        {"an unknown access key", kUnknown,
         [](Message& m) { replace(authorization(m), "AKIDEXAMPLE", "AKIDEXAMPLF"); }},
        {"the access key in lower case", kUnknown,
         [](Message& m) { replace(authorization(m), "AKIDEXAMPLE", "akidexample"); }},
        {"an empty access key", kIncomplete,
         [](Message& m) { replace(authorization(m), "AKIDEXAMPLE", ""); }},
        {"four parts in the credential", kIncomplete,
         [](Message& m) { replace(authorization(m), "/aws4_request", ""); }},
        {"six parts in the credential", kIncomplete,
         [](Message& m) { replace(authorization(m), "AKID", "AKID/"); }},
        {"a very long credential", kIncomplete,
         [](Message& m) { replace(authorization(m), "AKIDEXAMPLE", std::string(1000, 'A')); }},
        {"another terminator", kInvalid,
         [](Message& m) { replace(authorization(m), "aws4_request", "aws5_request"); }},
        {"another date in the scope", kInvalid,
         [](Message& m) { replace(authorization(m), "20150830", "20150829"); }},
        {"another region in the scope", kInvalid,
         [](Message& m) { replace(authorization(m), "us-east-1", "eu-west-1"); }},
        {"another service in the scope", kInvalid,
         [](Message& m) { replace(authorization(m), "lambda", "dynamodb"); }},
        {"signed for another region", kInvalid,
         [](Message& m) { sign_again(m, [](SigningOptions& o) { o.region = "eu-west-1"; }); }},
        {"signed for another service", kInvalid,
         [](Message& m) { sign_again(m, [](SigningOptions& o) { o.service = "dynamodb"; }); }},
        {"signed with a slash in the region", kIncomplete,
         [](Message& m) { sign_again(m, [](SigningOptions& o) { o.region = "us/east"; }); }},
        {"signed too long ago", kInvalid,
         [](Message& m) {
             sign_again(m, [](SigningOptions& o) { o.at -= std::chrono::seconds(301); });
         }},
        {"signed in the future", kInvalid,
         [](Message& m) {
             sign_again(m, [](SigningOptions& o) { o.at += std::chrono::seconds(301); });
         }},
        {"another time of the same day", kInvalid,
         [](Message& m) { m.header("X-Amz-Date") = "20150830T123601Z"; }},
        {"no date", kIncomplete, [](Message& m) { m.remove("X-Amz-Date"); }},
        {"an empty date", kIncomplete, [](Message& m) { m.header("X-Amz-Date").clear(); }},
        {"two dates", kIncomplete,
         [](Message& m) { m.headers.emplace_back("x-amz-date", "20150830T123600Z"); }},
        {"a date of another form", kIncomplete,
         [](Message& m) { m.header("X-Amz-Date") = "2015-08-30T12:36:00Z"; }},
        {"a date that does not exist", kIncomplete,
         [](Message& m) { m.header("X-Amz-Date") = "20150230T123600Z"; }},
        {"a date with something behind it", kIncomplete,
         [](Message& m) { m.header("X-Amz-Date") += "0"; }},
        {"signed with another secret", kInvalid,
         [](Message& m) {
             auto guessed = kPermanent;
             guessed.secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
             testing::sign_by_header(m, guessed, options());
         }},
        {"signed with the decoy's secret", kUnknown,
         [](Message& m) {
             auto guessed = kPermanent;
             guessed.access_key_id = "NOBODY";
             guessed.secret_access_key = "";
             testing::sign_by_header(m, guessed, options());
         }},
        {"a payload hash of another body", kInvalid,
         [](Message& m) {
             m.header("X-Amz-Content-Sha256") = hex(sha256("another"));
             testing::sign_by_header(m, kPermanent, options());
         }},
        {"a payload hash in upper case", kInvalid,
         [](Message& m) {
             auto hash = hex(sha256(m.body));
             std::ranges::transform(hash, hash.begin(), [](char c) {
                 return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
             });
             m.header("X-Amz-Content-Sha256") = hash;
             testing::sign_by_header(m, kPermanent, options());
         }},
        {"UNSIGNED-PAYLOAD added afterwards", kInvalid,
         [](Message& m) { m.header("X-Amz-Content-Sha256") = "UNSIGNED-PAYLOAD"; }},
    };
    expect_refused(forgeries, [] { return by_header(); });
}

TEST(Forgery, OfTheSessionToken) {
    const Forgery forgeries[] = {
        {"no token", kUnknown,
         [](Message& m) {
             auto without = kTemporary;
             without.session_token.clear();
             m = by_header(without);
         }},
        {"another token", kUnknown,
         [](Message& m) {
             auto other = kTemporary;
             other.session_token = "session-tokem";
             m = by_header(other);
         }},
        {"a longer token", kUnknown,
         [](Message& m) {
             auto other = kTemporary;
             other.session_token += "x";
             m = by_header(other);
         }},
        {"a token for a permanent key", kUnknown,
         [](Message& m) {
             auto other = kPermanent;
             other.session_token = "session-token";
             m = by_header(other);
         }},
        {"another token put in afterwards", kUnknown,
         [](Message& m) { m.header("X-Amz-Security-Token") = "x"; }},
        {"two tokens", kIncomplete,
         [](Message& m) { m.headers.emplace_back("x-amz-security-token", "session-token"); }},
        {"credentials that have lapsed", kExpired, [](Message& m) { m = by_header(kLapsed); }},
        {"lapsed and with a wrong signature", kInvalid,
         [](Message& m) {
             m = by_header(kLapsed);
             m.body += ' ';
         }},
    };
    expect_refused(forgeries, [] { return by_header(kTemporary); });
}

TEST(Forgery, OfTheQueryForm) {
    const Forgery forgeries[] = {
        {"another method", kInvalid, [](Message& m) { m.method = "GET"; }},
        {"another path", kInvalid, [](Message& m) { replace(m.target, "RouteCall", "Failover"); }},
        {"a changed parameter", kInvalid, [](Message& m) { replace(m.target, "prod", "test"); }},
        {"a further parameter", kInvalid, [](Message& m) { m.target += "&a=3"; }},
        {"a changed body", kInvalid, [](Message& m) { m.body += ' '; }},
        {"an unsigned x-amz- header", kInvalid,
         [](Message& m) { m.headers.emplace_back("X-Amz-Log-Type", "Tail"); }},
        {"the body's hash said to be unsigned", kInvalid,
         [](Message& m) { m.target += "&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD"; }},
        {"a longer life", kInvalid,
         [](Message& m) { replace(m.target, "Expires=60", "Expires=600"); }},
        {"more than a week", kIncomplete, [](Message& m) { m = by_query(kPermanent, "604801"); }},
        {"much more than a week", kIncomplete,
         [](Message& m) { m = by_query(kPermanent, "99999999999999999999"); }},
        {"a negative life", kIncomplete, [](Message& m) { m = by_query(kPermanent, "-1"); }},
        {"a life with a fraction", kIncomplete,
         [](Message& m) { m = by_query(kPermanent, "1.5"); }},
        {"no life", kIncomplete, [](Message& m) { replace(m.target, "&X-Amz-Expires=60", ""); }},
        {"another time", kInvalid, [](Message& m) { replace(m.target, "T123600Z", "T123601Z"); }},
        {"an HTTP date", kIncomplete,
         [](Message& m) {
             replace(m.target, "20150830T123600Z", "Sun, 30 Aug 2015 12:36:00 GMT");
         }},
        {"another region", kInvalid,
         [](Message& m) { replace(m.target, "us-east-1", "eu-west-1"); }},
        {"another algorithm", kIncomplete,
         [](Message& m) { replace(m.target, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"); }},
        {"no algorithm", kIncomplete,
         [](Message& m) { replace(m.target, "X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""); }},
        {"no credential", kIncomplete,
         [](Message& m) { replace(m.target, "X-Amz-Credential", "X-Amz-Credentials"); }},
        {"an empty signature", kIncomplete,
         [](Message& m) { m.target.resize(m.target.size() - 64); }},
        {"a truncated signature", kInvalid, [](Message& m) { m.target.pop_back(); }},
        {"a second signature", kIncomplete,
         [](Message& m) { m.target += "&X-Amz-Signature=" + std::string(64, '0'); }},
        {"a second signature under another spelling", kIncomplete,
         [](Message& m) { m.target += "&X%2DAmz-Signature=" + std::string(64, '0'); }},
        {"a second credential", kIncomplete, [](Message& m) { m.target += "&X-Amz-Credential=x"; }},
        {"host not signed", kInvalid, [](Message& m) { replace(m.target, "%3Bhost", ""); }},
        {"an unexpected token", kUnknown,
         [](Message& m) { m.target += "&X-Amz-Security-Token=x"; }},
        {"no parameter of the signature at all", kMissing,
         [](Message& m) { m.target.resize(m.target.find("&X-Amz-")); }},
        {"parameters of the header form", kIncomplete,
         [](Message& m) { m.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256"); }},
        {"a body in chunks", kIncomplete,
         [](Message& m) {
             m = unsigned_message();
             m.target += "&X-Amz-Content-Sha256=STREAMING-UNSIGNED-PAYLOAD-TRAILER";
             testing::sign_by_query(m, kPermanent, options(), "60");
         }},
    };
    expect_refused(forgeries, [] { return by_query(); });
}

TEST(Forgery, OfTheQueryFormInTime) {
    EXPECT_TRUE(verify_at(by_query(), kAt + std::chrono::seconds(60)));
    const auto late = verify_at(by_query(), kAt + std::chrono::seconds(61));
    EXPECT_EQ(late.error().code, kInvalid);
    EXPECT_TRUE(late.error().message.starts_with("Signature expired: 20150830T123600Z"));
    EXPECT_EQ(verify_at(by_query(), kAt - std::chrono::seconds(301)).error().code, kInvalid);
    EXPECT_EQ(verify_at(by_header(), kAt + std::chrono::days(1)).error().code, kInvalid);
}

// Damage that each form of a body in chunks must show.
TEST(Forgery, OfSignedChunks) {
    const Forgery forgeries[] = {
        {"a changed chunk", kInvalid, [](Message& m) { replace(m.body, "world", "wOrld"); }},
        {"a changed chunk signature", kInvalid,
         [](Message& m) {
             auto& digit = m.body[m.body.find("signature=") + 10];
             digit = digit == '0' ? '1' : '0';
         }},
        {"chunks in another order", kInvalid,
         [](Message& m) {
             const auto second = m.body.find("\r\n5;") + 2;
             const auto third = m.body.find("\r\n0;") + 2;
             m.body = m.body.substr(second, third - second) + m.body.substr(0, second) +
                      m.body.substr(third);
         }},
        {"the first chunk left out", kInvalid,
         [](Message& m) { m.body.erase(0, m.body.find("\r\n5;") + 2); }},
        {"a chunk twice", kInvalid,
         [](Message& m) { m.body.insert(0, m.body.substr(0, m.body.find("\r\n5;") + 2)); }},
        {"a chunk cut", kIncomplete, [](Message& m) { m.body.resize(m.body.find("world") + 3); }},
        {"the last chunk missing", kIncomplete,
         [](Message& m) { m.body.resize(m.body.find("\r\n0;") + 2); }},
        {"the second chunk made the last", kInvalid,
         [](Message& m) {
             const auto second = m.body.find("\r\n5;") + 2;
             m.body.erase(second, m.body.find("\r\n0;") + 2 - second);
         }},
        {"a chunk without a signature", kIncomplete,
         [](Message& m) { m.body.replace(0, m.body.find("\r\n"), "6"); }},
        {"a chunk with a short signature", kIncomplete,
         [](Message& m) { m.body.erase(m.body.find("\r\n") - 1, 1); }},
        {"a chunk with a further extension", kIncomplete,
         [](Message& m) { m.body.insert(m.body.find("\r\n"), ";a=b"); }},
        {"a size that is no number", kIncomplete, [](Message& m) { m.body[0] = 'x'; }},
        {"a negative size", kIncomplete, [](Message& m) { m.body.insert(0, "-"); }},
        {"a size beyond all memory", kIncomplete,
         [](Message& m) { m.body.insert(0, "ffffffffffffffff"); }},
        {"a size past the end", kIncomplete, [](Message& m) { m.body.insert(0, "ffffff"); }},
        {"something behind the end", kIncomplete, [](Message& m) { m.body += "x"; }},
        {"no line end at the end", kIncomplete, [](Message& m) { m.body.pop_back(); }},
        {"an empty body", kIncomplete, [](Message& m) { m.body.clear(); }},
        {"a decoded length that is not signed so", kInvalid,
         [](Message& m) { m.header("X-Amz-Decoded-Content-Length") = "12"; }},
        {"another decoded length, signed", kInvalid,
         [](Message& m) {
             const auto body = m.body;
             m.headers.erase(m.headers.begin() + 3, m.headers.end());
             testing::sign_chunked(m, kPermanent, options(), kSigned, {"hello ", "world!"}, "");
             m.body = body;
         }},
        {"another form announced", kInvalid,
         [](Message& m) { m.header("X-Amz-Content-Sha256") = kUnsignedTrailer; }},
        {"trailers that nobody announced", kIncomplete,
         [](Message& m) { m.body.insert(m.body.size() - 2, "x-amz-checksum-crc32:AAAA\r\n"); }},
    };
    expect_refused(forgeries, [] { return by_chunks(kSigned); });
}

void sign_length(Message& message, std::string_view length) {
    message.header("X-Amz-Decoded-Content-Length") = length;
    testing::sign_by_header(message, kPermanent, options());
}

TEST(Forgery, OfTheDecodedLength) {
    const Forgery forgeries[] = {
        {"too short", kInvalid, [](Message& m) { sign_length(m, "10"); }},
        {"too long", kInvalid, [](Message& m) { sign_length(m, "12"); }},
        {"negative", kIncomplete, [](Message& m) { sign_length(m, "-11"); }},
        {"empty", kIncomplete, [](Message& m) { sign_length(m, ""); }},
        {"beyond all memory", kIncomplete,
         [](Message& m) { sign_length(m, "18446744073709551627"); }},
        {"missing", kIncomplete,
         [](Message& m) {
             m.remove("X-Amz-Decoded-Content-Length");
             testing::sign_by_header(m, kPermanent, options());
         }},
    };
    expect_refused(forgeries, [] { return by_chunks(kUnsignedTrailer); });
}

TEST(Forgery, OfTrailers) {
    const Forgery forgeries[] = {
        {"a changed trailer", kInvalid, [](Message& m) { replace(m.body, "AAAA", "AAAB"); }},
        {"a changed trailer signature", kInvalid,
         [](Message& m) {
             auto& digit = m.body[m.body.size() - 5];
             digit = digit == '0' ? '1' : '0';
         }},
        {"no trailer signature", kIncomplete,
         [](Message& m) {
             m.body.erase(m.body.find("x-amz-trailer-signature"));
             m.body += "\r\n";
         }},
        {"no trailer", kInvalid,
         [](Message& m) { replace(m.body, "x-amz-checksum-crc32:AAAA\r\n", ""); }},
        {"another trailer", kInvalid, [](Message& m) { replace(m.body, "crc32:", "crc64:"); }},
        {"a trailer twice", kIncomplete,
         [](Message& m) {
             replace(m.body, "x-amz-checksum", "x-amz-checksum-crc32:AAAA\r\nx-amz-checksum");
         }},
        {"a trailer behind the signature", kIncomplete,
         [](Message& m) { m.body.insert(m.body.size() - 2, "a:b\r\n"); }},
        {"a trailer with a line break inside", kIncomplete,
         [](Message& m) { replace(m.body, "AAAA", "AA\nAA"); }},
        {"a trailer without a colon", kIncomplete,
         [](Message& m) { replace(m.body, "crc32:", "crc32 "); }},
        {"no end", kIncomplete, [](Message& m) { m.body.resize(m.body.size() - 2); }},
        {"something behind the end", kIncomplete, [](Message& m) { m.body += "\r\n"; }},
    };
    expect_refused(forgeries, [] { return by_chunks(kSignedTrailer); });
}

// Whether upper and lower case are the same there: in a header's name, and in "%2F" in the query.
bool is_caseless(const Message& message, std::size_t field, std::size_t at) {
    const bool is_header_name = field >= 3 && (field - 3) % 2 == 0;
    const std::string_view target = message.target;
    const bool is_escape = field == 1 && at >= target.find('?') &&
                           target.substr(at - 2, 2).find('%') != std::string_view::npos;
    return is_header_name || is_escape;
}

std::string& field_of(Message& message, std::size_t field) {
    std::string* const first[] = {&message.method, &message.target, &message.body};
    auto& header = message.headers[field < 3 ? 0 : (field - 3) / 2];
    return field < 3 ? *first[field] : (field - 3) % 2 == 0 ? header.first : header.second;
}

// Every bit of all that is signed: method, target, body, headers, and the signature's own text.
TEST(Forgery, OfAnySingleBit) {
    for (auto original : {by_header(), by_query(), by_header(kTemporary)}) {
        for (std::size_t field = 0; field < 3 + 2 * original.headers.size(); ++field) {
            const std::string& text = field_of(original, field);
            for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
                auto message = original;
                char& c = field_of(message, field)[bit / 8];
                c = static_cast<char>(c ^ (1 << bit % 8));
                const bool is_equal =
                    to_lower(c) == to_lower(text[bit / 8]) && is_caseless(original, field, bit / 8);
                ASSERT_EQ(verify_at(message, kAt).has_value(), is_equal)
                    << text << " at byte " << bit / 8 << ", bit " << bit % 8;
            }
        }
    }
}

}  // namespace
}  // namespace meridian::aws
