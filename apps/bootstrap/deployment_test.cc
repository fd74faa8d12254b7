#include "deployment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "deployed_function.h"

namespace meridian::bootstrap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Settings = std::map<std::string, std::string, std::less<>>;

functions::SettingSource source(Settings settings) {
    return [settings = std::move(settings)](std::string_view name) -> std::optional<std::string> {
        const auto found = settings.find(name);
        return found == settings.end() ? std::nullopt : std::optional(found->second);
    };
}

Settings complete(const Settings& more = {}) {
    Settings settings{
        {"DEFAULT_CONTACT_FLOW_ID", "f"}, {"DEFAULT_QUEUE_ID", "q"}, {"AWS_REGION", "eu-west-1"}};
    for (const auto& [name, value] : more) {
        settings[name] = value;
    }
    return settings;
}

TEST(Deployment, HasWhatTheEnvironmentSays) {
    const auto deployment = read_deployment(
        source(complete({{"MERIDIAN_REGIONS", "us-east-1, eu-west-1"},
                         {"MERIDIAN_CACHE_SECONDS", "0"},
                         {"ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:alerts"}})));
    ASSERT_TRUE(deployment) << deployment.error().message;
    EXPECT_EQ(deployment->region, "eu-west-1");
    EXPECT_THAT(deployment->regions, ElementsAre("us-east-1", "eu-west-1"));
    EXPECT_EQ(deployment->cache, std::chrono::seconds{0});
    EXPECT_EQ(deployment->alert_topic_arn, "arn:aws:sns:eu-west-1:123456789012:alerts");
    EXPECT_EQ(deployment->policy.default_queue_id, "q");
}

// A function whose own region is not named serves it all the same.
TEST(Deployment, IsOfItsOwnRegionAtLeast) {
    const auto alone = read_deployment(source(complete()));
    ASSERT_TRUE(alone);
    EXPECT_THAT(alone->regions, ElementsAre("eu-west-1"));
    EXPECT_EQ(alone->cache, std::chrono::seconds{10});
    const auto elsewhere =
        read_deployment(source(complete({{"MERIDIAN_REGIONS", "us-east-1,us-east-1"}})));
    ASSERT_TRUE(elsewhere);
    EXPECT_THAT(elsewhere->regions, ElementsAre("us-east-1", "eu-west-1"));
}

TEST(Deployment, NamesWhatIsMissingOrWrong) {
    for (const char* name : {"DEFAULT_CONTACT_FLOW_ID", "DEFAULT_QUEUE_ID", "AWS_REGION"}) {
        auto settings = complete();
        settings.erase(name);
        const auto deployment = read_deployment(source(settings));
        ASSERT_FALSE(deployment) << name;
        EXPECT_EQ(deployment.error().code, ErrorCode::kConfiguration);
        EXPECT_THAT(deployment.error().message, HasSubstr(name));
    }
    for (const char* seconds : {"x", "-1", "1.5", "10s", "3601", "99999999999999999999", " "}) {
        const auto deployment =
            read_deployment(source(complete({{"MERIDIAN_CACHE_SECONDS", seconds}})));
        ASSERT_FALSE(deployment) << seconds;
        EXPECT_THAT(deployment.error().message, HasSubstr("MERIDIAN_CACHE_SECONDS"));
    }
}

TEST(Deployment, LogsFromItsLevelOn) {
    EXPECT_EQ(log_level(source({})), LogLevel::kInfo);
    EXPECT_EQ(log_level(source({{"MERIDIAN_LOG_LEVEL", "debug"}})), LogLevel::kDebug);
    EXPECT_EQ(log_level(source({{"MERIDIAN_LOG_LEVEL", "loud"}})), LogLevel::kInfo);
}

TEST(FunctionNamed, KnowsThoseThatAreDeployed) {
    for (const char* name : {"RouteCall", "UpdateRouting", "HealthCheck"}) {
        EXPECT_TRUE(function_named(name)) << name;
    }
    for (const char* name : {"", "routecall", "SyncAgentEvents", "Failover", "bootstrap.handler"}) {
        const auto maker = function_named(name);
        ASSERT_FALSE(maker) << name;
        EXPECT_THAT(maker.error().message, HasSubstr(std::string("\"") + name + "\""));
        EXPECT_THAT(maker.error().message, HasSubstr("RouteCall, UpdateRouting or HealthCheck"));
    }
}

}  // namespace
}  // namespace meridian::bootstrap
