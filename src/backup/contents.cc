#include "backup/contents.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "backup/bytes.h"
#include "base/check.h"
#include "item/codec.h"
#include "store/table_directory.h"

namespace meridian::backup {
namespace {

constexpr std::size_t kByte = 1;
constexpr std::size_t kShort = 2;
constexpr std::size_t kCount = 4;
constexpr std::size_t kLong = 8;

using Schemas = std::vector<store::TableSchema>;

std::unexpected<Error> impossible(std::string_view what) {
    return fail(ErrorCode::kInvalidInput, fmt::format("{} that Meridian does not write", what));
}

void append_time(Instant time, std::string& out) {
    append_number(static_cast<std::uint64_t>(time.time_since_epoch().count()), kLong, out);
}

Instant take_time(ByteReader& bytes) {
    return Instant(std::chrono::milliseconds(static_cast<std::int64_t>(bytes.number(kLong))));
}

void append_stamp(const store::Stamp& stamp, std::string& out) {
    append_number(stamp.time.bits, kLong, out);
    append_text(stamp.region, out);
}

store::Stamp take_stamp(ByteReader& bytes) {
    const HybridTime time{bytes.number(kLong)};
    return {time, std::string(bytes.text())};
}

void append_attribute(const item::KeyAttribute& attribute, std::string& out) {
    append_text(attribute.name, out);
    append_number(static_cast<std::uint8_t>(attribute.type), kByte, out);
}

std::optional<item::KeyAttribute> take_attribute(ByteReader& bytes) {
    std::string name(bytes.text());
    const auto type = bytes.number(kByte);
    if (!bytes.good() || type > static_cast<std::uint8_t>(item::KeyType::kBinary)) {
        return std::nullopt;
    }
    return item::KeyAttribute{std::move(name), static_cast<item::KeyType>(type)};
}

void append_tables(const Schemas& tables, std::string& out) {
    append_number(tables.size(), kShort, out);
    for (const auto& [name, key] : tables) {
        append_text(name, out);
        append_attribute(key.partition, out);
        append_number(key.sort ? 1 : 0, kByte, out);
        if (key.sort) {
            append_attribute(*key.sort, out);
        }
    }
}

Result<store::TableSchema> take_table(ByteReader& bytes) {
    store::TableSchema table{std::string(bytes.text()), {}};
    auto partition = take_attribute(bytes);
    const auto sorted = bytes.number(kByte);
    auto sort = sorted == 1 ? take_attribute(bytes) : std::nullopt;
    if (!partition || sorted > 1 || (sorted == 1 && !sort)) {
        return impossible("a table");
    }
    table.key = {*std::move(partition), std::move(sort)};
    if (auto checked = store::check_schema(table); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    return table;
}

Result<Schemas> take_tables(ByteReader& bytes) {
    Schemas tables;
    for (auto left = bytes.number(kShort); left > 0; --left) {
        auto table = take_table(bytes);
        if (!table) {
            return std::unexpected(std::move(table).error());
        }
        if (std::ranges::find(tables, table->name, &store::TableSchema::name) != tables.end()) {
            return impossible("a table twice");
        }
        tables.push_back(*std::move(table));
    }
    return tables;
}

void append_item(const Schemas& tables, const store::VersionedItem& item, std::string& out) {
    const auto table = std::ranges::find(tables, item.table, &store::TableSchema::name);
    CHECK(table != tables.end());
    append_number(static_cast<std::uint64_t>(table - tables.begin()), kShort, out);
    append_text(item::encode_key(table->key, item.key), out);
    const auto& [image, version] = item.state;
    append_stamp(version.stamp, out);
    append_number(version.seen.size(), kByte, out);
    for (const auto& stamp : version.seen) {
        append_stamp(stamp, out);
    }
    append_number(image ? 1 : 0, kByte, out);
    if (image) {
        append_text(item::encode(*image), out);
    }
}

store::Version take_version(ByteReader& bytes) {
    store::Version version{take_stamp(bytes), {}};
    for (auto left = bytes.number(kByte); left > 0 && bytes.good(); --left) {
        version.seen.push_back(take_stamp(bytes));
    }
    return version;
}

// An image that has the key, of a version that has one.
Result<store::Image> take_image(const item::KeySchema& schema, const item::Key& key,
                                ByteReader& bytes) {
    const auto present = bytes.number(kByte);
    if (present == 0) {
        return store::Image();
    }
    auto image = item::decode(bytes.text());
    if (!image || present > 1) {
        return impossible("an item");
    }
    const auto own = item::key_of(schema, *image);
    if (!own || *own != key) {
        return impossible("an item with another one's key");
    }
    return store::Image(*std::move(image));
}

Result<store::VersionedItem> take_item(const Schemas& tables, ByteReader& bytes) {
    const auto number = bytes.number(kShort);
    const auto encoded_key = bytes.text();
    auto version = take_version(bytes);
    if (!bytes.good() || number >= tables.size()) {
        return impossible("an item of a table");
    }
    const auto& table = tables[number];
    auto key = item::decode_key(table.key, encoded_key);
    if (!key || !item::checked_key(table.key, *key)) {
        return impossible("a key");
    }
    if (auto checked = store::check_version(version); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    auto image = take_image(table.key, *key, bytes);
    if (!image) {
        return std::unexpected(std::move(image).error());
    }
    return store::VersionedItem{
        table.name, *std::move(key), {*std::move(image), std::move(version)}};
}

}  // namespace

std::string_view to_string(BackupKind kind) {
    switch (kind) {
        case BackupKind::kOnDemand:
            return "on-demand";
        case BackupKind::kScheduled:
            return "scheduled";
        case BackupKind::kBase:
            return "base";
    }
    return "";
}

std::string encode(const Header& header) {
    std::string out;
    append_text(header.id, out);
    append_number(static_cast<std::uint8_t>(header.kind), kByte, out);
    append_text(header.region, out);
    append_number(static_cast<std::uint64_t>(header.log), kLong, out);
    append_number(header.sequence, kLong, out);
    append_time(header.at, out);
    append_tables(header.tables, out);
    return out;
}

Result<Header> decode_header(std::string_view bytes) {
    ByteReader reader(bytes);
    Header header;
    header.id = reader.text();
    const auto kind = reader.number(kByte);
    header.kind = static_cast<BackupKind>(kind);
    header.region = reader.text();
    header.log = store::LogId{reader.number(kLong)};
    header.sequence = reader.number(kLong);
    header.at = take_time(reader);
    auto tables = take_tables(reader);
    if (!tables) {
        return std::unexpected(std::move(tables).error());
    }
    header.tables = *std::move(tables);
    if (!reader.done() || kind > static_cast<std::uint8_t>(BackupKind::kBase)) {
        return impossible("a header");
    }
    return header;
}

std::string encode(const Trailer& trailer) {
    std::string out;
    append_number(trailer.items, kLong, out);
    append_number(trailer.deletes, kLong, out);
    append_number(trailer.hashes.size(), kShort, out);
    for (const auto& hash : trailer.hashes) {
        append_number(hash.high, kLong, out);
        append_number(hash.low, kLong, out);
        append_number(hash.items, kLong, out);
    }
    return out;
}

Result<Trailer> decode_trailer(std::string_view bytes) {
    ByteReader reader(bytes);
    Trailer trailer{reader.number(kLong), reader.number(kLong), {}};
    for (auto left = reader.number(kShort); left > 0 && reader.good(); --left) {
        const auto high = reader.number(kLong);
        const auto low = reader.number(kLong);
        trailer.hashes.push_back({high, low, reader.number(kLong)});
    }
    if (!reader.done()) {
        return impossible("a trailer");
    }
    return trailer;
}

std::string encode(const SegmentHeader& segment) {
    std::string out;
    append_text(segment.region, out);
    append_number(static_cast<std::uint64_t>(segment.log), kLong, out);
    append_number(segment.after, kLong, out);
    return out;
}

Result<SegmentHeader> decode_segment(std::string_view bytes) {
    ByteReader reader(bytes);
    SegmentHeader segment;
    segment.region = reader.text();
    segment.log = store::LogId{reader.number(kLong)};
    segment.after = reader.number(kLong);
    if (!reader.done()) {
        return impossible("a segment");
    }
    return segment;
}

std::string encode_items(const Schemas& tables, const std::vector<store::VersionedItem>& items) {
    std::string out;
    append_number(items.size(), kCount, out);
    for (const auto& item : items) {
        append_item(tables, item, out);
    }
    return out;
}

Result<std::vector<store::VersionedItem>> decode_items(const Schemas& tables,
                                                       std::string_view bytes) {
    ByteReader reader(bytes);
    std::vector<store::VersionedItem> items;
    for (auto left = reader.number(kCount); left > 0; --left) {
        auto item = take_item(tables, reader);
        if (!item) {
            return std::unexpected(std::move(item).error());
        }
        items.push_back(*std::move(item));
    }
    if (!reader.done()) {
        return impossible("a page of items");
    }
    return items;
}

std::string encode(const ArchivedPart& part) {
    std::string out;
    append_number(part.after, kLong, out);
    append_number(part.through, kLong, out);
    append_time(part.time, out);
    append_tables(part.tables, out);
    append_number(part.changes.size(), kCount, out);
    for (const auto& change : part.changes) {
        append_number(change.sequence, kLong, out);
        append_time(change.time, out);
        append_item(part.tables, change.item, out);
    }
    return out;
}

Result<ArchivedPart> decode_part(std::string_view bytes) {
    ByteReader reader(bytes);
    ArchivedPart part;
    part.after = reader.number(kLong);
    part.through = reader.number(kLong);
    part.time = take_time(reader);
    auto tables = take_tables(reader);
    if (!tables) {
        return std::unexpected(std::move(tables).error());
    }
    part.tables = *std::move(tables);
    const auto count = reader.number(kCount);
    if (part.through < part.after || part.through - part.after != count) {
        return impossible("a part of the change log");
    }
    auto last = Instant::min();
    for (auto sequence = part.after + 1; sequence <= part.through; ++sequence) {
        const bool in_order = reader.number(kLong) == sequence;
        const auto time = take_time(reader);
        auto item = take_item(part.tables, reader);
        if (!item) {
            return std::unexpected(std::move(item).error());
        }
        if (!in_order || time < last || time > part.time) {
            return impossible("a change out of order");
        }
        last = time;
        part.changes.push_back({sequence, time, *std::move(item)});
    }
    if (!reader.done()) {
        return impossible("a part of the change log");
    }
    return part;
}

}  // namespace meridian::backup
