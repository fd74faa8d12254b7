// The commands that say whether regions agree: `meridian verify`, `meridian conflicts`.
#pragma once

#include <CLI/App.hpp>

namespace meridian::app {

void add_agreement_commands(CLI::App& app);

// ---- The groups
void add_verify(CLI::App& app);
void add_conflicts(CLI::App& app);

}  // namespace meridian::app
