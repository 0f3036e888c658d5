#!/bin/sh
# Measures Node.js servers beside this crate, with the driver of `cargo bench --bench http`.
#
#   scripts/peers/run.sh [PEER…] [-- ARGUMENTS OF THE BENCHMARK]
#
# A PEER is node, fastify, hono, express or next; without one, all of them. Wants Node.js 20 or newer
# and npm; packages go to target/peers.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${CARGO_TARGET_DIR:-$root/target}/peers
peers=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  peers="$peers $1"
  shift
done
[ $# -eq 0 ] || shift
peers=${peers:-node fastify hono express next}

mkdir -p "$work"
cp -R "$root"/scripts/peers/. "$work"
cd "$work"
npm install --ignore-scripts --no-audit --no-fund --no-package-lock

pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || true; done' EXIT
trap 'exit 1' INT TERM

port=${FIRST_PORT:-4100}
connect=
export NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
for peer in $peers; do
  port=$((port + 1))
  case $peer in
    next)
      node node_modules/next/dist/bin/next build
      node node_modules/next/dist/bin/next start -H 127.0.0.1 -p "$port" &
      ;;
    *) PORT=$port node "$peer.mjs" & ;;
  esac
  pid=$!
  pids="$pids $pid"
  until curl -fsS -o /dev/null "http://127.0.0.1:$port/api/user" 2>/dev/null; do
    kill -0 "$pid"
    sleep 0.2
  done
  connect="$connect --connect $peer=127.0.0.1:$port@$pid"
done

cd "$root"
# shellcheck disable=SC2086
cargo bench --bench http -- --only hyper,axum,ours,"ours etag" $connect "$@"
