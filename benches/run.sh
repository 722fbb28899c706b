#!/usr/bin/env bash
# Runs the benchmarks beside their peers and writes docs/benchmarks.md and docs/benchmarks.svg anew.
#   benches/run.sh [large]
# Peers that are not there are left out, and said to be: OR-tools and HiGHS need Python 3 with venv, LEMON a C++ compiler and
# liblemon-dev, PostgreSQL its server programs. All of it stays below target/bench.
set -euo pipefail
cd "$(dirname "$0")/.."
place=$PWD/target/bench
mkdir -p "$place"
export MAINSTAY_BENCH_RESULTS=$place/results.jsonl
: > "$MAINSTAY_BENCH_RESULTS"

if [ ! -x "$place/python/bin/python" ]; then python3 -m venv "$place/python" || true; fi
if [ -x "$place/python/bin/pip" ] && "$place/python/bin/pip" install -q 'ortools==9.15.6755' 'highspy==1.16.0' 'numpy==2.4.6'; then
    export MAINSTAY_BENCH_PYTHON=$place/python/bin/python
fi
if g++ -O3 -march=native -o "$place/lemon" benches/peers/lemon.cpp 2> "$place/lemon.log"; then
    export MAINSTAY_BENCH_LEMON=$place/lemon
fi

cargo bench --no-run --quiet --bench allocate --bench rank --bench report
bin=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1 || true)
as=()
if [ -n "$bin" ]; then
    data=$(mktemp -d)
    if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid postgres --regid postgres --clear-groups); chown postgres "$data"; fi
    trap '"${as[@]}" "$bin/pg_ctl" -D "$data/db" -m immediate stop > /dev/null; rm -rf "$data"' EXIT
    "${as[@]}" "$bin/initdb" -D "$data/db" -U bench -A trust > /dev/null
    "${as[@]}" "$bin/pg_ctl" -D "$data/db" -w -l "$data/log" -o "-c listen_addresses='' -c unix_socket_directories=$data -c shared_buffers=512MB -c work_mem=64MB" start > /dev/null
    export MAINSTAY_BENCH_POSTGRES="postgres://bench@/postgres?host=$data"
fi

cargo bench --quiet --bench allocate
cargo bench --quiet --bench allocate -- change 10000
cargo bench --quiet --bench allocate -- simulate 10000
for size in 50 200 1000; do cargo bench --quiet --bench allocate -- rules $size; done
cargo bench --quiet --bench rank
if [ "${1:-}" = large ]; then
    cargo bench --quiet --bench allocate -- compare 100000 '' 5
    cargo bench --quiet --bench allocate -- change 100000
    cargo bench --quiet --bench allocate -- simulate 50000
    cargo bench --quiet --bench rank -- 1000000
fi
cargo bench --quiet --bench report
