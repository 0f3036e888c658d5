#!/bin/bash
# Every kind of traffic at once, for hours, against a release build: see scripts/soak/src/main.rs.
#
#   scripts/soak.sh [DURATION [DIRECTORY [RATE]]]     8h, target/soak and 500 ordinary requests a second by default
#   scripts/soak.sh report [DIRECTORY]                what it came to; while it runs, too
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
if [ "${1:-}" = report ]; then
  directory=${2:-$root/target/soak}
  exec "$directory/soak" report "$directory"
fi
directory=${2:-$root/target/soak}
mkdir -p "$directory"
cargo build --manifest-path "$root/Cargo.toml" --release -p soak
# A copy, which later builds do not touch.
cp "${CARGO_TARGET_DIR:-$root/target}/release/soak" "$directory/soak"
exec nice "$directory/soak" drive "${1:-8h}" "$directory" "${3:-500}"
