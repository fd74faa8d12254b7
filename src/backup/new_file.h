// A file that gets its name when all is in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::backup {

// What a file is called until it is whole. Whoever finds one at the start of a process may remove
// it.
inline constexpr std::string_view kUnfinished = ".unfinished";

// Makes the folder, and those above it. kDiskFull, kIo name it and the cause.
[[nodiscard]] Result<void> make_folder(const std::filesystem::path& folder);
// Not an error: it is not there.
[[nodiscard]] Result<void> remove_file(const std::filesystem::path& file);
// Removes what former processes left unfinished in the folder. Not an error: it is not there.
[[nodiscard]] Result<void> remove_unfinished(const std::filesystem::path& folder);
// Gives a file another name, durably.
[[nodiscard]] Result<void> rename_file(const std::filesystem::path& from,
                                       const std::filesystem::path& to);

// Role: a writer that appends. Errors: kDiskFull, kIo; they name the file, and what was written
// goes with the object. Threads: one at a time.
class NewFile {
  public:
    // Under its final name with kUnfinished behind it. One that is there is replaced.
    [[nodiscard]] static Result<NewFile> create(std::filesystem::path file);

    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();  // without finish() or keep(): nothing stays

    [[nodiscard]] Result<void> append(std::string_view bytes);
    // Durable from now on, under the unfinished name.
    [[nodiscard]] Result<void> sync();
    // Takes what was appended after that many bytes away again.
    [[nodiscard]] Result<void> cut(std::uint64_t bytes);
    [[nodiscard]] std::uint64_t size() const { return size_; }

    // Durable, under its name or under another one of the same folder.
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] Result<void> finish_as(const std::filesystem::path& file);
    // What was synced stays under the unfinished name: for one that is made use of as it grows.
    void keep();

  private:
    NewFile(std::filesystem::path file, std::filesystem::path unfinished, int fd)
        : file_(std::move(file)), unfinished_(std::move(unfinished)), fd_(fd) {}
    [[nodiscard]] std::unexpected<Error> failure(int error) const;

    std::filesystem::path file_;
    std::filesystem::path unfinished_;
    int fd_;
    std::uint64_t size_ = 0;
};

}  // namespace meridian::backup
