// The commands by which people manage rules, business hours and agents. Each group registers itself
// with its options and help; a command that ran throws CLI::RuntimeError with its exit status.
#pragma once

#include <CLI/App.hpp>

#include "management/entity.h"

namespace meridian::app {

// All of them: rules, hours, agents, history, explain, calendar, lint, regions, health.
void add_management_commands(CLI::App& app);

// ---- The groups
void add_entity_commands(CLI::App& app);
void add_history_commands(CLI::App& app);
void add_question_commands(CLI::App& app);

// ---- The commands of one kind, below `meridian rules` and its likes
void add_list(CLI::App& group, management::Kind kind);
void add_get(CLI::App& group, management::Kind kind);
void add_put(CLI::App& group, management::Kind kind);
void add_edit(CLI::App& group, management::Kind kind);
void add_delete(CLI::App& group, management::Kind kind);
void add_import(CLI::App& group, management::Kind kind);
void add_export(CLI::App& group, management::Kind kind);

}  // namespace meridian::app
