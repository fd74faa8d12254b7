#include "api/access_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "item/json.h"

namespace meridian::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

AccessEntry entry(std::string_view id) {
    return {.at = *parse_instant("2025-02-26T15:00:00Z"),
            .request_id = id,
            .peer = "127.0.0.1:5",
            .principal = "console",
            .method = "GET",
            .path = "/routing/%2B18005551234/us-east-1",
            .user_agent = "curl/7.88.1",
            .error = {},
            .status = 200,
            .bytes = 12,
            .took = std::chrono::microseconds{1'234}};
}

// A folder with a log; lines() are those that were written, once the log is closed.
class AccessLogFile : public testing::Test {
  protected:
    AccessLogFile() {
        std::string name = (std::filesystem::temp_directory_path() / "meridian-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        file_ = folder_ / "access.log";
    }
    ~AccessLogFile() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] static std::vector<std::string> lines(const std::filesystem::path& file) {
        std::ifstream stream(file);
        std::vector<std::string> result;
        for (std::string line; std::getline(stream, line);) {
            result.push_back(line);
        }
        return result;
    }

    SystemClock clock_;
    std::filesystem::path folder_;
    std::filesystem::path file_;
};

TEST(AccessLine, IsOneJsonObjectWithoutNumbersAndSecrets) {
    EXPECT_EQ(
        access_line(entry("r-1")),
        R"({"time":"2025-02-26T15:00:00.000Z","requestId":"r-1","peer":"127.0.0.1:5",)"
        R"("principal":"console","method":"GET","path":"/routing/%2B180*******4/us-east-1",)"
        R"("status":200,"bytes":12,"durationMs":1.234,"userAgent":"curl/7.88.1","error":null})"
        "\n");
}

// Whatever a client sends: a line stays one line, of a bounded length, that a JSON parser reads.
TEST(AccessLine, HoldsUnderHostileText) {
    auto hostile = entry("r-1");
    const std::string text = "\"},\n\x01\xff\xc3" + std::string(100'000, 'x');
    hostile.path = text;
    hostile.user_agent = text;
    hostile.principal = "";
    hostile.error = "AccessDeniedException";
    const auto line = access_line(hostile);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_LT(line.size(), 2'000U);
    const auto parsed = item::parse_plain_json(line);
    ASSERT_TRUE(parsed) << line;
    const auto& map = *parsed->as<item::Map>();
    EXPECT_EQ(*item::find(map, "principal"), item::Value(item::Null{}));
    EXPECT_EQ(*item::find(map, "error"), item::Value("AccessDeniedException"));
}

TEST_F(AccessLogFile, AppendsALineARequestForItsOwnerOnly) {
    for (const char* id : {"r-1", "r-2"}) {
        (*AccessLog::open(file_, clock_))->add(entry(id));
    }
    EXPECT_THAT(lines(file_), ElementsAre(HasSubstr("r-1"), HasSubstr("r-2")));
    struct stat status{};
    ASSERT_EQ(stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(AccessLogFile, GoesOnInANewFileAfterItWasMovedAway) {
    const auto log = *AccessLog::open(file_, clock_);
    log->add(entry("r-1"));
    std::filesystem::rename(file_, folder_ / "access.log.1");
    log->reopen();
    EXPECT_THAT(lines(folder_ / "access.log.1"), ElementsAre(HasSubstr("r-1")));
    log->add(entry("r-2"));
    log->reopen();
    EXPECT_THAT(lines(file_), ElementsAre(HasSubstr("r-2")));
}

TEST_F(AccessLogFile, WithoutANewFileTheOldOneGoesOn) {
    const auto log = *AccessLog::open(file_, clock_);
    std::filesystem::rename(file_, folder_ / "access.log.1");
    std::filesystem::create_directory(file_);
    testing::internal::CaptureStderr();
    log->reopen();
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("Is a directory"));
    log->add(entry("r-1"));
    log->reopen();
    EXPECT_THAT(lines(folder_ / "access.log.1"), ElementsAre(HasSubstr("r-1")));
}

TEST_F(AccessLogFile, AFileThatCannotBeOpenedIsNamed) {
    const auto log = AccessLog::open(folder_ / "none" / "access.log", clock_);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, ErrorCode::kIo);
    EXPECT_THAT(log.error().message, HasSubstr("none/access.log"));
}

TEST_F(AccessLogFile, AFullDiskLosesLinesAndSaysSo) {
    testing::internal::CaptureStderr();
    const auto log = *AccessLog::open("/dev/full", clock_);
    log->add(entry("r-1"));
    log->reopen();
    EXPECT_EQ(log->lost(), 1U);
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                HasSubstr("/dev/full: No space left on device; 1 lines are lost"));
}

// A file may not grow past a limit, as on a disk that has room for half a line only; then it may.
TEST_F(AccessLogFile, ATornLineStaysAlone) {
    std::signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const auto log = *AccessLog::open(file_, clock_);
    const auto small = ::rlimit{access_line(entry("r-1")).size() * 3 / 2, limit.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (const char* id : {"r-1", "r-2", "r-3"}) {
        log->add(entry(id));
        log->reopen();
    }
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_EQ(log->lost(), 2U);
    log->add(entry("r-4"));
    log->reopen();
    const auto written = lines(file_);
    ASSERT_EQ(written.size(), 3U) << testing::PrintToString(written);
    EXPECT_TRUE(item::parse_plain_json(written[0]));
    EXPECT_FALSE(item::parse_plain_json(written[1])) << "half of a line, on a line of its own";
    EXPECT_THAT(written[2], HasSubstr("r-4"));
    EXPECT_TRUE(item::parse_plain_json(written[2]));
}

// Nobody reads the pipe: what has no room is counted, and whoever adds does not wait.
TEST_F(AccessLogFile, AReaderThatSleepsLosesLines) {
    std::signal(SIGPIPE, SIG_IGN);
    ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
    const int reader = open(file_.c_str(), O_RDONLY | O_NONBLOCK);
    ASSERT_GE(reader, 0);
    auto log = *AccessLog::open(file_, clock_);
    constexpr std::uint64_t kLines = 50'000;  // more than the pipe and the queue hold
    for (std::uint64_t i = 0; i < kLines; ++i) {
        log->add(entry("r-1"));
    }
    EXPECT_GT(log->lost(), 0U);
    EXPECT_LT(log->lost(), kLines);
    close(reader);
}

}  // namespace
}  // namespace meridian::api
