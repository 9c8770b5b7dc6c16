#!/usr/bin/env bash
# What passing a record through a confined worker costs, apart from the work itself: intake-decrypt over records that have
# no file, many against few, so that the start falls out. Held against the 0.1 ms that a record may cost.
set -euo pipefail
bin=${INTAKE_BIN:-build/bin}
INTAKE_SOURCE=${INTAKE_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
rounds=${ROUNDS:-9} many=20000 few=1000
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake
python3 - "$work" "$many" "$few" <<'END_OF_RECORDS'
import sys
work, many, few = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
text = "受付番号：20261117-0001　道路使用許可申請　架空 太郎　" * 20
for name, count in (("many", many), ("few", few)):
    with open(f"{work}/{name}", "w", encoding="utf-8") as out:
        for number in range(count):
            out.write('{"intake":1,"id":"m-%d","mail":{"subject":"x","text":"%s"},"files":[]}\n' % (number, text))
END_OF_RECORDS
now() { date +%s.%N; }
run() {
  local start
  start=$(now)
  "$bin/intake-decrypt" --quiet --config "$work/intake.toml" <"$work/$1" >"$work/out"
  echo "($(now) - $start) * 1000" | bc -l
  [ "$(wc -l <"$work/out")" = "$2" ] || { echo "lines were lost" >&2; exit 1; }
}
costs=()
for _ in $(seq "$rounds"); do
  long=$(run many "$many") short=$(run few "$few")
  costs+=("$(echo "($long - $short) / ($many - $few)" | bc -l)")
done
cost=$(printf '%s\n' "${costs[@]}" | sort -g | sed -n "$(((rounds + 1) / 2))p")
printf 'ratio worker %.2f (ours %.4f ms a record, peer target 0.1000 ms)\n' "$(echo "0.1 / $cost" | bc -l)" "$cost"
