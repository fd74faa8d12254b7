// The commands for backups and whole tables: `backup …`, `export`, `import`. Each registers itself
// with its options and help; a command that ran throws CLI::RuntimeError with its exit status.
#pragma once

#include <CLI/App.hpp>

namespace meridian::app {

// All of them.
void add_backup_commands(CLI::App& app);

void add_backup_restore(CLI::App& group);
void add_table_export(CLI::App& app);
void add_table_import(CLI::App& app);

}  // namespace meridian::app
