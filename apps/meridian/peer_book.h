// The peers of a region: those it was told of, and those that came by themselves.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/region_client.h"
#include "base/result.h"

namespace meridian::app {

// "us-east-1=127.0.0.1:7401", "us-east-1=https://127.0.0.1:7401". kInvalidInput otherwise.
[[nodiscard]] Result<api::RegionAddress> parse_peer(std::string text, const std::string& ca_file);

// Role: knows where each peer answers. A region that was started with this one as its peer, and has
// proved to have the same secret, is one too from then on, and after a restart: it is kept in a
// file, a line a peer. Where a peer that was told answers is not changed by what it says. Threads:
// any.
class PeerBook {
  public:
    using OnPeer = std::function<void(const api::RegionAddress&)>;

    // `told`: by --peer; `file` need not exist yet. kInvalidInput, kIo: the file and its line.
    [[nodiscard]] static Result<PeerBook> open(std::filesystem::path file, std::string own_region,
                                               std::vector<api::RegionAddress> told,
                                               std::string ca_file);
    PeerBook(PeerBook&& other) noexcept;

    [[nodiscard]] std::vector<api::RegionAddress> all() const;

    // Whether a region that has proved to have the secret may ask for changes: not this region's
    // own name, and not more regions than tables can hold. `on_peer` is called for one that is new,
    // or answers elsewhere than before; a peer that says no URL is welcome and not kept.
    [[nodiscard]] bool welcome(std::string_view region, std::string_view url,
                               const OnPeer& on_peer);

  private:
    PeerBook(std::filesystem::path file, std::string own_region, std::string ca_file);
    void keep();

    std::filesystem::path file_;
    std::string own_region_;
    std::string ca_file_;
    mutable std::mutex mutex_;
    std::vector<api::RegionAddress> told_;
    std::vector<api::RegionAddress> came_;
};

}  // namespace meridian::app
