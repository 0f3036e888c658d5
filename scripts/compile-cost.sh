#!/bin/bash
# What this crate costs at compile time: examples/basic beside the same endpoints on plain axum, and
# the build script on a thousand route files.
#
#   scripts/compile-cost.sh
#
# Prints CPU seconds (user + system, which other work on the machine disturbs least) and wall
# seconds. Everything happens in a temporary directory; dependencies are downloaded before.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CARGO_TARGET_DIR
files=${FILES:-1000}

# measure NAME COMMAND…
measure() {
  local name=$1
  shift
  TIMEFORMAT='%U %S %R'
  local times
  times=$({ time "$@" >"$work/log" 2>&1; } 2>&1) || {
    cat "$work/log"
    exit 1
  }
  awk -v name="$name" '{ printf "%-44s %7.1f s CPU %7.1f s wall\n", name, $1 + $2, $3 }' <<<"$times"
}

# manifest NAME CRATES…: an application of its own, with the versions of this repository.
manifest() {
  local name=$1
  shift
  cat <<EOF
[package]
name = "$name"
version = "0.0.0"
edition = "2024"

[dependencies]
axum = "0.8"
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
EOF
}

with_routes() {
  cat <<EOF
tower-api-routes = { path = "$root" }

[build-dependencies]
tower-api-routes = { path = "$root", default-features = false, features = ["build"] }

[workspace]
EOF
}

app=$work/routes
mkdir -p "$app"
cp -R "$root"/examples/basic/{build.rs,pages,public,src} "$app"
{ manifest routes; with_routes; } >"$app/Cargo.toml"

plain=$work/plain
mkdir -p "$plain"
cp -R "$root"/scripts/compile-cost/. "$plain"
cp -R "$root"/examples/basic/public "$plain"
{ manifest plain; printf '\n[workspace]\n'; } >"$plain/Cargo.toml"

many=$work/many
mkdir -p "$many/src" "$many/pages/api"
cp "$root"/examples/basic/build.rs "$many"
{ manifest many; with_routes; } >"$many/Cargo.toml"
printf 'tower_api_routes::include_routes!();\n\nfn main() {\n    print!("{}", tower_api_routes::ApiRoutesLayer::new("pages/api").router().unwrap());\n}\n' >"$many/src/main.rs"
for ((n = 0; n < files; n++)); do
  directory=$many/pages/api/group$((n % 20))/part$((n % 5))
  mkdir -p "$directory"
  cat >"$directory/file$n.rs" <<EOF
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(200).json(&serde_json::json!({ "file": $n }))
}
EOF
done

for directory in "$app" "$plain" "$many"; do
  cp "$root/Cargo.lock" "$directory"
  (cd "$directory" && cargo fetch --quiet)
done

echo "$(rustc --version), $(nproc) cores"
for name in plain routes; do
  cd "$work/$name"
  source=src/main.rs
  [ "$name" = plain ] || source=pages/api/user.rs
  measure "$name: clean, debug" cargo build
  measure "$name: nothing changed" cargo build
  sed -i 's/John Doe/Jane Doe/' "$source"
  measure "$name: $source changed, debug" cargo build
  measure "$name: clean, release" cargo build --release
  strip -o "$work/stripped" "target/release/$name"
  printf '%-44s %7s KB, %s KB stripped\n' "$name: release binary" \
    $(($(wc -c <"target/release/$name") / 1024)) $(($(wc -c <"$work/stripped") / 1024))
done

cd "$many"
measure "$files files: clean, debug" cargo build
measure "$files files: nothing changed" cargo build
script=$(find target/debug/build -path '*/many-*/build-script-build')
printf '%-44s %7s\n' "$files files: build script runs when unchanged" \
  "$(cargo build --verbose 2>&1 | grep -c 'Running.*build-script-build' || true)"
# application NAME: the crate of the files alone, without what was compiled of it before.
application() {
  CARGO_INCREMENTAL=0 cargo build --quiet
  touch src/main.rs
  CARGO_INCREMENTAL=0 measure "$1" cargo build
}
application "$files files: application alone, debug"
sed -i '/^tower-api-routes = { path = "[^"]*" }$/s/ }$/, features = ["openapi"] }/' Cargo.toml
application "$files files: the same with openapi"
export OUT_DIR=$work/out CARGO_MANIFEST_DIR=$many CARGO_PKG_NAME=many TARGET=host HOST=host PROFILE=debug
mkdir -p "$OUT_DIR"
measure "$files files: build script, debug, first time" "$script"
measure "$files files: build script, debug, again" "$script"
sed -i 's/"file"/"number"/' "$many/pages/api/group1/part1/file1.rs"
measure "$files files: one changed, debug" cargo build
