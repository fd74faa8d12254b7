#include "rest/faults.h"

#include <gtest/gtest.h>

#include "rest/asking_for_tests.h"

namespace meridian::rest {
namespace {

using management::Role;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr std::string_view kAll =
    R"({"clock":{"offsetMs":-600000,"lastsMs":1000},"disk":{"full":true,"lastsMs":2000},)"
    R"("links":{"ap-southeast-1":{"cut":"answers"},"eu-west-1":{"delayMs":200,"jitterMs":50,)"
    R"("bytesPerSecond":65536,"reorder":true,"lastsMs":3000}}})";

class FaultsTest : public testing::Test {
  protected:
    Seen ask(std::string_view method, std::string_view body = {}, Role role = Role::kOperator) {
        return region_.ask(method, "/faults", body, {}, role);
    }
    TestRegion region_;
};

TEST_F(FaultsTest, WhatIsPutIsBrokenAndNothingElse) {
    const auto put = ask("PUT", kAll);
    EXPECT_EQ(put.status, 200) << put.response.body;
    const auto faults = region_.faults.get();
    EXPECT_EQ(faults, (faults::Faults{
                          .links = {{"ap-southeast-1", {.cut = faults::Cut::kAnswers}},
                                    {"eu-west-1",
                                     {.delay = milliseconds{200},
                                      .jitter = milliseconds{50},
                                      .bytes_per_second = 65'536,
                                      .reorder = true,
                                      .lasts = milliseconds{3'000}}}},
                          .clock = {.offset = milliseconds{-600'000}, .lasts = milliseconds{1'000}},
                          .disk = {.full = true, .lasts = milliseconds{2'000}}}));
    EXPECT_EQ(ask("PUT", R"({"disk":{"full":true}})").status, 200);
    EXPECT_EQ(region_.faults.get(), (faults::Faults{.disk = {.full = true}}));
}

TEST_F(FaultsTest, WhatGetSaysMayBePutAsItIs) {
    ASSERT_EQ(ask("PUT", kAll).status, 200);
    const auto before = region_.faults.get();
    const auto got = ask("GET");
    EXPECT_EQ(got.text("region"), "us-east-1");
    EXPECT_EQ(ask("PUT", got.response.body).response.body, got.response.body);
    EXPECT_EQ(region_.faults.get(), before);
}

TEST_F(FaultsTest, DeleteTakesAllBack) {
    ASSERT_EQ(ask("PUT", kAll).status, 200);
    const auto deleted = ask("DELETE");
    EXPECT_EQ(deleted.status, 200);
    EXPECT_EQ(deleted.response.body, R"({"clock":{},"disk":{},"links":{},"region":"us-east-1"})");
    EXPECT_EQ(region_.faults.get(), faults::Faults{});
}

TEST_F(FaultsTest, WhoMayReadMayLookAndOperatorsBreak) {
    for (const auto role : {Role::kViewer, Role::kEditor}) {
        EXPECT_EQ(ask("GET", {}, role).status, 200);
        EXPECT_EQ(ask("PUT", "{}", role).status, 403);
        EXPECT_EQ(ask("DELETE", {}, role).status, 403);
    }
    EXPECT_EQ(ask("DELETE", {}, Role::kAdmin).status, 200);
}

TEST_F(FaultsTest, NamesEveryFieldThatIsWrong) {
    struct Case {
        const char* body;
        const char* pointer;
    };
    for (const auto& [body, pointer] : {
             Case{"[]", ""},
             Case{R"({"link":{}})", "/link"},
             Case{R"({"links":[]})", "/links"},
             Case{R"({"links":{"":{}}})", "/links"},
             Case{R"({"links":{"eu-west-1":true}})", "/links/eu-west-1"},
             Case{R"({"links":{"eu-west-1":{"cut":true}}})", "/links/eu-west-1/cut"},
             Case{R"({"links":{"eu-west-1":{"cut":"off"}}})", "/links/eu-west-1/cut"},
             Case{R"({"links":{"eu-west-1":{"delay":1}}})", "/links/eu-west-1/delay"},
             Case{R"({"links":{"eu-west-1":{"delayMs":-1}}})", "/links/eu-west-1/delayMs"},
             Case{R"({"links":{"eu-west-1":{"delayMs":1.5}}})", "/links/eu-west-1/delayMs"},
             Case{R"({"links":{"eu-west-1":{"delayMs":1e30}}})", "/links/eu-west-1/delayMs"},
             Case{R"({"links":{"eu-west-1":{"reorder":1}}})", "/links/eu-west-1/reorder"},
             Case{R"({"links":{"eu-west-1":{"lastsMs":0}}})", "/links/eu-west-1/lastsMs"},
             Case{R"({"clock":{"offsetMs":"1"}})", "/clock/offsetMs"},
             Case{R"({"clock":{"offsetMs":-9223372036854775808}})", "/clock/offsetMs"},
             Case{R"({"disk":{"full":"yes"}})", "/disk/full"},
         }) {
        const auto refused = ask("PUT", body);
        EXPECT_EQ(refused.status, 400) << body;
        EXPECT_EQ(refused.text("errors/0/pointer"), pointer) << body;
        EXPECT_EQ(refused.at("errors/1"), "-") << body;
    }
    const auto two = ask("PUT", R"({"clock":{"offset":1},"disk":{"full":0}})");
    EXPECT_EQ(two.text("errors/0/pointer"), "/clock/offset");
    EXPECT_EQ(two.text("errors/1/pointer"), "/disk/full");
    EXPECT_EQ(region_.faults.get(), faults::Faults{});
}

TEST_F(FaultsTest, SaysWhatTheRegionCannotDo) {
    const auto stranger = ask("PUT", R"({"links":{"us-west-2":{"reorder":true}}})");
    EXPECT_EQ(stranger.status, 400);
    EXPECT_THAT(stranger.text("message"), HasSubstr("ap-southeast-1, eu-west-1"));
    EXPECT_EQ(ask("PUT", R"({"clock":{"offsetMs":2592000001}})").status, 400);
}

TEST_F(FaultsTest, ARegionThatDoesNotLetItselfBeBrokenSaysHowItWould) {
    auto parts = region_.parts();
    parts.faults = nullptr;
    region_.api = std::make_unique<ManagementApi>(std::move(parts));
    for (const auto* method : {"GET", "PUT", "DELETE"}) {
        const auto refused = ask(method, "{}");
        EXPECT_EQ(refused.status, 501);
        EXPECT_THAT(refused.text("message"), HasSubstr("--faults"));
    }
}

}  // namespace
}  // namespace meridian::rest
