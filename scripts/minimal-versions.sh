#!/usr/bin/env bash
# Builds the library with the oldest versions of its direct dependencies that Cargo.toml allows, in every feature.
#
#   scripts/minimal-versions.sh
#
# A bound that is too low does not resolve or does not compile. Works on a copy in target/minimal-versions, without
# dev-dependencies (axum asks for newer versions of the same crates) and without the other members of the workspace;
# Cargo.lock is not touched. The lock file of oldest versions needs an unstable flag of cargo, which RUSTC_BOOTSTRAP allows
# for that one command. Needs the registry.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=target/minimal-versions
rm -rf "$copy/src"
mkdir -p "$copy"
rm -rf "$copy/docs"
cp -r src docs README.md "$copy/"
# Everything up to the dev-dependencies, as a workspace of one package; lints are not what is asked here.
sed -e '/^\[dev-dependencies\]/,$d' -e 's/^members = .*/members = ["."]/' -e '/^exclude = /d' Cargo.toml >"$copy/Cargo.toml"

cd "$copy"
rm -f Cargo.lock
RUSTC_BOOTSTRAP=1 cargo update -Z direct-minimal-versions --quiet
export CARGO_TARGET_DIR=build
cargo check --locked --quiet --all-features
cargo check --locked --quiet --no-default-features --features build
cargo check --locked --quiet
# The versions that were built.
cargo tree --locked --depth 1 --all-features --edges normal --prefix none
