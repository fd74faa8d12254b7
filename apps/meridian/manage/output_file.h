// Where a command's result goes: standard output, or a file that is there whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::app {

// Role: a buffered writer. A file gets its name when all is in it; until then what had that name
// stays. What is no regular file (a pipe, a device) is written as it is. Threads: one at a time.
class OutputFile {
  public:
    // Standard output when `file` is empty. kIo names the file and the cause.
    [[nodiscard]] static Result<OutputFile> open(std::filesystem::path file);

    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    ~OutputFile();  // without finish(): nothing stays

    // kDiskFull, kIo.
    [[nodiscard]] Result<void> write(std::string_view bytes);
    [[nodiscard]] Result<void> finish();

    [[nodiscard]] bool is_standard_output() const { return file_.empty(); }

  private:
    OutputFile() = default;
    [[nodiscard]] Result<void> flush();
    [[nodiscard]] std::unexpected<Error> failure() const;

    [[nodiscard]] Result<void> open_new();

    std::filesystem::path file_;
    std::filesystem::path target_;     // what the name stands for; empty: written in place
    std::filesystem::path temporary_;  // a file to be removed; empty: there is none
    int fd_ = -1;
    std::string buffer_;
};

// A file without a name, for what must be seen twice; gone when it is closed. The descriptor is the
// caller's. kIo.
[[nodiscard]] Result<int> open_nameless_file();

}  // namespace meridian::app
