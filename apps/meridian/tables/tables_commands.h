// `meridian tables create|check`: the tables that Meridian needs in DynamoDB.
#pragma once

#include <CLI/App.hpp>

namespace meridian::app {

void add_tables_commands(CLI::App& app);

}  // namespace meridian::app
