// What the default column family says: which tables and regions there are, and where replication
// stands.
#pragma once

#include <rocksdb/write_batch.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/hybrid_clock.h"
#include "base/result.h"
#include "store/region_directory.h"
#include "store/replica_store.h"
#include "store/rocksdb/database.h"
#include "store/table_directory.h"
#include "store/table_store.h"

namespace meridian::store {

// Ownership: the database must outlive it. Threads: learn() is the writer's; everything else may be
// called from any.
class Catalog {
  public:
    // Reads the catalog, and starts one in a database that has none: a new one, or one of format 1.
    // kConfiguration: the folder is another region's.
    [[nodiscard]] static Result<std::unique_ptr<Catalog>> open(Database& database,
                                                               const std::string& region);

    [[nodiscard]] const TableDirectory& tables() const { return tables_; }
    [[nodiscard]] const RegionDirectory& regions() const { return regions_; }
    [[nodiscard]] const std::string& region() const { return *regions_.name(kOwnRegionId); }
    [[nodiscard]] LogId log_id() const { return LogId{log_id_}; }
    // The newest change whose record has no version.
    [[nodiscard]] SequenceNumber unversioned() const { return unversioned_; }
    // As they were when the database was opened.
    [[nodiscard]] HybridTime newest_time() const { return newest_time_; }
    [[nodiscard]] HybridTime collected() const { return collected_; }

    [[nodiscard]] Result<void> create_table(const TableSchema& schema);
    // The table has another definition from now on. REQUIRES: that is stored.
    void redefine(Table table);
    // Has all indexes filled anew.
    [[nodiscard]] Result<void> restart_indexes();
    // REQUIRES: they are not known, and there is room.
    [[nodiscard]] Result<void> learn(std::vector<std::string> regions);
    [[nodiscard]] Result<Cursor> cursor(std::string_view region) const;

  private:
    explicit Catalog(Database& database) : database_(database) {}

    [[nodiscard]] Result<void> read_tables();
    [[nodiscard]] Result<void> read_regions();
    [[nodiscard]] Result<void> read_numbers();
    [[nodiscard]] Result<void> start(const std::string& region);
    void keep_copy() const;  // REQUIRES: creation_mutex_ is held, or nobody else is there yet

    Database& database_;
    std::mutex creation_mutex_;  // guards changes of tables_, and the copy
    TableDirectory tables_;
    std::uint32_t next_table_id_ = 0;
    RegionDirectory regions_;
    std::vector<std::string> unsettled_;  // learnt in vain, perhaps: they keep their numbers
    std::uint64_t log_id_ = 0;
    HybridTime newest_time_;
    HybridTime collected_;
    SequenceNumber unversioned_ = 0;
};

}  // namespace meridian::store
