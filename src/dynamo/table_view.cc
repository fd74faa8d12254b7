#include "dynamo/table_view.h"

#include <algorithm>
#include <array>

#include "dynamo/object_text.h"
#include "dynamo/table_parts.h"
#include "item/json.h"

namespace meridian::dynamo {
namespace {

constexpr std::array<std::string_view, 4> kViews{"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                                 "NEW_AND_OLD_IMAGES"};
constexpr std::array<std::string_view, 3> kProjections{"ALL", "KEYS_ONLY", "INCLUDE"};
// Members of `further` that are shown as they are.
constexpr std::array<std::string_view, 4> kShown{"SSEDescription", "OnDemandThroughput",
                                                 "RestoreSummary", "ArchivalSummary"};

const item::Map* map_in(const item::Map& further, std::string_view name) {
    const auto* value = item::find(further, name);
    return value == nullptr ? nullptr : value->as<item::Map>();
}

std::string attributes_text(const std::vector<item::KeyAttribute>& attributes) {
    constexpr std::string_view kTypes = "SNB";
    std::vector<std::string> elements;
    for (const auto& attribute : attributes) {
        elements.push_back(
            ObjectText()
                .text("AttributeName", attribute.name)
                .text("AttributeType", kTypes.substr(static_cast<std::size_t>(attribute.type), 1))
                .str());
    }
    return array_text(elements);
}

// ProvisionedThroughput, with the moments of its changes.
std::string throughput_text(const Throughput& throughput, const item::Map& further) {
    ObjectText out;
    std::int64_t decreases = 0;
    if (const auto* changes = map_in(further, "ThroughputChanges")) {
        for (const auto& [name, value] : *changes) {
            if (name == "NumberOfDecreasesToday") {
                decreases = value.as<item::Number>()->to_int64().value_or(0);
            } else if (name.starts_with("Last")) {
                out.json(name, item::to_plain_json(value));
            }
        }
    }
    return out.number("NumberOfDecreasesToday", decreases)
        .number("ReadCapacityUnits", throughput.read_units)
        .number("WriteCapacityUnits", throughput.write_units)
        .str();
}

std::string warm_text(const CapacityOwner& owner, const item::Map& further) {
    const auto units = warm_units(owner, further);
    return ObjectText()
        .number("ReadUnitsPerSecond", units.read_units)
        .number("WriteUnitsPerSecond", units.write_units)
        .text("Status", "ACTIVE")
        .str();
}

// What the store says of an index; nothing of one that is new or gone.
struct IndexState {
    bool ready = true;
    store::Extent extent;
};

class IndexTexts {
  public:
    IndexTexts(World& world, const TableDescription& table, const UnderWay& under_way)
        : world_(world), table_(table), under_way_(under_way) {
        if (auto statuses = world.store.list_indexes(table.storage)) {
            for (auto& status : *statuses) {
                states_[status.schema.name] = {status.ready, status.extent};
            }
        }
    }

    [[nodiscard]] std::vector<std::string> of(IndexKind kind) const {
        std::vector<std::string> texts;
        for (const auto& index : table_.indexes) {
            if (index.kind == kind) {
                texts.push_back(text(index));
            }
        }
        for (const auto& index : under_way_.going) {
            if (index.kind == kind) {
                texts.push_back(text(index));
            }
        }
        return texts;
    }

  private:
    [[nodiscard]] std::string text(const IndexDescription& index) const {
        const auto& name = index.schema.name;
        const auto found = states_.find(name);
        const auto state = found == states_.end() ? IndexState{} : found->second;
        ObjectText out;
        out.text("IndexName", name);
        out.json("KeySchema", key_text(index.schema.key));
        out.json("Projection", projection_text(index.schema));
        if (index.kind == IndexKind::kGlobal) {
            add_global(index, state, out);
        }
        return out.number("IndexSizeBytes", static_cast<std::int64_t>(state.extent.bytes))
            .number("ItemCount", static_cast<std::int64_t>(state.extent.items))
            .text("IndexArn", table_arn(world_.region, table_.name) + "/index/" + name)
            .str();
    }

    void add_global(const IndexDescription& index, const IndexState& state, ObjectText& out) const {
        const auto changing = under_way_.index.find(index.schema.name);
        if (changing != under_way_.index.end()) {
            out.text("IndexStatus", changing->second);
            if (changing->second == "CREATING" && !under_way_.create) {
                out.flag("Backfilling", false);
            }
        } else {
            out.text("IndexStatus", state.ready ? "ACTIVE" : "CREATING");
            if (!state.ready) {
                out.flag("Backfilling", true);
            }
        }
        out.json("ProvisionedThroughput", throughput_text(index.throughput, index.further));
        if (const auto* limits = map_in(index.further, "OnDemandThroughput")) {
            out.json("OnDemandThroughput", item::to_plain_json(*limits));
        }
        if (!under_way_.create) {
            out.json(
                "WarmThroughput",
                warm_text({index.schema.name, table_.billing, index.throughput}, index.further));
        }
    }

    World& world_;
    const TableDescription& table_;
    const UnderWay& under_way_;
    std::map<std::string, IndexState> states_;
};

void add_billing(const TableDescription& table, bool with_time, ObjectText& out) {
    const auto* summary = map_in(table.further, "BillingModeSummary");
    if (summary == nullptr) {
        return;
    }
    auto shown = *summary;
    if (!with_time) {
        shown.erase("LastUpdateToPayPerRequestDateTime");
    }
    out.json("BillingModeSummary", item::to_plain_json(shown));
}

void add_extent(World& world, const TableDescription& table, ObjectText& out) {
    const auto extent = world.store.extent(table.storage).value_or(store::Extent{});
    out.number("TableSizeBytes", static_cast<std::int64_t>(extent.bytes));
    out.number("ItemCount", static_cast<std::int64_t>(extent.items));
}

void add_streams(World& world, const TableDescription& table, ObjectText& out) {
    if (table.streams.empty()) {
        return;
    }
    if (const auto* stream = table.stream()) {
        out.json("StreamSpecification", ObjectText()
                                            .flag("StreamEnabled", true)
                                            .text("StreamViewType", view_name(stream->view))
                                            .str());
    }
    const auto& newest = table.streams.back();
    out.text("LatestStreamLabel", newest.label);
    out.text("LatestStreamArn", table_arn(world.region, table.name) + "/stream/" + newest.label);
}

// The service lists the others.
void add_replicas(World& world, const TableDescription& table, const UnderWay& under_way,
                  ObjectText& out) {
    std::vector<std::string> replicas;
    const auto* overrides = map_in(table.further, "ReplicaOverrides");
    const auto add = [&](const std::string& region, std::string_view status) {
        ObjectText replica;
        replica.text("RegionName", region).text("ReplicaStatus", status);
        if (const auto* own = overrides == nullptr ? nullptr : map_in(*overrides, region)) {
            for (const auto& [name, value] : *own) {
                replica.json(name, item::to_plain_json(value));
            }
        }
        replicas.push_back(replica.str());
    };
    for (const auto& region : table.regions) {
        if (region != world.region && !under_way.replica.contains(region)) {
            add(region, "ACTIVE");
        }
    }
    for (const auto& [region, status] : under_way.replica) {
        add(region, status);
    }
    if (!replicas.empty()) {
        out.text("GlobalTableVersion", "2019.11.21");
        out.json("Replicas", array_text(replicas));
    }
}

void add_class(const TableDescription& table, ObjectText& out) {
    if (table.table_class.empty()) {
        return;
    }
    ObjectText summary;
    summary.text("TableClass", table.table_class);
    if (const auto* changed = item::find(table.further, "TableClassChanged")) {
        summary.json("LastUpdateDateTime", item::to_plain_json(*changed));
    }
    out.json("TableClassSummary", summary.str());
}

}  // namespace

std::string key_text(const item::KeySchema& key) {
    const auto element = [](std::string_view name, std::string_view type) {
        return ObjectText().text("AttributeName", name).text("KeyType", type).str();
    };
    std::vector<std::string> elements{element(key.partition.name, "HASH")};
    if (key.sort) {
        elements.push_back(element(key.sort->name, "RANGE"));
    }
    return array_text(elements);
}

std::string projection_text(const store::IndexSchema& schema) {
    ObjectText out;
    if (schema.projected == store::Projected::kInclude) {
        std::vector<std::string> names;
        for (const auto& name : schema.include) {
            names.push_back(string_text(name));
        }
        out.json("NonKeyAttributes", array_text(names));
    }
    return out.text("ProjectionType", kProjections[static_cast<std::size_t>(schema.projected)])
        .str();
}

std::string_view view_name(StreamView view) {
    return kViews[static_cast<std::size_t>(view)];
}

std::string table_text(World& world, const TableDescription& table, const UnderWay& under_way) {
    ObjectText out;
    out.json("AttributeDefinitions", attributes_text(table.attributes));
    out.text("TableName", table.name);
    out.json("KeySchema", key_text(table.key));
    out.text("TableStatus", table.is_being_restored() ? "CREATING" : under_way.status);
    out.time("CreationDateTime", table.created);
    out.json("ProvisionedThroughput", throughput_text(table.throughput, table.further));
    add_extent(world, table, out);
    out.text("TableArn", table_arn(world.region, table.name));
    out.text("TableId", table.id);
    add_billing(table, !under_way.create, out);
    const IndexTexts indexes(world, table, under_way);
    if (const auto local = indexes.of(IndexKind::kLocal); !local.empty()) {
        out.json("LocalSecondaryIndexes", array_text(local));
    }
    if (const auto global = indexes.of(IndexKind::kGlobal); !global.empty()) {
        out.json("GlobalSecondaryIndexes", array_text(global));
    }
    add_streams(world, table, out);
    add_replicas(world, table, under_way, out);
    for (const auto name : kShown) {
        if (const auto* value = item::find(table.further, name)) {
            out.json(name, item::to_plain_json(*value));
        }
    }
    add_class(table, out);
    out.flag("DeletionProtectionEnabled", table.deletion_protection);
    if (!under_way.create || table.further.contains("WarmThroughput")) {
        out.json("WarmThroughput", warm_text({{}, table.billing, table.throughput}, table.further));
    }
    return out.str();
}

std::string deleted_text(World& world, const TableDescription& table) {
    ObjectText out;
    out.text("TableName", table.name);
    out.text("TableStatus", "DELETING");
    out.json("ProvisionedThroughput", throughput_text(table.throughput, table.further));
    add_extent(world, table, out);
    out.text("TableArn", table_arn(world.region, table.name));
    out.text("TableId", table.id);
    add_billing(table, true, out);
    add_streams(world, table, out);
    add_class(table, out);
    out.flag("DeletionProtectionEnabled", table.deletion_protection);
    return out.str();
}

}  // namespace meridian::dynamo
