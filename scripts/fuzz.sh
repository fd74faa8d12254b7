#!/usr/bin/env bash
# Runs each fuzz target for the given number of seconds, as many side by side as there are cores, starting from the corpus in
# the source. Finds go to build/fuzz/found/. Called by ./test --fuzz.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
seconds=$1
echo "Building (fuzz) …"
build fuzz fuzzers || exit 1

# fuzz_one SECONDS src/MODULE/corpus/STEM: the target is called MODULE_STEM.
fuzz_one() {
    local seconds=$1 corpus=$2 module name
    module=${corpus#src/}
    module=${module%/corpus/*}
    name=${module//\//_}_${corpus##*/}
    mkdir -p "build/fuzz/corpus/$name" "build/fuzz/found/$name"
    if "build/fuzz/bin/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/found/$name/" "build/fuzz/corpus/$name" "$corpus" \
        >"build/fuzz/$name.log" 2>&1; then
        echo "$name: clean, $(grep -oE 'stat::number_of_executed_units: *[0-9]+' "build/fuzz/$name.log" | grep -oE '[0-9]+$') inputs"
    else
        tail -n 30 "build/fuzz/$name.log"
        echo "$name: FAILED; the input is in build/fuzz/found/$name/"
        return 1
    fi
}
export -f fuzz_one
find src -type d -path '*/corpus/*_fuzz' -print0 | sort -z |
    xargs -0 -P "$(nproc)" -I{} bash -c 'fuzz_one "$@"' _ "$seconds" {}
