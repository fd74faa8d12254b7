#include "dynamo/update_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include "dynamo/create_table.h"
#include "dynamo/table_parts.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 9> kChanges{"ProvisionedThroughput",
                                                   "BillingMode",
                                                   "GlobalSecondaryIndexUpdates",
                                                   "StreamSpecification",
                                                   "SSESpecification",
                                                   "ReplicaUpdates",
                                                   "TableClass",
                                                   "OnDemandThroughput",
                                                   "DeletionProtectionEnabled"};

// An empty list of index updates changes nothing, and empty limits neither.
bool asks(const json::object& parameters, std::string_view name) {
    const auto* value = find(parameters, name);
    if (value == nullptr) {
        return false;
    }
    if (value->is_array()) {
        return !value->get_array().empty();
    }
    const bool limits = name == "OnDemandThroughput" || name == "WarmThroughput";
    return !limits || !value->get_object().empty();
}

bool asks_more_than(const json::object& parameters, std::string_view name) {
    const auto other = [&](std::string_view change) {
        return change != name && asks(parameters, change);
    };
    return std::ranges::any_of(kChanges, other) || other("WarmThroughput");
}

bool creates_or_deletes_index(const json::object& parameters) {
    const auto* updates = array_of(parameters, "GlobalSecondaryIndexUpdates");
    return updates != nullptr && std::ranges::any_of(*updates, [](const auto& update) {
               return has(update.get_object(), "Create") || has(update.get_object(), "Delete");
           });
}

Outcome<void> check_combination(const json::object& parameters) {
    struct Lonely {
        std::string_view change;
        std::string_view text;
    };
    constexpr std::array kLonely{
        Lonely{"SSESpecification",
               "Server-Side Encryption modification must be the only operation in the request"},
        Lonely{"DeletionProtectionEnabled",
               "DeletionProtection modification must be the only operation in the request"},
        Lonely{"TableClass", "TableClass modification must be the only operation in the request"},
        Lonely{"ReplicaUpdates", "Replica modification must be the only operation in the request"},
        Lonely{"WarmThroughput", "WarmThroughput must be the only operation in the request"}};
    for (const auto& [change, text] : kLonely) {
        if (!asks(parameters, change) || !asks_more_than(parameters, change)) {
            continue;
        }
        if (change == "WarmThroughput" && creates_or_deletes_index(parameters)) {
            return invalid(
                "Create global secondary index cannot be specified when updating "
                "WarmThroughput");
        }
        return invalid(text);
    }
    const bool stream = has(parameters, "StreamSpecification");
    if (asks(parameters, "OnDemandThroughput") &&
        (stream || has(parameters, "ProvisionedThroughput"))) {
        return invalid(
            "OnDemandThroughput can only be combined with BillingMode in an UpdateTable "
            "request");
    }
    const bool capacity = has(parameters, "ProvisionedThroughput");
    if (capacity && stream) {
        return invalid("You cannot modify stream status while updating table IOPS");
    }
    if (capacity && creates_or_deletes_index(parameters)) {
        return invalid("You cannot create or delete index while updating table IOPS");
    }
    if (stream && creates_or_deletes_index(parameters)) {
        return invalid("You cannot create or delete index while changing stream status");
    }
    return {};
}

Outcome<void> check_billing(const json::object& parameters) {
    const auto throughput = throughput_in(parameters);
    const auto mode = text_of(parameters, "BillingMode");
    if (mode == "PROVISIONED" && !throughput) {
        return invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    }
    if (mode == "PAY_PER_REQUEST" && throughput) {
        return invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
            "BillingMode is PAY_PER_REQUEST");
    }
    return throughput ? check_bounds(*throughput) : Outcome<void>{};
}

Outcome<void> check_index_updates(const json::object& parameters) {
    const auto* updates = array_of(parameters, "GlobalSecondaryIndexUpdates");
    if (updates == nullptr) {
        return {};
    }
    if (updates->empty()) {
        return invalid("List of GlobalSecondaryIndexUpdates is empty");
    }
    std::set<std::string_view> names;
    for (const auto& element : *updates) {
        const auto& update = element.get_object();
        std::string_view name;
        int actions = 0;
        for (const auto* action : {"Update", "Create", "Delete"}) {
            if (const auto* given = object_of(update, action)) {
                ++actions;
                name = text_of(*given, "IndexName").value_or("");
            }
        }
        if (actions == 0) {
            return invalid(
                "One of GlobalSecondaryIndexUpdate.Update, "
                "GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete "
                "must not be null");
        }
        if (actions > 1) {
            return invalid(
                "Only one global secondary index action is allowed per "
                "GlobalSecondaryIndexUpdate object");
        }
        if (!names.insert(name).second) {
            return invalid(
                fmt::format("Only one global secondary index update per index is "
                            "allowed simultaneously. Index: {}",
                            name));
        }
    }
    return {};
}

// ---- Capacity

Outcome<void> update_capacity(World& world, const json::object& parameters, Updated& update) {
    auto& table = update.table;
    const auto mode = text_of(parameters, "BillingMode");
    const auto wanted = !mode                    ? table.billing
                        : *mode == "PROVISIONED" ? BillingMode::kProvisioned
                                                 : BillingMode::kPayPerRequest;
    const auto throughput = throughput_in(parameters);
    if (throughput && wanted == BillingMode::kPayPerRequest) {
        return invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
            "BillingMode is PAY_PER_REQUEST");
    }
    const bool switched = wanted != table.billing;
    if (throughput && !switched && *throughput == table.throughput) {
        return validation(fmt::format(
            "The provisioned throughput for the table will not change. The requested value equals "
            "the current value. Current ReadCapacityUnits provisioned for the table: {0}. "
            "Requested ReadCapacityUnits: {0}. Current WriteCapacityUnits provisioned for the "
            "table: {1}. Requested WriteCapacityUnits: {1}. Refer to the Amazon DynamoDB Developer "
            "Guide for current limits and how to request higher limits.",
            throughput->read_units, throughput->write_units));
    }
    if (!throughput && !switched) {
        return {};
    }
    const auto now = world.clock.now();
    const auto to = throughput.value_or(Throughput{});
    note_change(table.throughput, to, now, table.further);
    update.under_way.status = "UPDATING";
    table.throughput = to;
    if (switched) {
        table.billing = wanted;
        table.further["BillingModeSummary"] = billing_summary(wanted, now);
        table.further.erase("OnDemandThroughput");
        update.shown.throughput = to;
        for (auto& index : table.indexes) {
            index.further.erase("OnDemandThroughput");
            if (wanted == BillingMode::kPayPerRequest) {
                index.throughput = {};
            }
        }
    }
    return {};
}

Outcome<void> update_stream(World& world, const json::object& parameters, Updated& update) {
    const auto* stream = object_of(parameters, "StreamSpecification");
    if (stream == nullptr) {
        return {};
    }
    auto& table = update.table;
    const bool enabled = flag_of(*stream, "StreamEnabled").value_or(false);
    if (enabled && !has(*stream, "StreamViewType")) {
        return invalid("If stream is being enabled then UpdateViewType is required");
    }
    if (!enabled && has(*stream, "StreamViewType")) {
        return invalid("If stream is being disabled, then UpdateViewType must not be specified");
    }
    if (enabled && table.stream() != nullptr) {
        return validation(
            fmt::format("Table already has an enabled stream: TableName: {}", table.name));
    }
    if (!enabled && table.stream() == nullptr) {
        return validation(fmt::format("Table has no stream to disable: TableName: {}", table.name));
    }
    if (enabled) {
        switch_stream_on(table, view_in(*stream), world.clock.now());
    } else if (table.regions.size() > 1) {
        return invalid("Disabling Stream is not allowed for a Global Table replica.");
    } else {
        table.streams.back().enabled = false;
    }
    update.under_way.status = "UPDATING";
    return {};
}

Outcome<void> update_encryption(World& world, const json::object& parameters, Updated& update) {
    const auto* specification = object_of(parameters, "SSESpecification");
    if (specification == nullptr) {
        return {};
    }
    auto& further = update.table.further;
    auto wanted = encryption_in(*specification, world.region, update.table.id);
    if (!wanted) {
        return std::unexpected(std::move(wanted).error());
    }
    const auto now = further.find("SSEDescription");
    if (!*wanted) {
        if (now == further.end()) {
            return invalid("Table is already encrypted by default");
        }
        further.erase(now);
        return {};
    }
    if (now != further.end() && now->second == item::Value(**wanted)) {
        return invalid(
            "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId "
            "parameter if you want to change Master Key");
    }
    further["SSEDescription"] = **std::move(wanted);
    return {};
}

Outcome<void> update_settings(World& world, const json::object& parameters, Updated& update) {
    auto& table = update.table;
    if (const auto given = text_of(parameters, "TableClass")) {
        auto table_class = table_class_in(*given);
        if (!table_class) {
            return std::unexpected(std::move(table_class).error());
        }
        table.table_class = *std::move(table_class);
        table.further["TableClassChanged"] = seconds_of(world.clock.now());
        update.under_way.status = "UPDATING";
    }
    if (const auto flag = flag_of(parameters, "DeletionProtectionEnabled")) {
        table.deletion_protection = *flag;
    }
    return change_capacity(parameters, {{}, table.billing, table.throughput}, table.further);
}

}  // namespace

void note_change(const Throughput& from, const Throughput& to, Instant now, item::Map& further) {
    item::Map changes;
    if (const auto found = further.find("ThroughputChanges"); found != further.end()) {
        changes = *found->second.as<item::Map>();
    }
    const auto day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
    const item::Number today{std::int64_t{day}};
    if (to.read_units > from.read_units || to.write_units > from.write_units) {
        changes["LastIncreaseDateTime"] = seconds_of(now);
    }
    if (to.read_units < from.read_units || to.write_units < from.write_units) {
        const auto* last = item::find(changes, "Day");
        const auto* count = item::find(changes, "NumberOfDecreasesToday");
        const bool same_day = last != nullptr && *last == item::Value(today);
        const auto before =
            same_day && count != nullptr ? count->as<item::Number>()->to_int64().value_or(0) : 0;
        changes["LastDecreaseDateTime"] = seconds_of(now);
        changes["NumberOfDecreasesToday"] = item::Number(before + 1);
        changes["Day"] = today;
    }
    further["ThroughputChanges"] = std::move(changes);
}

Outcome<void> check_update(const json::object& parameters) {
    if (!std::ranges::any_of(kChanges, [&](auto name) { return asks(parameters, name); }) &&
        !asks(parameters, "WarmThroughput")) {
        return validation(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
            "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, "
            "MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
            "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
            "required");
    }
    if (text_of(parameters, "MultiRegionConsistency") == "STRONG") {
        return invalid(
            "MultiRegionConsistency STRONG is not supported: each region goes on alone "
            "when others cannot be reached");
    }
    if (auto checked = check_index_updates(parameters); !checked) {
        return checked;
    }
    if (auto checked = check_combination(parameters); !checked) {
        return checked;
    }
    return check_billing(parameters);
}

Outcome<Updated> updated(World& world, const TableDescription& now,
                         const json::object& parameters) {
    Updated update{now, now, {}};
    auto done = update_capacity(world, parameters, update);
    if (done) {
        done = update_indexes(world, parameters, now.billing, update);
    }
    if (done) {
        done = update_stream(world, parameters, update);
    }
    if (done) {
        done = update_encryption(world, parameters, update);
    }
    if (done) {
        done = update_settings(world, parameters, update);
    }
    if (done) {
        done = update_replicas(world, parameters, update);
    }
    if (!done) {
        return std::unexpected(std::move(done).error());
    }
    // Only capacity is shown as it was.
    auto shown = update.table;
    shown.throughput = update.shown.throughput;
    for (auto& index : shown.indexes) {
        if (const auto* before = update.shown.index(index.schema.name)) {
            index.throughput = before->throughput;
        }
    }
    update.shown = std::move(shown);
    return update;
}

}  // namespace meridian::dynamo
