#!/usr/bin/env bash
# A day's list of LISTED entries (30,000) against a ledger of EVENTS (300,000), that is a third of as many applications:
# one in a hundred is missed, one unlisted. The peers, sort with join and Miller, are given the numbers, ids and days of
# the same applications as plain text, made beforehand and not timed; they classify the numbers and no more. All three
# must name the same. EVENTS=10000000 LISTED=1000000 is a large desk's; DESK=FOLDER keeps its ledger for another run.
set -euo pipefail
events=${EVENTS:-300000} listed=${LISTED:-30000} rounds=${ROUNDS:-3}
command -v mlr >/dev/null || { echo "reconcile: Miller is missing; as root: apt-get install miller" >&2; exit 69; }
[ -x /usr/bin/time ] || { echo "reconcile: time is missing; as root: apt-get install time" >&2; exit 69; }
if [ -n "${DESK:-}" ]; then
  work=$DESK
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
# shellcheck source=bench/large_ledger.bash
. "$(dirname "${BASH_SOURCE[0]}")/large_ledger.bash"
ledger_desk
day=$(awk -v first="$first_day" 'BEGIN { print strftime("%Y-%m-%d", first, 1) }')
if [ ! -e "$work/ledger.db" ]; then
  lines "$events" "$listed" | "$bin/intake-ledger" record >/dev/null
fi

# Which numbers the list names, and the list as records of at most 100,000 entries, which is the most one mail may have.
awk -v listed="$listed" 'BEGIN {
  print "receipt_no\tlisted"
  for (n = 1; n <= listed; ++n) printf (n % 100 == 7 ? "2025-%07d\t%d\n" : "2026-%07d\t%d\n"), n, n
}' >"$work/list.tsv"
awk -F'\t' -v day="$day" '
  function begin() { printf "{\"intake\":1,\"id\":\"m-list%d\",\"arrived_at\":\"%sT23:00:00+09:00\",\"kind\":\"list\",\"list\":{\"day\":\"%s\",\"entries\":[", ++mails, day, day }
  NR == 1 { next }
  { if (NR % 100000 == 2) { if (NR > 2) print "]}}"; begin() } else printf ","
    printf "{\"receipt_no\":\"%s\",\"submitted_at\":\"%sT07:%02d:00+09:00\",\"procedure\":\"道路使用許可申請\",\"station\":\"見本中央警察署\",\"applicant\":\"架空 %06d\"}", $1, day, $2 % 60, 9000000 + $2 }
  END { print "]}}" }' "$work/list.tsv" >"$work/list.ndjson"
lines "$events" "$listed" | awk -F'"' 'BEGIN { print "receipt_no\tid\tday" }
  NR % 3 == 0 { match($0, /"receipt_no":"[^"]*"/); print substr($0, RSTART + 14, RLENGTH - 15) "\t" $6 "\t" substr($0, index($0, "handling_day") + 15, 10) }' >"$work/ledger.tsv"
tail -n +2 "$work/list.tsv" >"$work/list.plain"
tail -n +2 "$work/ledger.tsv" >"$work/ledger.plain"

ours() { "$bin/intake-reconcile" --lists --day "$day" <"$work/list.ndjson" >"$work/ours"; }
sorted() {
  export LC_ALL=C
  sort "$work/ledger.plain" >"$work/ledger.sorted"
  sort "$work/list.plain" >"$work/list.sorted"
  join -t $'\t' -a 1 -a 2 -o 0,1.2,1.3,2.2 "$work/ledger.sorted" "$work/list.sorted" |
    awk -F'\t' -v day="$day" '$2 == "" { print "missed\t" $1; next } $4 == "" { if ($3 == day) print "unlisted\t" $2; next } { ++matched }
      END { print "matched\t" matched }' >"$work/sorted"
}
miller() {
  # shellcheck disable=SC2016 # Miller's own names
  mlr --tsv --from "$work/ledger.tsv" join --ul --ur -j receipt_no -f "$work/list.tsv" 'then' put -q '
    if (is_absent($id)) { print "missed\t".$receipt_no }
    elif (is_present($listed)) { @matched += 1 }
    elif ($day == "'"$day"'") { print "unlisted\t".$id }
    end { print "matched\t".@matched }' >"$work/miller"
}
timed() { # timed NAME: seconds
  local t
  t=$(now)
  "$1"
  calc "$(now) - $t"
}
median() { printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"; }
a=() b=() c=()
for _ in $(seq "$rounds"); do
  a+=("$(timed ours)")
  b+=("$(timed sorted)")
  c+=("$(timed miller)")
done
classes() {
  jq -r '(.missed[] | "missed\t" + .receipt_no), (.unlisted[] | "unlisted\t" + .id), "matched\t" + (.matched | tostring)' "$work/ours"
}
for peer in sorted miller; do
  cmp -s <(classes | LC_ALL=C sort) <(LC_ALL=C sort "$work/$peer") || { echo "reconcile: $peer finds something else" >&2; exit 1; }
done
/usr/bin/time -f '%M' -o "$work/rss" "$bin/intake-reconcile" --lists --day "$day" <"$work/list.ndjson" >/dev/null
printf 'ours: %d entries against %d events, peak %.0f MB\n' "$listed" "$events" "$(calc "$(cat "$work/rss") / 1000")"
x=$(median "${a[@]}") y=$(median "${b[@]}") z=$(median "${c[@]}")
printf 'ratio reconcile-sort %.2f (ours %.2f s, peer sort and join %.2f s)\n' "$(calc "$y / $x")" "$x" "$y"
printf 'ratio reconcile-miller %.2f (ours %.2f s, peer Miller %.2f s)\n' "$(calc "$z / $x")" "$x" "$z"
