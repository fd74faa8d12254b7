#include "dynamo/table_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace meridian::dynamo {
namespace {

using item::Item;
using item::List;
using item::Map;
using item::Number;
using item::Value;

// Texts of enumerators, in their order.
constexpr std::array<std::string_view, 3> kKeyTypes{"S", "N", "B"};
constexpr std::array<std::string_view, 3> kProjections{"ALL", "KEYS_ONLY", "INCLUDE"};
constexpr std::array<std::string_view, 2> kIndexKinds{"LOCAL", "GLOBAL"};
constexpr std::array<std::string_view, 2> kBillingModes{"PROVISIONED", "PAY_PER_REQUEST"};
constexpr std::array<std::string_view, 4> kViews{"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                                 "NEW_AND_OLD_IMAGES"};

template <typename Enum, std::size_t count>
Value text_of(Enum value, const std::array<std::string_view, count>& texts) {
    return texts[static_cast<std::size_t>(value)];
}

// ---- To an item

Value to_value(const item::KeyAttribute& attribute) {
    return Map{{"name", attribute.name}, {"type", text_of(attribute.type, kKeyTypes)}};
}

Value to_value(const item::KeySchema& key) {
    List attributes{to_value(key.partition)};
    if (key.sort) {
        attributes.push_back(to_value(*key.sort));
    }
    return attributes;
}

Value to_value(const Throughput& throughput) {
    return Map{{"read", Number(throughput.read_units)}, {"write", Number(throughput.write_units)}};
}

Value to_value(const std::string& text) {
    return text;
}

Value to_value(const IndexDescription& index);
Value to_value(const StreamDescription& stream);

template <typename T>
Value to_list(const std::vector<T>& elements) {
    List list;
    for (const auto& element : elements) {
        list.push_back(to_value(element));
    }
    return list;
}

Value to_value(const IndexDescription& index) {
    return Map{{"kind", text_of(index.kind, kIndexKinds)},
               {"name", index.schema.name},
               {"key", to_value(index.schema.key)},
               {"projected", text_of(index.schema.projected, kProjections)},
               {"include", to_list(index.schema.include)},
               {"throughput", to_value(index.throughput)},
               {"further", index.further}};
}

Value to_value(const StreamDescription& stream) {
    return Map{{"view", text_of(stream.view, kViews)},
               {"label", stream.label},
               {"enabled", stream.enabled}};
}

// ---- From an item

// Reads members of a map. Whatever is missing or of another type makes it bad, once and for all.
class Members {
  public:
    Members(const Map& map, bool& bad) : map_(map), bad_(bad) {}

    template <typename T>
    [[nodiscard]] T get(std::string_view name) {
        const auto* value = item::find(map_, name);
        const auto* found = value == nullptr ? nullptr : value->as<T>();
        if (found == nullptr) {
            bad_ = true;
            return T{};
        }
        return *found;
    }
    [[nodiscard]] std::int64_t number(std::string_view name) {
        const auto number = get<Number>(name).to_int64();
        bad_ |= !number;
        return number.value_or(0);
    }
    template <typename Enum, std::size_t count>
    [[nodiscard]] Enum one_of(std::string_view name,
                              const std::array<std::string_view, count>& texts) {
        const auto found = std::ranges::find(texts, get<std::string>(name));
        bad_ |= found == texts.end();
        return static_cast<Enum>(found == texts.end() ? 0 : found - texts.begin());
    }
    [[nodiscard]] Throughput throughput() {
        const auto map = get<Map>("throughput");
        Members members(map, bad_);
        return {members.number("read"), members.number("write")};
    }
    // What `read` makes of each of a list's maps.
    template <typename Read>
    [[nodiscard]] auto list(std::string_view name, Read read) {
        std::vector<decltype(read(std::declval<Members&>()))> result;
        for (const auto& element : get<List>(name)) {
            const auto* map = element.as<Map>();
            bad_ |= map == nullptr;
            if (map != nullptr) {
                Members members(*map, bad_);
                result.push_back(read(members));
            }
        }
        return result;
    }
    [[nodiscard]] std::vector<std::string> texts(std::string_view name) {
        std::vector<std::string> result;
        for (const auto& element : get<List>(name)) {
            const auto* text = element.as<std::string>();
            bad_ |= text == nullptr;
            result.push_back(text == nullptr ? "" : *text);
        }
        return result;
    }
    [[nodiscard]] item::KeySchema key() {
        const auto attributes = list("key", [](Members& members) { return members.attribute(); });
        bad_ |= attributes.empty() || attributes.size() > 2;
        item::KeySchema key;
        if (!attributes.empty()) {
            key.partition = attributes[0];
        }
        if (attributes.size() > 1) {
            key.sort = attributes[1];
        }
        return key;
    }
    [[nodiscard]] item::KeyAttribute attribute() {
        return {get<std::string>("name"), one_of<item::KeyType>("type", kKeyTypes)};
    }

  private:
    const Map& map_;
    bool& bad_;
};

IndexDescription index_from(Members& members) {
    return {.kind = members.one_of<IndexKind>("kind", kIndexKinds),
            .schema = {.name = members.get<std::string>("name"),
                       .key = members.key(),
                       .projected = members.one_of<store::Projected>("projected", kProjections),
                       .include = members.texts("include")},
            .throughput = members.throughput(),
            .further = members.get<Map>("further")};
}

StreamDescription stream_from(Members& members) {
    return {.view = members.one_of<StreamView>("view", kViews),
            .label = members.get<std::string>("label"),
            .enabled = members.get<bool>("enabled")};
}

// The same for the same name, in the form of a UUID (version 8, RFC 9562).
std::string uuid_of(std::string_view name) {
    const auto hash = [&](std::uint64_t h) {  // FNV-1a
        for (const char c : name) {
            h = (h ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
        }
        return h;
    };
    const auto high = (hash(14'695'981'039'346'656'037U) & ~0xF000ULL) | 0x8000U;
    const auto low = (hash(high) & ~(3ULL << 62)) | (2ULL << 62);
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF,
                       high & 0xFFFF, low >> 48, low & 0xFFFF'FFFF'FFFF);
}

constexpr std::size_t kStorageNameBytesMax = 255;

}  // namespace

const IndexDescription* TableDescription::index(std::string_view index_name) const {
    const auto found = std::ranges::find(
        indexes, index_name, [](const auto& index) -> const auto& { return index.schema.name; });
    return found == indexes.end() ? nullptr : &*found;
}

const StreamDescription* TableDescription::stream() const {
    return streams.empty() || !streams.back().enabled ? nullptr : &streams.back();
}

bool TableDescription::is_in(std::string_view region) const {
    return !deleted && (is_own() || std::ranges::find(regions, region) != regions.end());
}

bool TableDescription::is_being_restored() const {
    const auto* summary = item::find(further, kRestoreSummary);
    const auto* map = summary == nullptr ? nullptr : summary->as<Map>();
    const auto* value = map == nullptr ? nullptr : item::find(*map, kRestoreInProgress);
    const auto* in_progress = value == nullptr ? nullptr : value->as<bool>();
    return in_progress != nullptr && *in_progress;
}

std::string storage_of(std::string_view name, std::string_view id) {
    // The id alone makes it unique; the name is there for people.
    return fmt::format("{}@{}", name.substr(0, kStorageNameBytesMax - id.size() - 1), id);
}

TableDescription own_table(const store::TableSchema& schema) {
    TableDescription table;
    table.id = uuid_of(schema.name);
    table.name = schema.name;
    table.storage = schema.name;
    table.key = schema.key;
    table.attributes.push_back(schema.key.partition);
    if (schema.key.sort) {
        table.attributes.push_back(*schema.key.sort);
    }
    table.billing = BillingMode::kPayPerRequest;
    // They have always been there; answers need some moment, the same one in all regions.
    table.created = std::chrono::sys_days{std::chrono::year{2025} / 1 / 1};
    table.further["BillingModeSummary"] =
        Map{{"BillingMode", "PAY_PER_REQUEST"},
            {"LastUpdateToPayPerRequestDateTime", seconds_of(table.created)}};
    return table;
}

Number seconds_of(Instant instant) {
    const auto milliseconds = instant.time_since_epoch().count();
    return Number::parse(fmt::format("{}e-3", milliseconds)).value_or(Number());
}

Item to_item(const TableDescription& table) {
    Item item{{"id", table.id},
              {"name", table.name},
              {"storage", table.storage},
              {"key", to_value(table.key)},
              {"attributes", to_list(table.attributes)},
              {"indexes", to_list(table.indexes)},
              {"regions", to_list(table.regions)},
              {"billing", text_of(table.billing, kBillingModes)},
              {"throughput", to_value(table.throughput)},
              {"streams", to_list(table.streams)},
              {"deletionProtection", table.deletion_protection},
              {"tableClass", table.table_class},
              {"pointInTimeRecovery", table.point_in_time_recovery},
              {"created", Number(table.created.time_since_epoch().count())},
              {"deleted", table.deleted},
              {"revision", Number(table.revision)},
              {"further", table.further}};
    if (table.recovery_days != kRecoveryDaysMax) {
        item["recoveryDays"] = Number(table.recovery_days.count());
    }
    if (table.ttl_attribute) {
        item["ttlAttribute"] = *table.ttl_attribute;
    }
    Map tags;
    for (const auto& [key, value] : table.tags) {
        tags[key] = value;
    }
    item["tags"] = std::move(tags);
    return item;
}

Result<TableDescription> table_from(const Item& item) {
    bool bad = false;
    Members members(item, bad);
    TableDescription table{
        .id = members.get<std::string>("id"),
        .name = members.get<std::string>("name"),
        .storage = members.get<std::string>("storage"),
        .key = members.key(),
        .attributes = members.list("attributes", [](Members& m) { return m.attribute(); }),
        .indexes = members.list("indexes", index_from),
        .regions = members.texts("regions"),
        .billing = members.one_of<BillingMode>("billing", kBillingModes),
        .throughput = members.throughput(),
        .streams = members.list("streams", stream_from),
        .deletion_protection = members.get<bool>("deletionProtection"),
        .table_class = members.get<std::string>("tableClass"),
        .point_in_time_recovery = members.get<bool>("pointInTimeRecovery"),
        .created = Instant{std::chrono::milliseconds{members.number("created")}},
        .deleted = members.get<bool>("deleted"),
        .revision = members.number("revision"),
        .further = members.get<Map>("further")};
    if (item::find(item, "recoveryDays") != nullptr) {
        table.recovery_days = std::chrono::days{members.number("recoveryDays")};
    }
    if (item::find(item, "ttlAttribute") != nullptr) {
        table.ttl_attribute = members.get<std::string>("ttlAttribute");
    }
    for (const auto& [key, value] : members.get<Map>("tags")) {
        const auto* text = value.as<std::string>();
        bad |= text == nullptr;
        table.tags[key] = text == nullptr ? "" : *text;
    }
    if (bad) {
        return fail(ErrorCode::kCorruption,
                    fmt::format("the description of the table {} cannot be read", table.id));
    }
    return table;
}

std::string table_arn(std::string_view region, std::string_view name) {
    return fmt::format("arn:aws:dynamodb:{}:{}:table/{}", region, kAccount, name);
}

std::string_view table_in_arn(std::string_view arn, std::string_view region) {
    const auto prefix = table_arn(region, "");
    if (!arn.starts_with(prefix)) {
        return {};
    }
    const auto rest = arn.substr(prefix.size());
    return rest.substr(0, rest.find('/'));
}

}  // namespace meridian::dynamo
