#!/usr/bin/env bash
# intake-ledger as it is run: records in and out, killed and run again, locked, on a full disk, with the wrong key.
set -euo pipefail
work=$(mktemp -d)
mounted=
trap '[ -z "$mounted" ] || umount "$work/small"; rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }

umask 077
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
desk() { # desk NAME [PATH]: a configuration with a ledger of its own
  printf '%064d' 7 >"$work/ledger.key"
  ledger_desk "$1" "${2:-$1.db}"
}
ledger() { "$INTAKE_BIN/intake-ledger" "$@"; }
run() { # run STATUS ARG…: stdin is $work/in, stdout $work/out, stderr $work/err
  local want=$1 got=0
  shift
  ledger "$@" <"$work/in" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "$*: status $got, not $want: $(cat "$work/err")"
}
says() { grep -q -- "$1" "$work/err" || fail "not said: $1; but: $(cat "$work/err")"; }
id() { printf 'm-%032d' "$1"; }
received() { # received N
  printf '{"intake":1,"id":"%s","source":{"kind":"imap","account":"chuo","mailbox":"INBOX","uidvalidity":1,"uid":%d},' "$(id "$1")" "$1"
  printf '"handling_day":"2026-11-24","arrived_at":"2026-11-22T23:40:01+09:00","raw":{"size":3,"data":"UkFX"},"later":{"x" : 1}}\n'
}
judged() { # judged N DISPOSITION [CODE]
  printf '{"intake":1,"id":"%s","source":{"kind":"imap","account":"chuo","mailbox":"INBOX","uidvalidity":1,"uid":%d},' "$(id "$1")" "$1"
  printf '"handling_day":"2026-11-24","kind":"application","application":{"receipt_no":"R-%d","applicant":"架空 太郎"},' "$1"
  printf '"findings":[{"code":"%s"}],"actions":[{"do":"phone_confirm"}],"disposition":"%s",' "${3:-body.url}" "$2"
  printf '"files":[{"id":"f0","data":"RklMRQ=="}],"stages":{"verify":{"at":"now"}}}\n'
}

# Records pass unchanged but for their stage, and are in the ledger; a second time adds nothing.
desk main
{ received 1; received 2; echo 'no record'; judged 1 accept; judged 2 confirm; } >"$work/in"
run 65 record
[ "$(wc -l <"$work/out")" = 5 ] || fail "lines in are not lines out"
head -1 "$work/out" | jq -e '.stages.ledger.tool and .raw.data == "UkFX"' >/dev/null || fail "a member was lost"
grep -q '"later":{"x" : 1}' "$work/out" || fail "an unknown member lost its bytes"
sed -n 3p "$work/out" | jq -e '.findings[0].code == "input.unusable" and .findings[0].clause' >/dev/null || fail "the unusable line"
[ "$(stat -c %a "$work/main.db")" = 600 ] || fail "mode"
ledger export >"$work/events"
[ "$(jq -r .kind "$work/events" | tr '\n' ' ')" = "received received judged judged " ] || fail "events: $(cat "$work/events")"
run 65 record
ledger export | cmp - "$work/events" || fail "the second run added something"
! grep -q 'UkFX\|RklMRQ' "$work/events" || fail "received bytes in the ledger"
! grep -aq '架空\|R-1' "$work"/main.db* || fail "personal data in the clear"
{ judged 2 confirm; judged 2 return; } >"$work/in"
run 1 record --fail-on return
: >"$work/in"
run 0 record
[ ! -s "$work/out" ] || fail "output without input"

# Asking.
run 0 query --day 2026-11-24
[ "$(jq -r .id "$work/out" | tr '\n' ' ')" = "$(id 1) $(id 2) " ] || fail "query --day"
jq -se '.[0].application.applicant == "架空 太郎" and .[0].ledger.state == "judged" and (.[0].ledger.finished|not)
  and .[1].ledger.finished and .[1].disposition == "return" and .[0].ledger.open[0].do == "phone_confirm"
  and (.[0].files[0] | has("data") | not)' "$work/out" >/dev/null || fail "query: $(cat "$work/out")"
run 0 query --day 2026-11-25
[ ! -s "$work/out" ] || fail "query of another day"
run 0 query --receipt Ｒ－１
[ "$(jq -r .id "$work/out")" = "$(id 1)" ] || fail "query --receipt"
run 0 query --state unfinished --redact
[ "$(jq -r .id "$work/out")" = "$(id 1)" ] || fail "query --redact"
if grep -q 架空 "$work/out"; then fail "personal data in spite of --redact"; fi
run 0 pending
[ "$(wc -l <"$work/out")" = 2 ] || fail "pending"
run 0 overdue --at 2026-11-24
[ ! -s "$work/out" ] || fail "overdue too early"
run 0 overdue --at 2026-11-25
[ "$(wc -l <"$work/out")" = 2 ] || fail "overdue"
run 64 query --day 2026-13-01
run 64 query --no-such-option
run 64
run 66 query --id nothing-like-it
says 'not in the ledger'

# Acting.
run 0 act R-1 telephoned --note '本人に確認' --actor 見本
run 0 act "$(id 2)" cleared
run 64 act R-1 danced
run 64 act R-1 sent
run 66 act R-99 telephoned
ledger export --kind acted >"$work/out"
jq -se 'length == 2 and .[0].actor == "見本" and .[0].payload.note == "本人に確認" and (.[1].actor | length) > 0' \
  "$work/out" >/dev/null || fail "acts: $(cat "$work/out")"
run 0 query --state cleared
[ "$(jq -r .id "$work/out")" = "$(id 2)" ] || fail "cleared"

# Check, backup, erase.
run 0 check
head=$(cat "$work/out")
run 0 backup "$work/copy.db" --actor 見本
run 0 check --head "$head" --head "$(cat "$work/out")"
run 73 backup "$work/copy.db"
run 64 check --head nonsense
run 78 check --head "1:$(printf '%064d' 0)"
run 0 erase R-1 --note 保存期間満了
run 66 query --id R-1
run 0 check --head "$head"
run 0 query --id "$(id 1)"
jq -e '.ledger.erased and (has("application") | not)' "$work/out" >/dev/null || fail "erased"
run 64 erase "$(id 1)"

# Tampering.
cp "$work/main.db" "$work/tampered.db"
desk tampered
sqlite3 "$work/tampered.db" "DROP TRIGGER events_keep; UPDATE events SET actor = 'other' WHERE sequence = 3;
  CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;"
run 78 check
says 'event 3:'
run 78 check --redact

# Wrong key, no key, foreign file, file that others read, file that only reads.
desk main
printf '%064d' 8 >"$work/ledger.key"
run 77 query
says 'wrong key'
received 3 >"$work/in"
run 77 record
[ ! -s "$work/out" ] || fail "a record passed that was not recorded"
printf '%064d' 7 >"$work/ledger.key"
sed -i '/^key/d' "$INTAKE_CONFIG"
run 78 query
says 'sealed'
desk foreign
echo 'my notes' >"$work/foreign.db"
run 78 record
says 'not a ledger'
[ "$(cat "$work/foreign.db")" = 'my notes' ] || fail "a foreign file was changed"
desk main
chmod 644 "$work/main.db"
run 77 record
chmod 600 "$work/main.db"
desk absent
run 66 query
run 66 act "$(id 1)" telephoned
[ ! -e "$work/absent.db" ] || fail "a question made a ledger"
desk nowhere none/ledger.db
run 73 record

# Locked by another for as long as one waits: try again later.
desk main
exec {locker}> >(sqlite3 "$work/main.db" >"$work/locker" 2>&1)
echo 'BEGIN IMMEDIATE;' >&"$locker"
until ! sqlite3 "$work/main.db" 'BEGIN IMMEDIATE' 'ROLLBACK' 2>"$work/err"; do sleep 0.1; done
received 4 >"$work/in"
run 75 record
says 'locked by another'
[ ! -s "$work/out" ] || fail "a record passed that was not recorded"
run 0 query  # reading goes on meanwhile
exec {locker}>&-
run 0 record

# No room: no record passes that is not recorded, and the ledger is whole. Where nothing can be mounted, the unit test
# of the ledger is what tries it.
for n in $(seq 1000 2500); do received "$n"; done >"$work/many"
full() { # full: `record` on what is too small; how many lines passed is in $passed
  local got=0
  passed=$(ledger record <"$work/many" 2>"$work/err" | wc -l; exit "${PIPESTATUS[0]}") || got=$?
  [ "$got" = 74 ] || [ "$got" = 73 ] || fail "no room: status $got: $(cat "$work/err")"
  [ "$passed" -lt 1501 ] || fail "all passed although there was no room"
}
no_less() { # what passed is in the ledger, which is whole
  : >"$work/in"
  run 0 check
  [ "$passed" -le "$(ledger export | wc -l)" ] || fail "passed, but not recorded"
}
if mkdir "$work/small" && mount -t tmpfs -o size=400k tmpfs "$work/small" 2>/dev/null; then
  mounted=1
  desk small small/ledger.db
  full
  no_less
  # A ledger on a medium that cannot be written is read all the same.
  mount -o remount,ro "$work/small"
  run 0 query
  umount "$work/small"
  mounted=
fi
desk stdout
received 1 >"$work/in"
got=0
ledger record <"$work/in" >/dev/full 2>"$work/err" || got=$?
[ "$got" = 74 ] || fail "a full output: status $got"

# Killed at any moment and run again: everything is there once, and what passed was recorded.
desk killed
for n in $(seq 1 3000); do received "$n"; done >"$work/in"
for delay in 0.02 0.04 0.06 0.08 0.1 0.13 0.16 0.2; do
  "$INTAKE_BIN/intake-ledger" record <"$work/in" >"$work/passed" &  # the victim itself, not a shell around it
  victim=$!
  sleep "$delay"
  kill -9 $victim 2>/dev/null || true
  wait $victim 2>/dev/null || true
  [ -e "$work/killed.db" ] || continue
  ledger export >"$work/events" || continue  # killed before the ledger was made
  jq -r .subject "$work/events" | sort >"$work/there"
  [ -z "$(uniq -d "$work/there")" ] || fail "recorded twice"
  head -n "$(grep -c '' "$work/passed" || true)" "$work/passed" | grep '}$' | jq -r .id | sort >"$work/ids" || true
  [ -z "$(comm -23 "$work/ids" "$work/there")" ] || fail "passed, but not recorded"
done
run 0 record
ledger export | jq -r .subject | sort >"$work/there"
[ "$(wc -l <"$work/there")" = 3000 ] || fail "after the kills: $(wc -l <"$work/there")"
[ -z "$(uniq -d "$work/there")" ] || fail "twice after the kills"
run 0 check

# Several at once on a ledger that none has made yet.
desk crowd
for part in 1 2 3 4; do
  for n in $(seq $((part * 100)) $((part * 100 + 119))); do received "$n"; done | ledger record >/dev/null &
done
wait
[ "$(ledger export | wc -l)" = 420 ] || fail "several at once: $(ledger export | wc -l)"
: >"$work/in"
run 0 check

# A new key.
cp "$work/ledger.key" "$work/old.key"
printf '%064d' 9 >"$work/ledger.key"
run 77 check
run 0 rekey --old "file:$work/old.key" --actor 見本
run 0 check
