// Reads of a RocksDB store's tables. None waits for the writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "item/value.h"
#include "store/region_directory.h"
#include "store/rocksdb/database.h"
#include "store/table_directory.h"
#include "store/table_store.h"
#include "store/version.h"

namespace meridian::store {

// The members do what the stores' of the same name do. Ownership: the database and the directories
// must outlive it. Threads: any.
class Reader {
  public:
    Reader(const Database& database, const TableDirectory& tables, const RegionDirectory& regions)
        : database_(database), tables_(tables), regions_(regions) {}

    [[nodiscard]] Result<std::optional<item::Item>> get(const ItemRef& ref) const;
    [[nodiscard]] Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const ItemRef> refs) const;
    [[nodiscard]] Result<Page> query(const Query& query) const;
    [[nodiscard]] Result<Page> scan(const Scan& scan) const;
    [[nodiscard]] Result<VersionedImage> get_version(const ItemRef& ref) const;

    // Of a row (row_key.h), for the writer. kItem: it surely has no tombstone.
    enum class Look : std::uint8_t { kItem, kItemOrTombstone };
    [[nodiscard]] Result<VersionedImage> state_at(std::string_view row, Look look) const;

  private:
    [[nodiscard]] Result<VersionedImage> state_at(std::string_view row, Look look,
                                                  const OpenDatabase& open,
                                                  const rocksdb::ReadOptions& options) const;
    [[nodiscard]] Result<std::optional<item::Item>> item_of(std::string_view row,
                                                            const rocksdb::Status& status,
                                                            std::string_view sealed) const;

    const Database& database_;
    const TableDirectory& tables_;
    const RegionDirectory& regions_;
};

}  // namespace meridian::store
