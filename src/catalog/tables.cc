#include "catalog/tables.h"

#include <string>
#include <utility>

#include "catalog/sample_data.h"
#include "item/json.h"

namespace meridian::catalog {
namespace {

store::TableSchema schema(std::string_view name, std::string partition, std::string sort = "") {
    store::TableSchema result{std::string(name),
                              {{std::move(partition), item::KeyType::kString}, std::nullopt}};
    if (!sort.empty()) {
        result.key.sort = item::KeyAttribute{std::move(sort), item::KeyType::kString};
    }
    return result;
}

}  // namespace

const std::vector<store::TableSchema>& table_schemas() {
    static const std::vector<store::TableSchema> schemas{
        schema(kRoutingTable, "phoneNumber", "region"),
        schema(kHoursTable, "regionId"),
        schema(kAgentsTable, "agentId"),
        schema(kRegionHealthTable, "region", "observer"),
        schema(kHistoryTable, "entity", "changeId"),
    };
    return schemas;
}

Result<void> create_tables(store::TableStore& store) {
    for (const auto& table : table_schemas()) {
        if (auto created = store.create_table(table); !created) {
            return created;
        }
    }
    return {};
}

Result<bool> fill_with_sample_data(store::TableStore& store) {
    store::Scan any;
    any.table = kRoutingTable;
    any.limit = 1;
    const auto page = store.scan(any);
    if (!page) {
        return std::unexpected(page.error());
    }
    if (!page->items.empty()) {
        return false;
    }
    std::vector<store::Write> writes;
    for (const auto& [table, text] : sample_data()) {
        auto value = item::parse_plain_json(text);
        if (!value) {
            return std::unexpected(value.error());
        }
        writes.push_back(
            {std::string(table), store::PutItem{std::move(*value->as<item::Map>())}, std::nullopt});
    }
    for (const auto& outcome : store.write_all(std::move(writes), store::Atomicity::kAll)) {
        if (outcome.error) {
            return std::unexpected(*outcome.error);
        }
    }
    return true;
}

}  // namespace meridian::catalog
