#include "store/rocksdb/layout.h"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "item/codec.h"
#include "item/key.h"
#include "item/number.h"
#include "store/rocksdb/version_bytes.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kUsualItemBytes = 256;

std::unexpected<Error> damaged(std::string_view what) {
    return fail(ErrorCode::kCorruption, std::string(what));
}

void append_instant(Instant at, std::string& out) {
    append_number(static_cast<std::uint64_t>(at.time_since_epoch().count()), kNumberBytes, out);
}

Instant instant_from(std::uint64_t number) {
    return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(number)}};
}

void append_encoded_image(std::string_view encoded, std::string& out) {
    out.push_back('\1');
    append_text(encoded, out);
}

void append_image(const Image& image, std::string& out) {
    if (image) {
        append_encoded_image(item::encode(*image), out);
    } else {
        out.push_back('\0');
    }
}

// What append_image() puts before an item.
constexpr std::size_t kImageHeadBytes = 1 + 4;

// The bytes of an image; nothing for none.
Result<std::optional<std::string_view>> take_encoded(PartReader& parts) {
    const auto present = parts.number(1);
    if (!present || *present > 1) {
        return damaged("a change without an image");
    }
    if (*present == 0) {
        return std::nullopt;
    }
    const auto encoded = parts.text();
    if (!encoded) {
        return damaged("a change with a short image");
    }
    return encoded;
}

Result<Image> take_image(PartReader& parts) {
    const auto encoded = take_encoded(parts);
    if (!encoded) {
        return std::unexpected(encoded.error());
    }
    if (!*encoded) {
        return Image();
    }
    auto item = item::decode(**encoded);
    if (!item) {
        return std::unexpected(std::move(item).error());
    }
    return Image(*std::move(item));
}

// What changes and conflicts start with.
struct Place {
    Instant at;
    std::string table;
    item::Key key;
};

Result<Place> take_place(const TableDirectory& tables, PartReader& parts) {
    const auto at = parts.number(kNumberBytes);
    const auto row = parts.text();
    if (!at || !row) {
        return damaged("a change without time or key");
    }
    const auto decoded = decode_row_key(*row);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    const auto table = tables.find(decoded->table_id);
    if (!table) {
        return damaged(table.error().message);
    }
    auto key = item::decode_key((*table)->schema.key, decoded->encoded_key);
    if (!key) {
        return std::unexpected(std::move(key).error());
    }
    return Place{instant_from(*at), (*table)->schema.name, *std::move(key)};
}

void append_state(const RegionDirectory& regions, const VersionedImage& state, std::string& out) {
    append_text(encode_version(regions, state.version), out);
    append_image(state.image, out);
}

Result<VersionedImage> take_state(const RegionDirectory& regions, PartReader& parts) {
    const auto bytes = parts.text();
    if (!bytes) {
        return damaged("a conflict without a version");
    }
    auto version = decode_version(regions, *bytes);
    if (!version) {
        return std::unexpected(std::move(version).error());
    }
    auto image = take_image(parts);
    if (!image) {
        return std::unexpected(std::move(image).error());
    }
    return VersionedImage{*std::move(image), *std::move(version)};
}

item::Value number_value(std::int64_t number) {
    return item::Number(number);
}

// A number from 0 to `max` of a definition; nothing when there is none.
std::optional<std::int64_t> read_number(const item::Map& map, std::string_view name,
                                        std::int64_t max) {
    const auto* value = item::find(map, name);
    const auto* number = value == nullptr ? nullptr : value->as<item::Number>();
    const auto read = number == nullptr ? std::nullopt : number->to_int64();
    return read && *read >= 0 && *read <= max ? read : std::nullopt;
}

const std::string* read_text(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    return value == nullptr ? nullptr : value->as<std::string>();
}

item::Value key_attribute(const item::KeyAttribute& attribute) {
    return item::Map{{"name", attribute.name},
                     {"type", item::Number(static_cast<std::int64_t>(attribute.type))}};
}

std::optional<item::KeyAttribute> read_key_attribute(const item::Value* value) {
    const auto* map = value == nullptr ? nullptr : value->as<item::Map>();
    const auto* name = map == nullptr ? nullptr : item::find(*map, "name");
    const auto* type = map == nullptr ? nullptr : item::find(*map, "type");
    if (name == nullptr || name->as<std::string>() == nullptr || type == nullptr ||
        type->as<item::Number>() == nullptr) {
        return std::nullopt;
    }
    const auto number = type->as<item::Number>()->to_int64();
    if (!number || *number < 0 || *number > static_cast<int>(item::KeyType::kBinary)) {
        return std::nullopt;
    }
    return item::KeyAttribute{*name->as<std::string>(), static_cast<item::KeyType>(*number)};
}

void put_key(const item::KeySchema& key, item::Map& into) {
    into.emplace("partition", key_attribute(key.partition));
    if (key.sort) {
        into.emplace("sort", key_attribute(*key.sort));
    }
}

std::optional<item::KeySchema> read_key(const item::Map& map) {
    auto partition = read_key_attribute(item::find(map, "partition"));
    const auto* sort = item::find(map, "sort");
    auto sort_key = read_key_attribute(sort);
    if (!partition || sort_key.has_value() != (sort != nullptr)) {
        return std::nullopt;
    }
    return item::KeySchema{*std::move(partition), std::move(sort_key)};
}

item::Value index_value(const Index& index) {
    item::List include;
    for (const auto& name : index.schema.include) {
        include.emplace_back(name);
    }
    item::Map map{{"id", number_value(index.id)},
                  {"name", index.schema.name},
                  {"projected", number_value(std::to_underlying(index.schema.projected))},
                  {"include", std::move(include)},
                  {"state", number_value(std::to_underlying(index.state))}};
    put_key(index.schema.key, map);
    return map;
}

std::optional<Index> read_index(const item::Value& value) {
    const auto* map = value.as<item::Map>();
    if (map == nullptr) {
        return std::nullopt;
    }
    const auto id = read_number(*map, "id", UINT32_MAX);
    const auto* name = read_text(*map, "name");
    auto key = read_key(*map);
    const auto projected = read_number(*map, "projected", std::to_underlying(Projected::kInclude));
    const auto state = read_number(*map, "state", std::to_underlying(Index::State::kRemoved));
    const auto* include = item::find(*map, "include");
    const auto* names = include == nullptr ? nullptr : include->as<item::List>();
    if (!id || name == nullptr || !key || !projected || !state || names == nullptr) {
        return std::nullopt;
    }
    Index index{static_cast<std::uint32_t>(*id),
                {*name, *std::move(key), static_cast<Projected>(*projected)},
                static_cast<Index::State>(*state)};
    for (const auto& included : *names) {
        if (const auto* text = included.as<std::string>()) {
            index.schema.include.push_back(*text);
        }
    }
    return index;
}

// False: they are not what was stored.
bool read_indexes(const item::Item& item, Table& table) {
    const auto* value = item::find(item, "indexes");
    if (value == nullptr) {
        return true;
    }
    const auto* list = value->as<item::List>();
    if (list == nullptr) {
        return false;
    }
    for (const auto& each : *list) {
        auto index = read_index(each);
        if (!index) {
            return false;
        }
        table.indexes.push_back(*std::move(index));
    }
    return true;
}

}  // namespace

std::string seal_table(const Table& table) {
    item::Item item{{"id", number_value(table.id)}, {"name", table.schema.name}};
    put_key(table.schema.key, item);
    if (!table.is_live()) {
        item.emplace("state", number_value(std::to_underlying(table.state)));
    }
    if (!table.indexes.empty()) {
        item::List indexes;
        for (const auto& index : table.indexes) {
            indexes.push_back(index_value(index));
        }
        item.emplace("indexes", std::move(indexes));
    }
    return seal(item::encode(item));
}

Result<Table> unseal_table(std::string_view sealed) {
    const auto item = unseal_item(sealed);
    if (!item) {
        return std::unexpected(item.error());
    }
    const auto* name = read_text(*item, "name");
    const auto id = read_number(*item, "id", UINT32_MAX);
    auto key = read_key(*item);
    if (name == nullptr || !id || *id == 0 || !key) {
        return damaged("a table without name, number or key");
    }
    Table table{static_cast<std::uint32_t>(*id), {*name, *std::move(key)}};
    const auto state = read_number(*item, "state", std::to_underlying(Table::State::kGone));
    if (state.has_value() != item->contains("state") || !read_indexes(*item, table)) {
        return damaged(fmt::format("table {} without proper indexes", table.schema.name));
    }
    table.state = static_cast<Table::State>(state.value_or(0));
    return table;
}

std::string seal_cursor(const Cursor& cursor) {
    return seal(encode_number(std::to_underlying(cursor.log)) + encode_number(cursor.sequence));
}

Result<Cursor> unseal_cursor(std::string_view sealed) {
    const auto payload = unseal(sealed);
    if (!payload) {
        return std::unexpected(payload.error());
    }
    PartReader parts(*payload);
    const auto log = parts.number(kNumberBytes);
    const auto sequence = parts.number(kNumberBytes);
    if (!log || !sequence || !parts.done()) {
        return damaged("a cursor of another size");
    }
    return Cursor{LogId{*log}, *sequence};
}

Result<item::Item> unseal_item(std::string_view sealed) {
    const auto payload = unseal(sealed);
    if (!payload) {
        return std::unexpected(payload.error());
    }
    return item::decode(*payload);
}

Result<VersionedImage> unseal_row(const RegionDirectory& regions, std::string_view sealed) {
    const auto parts = unseal_all(sealed);
    if (!parts) {
        return std::unexpected(parts.error());
    }
    auto item = item::decode(parts->payload);
    if (!item) {
        return std::unexpected(std::move(item).error());
    }
    auto version = version_of(regions, *parts);
    if (!version) {
        return std::unexpected(std::move(version).error());
    }
    return VersionedImage{*std::move(item), *std::move(version)};
}

Result<Version> version_of(const RegionDirectory& regions, const Unsealed& item) {
    if (item.metadata.empty()) {
        return Version{unversioned_stamp(item.payload), {}};
    }
    return decode_version(regions, item.metadata);
}

Version version_of_tombstone(const RegionDirectory& regions, std::string_view sealed) {
    if (const auto parts = unseal_all(sealed)) {
        if (auto version = decode_version(regions, parts->metadata)) {
            return *std::move(version);
        }
    }
    return {{HybridTime{1}, std::string(kNoRegion)}, {}};
}

SealedChange seal_change(const RegionDirectory& regions, const StagedChange& staged) {
    if (!staged.version) {
        return {};
    }
    SealedChange result;
    const auto& [sequence, at, table, key, before, after] = staged.change;
    const auto version = encode_version(regions, staged.version);
    auto row = start_seal(version);
    const auto payload_at = row.size();
    if (after) {
        row.reserve(kUsualItemBytes);
        item::append_encoded(*after, row);
    }
    if (sequence != 0) {
        auto log = start_seal(version);
        log.reserve(2 * row.size() + staged.row.size() + kUsualItemBytes);
        append_instant(at, log);
        append_text(staged.row, log);
        const auto before_at = log.size();
        append_image(before, log);
        result.before_bytes = before ? log.size() - before_at - kImageHeadBytes : 0;
        result.after_bytes = row.size() - payload_at;
        if (after) {
            append_encoded_image(std::string_view(row).substr(payload_at), log);
        } else {
            append_image(after, log);
        }
        result.log = close_seal(std::move(log));
    }
    result.row = close_seal(std::move(row));
    return result;
}

Result<Change> unseal_change(const TableDirectory& tables, SequenceNumber sequence,
                             std::string_view sealed) {
    const auto payload = unseal(sealed);
    if (!payload) {
        return std::unexpected(payload.error());
    }
    PartReader parts(*payload);
    auto place = take_place(tables, parts);
    if (!place) {
        return std::unexpected(std::move(place).error());
    }
    auto before = take_image(parts);
    auto after = take_image(parts);
    if (!before || !after || !parts.done()) {
        return damaged(fmt::format("change {}", sequence));
    }
    return Change{
        sequence,           place->at,        std::move(place->table), std::move(place->key),
        *std::move(before), *std::move(after)};
}

std::optional<std::uint32_t> table_of_change(const Unsealed& sealed) {
    PartReader parts(sealed.payload);
    const auto at = parts.number(kNumberBytes);
    const auto row = parts.text();
    if (!at || !row) {
        return std::nullopt;
    }
    const auto decoded = decode_row_key(*row);
    return decoded ? std::optional(decoded->table_id) : std::nullopt;
}

Result<OwnChange> unseal_own_change(const TableDirectory& tables, const RegionDirectory& regions,
                                    SequenceNumber sequence, const Unsealed& sealed) {
    PartReader parts(sealed.payload);
    auto place = take_place(tables, parts);
    if (!place) {
        return std::unexpected(std::move(place).error());
    }
    auto version = decode_version(regions, sealed.metadata);
    const bool skipped = take_encoded(parts).has_value();
    auto after = take_image(parts);
    if (!version || !skipped || !after || !parts.done()) {
        return damaged(fmt::format("change {}", sequence));
    }
    return OwnChange{
        sequence,
        place->at,
        {std::move(place->table), std::move(place->key), {*std::move(after), *std::move(version)}}};
}

Result<LoggedRow> row_of_change(std::string_view sealed) {
    const auto change = unseal_all(sealed);
    if (!change) {
        return std::unexpected(change.error());
    }
    PartReader parts(change->payload);
    const auto at = parts.number(kNumberBytes);
    const auto row = parts.text();
    const bool skipped = row && take_encoded(parts).has_value();
    const auto after = take_encoded(parts);
    if (change->metadata.empty() || !at || !row || !skipped || !after || !parts.done()) {
        return damaged("a change without a version, or of another form");
    }
    return LoggedRow{std::string(*row), seal(after->value_or(""), change->metadata),
                     !after->has_value()};
}

std::string seal_conflict(const RegionDirectory& regions, std::string_view row,
                          const Conflict& conflict) {
    auto sealed = start_seal();
    append_instant(conflict.at, sealed);
    append_text(row, sealed);
    append_state(regions, conflict.kept, sealed);
    append_state(regions, conflict.lost, sealed);
    return close_seal(std::move(sealed));
}

Result<Conflict> unseal_conflict(const TableDirectory& tables, const RegionDirectory& regions,
                                 std::string_view sealed) {
    const auto payload = unseal(sealed);
    if (!payload) {
        return std::unexpected(payload.error());
    }
    PartReader parts(*payload);
    auto place = take_place(tables, parts);
    if (!place) {
        return std::unexpected(std::move(place).error());
    }
    auto kept = take_state(regions, parts);
    auto lost = take_state(regions, parts);
    if (!kept || !lost || !parts.done()) {
        return damaged("a conflict");
    }
    return Conflict{std::move(place->table), std::move(place->key), *std::move(kept),
                    *std::move(lost), place->at};
}

}  // namespace meridian::store
