#!/usr/bin/env bash
# A day's list of LISTED entries (30,000) against a ledger of EVENTS (300,000), that is a third of as many applications:
# one in a hundred is missed, one unlisted. The peers, sort with join and Miller, get the same as plain text: the list
# with its five fields, and of each application in the ledger, in the order in which they came, what the answer tells
# of it and its day; making that text is not timed. All three must give the same answer: what was missed, with all that
# the list says of it; what is not listed, with id, number, procedure and applicant; and how many match. The peers neither
# open sealed entries nor look for duplicates, probable matches and doubts. EVENTS=10000000 LISTED=1000000 is a large
# desk's; DESK=FOLDER keeps its ledger for another run.
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
ledger_desk intake
day=$(awk -v first="$first_day" 'BEGIN { print strftime("%Y-%m-%d", first, 1) }')
if [ ! -e "$work/ledger.db" ]; then
  lines "$events" "$listed" | "$bin/intake-ledger" record >/dev/null
fi

# The list, as text and as records of at most 100,000 entries, which is the most one mail may have.
awk -v listed="$listed" -v day="$day" 'BEGIN {
  for (n = 1; n <= listed; ++n)
    printf "%s-%07d\t%sT07:%02d:00+09:00\t道路使用許可申請\t見本中央警察署\t架空 %06d\n", n % 100 == 7 ? "2025" : "2026", n, day, n % 60, 9000000 + n
}' >"$work/list.plain"
awk -F'\t' -v day="$day" '
  function begin() { printf "{\"intake\":1,\"id\":\"m-list%d\",\"arrived_at\":\"%sT23:00:00+09:00\",\"kind\":\"list\",\"list\":{\"day\":\"%s\",\"entries\":[", ++mails, day, day }
  { if (NR % 100000 == 1) { if (NR > 1) print "]}}"; begin() } else printf ","
    printf "{\"receipt_no\":\"%s\",\"submitted_at\":\"%s\",\"procedure\":\"%s\",\"station\":\"%s\",\"applicant\":\"%s\"}", $1, $2, $3, $4, $5 }
  END { print "]}}" }' "$work/list.plain" >"$work/list.ndjson"
lines "$events" "$listed" | awk -F'"' '
  function field(name) { match($0, "\"" name "\":\"[^\"]*\""); return substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5) }
  NR % 3 == 0 { print field("receipt_no") "\t" field("id") "\t" field("handling_day") "\t" field("procedure") "\t" field("applicant") }' >"$work/ledger.plain"
(printf 'receipt_no\tsubmitted_at\tprocedure\tstation\tapplicant\n'; cat "$work/list.plain") >"$work/list.tsv"
(printf 'receipt_no\tid\tday\ttold_procedure\ttold_applicant\n'; cat "$work/ledger.plain") >"$work/ledger.tsv"

ours() { "$bin/intake-reconcile" --lists --day "$day" <"$work/list.ndjson" >"$work/ours"; }
sorted() {
  export LC_ALL=C
  sort "$work/ledger.plain" >"$work/ledger.sorted"
  sort "$work/list.plain" >"$work/list.sorted"
  join -t $'\t' -a 1 -a 2 -o 0,1.2,1.3,1.4,1.5,2.2,2.3,2.4,2.5 "$work/ledger.sorted" "$work/list.sorted" |
    awk -F'\t' -v OFS='\t' -v day="$day" '$2 == "" { print "missed", $1, $6, $7, $8, $9; next }
      $6 == "" { if ($3 == day) print "unlisted", $2, $1, $4, $5; next } { ++matched } END { print "matched", matched }' >"$work/sorted"
}
miller() {
  # shellcheck disable=SC2016 # Miller's own names
  mlr --tsv --from "$work/ledger.tsv" join --ul --ur -j receipt_no -f "$work/list.tsv" 'then' put -q '
    if (is_absent($id)) { print joinv(["missed", $receipt_no, $submitted_at, $procedure, $station, $applicant], "\t") }
    elif (is_present($submitted_at)) { @matched += 1 }
    elif ($day == "'"$day"'") { print joinv(["unlisted", $id, $receipt_no, $told_procedure, $told_applicant], "\t") }
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
  jq -r '(.missed[] | ["missed", .receipt_no, .submitted_at, .procedure, .station, .applicant] | join("\t")),
    (.unlisted[] | ["unlisted", .id, .receipt_no, .procedure, .applicant] | join("\t")), "matched\t" + (.matched | tostring)' "$work/ours"
}
for peer in sorted miller; do
  cmp -s <(classes | LC_ALL=C sort) <(LC_ALL=C sort "$work/$peer") || { echo "reconcile: $peer finds something else" >&2; exit 1; }
done
/usr/bin/time -f '%M' -o "$work/rss" "$bin/intake-reconcile" --lists --day "$day" <"$work/list.ndjson" >/dev/null
printf 'ours: %d entries against %d events, peak %.0f MB\n' "$listed" "$events" "$(calc "$(cat "$work/rss") / 1000")"
x=$(median "${a[@]}") y=$(median "${b[@]}") z=$(median "${c[@]}")
printf 'ratio reconcile-sort %.2f (ours %.2f s, peer sort and join %.2f s)\n' "$(calc "$y / $x")" "$x" "$y"
printf 'ratio reconcile-miller %.2f (ours %.2f s, peer Miller %.2f s)\n' "$(calc "$z / $x")" "$x" "$z"
