#include "aws/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

namespace meridian::aws {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

// A folder of its own that goes away with the test.
class CredentialsFile : public ::testing::Test {
  protected:
    CredentialsFile() {
        std::string name = (std::filesystem::temp_directory_path() / "meridian-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        file_ = folder_ / "credentials";
    }
    ~CredentialsFile() override { std::filesystem::remove_all(folder_); }

    void put(std::string_view text) const { std::ofstream(file_) << text; }

    std::filesystem::path folder_;
    std::filesystem::path file_;
};

const Profiles kProfiles = {
    {"default",
     {.access_key_id = "AKID", .secret_access_key = "a/b+c=", .session_token = "", .expires = {}}},
    {"meridian",
     {.access_key_id = "MRDN", .secret_access_key = "s", .session_token = "t==", .expires = {}}}};

TEST_F(CredentialsFile, ReadsWhatWasWritten) {
    ASSERT_TRUE(write_credentials(file_, kProfiles));
    const auto read = read_credentials(file_);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->at("default").secret_access_key, "a/b+c=");
    EXPECT_EQ(read->at("default").session_token, "");
    EXPECT_EQ(read->at("meridian").access_key_id, "MRDN");
    EXPECT_EQ(read->at("meridian").session_token, "t==");
}

TEST_F(CredentialsFile, IsTheOwnersAloneEvenWhereItWasNot) {
    put("[old]\n");
    ASSERT_EQ(chmod(file_.c_str(), 0644), 0);
    EXPECT_EQ(is_readable_by_others(file_), true);
    ASSERT_TRUE(write_credentials(file_, kProfiles));
    struct stat status{};
    ASSERT_EQ(stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(is_readable_by_others(file_), false);
}

TEST_F(CredentialsFile, LeavesNothingBehind) {
    ASSERT_TRUE(write_credentials(file_, kProfiles));
    ASSERT_TRUE(write_credentials(file_, kProfiles));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

// A target that cannot be replaced: the folder must be as it was, without a temporary file.
TEST_F(CredentialsFile, FailureLeavesTheOldFile) {
    std::filesystem::create_directories(file_ / "in the way");
    const auto written = write_credentials(file_, kProfiles);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kIo);
    EXPECT_THAT(written.error().message, HasSubstr(file_.string()));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
    EXPECT_EQ(write_credentials(folder_ / "none" / "file", kProfiles).error().code,
              ErrorCode::kConfiguration);
}

TEST_F(CredentialsFile, RefusesWhatTheFormatCannotHold) {
    const Credentials good = kProfiles.at("default");
    const auto with = [&good](auto change) {
        auto changed = good;
        change(changed);
        return Profiles{{"name", changed}};
    };
    const Profiles wrong[] = {
        {{"", good}},
        {{"a]b", good}},
        {{"a\nb", good}},
        with([](Credentials& c) { c.access_key_id = ""; }),
        with([](Credentials& c) { c.secret_access_key = ""; }),
        with([](Credentials& c) { c.secret_access_key = "a\naws_session_token = b"; }),
        with([](Credentials& c) { c.session_token = " a"; }),
    };
    for (const auto& profiles : wrong) {
        EXPECT_EQ(write_credentials(file_, profiles).error().code, ErrorCode::kInvalidInput);
        EXPECT_FALSE(std::filesystem::exists(file_));
    }
}

TEST_F(CredentialsFile, NamesAFileThatIsNotThere) {
    const auto read = read_credentials(file_);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kConfiguration);
    EXPECT_THAT(read.error().message, HasSubstr(file_.string()));
    EXPECT_EQ(is_readable_by_others(file_).error().code, ErrorCode::kConfiguration);
    EXPECT_EQ(read_credentials(folder_).error().code, ErrorCode::kIo);
}

TEST_F(CredentialsFile, RefusesAHugeFile) {
    put(std::string((1U << 20U) + 1, '#'));
    EXPECT_EQ(read_credentials(file_).error().code, ErrorCode::kConfiguration);
}

// As AWS's tools write it, and as people do.
TEST(CredentialsText, ReadsWhatAwsToolsRead) {
    const auto profiles = parse_credentials(
        "\xEF\xBB\xBF# a comment\r\n"
        "; another\n\n"
        "[default]\r\n"
        "aws_access_key_id=AKID\r\n"
        "aws_secret_access_key = a=b # no comment\r\n"
        "region = eu-west-1\n"
        "[ role ]\nrole_arn = arn:aws:iam::1:role/x\n"
        "[empty]\n"
        "[last]\n  aws_secret_access_key\t=\ts\naws_session_token=t\naws_access_key_id = MRDN",
        "file");
    ASSERT_TRUE(profiles) << profiles.error().message;
    ASSERT_EQ(profiles->size(), 2U) << "profiles without keys of their own are left out";
    EXPECT_EQ(profiles->at("default").access_key_id, "AKID");
    EXPECT_EQ(profiles->at("default").secret_access_key, "a=b # no comment");
    EXPECT_EQ(profiles->at("last").session_token, "t");
}

TEST(CredentialsText, ErrorsNameTheLineAndNoSecret) {
    struct Row {
        const char* text;
        const char* message;
    };
    const Row rows[] = {
        {"[a]\naws_access_key_id = x\n\n[b]\n", "file:1: the profile 'a' has no aws_secret"},
        {"\n[a]\naws_secret_access_key = hidden\n", "file:2: the profile 'a' has no aws_access"},
        {"aws_access_key_id = x\n", "file:1: a setting before the first"},
        {"[a]\nhidden\n", "file:2: expected 'name = value'"},
        {"[a\n", "file:1: a profile's line"},
        {"[]\n", "file:1: a profile's line"},
        {"[a]\n[b]\n[a]\n", "file:3: a second profile named 'a'"},
        {"[a]\naws_access_key_id = x\naws_access_key_id = y\n", "file:3: a second 'aws_access"},
        {"[a]\naws_secret_access_key = hidden\x01\n", "file:2: a control character"},
    };
    for (const auto& row : rows) {
        const auto profiles = parse_credentials(row.text, "file");
        ASSERT_FALSE(profiles) << row.text;
        EXPECT_EQ(profiles.error().code, ErrorCode::kConfiguration);
        EXPECT_THAT(profiles.error().message, HasSubstr(row.message));
        EXPECT_THAT(profiles.error().message, Not(HasSubstr("hidden")));
    }
}

TEST(GeneratedCredentials, HaveTheShapeOfAws) {
    SystemRandom random;
    const auto one = generate_credentials(random);
    const auto two = generate_credentials(random);
    EXPECT_THAT(one.access_key_id, MatchesRegex("MRDN[A-Z0-9]{16}"));
    EXPECT_THAT(one.secret_access_key, MatchesRegex("[A-Za-z0-9]{40}"));
    EXPECT_NE(one.access_key_id, two.access_key_id);
    EXPECT_NE(one.secret_access_key, two.secret_access_key);
}

}  // namespace
}  // namespace meridian::aws
