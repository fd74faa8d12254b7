// ReplicaUpdates of UpdateTable: which regions' clients see the table.
//
// Its items are in all regions anyway, so a replica is there as soon as its region hears of it. The
// service takes one action a request; here a request may name several regions.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dynamo/create_table.h"
#include "dynamo/table_parts.h"
#include "dynamo/update_table.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

bool has_region(const TableDescription& table, std::string_view region) {
    return std::ranges::find(table.regions, region) != table.regions.end();
}

Outcome<void> check_region(const World& world, std::string_view region) {
    if (region == world.region) {
        return validation(
            "Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, "
            "DeleteTable, or UpdateTable as required.");
    }
    if (std::ranges::find(world.regions, region) == world.regions.end()) {
        return validation(
            fmt::format("Region {} is not supported. The latest version of global "
                        "tables are only supported in the following regions: [{}]",
                        region, fmt::join(world.regions, ", ")));
    }
    return {};
}

// Another table of that name, which the region's clients see.
bool is_taken(const World& world, const TableDescription& table, std::string_view region) {
    return std::ranges::any_of(world.tables.everywhere(), [&](const auto& other) {
        return other->id != table.id && other->name == table.name && other->is_in(region);
    });
}

Outcome<void> check_member(const TableDescription& table, std::string_view region) {
    if (has_region(table, region)) {
        return {};
    }
    return validation(fmt::format(
        "Update global table operation failed because one or more replicas were not part of the "
        "global table. Please retry the request without these replicas: [{}].",
        region));
}

// What a replica is to have otherwise.
void set_overrides(const json::object& given, const std::string& region, TableDescription& table) {
    item::Map own;
    if (const auto key = text_of(given, "KMSMasterKeyId")) {
        own["KMSMasterKeyId"] = *key;
    }
    if (const auto* units = object_of(given, "ProvisionedThroughputOverride")) {
        own["ProvisionedThroughputOverride"] =
            item::Map{{"ReadCapacityUnits",
                       item::Number(integer_of(*units, "ReadCapacityUnits").value_or(0))}};
    }
    if (const auto table_class = text_of(given, "TableClassOverride")) {
        own["ReplicaTableClassSummary"] = item::Map{{"TableClass", *table_class}};
    }
    if (own.empty()) {
        return;
    }
    auto& overrides = table.further["ReplicaOverrides"];
    item::Map all = overrides.as<item::Map>() == nullptr ? item::Map{} : *overrides.as<item::Map>();
    all[region] = std::move(own);
    overrides = std::move(all);
}

Outcome<void> add_replica(World& world, const json::object& given, Updated& update) {
    auto& table = update.table;
    const std::string region(*text_of(given, "RegionName"));
    if (auto checked = check_region(world, region); !checked) {
        return checked;
    }
    if (has_region(table, region) || is_taken(world, table, region)) {
        return validation(
            fmt::format("Failed to create a the new replica of table with name: "
                        "‘{}’ because one or more replicas already existed as "
                        "tables.",
                        table.name));
    }
    if (table.regions.empty()) {  // a table of Meridian's own that nobody has created
        table.regions.push_back(world.region);
    }
    table.regions.push_back(region);
    set_overrides(given, region, table);
    if (table.stream() == nullptr) {
        switch_stream_on(table, StreamView::kNewAndOldImages, world.clock.now());
    }
    update.under_way.replica[region] = "CREATING";
    return {};
}

Outcome<void> remove_replica(World& world, const json::object& given, Updated& update) {
    const std::string region(*text_of(given, "RegionName"));
    if (auto checked = check_region(world, region); !checked) {
        return checked;
    }
    if (auto checked = check_member(update.table, region); !checked) {
        return checked;
    }
    std::erase(update.table.regions, region);
    update.under_way.replica[region] = "DELETING";
    return {};
}

Outcome<void> change_replica(World& world, const json::object& given, Updated& update) {
    const std::string region(*text_of(given, "RegionName"));
    if (given.size() < 2) {
        return validation(
            "There are no actions specified in the Replica Update Action of the request.");
    }
    if (region != world.region) {
        if (auto checked = check_region(world, region); !checked) {
            return checked;
        }
    }
    if (auto checked = check_member(update.table, region); !checked) {
        return checked;
    }
    set_overrides(given, region, update.table);
    update.under_way.replica[region] = "UPDATING";
    return {};
}

Outcome<void> update_replica(World& world, const json::object& action, Updated& update) {
    const auto* create = object_of(action, "Create");
    const auto* change = object_of(action, "Update");
    const auto* remove = object_of(action, "Delete");
    const auto actions =
        (create != nullptr ? 1 : 0) + (change != nullptr ? 1 : 0) + (remove != nullptr ? 1 : 0);
    if (actions == 0) {
        return validation(
            "There are no actions specified in the Replica Update Action of the request.");
    }
    if (actions > 1) {
        return validation(
            "Update table operation with more than one type of replica actions not allowed.");
    }
    if (create != nullptr) {
        return add_replica(world, *create, update);
    }
    return remove != nullptr ? remove_replica(world, *remove, update)
                             : change_replica(world, *change, update);
}

}  // namespace

Outcome<void> update_replicas(World& world, const json::object& parameters, Updated& update) {
    const auto* updates = array_of(parameters, "ReplicaUpdates");
    if (updates == nullptr) {
        return {};
    }
    for (const auto& element : *updates) {
        if (auto done = update_replica(world, element.get_object(), update); !done) {
            return done;
        }
    }
    update.under_way.status = "UPDATING";
    return {};
}

}  // namespace meridian::dynamo
