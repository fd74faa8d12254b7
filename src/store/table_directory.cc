#include "store/table_directory.h"

#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "base/check.h"

namespace meridian::store {
namespace {

constexpr std::size_t kNameBytesMax = 255;  // DynamoDB's, of tables and of key attributes

Result<void> check_name(std::string_view what, std::string_view name) {
    if (name.empty() || name.size() > kNameBytesMax) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("The {} must have 1 to {} bytes, and has {}", what, kNameBytesMax,
                                name.size()));
    }
    return {};
}

}  // namespace

Result<void> check_schema(const TableSchema& schema) {
    if (auto named = check_name("table name", schema.name); !named) {
        return named;
    }
    if (auto named = check_name("partition key's name", schema.key.partition.name); !named) {
        return named;
    }
    if (!schema.key.sort) {
        return {};
    }
    if (schema.key.sort->name == schema.key.partition.name) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: partition key and sort key are both named {}", schema.name,
                                schema.key.partition.name));
    }
    return check_name("sort key's name", schema.key.sort->name);
}

Result<void> check_same_schema(const TableSchema& existing, const TableSchema& wanted) {
    if (existing == wanted) {
        return {};
    }
    return fail(ErrorCode::kTableExists,
                fmt::format("Table already exists with another key: {}", wanted.name));
}

Result<const Table*> TableDirectory::find(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        return fail(ErrorCode::kTableNotFound,
                    fmt::format("Requested resource not found: Table: {} not found", name));
    }
    return &found->second;
}

Result<const Table*> TableDirectory::find(std::uint32_t id) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) {
        return fail(ErrorCode::kTableNotFound, fmt::format("No table has the number {}", id));
    }
    return found->second;
}

std::vector<TableSchema> TableDirectory::list() const {
    const std::shared_lock lock(mutex_);
    std::vector<TableSchema> schemas;
    schemas.reserve(by_name_.size());
    for (const auto& [name, table] : by_name_) {
        schemas.push_back(table.schema);
    }
    return schemas;
}

std::uint32_t TableDirectory::next_id() const {
    const std::shared_lock lock(mutex_);
    return by_id_.empty() ? 1 : by_id_.rbegin()->first + 1;
}

void TableDirectory::add(Table table) {
    const std::unique_lock lock(mutex_);
    auto name = table.schema.name;
    const auto [entry, added] = by_name_.emplace(std::move(name), std::move(table));
    CHECK(added);
    CHECK(by_id_.emplace(entry->second.id, &entry->second).second);
}

}  // namespace meridian::store
