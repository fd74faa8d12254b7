// The tables of a region, as the functions on AWS see them.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "functions/settings.h"
#include "lambda/metrics.h"
#include "store/table_store.h"

namespace meridian::bootstrap {

// Everything must outlive the tables.
struct TablesParts {
    const functions::SettingSource& settings;  // AWS's own: credentials, endpoints
    const Clock& clock;
    Random& random;
    lambda::Metrics& metrics;  // counts requests and how long they take
};

// Asks nobody yet. The error says what is missing in the environment.
[[nodiscard]] Result<std::unique_ptr<store::TableStore>> open_tables(const std::string& region,
                                                                     const TablesParts& parts);

}  // namespace meridian::bootstrap
