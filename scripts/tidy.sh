#!/usr/bin/env bash
# clang-tidy over every source file. Called by ./test --tidy.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
# Without precompiled headers: clang-tidy can't read another compiler run's.
cmake --preset release -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >"$LOG" 2>&1 || { cat "$LOG"; exit 1; }
sources '*.cc' | grep -zv '_bench\.cc$' |
    xargs -0 -P "$(nproc)" -n 4 clang-tidy-19 -p build/tidy --quiet 2>/dev/null && echo "clang-tidy: clean"
