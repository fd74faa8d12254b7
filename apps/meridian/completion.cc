#include "completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "commands.h"

namespace meridian::app {
namespace {

constexpr std::string_view kRegions = "us-east-1 eu-west-1 ap-southeast-1";

// What the value of an option, or of an argument, is.
struct ValueHint {
    bool is_file = false;
    std::string choices;  // parted by blanks
};

struct OptionHint {
    std::string name;  // "--region"
    bool has_value = false;
    ValueHint value;
};

struct CommandHint {
    std::string path;  // " rules list"
    std::string about;
    std::vector<CommandHint> commands;
    std::vector<OptionHint> options;
    ValueHint argument;
};

ValueHint hint_of(const CLI::Option& option) {
    const auto type = option.get_type_name();  // "TEXT:{text,json}"
    const auto name = option.get_name();
    const auto open = type.find('{');
    const auto close = type.find('}');
    ValueHint hint;
    if (open != std::string::npos && close != std::string::npos && open < close) {
        hint.choices = type.substr(open + 1, close - open - 1);
        std::ranges::replace(hint.choices, ',', ' ');
        return hint;
    }
    const auto is_named = [&](std::initializer_list<std::string_view> names) {
        return std::ranges::find(names, name) != names.end();
    };
    hint.is_file = type.starts_with("FILE") || type.starts_with("DIR") ||
                   name.starts_with("FILE") || name.starts_with("--tls-") ||
                   is_named({"--data", "--config", "--event", "--tables"});
    if (is_named({"--region", "--via", "--regions"})) {
        hint.choices = kRegions;
    }
    return hint;
}

// The first sentence or so: descriptions are one line.
CommandHint hints_of(const CLI::App& app, const std::string& path) {
    CommandHint command{path, app.get_description(), {}, {}, {}};
    for (const auto* option : app.get_options()) {
        if (option->get_positional()) {
            command.argument = hint_of(*option);
        } else if (!option->get_group().empty() && !option->get_lnames().empty()) {
            command.options.push_back({"--" + option->get_lnames().front(),
                                       option->get_items_expected_max() > 0, hint_of(*option)});
        }
    }
    for (const auto* below : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (!below->get_name().empty() && !below->get_group().empty()) {
            command.commands.push_back(hints_of(*below, path + " " + below->get_name()));
        }
    }
    return command;
}

void for_each_command(const CommandHint& command,
                      const std::function<void(const CommandHint&)>& visit) {
    visit(command);
    for (const auto& below : command.commands) {
        for_each_command(below, visit);
    }
}

// ---- bash, and zsh by its bashcompinit

std::string bash_words(const CommandHint& command) {
    std::string words = command.argument.choices;
    for (const auto& below : command.commands) {
        words += below.path.substr(below.path.rfind(' '));
    }
    for (const auto& option : command.options) {
        words += " " + option.name;
    }
    return words;
}

std::string bash_script(const CommandHint& root) {
    std::string paths;
    std::string values;
    std::string words;
    for_each_command(root, [&](const CommandHint& command) {
        paths += fmt::format("{}\"{}\"", paths.empty() ? "" : "|", command.path);
        for (const auto& option : command.options) {
            if (option.has_value) {
                values +=
                    fmt::format("        \"{} {}\") {}; return ;;\n", command.path, option.name,
                                option.value.choices.empty()
                                    ? option.value.is_file ? "COMPREPLY=($(compgen -f -- \"$cur\"))"
                                                           : "COMPREPLY=()"
                                    : fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))",
                                                  option.value.choices));
            }
        }
        words += fmt::format("        \"{}\") words=\"{}\" files={} ;;\n", command.path,
                             bash_words(command), command.argument.is_file ? 1 : 0);
    });
    return fmt::format(
        R"sh(_meridian() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} path= word words= files=0
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$path $word" in
            {}) path="$path $word" ;;
        esac
    done
    case "$path $prev" in
{}    esac
    case "$path" in
{}    esac
    if [ "$files" = 1 ] && [ "${{cur#-}}" = "$cur" ]; then
        COMPREPLY=($(compgen -f -- "$cur"))
    else
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
    fi
}}
complete -F _meridian meridian
)sh",
        paths, values, words);
}

// ---- fish

std::string fish_quoted(std::string text) {
    for (std::size_t at = 0; (at = text.find_first_of("\\'", at)) != std::string::npos; at += 2) {
        text.insert(at, "\\");
    }
    return "'" + text + "'";
}

// When the command line has got to this command, and not below it.
std::string fish_condition(const CommandHint& command) {
    std::string condition;
    for (std::size_t at = 0; at < command.path.size();) {
        const auto end = std::min(command.path.find(' ', at + 1), command.path.size());
        condition +=
            fmt::format("{}__fish_seen_subcommand_from{}", condition.empty() ? "" : "; and ",
                        command.path.substr(at, end - at));
        at = end;
    }
    if (!command.commands.empty()) {
        std::string below;
        for (const auto& inner : command.commands) {
            below += inner.path.substr(inner.path.rfind(' '));
        }
        condition += fmt::format("{}not __fish_seen_subcommand_from{}",
                                 condition.empty() ? "" : "; and ", below);
    }
    return condition;
}

std::string fish_script(const CommandHint& root) {
    std::string script = "complete -c meridian -f\n";
    for_each_command(root, [&](const CommandHint& command) {
        const auto begin =
            fmt::format("complete -c meridian -n {}", fish_quoted(fish_condition(command)));
        for (const auto& below : command.commands) {
            script +=
                fmt::format("{} -a {} -d {}\n", begin, below.path.substr(below.path.rfind(' ') + 1),
                            fish_quoted(below.about));
        }
        for (const auto& option : command.options) {
            const auto& value = option.value;
            script +=
                fmt::format("{} -l {}{}\n", begin, option.name.substr(2),
                            !option.has_value       ? ""
                            : value.is_file         ? " -r -F"
                            : value.choices.empty() ? " -x"
                                                    : fmt::format(" -x -a '{}'", value.choices));
        }
        if (command.argument.is_file) {
            script += begin + " -F\n";
        } else if (!command.argument.choices.empty()) {
            script += fmt::format("{} -a '{}'\n", begin, command.argument.choices);
        }
    });
    return script;
}

}  // namespace

int run_completion(const std::string& shell, const CLI::App& app) {
    const auto hints = hints_of(app, "");
    if (shell == "fish") {
        fmt::print("# meridian completion for fish: meridian completion fish | source\n{}",
                   fish_script(hints));
    } else {
        fmt::print("# meridian completion for {0}: eval \"$(meridian completion {0})\"\n{1}{2}",
                   shell, shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "",
                   bash_script(hints));
    }
    return finish_output();
}

}  // namespace meridian::app
