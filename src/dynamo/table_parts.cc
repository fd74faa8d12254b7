#include "dynamo/table_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "dynamo/parameters.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

using item::Map;
using item::Number;

constexpr std::array<std::string_view, 2> kTableClasses{"STANDARD", "STANDARD_INFREQUENT_ACCESS"};

const item::KeyAttribute* find_attribute(const Attributes& attributes, std::string_view name) {
    const auto found = std::ranges::find(attributes, name, &item::KeyAttribute::name);
    return found == attributes.end() ? nullptr : &*found;
}

bool is_hash(const json::value& element) {
    return text_of(element.get_object(), "KeyType") == "HASH";
}

Outcome<void> read_projection(const json::object& projection, store::IndexSchema& schema) {
    const auto type = text_of(projection, "ProjectionType");
    const auto* include = array_of(projection, "NonKeyAttributes");
    if (!type) {
        return invalid("Unknown ProjectionType: null");
    }
    if (*type != "INCLUDE") {
        if (include != nullptr) {
            return invalid(
                fmt::format("ProjectionType is {}, but NonKeyAttributes is specified", *type));
        }
        schema.projected = *type == "ALL" ? store::Projected::kAll : store::Projected::kKeysOnly;
        return {};
    }
    if (include == nullptr) {
        return invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
    }
    schema.projected = store::Projected::kInclude;
    for (const auto& name : *include) {
        schema.include.emplace_back(view(name.get_string()));
    }
    std::ranges::sort(schema.include);
    const auto twice = std::ranges::adjacent_find(schema.include);
    if (twice != schema.include.end()) {
        return invalid(fmt::format("Duplicate element in NonKeyAttributes: {}", *twice));
    }
    return {};
}

// Java's String.hashCode, of ASCII.
std::uint32_t java_hash(std::string_view text) {
    std::uint32_t hash = 0;
    for (const char c : text) {
        hash = hash * 31 + static_cast<unsigned char>(c);
    }
    return hash ^ (hash >> 16);
}

// " for index: X", " for table": how texts about limits end.
std::string of_owner(const CapacityOwner& owner, std::string_view colon) {
    return owner.index.empty() ? " for table" : fmt::format(" for index{}{}", colon, owner.index);
}

struct Limits {
    std::string_view name;  // of the structure
    std::array<std::string_view, 2> units;
};
constexpr Limits kOnDemand{"OnDemandThroughput", {"MaxReadRequestUnits", "MaxWriteRequestUnits"}};
constexpr Limits kWarm{"WarmThroughput", {"ReadUnitsPerSecond", "WriteUnitsPerSecond"}};

std::int64_t number_in(const Map* map, std::string_view name, std::int64_t otherwise) {
    const auto* value = map == nullptr ? nullptr : item::find(*map, name);
    const auto* number = value == nullptr ? nullptr : value->as<Number>();
    return number == nullptr ? otherwise : number->to_int64().value_or(otherwise);
}

const Map* map_in(const Map& further, std::string_view name) {
    const auto* value = item::find(further, name);
    return value == nullptr ? nullptr : value->as<Map>();
}

// kNew: what is created; kThere: it exists, so -1 means "no limit any more".
enum class Stage : std::uint8_t { kNew, kThere };

Outcome<void> set_on_demand(const json::object& limits, const CapacityOwner& owner, Stage stage,
                            Map& further) {
    const auto* now = map_in(further, kOnDemand.name);
    Map wanted = now == nullptr ? Map{} : *now;
    for (const auto unit : kOnDemand.units) {
        const auto value = integer_of(limits, unit);
        if (!value) {
            continue;
        }
        if (owner.billing == BillingMode::kProvisioned) {
            const auto of = owner.index.empty() ? "" : fmt::format(" for index: {}", owner.index);
            return invalid(fmt::format(
                "{} for OnDemandThroughput{} cannot be specified when {}table BillingMode is "
                "PROVISIONED{}",
                unit, of, stage == Stage::kThere ? "the " : "", stage == Stage::kThere ? "" : "."));
        }
        if (*value == -1 && stage == Stage::kThere) {
            wanted[std::string(unit)] = Number(-1);
        } else if (*value < 1 || *value > kUnitsMax) {
            return invalid(
                fmt::format("Requested {} for OnDemandThroughput{} is outside of valid range", unit,
                            of_owner(owner, " : ")));
        } else {
            wanted[std::string(unit)] = Number(*value);
        }
    }
    if (!wanted.empty()) {
        further[std::string(kOnDemand.name)] = std::move(wanted);
    }
    return {};
}

Outcome<void> set_warm(const json::object& limits, const CapacityOwner& owner, Stage stage,
                       Map& further) {
    const auto floor = warm_units(owner, further);
    const std::array floors{floor.read_units, floor.write_units};
    Map wanted{{std::string(kWarm.units[0]), Number(floor.read_units)},
               {std::string(kWarm.units[1]), Number(floor.write_units)}};
    for (std::size_t i = 0; i < kWarm.units.size(); ++i) {
        const auto value = integer_of(limits, kWarm.units[i]);
        if (!value) {
            continue;
        }
        if (*value < floors[i]) {
            const auto what = fmt::format("Requested {} for WarmThroughput{} is lower than ",
                                          kWarm.units[i], of_owner(owner, " "));
            if (stage == Stage::kThere) {
                return invalid(
                    what + "current WarmThroughput, decreasing WarmThroughput is not supported");
            }
            return invalid(what + (owner.billing == BillingMode::kProvisioned
                                       ? fmt::format("{}CapacityUnits of ProvisionedThroughput",
                                                     i == 0 ? "Read" : "Write")
                                       : "initial throughput for OnDemand"));
        }
        wanted[std::string(kWarm.units[i])] = Number(*value);
    }
    further[std::string(kWarm.name)] = std::move(wanted);
    return {};
}

Outcome<void> set_capacity(const json::object& holder, const CapacityOwner& owner, Stage stage,
                           Map& further) {
    if (const auto* limits = object_of(holder, kOnDemand.name)) {
        if (auto set = set_on_demand(*limits, owner, stage, further); !set) {
            return set;
        }
    }
    if (const auto* limits = object_of(holder, kWarm.name); limits != nullptr && !limits->empty()) {
        return set_warm(*limits, owner, stage, further);
    }
    return {};
}

}  // namespace

std::unexpected<Failure> invalid(std::string_view what) {
    return validation(fmt::format("One or more parameter values were invalid: {}", what));
}

// ---- Keys

std::vector<std::string> names_of(const Attributes& attributes) {
    std::vector<std::string> names;
    for (const auto& attribute : attributes) {
        names.push_back(attribute.name);
    }
    return names;
}

Outcome<Attributes> attributes_in(const json::array& definitions) {
    Attributes attributes;
    for (const auto& element : definitions) {
        const auto& definition = element.get_object();
        const auto name = *text_of(definition, "AttributeName");
        const auto type = *text_of(definition, "AttributeType");
        if (find_attribute(attributes, name) != nullptr) {
            return validation(fmt::format("Attribute Name is duplicated: {}", name));
        }
        attributes.push_back({std::string(name), type == "S"   ? item::KeyType::kString
                                                 : type == "N" ? item::KeyType::kNumber
                                                               : item::KeyType::kBinary});
    }
    std::ranges::sort(attributes, {}, &item::KeyAttribute::name);
    return attributes;
}

std::vector<std::string> names_in(const json::array& key_schema) {
    std::vector<std::string> names;
    for (const auto& element : key_schema) {
        names.emplace_back(*text_of(element.get_object(), "AttributeName"));
    }
    return names;
}

Outcome<item::KeySchema> key_schema_in(const json::array& key_schema,
                                       const Attributes& attributes) {
    const auto names = names_in(key_schema);
    const auto defined = [&](const auto& name) {
        return find_attribute(attributes, name) != nullptr;
    };
    if (!std::ranges::all_of(names, defined)) {
        return invalid(
            fmt::format("Some index key attributes are not defined in "
                        "AttributeDefinitions. Keys: {}, AttributeDefinitions: {}",
                        set_text(names), set_text(names_of(attributes))));
    }
    if (names.size() == 2 && names[0] == names[1]) {
        return validation(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    if (!is_hash(key_schema[0])) {
        return validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    }
    if (names.size() == 2 && is_hash(key_schema[1])) {
        return validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    }
    item::KeySchema key{*find_attribute(attributes, names[0]), std::nullopt};
    if (names.size() == 2) {
        key.sort = *find_attribute(attributes, names[1]);
    }
    return key;
}

std::string set_text(const std::vector<std::string>& names, std::size_t buckets) {
    while (buckets < names.size()) {
        buckets *= 2;
    }
    if (names.size() * 4 > buckets * 3) {  // three quarters full: it grows
        buckets *= 2;
    }
    std::vector<std::string> sorted;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        for (const auto& name : names) {
            if ((java_hash(name) & (buckets - 1)) == bucket) {
                sorted.push_back(name);
            }
        }
    }
    return fmt::format("[{}]", fmt::join(sorted, ", "));
}

// ---- Indexes

Outcome<IndexDescription> index_in(const json::object& index, IndexKind kind,
                                   const Attributes& attributes) {
    IndexDescription description;
    description.kind = kind;
    description.schema.name = *text_of(index, "IndexName");
    auto key = key_schema_in(*array_of(index, "KeySchema"), attributes);
    if (!key) {
        return std::unexpected(std::move(key).error());
    }
    description.schema.key = *std::move(key);
    auto read = read_projection(*object_of(index, "Projection"), description.schema);
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    return description;
}

// ---- Capacity

std::optional<Throughput> throughput_in(const json::object& holder) {
    const auto* throughput = object_of(holder, "ProvisionedThroughput");
    if (throughput == nullptr) {
        return std::nullopt;
    }
    return Throughput{integer_of(*throughput, "ReadCapacityUnits").value_or(0),
                      integer_of(*throughput, "WriteCapacityUnits").value_or(0)};
}

Outcome<void> check_bounds(const Throughput& throughput) {
    if (throughput.read_units > kUnitsMax) {
        return validation(fmt::format("Given value {} for ReadCapacityUnits is out of bounds",
                                      throughput.read_units));
    }
    if (throughput.write_units > kUnitsMax) {
        return validation(fmt::format("Given value {} for WriteCapacityUnits is out of bounds",
                                      throughput.write_units));
    }
    return {};
}

Outcome<void> set_new_capacity(const json::object& holder, const CapacityOwner& owner,
                               Map& further) {
    return set_capacity(holder, owner, Stage::kNew, further);
}

Outcome<void> change_capacity(const json::object& holder, const CapacityOwner& owner,
                              Map& further) {
    return set_capacity(holder, owner, Stage::kThere, further);
}

Throughput warm_units(const CapacityOwner& owner, const Map& further) {
    const auto* warm = map_in(further, kWarm.name);
    const bool on_demand = owner.billing == BillingMode::kPayPerRequest;
    const Throughput least =
        on_demand ? Throughput{kWarmReadUnits, kWarmWriteUnits} : owner.throughput;
    return {std::max(least.read_units, number_in(warm, kWarm.units[0], 0)),
            std::max(least.write_units, number_in(warm, kWarm.units[1], 0))};
}

// ---- Others

Map billing_summary(BillingMode mode, Instant since) {
    if (mode == BillingMode::kProvisioned) {
        return {{"BillingMode", "PROVISIONED"}};
    }
    return {{"BillingMode", "PAY_PER_REQUEST"},
            {"LastUpdateToPayPerRequestDateTime", seconds_of(since)}};
}

StreamView view_in(const json::object& stream) {
    const auto type = text_of(stream, "StreamViewType").value_or("");
    return type == "KEYS_ONLY"   ? StreamView::kKeysOnly
           : type == "NEW_IMAGE" ? StreamView::kNewImage
           : type == "OLD_IMAGE" ? StreamView::kOldImage
                                 : StreamView::kNewAndOldImages;
}

std::string new_label(const TableDescription& table, Instant now) {
    while (true) {
        auto label = format_instant(now);
        label.pop_back();  // Z
        if (std::ranges::find(table.streams, label, &StreamDescription::label) ==
            table.streams.end()) {
            return label;
        }
        now += std::chrono::milliseconds{1};
    }
}

Outcome<std::optional<Map>> encryption_in(const json::object& specification,
                                          std::string_view region, std::string_view table_id) {
    const bool enabled = flag_of(specification, "Enabled").value_or(false);
    const auto type = text_of(specification, "SSEType");
    const auto key = text_of(specification, "KMSMasterKeyId");
    if (!enabled) {
        if (type) {
            return invalid("SSEType can not be specified if Enabled is false");
        }
        if (key) {
            return invalid("KMSMasterKeyId can not be specified if Enabled is false");
        }
        return std::nullopt;
    }
    if (type == "AES256") {
        return invalid("SSEType AES256 is not supported");
    }
    const auto id = key.value_or(table_id);
    return Map{{"Status", "ENABLED"},
               {"SSEType", "KMS"},
               {"KMSMasterKeyArn", id.starts_with("arn:") ? std::string(id)
                                                          : fmt::format("arn:aws:kms:{}:{}:key/{}",
                                                                        region, kAccount, id)}};
}

Outcome<std::string> table_class_in(std::string_view table_class) {
    if (std::ranges::find(kTableClasses, table_class) == kTableClasses.end()) {
        return validation(
            "Invalid table-class parameter provided. Please try again with a valid table-class "
            "value: [STANDARD, STANDARD_INFREQUENT_ACCESS].");
    }
    return std::string(table_class);
}

}  // namespace meridian::dynamo
