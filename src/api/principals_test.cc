#include "api/principals.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace meridian::api {
namespace {

using management::Role;
using testing::HasSubstr;

// A credentials file in a folder of its own, under a clock that stands still.
class PrincipalsFile : public testing::Test {
  protected:
    PrincipalsFile() {
        std::string name = (std::filesystem::temp_directory_path() / "meridian-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        file_ = folder_ / "credentials";
    }
    ~PrincipalsFile() override { std::filesystem::remove_all(folder_); }

    void put(std::string_view text) const { std::ofstream(file_) << text; }
    [[nodiscard]] static std::string profile(const std::string& name, const std::string& key,
                                             const std::string& more = "") {
        return "[" + name + "]\naws_access_key_id = " + key +
               "\naws_secret_access_key = secret of " + name + "\n" + more;
    }
    void wait_for_next_look() { clock_.advance(std::chrono::seconds{1}); }

    ManualClock clock_{*parse_instant("2025-02-26T15:00:00Z")};
    std::filesystem::path folder_;
    std::filesystem::path file_;
};

TEST_F(PrincipalsFile, SaysWhoAKeyBelongsToAndWhatTheyMayDo) {
    put(profile("meridian", "M") + profile("console", "C") +
        profile("deploy", "D", "meridian_role = editor\n") +
        profile("shift-lead", "S", "meridian_role = operator\n"));
    const auto principals = *Principals::open(file_, clock_);
    EXPECT_EQ(principals->find("M")->role, Role::kAdmin);
    EXPECT_EQ(principals->find("M")->name, "meridian");
    EXPECT_EQ(principals->find("M")->credentials.secret_access_key, "secret of meridian");
    EXPECT_EQ(principals->find("C")->role, Role::kViewer);
    EXPECT_EQ(principals->find("D")->role, Role::kEditor);
    EXPECT_EQ(principals->find("S")->role, Role::kOperator);
    EXPECT_EQ(principals->find("X"), nullptr);
    EXPECT_EQ(principals->find(""), nullptr);
    EXPECT_EQ(principals->named("deploy")->credentials.access_key_id, "D");
    EXPECT_EQ(principals->named("nobody"), nullptr);
}

TEST_F(PrincipalsFile, AnOwnProfileMayBeLessThanAnAdmin) {
    put(profile("meridian", "M", "meridian_role = viewer\n"));
    EXPECT_EQ((*Principals::open(file_, clock_))->find("M")->role, Role::kViewer);
}

TEST_F(PrincipalsFile, AFileThatMeansNothingIsRefusedByItsLine) {
    struct Row {
        std::string text;
        const char* message;
    };
    for (const auto& [text, message] : {
             Row{profile("a", "A", "meridian_role = Admin\n"), ":4: the meridian_role of 'a'"},
             Row{profile("a", "A", "meridian_role =\n"), ":4: the meridian_role of 'a'"},
             Row{profile("a", "A") + profile("b", "A"), ":4: the profile 'b' has the access key"},
             Row{"[a]\n", "has no profile with keys"},
             Row{"", "has no profile with keys"},
             Row{"nonsense\n", ":1: "},
         }) {
        put(text);
        const auto opened = Principals::open(file_, clock_);
        ASSERT_FALSE(opened) << text;
        EXPECT_EQ(opened.error().code, ErrorCode::kConfiguration);
        EXPECT_THAT(opened.error().message, HasSubstr(file_.string()));
        EXPECT_THAT(opened.error().message, HasSubstr(message));
        EXPECT_THAT(opened.error().message, testing::Not(HasSubstr("secret of")));
    }
}

TEST_F(PrincipalsFile, AChangeIsSeenWithinASecond) {
    put(profile("meridian", "M") + profile("console", "C"));
    const auto principals = *Principals::open(file_, clock_);
    put(profile("meridian", "M") + profile("deploy", "D", "meridian_role = editor\n"));
    EXPECT_NE(principals->find("C"), nullptr) << "it looks once a second";
    EXPECT_EQ(principals->find("D"), nullptr);
    wait_for_next_look();
    EXPECT_EQ(principals->find("C"), nullptr);
    EXPECT_EQ(principals->find("D")->role, Role::kEditor);
    put(profile("meridian", "M") + profile("deploy", "D", "meridian_role = viewer\n"));
    principals->reload();
    EXPECT_EQ(principals->find("D")->role, Role::kViewer) << "asked to, it looks at once";
}

// What was looked up stays whole for whoever holds it.
TEST_F(PrincipalsFile, ACallerOutlivesTheTable) {
    put(profile("meridian", "M") + profile("console", "C"));
    const auto principals = *Principals::open(file_, clock_);
    const auto console = principals->find("C");
    put(profile("meridian", "M"));
    principals->reload();
    EXPECT_EQ(console->name, "console");
}

TEST_F(PrincipalsFile, ABrokenFileLeavesWhoWasKnownAndIsLoggedOnce) {
    put(profile("meridian", "M"));
    const auto principals = *Principals::open(file_, clock_);
    const auto log_of = [&](auto act) {
        testing::internal::CaptureStderr();
        act();
        return testing::internal::GetCapturedStderr();
    };
    const auto look = [&] {
        wait_for_next_look();
        EXPECT_NE(principals->find("M"), nullptr);
    };
    put(profile("meridian", "M") + "[half");
    EXPECT_THAT(log_of(look), HasSubstr(":4: a profile's line must look like [name]"));
    EXPECT_EQ(log_of(look), "");
    std::filesystem::remove(file_);
    EXPECT_THAT(log_of(look), HasSubstr(file_.string()));
    EXPECT_EQ(log_of(look), "");
    put("");
    EXPECT_THAT(log_of(look), HasSubstr("has no profile with keys"));
    put(profile("meridian", "N"));
    wait_for_next_look();
    EXPECT_EQ(principals->find("M"), nullptr);
    EXPECT_NE(principals->find("N"), nullptr);
}

TEST_F(PrincipalsFile, AProfileWithoutRoleIsWarnedAboutOnce) {
    put(profile("meridian", "M") + profile("console", "C"));
    testing::internal::CaptureStderr();
    const auto principals = *Principals::open(file_, clock_);
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                HasSubstr(":4: the profile 'console' has no meridian_role"));
    testing::internal::CaptureStderr();
    principals->reload();
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::Not(HasSubstr("meridian_role")));
}

}  // namespace
}  // namespace meridian::api
