#!/usr/bin/env bash
# Every bench runs to its end, small, and gives its ratios. How fast anything is, is not asked here.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$INTAKE_SOURCE/bench" "$work/before"
"$INTAKE_SOURCE/bench/run" --quick >"$work/out" 2>"$work/err" || { cat "$work/out" "$work/err"; exit 1; }
for script in "$INTAKE_SOURCE"/bench/*.sh; do
  name=$(basename "$script" .sh)
  if grep -q "bench/run: $name: skipped" "$work/err"; then continue; fi
  grep -Eq "^ratio ${name}[a-z0-9-]* [0-9.]+ \(ours [0-9.]+.* peer .*\)" "$work/out" ||
    { echo "FAILED: no ratio of $name"; exit 1; }
  grep -q ": $name, " "$work/err" || { echo "FAILED: bench/run does not know $name"; exit 1; }
done
diff -r "$work/before" "$INTAKE_SOURCE/bench" || { echo "FAILED: a quick run wrote into bench/"; exit 1; }
if "$INTAKE_SOURCE/bench/run" --quick nonsense 2>"$work/err"; then echo "FAILED: an unknown bench"; exit 1; fi
grep -q "there is no bench nonsense" "$work/err"
