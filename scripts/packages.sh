# shellcheck shell=bash
# Sourced by run, package, test and bench: installs what debian-packages.txt lists and this machine hasn't.

# usage: prints the comment at the head of the script, and ends it.
usage() {
    sed -n '2,/^\./p' "$ROOT/${0##*/}" | grep '^#' | cut -c3-
    exit 0
}

# install_missing KIND: run, package, test or bench; each includes the kinds before it.
install_missing() {
    local kinds package kind missing=()
    case $1 in
        run) kinds="run" ;;
        package) kinds="run package" ;;
        test) kinds="run package test" ;;
        bench) kinds="run package test bench" ;;
    esac
    while read -r package kind; do
        case $package in '' | '#'*) continue ;; esac
        [[ " $kinds " == *" $kind "* ]] || continue
        is_there "$package" || missing+=("$package")
    done <"$ROOT/debian-packages.txt"
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "meridian: these packages are missing and only root can install them (there is no sudo): ${missing[*]}" >&2
            return 1
        }
        sudo=(sudo)
    fi
    "${sudo[@]}" apt-get update -qq &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
            >"$LOG" 2>&1 || {
        tail -n 20 "$LOG" >&2
        echo "meridian: the packages could not be installed; the whole log is $LOG" >&2
        return 1
    }
}

# A package counts as there when dpkg knows it, or when a command of its name runs (node may come from elsewhere).
is_there() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] || command -v "$1" >/dev/null
}

# sources PATTERN…: our source files of these names, each ended by a zero byte.
sources() {
    local names=(-name "$1") pattern
    for pattern in "${@:2}"; do names+=(-o -name "$pattern"); done
    find src apps cmake -type f \( "${names[@]}" \) -print0
}

# build PRESET TARGET…: configures when needed, builds, and shows the log only when it fails or somebody watches.
build() {
    local preset=$1
    shift
    cmake --preset "$preset" >"$LOG" 2>&1 && cmake --build "build/$preset" --target "$@" 2>&1 | progress || {
        grep -E '(error|Error):|FAILED' -A 12 "$LOG" | head -n 60 >&2
        echo "meridian: the build failed; the whole log is $LOG" >&2
        return 1
    }
}

# Keeps the log; on a terminal shows ninja's counter in one line, else nothing.
progress() {
    local line
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$LOG"
        [ -t 1 ] && printf '\r\033[K%.100s' "$line"
    done
    [ -t 1 ] && printf '\r\033[K'
    return 0
}

set -o pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1
mkdir -p build
LOG=$ROOT/build/${0##*/}.log
