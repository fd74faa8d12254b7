#include "aws/dynamodb_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "aws/fake_service_for_tests.h"
#include "aws/sigv4.h"
#include "aws/timestamp.h"
#include "base/deadline.h"
#include "net/certificates_for_tests.h"
#include "net/checksum.h"
#include "net/rude_peer_for_tests.h"

namespace meridian::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::FakeService;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ok;
using testing::Received;
using testing::refusal;

constexpr std::string_view kSecret = "verySecretAccessKey+/1234567890abcdefghi";
constexpr std::string_view kToken = "verySecretSessionToken==";

Credentials credentials(std::string_view id = "AKIDEXAMPLE") {
    return {.access_key_id = std::string(id),
            .secret_access_key = std::string(kSecret),
            .session_token = std::string(kToken),
            .expires = {}};
}

// Gives the next ones once the first are refused.
class TwoCredentials final : public CredentialProvider {
  public:
    Result<SharedCredentials> get() override { return has_renewed_ ? second_ : first_; }
    bool renew(const SharedCredentials& refused) override {
        EXPECT_EQ(refused, has_renewed_ ? second_ : first_);
        ++renewals;
        has_renewed_ = true;
        return true;
    }
    std::atomic<int> renewals = 0;

  private:
    SharedCredentials first_ = std::make_shared<const Credentials>(credentials("AKIDFIRST"));
    SharedCredentials second_ = std::make_shared<const Credentials>(credentials("AKIDSECOND"));
    std::atomic<bool> has_renewed_ = false;
};

// A service whose waits are noted instead of waited for.
class JsonServiceTest : public ::testing::Test {
  protected:
    ServiceTools tools() {
        return {.clock = clock_, .random = random_, .sleep = [this](nanoseconds time) {
                    slept_.push_back(time);
                }};
    }
    std::shared_ptr<JsonService> connect(const std::string& url,
                                         std::shared_ptr<CredentialProvider> provider = nullptr,
                                         ServiceLimits limits = dynamodb_limits()) {
        if (!provider) {
            provider = std::make_shared<FixedCredentials>(credentials());
        }
        settings_.endpoint_urls[""] = url;
        auto service = make_dynamodb_service(settings_, "eu-west-1", std::move(provider), tools(),
                                             std::move(limits));
        EXPECT_TRUE(service) << service.error().message;
        return *service;
    }
    std::shared_ptr<JsonService> connect(std::uint16_t port,
                                         ServiceLimits limits = dynamodb_limits()) {
        return connect(fmt::format("http://127.0.0.1:{}", port), nullptr, std::move(limits));
    }

    ManualClock clock_{*parse_instant("2026-02-26T15:00:00Z")};
    SeededRandom random_{1};
    std::vector<nanoseconds> slept_;
    AwsSettings settings_;
};

TEST_F(JsonServiceTest, SendsWhatDynamoDbUnderstands) {
    FakeService fake({ok(R"({"Item":{}})")});
    const auto answer = connect(fake.url())->call("GetItem", R"({"TableName":"T"})");
    ASSERT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(*answer, R"({"Item":{}})");
    const auto request = fake.received().at(0);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/");
    EXPECT_EQ(request.header("X-Amz-Target"), "DynamoDB_20120810.GetItem");
    EXPECT_EQ(request.header("Content-Type"), "application/x-amz-json-1.0");
    EXPECT_EQ(request.header("X-Amz-Date"), "20260226T150000Z");
    EXPECT_EQ(request.body, R"({"TableName":"T"})");
}

TEST_F(JsonServiceTest, SignsSoThatOurVerifierAgrees) {
    const auto known = std::make_shared<const Credentials>(credentials());
    const Verifier verifier([&](std::string_view) { return known; },
                            {.region = "eu-west-1", .services = {"dynamodb"}}, clock_);
    FakeService fake([&](const Received& request) {
        std::vector<std::pair<std::string_view, std::string_view>> headers(request.headers.begin(),
                                                                           request.headers.end());
        const auto who = verifier.verify({request.method, request.target, headers, request.body});
        return who ? ok() : refusal(400, "InvalidSignatureException", who.error().message);
    });
    const auto answer = connect(fake.url() + "/base")->call("PutItem", "{}");
    EXPECT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(fake.received().at(0).target, "/base/");
}

TEST_F(JsonServiceTest, KeepsItsConnection) {
    FakeService fake({ok()});
    const auto service = connect(fake.url());
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(service->call("GetItem", "{}"));
    }
    EXPECT_EQ(fake.connections(), 1U);
}

TEST_F(JsonServiceTest, ServesManyThreadsOverNoMoreConnectionsThanThreads) {
    FakeService fake({ok()});
    const auto service = connect(fake.url());
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 50; ++j) {
                EXPECT_TRUE(service->call("GetItem", "{}"));
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_LE(fake.connections(), 4U);
    EXPECT_EQ(fake.received().size(), 200U);
}

TEST_F(JsonServiceTest, ComesAgainAfterThrottlingAndBrokenServers) {
    for (const auto& first :
         {refusal(400, "ProvisionedThroughputExceededException"),
          refusal(400, "ThrottlingException"), refusal(400, "RequestLimitExceeded"),
          refusal(500, "InternalServerError"), refusal(400, "TransactionInProgressException"),
          refusal(503, "ServiceUnavailable"), net::Response{.status = 502},
          net::Response{.status = 504}}) {
        slept_.clear();
        FakeService fake({first, first, ok()});
        const auto answer = connect(fake.url())->call("PutItem", "{}");
        EXPECT_TRUE(answer) << answer.error().error.message;
        EXPECT_EQ(fake.received().size(), 3U) << first.body;
        EXPECT_EQ(slept_.size(), 2U);
    }
}

TEST_F(JsonServiceTest, GivesUpAfterThreeAttempts) {
    FakeService fake({refusal(400, "ThrottlingException", "Rate exceeded")});
    const auto answer = connect(fake.url())->call("PutItem", "{}");
    ASSERT_FALSE(answer);
    EXPECT_EQ(fake.received().size(), 3U);
    EXPECT_EQ(answer.error().type, "ThrottlingException");
    EXPECT_EQ(answer.error().error.code, ErrorCode::kOverloaded);
    EXPECT_FALSE(answer.error().is_repeated);
    EXPECT_THAT(answer.error().error.message,
                AllOf(HasSubstr("DynamoDB PutItem in eu-west-1 (127.0.0.1)"),
                      HasSubstr("Rate exceeded"), HasSubstr("quota"), HasSubstr("3 attempts")));
}

TEST_F(JsonServiceTest, TakesTheNumberOfAttemptsFromTheSettings) {
    settings_.attempts_max = 1;
    FakeService fake({refusal(400, "ThrottlingException")});
    EXPECT_FALSE(connect(fake.url())->call("PutItem", "{}"));
    EXPECT_EQ(fake.received().size(), 1U);
}

TEST_F(JsonServiceTest, ErrorsAreOursAndNameTheCallAndTheMend) {
    struct Row {
        int status;
        const char* type;
        ErrorCode code;
        const char* mend;
    };
    const Row rows[] = {
        {400, "ConditionalCheckFailedException", ErrorCode::kConditionFailed, ""},
        {400, "TransactionCanceledException", ErrorCode::kTransactionCanceled, ""},
        {400, "ResourceNotFoundException", ErrorCode::kTableNotFound, "that it is in eu-west-1"},
        {400, "ResourceInUseException", ErrorCode::kTableExists, ""},
        {400, "ValidationException", ErrorCode::kInvalidInput, ""},
        {400, "AccessDeniedException", ErrorCode::kAccessDenied, "allow dynamodb:PutItem"},
        {400, "MissingAuthenticationTokenException", ErrorCode::kMissingAuthentication,
         "access key"},
        {413, "", ErrorCode::kTooLarge, ""},
        {403, "", ErrorCode::kAccessDenied, "allow dynamodb:PutItem"},
        {404, "", ErrorCode::kInvalidInput, ""},
    };
    for (const auto& row : rows) {
        FakeService fake({refusal(row.status, row.type, "words")});
        const auto answer = connect(fake.url())->call("PutItem", "{}");
        ASSERT_FALSE(answer);
        EXPECT_EQ(fake.received().size(), 1U) << row.type << ": not worth another attempt";
        EXPECT_EQ(answer.error().type, row.type);
        EXPECT_EQ(answer.error().error.code, row.code) << row.type;
        EXPECT_THAT(answer.error().body, HasSubstr("__type"));
        EXPECT_THAT(answer.error().error.message,
                    AllOf(HasSubstr("DynamoDB PutItem in eu-west-1 (127.0.0.1)"),
                          HasSubstr("words"), HasSubstr(row.mend)));
    }
}

TEST_F(JsonServiceTest, ReadsEveryFormOfAnError) {
    const net::Response forms[] = {
        {.status = 400, .body = R"({"__type":"ResourceNotFoundException","Message":"m"})"},
        {.status = 400, .body = R"({"__type":"a.b#ResourceNotFoundException","message":"m"})"},
        {.status = 400, .body = R"({"code":"ResourceNotFoundException:http://x/","message":"m"})"},
        {.status = 400,
         .headers = {{"x-amzn-errortype", "ResourceNotFoundException:http://x/"}},
         .body = R"({"message":"m"})"},
    };
    for (const auto& form : forms) {
        FakeService fake({form});
        const auto answer = connect(fake.url())->call("GetItem", "{}");
        EXPECT_EQ(answer.error().type, "ResourceNotFoundException") << form.body;
        EXPECT_THAT(answer.error().error.message, HasSubstr("ResourceNotFoundException: m"));
    }
    for (const char* body : {"", "<html>", "[1]", "{\"__type\":7", "{\"__type\":null}"}) {
        FakeService fake({net::Response{.status = 400, .body = body}});
        const auto answer = connect(fake.url())->call("GetItem", "{}");
        EXPECT_EQ(answer.error().error.code, ErrorCode::kInvalidInput);
        EXPECT_THAT(answer.error().error.message, HasSubstr("HTTP status 400"));
    }
}

TEST_F(JsonServiceTest, MasksCallersNumbersInTheServicesWords) {
    FakeService fake({refusal(400, "ValidationException", "no number: +18005551234")});
    const auto answer = connect(fake.url())->call("PutItem", "{}");
    EXPECT_THAT(answer.error().error.message, Not(HasSubstr("8005551234")));
}

TEST_F(JsonServiceTest, ChecksTheChecksum) {
    const std::string body = R"({"Item":{}})";
    auto good = ok(body);
    good.headers.emplace_back("x-amz-crc32", std::to_string(net::crc32(body)));
    auto bad = ok(body);
    bad.headers.emplace_back("x-amz-crc32", "1");
    FakeService mends({bad, good});
    EXPECT_TRUE(connect(mends.url())->call("GetItem", "{}"));
    FakeService stays({bad});
    const auto answer = connect(stays.url())->call("PutItem", "{}");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, ErrorCode::kTimeout);
    EXPECT_TRUE(answer.error().is_repeated);
    EXPECT_THAT(answer.error().error.message, HasSubstr("CRC-32"));
}

TEST_F(JsonServiceTest, NobodyListens) {
    std::uint16_t port = 0;
    {
        port = FakeService({ok()}).port();
    }
    const auto answer = connect(port)->call("PutItem", "{}");
    ASSERT_FALSE(answer);
    EXPECT_EQ(slept_.size(), 2U);
    EXPECT_EQ(answer.error().error.code, ErrorCode::kUnavailable) << "nothing was done";
    EXPECT_FALSE(answer.error().is_repeated);
    EXPECT_THAT(answer.error().error.message, HasSubstr("refused"));
}

TEST_F(JsonServiceTest, HalfAnAnswerIsNone) {
    const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Item\":";
    const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    net::RudePeer mends({{half}, {whole}});
    EXPECT_TRUE(connect(mends.port())->call("GetItem", "{}"));
    net::RudePeer stays({{half}, {std::string(net::RudePeer::kHangUp)}, {half}});
    const auto answer = connect(stays.port())->call("PutItem", "{}");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, ErrorCode::kTimeout) << "the outcome is unknown";
    EXPECT_TRUE(answer.error().is_repeated);
}

// The first attempt may have made the write that the second one's condition then refuses.
TEST_F(JsonServiceTest, TellsThatAnAttemptBeforeMayHaveDoneIt) {
    FakeService fake(
        {refusal(500, "InternalServerError"), refusal(400, "ConditionalCheckFailedException")});
    const auto answer = connect(fake.url())->call("PutItem", "{}");
    EXPECT_EQ(answer.error().error.code, ErrorCode::kConditionFailed);
    EXPECT_TRUE(answer.error().is_repeated);
    FakeService throttled(
        {refusal(500, "InternalServerError"), refusal(400, "ThrottlingException")});
    EXPECT_EQ(connect(throttled.url())->call("PutItem", "{}").error().error.code,
              ErrorCode::kTimeout);
}

TEST_F(JsonServiceTest, AConnectionThatWasClosedMeanwhileIsReplaced) {
    const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    net::RudePeer peer({{whole}, {whole}});
    const auto service = connect(peer.port());
    EXPECT_TRUE(service->call("PutItem", "{}"));
    EXPECT_TRUE(service->call("PutItem", "{}"));
}

TEST_F(JsonServiceTest, ASilentServerIsLeftAtTheDeadline) {
    net::RudePeer silent("");
    const auto service = connect(silent.port());
    const auto start = steady_clock::now();
    const ScopedDeadline deadline(milliseconds{50});
    const auto answer = service->call("PutItem", "{}");
    const auto took = steady_clock::now() - start;
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, ErrorCode::kTimeout);
    EXPECT_GE(took, milliseconds{45});
    EXPECT_LT(took, milliseconds{1'000});
    EXPECT_TRUE(slept_.empty()) << "no time for another attempt";
}

TEST_F(JsonServiceTest, WithoutTimeNothingIsSent) {
    FakeService fake({ok()});
    const ScopedDeadline deadline(milliseconds{-1});
    const auto answer = connect(fake.url())->call("PutItem", "{}");
    EXPECT_EQ(answer.error().error.code, ErrorCode::kUnavailable);
    EXPECT_TRUE(fake.received().empty());
}

TEST_F(JsonServiceTest, EachAttemptHasATimeoutOfItsOwn) {
    const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    net::RudePeer peer({{""}, {whole}});
    auto limits = dynamodb_limits();
    limits.attempt_timeout = milliseconds{50};
    EXPECT_TRUE(connect(peer.port(), limits)->call("GetItem", "{}"));
    EXPECT_EQ(slept_.size(), 1U);
}

// A raw answer, because our own server sends its own Date.
std::string raw(std::string_view status, std::string_view date, std::string_view body) {
    return fmt::format("HTTP/1.1 {}\r\nDate: {}\r\nContent-Length: {}\r\n\r\n{}", status, date,
                       body.size(), body);
}

// The fake's answers are dated by the system's clock; ours stands at another time.
TEST_F(JsonServiceTest, TakesTheServicesTimeWhenItsOwnIsWrong) {
    const SystemClock service_clock;
    const auto known = std::make_shared<const Credentials>(credentials());
    const Verifier verifier([&](std::string_view) { return known; }, {}, service_clock);
    FakeService fake([&](const Received& request) {
        std::vector<std::pair<std::string_view, std::string_view>> headers(request.headers.begin(),
                                                                           request.headers.end());
        const auto who = verifier.verify({request.method, request.target, headers, request.body});
        return who ? ok() : refusal(400, "InvalidSignatureException", "Signature expired");
    });
    const auto service = connect(fake.url());
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(service->call("GetItem", "{}"));
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("clock"));
    EXPECT_EQ(fake.received().size(), 2U);
    EXPECT_TRUE(slept_.empty()) << "at once";
    EXPECT_TRUE(service->call("GetItem", "{}"));
    EXPECT_EQ(fake.received().size(), 3U) << "the offset is kept";
}

TEST_F(JsonServiceTest, AWrongSecretIsNotTakenForAWrongClock) {
    const auto refused = raw(
        "403 Forbidden", "Thu, 26 Feb 2026 15:01:00 GMT",
        R"({"__type":"x#InvalidSignatureException","message":"The signature does not match.)"
        R"(\n\nThe Canonical String should have been\nx-amz-security-token:verySecretSessionToken=="})");
    net::RudePeer peer(refused);
    const auto answer = connect(peer.port())->call("GetItem", "{}");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, ErrorCode::kInvalidSignature);
    EXPECT_THAT(answer.error().error.message,
                AllOf(HasSubstr("does not match"), HasSubstr("clock"), HasSubstr("secret"),
                      Not(HasSubstr(std::string(kToken)))));
    EXPECT_EQ(answer.error().body, "");
}

TEST_F(JsonServiceTest, RenewsCredentialsThatAreRefusedOnce) {
    for (const char* type : {"ExpiredTokenException", "UnrecognizedClientException"}) {
        FakeService mends({refusal(400, type), ok()});
        const auto provider = std::make_shared<TwoCredentials>();
        EXPECT_TRUE(connect(mends.url(), provider)->call("GetItem", "{}"));
        EXPECT_EQ(provider->renewals, 1);
        EXPECT_THAT(mends.received().at(0).header("Authorization"), HasSubstr("AKIDFIRST"));
        EXPECT_THAT(mends.received().at(1).header("Authorization"), HasSubstr("AKIDSECOND"));
        FakeService stays({refusal(400, type)});
        EXPECT_FALSE(
            connect(stays.url(), std::make_shared<TwoCredentials>())->call("GetItem", "{}"));
        EXPECT_EQ(stays.received().size(), 2U);
    }
    FakeService fake({refusal(400, "ExpiredTokenException")});
    const auto answer = connect(fake.url())->call("GetItem", "{}");
    EXPECT_EQ(answer.error().error.code, ErrorCode::kExpiredToken);
    EXPECT_EQ(fake.received().size(), 1U) << "fixed ones can't be renewed";
}

TEST_F(JsonServiceTest, TrustsTheAuthorityThatTheSettingsName) {
    const net::TestAuthority authority;
    FakeService fake({ok()}, authority.issue("server"));
    settings_.ca_bundle = authority.ca_file();
    const auto url = fmt::format("https://localhost:{}", fake.port());
    const auto answer = connect(url)->call("GetItem", "{}");
    EXPECT_TRUE(answer) << answer.error().error.message;
    settings_.ca_bundle = "";
    const auto untrusted = connect(url)->call("GetItem", "{}");
    ASSERT_FALSE(untrusted);
    EXPECT_EQ(untrusted.error().error.code, ErrorCode::kUnavailable);
    EXPECT_THAT(untrusted.error().error.message,
                AllOf(HasSubstr("authority"), HasSubstr("CA file"), HasSubstr("localhost")));
    settings_.ca_bundle = "/nowhere/ca.pem";
    const auto absent = connect(url)->call("GetItem", "{}");
    EXPECT_EQ(absent.error().error.code, ErrorCode::kConfiguration);
    EXPECT_EQ(fake.received().size(), 1U);
}

// Whatever goes wrong: neither the messages nor the log may hold a secret.
TEST_F(JsonServiceTest, ShowsNoSecret) {
    ::testing::internal::CaptureStderr();
    std::string said;
    const auto note = [&said](const auto& answer) {
        ASSERT_FALSE(answer);
        said += answer.error().error.message;
        said += answer.error().body;
    };
    for (const char* type :
         {"AccessDeniedException", "ExpiredTokenException", "ValidationException",
          "InternalServerError", "SignatureDoesNotMatch"}) {
        FakeService fake([&](const Received& request) {
            return refusal(400, type, "a message of the service, for " + request.header("Host"));
        });
        note(connect(fake.url())->call("PutItem", "{}"));
    }
    note(connect(1)->call("PutItem", "{}"));
    said += ::testing::internal::GetCapturedStderr();
    EXPECT_THAT(said,
                AllOf(Not(HasSubstr(std::string(kSecret))), Not(HasSubstr(std::string(kToken)))));
}

}  // namespace
}  // namespace meridian::aws
