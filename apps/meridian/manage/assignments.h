// Fields as they are set on the command line: --set queueId=sales --set attributes.language=en.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "item/value.h"
#include "management/entity.h"

namespace meridian::app {

// A JSON Merge Patch. "FIELD=VALUE": the value is read as a cell of that column is (bulk/cell.h);
// "FIELD=" takes the field away; "FIELD:=JSON" is any value. kInvalidInput names the field.
[[nodiscard]] Result<item::Map> read_assignments(management::Kind kind,
                                                 const std::vector<std::string>& assignments);

// A merge patch applied (RFC 7396).
void apply_patch(const item::Map& patch, item::Map& item);

}  // namespace meridian::app
