#include "store/row_key.h"

#include <fmt/format.h>

#include <utility>

namespace meridian::store {
namespace {

// FNV-1a (64 bits), its halves folded together with a multiplication, because a short key moves
// the upper bits of FNV little.
std::uint64_t partition_hash(std::string_view encoded_partition) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char byte : encoded_partition) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    }
    hash = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15;
    return hash >> (64 - 8 * kRowHashBytes);
}

}  // namespace

void append_big_endian(std::uint64_t number, std::size_t bytes, std::string& out) {
    for (std::size_t i = bytes; i-- > 0;) {
        out.push_back(static_cast<char>(number >> (8 * i)));
    }
}

std::string row_prefix(std::uint32_t id) {
    std::string row;
    append_big_endian(id, kRowIdBytes, row);
    return row;
}

std::string row_prefix(std::uint32_t id, const item::Value& partition) {
    const std::string encoded = item::encode_key_value(partition);
    std::string row;
    row.reserve(kRowIdBytes + kRowHashBytes + encoded.size());
    append_big_endian(id, kRowIdBytes, row);
    append_big_endian(partition_hash(encoded), kRowHashBytes, row);
    row += encoded;
    return row;
}

std::optional<std::string> after_prefix(std::string prefix) {
    while (!prefix.empty() && prefix.back() == '\xff') {
        prefix.pop_back();
    }
    if (prefix.empty()) {
        return std::nullopt;
    }
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    return prefix;
}

RowRange rows_under(std::string prefix) {
    auto high = after_prefix(prefix);
    return {std::move(prefix), std::move(high).value_or(std::string(1, '\xff'))};
}

std::string row_key(const Table& table, const item::Key& key) {
    std::string row = row_prefix(table.id, key.find(table.schema.key.partition.name)->second);
    if (table.schema.key.sort) {
        row += item::encode_key_value(key.find(table.schema.key.sort->name)->second);
    }
    return row;
}

Result<std::string> row_of(const TableDirectory& tables, const ItemRef& ref) {
    const auto table = tables.find(ref.table);
    if (!table) {
        return std::unexpected(table.error());
    }
    const auto key = item::checked_key((*table)->schema.key, ref.key);
    if (!key) {
        return std::unexpected(key.error());
    }
    return row_key(**table, *key);
}

Result<DecodedRowKey> decode_row_key(std::string_view row) {
    if (row.size() < kRowIdBytes + kRowHashBytes) {
        return fail(ErrorCode::kCorruption,
                    fmt::format("A row key of {} bytes is too short", row.size()));
    }
    DecodedRowKey decoded;
    for (const char byte : row.substr(0, kRowIdBytes)) {
        decoded.table_id = (decoded.table_id << 8) | static_cast<unsigned char>(byte);
    }
    decoded.encoded_key = row.substr(kRowIdBytes + kRowHashBytes);
    return decoded;
}

Result<item::Key> item_key(const Table& table, std::string_view row) {
    const auto decoded = decode_row_key(row);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    return item::decode_key(table.schema.key, decoded->encoded_key);
}

RowRange rows_under(const Table& table, std::string_view prefix) {
    return rows_under(row_prefix(table.id) + std::string(prefix));
}

}  // namespace meridian::store
