// Which rows a query or a scan examines, of a table or of an index of it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "item/key.h"
#include "item/value.h"
#include "store/row_key.h"
#include "store/table_directory.h"
#include "store/table_store.h"

namespace meridian::store {

// What is read. Ownership: the directory's.
struct Source {
    const Table& table;
    const Index* index = nullptr;  // null: the table itself

    [[nodiscard]] std::uint32_t id() const { return index == nullptr ? table.id : index->id; }
    [[nodiscard]] const item::KeySchema& key() const {
        return index == nullptr ? table.schema.key : index->schema.key;
    }
};

// `index` is empty: the table itself. kTableNotFound; kInvalidInput: it has no such index;
// kUnavailable: that one isn't ready.
[[nodiscard]] Result<Source> source_of(const TableDirectory& tables, std::string_view table,
                                       std::string_view index);

// The rows that a query may examine: its partition, narrowed by its sort condition and by where the
// page starts. kInvalidInput names the attribute that does not fit the schema.
[[nodiscard]] Result<RowRange> query_range(const Source& source, const Query& query);

// The rows of a scan's segment, from where the page starts. kInvalidInput: the segment does not
// exist, or the start is not in it.
[[nodiscard]] Result<RowRange> scan_range(const Source& source, const Scan& scan);

// Where a page that ends with this item stops: its key attributes, of the table and of the index.
// kInvalidInput: it lacks one.
[[nodiscard]] Result<item::Key> position_of(const Source& source, const item::Item& item);

}  // namespace meridian::store
