// Many writes at once: what they change is read together, and written side by side.
#pragma once

#include <span>
#include <vector>

#include "item/value.h"
#include "management/editor.h"
#include "management/entity_writer.h"
#include "management/validation.h"

namespace meridian::management {

// Editor::import, whose contract it keeps. Threads: any, several at once.
[[nodiscard]] std::vector<EditResult<Edited>> import_entities(EntityWriter& writer, Kind kind,
                                                              std::span<item::Value> bodies,
                                                              ValidationOptions validation,
                                                              const Occasion& occasion);

}  // namespace meridian::management
