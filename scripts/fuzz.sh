#!/usr/bin/env bash
# Runs each fuzz target for the given number of seconds, as many side by side as there are cores, starting from the corpus in
# the source. Finds go to build/fuzz/found/. Called by ./test --fuzz.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
seconds=$1
echo "Building (fuzz) …"
build fuzz fuzzers || exit 1

fuzz_one() {
    local binary=$1 seconds=$2 source name
    name=$(basename "$binary")
    source=$(find src -type d -path "*/corpus/${name##*/}" -o -type d -path '*/corpus/*_fuzz' |
        while read -r folder; do
            module=$(dirname "$(dirname "${folder#src/}")")
            [ "${module//\//_}_$(basename "$folder")" = "$name" ] && echo "$folder"
        done)
    mkdir -p "build/fuzz/corpus/$name" "build/fuzz/found/$name"
    if "$binary" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/found/$name/" "build/fuzz/corpus/$name" "$source" \
        >"build/fuzz/$name.log" 2>&1; then
        echo "$name: clean, $(grep -oE 'stat::number_of_executed_units: *[0-9]+' "build/fuzz/$name.log" | grep -oE '[0-9]+$') inputs"
    else
        tail -n 30 "build/fuzz/$name.log"
        echo "$name: FAILED; the input is in build/fuzz/found/$name/"
        return 1
    fi
}
export -f fuzz_one
find build/fuzz/bin -name '*_fuzz' -print0 | sort -z |
    xargs -0 -P "$(nproc)" -I{} bash -c 'fuzz_one {} '"$seconds"
