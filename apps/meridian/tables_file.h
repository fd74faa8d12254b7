// A JSON document of tables, for routing without a running region:
// {"GlobalCallRouting":[item…],"BusinessHours":[item…],"AgentSkills":[item…]}, items as plain JSON.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "store/table_store.h"

namespace meridian::app {

// Makes the document's tables in the store and fills them. A table that is null or absent is not
// made; one that Meridian does not know is refused. Items without a usable key are passed over with
// a line in the log: routing goes on without them. kIo, kMalformedJson and kInvalidInput name the
// file and the place.
[[nodiscard]] Result<void> load_tables(const std::filesystem::path& file, store::TableStore& store);

}  // namespace meridian::app
