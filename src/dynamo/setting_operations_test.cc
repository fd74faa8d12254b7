#include "dynamo/setting_operations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dynamo/regions_for_tests.h"

namespace meridian::dynamo {
namespace {

constexpr std::string_view kArn = "arn:aws:dynamodb:us-east-1:000000000000:table/Calls";

class SettingOperationsTest : public testing::Test {
  protected:
    SettingOperationsTest() {
        (void)us_.ok("CreateTable", R"({"TableName":"Calls","BillingMode":"PAY_PER_REQUEST",
            "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
            "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
            "GlobalSecondaryIndexes":[{"IndexName":"by-pk",
              "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
              "Projection":{"ProjectionType":"ALL"}}]})");
    }
    std::string ttl(std::string_view attribute, bool enabled) const {
        return fmt::format(R"({{"TableName":"Calls","TimeToLiveSpecification":{{
                           "AttributeName":"{}","Enabled":{}}}}})",
                           attribute, enabled);
    }
    std::string described() {
        return us_.call("DescribeTimeToLive", R"({"TableName":"Calls"})").body;
    }
    std::string tag(std::string_view arn, std::string_view tags) const {
        return fmt::format(R"({{"ResourceArn":"{}","Tags":[{}]}})", arn, tags);
    }
    std::string tag_error(std::string_view tags) {
        return us_.error("TagResource", tag(kArn, tags));
    }
    std::string tags() {
        return us_.call("ListTagsOfResource", fmt::format(R"({{"ResourceArn":"{}"}})", kArn)).body;
    }

    TestRegion us_{"us-east-1", {"us-east-1"}};
};

TEST_F(SettingOperationsTest, TimeToLiveIsSwitchedOnAndOff) {
    EXPECT_EQ(described(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
    EXPECT_EQ(us_.error("UpdateTimeToLive", ttl("x", false)),
              "ValidationException: TimeToLive is already disabled");
    EXPECT_EQ(us_.call("UpdateTimeToLive", ttl("x", true)).body,
              R"({"TimeToLiveSpecification":{"AttributeName":"x","Enabled":true}})");
    EXPECT_EQ(described(),
              R"({"TimeToLiveDescription":{"AttributeName":"x","TimeToLiveStatus":"ENABLED"}})");
    EXPECT_EQ(us_.tables->find("Calls")->ttl_attribute, "x");
    EXPECT_EQ(us_.error("UpdateTimeToLive", ttl("x", true)),
              "ValidationException: TimeToLive is already enabled");
    for (const bool enabled : {true, false}) {
        EXPECT_EQ(us_.error("UpdateTimeToLive", ttl("y", enabled)),
                  "ValidationException: TimeToLive is active on a different AttributeName: current "
                  "AttributeName is x");
    }
    (void)us_.ok("UpdateTimeToLive", ttl("x", false));
    EXPECT_EQ(us_.tables->find("Calls")->ttl_attribute, std::nullopt);
}

TEST_F(SettingOperationsTest, WhatUpdateTimeToLiveNeeds) {
    EXPECT_EQ(us_.error("UpdateTimeToLive", ttl("", true)),
              "ValidationException: 1 validation error detected: Value '' at "
              "'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must "
              "have length greater than or equal to 1");
    EXPECT_EQ(us_.error("UpdateTimeToLive",
                        R"({"TableName":"Calls","TimeToLiveSpecification":{"AttributeName":"x"}})"),
              "ValidationException: 1 validation error detected: Value null at "
              "'timeToLiveSpecification.enabled' failed to satisfy constraint: Member must not be "
              "null");
    EXPECT_EQ(us_.error("UpdateTimeToLive", R"({"TableName":"None","TimeToLiveSpecification":{
                        "AttributeName":"x","Enabled":true}})"),
              "ResourceNotFoundException: Requested resource not found: Table: None not found");
}

TEST_F(SettingOperationsTest, TagsAreAddedReplacedAndRemoved) {
    EXPECT_EQ(tags(), R"({"Tags":[]})");
    (void)us_.ok("TagResource", tag(kArn, R"({"Key":"a","Value":"1"},{"Key":" ","Value":""})"));
    (void)us_.ok("TagResource",
                 tag(kArn, R"({"Key":"a","Value":"2"},{"Key":"ключ","Value":"表"})"));
    EXPECT_EQ(tags(), R"({"Tags":[{"Key":" ","Value":""},{"Key":"a","Value":"2"},)"
                      R"({"Key":"ключ","Value":"表"}]})");
    (void)us_.ok("UntagResource",
                 fmt::format(R"({{"ResourceArn":"{}","TagKeys":["a","none"]}})", kArn));
    EXPECT_EQ(us_.tables->find("Calls")->tags.size(), 2U);
    us_.open();
    EXPECT_EQ(us_.tables->find("Calls")->tags.size(), 2U);
}

TEST_F(SettingOperationsTest, TagsThatMayNotBe) {
    const std::string v = "ValidationException: ";
    EXPECT_EQ(tag_error(""), v + "Atleast one Tag needs to be provided as Input.");
    EXPECT_EQ(tag_error(R"({"Key":"","Value":"v"})"), v + "The Tag Key provided is invalid, Key: ");
    EXPECT_EQ(tag_error(R"({"Key":"k"})"), v + "The Tag Value provided is invalid, Value: null");
    EXPECT_EQ(tag_error(R"({"Key":"aws:k","Value":"v"})"),
              v + "Tag Key cannot be prefixed with aws:, Key: aws:k");
    EXPECT_EQ(tag_error(R"({"Key":"k","Value":"1"},{"Key":"k","Value":"2"})"),
              v + "Duplicate Tag Keys provided as input: Duplicate Tag Key found k");
    for (const auto* text : {"hi!", "100%", "a,b", "->>;-)])", "🔑", "→"}) {
        EXPECT_EQ(tag_error(fmt::format(R"({{"Key":"{}","Value":"v"}})", text)),
                  v + "The Tag Key provided is invalid, Key: " + text);
        EXPECT_EQ(tag_error(fmt::format(R"({{"Key":"k","Value":"{}"}})", text)),
                  v + "The Tag Value provided is invalid, Value: " + text);
    }
    const std::string long_key(129, 'k');
    EXPECT_EQ(tag_error(fmt::format(R"({{"Key":"{}","Value":"v"}})", long_key)),
              v + "The Tag Key provided is invalid, Key: " + long_key);
    std::string many;
    for (int i = 0; i < 51; ++i) {
        many += fmt::format(R"({}{{"Key":"k{}","Value":"v"}})", i == 0 ? "" : ",", i);
    }
    EXPECT_EQ(tag_error(many),
              v + "Number of Tags exceed the current limit for the provided ResourceArn");
    EXPECT_EQ(tags(), R"({"Tags":[]})");
}

TEST_F(SettingOperationsTest, ResourcesOfTags) {
    const std::string i = "ValidationException: One or more parameter values were invalid: ";
    const std::string good = R"({"Key":"k","Value":"v"})";
    struct Case {
        std::string arn;
        std::string error;
    };
    const std::string index = std::string(kArn) + "/index/by-pk";
    const std::vector<Case> cases{
        {"not-an-arn", i + "ARNs must start with 'arn:': not-an-arn"},
        {"arn:not/a/good/format",
         i + "Provided Arn is not a DynamoDB resource arn: arn:not/a/good/format"},
        {index, i +
                    "Invalid resource arn provided, only table or stream is accepted. Provided "
                    "resource arn: " +
                    index},
        {"arn:aws:dynamodb:eu-west-1:000000000000:table/Calls",
         "ValidationException: Invalid TableArn: Invalid ResourceArn provided as input "
         "arn:aws:dynamodb:eu-west-1:000000000000:table/Calls"},
        {"arn:aws:dynamodb:us-east-1:111111111111:table/Calls",
         "AccessDeniedException: User: arn:aws:iam::000000000000:root is not authorized to "
         "perform: dynamodb:TagResource on resource: "
         "arn:aws:dynamodb:us-east-1:111111111111:table/Calls"},
        {std::string(kArn) + "x",
         "ResourceNotFoundException: Requested resource not found: "
         "ResourceArn: " +
             std::string(kArn) + "x not found"},
    };
    for (const auto& [arn, error] : cases) {
        EXPECT_EQ(us_.error("TagResource", tag(arn, good)), error);
    }
    EXPECT_EQ(us_.error("TagResource", R"({"Tags":[]})"), "ValidationException: Invalid TableArn");
    EXPECT_EQ(us_.error("TagResource", R"({"ResourceArn":"arn:x"})"),
              "ValidationException: 1 validation error detected: Value null at 'tags' failed to "
              "satisfy constraint: Member must not be null");
}

TEST_F(SettingOperationsTest, PoliciesAreKeptAndShown) {
    const std::string arn = fmt::format(R"("ResourceArn":"{}")", kArn);
    const std::string policy = R"("Policy":"{\"Statement\":[]}")";
    EXPECT_EQ(us_.error("GetResourcePolicy", "{" + arn + "}"),
              "PolicyNotFoundException: Resource-based policy not found for the provided "
              "ResourceArn: " +
                  std::string(kArn));
    const auto put = us_.call("PutResourcePolicy", "{" + arn + "," + policy + "}").body;
    EXPECT_EQ(put, R"({"RevisionId":"1700000000123"})");
    EXPECT_EQ(us_.call("PutResourcePolicy", "{" + arn + "," + policy + "}").body, put);
    EXPECT_EQ(us_.call("GetResourcePolicy", "{" + arn + "}").body,
              R"({"Policy":"{\"Statement\":[]}","RevisionId":"1700000000123"})");
    EXPECT_EQ(
        us_.call("PutResourcePolicy", "{" + arn + R"(,"Policy":"{\"Statement\":[{}]}"})").body,
        R"({"RevisionId":"1700000000124"})");
    EXPECT_TRUE(us_.error("DeleteResourcePolicy", "{" + arn + R"(,"ExpectedRevisionId":"1"})")
                    .starts_with("PolicyNotFoundException"));
    EXPECT_EQ(us_.call("DeleteResourcePolicy", "{" + arn + "}").body,
              R"({"RevisionId":"1700000000124"})");
    EXPECT_EQ(us_.call("DeleteResourcePolicy", "{" + arn + "}").body, "{}");
    EXPECT_EQ(us_.error("PutResourcePolicy", "{" + arn + R"(,"Policy":"no"})"),
              "ValidationException: One or more parameter values were invalid: Invalid policy "
              "document: This policy contains invalid Json");
}

TEST_F(SettingOperationsTest, ContributorInsightsAreKeptAndShown) {
    EXPECT_EQ(us_.call("DescribeContributorInsights", R"({"TableName":"Calls"})").body,
              R"({"TableName":"Calls","ContributorInsightsStatus":"DISABLED"})");
    const std::string enable = R"({"TableName":"Calls","ContributorInsightsAction":"ENABLE"})";
    EXPECT_EQ(us_.call("UpdateContributorInsights", enable).body,
              R"({"TableName":"Calls","ContributorInsightsStatus":"ENABLING",)"
              R"("ContributorInsightsMode":"ACCESSED_AND_THROTTLED_KEYS"})");
    EXPECT_TRUE(us_.call("UpdateContributorInsights", enable)
                    .body.contains(R"("ContributorInsightsStatus":"ENABLED")"));
    EXPECT_TRUE(us_.call("DescribeContributorInsights", R"({"TableName":"Calls"})")
                    .body.contains(R"("ContributorInsightsStatus":"ENABLED")"));
    (void)us_.ok("UpdateContributorInsights", R"({"TableName":"Calls","IndexName":"by-pk",
        "ContributorInsightsAction":"ENABLE","ContributorInsightsMode":"THROTTLED_KEYS"})");
    EXPECT_EQ(us_.call("ListContributorInsights", "{}").body,
              R"({"ContributorInsightsSummaries":[{"TableName":"Calls",)"
              R"("ContributorInsightsStatus":"ENABLED",)"
              R"("ContributorInsightsMode":"ACCESSED_AND_THROTTLED_KEYS"},{"TableName":"Calls",)"
              R"("IndexName":"by-pk","ContributorInsightsStatus":"ENABLED",)"
              R"("ContributorInsightsMode":"THROTTLED_KEYS"}]})");
    EXPECT_EQ(
        us_.error("DescribeContributorInsights", R"({"TableName":"Calls","IndexName":"ghost"})"),
        "ResourceNotFoundException: Requested resource not found: Index: ghost not found for "
        "table: Calls");
}

TEST_F(SettingOperationsTest, ThereAreNoGlobalTablesOf2017) {
    EXPECT_EQ(us_.call("ListGlobalTables", "{}").body, R"({"GlobalTables":[]})");
    EXPECT_EQ(us_.error("DescribeGlobalTable", R"({"GlobalTableName":"Calls"})"),
              "GlobalTableNotFoundException: Global table with name: 'Calls' does not exist.");
    EXPECT_TRUE(us_.error("CreateGlobalTable", R"({"GlobalTableName":"Calls"})")
                    .contains("version 2017.11.29 is not supported"));
}

}  // namespace
}  // namespace meridian::dynamo
