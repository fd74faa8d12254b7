#include "aws/aws_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "aws/fake_service_for_tests.h"

namespace meridian::aws {
namespace {

using ::testing::AllOf;
using testing::environment_of;
using ::testing::HasSubstr;
using ::testing::Not;

// A home with the two files in it.
class AwsConfig : public ::testing::Test {
  protected:
    using Variables = std::map<std::string, std::string, std::less<>>;

    AwsConfig() {
        std::string name = (std::filesystem::temp_directory_path() / "meridian-XXXXXX").string();
        home_ = mkdtemp(name.data());
        std::filesystem::create_directory(home_ / ".aws");
    }
    ~AwsConfig() override { std::filesystem::remove_all(home_); }

    void put_config(std::string_view text) const { std::ofstream(home_ / ".aws/config") << text; }
    void put_credentials(std::string_view text) const {
        std::ofstream(home_ / ".aws/credentials") << text;
    }
    Result<AwsSettings> read(Variables variables, const SettingsChoice& choice = {}) const {
        variables.emplace("HOME", home_.string());
        return read_aws_settings(environment_of(std::move(variables)), choice);
    }

    std::filesystem::path home_;
};

TEST_F(AwsConfig, WithoutAnythingThereAreOnlyDefaults) {
    const auto settings = read({});
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->profile, "default");
    EXPECT_EQ(settings->region, "");
    EXPECT_EQ(settings->endpoint_url("dynamodb"), "");
    EXPECT_FALSE(settings->use_fips || settings->use_dual_stack || settings->attempts_max);
    EXPECT_TRUE(read_aws_settings(environment_of({}))) << "nor is a home needed";
}

TEST_F(AwsConfig, ReadsTheProfile) {
    put_config(
        "[default]\nregion = us-east-1 # home\n"
        "[profile dev]\nregion=eu-west-1\nca_bundle = /ca.pem\nuse_fips_endpoint = TRUE\n"
        "use_dualstack_endpoint = true\nmax_attempts = 7\n"
        "[sso-session x]\nregion = elsewhere\n");
    put_credentials("[dev]\naws_access_key_id = A\naws_secret_access_key = S\n");
    EXPECT_EQ(read({})->region, "us-east-1");
    const auto dev = read({{"AWS_PROFILE", "dev"}});
    ASSERT_TRUE(dev) << dev.error().message;
    EXPECT_EQ(dev->region, "eu-west-1");
    EXPECT_EQ(dev->ca_bundle, "/ca.pem");
    EXPECT_TRUE(dev->use_fips && dev->use_dual_stack);
    EXPECT_EQ(dev->attempts_max, 7);
    EXPECT_EQ(dev->profile_setting("dev", "aws_access_key_id"), "A");
    EXPECT_EQ(read({}, {.profile = "dev"})->region, "eu-west-1");
}

// Who says it last on the way from the file to the command line.
TEST_F(AwsConfig, TheNearestWins) {
    put_config("[default]\nregion = r4\nmax_attempts = 4\n");
    EXPECT_EQ(read({})->region, "r4");
    EXPECT_EQ(read({{"AWS_DEFAULT_REGION", "r3"}})->region, "r3");
    EXPECT_EQ(read({{"AWS_DEFAULT_REGION", "r3"}, {"AWS_REGION", "r2"}})->region, "r2");
    EXPECT_EQ(read({{"AWS_REGION", "r2"}}, {.region = "r1"})->region, "r1");
    EXPECT_EQ(read({{"AWS_MAX_ATTEMPTS", "2"}})->attempts_max, 2);
}

TEST_F(AwsConfig, EndpointsGoByAwssOrder) {
    put_config(
        "[default]\nservices = mine\nendpoint_url = http://p\n"
        "[services mine]\ndynamodb =\n  endpoint_url = http://s-dynamodb\nsns =\n"
        "  endpoint_url = http://s-sns\n");
    const auto url = [this](Variables variables, std::string_view service,
                            const SettingsChoice& choice = {}) {
        return std::string(read(std::move(variables), choice)->endpoint_url(service));
    };
    EXPECT_EQ(url({}, "dynamodb"), "http://s-dynamodb");
    EXPECT_EQ(url({}, "sts"), "http://p");
    EXPECT_EQ(url({{"AWS_ENDPOINT_URL", "http://e"}}, "dynamodb"), "http://e");
    EXPECT_EQ(url({{"AWS_ENDPOINT_URL_DYNAMODB", "http://d"}, {"AWS_ENDPOINT_URL", "http://e"}},
                  "dynamodb"),
              "http://d");
    EXPECT_EQ(url({{"AWS_ENDPOINT_URL_DYNAMODB", "http://d"}}, "sns"), "http://s-sns");
    EXPECT_EQ(
        url({{"AWS_ENDPOINT_URL_DYNAMODB", "http://d"}}, "dynamodb", {.endpoint_url = "http://c"}),
        "http://c");
    EXPECT_EQ(url({{"AWS_ENDPOINT_URL_DYNAMODB", "http://d"},
                   {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
                  "dynamodb"),
              "");
}

TEST_F(AwsConfig, FilesMayBeElsewhere) {
    std::ofstream(home_ / "c") << "[default]\nregion = eu-west-1\n";
    EXPECT_EQ(read({{"AWS_CONFIG_FILE", (home_ / "c").string()}})->region, "eu-west-1");
    EXPECT_EQ(read({{"AWS_CONFIG_FILE", "~/c"}})->region, "eu-west-1");
    EXPECT_EQ(read({{"AWS_CONFIG_FILE", "/nowhere/c"}})->region, "");
}

TEST_F(AwsConfig, ErrorsNameWhatToMendAndShowNoSecret) {
    const auto message = [this](const Variables& variables, const SettingsChoice& choice = {}) {
        const auto settings = read(variables, choice);
        EXPECT_FALSE(settings);
        return settings ? "" : settings.error().message;
    };
    EXPECT_THAT(message({{"AWS_PROFILE", "absent"}}),
                AllOf(HasSubstr("'absent'"), HasSubstr(home_.string()), HasSubstr("AWS_PROFILE")));
    EXPECT_THAT(message({}, {.profile = "absent"}), HasSubstr("--profile"));
    EXPECT_THAT(message({{"AWS_USE_FIPS_ENDPOINT", "yes"}}), HasSubstr("AWS_USE_FIPS_ENDPOINT"));
    for (const char* number : {"0", "-1", "x", "3x", "101"}) {
        EXPECT_THAT(message({{"AWS_MAX_ATTEMPTS", number}}), HasSubstr("AWS_MAX_ATTEMPTS"));
    }
    put_config("[default]\nmax_attempts = no\n");
    EXPECT_THAT(message({}), AllOf(HasSubstr("max_attempts"), HasSubstr("'default'")));
    put_config("");
    put_credentials("[default]\naws_secret_access_key hidden\n");
    EXPECT_THAT(message({}), AllOf(HasSubstr("credentials:2: expected"), Not(HasSubstr("hidden"))));
}

struct Row {
    const char* text;
    const char* fault;
};
TEST(ConfigText, SaysWhereItIsMalformed) {
    const Row rows[] = {
        {"region = x\n", "file:1: a setting before the first [section]"},
        {"[default\n", "file:1: a section's line"},
        {"[]\n", "file:1: a section's line"},
        {"[default] x\n", "file:1: a section's line"},
        {"[default]\n\nregion\n", "file:3: expected"},
        {"[default]\n= hidden\n", "file:2: expected"},
        {"[default]\na = \x01hidden\n", "file:2: a control character"},
        {"[default]\na =\n  hidden\n", "file:3: expected"},
    };
    for (const auto& row : rows) {
        ConfigText text;
        const auto read = read_config_text(row.text, "file", ConfigKind::kConfig, text);
        ASSERT_FALSE(read) << row.text;
        EXPECT_EQ(read.error().code, ErrorCode::kConfiguration);
        EXPECT_THAT(read.error().message, AllOf(HasSubstr(row.fault), Not(HasSubstr("hidden"))));
    }
}

TEST(ConfigText, ReadsWhatAwsToolsRead) {
    ConfigText text;
    ASSERT_TRUE(
        read_config_text("\xEF\xBB\xBF; first\r\n[profile \"my own\"]\r\n"
                         "Region = eu-west-1 ; west\r\n"
                         "s3 =\n  max_queue_size = 5\n"
                         "credential_process = a\n  b\n"
                         "plain = a#b;c\n"
                         "[profile 'other'] # comment\nx = 1\n[ default ]\nx=2\n",
                         "file", ConfigKind::kConfig, text));
    EXPECT_EQ(text.profiles.size(), 3U);
    const auto& own = text.profiles.at("my own");
    EXPECT_EQ(own.at("region").value, "eu-west-1");
    EXPECT_EQ(own.at("region").line, 3);
    EXPECT_EQ(own.at("s3.max_queue_size").value, "5");
    EXPECT_EQ(own.at("credential_process").value, "a\nb");
    EXPECT_EQ(own.at("plain").value, "a#b;c");
    ASSERT_TRUE(read_config_text("[default]\nx = 3\n[profile y]\nx = 4\n", "file",
                                 ConfigKind::kCredentials, text));
    EXPECT_EQ(text.profiles.at("default").at("x").value, "3") << "the later file's";
    EXPECT_TRUE(text.profiles.contains("profile y")) << "there it is the whole name";
}

}  // namespace
}  // namespace meridian::aws
