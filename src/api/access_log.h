// A line for each request that was answered: who asked for what, and what became of it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/log_limit.h"
#include "base/result.h"

namespace meridian::api {

// Views: looked at by add() only. Empty: not known, null in the line.
struct AccessEntry {
    Instant at;
    std::string_view request_id;
    std::string_view peer;
    std::string_view principal;
    std::string_view method;
    std::string_view path;  // as sent, without the query, which may hold a signature
    std::string_view user_agent;
    std::string_view error;  // the error's AWS type
    int status = 0;
    std::size_t bytes = 0;  // of the body
    std::chrono::nanoseconds took{};
};

// {"time":"…","requestId":"…","peer":"…","principal":"…","method":"…","path":"…","status":200,
// "bytes":12,"durationMs":0.123,"userAgent":"…","error":null} and a line feed. Numbers in the path
// are masked; a long path or user agent is cut off.
[[nodiscard]] std::string access_line(const AccessEntry& entry);

// Role: writes lines to a file from a thread of its own, so that nobody who answers requests waits
// for a disk. What it cannot write, or has no room to keep (4 MB, or a second's waiting for whoever
// reads a pipe), it leaves out, counts, and says so in the region's log. Threads: any.
class AccessLog {
  public:
    // "-" is standard output; anything else is appended to, and made when there is none. kIo names
    // the file. `clock` must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<AccessLog>> open(const std::filesystem::path& file,
                                                                 const Clock& clock);
    // Writes what waits.
    ~AccessLog();
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;

    // Never blocks.
    void add(const AccessEntry& entry);
    // Opens the file by its name again, after it was moved away, and returns when that is done.
    // What was added before is in the old one. A file that cannot be opened is logged, and the old
    // one goes on.
    void reopen();

    // Lines that were left out.
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

  private:
    class File;

    AccessLog(std::unique_ptr<File> file, const Clock& clock);
    void run(const std::stop_token& stop);
    void write(std::string_view lines);
    void reopen_file();

    // Of the thread.
    std::unique_ptr<File> file_;
    LogLimit complaints_;
    std::uint64_t told_ = 0;  // of those lost

    std::atomic<std::uint64_t> lost_ = 0;

    std::mutex mutex_;  // of what follows
    std::condition_variable_any changed_;
    std::string waiting_;
    bool is_to_reopen_ = false;

    std::jthread thread_;
};

}  // namespace meridian::api
