#include "store/index_edit.h"

#include <utility>

#include "item/codec.h"
#include "store/index_row.h"

namespace meridian::store {
namespace {

std::int64_t bytes_in(const Index& index, const item::KeySchema& table_key, const Measured& of) {
    if (shows_all(index)) {
        return static_cast<std::int64_t>(of.bytes);
    }
    return static_cast<std::int64_t>(item::encode(shown_in(index, table_key, *of.item)).size());
}

}  // namespace

Measured measure(const Image& image) {
    return image ? Measured{image.get(), item::encode(*image).size()} : Measured{};
}

std::optional<IndexEdit> index_edit(const Table& table, const Index& index, std::string_view row,
                                    const Measured& before, const Measured& after) {
    IndexEdit edit{&index, index_entry(index, row, before.item),
                   index_entry(index, row, after.item)};
    if (!edit.before && !edit.after) {
        return std::nullopt;
    }
    const auto& key = table.schema.key;
    edit.bytes = (edit.after ? bytes_in(index, key, after) : 0) -
                 (edit.before ? bytes_in(index, key, before) : 0);
    return edit;
}

std::vector<IndexEdit> index_edits(const Table& table, std::string_view row, const Measured& before,
                                   const Measured& after) {
    std::vector<IndexEdit> edits;
    for (const auto& index : table.indexes) {
        auto edit = index.is_kept() ? index_edit(table, index, row, before, after) : std::nullopt;
        if (edit) {
            edits.push_back(*std::move(edit));
        }
    }
    return edits;
}

}  // namespace meridian::store
