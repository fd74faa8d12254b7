// `meridian calendar`.
#pragma once

#include <CLI/App.hpp>

namespace meridian::app {

void add_calendar(CLI::App& app);

}  // namespace meridian::app
