// How far one replica of the tables is behind another, by what HealthCheck writes anyway.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "store/table_store.h"

namespace meridian::functions {

// Whether what a region's own HealthCheck wrote there last has come here: zero, or else for how
// long it hasn't. Nothing: one of the two can't be read, or that region has not been checked yet.
[[nodiscard]] std::optional<std::chrono::milliseconds> replica_lag(const store::TableStore& here,
                                                                   const store::TableStore& there,
                                                                   std::string_view region,
                                                                   const Clock& clock);

}  // namespace meridian::functions
