#!/usr/bin/env bash
# The ledger at size: EVENTS (1,000,000) told through `intake-ledger record`, 1,000 messages a day; rows a second, bytes
# a million, the questions of --new and of a day; and the check of it all. The peer inserts the same lines with the
# sqlite3 shell into one table with the indexes that such a table needs, in transactions of the same size, unsealed
# and unchained.
set -euo pipefail
events=${EVENTS:-1000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=bench/large_ledger.bash
. "$(dirname "${BASH_SOURCE[0]}")/large_ledger.bash"
ledger_desk intake

lines "$events" >"$work/lines"
rows=$(wc -l <"$work/lines")
t=$(now)
"$bin/intake-ledger" record <"$work/lines" >/dev/null
ours=$(calc "$(now) - $t")
size=$(stat -c %s "$work/ledger.db")
printf 'rows: %d in %.1f s, %.0f a second, %.0f MB a million\n' "$rows" "$ours" "$(calc "$rows / $ours")" "$(calc "$size / $rows")"

# One at a time: each line is durable before the next is read.
head -n 300 "$work/lines" >"$work/few"
mv "$work/ledger.db" "$work/kept.db"
coproc one { "$bin/intake-ledger" record; }
t=$(now)
while IFS= read -r line; do
  printf '%s\n' "$line" >&"${one[1]}"
  IFS= read -r _ <&"${one[0]}"
done <"$work/few"
printf 'one at a time: %.0f a second\n' "$(calc "300 / ($(now) - $t)")"
eval "exec ${one[1]}>&-"
wait
rm -f "$work"/ledger.db*
mv "$work/kept.db" "$work/ledger.db"

day=$(awk 'BEGIN { print strftime("%Y-%m-%d", 1700006400 + 86400 * 5, 1) }')
for _ in 1 2 3; do "$bin/ledger-ask" "$work/ledger.db" "$(cat "$work/ledger.key")" "$day" >"$work/asked"; done
cat "$work/asked"
t=$(now)
"$bin/intake-ledger" check >/dev/null
printf 'check %.1f s\n' "$(calc "$(now) - $t")"

# The peer.
{
  echo 'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;'
  echo 'CREATE TABLE events(sequence INTEGER PRIMARY KEY, id TEXT, kind TEXT, line TEXT);'
  echo 'CREATE INDEX a ON events(id, kind); CREATE INDEX b ON events(line ->> "$.handling_day");'
  awk -v q="'" '
    NR % 12000 == 1 { if (NR > 1) print "COMMIT;"; print "BEGIN IMMEDIATE;" }
    { printf "INSERT INTO events(id, kind, line) VALUES (%s%s%s, %s%d%s, %s%s%s);\n", q, substr($0, 19, 34), q, q, NR % 3, q, q, $0, q }
    END { print "COMMIT;" }' "$work/lines"
} >"$work/peer.sql"
t=$(now)
sqlite3 "$work/peer.db" <"$work/peer.sql" >/dev/null
peer=$(calc "$(now) - $t")
printf 'ratio ledger %.2f (ours %.1f s, peer sqlite3 %.1f s; sizes %.0f and %.0f MB)\n' "$(calc "$peer / $ours")" "$ours" "$peer" \
  "$(calc "$size / 1000000")" "$(calc "$(stat -c %s "$work/peer.db") / 1000000")"
