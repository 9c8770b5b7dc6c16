#!/usr/bin/env bash
# One member of a 10 MB record: a filter of ours (whole process: pump, confined worker, splice) against jq; then five of
# them in a chain against five cat; by turns.
set -euo pipefail
bin=${INTAKE_BIN:-build/bin}
rounds=${ROUNDS:-5} records=${RECORDS:-20}
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
python3 - "$work/in" "$records" <<'P'
import base64, random, sys
data = base64.b64encode(random.Random(1).randbytes(7_500_000)).decode()
with open(sys.argv[1], "w") as f:
    for i in range(int(sys.argv[2])):
        f.write('{"intake":1,"id":"m-%d","kind":"application","files":[{"id":"f0","data":"%s"}]}\n' % (i, data))
P
head -n 1 "$work/in" >"$work/one"
bytes=$(stat -c %s "$work/in")
now() { date +%s.%N; }
ours=() peer=() chain=() cats=()
for _ in $(seq "$rounds"); do
  t=$(now); "$bin/double" <"$work/in" >"$work/out"; ours+=("$(echo "($(now) - $t) / $records" | bc -l)")
  t=$(now); jq -c '.seen = true' <"$work/one" >"$work/out.jq"; peer+=("$(echo "$(now) - $t" | bc -l)")
  t=$(now); f="$bin/double"; "$f" <"$work/in" | "$f" | "$f" | "$f" | "$f" >/dev/null; chain+=("$(echo "$(now) - $t" | bc -l)")
  t=$(now); cat <"$work/in" | cat | cat | cat | cat >/dev/null; cats+=("$(echo "$(now) - $t" | bc -l)")
done
cmp -s <(head -n 1 "$work/out" | jq -c 'del(.stages)') "$work/out.jq" || { echo "the results differ" >&2; exit 1; }
median() { printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"; }
a=$(median "${ours[@]}") b=$(median "${peer[@]}")
printf 'ours: %.0f MB/s a stage\n' "$(echo "$bytes / $records / $a / 1000000" | bc -l)"
c=$(median "${chain[@]}") d=$(median "${cats[@]}")
printf 'ratio record-chain %.2f (ours %.3f s, peer cat %.3f s)\n' "$(echo "$d / $c" | bc -l)" "$c" "$d"
printf 'ratio record %.2f (ours %.4f s, peer jq %.4f s a record)\n' "$(echo "$b / $a" | bc -l)" "$a" "$b"
