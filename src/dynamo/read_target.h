// What Query and Scan read: a table, or one of its indexes, and which attributes that shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dynamo/failure.h"
#include "dynamo/table_catalog.h"
#include "dynamo/table_description.h"
#include "expression/condition.h"
#include "expression/projection.h"
#include "item/key.h"

namespace meridian::dynamo {

// A value, of a request.
struct ReadTarget {
    TablePtr table;
    const IndexDescription* index = nullptr;  // the table's; null: the table itself is read

    // What items are found by there.
    [[nodiscard]] const item::KeySchema& key() const;
    [[nodiscard]] bool is_global() const;
    // Whether an index holds this attribute of items; a table holds all.
    [[nodiscard]] bool holds(std::string_view attribute) const;
    [[nodiscard]] bool holds_all() const;
};

// Refused in the service's words: no such table, no such index, a consistent read of a global one.
[[nodiscard]] Outcome<ReadTarget> read_target(const TableCatalog& tables,
                                              std::string_view table_name_or_arn,
                                              std::optional<std::string_view> index,
                                              bool consistent);

// ---- Which attributes an answer shows

enum class Select : std::uint8_t { kAllAttributes, kProjectedAttributes, kSpecific, kCount };

// What a request says about it.
struct SelectParameters {
    std::optional<std::string_view> select = std::nullopt;  // one of the service's words
    std::optional<std::string_view> projection_parameter =
        std::nullopt;       // the one that it has: "ProjectionExpression" or "AttributesToGet"
    bool of_index = false;  // has an IndexName
};
// Without Select it is what the other parameters make of it. Refused: what contradicts itself.
[[nodiscard]] Outcome<Select> select_of(const SelectParameters& parameters);

// ALL_ATTRIBUTES of a global index that doesn't hold all.
[[nodiscard]] Outcome<void> check_select(Select select, const ReadTarget& target);
// An attribute that a global index doesn't hold. A local one fetches it from the table.
[[nodiscard]] Outcome<void> check_projection(const expression::Projection& projection,
                                             const ReadTarget& target);
// A Query's filter on what the index doesn't hold: it is decided before anything is fetched.
[[nodiscard]] Outcome<void> check_filter_held(const expression::Condition& filter,
                                              const ReadTarget& target);

// Whether an answer needs more of the items than the index holds.
[[nodiscard]] bool needs_whole_items(Select select,
                                     const std::optional<expression::Projection>& projection,
                                     const ReadTarget& target);

}  // namespace meridian::dynamo
