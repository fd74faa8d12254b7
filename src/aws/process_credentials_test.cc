#include "aws/process_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/shell_words.h"
#include "aws/temporary_folder_for_tests.h"
#include "base/deadline.h"

namespace meridian::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(ShellWords, SplitsAsAShellWouldAndExpandsNothing) {
    EXPECT_THAT(*split_words(R"(a  "b c"'d'  e\ f "" '\n' "\"\\\x" $(x) `y`;z|w>*)"),
                ElementsAre("a", "b cd", "e f", "", "\\n", "\"\\\\x", "$(x)", "`y`;z|w>*"));
    EXPECT_THAT(*split_words(" \t\n"), IsEmpty());
    for (const char* text : {"'a", "\"a", "a\\", "\"a\\"}) {
        EXPECT_FALSE(split_words(text)) << text;
    }
}

TEST(ProcessCredentials, AreWhatTheProgramPrints) {
    const testing::TemporaryFolder folder;
    const auto file =
        folder.put("out", R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S",)"
                          R"("SessionToken":"T","Expiration":"2026-02-26T16:00:00Z"})");
    const auto credentials = run_credential_process("cat '" + file + "'");
    ASSERT_TRUE(credentials) << credentials.error().message;
    EXPECT_EQ(credentials->access_key_id, "A");
    EXPECT_EQ(credentials->secret_access_key, "S");
    EXPECT_EQ(credentials->session_token, "T");
    EXPECT_EQ(credentials->expires, *parse_instant("2026-02-26T16:00:00Z"));
}

TEST(ProcessCredentials, NoShellHasAPartInIt) {
    const testing::TemporaryFolder folder;
    const auto file = (folder.path() / "made").string();
    EXPECT_FALSE(run_credential_process("echo x; touch " + file));
    EXPECT_FALSE(run_credential_process("echo $(touch " + file + ")"));
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(ProcessCredentials, ErrorsNameTheProgramAndNothingThatMayBeSecret) {
    const testing::TemporaryFolder folder;
    int scripts = 0;
    const auto script = [&](std::string_view text) {
        const auto file = folder.put(fmt::format("script{}", ++scripts), text);
        return "sh " + file + " hidden-argument";
    };
    const std::pair<std::string, const char*> rows[] = {
        {"/nowhere/program hidden", "can't be run"},
        {"", "names no program"},
        {"'open", "leaves a quote open"},
        {"false hidden", "ended with status 1"},
        {script("echo hidden; echo hidden >&2; exit 3"), "ended with status 3"},
        {script("kill -9 $$"), "signal 9"},
        {script("echo hidden"), "no JSON object"},
        {script(R"(echo '{"Version":2,"AccessKeyId":"hidden"}')"), "Version"},
        {script(R"(echo '{"Version":1,"AccessKeyId":"hidden"}')"), "lacks"},
        {script(R"(echo '{"Version":1,"AccessKeyId":"hidden","SecretAccessKey":"hidden",)"
                R"("Expiration":"hidden"}')"),
         "Expiration"},
        {"head -c 70000 /dev/zero", "prints over 65536 bytes"},
    };
    for (const auto& [command, fault] : rows) {
        const auto credentials = run_credential_process(command);
        ASSERT_FALSE(credentials) << command;
        EXPECT_EQ(credentials.error().code, ErrorCode::kConfiguration);
        EXPECT_THAT(
            credentials.error().message,
            AllOf(HasSubstr(fault), HasSubstr("credential_process"), Not(HasSubstr("hidden"))));
    }
}

// Also what it has started itself, and what closes its output but does not end.
TEST(ProcessCredentials, IsKilledWhenItTakesTooLong) {
    const testing::TemporaryFolder folder;
    for (const char* text : {"sleep 60", "sleep 60 & exit 0", "exec >&-; sleep 60"}) {
        const auto script = folder.put("script", text);
        const auto start = steady_clock::now();
        const ScopedDeadline deadline(milliseconds{200});
        const auto credentials = run_credential_process("sh " + script);
        ASSERT_FALSE(credentials) << text;
        EXPECT_EQ(credentials.error().code, ErrorCode::kUnavailable);
        EXPECT_LT(steady_clock::now() - start, milliseconds{5'000});
    }
}

}  // namespace
}  // namespace meridian::aws
