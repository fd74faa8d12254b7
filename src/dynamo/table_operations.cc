#include "dynamo/table_operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dynamo/create_table.h"
#include "dynamo/object_text.h"
#include "dynamo/table_shapes.h"
#include "dynamo/table_view.h"
#include "dynamo/update_table.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

// What the service gives an account; nothing here is limited by it.
constexpr std::int64_t kAccountUnitsMax = 80'000;
constexpr std::int64_t kTableUnitsMax = 40'000;
constexpr std::int64_t kEndpointMinutes = 1'440;
constexpr std::size_t kTablesAPage = 100;

Outcome<std::string> create_table(World& world, const json::object& parameters) {
    auto wanted = new_table(world, parameters);
    if (!wanted) {
        return std::unexpected(std::move(wanted).error());
    }
    const auto table = world.tables.change(
        wanted->name, [&](const TablePtr& now) { return created_over(now, *wanted); });
    if (!table) {
        return std::unexpected(table.error());
    }
    UnderWay under_way{.status = "CREATING", .create = true};
    for (const auto& index : (*table)->indexes) {
        under_way.index[index.schema.name] = "CREATING";
    }
    return ObjectText().json("TableDescription", table_text(world, **table, under_way)).str();
}

Outcome<std::string> describe_table(World& world, const json::object& parameters) {
    const auto name = *text_of(parameters, "TableName");
    const auto table = world.tables.find(name);
    if (table == nullptr) {
        return table_not_found(name);
    }
    return ObjectText().json("Table", table_text(world, *table)).str();
}

std::unexpected<Failure> being_created(const TableDescription& table) {
    return resource_in_use(fmt::format(
        "Attempt to change a resource which is still in use: Table is being created: {}",
        table.name));
}

Outcome<std::string> update_table(World& world, const json::object& parameters) {
    if (auto checked = check_update(parameters); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    const auto name = *text_of(parameters, "TableName");
    std::optional<Updated> update;
    const auto change = [&](const TablePtr& now) -> Outcome<TableDescription> {
        if (now == nullptr) {
            return table_not_found(name);
        }
        if (now->is_being_restored()) {
            return being_created(*now);
        }
        auto made = updated(world, *now, parameters);
        if (!made) {
            return std::unexpected(std::move(made).error());
        }
        update = *std::move(made);
        return update->table;
    };
    if (auto changed = world.tables.change(name, change); !changed) {
        return std::unexpected(std::move(changed).error());
    }
    return ObjectText()
        .json("TableDescription", table_text(world, update->shown, update->under_way))
        .str();
}

// A table that other regions have too is only taken from this one's clients.
Outcome<TableDescription> without(World& world, const TableDescription& now) {
    if (now.deletion_protection) {
        return validation(
            "Resource cannot be deleted as it is currently protected against deletion. Disable "
            "deletion protection first.");
    }
    if (now.is_own()) {
        return validation(fmt::format(
            "{} is a table that Meridian itself works with: it cannot be deleted, only emptied",
            now.name));
    }
    const auto indexes = world.store.list_indexes(now.storage);
    if (indexes && !std::ranges::all_of(*indexes, &store::IndexStatus::ready)) {
        return resource_in_use(
            "Attempt to change a resource which is still in use: Cannot delete table while indexes "
            "are being created, updated, or deleted.");
    }
    auto table = now;
    if (table.regions.size() > 1) {
        std::erase(table.regions, world.region);
        return table;
    }
    table.deleted = true;
    for (auto& stream : table.streams) {
        stream.enabled = false;
    }
    return table;
}

Outcome<std::string> delete_table(World& world, const json::object& parameters) {
    const auto name = *text_of(parameters, "TableName");
    std::string shown;
    const auto change = [&](const TablePtr& now) -> Outcome<TableDescription> {
        if (now == nullptr) {
            return table_not_found(name);
        }
        if (now->is_being_restored()) {
            return being_created(*now);
        }
        shown = deleted_text(world, *now);
        return without(world, *now);
    };
    if (auto changed = world.tables.change(name, change); !changed) {
        return std::unexpected(std::move(changed).error());
    }
    return ObjectText().json("TableDescription", shown).str();
}

Outcome<std::string> list_tables(World& world, const json::object& parameters) {
    const auto after = text_of(parameters, "ExclusiveStartTableName").value_or("");
    const auto limit = static_cast<std::size_t>(
        integer_of(parameters, "Limit").value_or(static_cast<std::int64_t>(kTablesAPage)));
    const auto tables = world.tables.list();
    std::vector<std::string> names;
    ObjectText out;
    for (const auto& table : tables) {
        if (table->name <= after) {
            continue;
        }
        if (names.size() == limit) {
            out.json("LastEvaluatedTableName", names.back());
            break;
        }
        names.push_back(string_text(table->name));
    }
    return out.json("TableNames", array_text(names)).str();
}

Outcome<std::string> describe_limits(World& /*world*/, const json::object& /*parameters*/) {
    return ObjectText()
        .number("AccountMaxReadCapacityUnits", kAccountUnitsMax)
        .number("AccountMaxWriteCapacityUnits", kAccountUnitsMax)
        .number("TableMaxReadCapacityUnits", kTableUnitsMax)
        .number("TableMaxWriteCapacityUnits", kTableUnitsMax)
        .str();
}

Outcome<std::string> describe_endpoints(World& world, const json::object& /*parameters*/) {
    const auto endpoint = ObjectText()
                              .text("Address", world.endpoint ? world.endpoint() : "localhost")
                              .number("CachePeriodInMinutes", kEndpointMinutes)
                              .str();
    return ObjectText().json("Endpoints", array_text({endpoint})).str();
}

constexpr std::array kOperations{
    Operation{.name = "CreateTable",
              .parameters = &kCreateTable,
              .pace = Pace::kWaits,
              .run = &answering<create_table>},
    Operation{.name = "DescribeTable",
              .parameters = &kOneTable,
              .pace = Pace::kBrief,
              .run = &answering<describe_table>},
    Operation{.name = "UpdateTable",
              .parameters = &kUpdateTable,
              .pace = Pace::kWaits,
              .run = &answering<update_table>},
    Operation{.name = "DeleteTable",
              .parameters = &kOneTable,
              .pace = Pace::kWaits,
              .run = &answering<delete_table>},
    Operation{.name = "ListTables",
              .parameters = &kListTables,
              .pace = Pace::kBrief,
              .run = &answering<list_tables>},
    Operation{.name = "DescribeLimits",
              .parameters = &kNoParameters,
              .pace = Pace::kBrief,
              .run = &answering<describe_limits>},
    Operation{.name = "DescribeEndpoints",
              .parameters = &kNoParameters,
              .pace = Pace::kBrief,
              .run = &answering<describe_endpoints>},
};

}  // namespace

std::span<const Operation> table_operations() {
    return kOperations;
}

std::unexpected<Failure> table_not_found(std::string_view name) {
    return resource_not_found(
        fmt::format("Requested resource not found: Table: {} not found", name));
}

}  // namespace meridian::dynamo
