// `meridian repair-folder`: makes a damaged folder of a region whole again, while no region runs
// from it.
#pragma once

#include <CLI/App.hpp>

namespace meridian::app {

// Registers it; a command that ran throws CLI::RuntimeError with its exit status.
void add_repair_folder_command(CLI::App& app);

}  // namespace meridian::app
