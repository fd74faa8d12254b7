#include "store/rocksdb/layout.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "item/codec.h"
#include "item/key.h"
#include "item/number.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

constexpr char kSealedFormat = 1;
constexpr std::size_t kChecksumAt = 1;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kMetadataAt = kChecksumAt + kChecksumBytes;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kLengthBytes = 4;

std::unexpected<Error> damaged(std::string_view what) {
    return fail(ErrorCode::kCorruption, std::string(what));
}

void append_big_endian(std::uint64_t number, std::size_t bytes, std::string& out) {
    for (std::size_t i = bytes; i-- > 0;) {
        out.push_back(static_cast<char>(number >> (8 * i)));
    }
}

std::uint64_t read_big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) {
        number = (number << 8) | static_cast<unsigned char>(byte);
    }
    return number;
}

std::string checksum_of(std::string_view bytes) {
    const std::uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
    std::string checksum;
    for (std::size_t i = 0; i < kChecksumBytes; ++i) {
        checksum.push_back(static_cast<char>(hash >> (8 * i)));
    }
    return checksum;
}

// A sealed value that is being written: append the payload, then close() it.
std::string start_seal() {
    std::string sealed(1, kSealedFormat);
    sealed.append(kChecksumBytes, '\0');
    sealed.push_back('\0');  // no metadata
    return sealed;
}

std::string close(std::string sealed) {
    const auto checksum = checksum_of(std::string_view(sealed).substr(kMetadataAt));
    sealed.replace(kChecksumAt, kChecksumBytes, checksum);
    return sealed;
}

// Takes parts off the front of a payload.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] std::optional<std::string_view> take(std::size_t bytes) {
        if (rest_.size() < bytes) {
            return std::nullopt;
        }
        const auto taken = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return taken;
    }
    [[nodiscard]] std::optional<std::uint64_t> number(std::size_t bytes) {
        const auto taken = take(bytes);
        return taken ? std::optional(read_big_endian(*taken)) : std::nullopt;
    }
    [[nodiscard]] std::optional<std::string_view> text() {
        const auto length = number(kLengthBytes);
        return length ? take(*length) : std::nullopt;
    }
    [[nodiscard]] bool done() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

void append_image(std::string_view encoded, std::string& out) {
    out.push_back('\1');
    append_big_endian(encoded.size(), kLengthBytes, out);
    out += encoded;
}

void append_no_image(std::string& out) {
    out.push_back('\0');
}

Result<std::optional<item::Item>> take_image(Reader& reader) {
    const auto present = reader.number(1);
    if (!present || *present > 1) {
        return damaged("a change without an image");
    }
    if (*present == 0) {
        return std::nullopt;
    }
    const auto bytes = reader.text();
    if (!bytes) {
        return damaged("a change with a short image");
    }
    auto item = item::decode(*bytes);
    if (!item) {
        return std::unexpected(std::move(item).error());
    }
    return *std::move(item);
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

std::string seal(std::string_view payload) {
    auto sealed = start_seal();
    sealed += payload;
    return close(std::move(sealed));
}

Result<std::string_view> unseal(std::string_view sealed) {
    if (sealed.size() <= kMetadataAt || sealed[0] != kSealedFormat) {
        return damaged("a record of an unknown format");
    }
    const auto covered = sealed.substr(kMetadataAt);
    if (checksum_of(covered) != sealed.substr(kChecksumAt, kChecksumBytes)) {
        return damaged("a record with a wrong checksum");
    }
    const auto metadata_bytes = static_cast<unsigned char>(covered[0]);
    if (covered.size() < 1U + metadata_bytes) {
        return damaged("a record with short metadata");
    }
    return covered.substr(1U + metadata_bytes);
}

std::string encode_number(std::uint64_t number) {
    std::string bytes;
    append_big_endian(number, kNumberBytes, bytes);
    return bytes;
}

Result<std::uint64_t> decode_number(std::string_view bytes) {
    if (bytes.size() != kNumberBytes) {
        return damaged(fmt::format("a number of {} bytes", bytes.size()));
    }
    return read_big_endian(bytes);
}

std::string seal_table(const Table& table) {
    item::Item item{{"id", item::Number(std::int64_t{table.id})},
                    {"name", table.schema.name},
                    {"partition", key_attribute(table.schema.key.partition)}};
    if (table.schema.key.sort) {
        item.emplace("sort", key_attribute(*table.schema.key.sort));
    }
    return seal_item(item);
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

std::string seal_item(const item::Item& item) {
    auto sealed = start_seal();
    item::append_encoded(item, sealed);
    return close(std::move(sealed));
}

Result<item::Item> unseal_item(std::string_view sealed) {
    const auto payload = unseal(sealed);
    if (!payload) {
        return std::unexpected(payload.error());
    }
    return item::decode(*payload);
}

SealedChange seal_change(const StagedChange& staged) {
    SealedChange result;
    auto sealed = start_seal();
    const auto at = staged.change.at.time_since_epoch().count();
    append_big_endian(static_cast<std::uint64_t>(at), kNumberBytes, sealed);
    append_big_endian(staged.row.size(), kLengthBytes, sealed);
    sealed += staged.row;
    if (staged.change.before) {
        append_image(item::encode(*staged.change.before), sealed);
    } else {
        append_no_image(sealed);
    }
    if (staged.change.after) {
        auto item = start_seal();
        const auto payload_at = item.size();
        item::append_encoded(*staged.change.after, item);
        append_image(std::string_view(item).substr(payload_at), sealed);
        result.item = close(std::move(item));
    } else {
        append_no_image(sealed);
    }
    result.log = close(std::move(sealed));
    return result;
}

Result<Change> unseal_change(const TableDirectory& tables, SequenceNumber sequence,
                             std::string_view sealed) {
    const auto payload = unseal(sealed);
    if (!payload) {
        return std::unexpected(payload.error());
    }
    Reader reader(*payload);
    const auto at = reader.number(kNumberBytes);
    const auto row = reader.text();
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
    auto before = take_image(reader);
    auto after = take_image(reader);
    if (!key || !before || !after || !reader.done()) {
        return damaged(fmt::format("change {}", sequence));
    }
    const Instant instant{std::chrono::milliseconds{static_cast<std::int64_t>(*at)}};
    return Change{sequence,           instant,          (*table)->schema.name, *std::move(key),
                  *std::move(before), *std::move(after)};
}

}  // namespace meridian::store
