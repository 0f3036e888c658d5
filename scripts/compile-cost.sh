#!/bin/bash
# What this crate costs at compile time: examples/basic beside the same endpoints on plain axum, with
# the default features and with the features that it needs, and a thousand route files beside a
# thousand modules of one application on plain axum.
#
#   scripts/compile-cost.sh
#
# Prints CPU seconds (user + system, which other work on the machine disturbs least) and wall
# seconds. Everything is built in a temporary directory; dependencies are downloaded before. What is
# measured is the commit that is checked out, as a git dependency: a crate that is not the
# application's own is compiled as a whole, where one by path is compiled incrementally.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CARGO_TARGET_DIR CARGO_INCREMENTAL
# What Cargo does by default, whatever the user has configured.
export CARGO_PROFILE_DEV_DEBUG=full
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

source="git = \"file://$root\", rev = \"$(git -C "$root" rev-parse HEAD)\""

# with_routes [ENTRIES]: this crate, with further entries of its line.
with_routes() {
  cat <<EOF
tower-api-routes = { $source${1:+, $1} }

[build-dependencies]
tower-api-routes = { $source, default-features = false, features = ["build"] }

[workspace]
EOF
}

# What an application writes that needs no optional feature.
smallest='default-features = false, features = ["runtime"]'

application() {
  local name=$1
  shift
  mkdir -p "$work/$name"
  cp -R "$root"/examples/basic/{build.rs,pages,public,src} "$work/$name"
  { manifest "$name"; with_routes "$@"; } >"$work/$name/Cargo.toml"
}
application routes
application smallest "$smallest"

plain=$work/plain
mkdir -p "$plain"
cp -R "$root"/scripts/compile-cost/. "$plain"
cp -R "$root"/examples/basic/public "$plain"
{ manifest plain; printf '\n[workspace]\n'; } >"$plain/Cargo.toml"

many=$work/many
mkdir -p "$many/src" "$many/pages/api"
cp "$root"/examples/basic/build.rs "$many"
{ manifest many; with_routes "$smallest"; } >"$many/Cargo.toml"
printf 'tower_api_routes::include_routes!();\n\nfn main() {\n    print!("{}", tower_api_routes::ApiRoutesLayer::new("pages/api").router().unwrap());\n}\n' >"$many/src/main.rs"
# The same handlers on plain axum: a module each, and a function that routes each group, which costs less than one
# function for all.
many_plain=$work/many_plain
mkdir -p "$many_plain/src/routes"
{ manifest many_plain; printf '\n[workspace]\n'; } >"$many_plain/Cargo.toml"
printf 'mod routes;\n\nfn main() {\n    print!("{:?}", routes::router());\n}\n' >"$many_plain/src/main.rs"
{
  printf 'use axum::{Router, routing::any};\n\n'
  for ((n = 0; n < files; n++)); do echo "mod file$n;"; done
  for ((group = 0; group < 20; group++)); do
    printf '\nfn group%s() -> Router {\n    Router::new()\n' "$group"
    for ((n = group; n < files; n += 20)); do
      echo "        .route(\"/api/group$group/part$((n % 5))/file$n\", any(file$n::handler))"
    done
    echo '}'
  done
  printf '\npub fn router() -> Router {\n    Router::new()\n'
  for ((group = 0; group < 20; group++)); do echo "        .merge(group$group())"; done
  echo '}'
} >"$many_plain/src/routes.rs"

for ((n = 0; n < files; n++)); do
  directory=$many/pages/api/group$((n % 20))/part$((n % 5))
  mkdir -p "$directory"
  cat >"$directory/file$n.rs" <<EOF
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(200).json(&serde_json::json!({ "file": $n }))
}
EOF
  cat >"$many_plain/src/routes/file$n.rs" <<EOF
use axum::{Json, response::IntoResponse};

pub async fn handler() -> impl IntoResponse {
    Json(serde_json::json!({ "file": $n }))
}
EOF
done

for directory in "$work"/{plain,routes,smallest,many,many_plain}; do
  cp "$root/Cargo.lock" "$directory"
  (cd "$directory" && cargo fetch --quiet)
done

echo "$(rustc --version), $(nproc) cores"
for name in plain routes smallest; do
  cd "$work/$name"
  file=src/main.rs
  [ "$name" = plain ] || file=pages/api/user.rs
  measure "$name: clean, debug" cargo build
  measure "$name: nothing changed" cargo build
  sed -i 's/John Doe/Jane Doe/' "$file"
  measure "$name: $file changed, debug" cargo build
  measure "$name: clean, release" cargo build --release
  strip -o "$work/stripped" "target/release/$name"
  printf '%-44s %7s KB, %s KB stripped\n' "$name: release binary" \
    $(($(wc -c <"target/release/$name") / 1024)) $(($(wc -c <"$work/stripped") / 1024))
done

# alone NAME: the crate of the files alone, without what was compiled of it before.
alone() {
  CARGO_INCREMENTAL=0 cargo build --quiet
  touch src/main.rs
  CARGO_INCREMENTAL=0 measure "$1" cargo build
}
for name in many_plain many; do
  cd "$work/$name"
  what="$files files"
  file=pages/api/group1/part1/file1.rs
  if [ "$name" = many_plain ]; then
    what="plain, $files files"
    file=src/routes/file1.rs
  fi
  measure "$what: clean, debug" cargo build
  measure "$what: nothing changed" cargo build
  sed -i 's/"file"/"number"/' "$file"
  measure "$what: one changed, debug" cargo build
  alone "$what: application alone, debug"
  export CARGO_PROFILE_DEV_DEBUG=line-tables-only
  cargo build --quiet
  sed -i 's/"number"/"file"/' "$file"
  measure "$what: one changed, line tables only" cargo build
  export CARGO_PROFILE_DEV_DEBUG=full
done

cargo build --quiet
script=$(find target/debug/build -path '*/many-*/build-script-build' -print -quit)
printf '%-44s %7s\n' "$files files: build script runs when unchanged" \
  "$(cargo build --verbose 2>&1 | grep -c 'Running.*build-script-build' || true)"
sed -i 's/features = \["runtime"\]/features = ["openapi"]/' Cargo.toml
alone "$files files: the same with openapi"
export OUT_DIR=$work/out CARGO_MANIFEST_DIR=$many CARGO_PKG_NAME=many TARGET=host HOST=host PROFILE=debug
mkdir -p "$OUT_DIR"
measure "$files files: build script, debug, first time" "$script"
measure "$files files: build script, debug, again" "$script"
