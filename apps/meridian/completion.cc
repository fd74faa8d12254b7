// `meridian completion SHELL`: a script that the shell reads.

#include <fmt/format.h>

#include <string_view>

#include "commands.h"

namespace meridian::app {
namespace {

constexpr std::string_view kBash =
    R"sh(# meridian completion for bash: eval "$(meridian completion bash)"
_meridian() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    case $prev in
        --data|--config|--event|--tables) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --output) COMPREPLY=($(compgen -W "json text" -- "$cur")); return ;;
        --store) COMPREPLY=($(compgen -W "embedded dynamodb" -- "$cur")); return ;;
        --region) COMPREPLY=($(compgen -W "us-east-1 eu-west-1 ap-southeast-1" -- "$cur")); return ;;
    esac
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "up serve env route completion errors --help --version" -- "$cur"))
        return
    fi
    local flags
    case $command in
        up) flags="--regions --base-port --data --config --no-demo --help" ;;
        serve) flags="--region --port --store --address --data --config --tables --peer --at --demo --help" ;;
        env) flags="--region --data --help" ;;
        route) flags="--event --region --at --tables --data --config --explain --output --help" ;;
        completion) flags="bash zsh fish" ;;
    esac
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
}
complete -F _meridian meridian
)sh";

constexpr std::string_view kFish =
    R"sh(# meridian completion for fish: meridian completion fish | source
complete -c meridian -f
complete -c meridian -n __fish_use_subcommand -a up -d 'start a process for each region'
complete -c meridian -n __fish_use_subcommand -a serve -d 'run one region'
complete -c meridian -n __fish_use_subcommand -a env -d 'settings for AWS tools'
complete -c meridian -n __fish_use_subcommand -a route -d 'route one call'
complete -c meridian -n __fish_use_subcommand -a completion -d 'print a completion script'
complete -c meridian -n '__fish_seen_subcommand_from up' -l regions -x
complete -c meridian -n '__fish_seen_subcommand_from up' -l base-port -x
complete -c meridian -n '__fish_seen_subcommand_from up' -l no-demo
complete -c meridian -n '__fish_seen_subcommand_from serve' -l port -x
complete -c meridian -n '__fish_seen_subcommand_from serve' -l store -x -a 'embedded dynamodb'
complete -c meridian -n '__fish_seen_subcommand_from serve' -l address -x
complete -c meridian -n '__fish_seen_subcommand_from serve' -l peer -x
complete -c meridian -n '__fish_seen_subcommand_from serve' -l demo
complete -c meridian -n '__fish_seen_subcommand_from serve route' -l at -x
complete -c meridian -n '__fish_seen_subcommand_from serve route' -l tables -r -F
complete -c meridian -n '__fish_seen_subcommand_from serve route env' -l region -x -a 'us-east-1 eu-west-1 ap-southeast-1'
complete -c meridian -n '__fish_seen_subcommand_from up serve route env' -l data -r -F
complete -c meridian -n '__fish_seen_subcommand_from up serve route' -l config -r -F
complete -c meridian -n '__fish_seen_subcommand_from route' -l event -r -F
complete -c meridian -n '__fish_seen_subcommand_from route' -l explain
complete -c meridian -n '__fish_seen_subcommand_from route' -l output -x -a 'json text'
complete -c meridian -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
)sh";

}  // namespace

int run_completion(const std::string& shell) {
    if (shell == "bash") {
        fmt::print("{}", kBash);
    } else if (shell == "zsh") {
        fmt::print(
            "# meridian completion for zsh: eval \"$(meridian completion zsh)\"\n"
            "autoload -U +X bashcompinit && bashcompinit\n{}",
            kBash);
    } else if (shell == "fish") {
        fmt::print("{}", kFish);
    } else {
        return report({ErrorCode::kInvalidInput,
                       fmt::format("no completion for '{}': bash, zsh or fish", shell)});
    }
    return finish_output();
}

}  // namespace meridian::app
