// GlobalSecondaryIndexUpdates of UpdateTable.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "dynamo/table_parts.h"
#include "dynamo/update_table.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::size_t kGlobalIndexesMax = 20;
constexpr std::string_view kOneAtATime =
    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per "
    "table";

IndexDescription* find_index(TableDescription& table, std::string_view name) {
    const auto found = std::ranges::find(
        table.indexes, name, [](const auto& index) -> const auto& { return index.schema.name; });
    return found == table.indexes.end() ? nullptr : &*found;
}

std::string names_of_index(std::string_view name, const TableDescription& table) {
    return fmt::format("Requested resource not found: Index {} for table {}", name, table.name);
}

// Those that are being filled, by the store's own word.
Outcome<std::set<std::string>> unfinished(World& world, const TableDescription& table) {
    const auto statuses = world.store.list_indexes(table.storage);
    if (!statuses) {
        return passed_on(statuses.error());
    }
    std::set<std::string> names;
    for (const auto& status : *statuses) {
        if (!status.ready) {
            names.insert(status.schema.name);
        }
    }
    return names;
}

Outcome<void> check_one_at_a_time(World& world, const json::array& updates,
                                  const TableDescription& table) {
    std::vector<std::string_view> changes;  // names of those that come and go
    bool creates = false;
    for (const auto& element : updates) {
        for (const auto* action : {"Create", "Delete"}) {
            if (const auto* given = object_of(element.get_object(), action)) {
                changes.push_back(*text_of(*given, "IndexName"));
                creates = creates || std::string_view(action) == "Create";
            }
        }
    }
    if (changes.empty()) {
        return {};
    }
    if (changes.size() > 1) {
        return limit_exceeded(std::string(kOneAtATime));
    }
    auto busy = unfinished(world, table);
    if (!busy) {
        return std::unexpected(std::move(busy).error());
    }
    if (!creates) {  // what is being filled may be given up
        busy->erase(std::string(changes[0]));
    }
    return busy->empty() ? Outcome<void>{} : limit_exceeded(std::string(kOneAtATime));
}

std::string element_text(const item::KeySchema& key, const item::KeyAttribute& attribute) {
    constexpr std::string_view kTypes = "SNB";
    return fmt::format("Schema:[SchemaElement: key{{{}:{}:{}}}]", attribute.name,
                       kTypes[static_cast<std::size_t>(attribute.type)],
                       key.partition.name == attribute.name ? "HASH" : "RANGE");
}

// An attribute has one type, whatever finds items by it.
Outcome<void> add_attributes(const item::KeySchema& key, TableDescription& table) {
    const auto add = [&](const item::KeyAttribute& attribute) -> Outcome<void> {
        const auto known =
            std::ranges::find(table.attributes, attribute.name, &item::KeyAttribute::name);
        if (known == table.attributes.end()) {
            table.attributes.push_back(attribute);
            std::ranges::sort(table.attributes, {}, &item::KeyAttribute::name);
            return {};
        }
        if (known->type == attribute.type) {
            return {};
        }
        return invalid(fmt::format(
            "Attributes cannot be redefined. Please check that your attribute has the same type "
            "as previously defined. Existing schema: {} New schema: {}",
            element_text(key, *known), element_text(key, attribute)));
    };
    if (auto added = add(key.partition); !added) {
        return added;
    }
    return key.sort ? add(*key.sort) : Outcome<void>{};
}

Outcome<void> set_capacity_of_new(const json::object& given, const TableDescription& table,
                                  IndexDescription& index) {
    const auto throughput = throughput_in(given);
    const auto& name = index.schema.name;
    if (table.billing == BillingMode::kProvisioned && !throughput) {
        return invalid(fmt::format(
            "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {}", name));
    }
    if (table.billing == BillingMode::kPayPerRequest && throughput) {
        return invalid(
            fmt::format("Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                        "specified for index: {} when BillingMode is PAY_PER_REQUEST",
                        name));
    }
    index.throughput = throughput.value_or(Throughput{});
    return set_new_capacity(given, {name, table.billing, index.throughput}, index.further);
}

Outcome<void> create_index(const json::object& parameters, const json::object& given,
                           Updated& update) {
    auto& table = update.table;
    const auto name = *text_of(given, "IndexName");
    const auto* definitions = array_of(parameters, "AttributeDefinitions");
    if (definitions == nullptr || definitions->empty()) {
        return invalid(fmt::format("AttributeDefinitions is not specified for index: {}", name));
    }
    const auto attributes = attributes_in(*definitions);
    if (!attributes) {
        return std::unexpected(attributes.error());
    }
    auto index = index_in(given, IndexKind::kGlobal, *attributes);
    if (!index) {
        return std::unexpected(std::move(index).error());
    }
    if (table.index(name) != nullptr) {
        return validation("Attempting to create an index which already exists");
    }
    const auto global =
        std::ranges::count(table.indexes, IndexKind::kGlobal, &IndexDescription::kind);
    if (static_cast<std::size_t>(global) >= kGlobalIndexesMax) {
        return limit_exceeded(
            fmt::format("Subscriber limit exceeded: Number of global secondary "
                        "indexes exceeds per-table limit of {}",
                        kGlobalIndexesMax));
    }
    if (auto set = set_capacity_of_new(given, table, *index); !set) {
        return set;
    }
    if (auto added = add_attributes(index->schema.key, table); !added) {
        return added;
    }
    table.indexes.push_back(*std::move(index));
    update.under_way.status = "UPDATING";
    update.under_way.index[std::string(name)] = "CREATING";
    return {};
}

// Attributes by which nothing is found any more need no definition.
void prune_attributes(TableDescription& table) {
    std::set<std::string_view> used;
    const auto use = [&](const item::KeySchema& key) {
        used.insert(key.partition.name);
        if (key.sort) {
            used.insert(key.sort->name);
        }
    };
    use(table.key);
    for (const auto& index : table.indexes) {
        use(index.schema.key);
    }
    std::erase_if(table.attributes,
                  [&](const auto& attribute) { return !used.contains(attribute.name); });
}

Outcome<IndexDescription*> global_index(std::string_view name, std::string_view verb,
                                        TableDescription& table) {
    auto* index = find_index(table, name);
    if (index == nullptr) {
        return resource_not_found(names_of_index(name, table));
    }
    if (index->kind != IndexKind::kGlobal) {
        return validation(
            fmt::format("Cannot {} an index that is not a GlobalSecondaryIndex: {}", verb, name));
    }
    return index;
}

Outcome<void> delete_index(const json::object& given, Updated& update) {
    const std::string name(*text_of(given, "IndexName"));
    auto index = global_index(name, "delete", update.table);
    if (!index) {
        return std::unexpected(std::move(index).error());
    }
    update.under_way.going.push_back(**index);
    update.under_way.index[name] = "DELETING";
    update.under_way.status = "UPDATING";
    std::erase_if(update.table.indexes,
                  [&](const auto& other) { return other.schema.name == name; });
    prune_attributes(update.table);
    return {};
}

std::string unchanged_text(std::string_view name, const Throughput& throughput) {
    return fmt::format(
        "The provisioned throughput for the index {0} will not change. The requested value equals "
        "the current value. Current ReadCapacityUnits provisioned for index {0}: {1}. Requested "
        "ReadCapacityUnits: {1}. Current WriteCapacityUnits provisioned for index {0}: {2}. "
        "Requested WriteCapacityUnits: {2}. Refer to the Amazon DynamoDB Developer Guide for "
        "current limits and how to request higher limits.",
        name, throughput.read_units, throughput.write_units);
}

// `switched`: to PROVISIONED, by the same request.
Outcome<void> update_index(World& world, const json::object& given, bool switched,
                           Updated& update) {
    const std::string name(*text_of(given, "IndexName"));
    const auto throughput = throughput_in(given);
    if (throughput && (throughput->read_units > kUnitsMax || throughput->write_units > kUnitsMax)) {
        return validation(
            "This operation cannot be performed with given input values. Please contact DynamoDB "
            "service team for more info: Action Blocked: IndexUpdate");
    }
    auto found = global_index(name, "update", update.table);
    if (!found) {
        return std::unexpected(std::move(found).error());
    }
    auto& index = **found;
    const bool on_demand = update.table.billing == BillingMode::kPayPerRequest;
    const bool limits = has(given, "OnDemandThroughput") || has(given, "WarmThroughput");
    if (on_demand && (throughput || !limits)) {
        return invalid(
            fmt::format("The only Updates for index: {} when TableThroughputMode is "
                        "PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput",
                        name));
    }
    if (throughput && !switched && *throughput == index.throughput) {
        return validation(unchanged_text(name, *throughput));
    }
    if (throughput) {
        note_change(index.throughput, *throughput, world.clock.now(), index.further);
        index.throughput = *throughput;
        update.under_way.index[name] = "UPDATING";
        if (auto* shown = find_index(update.shown, name); switched && shown != nullptr) {
            shown->throughput = *throughput;
        }
    }
    return change_capacity(given, {name, update.table.billing, index.throughput}, index.further);
}

// Whoever switches to PROVISIONED says how much each index gets.
Outcome<void> check_all_given(const json::array* updates, const TableDescription& table) {
    std::set<std::string> missing;
    for (const auto& index : table.indexes) {
        if (index.kind == IndexKind::kGlobal) {
            missing.insert(index.schema.name);
        }
    }
    for (std::size_t i = 0; updates != nullptr && i < updates->size(); ++i) {
        for (const auto* action : {"Update", "Delete"}) {
            if (const auto* given = object_of((*updates)[i].get_object(), action)) {
                missing.erase(std::string(*text_of(*given, "IndexName")));
            }
        }
    }
    if (missing.empty()) {
        return {};
    }
    return invalid(fmt::format("ProvisionedThroughput must be specified for index: {}",
                               fmt::join(missing, ",")));
}

}  // namespace

Outcome<void> update_indexes(World& world, const json::object& parameters, BillingMode before,
                             Updated& update) {
    const auto* updates = array_of(parameters, "GlobalSecondaryIndexUpdates");
    const bool switched =
        before != update.table.billing && update.table.billing == BillingMode::kProvisioned;
    if (switched) {
        if (auto checked = check_all_given(updates, update.table); !checked) {
            return checked;
        }
    }
    if (updates == nullptr) {
        return {};
    }
    if (auto checked = check_one_at_a_time(world, *updates, update.table); !checked) {
        return checked;
    }
    for (const auto& element : *updates) {
        const auto& action = element.get_object();
        Outcome<void> done;
        if (const auto* given = object_of(action, "Create")) {
            done = create_index(parameters, *given, update);
        } else if (const auto* dropped = object_of(action, "Delete")) {
            done = delete_index(*dropped, update);
        } else if (const auto* changed = object_of(action, "Update")) {
            done = update_index(world, *changed, switched, update);
        }
        if (!done) {
            return done;
        }
    }
    return {};
}

}  // namespace meridian::dynamo
