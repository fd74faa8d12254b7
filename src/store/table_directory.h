// The tables of one store, by name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/table_store.h"

namespace meridian::store {

// A table as an implementation knows it. The id stands for the name in stored keys; never reused.
struct Table {
    std::uint32_t id = 0;
    TableSchema schema;
};

// kInvalidInput for a schema that no table can have.
[[nodiscard]] Result<void> check_schema(const TableSchema& schema);

// Threads: every member may be called from any thread. Tables are never removed, so what find()
// points to lives as long as the directory.
class TableDirectory {
  public:
    // kTableNotFound names the table.
    [[nodiscard]] Result<const Table*> find(std::string_view name) const;
    [[nodiscard]] Result<const Table*> find(std::uint32_t id) const;
    // Sorted by name.
    [[nodiscard]] std::vector<TableSchema> list() const;
    // An id that no table has had: one more than the highest.
    [[nodiscard]] std::uint32_t next_id() const;
    // REQUIRES: neither the name nor the id is taken.
    void add(Table table);

  private:
    mutable std::shared_mutex mutex_;
    std::map<std::string, Table, std::less<>> by_name_;
    std::map<std::uint32_t, const Table*> by_id_;
};

// What create_table answers when the name is taken: fine for the same schema, else kTableExists.
[[nodiscard]] Result<void> check_same_schema(const TableSchema& existing,
                                             const TableSchema& wanted);

}  // namespace meridian::store
