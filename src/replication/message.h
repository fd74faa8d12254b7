// What regions ask one another, as values. All of it only reads; wire.h has the bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/hybrid_clock.h"
#include "base/instant.h"
#include "base/result.h"
#include "store/content_hash.h"
#include "store/replica_store.h"
#include "store/store_view.h"

namespace meridian::replication {

// Of these messages. Peers of different versions refuse each other by name.
inline constexpr std::uint8_t kProtocolVersion = 1;

// Up to when a region has applied everything that another region's clients wrote. A region that
// lost its tables has a new log, and has heard nobody.
struct Heard {
    std::string observer;
    std::string origin;
    HybridTime through;
    store::LogId log{};  // the observer's own
    friend bool operator==(const Heard&, const Heard&) = default;
};

// ---- Questions

// Who are you? The first one on a link.
struct AskHello {
    std::uint8_t version = kProtocolVersion;
    std::string region;  // who asks
};

// What did your clients write after `after`? Answered when there is something, or after `wait`.
struct AskChanges {
    store::LogId log{};
    store::SequenceNumber after = 0;
    std::chrono::milliseconds wait{0};
    std::vector<Heard> heard = {};  // what the asker knows of who has heard whom
};

// All that you have, by pages: from `position` on, "" first.
struct AskPage {
    std::string position;
};

// Hashes, for comparing: of all tables; of the ranges under a prefix; of the items under one.
struct AskTableHashes {};
struct AskRangeHashes {
    std::string table;
    std::string prefix;
};
struct AskItemHashes {
    std::string table;
    std::string prefix;
    std::string position;
};

// These items, with their versions.
struct AskItems {
    std::vector<store::ItemRef> items;
};

using Question = std::variant<AskHello, AskChanges, AskPage, AskTableHashes, AskRangeHashes,
                              AskItemHashes, AskItems>;

// ---- Answers

struct Hello {
    std::uint8_t version = kProtocolVersion;
    std::string region;
    store::LogId log{};
    store::SequenceNumber last_sequence = 0;
};

struct Changes {
    store::LogId log{};
    store::SequenceNumber after = 0;  // the question's: the part is of (after, part.through]
    store::OwnChanges part;
    // With everything up to `part.through` applied, one has heard all of this region through here.
    std::optional<store::Mark> mark;
    store::SequenceNumber last_sequence = 0;  // of the log: how far behind the part is
    // The wall clock of the answering region, and since when its oldest change after `part.through`
    // has waited.
    Instant now;
    std::optional<Instant> oldest_waiting;
    std::vector<Heard> heard;
};

// The log does not reach back to where the asker stands, or is another one: ask for pages.
struct LogGone {
    store::LogId log{};
};

struct Page {
    store::LogId log{};
    store::SequenceNumber sequence = 0;  // everything up to here is in this page's view
    std::string position;                // the question's
    store::ViewPage page;
};

struct TableHash {
    store::TableSchema table;
    store::ContentHash content;
};
struct TableHashes {
    store::SequenceNumber sequence = 0;
    std::vector<TableHash> tables;
    std::vector<std::string> dropped = {};  // names of tables that region has no part in any more
};
struct RangeHashes {
    std::vector<store::RangeHash> ranges;
};
struct ItemHashes {
    store::ItemHashPage page;
};
struct Items {
    std::vector<store::TableSchema> tables;
    std::vector<store::VersionedItem> items;  // those that there are, or were deleted
};

using Answer =
    std::variant<Hello, Changes, LogGone, Page, TableHashes, RangeHashes, ItemHashes, Items, Error>;

}  // namespace meridian::replication
