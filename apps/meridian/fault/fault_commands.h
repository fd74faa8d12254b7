// `meridian fault`: breaks the regions of a running `meridian up` on purpose.
#pragma once

#include <CLI/App.hpp>

namespace meridian::app {

// As add_management_commands().
void add_fault_commands(CLI::App& app);

}  // namespace meridian::app
