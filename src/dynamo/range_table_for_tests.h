// The table that the tests of Query and Scan share.
#pragma once

#include "dynamo/table_description.h"

namespace meridian::dynamo {

// Key: a, b (strings). index1: local, by c (all); index2: local, by d (keys only); index3: global,
// by c (all); index4: global, by c and d, with e.
[[nodiscard]] inline TableDescription range_table() {
    using item::KeyAttribute;
    using item::KeyType;
    const KeyAttribute a{"a", KeyType::kString};
    const KeyAttribute c{"c", KeyType::kString};
    const KeyAttribute d{"d", KeyType::kString};
    TableDescription table;
    table.id = "id";
    table.name = "range";
    table.key = {a, KeyAttribute{"b", KeyType::kString}};
    table.indexes = {
        {.kind = IndexKind::kLocal, .schema = {.name = "index1", .key = {a, c}}},
        {.kind = IndexKind::kLocal,
         .schema = {.name = "index2", .key = {a, d}, .projected = store::Projected::kKeysOnly}},
        {.kind = IndexKind::kGlobal, .schema = {.name = "index3", .key = {c, std::nullopt}}},
        {.kind = IndexKind::kGlobal,
         .schema = {.name = "index4",
                    .key = {c, d},
                    .projected = store::Projected::kInclude,
                    .include = {"e"}}}};
    return table;
}

}  // namespace meridian::dynamo
