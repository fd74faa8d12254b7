// Where a query's page starts, seen from the rows that its sort condition lets through.
#pragma once

#include <cstdint>

#include "item/key.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

// The service refuses a start that the sort condition does not let through; as a position it means
// something all the same.
enum class PageStart : std::uint8_t {
    kWithin,  // or there is none, or it is for the service to judge
    kBefore,  // all rows come after it
    kBehind   // none does
};

// `key` is what is queried: the table's, or the index's.
[[nodiscard]] PageStart page_start(const item::KeySchema& key, const Query& query);

}  // namespace meridian::store::dynamodb
