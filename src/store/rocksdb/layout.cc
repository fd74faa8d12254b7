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

}  // namespace

std::string seal_table(const Table& table) {
    item::Item item{{"id", item::Number(std::int64_t{table.id})},
                    {"name", table.schema.name},
                    {"partition", key_attribute(table.schema.key.partition)}};
    if (table.schema.key.sort) {
        item.emplace("sort", key_attribute(*table.schema.key.sort));
    }
    return seal(item::encode(item));
}

Result<Table> unseal_table(std::string_view sealed) {
    const auto item = unseal_item(sealed);
    if (!item) {
        return std::unexpected(item.error());
    }
    const auto* id = item::find(*item, "id");
    const auto* name = item::find(*item, "name");
    const auto* sort = item::find(*item, "sort");
    const auto partition = read_key_attribute(item::find(*item, "partition"));
    if (id == nullptr || id->as<item::Number>() == nullptr || name == nullptr ||
        name->as<std::string>() == nullptr || !partition) {
        return damaged("a table without name, number or key");
    }
    Table table{0, {*name->as<std::string>(), {*partition, read_key_attribute(sort)}}};
    const auto number = id->as<item::Number>()->to_int64();
    if (!number || *number <= 0 || *number > UINT32_MAX ||
        table.schema.key.sort.has_value() != (sort != nullptr)) {
        return damaged(fmt::format("table {} without a proper number or key", table.schema.name));
    }
    table.id = static_cast<std::uint32_t>(*number);
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
        append_image(before, log);
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
