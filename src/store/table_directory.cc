#include "store/table_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/check.h"

namespace meridian::store {
namespace {

constexpr std::size_t kNameBytesMax = 255;  // DynamoDB's, of tables, indexes and key attributes
// Whoever makes tables of one name after the other adds a number to it.
constexpr std::size_t kTableNameBytesMax = kNameBytesMax + 27;

Result<void> check_name(std::string_view what, std::string_view name,
                        std::size_t bytes_max = kNameBytesMax) {
    if (name.empty() || name.size() > bytes_max) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("The {} must have 1 to {} bytes, and has {}", what, bytes_max,
                                name.size()));
    }
    return {};
}

Result<void> check_key(std::string_view of, const item::KeySchema& key) {
    if (auto named = check_name("partition key's name", key.partition.name); !named) {
        return named;
    }
    if (!key.sort) {
        return {};
    }
    if (key.sort->name == key.partition.name) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: partition key and sort key are both named {}", of,
                                key.partition.name));
    }
    return check_name("sort key's name", key.sort->name);
}

std::unexpected<Error> not_found(std::string_view name) {
    return fail(ErrorCode::kTableNotFound,
                fmt::format("Requested resource not found: Table: {} not found", name));
}

}  // namespace

void ExtentCounter::add(std::int64_t items, std::int64_t bytes) {
    // There is one writer; so what is written is never of two moments for long.
    items_.fetch_add(items, std::memory_order_relaxed);
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
}

Extent ExtentCounter::get() const {
    // What was damaged may have had other sizes than what was counted of it.
    const auto counted = [](const std::atomic<std::int64_t>& count) {
        return static_cast<std::uint64_t>(
            std::max<std::int64_t>(count.load(std::memory_order_relaxed), 0));
    };
    return {counted(items_), counted(bytes_)};
}

const Index* Table::index(std::string_view name) const {
    const auto found = std::ranges::find_if(indexes, [name](const Index& index) {
        return index.is_kept() && index.schema.name == name;
    });
    return found == indexes.end() ? nullptr : &*found;
}

const Index* Table::index(std::uint32_t index_id) const {
    const auto found = std::ranges::find(indexes, index_id, &Index::id);
    return found == indexes.end() ? nullptr : &*found;
}

Result<void> check_schema(const TableSchema& schema) {
    if (auto named = check_name("table name", schema.name, kTableNameBytesMax); !named) {
        return named;
    }
    return check_key(schema.name, schema.key);
}

Result<void> check_schema(const IndexSchema& schema) {
    if (auto named = check_name("index name", schema.name); !named) {
        return named;
    }
    return check_key(schema.name, schema.key);
}

Result<void> check_same_schema(const Table& existing, const TableSchema& wanted) {
    if (!existing.is_live()) {
        return fail(ErrorCode::kTableExists,
                    fmt::format("There was a table {}, which was dropped: choose another name",
                                wanted.name));
    }
    if (existing.schema == wanted) {
        return {};
    }
    return fail(ErrorCode::kTableExists,
                fmt::format("Table already exists with another key: {}", wanted.name));
}

Result<const Table*> TableDirectory::find_ever(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        return not_found(name);
    }
    return found->second;
}

Result<const Table*> TableDirectory::find(std::string_view name) const {
    const auto found = find_ever(name);
    if (found && !(*found)->is_live()) {
        return not_found(name);
    }
    return found;
}

Result<const Table*> TableDirectory::find(std::uint32_t id) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) {
        return fail(ErrorCode::kTableNotFound, fmt::format("No table has the number {}", id));
    }
    return found->second;
}

bool TableDirectory::is_dropped(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_name_.find(name);
    return found != by_name_.end() && !found->second->is_live();
}

std::vector<TableSchema> TableDirectory::list() const {
    const std::shared_lock lock(mutex_);
    std::vector<TableSchema> schemas;
    for (const auto& [name, table] : by_name_) {
        if (table->is_live()) {
            schemas.push_back(table->schema);
        }
    }
    return schemas;
}

std::vector<const Table*> TableDirectory::all() const {
    const std::shared_lock lock(mutex_);
    std::vector<const Table*> tables;
    tables.reserve(by_id_.size());
    for (const auto& [id, table] : by_id_) {
        tables.push_back(table);
    }
    return tables;
}

std::uint32_t TableDirectory::next_id() const {
    const std::shared_lock lock(mutex_);
    return by_id_.empty() ? 1 : by_id_.rbegin()->first + 1;
}

// Gives counters to what has none.
void TableDirectory::count_on(Table& table) const {
    const auto existing = by_id_.find(table.id);
    const auto* before = existing == by_id_.end() ? nullptr : existing->second;
    table.extent = before == nullptr ? std::make_shared<ExtentCounter>() : before->extent;
    for (auto& index : table.indexes) {
        const auto* index_before = before == nullptr ? nullptr : before->index(index.id);
        index.extent =
            index_before == nullptr ? std::make_shared<ExtentCounter>() : index_before->extent;
    }
}

// REQUIRES: mutex_ is held exclusively.
const Table* TableDirectory::keep(Table table) {
    count_on(table);
    for (const auto& index : table.indexes) {
        newest_index_id_ = std::max(newest_index_id_.load(), index.id);
    }
    return &definitions_.emplace_back(std::move(table));
}

void TableDirectory::add(Table table) {
    const std::unique_lock lock(mutex_);
    const auto* kept = keep(std::move(table));
    CHECK(by_name_.emplace(kept->schema.name, kept).second);
    CHECK(by_id_.emplace(kept->id, kept).second);
}

void TableDirectory::redefine(Table table) {
    const std::unique_lock lock(mutex_);
    const auto* kept = keep(std::move(table));
    const auto named = by_name_.find(kept->schema.name);
    CHECK(named != by_name_.end() && named->second->id == kept->id);
    named->second = kept;
    by_id_[kept->id] = kept;
}

}  // namespace meridian::store
