// The fields that each kind of entity is known to have, in the order in which people read them.
#pragma once

#include <span>
#include <string_view>

#include "bulk/cell.h"
#include "management/entity.h"

namespace meridian::bulk {

// One field: "queueId"; one of a map: "emergencyClose.message"; any of a map: "attributes.*".
struct Field {
    std::string_view path;
    CellForm form;
};

// All of a kind, keys first, what the server sets last. Lives for ever. Other fields are texts.
[[nodiscard]] std::span<const Field> fields_of(management::Kind kind);

// Where a field stands among them; unknown ones come before "version". `path` is a field's, or,
// when `parent` isn't empty, one of that map.
struct FieldPlace {
    std::size_t rank = 0;
    CellForm form = CellForm::kText;
};
[[nodiscard]] FieldPlace place_of(management::Kind kind, std::string_view parent,
                                  std::string_view name);

// The map that a dotted path begins with ("attributes" of "attributes.language"), when the kind
// has dotted fields in that map; else empty.
[[nodiscard]] std::string_view parent_of(management::Kind kind, std::string_view path);

}  // namespace meridian::bulk
