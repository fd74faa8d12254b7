// A TableStore in memory, for tests, tools and offline routing. Nothing survives the process.
#pragma once

#include <memory>

#include "base/clock.h"
#include "store/table_store.h"

namespace meridian::store {

// `clock` must outlive the store. The change log keeps everything.
[[nodiscard]] std::unique_ptr<TableStore> open_memory_store(const Clock& clock);

}  // namespace meridian::store
