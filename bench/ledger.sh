#!/usr/bin/env bash
# The ledger at size: EVENTS (1,000,000) told through `intake-ledger record`, 1,000 messages a day; rows a second, bytes
# a million, the questions of --new and of a day; and the check of it all. The peer inserts the same lines with the
# sqlite3 shell into one table with the indexes that such a table needs, in transactions of the same size, unsealed
# and unchained.
set -euo pipefail
bin=${INTAKE_BIN:-build/bin} source=${INTAKE_SOURCE:-.}
events=${EVENTS:-1000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077
cp "$source/share/intake/profiles/kumamoto-2021.toml" "$work/profile.toml"
printf '%064d' 7 >"$work/key"
cat >"$work/intake.toml" <<'TOML'
profile = "profile.toml"
station = "chuo"
[[stations]]
id = "chuo"
name = "見本中央警察署"
address = "chuo@police.example.jp"
[ledger]
path = "ledger.db"
key = "file:key"
TOML
export INTAKE_CONFIG=$work/intake.toml
lines() { # lines EVENTS: three for each message
  awk -v events="$1" 'BEGIN {
    for (n = 1; 3 * n <= events; ++n) {
      id = sprintf("m-%08x%024d", (n * 2654435761) % 4294967296, n)
      day = strftime("%Y-%m-%d", 1700000000 + 86400 * int(n / 1000), 1)
      head = sprintf("{\"intake\":1,\"id\":\"%s\",\"source\":{\"kind\":\"imap\",\"account\":\"chuo\",\"mailbox\":\"INBOX\",\"uidvalidity\":1,\"uid\":%d},\"arrived_at\":\"%sT08:00:00+09:00\",\"handling_day\":\"%s\",\"raw\":{\"size\":9,\"sha256\":\"%s\"}", id, n, day, day, id)
      body = sprintf(",\"kind\":\"application\",\"application\":{\"receipt_no\":\"2026-%06d\",\"applicant\":\"架空 %06d\",\"procedure\":\"道路使用許可申請\"},\"mail\":{\"message_id\":\"<%d@example.jp>\",\"from\":[{\"address\":\"noreply@proc.example.go.jp\"}],\"subject\":\"申請\"},\"files\":[{\"id\":\"f0\",\"path\":\"申請書.docx\",\"sha256\":\"%s\",\"pdf\":{\"path\":\"out/%d.pdf\",\"pages\":2}}],\"findings\":[],\"actions\":[],\"disposition\":\"accept\"", n, n, n, id, n)
      print head "}"
      print head body ",\"stages\":{\"verify\":{}}}"
      print head body ",\"stages\":{\"verify\":{},\"export\":{}}}"
    }
  }'
}
now() { date +%s.%N; }
calc() { echo "$1" | bc -l; }

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

day=$(awk 'BEGIN { print strftime("%Y-%m-%d", 1700000000 + 86400 * 5, 1) }')
for _ in 1 2 3; do "$bin/ledger-ask" "$work/ledger.db" "$(cat "$work/key")" "$day" >"$work/asked"; done
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
