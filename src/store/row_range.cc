#include "store/row_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "store/index_row.h"

namespace meridian::store {
namespace {

constexpr std::uint64_t kHashes = 1U << (8 * kRowHashBytes);
constexpr std::uint32_t kSegmentsMax = 1'000'000;  // DynamoDB's

// The first row behind all that start with these bytes. REQUIRES: they start with an id.
std::string behind(std::string prefix) {
    return rows_under(std::move(prefix)).high;
}

// What all rows with that sort key start with: of a table one, of an index any number.
std::string sort_prefix(const Source& source, const Query& query, const item::Value& sort) {
    return row_prefix(source.id(), query.partition) + item::encode_key_value(sort);
}

Result<std::string> checked_sort_prefix(const Source& source, const Query& query,
                                        const item::Value& sort) {
    const item::Key key{{source.key().partition.name, query.partition},
                        {source.key().sort->name, sort}};
    if (const auto checked = item::checked_key(source.key(), key); !checked) {
        return std::unexpected(checked.error());
    }
    return sort_prefix(source, query, sort);
}

std::string name_of(const Source& source) {
    return source.index == nullptr ? fmt::format("Table {}", source.table.schema.name)
                                   : fmt::format("Index {}", source.index->schema.name);
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

Result<RowRange> narrow_to_beginning(const Source& source, const Query& query, RowRange range) {
    const auto& prefix = query.sort->first;
    if (prefix.as<item::Number>() != nullptr) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} is a number: begins_with compares strings and binaries only",
                                source.key().sort->name));
    }
    auto low = checked_sort_prefix(source, query, prefix);
    if (!low) {
        return std::unexpected(low.error());
    }
    range.low = *std::move(low);
    if (const auto above = above_beginning(prefix)) {
        range.high = sort_prefix(source, query, *above);
    }
    return range;
}

Result<RowRange> narrow_to_between(const Source& source, const Query& query, std::string low) {
    auto high = checked_sort_prefix(source, query, query.sort->second);
    if (!high) {
        return std::unexpected(high.error());
    }
    if (low > *high) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: the BETWEEN operator requires upper bound to be greater than "
                                "or equal to lower bound",
                                source.key().sort->name));
    }
    return RowRange{std::move(low), behind(*std::move(high))};
}

Result<RowRange> narrow_to_sort(const Source& source, const Query& query, RowRange range) {
    if (!source.key().sort) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} has no sort key to compare", name_of(source)));
    }
    if (query.sort->op == SortCondition::Op::kBeginsWith) {
        return narrow_to_beginning(source, query, std::move(range));
    }
    auto row = checked_sort_prefix(source, query, query.sort->first);
    if (!row) {
        return std::unexpected(row.error());
    }
    switch (query.sort->op) {
        case SortCondition::Op::kEqual:
            return RowRange{*row, behind(*row)};
        case SortCondition::Op::kLess:
            return RowRange{std::move(range.low), *std::move(row)};
        case SortCondition::Op::kLessOrEqual:
            return RowRange{std::move(range.low), behind(*std::move(row))};
        case SortCondition::Op::kGreater:
            return RowRange{behind(*std::move(row)), std::move(range.high)};
        case SortCondition::Op::kGreaterOrEqual:
            return RowRange{*std::move(row), std::move(range.high)};
        case SortCondition::Op::kBetween:
            return narrow_to_between(source, query, *std::move(row));
        case SortCondition::Op::kBeginsWith:
            break;
    }
    return range;
}

std::unexpected<Error> invalid_start(std::string_view why) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("The provided starting key is invalid: {}", why));
}

// The attributes of a position that are of one key. Those that are missing are left out.
item::Key part_of(const item::KeySchema& schema, const item::Key& position) {
    item::Key part;
    for (const auto* attribute : {&schema.partition, schema.sort ? &*schema.sort : nullptr}) {
        const auto* value = attribute == nullptr ? nullptr : item::find(position, attribute->name);
        if (value != nullptr) {
            part.emplace(attribute->name, *value);
        }
    }
    return part;
}

// The row with which the page before ended.
Result<std::string> start_row(const Source& source, const item::Key& start) {
    const auto& table = source.table;
    if (source.index == nullptr) {
        const auto key = item::checked_key(table.schema.key, start);
        return key ? Result<std::string>(row_key(table, *key)) : invalid_start(key.error().message);
    }
    const auto key = item::checked_key(table.schema.key, part_of(table.schema.key, start));
    if (!key) {
        return invalid_start(key.error().message);
    }
    const auto index_key = item::checked_key(source.key(), part_of(source.key(), start));
    if (!index_key) {
        return invalid_start(index_key.error().message);
    }
    auto both = *key;
    both.insert(index_key->begin(), index_key->end());
    if (both.size() != start.size()) {
        return invalid_start("it has attributes that are of neither key");
    }
    return *index_entry(*source.index, row_key(table, *key), start);
}

}  // namespace

Result<Source> source_of(const TableDirectory& tables, std::string_view table,
                         std::string_view index) {
    const auto found = tables.find(table);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (index.empty()) {
        return Source{**found};
    }
    const auto* of_table = (*found)->index(index);
    if (of_table == nullptr) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("The table does not have the specified index: {}", index));
    }
    if (of_table->state != Index::State::kReady) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("Index {} of {} is still being filled", index, table));
    }
    return Source{**found, of_table};
}

Result<item::Key> position_of(const Source& source, const item::Item& item) {
    auto key = item::key_of(source.table.schema.key, item);
    if (!key || source.index == nullptr) {
        return key;
    }
    auto index_key = item::key_of(source.key(), item);
    if (index_key) {
        index_key->merge(*key);
    }
    return index_key;
}

Result<RowRange> query_range(const Source& source, const Query& query) {
    const item::KeySchema partition_only{source.key().partition, std::nullopt};
    const auto partition =
        item::checked_key(partition_only, {{partition_only.partition.name, query.partition}});
    if (!partition) {
        return std::unexpected(partition.error());
    }
    const std::string prefix = row_prefix(source.id(), query.partition);
    RowRange range = rows_under(prefix);
    if (query.sort) {
        auto narrowed = narrow_to_sort(source, query, std::move(range));
        if (!narrowed) {
            return narrowed;
        }
        range = *std::move(narrowed);
    }
    if (!query.start_after) {
        return range;
    }
    auto start = start_row(source, *query.start_after);
    if (!start) {
        return std::unexpected(start.error());
    }
    if (!start->starts_with(prefix)) {
        return fail(ErrorCode::kInvalidInput,
                    "The provided starting key is outside query boundaries based on provided "
                    "conditions");
    }
    if (query.forward) {
        range.low = std::max(range.low, behind(*std::move(start)));
    } else {
        range.high = std::min(range.high, *std::move(start));
    }
    return range;
}

Result<RowRange> scan_range(const Source& source, const Scan& scan) {
    if (scan.segments == 0 || scan.segments > kSegmentsMax || scan.segment >= scan.segments) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("Segment {} of {}: there can be 1 to {} segments, counted from 0",
                                scan.segment, scan.segments, kSegmentsMax));
    }
    // Segment s has the hashes h with s = ⌊h · segments / kHashes⌋.
    const auto first_hash = [&](std::uint64_t segment) {
        return (segment * kHashes + scan.segments - 1) / scan.segments;
    };
    RowRange range = rows_under(row_prefix(source.id()));
    append_big_endian(first_hash(scan.segment), kRowHashBytes, range.low);
    if (scan.segment + 1 < scan.segments) {
        range.high = row_prefix(source.id());
        append_big_endian(first_hash(scan.segment + 1), kRowHashBytes, range.high);
    }
    if (!scan.start_after) {
        return range;
    }
    auto start = start_row(source, *scan.start_after);
    if (!start) {
        return std::unexpected(start.error());
    }
    if (*start < range.low || *start >= range.high) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("The provided starting key is not in segment {} of {}",
                                scan.segment, scan.segments));
    }
    range.low = behind(*std::move(start));
    return range;
}

}  // namespace meridian::store
