#include "aws/sns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/fake_service_for_tests.h"

namespace meridian::aws {
namespace {

using std::chrono::nanoseconds;
using ::testing::AllOf;
using testing::FakeService;
using ::testing::HasSubstr;
using testing::ok;

constexpr const char* kArn = "arn:aws:sns:eu-west-1:123456789012:alerts";
constexpr const char* kPublished =
    "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>"
    "<MessageId>m-1</MessageId></PublishResult></PublishResponse>";

class Sns : public ::testing::Test {
  protected:
    Result<std::unique_ptr<Topic>> open(const std::string& url, std::string_view arn = kArn) {
        AwsSettings settings;
        settings.region = "us-east-1";
        settings.endpoint_urls["sns"] = url;
        return Topic::open(settings, arn,
                           std::make_shared<FixedCredentials>(Credentials{.access_key_id = "A",
                                                                          .secret_access_key = "S",
                                                                          .session_token = "",
                                                                          .expires = {}}),
                           {.clock = clock_, .random = random_, .sleep = [](nanoseconds) {}});
    }

    ManualClock clock_{*parse_instant("2026-02-26T15:00:00Z")};
    SeededRandom random_{1};
};

net::Response refused(int status, std::string_view code) {
    return {.status = status,
            .headers = {},
            .body = fmt::format("<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code>"
                                "<Message>words</Message></Error></ErrorResponse>",
                                code)};
}

TEST_F(Sns, PublishesInTheTopicsRegion) {
    FakeService fake({ok(kPublished)});
    const auto topic = open(fake.url());
    ASSERT_TRUE(topic) << topic.error().message;
    EXPECT_EQ(
        (*topic)->publish({.subject = "Region lost\n\xC3\xA4", .message = "a=b&c d+\xC3\xA4"}),
        "m-1");
    const auto request = fake.received().at(0);
    EXPECT_EQ(
        request.body,
        "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012"
        "%3Aalerts&Subject=Region%20lost%3F%3F%3F&Message=a%3Db%26c%20d%2B%C3%A4");
    EXPECT_EQ(request.header("Content-Type"), "application/x-www-form-urlencoded; charset=utf-8");
    EXPECT_THAT(request.header("Authorization"), HasSubstr("/eu-west-1/sns/aws4_request"));
}

TEST_F(Sns, ComesAgainWhenThrottled) {
    FakeService fake(
        {refused(400, "Throttling"), refused(503, "ServiceUnavailable"), ok(kPublished)});
    EXPECT_TRUE((*open(fake.url()))->publish({.message = "m"}));
    EXPECT_EQ(fake.received().size(), 3U);
}

TEST_F(Sns, TellsWhatIsWrong) {
    struct Row {
        int status;
        const char* type;
        ErrorCode code;
        const char* mend;
    };
    const Row rows[] = {
        {403, "AuthorizationError", ErrorCode::kAccessDenied, "allow sns:Publish"},
        {404, "NotFound", ErrorCode::kInvalidInput, "that it is in eu-west-1"},
        {403, "ExpiredToken", ErrorCode::kExpiredToken, "new credentials"},
        {403, "InvalidClientTokenId", ErrorCode::kUnrecognizedClient, "access key"},
    };
    for (const auto& row : rows) {
        FakeService fake({refused(row.status, row.type)});
        const auto published = (*open(fake.url()))->publish({.message = "m"});
        ASSERT_FALSE(published);
        EXPECT_EQ(published.error().code, row.code) << row.type;
        EXPECT_THAT(published.error().message,
                    AllOf(HasSubstr("SNS Publish in eu-west-1"), HasSubstr(row.type),
                          HasSubstr("words"), HasSubstr(row.mend)));
    }
}

TEST_F(Sns, RefusesWhatItCannotSend) {
    FakeService fake({ok(kPublished)});
    const auto topic = open(fake.url());
    EXPECT_EQ((*topic)->publish({.message = ""}).error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ((*topic)->publish({.message = std::string(262'145, 'x')}).error().code,
              ErrorCode::kTooLarge);
    EXPECT_TRUE(fake.received().empty());
    for (const char* arn :
         {"", "alerts", "arn:aws:sns:eu-west-1:123456789012",
          "arn:aws:sqs:eu-west-1:123456789012:alerts", "arn:aws:sns::123456789012:alerts",
          "arn:aws:sns:a/b:1:alerts", "arn:aws:sns:eu-west-1:123456789012:alerts:subscription"}) {
        const auto none = open(fake.url(), arn);
        ASSERT_FALSE(none) << arn;
        EXPECT_EQ(none.error().code, ErrorCode::kConfiguration);
    }
}

}  // namespace
}  // namespace meridian::aws
