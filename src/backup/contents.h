// What stands in the records of backups and of segments.
//
//   a backup: header · items… · trailer            a segment: segment · changes…
//
//   text     length (4) · bytes                    stamp    time (8) · region, a text
//   time     ms since 1970 (8)                     hash     high (8) · low (8) · items (8)
//   table    name · attribute (partition) · 0, or 1 · attribute (sort)
//   attribute  name · type (1: KeyType)
//   item     number of its table (2) · item::encode_key, a text · stamp · count (1) of stamps seen
//            and those · 0 (deleted), or 1 · item::encode, a text
//
//   header   id · kind (1) · region · log (8) · sequence (8) · time · count (2) of tables and those
//   items    count (4) · items, of the header's tables
//   trailer  items (8) · deletes (8) · count (2) of hashes and those, one a table of the header
//   segment  region · log (8) · after (8)
//   changes  after (8) · through (8) · time · count (2) of tables and those · count (4) of changes:
//            sequence (8) · time · item, of this record's tables
//
// Numbers are little-endian. Every change of (after, through] is there; the next record goes on
// where this one ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "store/content_hash.h"
#include "store/replica_store.h"
#include "store/store_view.h"

namespace meridian::backup {

// Why a backup was made. kBase: for going on from with the change log.
enum class BackupKind : std::uint8_t { kOnDemand = 0, kScheduled = 1, kBase = 2 };
[[nodiscard]] std::string_view to_string(BackupKind kind);

struct Header {
    std::string id;
    BackupKind kind = BackupKind::kOnDemand;
    std::string region;
    store::LogId log{};
    store::SequenceNumber sequence = 0;  // the newest change that is in it
    Instant at;                          // the moment that it shows
    std::vector<store::TableSchema> tables;
};

struct Trailer {
    std::uint64_t items = 0;
    std::uint64_t deletes = 0;
    std::vector<store::ContentHash> hashes;  // in the order of the header's tables
    friend bool operator==(const Trailer&, const Trailer&) = default;
};

struct SegmentHeader {
    std::string region;
    store::LogId log{};
    store::SequenceNumber after = 0;
};

struct ArchivedChange {
    store::SequenceNumber sequence = 0;
    Instant time;  // never before the one of the change before it
    store::VersionedItem item;
};

struct ArchivedPart {
    store::SequenceNumber after = 0;
    store::SequenceNumber through = 0;
    Instant time;  // nothing else had happened up to here
    std::vector<store::TableSchema> tables;
    std::vector<ArchivedChange> changes;
};

[[nodiscard]] std::string encode(const Header& header);
[[nodiscard]] std::string encode(const Trailer& trailer);
[[nodiscard]] std::string encode(const SegmentHeader& segment);
// REQUIRES: the items are of these tables.
[[nodiscard]] std::string encode_items(const std::vector<store::TableSchema>& tables,
                                       const std::vector<store::VersionedItem>& items);
[[nodiscard]] std::string encode(const ArchivedPart& part);

// kInvalidInput says what is wrong: any bytes may be given. What is decoded are items that a store
// may hold, of tables that it may have.
[[nodiscard]] Result<Header> decode_header(std::string_view bytes);
[[nodiscard]] Result<Trailer> decode_trailer(std::string_view bytes);
[[nodiscard]] Result<SegmentHeader> decode_segment(std::string_view bytes);
[[nodiscard]] Result<std::vector<store::VersionedItem>> decode_items(
    const std::vector<store::TableSchema>& tables, std::string_view bytes);
[[nodiscard]] Result<ArchivedPart> decode_part(std::string_view bytes);

}  // namespace meridian::backup
