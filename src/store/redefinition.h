// What becomes of a table's definition when indexes come and go, and when it is dropped.
#pragma once

#include <string>

#include "store/table_store.h"
#include "store/write_stage.h"

namespace meridian::store {

// Each says what TableStore's member of that name says. The index is there from then on, to be
// filled; what is removed is marked, and its rows are still to be deleted.
[[nodiscard]] Redefinition adding_index(std::string table, IndexSchema index);
[[nodiscard]] Redefinition removing_index(std::string table, std::string index);
[[nodiscard]] Redefinition dropping(std::string table);

}  // namespace meridian::store
