// Tables for tests: a catalog that follows nothing, and tables that tests share.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dynamo/table_catalog.h"
#include "dynamo/table_description.h"

namespace meridian::dynamo {

// Tables are what was added last under a name. Threads: any.
class FixedTables final : public TableCatalog {
  public:
    void add(TableDescription table) {
        const std::lock_guard lock(mutex_);
        auto name = table.name;
        tables_.insert_or_assign(std::move(name),
                                 std::make_shared<const TableDescription>(std::move(table)));
    }

    [[nodiscard]] TablePtr find(std::string_view name_or_arn) const override {
        const std::lock_guard lock(mutex_);
        const auto slash = name_or_arn.rfind('/');
        if (name_or_arn.starts_with("arn:") && slash != std::string_view::npos) {
            name_or_arn.remove_prefix(slash + 1);
        }
        const auto found = tables_.find(name_or_arn);
        return found != tables_.end() ? found->second : nullptr;
    }
    [[nodiscard]] std::vector<TablePtr> list() const override {
        const std::lock_guard lock(mutex_);
        std::vector<TablePtr> all;
        for (const auto& [name, table] : tables_) {
            all.push_back(table);
        }
        return all;
    }
    [[nodiscard]] std::vector<TablePtr> everywhere() const override { return list(); }
    [[nodiscard]] Outcome<TablePtr> change(std::string_view name, const Change& change) override {
        auto changed = change(find(name));
        if (!changed) {
            return std::unexpected(std::move(changed.error()));
        }
        add(*std::move(changed));
        return find(name);
    }

  private:
    mutable std::mutex mutex_;
    std::map<std::string, TablePtr, std::less<>> tables_;
};

// ---- Tables that tests share

// Key: pk (string).
[[nodiscard]] inline TableDescription hash_table() {
    TableDescription table;
    table.name = "hash";
    table.key = {{"pk", item::KeyType::kString}, std::nullopt};
    return table;
}

// Key: pk, sk (strings). lsi1 by lsi1sk, gsi1 by lsi1sk (all); gsi2 by lsi1sk, lsi2sk with `data`.
[[nodiscard]] inline TableDescription composite_table() {
    using item::KeyAttribute;
    using item::KeyType;
    const KeyAttribute pk{"pk", KeyType::kString};
    const KeyAttribute first{"lsi1sk", KeyType::kString};
    const KeyAttribute second{"lsi2sk", KeyType::kString};
    TableDescription table;
    table.name = "composite";
    table.key = {pk, KeyAttribute{"sk", KeyType::kString}};
    table.indexes = {
        {.kind = IndexKind::kLocal, .schema = {.name = "lsi1", .key = {pk, first}}},
        {.kind = IndexKind::kGlobal, .schema = {.name = "gsi1", .key = {first, std::nullopt}}},
        {.kind = IndexKind::kGlobal,
         .schema = {.name = "gsi2",
                    .key = {first, second},
                    .projected = store::Projected::kInclude,
                    .include = {"data"}}}};
    return table;
}

}  // namespace meridian::dynamo
