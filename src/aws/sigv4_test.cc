// Against AWS's own vectors, AWS's own Python library, and what AWS documents of each form.
#include "aws/sigv4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <map>

#include "aws/canonical.h"
#include "aws/sigv4_testing.h"

namespace meridian::aws {
namespace {

using ::testing::HasSubstr;
using testing::Message;
using ::testing::Not;
using testing::Viewed;

const Instant kAt = *parse_timestamp("20150830T123600Z");
const Credentials kCredentials{.access_key_id = "AKIDEXAMPLE",
                               .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                               .session_token = "",
                               .expires = {}};
const SigningOptions kOptions{.region = "us-east-1", .service = "service", .at = kAt};

const VerifierOptions kOnlySignedPayloads{
    .region = "", .services = {}, .allow_unsigned_payload = false};

CredentialSource knows(const Credentials& credentials) {
    return [known = std::make_shared<const Credentials>(credentials)](std::string_view id) {
        return id == known->access_key_id ? known : nullptr;
    };
}

// One case of the suite: its parts by name.
using Case = std::map<std::string, std::string, std::less<>>;

std::map<std::string, Case> read_suite() {
    std::ifstream file(MERIDIAN_TESTDATA "/sigv4/aws-sig-v4-test-suite.txt");
    std::map<std::string, Case> suite;
    std::string name;
    std::string part;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("=== ")) {
            name = line.substr(4);
        } else if (line.starts_with("--- ")) {
            part = line.substr(4);
            suite[name][part];
        } else {
            suite[name][part] += line + "\n";
        }
    }
    for (auto& [unused, parts] : suite) {
        for (auto& [unused_too, text] : parts) {
            text.pop_back();
        }
    }
    return suite;
}

Message parse_request(std::string_view text) {
    Message message;
    const auto line = text.substr(0, text.find('\n'));
    message.method = line.substr(0, line.find(' '));
    message.target = line.substr(line.find(' ') + 1, line.rfind(' ') - line.find(' ') - 1);
    text.remove_prefix(line.size());
    while (text.starts_with('\n') && !text.starts_with("\n\n")) {
        text.remove_prefix(1);
        const auto header = text.substr(0, text.find('\n'));
        message.headers.emplace_back(header.substr(0, header.find(':')),
                                     header.substr(header.find(':') + 1));
        text.remove_prefix(header.size());
    }
    message.body = text.starts_with("\n\n") ? text.substr(2) : "";
    return message;
}

TEST(AwsTestSuite, CanonicalRequestStringToSignAndAuthorization) {
    const auto suite = read_suite();
    ASSERT_EQ(suite.size(), 28U);
    for (const auto& [name, parts] : suite) {
        const Message message = parse_request(parts.at("req"));
        const Viewed request(message);
        const HeaderIndex index(static_cast<const RequestView&>(request).headers);
        const auto chosen = select_headers_to_sign(index);
        const auto [path, query] = split_target(message.target);
        const auto canonical = render({.method = message.method,
                                       .path = path,
                                       .path_style = PathStyle::kNormalized,
                                       .query = Query(query).canonical(std::nullopt),
                                       .headers = chosen,
                                       .payload_hash = hex(sha256(message.body))});
        EXPECT_EQ(canonical, parts.at("creq")) << name;
        EXPECT_EQ(string_to_sign("20150830T123600Z", "20150830/us-east-1/service/aws4_request",
                                 canonical),
                  parts.at("sts"))
            << name;
        EXPECT_EQ(sign(request, kCredentials, kOptions).back().second, parts.at("authz")) << name;
    }
}

TEST(AwsTestSuite, VerifierAcceptsEverySignedRequest) {
    const ManualClock clock(kAt);
    for (const auto& [name, parts] : read_suite()) {
        Message message = parse_request(parts.at("sreq"));
        auto credentials = kCredentials;
        credentials.session_token = message.header("X-Amz-Security-Token");
        const Verifier verifier(knows(credentials),
                                {.region = "us-east-1", .services = {"service"}}, clock);
        if (credentials.session_token.empty()) {
            message.remove("X-Amz-Security-Token");
        }
        const auto principal = verifier.verify(Viewed(message));
        ASSERT_TRUE(principal) << name << ": " << principal.error().message;
        EXPECT_EQ(principal->access_key_id, "AKIDEXAMPLE");
        EXPECT_EQ(principal->region, "us-east-1");
        EXPECT_EQ(principal->service, "service");
    }
}

// Signatures in the query string, from the suite that AWS keeps in awslabs/aws-c-auth
// (tests/aws-signing-test-suite/v4/*/query-signed-request.txt).
TEST(AwsTestSuite, VerifierAcceptsSignaturesInTheQuery) {
    struct Row {
        const char* target;
        const char* signed_headers;
        const char* signature;
    };
    const Row rows[] = {
        {"/?", "host", "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"},
        {"/example/..?", "host",
         "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"},
        {"/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789"
         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz&",
         "host", "8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf"},
        {"/?\xE1\x88\xB4=bar&", "host",
         "0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600"},
        {"/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1&", "host",
         "c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787"},
        {"/?", "host%3Bmy-header1%3Bmy-header2",
         "e7bb0fd515e125e1aec2ecc4c0c17484fb06f6846b927c35e46005dd3df3acd4"},
    };
    const ManualClock clock(kAt + std::chrono::minutes(59));
    const Verifier verifier(knows(kCredentials), {}, clock);
    for (const auto& row : rows) {
        const Message message{
            .method = "GET",
            .target = fmt::format(
                "{}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830"
                "%2Fus-east-1%2Fservice%2Faws4_request&X-Amz-Date=20150830T123600Z"
                "&X-Amz-SignedHeaders={}&X-Amz-Expires=3600&X-Amz-Signature={}",
                row.target, row.signed_headers, row.signature),
            .headers = {{"Host", "example.amazonaws.com"},
                        {"My-Header1", " value1"},
                        {"My-Header2", " \"a   b   c\""}},
            .body = ""};
        const auto principal = verifier.verify(Viewed(message));
        EXPECT_TRUE(principal) << row.target << ": " << principal.error().message;
    }
}

// Also from there: the canonical query is sorted by the encoded name ("%E1…" before "Param").
TEST(AwsTestSuite, SortsByTheEncodedName) {
    const Message message{.method = "GET",
                          .target = "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
                          .headers = {{"Host", "example.amazonaws.com"}},
                          .body = ""};
    EXPECT_EQ(
        testing::part(sign(Viewed(message), kCredentials, kOptions).back().second, "Signature"),
        "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac");
}

std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : line) {
        if (c == separator) {
            parts.emplace_back();
        } else {
            parts.back().push_back(c);
        }
    }
    return parts;
}

std::string from_hex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        out.push_back(static_cast<char>(hex_value(text[i]) * 16 + hex_value(text[i + 1])));
    }
    return out;
}

// One line of the peer: form, timestamp, token, method, target, body, then name and value of each
// header; all but the first two in hexadecimal.
struct PeerRequest {
    std::string form;
    Instant at;
    Credentials credentials = kCredentials;
    Message message;
};

PeerRequest parse_peer_line(const std::string& line) {
    const auto fields = split(line, '\t');
    PeerRequest request;
    request.form = fields.at(0);
    request.at = parse_timestamp(fields.at(1)).value();
    request.credentials.session_token = from_hex(fields.at(2));
    request.message = {.method = from_hex(fields.at(3)),
                       .target = from_hex(fields.at(4)),
                       .headers = {},
                       .body = from_hex(fields.at(5))};
    for (std::size_t i = 6; i + 1 < fields.size(); i += 2) {
        request.message.headers.emplace_back(from_hex(fields[i]), from_hex(fields[i + 1]));
    }
    return request;
}

std::vector<std::string> run_peer() {
    FILE* pipe =
        popen("/usr/bin/python3 " MERIDIAN_TESTDATA "/sigv4/botocore_peer.py 20150830 400", "r");
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
        output.push_back(static_cast<char>(c));
    }
    EXPECT_EQ(pclose(pipe), 0) << "needs Debian's python3-botocore";
    auto lines = split(output, '\n');
    lines.pop_back();
    return lines;
}

TEST(Botocore, SignsAsWeDoAndWeAcceptIt) {
    const auto lines = run_peer();
    ASSERT_EQ(lines.size(), 400U);
    std::map<std::string, int> forms;
    for (const auto& line : lines) {
        auto peer = parse_peer_line(line);
        ++forms[peer.form];
        const ManualClock clock(peer.at);
        const Verifier verifier(knows(peer.credentials),
                                {.region = "eu-west-1", .services = {"lambda"}}, clock);
        const auto principal = verifier.verify(Viewed(peer.message));
        ASSERT_TRUE(principal) << peer.message.method << ' ' << peer.message.target << ": "
                               << principal.error().message;
        if (peer.form == "header") {
            const auto authorization = peer.message.header("Authorization");
            peer.message.remove("Authorization");
            const auto ours = sign(Viewed(peer.message), peer.credentials,
                                   {.region = "eu-west-1", .service = "lambda", .at = peer.at});
            ASSERT_EQ(ours.back().second, authorization) << peer.message.target;
        }
    }
    EXPECT_GT(forms["header"], 100);
    EXPECT_GT(forms["query"], 100);
}

Message invocation() {
    return {.method = "POST",
            .target = "/2015-03-31/functions/RouteCall/invocations?Qualifier=$LATEST&empty",
            .headers = {{"Host", "127.0.0.1:7401"}, {"Content-Type", "application/json"}},
            .body = R"({"Details":{}})"};
}

TEST(Signer, AddsWhatTheVerifierNeeds) {
    auto credentials = kCredentials;
    credentials.session_token = "a+token/==";
    auto options = kOptions;
    options.unsigned_payload = true;
    const auto added = sign(Viewed(invocation()), credentials, options);
    ASSERT_EQ(added.size(), 4U);
    EXPECT_EQ(added[0], std::pair(std::string("X-Amz-Date"), std::string("20150830T123600Z")));
    EXPECT_EQ(added[1], std::pair(std::string("X-Amz-Security-Token"), std::string("a+token/==")));
    EXPECT_EQ(added[2],
              std::pair(std::string("X-Amz-Content-Sha256"), std::string("UNSIGNED-PAYLOAD")));
    EXPECT_THAT(added[3].second,
                HasSubstr("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;"
                          "x-amz-security-token,"));
}

// A retry is signed again: what the first attempt added must not be signed twice.
TEST(Signer, ReplacesAnEarlierSignature) {
    auto message = invocation();
    testing::sign_by_header(message, kCredentials, kOptions);
    auto later = kOptions;
    later.at += std::chrono::minutes(10);
    testing::sign_by_header(message, kCredentials, later);
    const ManualClock clock(later.at);
    EXPECT_TRUE(Verifier(knows(kCredentials), {}, clock).verify(Viewed(message)));
}

TEST(Signer, LeavesOutWhatProxiesChange) {
    auto message = invocation();
    message.headers.emplace_back("User-Agent", "one");
    message.headers.emplace_back("Connection", "keep-alive");
    testing::sign_by_header(message, kCredentials, kOptions);
    message.header("User-Agent") = "another";
    message.remove("Connection");
    const ManualClock clock(kAt);
    EXPECT_TRUE(Verifier(knows(kCredentials), {}, clock).verify(Viewed(message)));
}

// What a verifier must let pass although it looks odd.
TEST(Verifier, AcceptsEverySpellingOfOneRequest) {
    struct Row {
        const char* why;
        void (*change)(Message&);
    };
    const Row rows[] = {
        {"as signed", [](Message&) {}},
        {"header names in any case",
         [](Message& m) {
             for (auto& [name, value] : m.headers) {
                 std::ranges::transform(name, name.begin(), [](char c) {
                     return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
                 });
             }
         }},
        {"headers in another order", [](Message& m) { std::ranges::reverse(m.headers); }},
        {"an unsigned header that is not x-amz-",
         [](Message& m) { m.headers.emplace_back("X-Forwarded-For", "10.0.0.1"); }},
        {"blanks around a value", [](Message& m) { m.header("Host") = "  127.0.0.1:7401\t"; }},
        {"no blank after the commas",
         [](Message& m) { testing::replace(m.header("Authorization"), ", S", ",S"); }},
        {"parameters in another order",
         [](Message& m) {
             m.target = "/2015-03-31/functions/RouteCall/invocations?empty=&Qualifier=%24LATEST";
         }},
        {"the path with needless segments",
         [](Message& m) {
             m.target =
                 "/./2015-03-31//functions/x/../RouteCall/invocations?Qualifier=$LATEST&"
                 "empty";
         }},
    };
    const ManualClock clock(kAt);
    const Verifier verifier(knows(kCredentials), {.region = "us-east-1", .services = {"service"}},
                            clock);
    for (const auto& row : rows) {
        auto message = invocation();
        testing::sign_by_header(message, kCredentials, kOptions);
        row.change(message);
        const auto principal = verifier.verify(Viewed(message));
        EXPECT_TRUE(principal) << row.why << ": " << principal.error().message;
    }
}

// Old clients send Date instead of X-Amz-Date, in either form.
TEST(Verifier, TakesTheDateHeaderWhereThereIsNoXAmzDate) {
    for (const std::string date : {"Sun, 30 Aug 2015 12:36:00 GMT", "20150830T123600Z"}) {
        auto message = invocation();
        message.headers.emplace_back("Date", date);
        const std::string scope = "20150830/us-east-1/service/aws4_request";
        const Viewed viewed(message);
        const HeaderIndex index(static_cast<const RequestView&>(viewed).headers);
        const auto chosen = select_headers_to_sign(index);
        const auto [path, query] = split_target(message.target);
        const auto canonical = render({.method = message.method,
                                       .path = path,
                                       .path_style = PathStyle::kNormalized,
                                       .query = Query(query).canonical(std::nullopt),
                                       .headers = chosen,
                                       .payload_hash = hex(sha256(message.body))});
        const auto key = derive_signing_key(kCredentials.secret_access_key,
                                            {"AKIDEXAMPLE", "20150830", "us-east-1", "service"});
        message.header("Authorization") = fmt::format(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{}, SignedHeaders={}, Signature={}", scope,
            chosen.names, hex(key.sign(string_to_sign("20150830T123600Z", scope, canonical))));
        const ManualClock clock(kAt);
        const auto principal = Verifier(knows(kCredentials), {}, clock).verify(Viewed(message));
        EXPECT_TRUE(principal) << date << ": " << principal.error().message;
    }
}

TEST(Verifier, AcceptsTheWholeWindowAndNothingOutsideIt) {
    auto message = invocation();
    testing::sign_by_header(message, kCredentials, kOptions);
    ManualClock clock(kAt);
    const Verifier verifier(knows(kCredentials), {}, clock);
    for (const int seconds : {-300, -299, 0, 300}) {
        clock.step_to(kAt + std::chrono::seconds(seconds));
        EXPECT_TRUE(verifier.verify(Viewed(message))) << seconds;
    }
    clock.step_to(kAt + std::chrono::seconds(301));
    auto late = verifier.verify(Viewed(message));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::kInvalidSignature);
    EXPECT_EQ(late.error().message,
              "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
              "(20150830T124101Z - 5 min.)");
    clock.step_to(kAt - std::chrono::seconds(301));
    auto early = verifier.verify(Viewed(message));
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().message,
              "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z "
              "(20150830T123059Z + 5 min.)");
}

TEST(Verifier, QueryFormLivesAsLongAsItSays) {
    Message message{
        .method = "GET", .target = "/x?b=2&a=1", .headers = {{"Host", "h"}}, .body = ""};
    testing::sign_by_query(message, kCredentials, kOptions, "604800");
    ManualClock clock(kAt + std::chrono::days(7));
    const Verifier verifier(knows(kCredentials), {}, clock);
    EXPECT_TRUE(verifier.verify(Viewed(message)));
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(verifier.verify(Viewed(message)).error().code, ErrorCode::kInvalidSignature);
}

// boto3's presigned URLs of S3 say nothing of the payload, JavaScript's say so in a parameter.
TEST(Verifier, QueryFormMayLeaveThePayloadOut) {
    Message message{.method = "PUT",
                    .target = "/x?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD",
                    .headers = {{"Host", "h"}},
                    .body = "any"};
    auto options = kOptions;
    options.unsigned_payload = true;
    testing::sign_by_query(message, kCredentials, options, "60");
    const ManualClock clock(kAt);
    EXPECT_TRUE(Verifier(knows(kCredentials), {}, clock).verify(Viewed(message)));
    const Verifier strict(knows(kCredentials), kOnlySignedPayloads, clock);
    EXPECT_EQ(strict.verify(Viewed(message)).error().code, ErrorCode::kInvalidSignature);
}

TEST(Verifier, UnsignedPayloadOnlyWhereItIsAllowed) {
    auto message = invocation();
    auto options = kOptions;
    options.unsigned_payload = true;
    testing::sign_by_header(message, kCredentials, options);
    message.body = "another body";
    const ManualClock clock(kAt);
    EXPECT_TRUE(Verifier(knows(kCredentials), {}, clock).verify(Viewed(message)));
    const Verifier strict(knows(kCredentials), kOnlySignedPayloads, clock);
    EXPECT_EQ(strict.verify(Viewed(message)).error().code, ErrorCode::kInvalidSignature);
}

TEST(Verifier, TokensMustMatchAndExpire) {
    auto temporary = kCredentials;
    temporary.session_token = "token";
    temporary.expires = kAt + std::chrono::seconds(1);
    auto message = invocation();
    testing::sign_by_header(message, temporary, kOptions);
    ManualClock clock(kAt);
    const Verifier verifier(knows(temporary), {}, clock);
    EXPECT_TRUE(verifier.verify(Viewed(message)));
    clock.step_to(*temporary.expires);
    EXPECT_EQ(verifier.verify(Viewed(message)).error().code, ErrorCode::kExpiredToken);
}

// A secret that was changed must not go on working because its key is still in the cache.
TEST(Verifier, TakesAChangedSecretAtOnce) {
    auto current = kCredentials;
    const ManualClock clock(kAt);
    const Verifier verifier(
        [&current](std::string_view) { return std::make_shared<const Credentials>(current); }, {},
        clock);
    auto message = invocation();
    testing::sign_by_header(message, kCredentials, kOptions);
    EXPECT_TRUE(verifier.verify(Viewed(message)));
    current.secret_access_key = "another";
    EXPECT_EQ(verifier.verify(Viewed(message)).error().code, ErrorCode::kInvalidSignature);
    testing::sign_by_header(message, current, kOptions);
    EXPECT_TRUE(verifier.verify(Viewed(message)));
}

// Not known and known with a wrong signature must differ in the code only, and say nothing more.
TEST(Verifier, MessagesHoldNoSecretAndNoRightSignature) {
    auto message = invocation();
    testing::sign_by_header(message, kCredentials, kOptions);
    const auto right = testing::part(message.header("Authorization"), "Signature");
    testing::replace(message.header("Authorization"), right, std::string(64, '0'));
    const ManualClock clock(kAt);
    const auto refused = Verifier(knows(kCredentials), {}, clock).verify(Viewed(message));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, Not(HasSubstr(right)));
    EXPECT_THAT(refused.error().message, Not(HasSubstr(kCredentials.secret_access_key)));
    EXPECT_THAT(refused.error().message, HasSubstr("does not match the signature you provided"));
}

TEST(Verifier, EmptySecretSignsNothing) {
    auto message = invocation();
    auto empty = kCredentials;
    empty.secret_access_key.clear();
    testing::sign_by_header(message, empty, kOptions);
    const ManualClock clock(kAt);
    EXPECT_EQ(Verifier(knows(empty), {}, clock).verify(Viewed(message)).error().code,
              ErrorCode::kUnrecognizedClient);
}

// This thread's own time, so that a busy machine does not count.
std::chrono::nanoseconds cpu_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// The least of three runs.
std::chrono::nanoseconds time_of_verifying(const Verifier& verifier, int count) {
    Message message{.method = "GET", .target = "/?", .headers = {{"Host", "h"}}, .body = ""};
    for (int i = 0; i < count; ++i) {
        message.headers.emplace_back("a" + std::to_string(i % (count / 2)), "v");
        message.target += "a=&";
    }
    testing::sign_by_header(message, kCredentials, kOptions);
    const Viewed viewed(message);
    std::chrono::nanoseconds least = std::chrono::hours(1);
    for (int run = 0; run < 3; ++run) {
        const auto start = cpu_time();
        EXPECT_TRUE(verifier.verify(viewed));
        least = std::min(least, cpu_time() - start);
    }
    return least;
}

// Whoever may send 64 KB of headers or parameters must not buy seconds of work with them: 32 times
// as many cost about 32 times as much, where quadratic work would cost 1024 times as much.
TEST(Verifier, WorkGrowsWithTheSizeOnly) {
    const ManualClock clock(kAt);
    const Verifier verifier(knows(kCredentials), {}, clock);
    const auto few = time_of_verifying(verifier, 2000);
    const auto many = time_of_verifying(verifier, 64000);
    EXPECT_LT(many, few * 200) << few.count() << " " << many.count();
}

}  // namespace
}  // namespace meridian::aws
