#include "store/row_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace meridian::store {
namespace {

constexpr std::size_t kTableBytes = 4;
constexpr std::size_t kHashBytes = 2;
constexpr std::uint64_t kHashes = 1U << (8 * kHashBytes);
constexpr std::uint32_t kSegmentsMax = 1'000'000;  // DynamoDB's

void append_big_endian(std::uint64_t number, std::size_t bytes, std::string& out) {
    for (std::size_t i = bytes; i-- > 0;) {
        out.push_back(static_cast<char>(number >> (8 * i)));
    }
}

// FNV-1a (64 bits), its halves folded together with a multiplication, because a short key moves
// the upper bits of FNV little.
std::uint64_t partition_hash(std::string_view encoded_partition) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char byte : encoded_partition) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    }
    hash = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15;
    return hash >> (64 - 8 * kHashBytes);
}

std::string partition_prefix(const Table& table, const item::Value& partition) {
    const std::string encoded = item::encode_key_value(partition);
    std::string row;
    row.reserve(kTableBytes + kHashBytes + encoded.size());
    append_big_endian(table.id, kTableBytes, row);
    append_big_endian(partition_hash(encoded), kHashBytes, row);
    row += encoded;
    return row;
}

// The first byte string, in memcmp order, that is above every one that starts with `prefix`; none
// when there is no such string.
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

std::string right_after(std::string row) {
    row.push_back('\0');
    return row;
}

Result<std::string> sort_row(const Table& table, const Query& query, const item::Value& sort) {
    const item::Key key{{table.schema.key.partition.name, query.partition},
                        {table.schema.key.sort->name, sort}};
    const auto checked = item::checked_key(table.schema.key, key);
    if (!checked) {
        return std::unexpected(checked.error());
    }
    return row_key(table, *checked);
}

// A value of the same type that is above every value that begins with `prefix`, and not above any
// other that is above the prefix; none when nothing is.
std::optional<item::Value> above_beginning(const item::Value& prefix) {
    if (const auto* text = prefix.as<std::string>()) {
        auto above = after_prefix(*text);
        return above ? std::optional<item::Value>(*std::move(above)) : std::nullopt;
    }
    auto above = after_prefix(prefix.as<item::Binary>()->bytes);
    return above ? std::optional<item::Value>(item::Binary{*std::move(above)}) : std::nullopt;
}

Result<RowRange> narrow_to_beginning(const Table& table, const Query& query, RowRange range) {
    const auto& prefix = query.sort->first;
    if (prefix.as<item::Number>() != nullptr) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} is a number: begins_with compares strings and binaries only",
                                table.schema.key.sort->name));
    }
    auto low = sort_row(table, query, prefix);
    if (!low) {
        return std::unexpected(low.error());
    }
    range.low = *std::move(low);
    if (const auto above = above_beginning(prefix)) {
        const item::Key key{{table.schema.key.partition.name, query.partition},
                            {table.schema.key.sort->name, *above}};
        range.high = row_key(table, key);
    }
    return range;
}

Result<RowRange> narrow_to_between(const Table& table, const Query& query, std::string low) {
    auto high = sort_row(table, query, query.sort->second);
    if (!high) {
        return std::unexpected(high.error());
    }
    if (low > *high) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: the BETWEEN operator requires upper bound to be greater than "
                                "or equal to lower bound",
                                table.schema.key.sort->name));
    }
    return RowRange{std::move(low), right_after(*std::move(high))};
}

Result<RowRange> narrow_to_sort(const Table& table, const Query& query, RowRange range) {
    if (!table.schema.key.sort) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("Table {} has no sort key to compare", table.schema.name));
    }
    if (query.sort->op == SortCondition::Op::kBeginsWith) {
        return narrow_to_beginning(table, query, std::move(range));
    }
    auto row = sort_row(table, query, query.sort->first);
    if (!row) {
        return std::unexpected(row.error());
    }
    switch (query.sort->op) {
        case SortCondition::Op::kEqual:
            return RowRange{*row, right_after(*row)};
        case SortCondition::Op::kLess:
            return RowRange{std::move(range.low), *std::move(row)};
        case SortCondition::Op::kLessOrEqual:
            return RowRange{std::move(range.low), right_after(*std::move(row))};
        case SortCondition::Op::kGreater:
            return RowRange{right_after(*std::move(row)), std::move(range.high)};
        case SortCondition::Op::kGreaterOrEqual:
            return RowRange{*std::move(row), std::move(range.high)};
        case SortCondition::Op::kBetween:
            return narrow_to_between(table, query, *std::move(row));
        case SortCondition::Op::kBeginsWith:
            break;
    }
    return range;
}

// REQUIRES: the prefix starts with a table id, which is below 2³² - 1.
RowRange rows_under(std::string prefix) {
    auto high = after_prefix(prefix);
    return {std::move(prefix), std::move(high).value_or(std::string(1, '\xff'))};
}

Result<std::string> start_row(const Table& table, const item::Key& start) {
    const auto key = item::checked_key(table.schema.key, start);
    if (!key) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("The provided starting key is invalid: {}", key.error().message));
    }
    return row_key(table, *key);
}

}  // namespace

std::string row_key(const Table& table, const item::Key& key) {
    std::string row = partition_prefix(table, key.find(table.schema.key.partition.name)->second);
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
    if (row.size() < kTableBytes + kHashBytes) {
        return fail(ErrorCode::kCorruption,
                    fmt::format("A row key of {} bytes is too short", row.size()));
    }
    DecodedRowKey decoded;
    for (const char byte : row.substr(0, kTableBytes)) {
        decoded.table_id = (decoded.table_id << 8) | static_cast<unsigned char>(byte);
    }
    decoded.encoded_key = row.substr(kTableBytes + kHashBytes);
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
    std::string row;
    append_big_endian(table.id, kTableBytes, row);
    row += prefix;
    return rows_under(std::move(row));
}

Result<RowRange> query_range(const Table& table, const Query& query) {
    const item::KeySchema partition_only{table.schema.key.partition, std::nullopt};
    const auto partition =
        item::checked_key(partition_only, {{partition_only.partition.name, query.partition}});
    if (!partition) {
        return std::unexpected(partition.error());
    }
    const std::string prefix = partition_prefix(table, query.partition);
    RowRange range = rows_under(prefix);
    if (query.sort) {
        auto narrowed = narrow_to_sort(table, query, std::move(range));
        if (!narrowed) {
            return narrowed;
        }
        range = *std::move(narrowed);
    }
    if (!query.start_after) {
        return range;
    }
    auto start = start_row(table, *query.start_after);
    if (!start) {
        return std::unexpected(start.error());
    }
    if (!start->starts_with(prefix)) {
        return fail(ErrorCode::kInvalidInput,
                    "The provided starting key is outside query boundaries based on provided "
                    "conditions");
    }
    if (query.forward) {
        range.low = std::max(range.low, right_after(*std::move(start)));
    } else {
        range.high = std::min(range.high, *std::move(start));
    }
    return range;
}

Result<RowRange> scan_range(const Table& table, const Scan& scan) {
    if (scan.segments == 0 || scan.segments > kSegmentsMax || scan.segment >= scan.segments) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("Segment {} of {}: there can be 1 to {} segments, counted from 0",
                                scan.segment, scan.segments, kSegmentsMax));
    }
    // Segment s has the hashes h with s = ⌊h · segments / kHashes⌋.
    const auto first_hash = [&](std::uint64_t segment) {
        return (segment * kHashes + scan.segments - 1) / scan.segments;
    };
    std::string table_prefix;
    append_big_endian(table.id, kTableBytes, table_prefix);
    RowRange range = rows_under(table_prefix);
    append_big_endian(first_hash(scan.segment), kHashBytes, range.low);
    if (scan.segment + 1 < scan.segments) {
        range.high = table_prefix;
        append_big_endian(first_hash(scan.segment + 1), kHashBytes, range.high);
    }
    if (!scan.start_after) {
        return range;
    }
    auto start = start_row(table, *scan.start_after);
    if (!start) {
        return std::unexpected(start.error());
    }
    if (*start < range.low || *start >= range.high) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("The provided starting key is not in segment {} of {}",
                                scan.segment, scan.segments));
    }
    range.low = right_after(*std::move(start));
    return range;
}

}  // namespace meridian::store
