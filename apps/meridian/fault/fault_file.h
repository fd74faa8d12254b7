// FOLDER/faults.json: what is broken in a region, for who cannot ask it because it is stopped, or
// does not take signatures because its clock is wrong.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "base/result.h"
#include "faults/fault.h"

namespace meridian::app {

// `clock` is the machine's, not one that drills set. There is no file when nothing is broken. kIo.
[[nodiscard]] Result<void> write_faults(const std::filesystem::path& folder,
                                        const faults::Faults& faults, const Clock& clock);
// With what is left of their time. Nothing where there is no file, or one that says nothing.
[[nodiscard]] faults::Faults read_faults(const std::filesystem::path& folder, const Clock& clock);

}  // namespace meridian::app
