// What requests would cost on AWS: ConsumedCapacity, as ReturnConsumedCapacity asks for it.
//
// Source: developer guide, "DynamoDB read and write operations" and "Capacity unit consumption";
// what indexes cost, as the DynamoDB conformance suite measured it.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "dynamo/table_description.h"
#include "item/value.h"

namespace meridian::dynamo {

enum class Capacity : std::uint8_t { kNone, kTotal, kIndexes };
[[nodiscard]] Capacity capacity_of(const boost::json::object& parameters);

enum class Consistency : std::uint8_t { kEventual, kStrong, kTransaction };

// Units of reading that many bytes at once: a half one for 4 KB, a whole one when consistent, two
// in a transaction. Nothing costs as much as a byte.
[[nodiscard]] double read_units(std::size_t bytes, Consistency consistency);
// One for 1 KB.
[[nodiscard]] double write_units(std::size_t bytes);

// Units of one table and its indexes.
struct Consumed {
    double table = 0;
    std::map<std::string, double, std::less<>> local = {};
    std::map<std::string, double, std::less<>> global = {};

    [[nodiscard]] double total() const;
    Consumed& operator+=(const Consumed& other);
    Consumed& operator*=(double factor);
};

// What one write costs; null: there is no such item before, or after.
[[nodiscard]] Consumed consumed_by_write(const TableDescription& table, const item::Item* before,
                                         const item::Item* after);

// Transactions tell reads and writes apart, other operations do not.
enum class Split : std::uint8_t { kNone, kReads, kWrites };

// {"TableName":"…","CapacityUnits":1.0,…}. REQUIRES: the capacity is not kNone.
void append_consumed(std::string_view table, const Consumed& consumed, Capacity capacity,
                     Split split, std::string& out);

}  // namespace meridian::dynamo
