// `meridian replication`.
#pragma once

#include <CLI/App.hpp>

namespace meridian::app {

void add_replication(CLI::App& app);

}  // namespace meridian::app
