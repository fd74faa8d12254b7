#include "aws/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace meridian::aws {
namespace {

using ::testing::HasSubstr;

// As the endpoint rules of AWS's SDKs have them.
TEST(Endpoint, IsTheOneOfTheRegionsPartition) {
    struct Row {
        const char* service;
        const char* region;
        bool fips;
        bool dual;
        const char* host;
    };
    const Row rows[] = {
        {"dynamodb", "us-east-1", false, false, "dynamodb.us-east-1.amazonaws.com"},
        {"dynamodb", "us-east-1", true, false, "dynamodb-fips.us-east-1.amazonaws.com"},
        {"dynamodb", "us-east-1", false, true, "dynamodb.us-east-1.api.aws"},
        {"dynamodb", "us-east-1", true, true, "dynamodb-fips.us-east-1.api.aws"},
        {"dynamodb", "cn-north-1", false, false, "dynamodb.cn-north-1.amazonaws.com.cn"},
        {"sns", "cn-north-1", false, true, "sns.cn-north-1.api.amazonwebservices.com.cn"},
        {"dynamodb", "us-gov-west-1", false, false, "dynamodb.us-gov-west-1.amazonaws.com"},
        {"dynamodb", "us-gov-west-1", true, false, "dynamodb.us-gov-west-1.amazonaws.com"},
        {"sts", "ap-southeast-1", false, false, "sts.ap-southeast-1.amazonaws.com"},
        {"sts", "eusc-de-east-1", false, false, "sts.eusc-de-east-1.amazonaws.eu"},
    };
    for (const auto& row : rows) {
        AwsSettings settings;
        settings.use_fips = row.fips;
        settings.use_dual_stack = row.dual;
        const auto endpoint = service_endpoint(settings, row.service, row.region);
        ASSERT_TRUE(endpoint) << row.host << endpoint.error().message;
        EXPECT_EQ(*endpoint, (Endpoint{.host = row.host}));
    }
}

TEST(Endpoint, IsWhatTheSettingsSay) {
    AwsSettings settings;
    settings.use_fips = true;
    settings.endpoint_urls = {{"", "http://127.0.0.1:7401"}, {"sns", "https://[::1]/x/y"}};
    EXPECT_EQ(*service_endpoint(settings, "dynamodb", "local"),
              (Endpoint{.host = "127.0.0.1", .port = 7401, .tls = false}));
    EXPECT_EQ(*service_endpoint(settings, "sns", "eu-west-1"),
              (Endpoint{.host = "::1", .path = "/x/y/"}));
    EXPECT_EQ(*parse_endpoint_url("http://Host_1"),
              (Endpoint{.host = "Host_1", .port = 80, .tls = false}));
    EXPECT_EQ(*parse_endpoint_url("https://[::1]:8443/"), (Endpoint{.host = "::1", .port = 8443}));
}

TEST(Endpoint, RefusesWhatIsNone) {
    for (const char* url : {"", "127.0.0.1:7401", "ftp://host", "http://", "http:///x",
                            "http://host:", "http://host:0", "http://host:65536", "http://host:1x",
                            "http://user:hidden@host", "http://host/a?b", "http://host/a b",
                            "http://host#x", "http://ho st", "http://[::1", "http://[::1]x",
                            "http://[]", "http://a\r\nb", "http://::1"}) {
        const auto endpoint = parse_endpoint_url(url);
        ASSERT_FALSE(endpoint) << url;
        EXPECT_EQ(endpoint.error().code, ErrorCode::kConfiguration);
        EXPECT_THAT(endpoint.error().message, ::testing::Not(HasSubstr("hidden")));
    }
    for (const char* region : {"", "us", "US-EAST-1", "us-east-1.evil.com/", "a/b", "us-east",
                               "1-east-1", "-us-east-1", "eu-west-1 "}) {
        const auto endpoint = service_endpoint({}, "dynamodb", region);
        ASSERT_FALSE(endpoint) << region;
        EXPECT_EQ(endpoint.error().code, ErrorCode::kConfiguration);
        EXPECT_THAT(endpoint.error().message, HasSubstr("AWS_REGION"));
    }
    AwsSettings fips;
    fips.use_fips = true;
    EXPECT_THAT(service_endpoint(fips, "dynamodb", "cn-north-1").error().message,
                HasSubstr("no FIPS"));
}

}  // namespace
}  // namespace meridian::aws
