// What a change of an item makes of its table's indexes, and of how much there is in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "item/value.h"
#include "store/image.h"
#include "store/table_directory.h"

namespace meridian::store {

// An item, or none, and the bytes that it takes encoded.
struct Measured {
    const item::Item* item = nullptr;
    std::size_t bytes = 0;
};
[[nodiscard]] Measured measure(const Image& image);

struct IndexEdit {
    const Index* index = nullptr;
    std::optional<std::string> before;  // entries (index_row.h)
    std::optional<std::string> after;
    std::int64_t bytes = 0;  // more than before

    [[nodiscard]] std::int64_t items() const {
        return (after.has_value() ? 1 : 0) - (before.has_value() ? 1 : 0);
    }
};

// Nothing: the item neither was in the index, nor is.
[[nodiscard]] std::optional<IndexEdit> index_edit(const Table& table, const Index& index,
                                                  std::string_view row, const Measured& before,
                                                  const Measured& after);
// Of all indexes that are kept, those that the item was in, or is in now. Ownership: the table's.
[[nodiscard]] std::vector<IndexEdit> index_edits(const Table& table, std::string_view row,
                                                 const Measured& before, const Measured& after);

}  // namespace meridian::store
