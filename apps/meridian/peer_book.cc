#include "peer_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/log.h"
#include "data_folder.h"
#include "region_list.h"
#include "store/version.h"

namespace meridian::app {
namespace {

using Addresses = std::vector<api::RegionAddress>;

constexpr std::size_t kPeersMax = store::kRegionsMax - 1;

api::RegionAddress* find(Addresses& addresses, std::string_view region) {
    const auto found = std::ranges::find(addresses, region, &api::RegionAddress::region);
    return found == addresses.end() ? nullptr : &*found;
}

std::string line_of(const api::RegionAddress& address) {
    return fmt::format("{}={}{}:{}\n", address.region, address.tls ? "https://" : "", address.host,
                       address.port);
}

}  // namespace

Result<api::RegionAddress> parse_peer(std::string text, const std::string& ca_file) {
    constexpr std::string_view kPlain = "=http://";
    constexpr std::string_view kScheme = "=https://";
    const bool tls = text.contains(kScheme);
    for (const auto scheme : {kScheme, kPlain}) {
        if (const auto at = text.find(scheme); at != std::string::npos) {
            text.erase(at + 1, scheme.size() - 1);
            break;
        }
    }
    auto address = api::parse_region_address(text);
    if (address) {
        address->tls = tls;
        address->ca_file = ca_file;
    }
    return address;
}

PeerBook::PeerBook(std::filesystem::path file, std::string own_region, std::string ca_file)
    : file_(std::move(file)), own_region_(std::move(own_region)), ca_file_(std::move(ca_file)) {}

PeerBook::PeerBook(PeerBook&& other) noexcept
    : file_(std::move(other.file_)),
      own_region_(std::move(other.own_region_)),
      ca_file_(std::move(other.ca_file_)),
      told_(std::move(other.told_)),
      came_(std::move(other.came_)) {}

Result<PeerBook> PeerBook::open(std::filesystem::path file, std::string own_region, Addresses told,
                                std::string ca_file) {
    PeerBook book(std::move(file), std::move(own_region), std::move(ca_file));
    book.told_ = std::move(told);
    std::error_code ignored;
    if (!std::filesystem::exists(book.file_, ignored)) {
        return book;
    }
    auto text = read_file(book.file_);
    if (!text) {
        return std::unexpected(text.error());
    }
    std::istringstream lines(*std::move(text));
    for (std::string line; std::getline(lines, line);) {
        auto address = parse_peer(line, book.ca_file_);
        if (!address) {
            return fail_within(
                fmt::format("{} (remove the line, or the file)", book.file_.string()),
                address.error());
        }
        if (find(book.told_, address->region) == nullptr && address->region != book.own_region_) {
            book.came_.push_back(*std::move(address));
        }
    }
    return book;
}

Addresses PeerBook::all() const {
    const std::lock_guard lock(mutex_);
    auto all = told_;
    all.insert(all.end(), came_.begin(), came_.end());
    return all;
}

bool PeerBook::welcome(std::string_view region, std::string_view url, const OnPeer& on_peer) {
    if (region == own_region_ || !store::check_region(region)) {
        return false;
    }
    const std::lock_guard lock(mutex_);
    if (find(told_, region) != nullptr) {
        return true;
    }
    auto* known = find(came_, region);
    if (url.empty() || (known != nullptr && url_of(*known) == url)) {
        return true;
    }
    auto address = parse_peer(fmt::format("{}={}", region, url), ca_file_);
    if (!address || (known == nullptr && told_.size() + came_.size() >= kPeersMax)) {
        return false;
    }
    log(LogLevel::kInfo, "replication", "{} is a peer now, at {}", region, url);
    on_peer(*address);
    if (known != nullptr) {
        *known = *std::move(address);
    } else {
        came_.push_back(*std::move(address));
    }
    keep();
    return true;
}

// Written beside and renamed, so that it is whole at any moment.
void PeerBook::keep() {
    auto beside = file_;
    beside += ".new";
    std::ofstream out(beside, std::ios::trunc);
    for (const auto& address : came_) {
        out << line_of(address);
    }
    out.close();
    std::error_code error;
    if (out) {
        std::filesystem::rename(beside, file_, error);
    }
    if (!out || error) {
        log(LogLevel::kError, "replication",
            "{} cannot be written: after a restart, {} is a peer again when it asks",
            file_.string(), came_.back().region);
    }
}

}  // namespace meridian::app
