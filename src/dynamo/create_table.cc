#include "dynamo/create_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "dynamo/resource_policy.h"
#include "dynamo/table_parts.h"
#include "dynamo/tags.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::size_t kLocalIndexesMax = 5;
constexpr std::size_t kGlobalIndexesMax = 20;

Outcome<void> read_billing(const json::object& parameters, TableDescription& table) {
    const auto throughput = throughput_in(parameters);
    if (text_of(parameters, "BillingMode") == "PAY_PER_REQUEST") {
        table.billing = BillingMode::kPayPerRequest;
        table.further["BillingModeSummary"] = billing_summary(table.billing, table.created);
        return throughput ? invalid(
                                "Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                                "specified when BillingMode is PAY_PER_REQUEST")
                          : Outcome<void>{};
    }
    if (!throughput) {
        return invalid(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when "
            "BillingMode is PROVISIONED");
    }
    table.throughput = *throughput;
    return check_bounds(*throughput);
}

// The attributes that keys name, and no others, are defined.
Outcome<void> check_use(const json::object& parameters, const TableDescription& table) {
    const auto* local = array_of(parameters, "LocalSecondaryIndexes");
    const auto* global = array_of(parameters, "GlobalSecondaryIndexes");
    const auto& key_schema = *array_of(parameters, "KeySchema");
    if (local == nullptr && global == nullptr) {
        return key_schema.size() == table.attributes.size()
                   ? Outcome<void>{}
                   : invalid(
                         "Number of attributes in KeySchema does not exactly match number of "
                         "attributes defined in AttributeDefinitions");
    }
    std::set<std::string> used;
    const auto use = [&](const json::array& keys) {
        for (auto& name : names_in(keys)) {
            used.insert(std::move(name));
        }
    };
    use(key_schema);
    for (const auto* indexes : {local, global}) {
        for (std::size_t i = 0; indexes != nullptr && i < indexes->size(); ++i) {
            use(*array_of((*indexes)[i].get_object(), "KeySchema"));
        }
    }
    const auto defined = names_in(*array_of(parameters, "AttributeDefinitions"));
    if (std::ranges::all_of(defined, [&](const auto& name) { return used.contains(name); })) {
        return {};
    }
    constexpr std::size_t kBuckets = 16;
    return invalid(fmt::format(
        "Some AttributeDefinitions are not used. AttributeDefinitions: {}, keys used: {}",
        set_text(defined), set_text({used.begin(), used.end()}, kBuckets)));
}

Outcome<void> read_key(const json::object& parameters, TableDescription& table) {
    auto attributes = attributes_in(*array_of(parameters, "AttributeDefinitions"));
    if (!attributes) {
        return std::unexpected(std::move(attributes).error());
    }
    table.attributes = *std::move(attributes);
    const auto& key_schema = *array_of(parameters, "KeySchema");
    if (key_schema.size() > table.attributes.size()) {
        return validation("Invalid KeySchema: Some index key attribute have no definition");
    }
    auto key = key_schema_in(key_schema, table.attributes);
    if (!key) {
        return std::unexpected(std::move(key).error());
    }
    table.key = *std::move(key);
    return {};
}

Outcome<void> add_index(IndexDescription index, TableDescription& table) {
    if (table.index(index.schema.name) != nullptr) {
        return invalid(fmt::format("Duplicate index name: {}", index.schema.name));
    }
    table.indexes.push_back(std::move(index));
    return {};
}

Outcome<void> check_local(const IndexDescription& index, const TableDescription& table) {
    if (!index.schema.key.sort) {
        return invalid(fmt::format("Index KeySchema does not have a range key for index: {}",
                                   index.schema.name));
    }
    if (index.schema.key.partition.name != table.key.partition.name) {
        return invalid(fmt::format(
            "Index KeySchema does not have the same leading hash key as table KeySchema for "
            "index: {}. index hash key: {}, table hash key: {}",
            index.schema.name, index.schema.key.partition.name, table.key.partition.name));
    }
    return {};
}

Outcome<void> read_local_indexes(const json::array& indexes, TableDescription& table) {
    for (const auto& element : indexes) {
        const auto& given = element.get_object();
        // The key first: a missing projection type is told after what is wrong with it.
        const auto key = key_schema_in(*array_of(given, "KeySchema"), table.attributes);
        if (!key) {
            return std::unexpected(key.error());
        }
        IndexDescription keyed;
        keyed.schema.name = *text_of(given, "IndexName");
        keyed.schema.key = *key;
        if (auto checked = check_local(keyed, table); !checked) {
            return checked;
        }
        auto index = index_in(given, IndexKind::kLocal, table.attributes);
        if (!index) {
            return std::unexpected(std::move(index).error());
        }
        if (auto added = add_index(*std::move(index), table); !added) {
            return added;
        }
    }
    if (indexes.size() > kLocalIndexesMax) {
        return invalid(fmt::format("Number of LocalSecondaryIndexes exceeds per-table limit of {}",
                                   kLocalIndexesMax));
    }
    return {};
}

Outcome<void> read_index_capacity(const json::object& given, const TableDescription& table,
                                  IndexDescription& index) {
    const auto throughput = throughput_in(given);
    const auto& name = index.schema.name;
    if (table.billing == BillingMode::kPayPerRequest && throughput) {
        return invalid(
            fmt::format("ProvisionedThroughput should not be specified for index: {} "
                        "when BillingMode is PAY_PER_REQUEST",
                        name));
    }
    if (table.billing == BillingMode::kProvisioned && !throughput) {
        return invalid(fmt::format("ProvisionedThroughput is not specified for index: {}", name));
    }
    index.throughput = throughput.value_or(Throughput{});
    if (auto checked = check_bounds(index.throughput); !checked) {
        return checked;
    }
    return set_new_capacity(given, {name, table.billing, index.throughput}, index.further);
}

Outcome<void> read_global_indexes(const json::array& indexes, TableDescription& table) {
    for (const auto& element : indexes) {
        auto index = index_in(element.get_object(), IndexKind::kGlobal, table.attributes);
        if (!index) {
            return std::unexpected(std::move(index).error());
        }
        if (table.index(index->schema.name) == nullptr) {
            if (auto read = read_index_capacity(element.get_object(), table, *index); !read) {
                return read;
            }
        }
        if (auto added = add_index(*std::move(index), table); !added) {
            return added;
        }
    }
    if (indexes.size() > kGlobalIndexesMax) {
        return invalid(fmt::format("GlobalSecondaryIndex count exceeds the per-table limit of {}",
                                   kGlobalIndexesMax));
    }
    return {};
}

Outcome<void> check_defined(const json::array& indexes, const Attributes& attributes) {
    for (const auto& element : indexes) {
        const auto key = key_schema_in(*array_of(element.get_object(), "KeySchema"), attributes);
        if (!key) {
            return std::unexpected(key.error());
        }
    }
    return {};
}

Outcome<void> read_indexes(const json::object& parameters, TableDescription& table) {
    const auto* local = array_of(parameters, "LocalSecondaryIndexes");
    const auto* global = array_of(parameters, "GlobalSecondaryIndexes");
    if (local != nullptr && local->empty()) {
        return invalid("List of LocalSecondaryIndexes is empty");
    }
    if (local != nullptr && !table.key.sort) {
        return invalid(
            "Table KeySchema does not have a range key, which is required when "
            "specifying a LocalSecondaryIndex");
    }
    if (global != nullptr && global->empty()) {
        return invalid("List of GlobalSecondaryIndexes is empty");
    }
    for (const auto* indexes : {local, global}) {
        if (indexes != nullptr) {
            if (auto checked = check_defined(*indexes, table.attributes); !checked) {
                return checked;
            }
        }
    }
    if (auto checked = check_use(parameters, table); !checked) {
        return checked;
    }
    if (local != nullptr) {
        if (auto read = read_local_indexes(*local, table); !read) {
            return read;
        }
    }
    return global == nullptr ? Outcome<void>{} : read_global_indexes(*global, table);
}

Outcome<void> read_stream(const json::object& parameters, Instant now, TableDescription& table) {
    const auto* stream = object_of(parameters, "StreamSpecification");
    if (stream == nullptr) {
        return {};
    }
    const bool enabled = flag_of(*stream, "StreamEnabled").value_or(false);
    if (enabled && !has(*stream, "StreamViewType")) {
        return invalid("Table is being created with a stream enabled, UpdateViewType is required");
    }
    if (!enabled && has(*stream, "StreamViewType")) {
        return invalid(
            "Table is being created with a stream disabled, UpdateViewType should not be "
            "specified");
    }
    if (enabled) {
        switch_stream_on(table, view_in(*stream), now);
    }
    return {};
}

Outcome<void> read_tags(const json::object& parameters, TableDescription& table) {
    const auto* given = array_of(parameters, "Tags");
    if (given == nullptr) {
        return {};
    }
    auto tags = tags_in(*given);
    if (!tags) {
        return std::unexpected(std::move(tags).error());
    }
    table.tags = *std::move(tags);
    return check_tag_count(table.tags.size());
}

Outcome<void> read_settings(World& world, const json::object& parameters, TableDescription& table) {
    if (const auto* specification = object_of(parameters, "SSESpecification")) {
        auto encryption = encryption_in(*specification, world.region, table.id);
        if (!encryption) {
            return std::unexpected(std::move(encryption).error());
        }
        if (*encryption) {
            table.further["SSEDescription"] = **std::move(encryption);
        }
    }
    if (const auto given = text_of(parameters, "TableClass")) {
        auto table_class = table_class_in(*given);
        if (!table_class) {
            return std::unexpected(std::move(table_class).error());
        }
        table.table_class = *std::move(table_class);
    }
    if (const auto policy = text_of(parameters, "ResourcePolicy")) {
        if (auto set = set_policy(*policy, world.clock.now(), table); !set) {
            return std::unexpected(std::move(set).error());
        }
    }
    table.deletion_protection = flag_of(parameters, "DeletionProtectionEnabled").value_or(false);
    return set_new_capacity(parameters, {{}, table.billing, table.throughput}, table.further);
}

// What a table of Meridian's own was given before anybody created it.
void keep_given(const TableDescription& now, TableDescription& wanted) {
    for (const auto& index : now.indexes) {
        if (wanted.index(index.schema.name) == nullptr) {
            wanted.indexes.push_back(index);
        }
    }
    for (const auto& attribute : now.attributes) {
        if (std::ranges::find(wanted.attributes, attribute.name, &item::KeyAttribute::name) ==
            wanted.attributes.end()) {
            wanted.attributes.push_back(attribute);
        }
    }
    std::ranges::sort(wanted.attributes, {}, &item::KeyAttribute::name);
    wanted.ttl_attribute = now.ttl_attribute;
    wanted.tags.insert(now.tags.begin(), now.tags.end());
    auto streams = now.streams;
    for (auto& stream : streams) {
        stream.enabled = stream.enabled && wanted.streams.empty();
    }
    wanted.streams.insert(wanted.streams.begin(), streams.begin(), streams.end());
}

std::string key_text(const item::KeySchema& key) {
    constexpr std::string_view kTypes = "SNB";
    const auto attribute = [&](const item::KeyAttribute& a, std::string_view kind) {
        return fmt::format("{} ({}, {})", a.name, kind, kTypes[static_cast<std::size_t>(a.type)]);
    };
    return attribute(key.partition, "HASH") +
           (key.sort ? " and " + attribute(*key.sort, "RANGE") : "");
}

}  // namespace

std::string new_uuid(Random& random) {
    const auto high = (random.next() & ~0xF000ULL) | 0x4000U;
    const auto low = (random.next() & ~(3ULL << 62)) | (2ULL << 62);
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF,
                       high & 0xFFFF, low >> 48, low & 0xFFFF'FFFF'FFFF);
}

void switch_stream_on(TableDescription& table, StreamView view, Instant now) {
    table.streams.push_back({.view = view, .label = new_label(table, now), .enabled = true});
}

Outcome<TableDescription> new_table(World& world, const json::object& parameters) {
    TableDescription table;
    table.id = new_uuid(world.random);
    table.name = *text_of(parameters, "TableName");
    table.storage = storage_of(table.name, table.id);
    table.regions = {world.region};
    table.created = world.clock.now();
    auto read = read_billing(parameters, table);
    if (read) {
        read = read_key(parameters, table);
    }
    if (read) {
        read = read_indexes(parameters, table);
    }
    if (read) {
        read = read_stream(parameters, table.created, table);
    }
    if (read) {
        read = read_settings(world, parameters, table);
    }
    if (read) {
        read = read_tags(parameters, table);
    }
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    return table;
}

Outcome<TableDescription> created_over(const TablePtr& now, TableDescription wanted) {
    if (now == nullptr) {
        return wanted;
    }
    if (!now->is_own() || !now->regions.empty()) {
        return resource_in_use(fmt::format("Table already exists: {}", now->name));
    }
    if (now->key != wanted.key) {
        return validation(fmt::format(
            "{0} is a table that Meridian itself works with, by the key {1}: create it with that "
            "key, or create a table of another name",
            now->name, key_text(now->key)));
    }
    wanted.id = now->id;
    wanted.storage = now->storage;
    keep_given(*now, wanted);
    return wanted;
}

}  // namespace meridian::dynamo
