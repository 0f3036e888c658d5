#!/bin/bash
# Every kind of traffic at once, for hours, against a release build: see scripts/soak/src/main.rs.
#
#   scripts/soak.sh [DURATION [DIRECTORY [RATE]]]     8h and target/soak by default; RATE is ordinary requests a
#                                                     second, half of saturation by default, which is measured first
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
if [ -z "${3:-}" ]; then
  saturation=$(nice "$directory/soak" saturation "$directory")
  echo "saturation: $saturation ordinary requests a second, beside all other traffic"
fi
exec nice "$directory/soak" drive "${1:-8h}" "$directory" "${3:-$((saturation / 2))}"
