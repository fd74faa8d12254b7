// Reads of a page's rows, of a table or of an index.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "store/page_builder.h"
#include "store/rocksdb/database.h"
#include "store/row_range.h"
#include "store/table_store.h"

namespace meridian::store {

enum class Direction : std::uint8_t { kForward, kBackward };

struct PageRead {
    const OpenDatabase& open;
    const std::filesystem::path& folder;
    const Source& source;
    const RowRange& range;
    Direction direction = Direction::kForward;
};

// Has the page examine rows until it is full, all as of one moment. kInvalidInput, kIo,
// kCorruption.
[[nodiscard]] Result<Page> read_page(const PageRead& read, PageBuilder page);

}  // namespace meridian::store
