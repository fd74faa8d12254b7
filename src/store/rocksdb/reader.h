// Reads of a RocksDB store. None waits for the writer.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "item/value.h"
#include "store/rocksdb/database.h"
#include "store/table_directory.h"
#include "store/table_store.h"

namespace meridian::store {

// The members do what TableStore's of the same name do. Ownership: the database and the directory
// must outlive it. Threads: any.
class Reader {
  public:
    Reader(const Database& database, const TableDirectory& tables)
        : database_(database), tables_(tables) {}

    [[nodiscard]] Result<std::optional<item::Item>> get(const ItemRef& ref) const;
    [[nodiscard]] Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const ItemRef> refs) const;
    [[nodiscard]] Result<Page> query(const Query& query) const;
    [[nodiscard]] Result<Page> scan(const Scan& scan) const;
    [[nodiscard]] Result<std::vector<Change>> read_log(SequenceNumber after,
                                                       std::size_t count) const;

    // The item of a row (row_key.h).
    [[nodiscard]] Result<std::optional<item::Item>> item_at(std::string_view row) const;

  private:
    [[nodiscard]] Result<std::optional<item::Item>> item_of(const rocksdb::Status& status,
                                                            std::string_view sealed) const;

    const Database& database_;
    const TableDirectory& tables_;
};

}  // namespace meridian::store
