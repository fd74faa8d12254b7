#include "region_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace meridian::app {
namespace {

class RegionProcessTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "region-process-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override {
        if (child_ > 0) {
            kill(child_, SIGKILL);
            waitpid(child_, nullptr, 0);
        }
        std::filesystem::remove_all(folder_);
    }
    // A process that has written its file, and waits.
    void start_child() {
        std::array<int, 2> ready{};
        ASSERT_EQ(pipe(ready.data()), 0);
        child_ = fork();
        if (child_ == 0) {
            const bool done = write_region_process(folder_).has_value();
            (void)!write(ready[1], done ? "y" : "n", 1);
            while (true) {
                pause();
            }
        }
        char answer = 'n';
        ASSERT_EQ(read(ready[0], &answer, 1), 1);
        ASSERT_EQ(answer, 'y');
        close(ready[0]);
        close(ready[1]);
    }
    // How the child changed: by which signal it was stopped, continued or ended.
    int change() {
        int status = 0;
        EXPECT_EQ(waitpid(child_, &status, WUNTRACED | WCONTINUED), child_);
        if (WIFSIGNALED(status)) {
            child_ = -1;
            return WTERMSIG(status);
        }
        return WIFSTOPPED(status) ? WSTOPSIG(status) : SIGCONT;
    }

    std::filesystem::path folder_;
    pid_t child_ = -1;
};

TEST_F(RegionProcessTest, IsStoppedContinuedAndKilled) {
    start_child();
    const auto process = RegionProcess::find(folder_);
    ASSERT_TRUE(process) << process.error().message;
    EXPECT_EQ(process->pid(), child_);
    EXPECT_FALSE(process->is_stopped());
    ASSERT_TRUE(process->stop());
    EXPECT_TRUE(process->is_stopped());
    EXPECT_EQ(change(), SIGSTOP);
    EXPECT_TRUE(RegionProcess::find(folder_)->is_stopped());
    ASSERT_TRUE(process->signal(SIGCONT));
    EXPECT_EQ(change(), SIGCONT);
    EXPECT_FALSE(process->is_stopped());
    ASSERT_TRUE(process->signal(SIGKILL));
    EXPECT_EQ(change(), SIGKILL);
    EXPECT_EQ(process->signal(SIGCONT).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(RegionProcess::find(folder_).error().code, ErrorCode::kUnavailable);
}

// A region that was killed leaves its file, and its id goes to somebody else some day.
TEST_F(RegionProcessTest, AnotherProcessWithTheSameIdIsNotTheRegion) {
    std::ofstream(folder_ / "pid") << getpid() << " 1\n";
    const auto other = RegionProcess::find(folder_);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::kUnavailable);
}

TEST_F(RegionProcessTest, WithoutAFileOrWithNonsenseNoneRuns) {
    EXPECT_EQ(RegionProcess::find(folder_).error().code, ErrorCode::kUnavailable);
    for (const auto* text : {"", "x", "1", "-1 5", "0 0", "99999999999999999999 1"}) {
        std::ofstream(folder_ / "pid", std::ios::trunc) << text;
        EXPECT_EQ(RegionProcess::find(folder_).error().code, ErrorCode::kUnavailable) << text;
    }
}

}  // namespace
}  // namespace meridian::app
