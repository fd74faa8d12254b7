// `meridian rules`, `meridian hours`, `meridian agents`.

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "manage/kind_words.h"
#include "manage/management_commands.h"

namespace meridian::app {

void add_management_commands(CLI::App& app) {
    add_entity_commands(app);
    add_history_commands(app);
    add_question_commands(app);
}

void add_entity_commands(CLI::App& app) {
    for (const auto& words : all_kinds()) {
        auto* group =
            app.add_subcommand(std::string(words.command),
                               fmt::format("List, show, change, import and export {}", words.many));
        group->require_subcommand(1);
        group->footer(
            fmt::format("Each of them has its own help: meridian {} list --help.", words.command));
        add_list(*group, words.kind);
        add_get(*group, words.kind);
        add_put(*group, words.kind);
        add_edit(*group, words.kind);
        add_delete(*group, words.kind);
        add_import(*group, words.kind);
        add_export(*group, words.kind);
    }
}

}  // namespace meridian::app
