// What is broken on purpose in this region: /faults, and the JSON of it.
#pragma once

#include "faults/fault.h"
#include "item/value.h"
#include "management/editor.h"
#include "rest/call.h"

namespace meridian::rest {

// Each is kNotSupported where the region does not let itself be broken.
[[nodiscard]] Answer get_faults(const Call& call);
[[nodiscard]] Answer put_faults(const Call& call);
[[nodiscard]] Answer delete_faults(const Call& call);

// {"links":{PEER:{"cut","delayMs","jitterMs","bytesPerSecond","reorder","lastsMs"}},
// "clock":{"offsetMs","lastsMs"},"disk":{"full","lastsMs"}}; what is off is left out.
[[nodiscard]] item::Map faults_to_json(const faults::Faults& faults);
// The other way; names every field that is unknown, or of the wrong kind.
[[nodiscard]] management::EditResult<faults::Faults> faults_from_json(const item::Value& body);

}  // namespace meridian::rest
