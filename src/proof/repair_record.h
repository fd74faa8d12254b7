// What repair did, for whoever asks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "item/key.h"
#include "proof/verdict.h"

namespace meridian::proof {

// An item that was made again what the other regions have.
struct Mend {
    Instant at;
    std::string table;
    std::string key;   // masked: callers' numbers are nobody's business here
    std::string hash;  // of the key, to tell items apart
    std::string from;  // the region whose version was taken
    Fault fault = Fault::kMissing;
};

// An item that differs and stays so.
struct Unmended {
    std::string table;
    std::string key;
    std::string hash;
    std::string why;
};

struct PeerComparison {
    std::string region;
    std::optional<Error> error;  // it could not be asked, or not to the end
};

// One comparison of this region with its peers.
struct RepairReport {
    Instant at;
    std::vector<PeerComparison> peers;
    std::uint64_t differing = 0;  // items that were not the same everywhere
    std::uint64_t mended = 0;
    std::uint64_t pending = 0;   // that the logs of other regions are about to bring
    std::uint64_t theirs = 0;    // that are right here: for the others to mend
    std::uint64_t unmended = 0;  // that nobody has anything better for, or that were refused
    std::vector<Mend> mends;     // the first ones
    std::vector<Unmended> left;  // the first ones
    std::optional<Error> error;  // nothing could be compared, and why
};

inline constexpr std::size_t kMendsKept = 100;

// Since the start of the process.
struct RepairState {
    std::uint64_t steps = 0;
    std::uint64_t mended = 0;
    std::optional<RepairReport> last;
    std::vector<Mend> mends;  // the newest kMendsKept, the newest first
};

// `{"phoneNumber":"+180******34","region":"us-east-1"}`.
[[nodiscard]] std::string masked_key(const item::Key& key);
// 16 hexadecimal digits.
[[nodiscard]] std::string key_hash(std::string_view table, const item::Key& key);

}  // namespace meridian::proof
