// How it stands with the way from one peer to here, and what the way is held to.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "replication/lag.h"
#include "store/replica_store.h"

namespace meridian::replication {

enum class LinkState : std::uint8_t {
    kConnecting,  // not heard since the start
    kCatchingUp,  // pages of everything, or a log that is far behind
    kFollowing,
    kUnreachable,  // `error` says why; tried again
    kRefused,      // another secret, another version, another key of a table: people must see to it
};
[[nodiscard]] std::string_view to_string(LinkState state);

// The way from one peer to here.
struct LinkStatus {
    std::string peer;
    LinkState state = LinkState::kConnecting;
    std::string error;
    Lag lag;
    // Since when the oldest change that has not arrived waits, as far as it is known: of a peer
    // that can't be reached, since it was last heard completely. Zero: nothing waits.
    std::chrono::milliseconds oldest_waiting{0};
    std::optional<std::chrono::milliseconds> last_heard;  // so long ago
    store::Cursor cursor;
    store::SequenceNumber peer_sequence = 0;  // of the peer's log, when it was last heard
    std::uint64_t items_applied = 0;          // since the start of this process
    std::uint64_t conflicts = 0;              // found on the way
    std::uint64_t pages = 0;                  // of catching up from everything
};

struct ReplicatorOptions {
    std::chrono::milliseconds poll{500};         // the longest wait for changes: the heartbeat
    std::chrono::milliseconds timeout{2'000};    // of an answer, beyond the wait
    std::chrono::milliseconds retry_first{100};  // after an error, doubled up to
    std::chrono::milliseconds retry_max{2'000};
    std::chrono::seconds collect_every{60};  // deletes that everybody has heard
};

}  // namespace meridian::replication
