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

const Profile kPlain{.credentials = {.access_key_id = "AKID",
                                     .secret_access_key = "a/b+c=",
                                     .session_token = "",
                                     .expires = {}}};
const Profile kWithAll{.credentials = {.access_key_id = "MRDN",
                                       .secret_access_key = "s",
                                       .session_token = "t==",
                                       .expires = {}},
                       .role = Setting{"editor"}};

TEST_F(CredentialsFile, ReadsWhatWasAdded) {
    ASSERT_TRUE(add_profile(file_, "default", kPlain));
    ASSERT_TRUE(add_profile(file_, "meridian", kWithAll));
    const auto read = read_credentials(file_);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->at("default").credentials.secret_access_key, "a/b+c=");
    EXPECT_EQ(read->at("default").credentials.session_token, "");
    EXPECT_FALSE(read->at("default").role);
    EXPECT_EQ(read->at("default").line, 1);
    EXPECT_EQ(read->at("meridian").credentials.access_key_id, "MRDN");
    EXPECT_EQ(read->at("meridian").credentials.session_token, "t==");
    EXPECT_EQ(read->at("meridian").role->value, "editor");
    EXPECT_EQ(read->at("meridian").role->line, 8);
    ASSERT_TRUE(remove_profile(file_, "default"));
    EXPECT_EQ(read_credentials(file_)->size(), 1U);
    EXPECT_EQ(remove_profile(file_, "default").error().code, ErrorCode::kInvalidInput);
}

TEST_F(CredentialsFile, IsTheOwnersAloneEvenWhereItWasNot) {
    put("[old]\n");
    ASSERT_EQ(chmod(file_.c_str(), 0644), 0);
    EXPECT_EQ(is_readable_by_others(file_), true);
    ASSERT_TRUE(add_profile(file_, "default", kPlain));
    struct stat status{};
    ASSERT_EQ(stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(is_readable_by_others(file_), false);
}

TEST_F(CredentialsFile, LeavesNothingBehind) {
    ASSERT_TRUE(add_profile(file_, "default", kPlain));
    ASSERT_TRUE(remove_profile(file_, "default"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(CredentialsFile, AMalformedFileIsNotEdited) {
    put("[a]\naws_access_key_id = x\n");
    EXPECT_EQ(add_profile(file_, "b", kPlain).error().code, ErrorCode::kConfiguration);
    EXPECT_EQ(remove_profile(file_, "a").error().code, ErrorCode::kConfiguration);
    std::ifstream stream(file_);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}),
              "[a]\naws_access_key_id = x\n");
}

// A target that cannot be replaced: the folder must be as it was, without a temporary file.
TEST_F(CredentialsFile, FailureLeavesTheOldFile) {
    std::filesystem::create_directories(file_ / "in the way");
    const auto written = add_profile(file_, "default", kPlain);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kIo);
    EXPECT_THAT(written.error().message, HasSubstr(file_.string()));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
    EXPECT_EQ(add_profile(folder_ / "none" / "file", "default", kPlain).error().code,
              ErrorCode::kConfiguration);
}

TEST(CredentialsText, RefusesWhatTheFormatCannotHold) {
    const auto with = [](auto change) {
        auto changed = kPlain;
        change(changed);
        return std::pair{"name", changed};
    };
    const std::pair<const char*, Profile> wrong[] = {
        {"", kPlain},
        {"a]b", kPlain},
        {"a\nb", kPlain},
        {" a", kPlain},
        {"taken", kPlain},
        {"keyless", kPlain},
        with([](Profile& p) { p.credentials.access_key_id = ""; }),
        with([](Profile& p) { p.credentials.secret_access_key = ""; }),
        with([](Profile& p) { p.credentials.secret_access_key = "a\naws_session_token = b"; }),
        with([](Profile& p) { p.credentials.session_token = " a"; }),
        with([](Profile& p) { p.role = Setting{"viewer\n[b]"}; }),
    };
    const std::string text = "[ taken ]\n[keyless]\nregion = eu-west-1\n";
    for (const auto& [name, profile] : wrong) {
        EXPECT_EQ(with_profile(text, "file", name, profile).error().code, ErrorCode::kInvalidInput)
            << name;
    }
    EXPECT_TRUE(with_profile(text, "file", "free", kPlain));
}

// People keep comments, other tools' settings and profiles without keys in such a file.
TEST(CredentialsText, EditsKeepAllElse) {
    const std::string before = "\xEF\xBB\xBF# ours\r\n[a]\r\naws_access_key_id = A\n";
    const std::string rest = "aws_secret_access_key = s\n\n  # of a\nregion = x\n";
    const std::string after = "\n; of b\n[ b ]\nrole_arn = arn:x\n# the end";
    const auto removed = without_profile(before + rest + after, "file", "a");
    ASSERT_TRUE(removed);
    EXPECT_EQ(*removed, "\xEF\xBB\xBF# ours\r\n" + after);
    EXPECT_EQ(*without_profile(before + rest + after, "file", "b"),
              before + rest + "\n; of b\n# the end");
    const auto added = with_profile(before + rest + after, "file", "c", kWithAll);
    ASSERT_TRUE(added);
    EXPECT_EQ(*added, before + rest + after +
                          "\n[c]\naws_access_key_id = MRDN\naws_secret_access_key = s\n"
                          "aws_session_token = t==\nmeridian_role = editor\n");
    EXPECT_EQ(without_profile(before + rest, "file", "b").error().code, ErrorCode::kInvalidInput);
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
    EXPECT_EQ(profiles->at("default").credentials.access_key_id, "AKID");
    EXPECT_EQ(profiles->at("default").credentials.secret_access_key, "a=b # no comment");
    EXPECT_EQ(profiles->at("last").credentials.session_token, "t");
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
        {"[a]\nmeridian_role = viewer\nmeridian_role = admin\n", "file:3: a second 'meridian_role"},
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
