#include "server_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

namespace meridian::app {
namespace {

using testing::HasSubstr;
using Variables = std::map<std::string, std::string, std::less<>>;

functions::SettingSource from(Variables variables) {
    return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

TEST(ServerSettings, AreOffWhenNothingIsSaid) {
    const auto settings = read_server_settings({}, {}, from({}));
    ASSERT_TRUE(settings);
    EXPECT_FALSE(settings->tls.is_on());
    EXPECT_EQ(settings->tls.ca, "");
    EXPECT_EQ(settings->access_log, "");
}

TEST(ServerSettings, OptionsGoBeforeVariables) {
    const auto settings = read_server_settings({.certificate = "/o/cert", .key = {}, .ca = {}}, "-",
                                               from({{"MERIDIAN_TLS_CERT", "/v/cert"},
                                                     {"MERIDIAN_TLS_KEY", "/v/key"},
                                                     {"MERIDIAN_ACCESS_LOG", "/v/log"}}));
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->tls.certificate, "/o/cert");
    EXPECT_EQ(settings->tls.key, "/v/key");
    EXPECT_EQ(settings->tls.ca, "/o/cert") << "a certificate vouches for itself";
    EXPECT_EQ(settings->access_log, "-");
}

// They are told to other processes, which run elsewhere.
TEST(ServerSettings, PathsOfTlsAreAbsolute) {
    const auto settings = read_server_settings({"c.pem", "k.pem", "ca.pem"}, {}, from({}));
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->tls.certificate, std::filesystem::current_path() / "c.pem");
    EXPECT_EQ(settings->tls.ca, std::filesystem::current_path() / "ca.pem");
}

TEST(ServerSettings, WhatCannotBeMeantIsNamed) {
    struct Row {
        Variables variables;
        const char* message;
    };
    for (const auto& [variables, message] : {
             Row{{{"MERIDIAN_TLS_CERT", "c"}}, "--tls-key (MERIDIAN_TLS_KEY) is missing"},
             Row{{{"MERIDIAN_TLS_KEY", "k"}}, "--tls-cert (MERIDIAN_TLS_CERT) is missing"},
             Row{{{"MERIDIAN_CORS_ORIGINS", "https://a.example, *"}},
                 "MERIDIAN_CORS_ORIGINS: '*' is no origin"},
         }) {
        const auto settings = read_server_settings({}, {}, from(variables));
        ASSERT_FALSE(settings) << message;
        EXPECT_EQ(settings.error().code, ErrorCode::kConfiguration);
        EXPECT_THAT(settings.error().message, HasSubstr(message));
    }
}

}  // namespace
}  // namespace meridian::app
