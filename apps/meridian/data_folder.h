// The data folder: one folder a region, the credentials, and what runs from it now.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "api/region_client.h"
#include "aws/sigv4.h"
#include "base/result.h"

namespace meridian::app {

// $MERIDIAN_DATA, or $XDG_STATE_HOME/meridian, or ~/.local/state/meridian; `given` when it isn't
// empty.
[[nodiscard]] Result<std::filesystem::path> data_folder(const std::filesystem::path& given);

// Creates the folder, for its owner only; one that there is stays as it is. kIo names it.
[[nodiscard]] Result<void> make_folder(const std::filesystem::path& folder);

// The profile `meridian` of FOLDER/credentials, an AWS shared-credentials file.
[[nodiscard]] Result<aws::Credentials> read_credentials(const std::filesystem::path& folder);
// The same, made (mode 0600) when there is none; processes that start at once agree on one.
[[nodiscard]] Result<aws::Credentials> ensure_credentials(const std::filesystem::path& folder);

// FOLDER/regions.json: where the regions of a running `meridian up` listen.
[[nodiscard]] Result<void> write_regions(const std::filesystem::path& folder,
                                         const std::vector<api::RegionAddress>& regions);
// kUnavailable when none runs from that folder, with what to do.
[[nodiscard]] Result<std::vector<api::RegionAddress>> read_regions(
    const std::filesystem::path& folder);
// The one of that name, or the first. kInvalidInput names those that there are.
[[nodiscard]] Result<api::RegionAddress> find_region(const std::filesystem::path& folder,
                                                     const std::string& region);

// A whole file as text. kIo names it and the cause.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& file);

// An exclusive lock, held until destruction.
class FolderLock {
  public:
    // The one of a running `up`. kLocked says who has it.
    [[nodiscard]] static Result<FolderLock> take(const std::filesystem::path& folder);
    // A second one, for moments; waits for it.
    [[nodiscard]] static Result<FolderLock> wait(const std::filesystem::path& folder);

    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

  private:
    explicit FolderLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace meridian::app
