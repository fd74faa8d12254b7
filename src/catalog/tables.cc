#include "catalog/tables.h"

#include <string>
#include <utility>

#include "catalog/sample_data.h"
#include "item/codec.h"
#include "item/json.h"
#include "item/key.h"
#include "store/version.h"

namespace meridian::catalog {
namespace {

// Where sample items come from; no region has this name.
constexpr std::string_view kSampleOrigin = "sample-data";

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

Result<bool> fill_with_sample_data(store::ReplicaStore& store) {
    if (store.last_sequence() > 0) {
        return false;
    }
    store::RemoteBatch batch;
    batch.from = kSampleOrigin;
    for (const auto& [table, text] : sample_data()) {
        auto value = item::parse_plain_json(text);
        const auto schema = store.describe_table(table);
        if (!value || !schema) {
            return std::unexpected(value ? schema.error() : value.error());
        }
        store::Image image(std::move(*value->as<item::Map>()));
        auto key = item::key_of(schema->key, *image);
        if (!key) {
            return std::unexpected(key.error());
        }
        const auto stamp = store::unversioned_stamp(item::encode(*image));
        batch.items.push_back({std::string(table),
                               *std::move(key),
                               {std::move(image), {.stamp = stamp, .seen = {}}}});
    }
    const auto applied = store.apply_remote(std::move(batch));
    return applied ? Result<bool>(true) : std::unexpected(applied.error());
}

}  // namespace meridian::catalog
