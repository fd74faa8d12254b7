#include "dynamo/capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "dynamo/parameters.h"
#include "item/json.h"
#include "item/key.h"

namespace meridian::dynamo {
namespace {

constexpr std::size_t kReadUnitBytes = 4096;
constexpr std::size_t kWriteUnitBytes = 1024;

double units(std::size_t bytes, std::size_t unit) {
    return static_cast<double>(std::max<std::size_t>(1, (bytes + unit - 1) / unit));
}

// Adds up by name.
void add(std::map<std::string, double, std::less<>>& sum,
         const std::map<std::string, double, std::less<>>& more) {
    for (const auto& [name, units] : more) {
        sum[name] += units;
    }
}

void keep(const item::Item& item, std::string_view name, item::Item& kept) {
    if (const auto* value = item::find(item, name)) {
        kept.insert_or_assign(std::string(name), *value);
    }
}

void keep_key(const item::Item& item, const item::KeySchema& key, item::Item& kept) {
    keep(item, key.partition.name, kept);
    if (key.sort) {
        keep(item, key.sort->name, kept);
    }
}

// What an index holds of an item; nothing when the item is not in it.
std::optional<item::Item> entry_of(const TableDescription& table, const store::IndexSchema& index,
                                   const item::Item* item) {
    if (item == nullptr || !item::key_of(index.key, *item)) {
        return std::nullopt;
    }
    if (index.projected == store::Projected::kAll) {
        return *item;
    }
    item::Item entry;
    keep_key(*item, table.key, entry);
    keep_key(*item, index.key, entry);
    for (const auto& name : index.include) {
        keep(*item, name, entry);
    }
    return entry;
}

double index_units(const TableDescription& table, const store::IndexSchema& index,
                   const item::Item* before, const item::Item* after) {
    const auto old_entry = entry_of(table, index, before);
    const auto new_entry = entry_of(table, index, after);
    if (old_entry == new_entry) {
        return 0;
    }
    const auto units_of = [](const std::optional<item::Item>& entry) {
        return entry ? write_units(item::size_bytes(*entry)) : 0;
    };
    // Both are in the index, so both have its key.
    const bool moved = old_entry && new_entry &&
                       *item::key_of(index.key, *old_entry) != *item::key_of(index.key, *new_entry);
    return moved ? units_of(old_entry) + units_of(new_entry)
                 : std::max(units_of(old_entry), units_of(new_entry));
}

// {"CapacityUnits":1.0} and, when split, what of it was read or written.
void append_units(double units, Split split, std::string& out) {
    const auto name = split == Split::kReads ? "ReadCapacityUnits" : "WriteCapacityUnits";
    auto to = std::back_inserter(out);
    if (split != Split::kNone) {
        fmt::format_to(to, R"("{}":{:.1f},)", name, units);
    }
    fmt::format_to(to, R"("CapacityUnits":{:.1f})", units);
}

void append_indexes(std::string_view name,
                    const std::map<std::string, double, std::less<>>& indexes, Split split,
                    std::string& out) {
    if (indexes.empty()) {
        return;
    }
    fmt::format_to(std::back_inserter(out), R"(,"{}":{{)", name);
    std::string_view separator;
    for (const auto& [index, units] : indexes) {
        out += std::exchange(separator, ",");
        item::append_json_string(index, out);
        out += ":{";
        append_units(units, split, out);
        out += '}';
    }
    out += '}';
}

}  // namespace

Capacity capacity_of(const boost::json::object& parameters) {
    const auto text = text_of(parameters, "ReturnConsumedCapacity");
    return text == "TOTAL"     ? Capacity::kTotal
           : text == "INDEXES" ? Capacity::kIndexes
                               : Capacity::kNone;
}

double read_units(std::size_t bytes, Consistency consistency) {
    const auto whole = units(bytes, kReadUnitBytes);
    switch (consistency) {
        case Consistency::kEventual:
            return whole / 2;
        case Consistency::kStrong:
            return whole;
        case Consistency::kTransaction:
            return whole * 2;
    }
    return whole;
}

double write_units(std::size_t bytes) {
    return units(bytes, kWriteUnitBytes);
}

double Consumed::total() const {
    double sum = table;
    for (const auto* indexes : {&local, &global}) {
        for (const auto& [name, units] : *indexes) {
            sum += units;
        }
    }
    return sum;
}

Consumed& Consumed::operator+=(const Consumed& other) {
    table += other.table;
    add(local, other.local);
    add(global, other.global);
    return *this;
}

Consumed& Consumed::operator*=(double factor) {
    table *= factor;
    for (auto* indexes : {&local, &global}) {
        for (auto& [name, units] : *indexes) {
            units *= factor;
        }
    }
    return *this;
}

Consumed consumed_by_write(const TableDescription& table, const item::Item* before,
                           const item::Item* after) {
    const auto bytes_of = [](const item::Item* item) {
        return item != nullptr ? item::size_bytes(*item) : 0;
    };
    Consumed consumed{.table = write_units(std::max(bytes_of(before), bytes_of(after)))};
    for (const auto& index : table.indexes) {
        if (const auto units = index_units(table, index.schema, before, after); units > 0) {
            auto& kind = index.kind == IndexKind::kLocal ? consumed.local : consumed.global;
            kind.emplace(index.schema.name, units);
        }
    }
    return consumed;
}

void append_consumed(std::string_view table, const Consumed& consumed, Capacity capacity,
                     Split split, std::string& out) {
    out += R"({"TableName":)";
    item::append_json_string(table, out);
    out += ',';
    append_units(consumed.total(), split, out);
    if (capacity == Capacity::kIndexes) {
        out += R"(,"Table":{)";
        append_units(consumed.table, split, out);
        out += '}';
        append_indexes("LocalSecondaryIndexes", consumed.local, split, out);
        append_indexes("GlobalSecondaryIndexes", consumed.global, split, out);
    }
    out += '}';
}

}  // namespace meridian::dynamo
