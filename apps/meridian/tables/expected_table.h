// What Meridian expects of a table of DynamoDB, and how one differs from that.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "item/value.h"
#include "store/table_store.h"

namespace meridian::app {

// A table that is as the original design makes it, everywhere: on demand, a stream with both
// images, a replica in every region, protected from being deleted, restorable to any second.
struct ExpectedTable {
    store::TableSchema schema;
    std::vector<std::string> regions;  // the first is where the table is made
};

// CreateTable's request.
[[nodiscard]] item::Map create_request(const ExpectedTable& table);

// One way in which a table isn't as expected, as a sentence about it: "has no stream".
struct Difference {
    enum class Kind : std::uint8_t { kKey, kStatus, kStream, kReplica, kProtection, kBilling };
    Kind kind = Kind::kKey;
    std::string text;
    std::string region = {};  // of kReplica
};

// Of DescribeTable's "Table". What isn't told there (an emulator's) counts as different.
[[nodiscard]] std::vector<Difference> differences(const item::Map& described,
                                                  const ExpectedTable& table);

// The maps in a list; none where there is no list.
[[nodiscard]] std::vector<item::Map> maps_at(const item::Map& map, std::string_view name);

}  // namespace meridian::app
