#!/usr/bin/env bash
# Runs every fuzz target for a while, one after the other and over again, and says how often each has run. Stops at the
# first input that fails, which then belongs into fuzz/seeds, where tests/corpora.rs runs it, too.
#
#     cargo install cargo-fuzz
#     scripts/fuzz.sh                            # a minute of each
#     ROUNDS=100 SECONDS_EACH=300 scripts/fuzz.sh cors preview
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

# No sanitizer for memory: there is no `unsafe` in the crate. So a stable compiler will do.
build=${CARGO_TARGET_DIR:-$PWD/target}
cargo fuzz build --sanitizer none --target-dir "$build"
programs=$(dirname "$(find "$build" -path '*release/tree' -type f | head -n 1)")

targets=("$@")
[ $# -gt 0 ] || for file in fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
counts=$(mktemp)
for ((round = 0; round < ${ROUNDS:-1}; round++)); do
    for target in "${targets[@]}"; do
        mkdir -p "corpus/$target" "artifacts/$target"
        # The timeout is for one input, on a machine that is busy with other things.
        "$programs/$target" "corpus/$target" "seeds/$target" -max_total_time="${SECONDS_EACH:-60}" -max_len=4096 \
            -timeout=60 -artifact_prefix="artifacts/$target/" -print_final_stats=1 >"corpus/$target.log" 2>&1 || {
            tail -n 40 "corpus/$target.log"
            exit 1
        }
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "corpus/$target.log")
        echo "$target $runs" >>"$counts"
    done
    awk '{ runs[$1] += $2; all += $2 } END { for (it in runs) print it, runs[it]; print "all", all }' "$counts" | sort
    echo
done
