#!/usr/bin/env bash
# One ledger, many hands: cron writes in two streams while clerks ask, act and copy. Nobody fails, nothing is lost or
# counted twice, and whoever waits for somebody that does not end is told so.
set -euo pipefail
work=$(mktemp -d)
others=()
trap 'touch "$work/done"; wait; rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
umask 077
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
ledger_desk intake
ledger() { "$INTAKE_BIN/intake-ledger" "$@"; }
judged() { # judged FIRST LAST
  local n
  for ((n = $1; n <= $2; n++)); do
    printf '{"intake":1,"id":"m-%032d","source":{"kind":"imap","account":"chuo","mailbox":"INBOX","uidvalidity":1,"uid":%d},' "$n" "$n"
    printf '"handling_day":"2026-11-24","kind":"application","application":{"receipt_no":"R-%d"},' "$n"
    printf '"disposition":"confirm","actions":[{"do":"phone_confirm"}],"stages":{"verify":{"at":"now"}}}\n'
  done
}
# again NAME COMMAND…: repeats the command until the writers are done; its first failure ends it and is kept.
again() {
  local name=$1 times=0
  shift
  until [ -e "$work/done" ]; do
    "$@" >/dev/null 2>"$work/$name.err" || { echo "status $?: $(cat "$work/$name.err")" >"$work/$name.failed"; return; }
    times=$((times + 1))
  done
  echo $times >"$work/$name.times"
}
act() { ledger act "R-$((RANDOM % 20 + 1))" telephoned --actor 見本 --note "$RANDOM"; }
copy() { ledger backup "$work/copy-$RANDOM-$RANDOM.db" --actor 見本; }

judged 1 20 | ledger record >/dev/null
judged 1 4000 >"$work/one"
judged 2001 6000 >"$work/two" # half of them are the other's too
# A line at a time, as from a slow stage before, and all at once: small transactions among large ones.
while IFS= read -r line; do printf '%s\n' "$line"; done <"$work/one" | ledger record >"$work/one.out" &
one=$!
ledger record <"$work/two" >"$work/two.out" &
two=$!
again act act & others+=($!)
again act2 act & others+=($!)
again query ledger query --day 2026-11-24 & others+=($!)
again pending ledger pending & others+=($!)
again copy copy & others+=($!)
again checks ledger check --redact & others+=($!)
wait $one || fail "the first writer"
wait $two || fail "the second writer"
touch "$work/done"
wait "${others[@]}"
for failed in "$work"/*.failed; do [ ! -e "$failed" ] || fail "$failed: $(cat "$failed")"; done
for name in act act2 query pending copy checks; do
  [ "$(cat "$work/$name.times")" -gt 0 ] || fail "$name did not get its turn"
done
[ "$(wc -l <"$work/one.out")" = 4000 ] && [ "$(wc -l <"$work/two.out")" = 4000 ] || fail "a line was lost"
ledger check >/dev/null || fail "the ledger is not whole"
ledger export --kind judged | jq -r .subject | sort >"$work/there"
[ "$(wc -l <"$work/there")" = 6000 ] || fail "judged: $(wc -l <"$work/there")"
[ -z "$(uniq -d "$work/there")" ] || fail "judged twice"
[ "$(ledger export --kind acted | wc -l)" -ge $(($(cat "$work/act.times") + $(cat "$work/act2.times"))) ] || fail "an act was lost"
for made in "$work"/copy-*.db; do
  sed "s|^path = .*|path = \"$made\"|" "$work/intake.toml" >"$work/copy.toml"
  ledger --config "$work/copy.toml" check >/dev/null || fail "a copy is not whole"
done
