// What a table of DynamoDB's protocol is, in all the regions that have it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "item/key.h"
#include "item/value.h"
#include "store/table_store.h"

namespace meridian::dynamo {

enum class BillingMode : std::uint8_t { kProvisioned, kPayPerRequest };

struct Throughput {
    std::int64_t read_units = 0;
    std::int64_t write_units = 0;
    friend bool operator==(const Throughput&, const Throughput&) = default;
};

enum class IndexKind : std::uint8_t { kLocal, kGlobal };

struct IndexDescription {
    IndexKind kind = IndexKind::kGlobal;
    store::IndexSchema schema;
    Throughput throughput = {};
    item::Map further = {};  // as TableDescription's
    friend bool operator==(const IndexDescription&, const IndexDescription&) = default;
};

enum class StreamView : std::uint8_t { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };

// A stream that is being written; one that was switched off stays readable, as long as the log has
// it.
struct StreamDescription {
    StreamView view = StreamView::kNewAndOldImages;
    std::string label;  // "2026-11-29T21:00:00.000": of the moment it was switched on
    bool enabled = true;
    friend bool operator==(const StreamDescription&, const StreamDescription&) = default;
};

inline constexpr std::chrono::days kRecoveryDaysMax{35};
// What `further` says of a table that was restored, from its start on.
inline constexpr std::string_view kRestoreSummary = "RestoreSummary";
inline constexpr std::string_view kRestoreInProgress = "RestoreInProgress";

// A value. Kept as one item of the system table kTablesTable, so that all regions hear of it.
struct TableDescription {
    std::string id;       // a UUID: TableId
    std::string name;     // as clients call it
    std::string storage;  // the store's table: the name itself for Meridian's own, else NAME@ID
    item::KeySchema key;
    std::vector<item::KeyAttribute> attributes;  // AttributeDefinitions, as given
    std::vector<IndexDescription> indexes = {};
    // That were asked to have it; the first one is where it was created. Of Meridian's own tables,
    // which all regions have, none when no client has created it.
    std::vector<std::string> regions = {};
    BillingMode billing = BillingMode::kProvisioned;
    Throughput throughput = {};
    std::vector<StreamDescription> streams = {};  // the newest is the last
    bool deletion_protection = false;
    std::string table_class = {};  // empty: never given
    std::optional<std::string> ttl_attribute = {};
    std::map<std::string, std::string> tags = {};
    bool point_in_time_recovery = false;
    std::chrono::days recovery_days = kRecoveryDaysMax;  // how far back it goes
    Instant created{};
    bool deleted = false;
    std::int64_t revision = 0;  // another one for each change, by TableCatalog; 0: never written
    // What only answers show: BillingModeSummary, SSEDescription, OnDemandThroughput,
    // WarmThroughput, RestoreSummary, … as the service writes them, and what a few small operations
    // keep (ResourcePolicy, ContributorInsights).
    item::Map further = {};

    [[nodiscard]] const IndexDescription* index(std::string_view index_name) const;
    // The newest stream, when it is on; else null.
    [[nodiscard]] const StreamDescription* stream() const;
    // Whether clients of that region see it.
    [[nodiscard]] bool is_in(std::string_view region) const;
    // Whether it is still being filled with what was: then its clients have to wait.
    [[nodiscard]] bool is_being_restored() const;
    // One of Meridian's own tables: it is there without anybody creating it, and stays.
    [[nodiscard]] bool is_own() const { return storage == name; }
};

// The store's name of a client's table.
[[nodiscard]] std::string storage_of(std::string_view name, std::string_view id);
// The description of one of Meridian's own tables that nobody has changed; the same in all regions.
[[nodiscard]] TableDescription own_table(const store::TableSchema& schema);

// A moment as the service writes it: seconds of Unix time, with milliseconds.
[[nodiscard]] item::Number seconds_of(Instant instant);

// As an item of the system table, and back. kCorruption: it is not one that this version wrote.
[[nodiscard]] item::Item to_item(const TableDescription& table);
[[nodiscard]] Result<TableDescription> table_from(const item::Item& item);

// "arn:aws:dynamodb:us-east-1:000000000000:table/NAME", and with "/index/…", "/stream/LABEL".
inline constexpr std::string_view kAccount = "000000000000";
[[nodiscard]] std::string table_arn(std::string_view region, std::string_view name);
// The table's name in the ARN of a table of that region, or of an index or a stream of it; empty:
// it is none.
[[nodiscard]] std::string_view table_in_arn(std::string_view arn, std::string_view region);

}  // namespace meridian::dynamo
