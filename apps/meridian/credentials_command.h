// `meridian credentials`: who may ask the regions of this machine, and what they may do.
#pragma once

#include <CLI/App.hpp>

namespace meridian::app {

// Registers the group; a command that ran throws CLI::RuntimeError with its exit status.
void add_credentials_commands(CLI::App& app);

}  // namespace meridian::app
