#include "replication/wire_values.h"

#include <algorithm>
#include <utility>

#include "item/codec.h"
#include "item/key.h"
#include "store/table_directory.h"
#include "store/version.h"

namespace meridian::replication {
namespace {

using store::Stamp;
using store::TableSchema;
using store::Version;
using store::VersionedItem;

// The least that one of them takes.
constexpr std::size_t kSchemaBytesMin = 6;
constexpr std::size_t kStampBytes = 9;
constexpr std::size_t kHeardBytesMin = 18;
constexpr std::size_t kItemBytesMin = kStampBytes + 4;

constexpr auto kKeyTypeLast = static_cast<std::uint8_t>(item::KeyType::kBinary);

void put(PartWriter& out, const item::KeyAttribute& attribute) {
    out.text(attribute.name);
    out.byte(static_cast<std::uint8_t>(attribute.type));
}

item::KeyAttribute take_attribute(PartReader& in) {
    item::KeyAttribute attribute;
    attribute.name = in.text();
    const auto type = in.byte();
    if (type > kKeyTypeLast) {
        in.spoil();
        return {};
    }
    attribute.type = static_cast<item::KeyType>(type);
    return attribute;
}

void put(PartWriter& out, const Version& version) {
    put(out, version.stamp);
    out.number(version.seen.size());
    for (const auto& stamp : version.seen) {
        put(out, stamp);
    }
}

Version take_version(PartReader& in) {
    Version version;
    version.stamp = take_stamp(in);
    const auto seen = in.count(kStampBytes);
    version.seen.reserve(seen);
    for (std::size_t i = 0; i < seen && in.ok(); ++i) {
        version.seen.push_back(take_stamp(in));
    }
    if (in.ok() && !check_version(version)) {
        in.spoil();
    }
    return version;
}

std::string take_region(PartReader& in) {
    const auto& name = in.name();
    if (in.ok() && !store::check_region(name)) {
        in.spoil();
    }
    return name;
}

}  // namespace

void put(PartWriter& out, Instant instant) {
    out.number(static_cast<std::uint64_t>(instant.time_since_epoch().count()));
}

Instant take_instant(PartReader& in) {
    return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(in.number())}};
}

void put(PartWriter& out, const store::Cursor& cursor) {
    out.fixed(static_cast<std::uint64_t>(cursor.log));
    out.number(cursor.sequence);
}

store::Cursor take_cursor(PartReader& in) {
    store::Cursor cursor;
    cursor.log = store::LogId{in.fixed()};
    cursor.sequence = in.number();
    return cursor;
}

void put(PartWriter& out, const store::ContentHash& hash) {
    out.fixed(hash.high);
    out.fixed(hash.low);
    out.number(hash.items);
}

store::ContentHash take_hash(PartReader& in) {
    store::ContentHash hash;
    hash.high = in.fixed();
    hash.low = in.fixed();
    hash.items = in.number();
    return hash;
}

void put(PartWriter& out, const TableSchema& schema) {
    out.name(schema.name);
    put(out, schema.key.partition);
    out.byte(schema.key.sort ? 1 : 0);
    if (schema.key.sort) {
        put(out, *schema.key.sort);
    }
}

TableSchema take_schema(PartReader& in) {
    TableSchema schema;
    schema.name = in.name();
    schema.key.partition = take_attribute(in);
    if (in.flag()) {
        schema.key.sort = take_attribute(in);
    }
    if (in.ok() && !store::check_schema(schema)) {
        in.spoil();
    }
    return schema;
}

void put(PartWriter& out, const std::vector<TableSchema>& tables) {
    out.number(tables.size());
    for (const auto& schema : tables) {
        put(out, schema);
    }
}

std::vector<TableSchema> take_tables(PartReader& in) {
    std::vector<TableSchema> tables;
    const auto count = in.count(kSchemaBytesMin);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        tables.push_back(take_schema(in));
    }
    return tables;
}

void put(PartWriter& out, const Stamp& stamp) {
    out.name(stamp.region);
    out.fixed(stamp.time.bits);
}

Stamp take_stamp(PartReader& in) {
    Stamp stamp;
    stamp.region = in.name();
    stamp.time = HybridTime{in.fixed()};
    return stamp;
}

void put(PartWriter& out, const std::vector<Heard>& heard) {
    out.number(heard.size());
    for (const auto& entry : heard) {
        out.name(entry.observer);
        out.name(entry.origin);
        out.fixed(entry.through.bits);
        out.fixed(static_cast<std::uint64_t>(entry.log));
    }
}

std::vector<Heard> take_heard(PartReader& in) {
    std::vector<Heard> heard;
    const auto count = in.count(kHeardBytesMin);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        Heard entry;
        entry.observer = take_region(in);
        entry.origin = take_region(in);
        entry.through = HybridTime{in.fixed()};
        entry.log = store::LogId{in.fixed()};
        if (entry.through >= kHybridTimeEnd) {
            in.spoil();
        }
        heard.push_back(std::move(entry));
    }
    return heard;
}

void put(PartWriter& out, const store::ItemRef& ref) {
    out.name(ref.table);
    put(out, ref.key);
}

store::ItemRef take_ref(PartReader& in) {
    store::ItemRef ref;
    ref.table = in.name();
    ref.key = take_map(in);
    return ref;
}

void put(PartWriter& out, const std::optional<std::string>& position) {
    out.byte(position ? 1 : 0);
    if (position) {
        out.text(*position);
    }
}

std::optional<std::string> take_position(PartReader& in) {
    return in.flag() ? std::optional<std::string>(in.text()) : std::nullopt;
}

void put(PartWriter& out, const VersionedItem& item) {
    out.name(item.table);
    put(out, item.state.version);
    out.byte(item.state.image ? 1 : 0);
    put(out, item.state.image ? *item.state.image : item.key);
}

VersionedItem take_item(PartReader& in, const std::vector<TableSchema>& tables) {
    VersionedItem item;
    item.table = in.name();
    item.state.version = take_version(in);
    const bool exists = in.flag();
    auto map = take_map(in);
    const auto schema = std::ranges::find(tables, item.table, &TableSchema::name);
    if (!in.ok() || schema == tables.end()) {
        in.spoil();
        return {};
    }
    auto key = exists ? item::key_of(schema->key, map) : item::checked_key(schema->key, map);
    if (!key) {
        in.spoil();
        return {};
    }
    item.key = *std::move(key);
    if (exists) {
        item.state.image = std::move(map);
    }
    return item;
}

void put(PartWriter& out, const std::vector<VersionedItem>& items) {
    out.number(items.size());
    for (const auto& item : items) {
        put(out, item);
    }
}

std::vector<VersionedItem> take_items(PartReader& in, const std::vector<TableSchema>& tables) {
    std::vector<VersionedItem> items;
    const auto count = in.count(kItemBytesMin);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        items.push_back(take_item(in, tables));
    }
    return items;
}

void put(PartWriter& out, const item::Map& map) {
    out.text(item::encode(map));
}

item::Map take_map(PartReader& in) {
    auto map = item::decode(in.text());
    if (!map) {
        in.spoil();
        return {};
    }
    return *std::move(map);
}

}  // namespace meridian::replication
