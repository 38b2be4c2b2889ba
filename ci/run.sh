#!/usr/bin/env bash
# What the continuous build runs, from a clean checkout: the README's test command, then the main job with one epoch.
set -euo pipefail
cd "$(dirname "$0")/.."

# The commands are read from the README, so that it stays true.
block=$(awk '/^```/ { if (inside) exit; inside = 1; next } inside' README.md)
main=$(sed -n 1p <<<"$block")
tests=$(sed -n 2p <<<"$block")
[ "$(wc -l <<<"$block")" = 2 ] || { echo "the first block of README.md must hold two lines: main job, tests" >&2; exit 1; }

echo "== $tests"
bash -c "$tests"

echo "== $main, one epoch"
mkdir -p target
bash -c "$main -Dmnist.args='--epochs 1'" | tee target/main-job.txt
tail -n 1 target/main-job.txt | grep -q '"accuracy"' || { echo "the main job's last line is no JSON" >&2; exit 1; }
