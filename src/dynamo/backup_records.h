// What DynamoDB's backups and restores of this region are, kept where it survives their tables.
//
// The engine's backups (backup/backups.h) are of a region's whole store, and know nothing of
// clients' tables: a record says which table was meant, and what it was then. Records replicate as
// all items do, the engine's files don't: each region's are its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/random.h"
#include "base/result.h"
#include "dynamo/table_description.h"
#include "store/replica_store.h"

namespace meridian::dynamo {

inline constexpr std::string_view kBackupsTable = "@backups";

struct BackupRecord {
    std::string id;      // "01576616366715-b4e58d3a": milliseconds of `created`, and 8 more digits
    std::string name;    // as the client calls it
    std::string engine;  // the engine's
    Instant created;
    store::Extent extent;    // of the table, about then
    TableDescription table;  // as it was
};

// A table that is being filled; there while it is.
struct RestoreRecord {
    std::string storage;  // the new table's
    std::string name;     // the new table's
    std::string source;   // the old one's storage
    // One of these:
    std::string engine = {};             // an engine's backup
    std::optional<Instant> moment = {};  // of the archive
};

// "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/backup/ID"
[[nodiscard]] std::string backup_arn(std::string_view region, const BackupRecord& record);
// The id; empty: it is no backup's ARN, or another region's.
[[nodiscard]] std::string_view backup_in_arn(std::string_view arn, std::string_view region);
[[nodiscard]] std::string new_backup_id(Instant now, Random& random);

// Role: the records of one region, in kBackupsTable. Ownership: the store must outlive it. Threads:
// any. Writes are durable when they return. Errors: the store's; kCorruption, a record that this
// version did not write.
class BackupRecords {
  public:
    // Makes the table where it isn't there yet.
    [[nodiscard]] static Result<BackupRecords> open(store::ReplicaStore& store);

    [[nodiscard]] Result<void> add(const BackupRecord& record);
    [[nodiscard]] Result<std::optional<BackupRecord>> find(std::string_view id) const;
    // Oldest first.
    [[nodiscard]] Result<std::vector<BackupRecord>> list() const;
    // False: there was none.
    [[nodiscard]] Result<bool> remove(std::string_view id);

    [[nodiscard]] Result<void> add(const RestoreRecord& record);
    [[nodiscard]] Result<std::vector<RestoreRecord>> list_restores() const;
    [[nodiscard]] Result<void> remove_restore(std::string_view storage);

  private:
    explicit BackupRecords(store::ReplicaStore& store) : store_(&store) {}

    [[nodiscard]] Result<void> put(item::Item item);
    [[nodiscard]] Result<bool> erase(std::string_view part, std::string_view id);
    [[nodiscard]] Result<std::vector<item::Item>> items_of(std::string_view part) const;

    store::ReplicaStore* store_;
};

}  // namespace meridian::dynamo
