#!/usr/bin/env bash
# intake-fetch --watch against a real Dovecot: mail comes out as it comes, through restarts of the server, for many
# accounts at once, until the process is asked to end.
set -euo pipefail
# shellcheck source=tests/servers/fetching.sh
. "$INTAKE_SOURCE/tests/servers/fetching.sh"
dovecot_start

watch() { # watch NAME ARG…: in the background; its pid is $watching
  local name=$1
  shift
  "$fetch" --watch "$@" </dev/null >"$work/$name.out" 2>"$work/$name.err" &
  watching=$!
  children+=("$watching")
}
lines() { [ "$(wc -l <"$work/$1.out")" = "$2" ]; }
subjects() { jq -r '.raw.data | @base64d | capture("Subject: (?<s>[a-z0-9-]+)").s' "$work/$1.out" | tr '\n' ' '; }
told() { grep -qF -- "$2" "$work/$1.err"; }
ends() { # ends NAME SIGNAL STATUS: nothing is half-written
  local got=0
  kill -s "$2" "$watching"
  wait "$watching" || got=$?
  [ "$got" = "$3" ] || fail "$1: status $got, not $3, after SIG$2: $(cat "$work/$1.err")"
  [ ! -s "$work/$1.out" ] || [ "$(tail -c 1 "$work/$1.out" | od -An -tx1)" = " 0a" ] || fail "$1: a torn line"
  jq -e .id "$work/$1.out" >/dev/null || [ ! -s "$work/$1.out" ] || fail "$1: no records: $(cat "$work/$1.out")"
}
connected() { [ "$(grep -c "Login: user=<$1>" "$work/dovecot/log")" -ge "$2" ]; }

# With IDLE: what is there comes out, and what is delivered later, at once though the poll interval is half an hour.
account chuo "imaps://localhost:$imaps/" "${login[@]}" 'poll_seconds = 1680' | configure intake.toml
mail one | dovecot_deliver chuo
before=$(mailbox_state chuo)
watch idle --new
wait_until lines idle 1
[ "$(mailbox_state chuo)" = "$before" ] || fail "the mailbox was changed: $(mailbox_state chuo)"
mail two | dovecot_deliver chuo
wait_until lines idle 2
for i in three four five; do mail "$i" | dovecot_deliver chuo; done
wait_until lines idle 5
[ "$(subjects idle)" = "one two three four five " ] || fail "$(subjects idle)"

# The server stops and comes back: it goes on, and nothing is told twice. Mail that came meanwhile comes out.
dovecot_stop
wait_until told idle "chuo: "
mail six | dovecot_deliver chuo
dovecot_port=$imap dovecot_start
wait_until lines idle 6
wait_until told idle "goes on again"
mail seven | dovecot_deliver chuo
wait_until lines idle 7
[ "$(subjects idle)" = "one two three four five six seven " ] || fail "$(subjects idle)"
ends idle TERM 0
[ "$(events checked '%"result":"ok"%')" -ge 2 ] || fail "no check is noted"
[ "$(sqlite3 "$work/ledger/ledger.db" "select sum(facts ->> 'messages') from events where kind = 'checked'")" = 7 ] ||
  fail "the checks do not add up"
"$ledger" check >/dev/null || fail "the ledger"

# Renewed IDLE: the connection stays the same over many intervals, and still tells of mail.
account chuo "imaps://localhost:$imaps/" "${login[@]}" 'poll_seconds = 1' | configure intake.toml
logins=$(grep -c "Login: user=<chuo>" "$work/dovecot/log")
watch renewed
wait_until lines renewed 7
sleep 4
mail eight | dovecot_deliver chuo
wait_until lines renewed 8
ends renewed INT 0
[ "$(grep -c "Login: user=<chuo>" "$work/dovecot/log")" = $((logins + 1)) ] || fail "the connection was not kept"

# A server that goes silent without ending the connection is noticed, and left for a new connection.
account chuo "imaps://localhost:$imaps/" "${login[@]/timeout_seconds = 20/timeout_seconds = 2}" 'poll_seconds = 1' |
  configure intake.toml
watch silent
wait_until lines silent 8
mapfile -t stalled < <(pgrep -P "$dovecot_pid" -x imap)
[ "${#stalled[@]}" -ge 1 ] || fail "Dovecot has no process for the mailbox"
kill -STOP "${stalled[@]}"
wait_until told silent "does not answer in time"
wait_until told silent "goes on again"
kill -KILL "${stalled[@]}"
mail nine | dovecot_deliver chuo
wait_until lines silent 9
ends silent TERM 0

# Asked to end while its reader is slow: what is begun is written to its end, and what was not begun comes another time.
for i in 1 2 3 4 5 6; do { mail "big-$i"; head -c 700000 /dev/zero | base64; } | dovecot_deliver st10; done
echo pw-st10 | secret_file st10.secret
account st10 "imaps://localhost:$imaps/" 'user = "st10"' 'password = "file:st10.secret"' 'ca_file = "dovecot/ca.pem"' |
  configure intake.toml
mkfifo "$work/slow"
{ sleep 4; cat; } <"$work/slow" >"$work/slow.out" &
reading=$!
"$fetch" --watch >"$work/slow" 2>"$work/slow.err" &
watching=$!
children+=("$watching" "$reading")
wait_until connected st10 1
sleep 1
ends slow TERM 0
wait "$reading"
tail -c 1 "$work/slow.out" | cmp -s - <(echo) || fail "a torn line"
[ "$(jq -r '.raw.data | @base64d | length > 900000' "$work/slow.out" | sort -u)" = true ] || fail "a torn record"
[ "$(wc -l <"$work/slow.out")" -lt 6 ] || fail "it did not end before all was written"

# Without IDLE, by POP3, and in a Maildir, it looks as often as it is told to.
dovecot_stop
echo 'imap_capability = IMAP4rev1 SASL-IR LITERAL+ UIDPLUS' >>"$work/dovecot.extra"
dovecot_start
mkdir -p "$work/local"/{cur,new,tmp}
account imap "imaps://localhost:$imaps/" "${login[@]}" 'poll_seconds = 1' | configure imap.toml
account pop "pop3s://localhost:$pop3s" "${login[@]}" 'poll_seconds = 1' | configure pop.toml
account local "maildir:local" 'poll_seconds = 1' | configure local.toml
deliver_local() { mail "$1" >"$work/local/tmp/1795356000.$1" && mv "$work/local/tmp/1795356000.$1" "$work/local/new/"; }
for i in one two three four five six seven eight nine ten; do deliver_local "$i"; done
there=9
for kind in imap pop local; do
  watch "$kind" --config "$work/$kind.toml"
  wait_until lines "$kind" "$there"
  sleep 1.5
  if [ "$kind" = local ]; then deliver_local eleven; else mail "by-$kind" | dovecot_deliver chuo; fi
  wait_until lines "$kind" $((there + 1))
  sleep 1.5
  lines "$kind" $((there + 1)) || fail "$kind: twice: $(subjects "$kind")"
  ends "$kind" TERM 0
  [ "$kind" != imap ] || there=10
done

# Many accounts: those that fail do not stop the others, and are told of once.
for i in 0 1 2 3 4 5 6 7; do echo "pw-st0$i" | secret_file "st0$i.secret"; done
{
  for i in 0 1 2 3 4 5 6 7; do
    account "st0$i" "imaps://localhost:$imaps/" "user = \"st0$i\"" "password = \"file:st0$i.secret\"" \
      'ca_file = "dovecot/ca.pem"' 'poll_seconds = 1'
  done
  account refused "imaps://localhost:$imaps/" 'user = "st08"' 'password = "file:wrong"' 'ca_file = "dovecot/ca.pem"'
  account nowhere "imaps://localhost:1/" "${login[@]}" 'poll_seconds = 1' 'fault_after = 2'
  account nosecret "imaps://localhost:$imaps/" 'user = "st09"' 'password = "file:absent"'
} | configure many.toml
watch many --new --config "$work/many.toml"
for i in 0 1 2 3 4 5 6 7; do wait_until connected "st0$i" 1; done
for i in 0 1 2 3 4 5 6 7; do mail "to-st0$i" | dovecot_deliver "st0$i"; done
wait_until lines many 8
reported() { [ "$(events checked '%"nowhere"%report_fault%')" -ge 1 ]; }
wait_until reported
# The server takes its time to refuse, so it may be later than all the rest.
refused() { [ "$(events checked '%"refused"%"failed"%')" -ge 1 ]; }
wait_until refused
sleep 6
[ "$(events checked '%"nosecret"%"failed"%')" = 1 ] || fail "an account without its secret is not noted"
[ "$(grep -c 'auth failed.*user=<st08>' "$work/dovecot/log")" = 1 ] || fail "a refused account is asked more than once"
[ "$(events checked '%"refused"%"failed"%')" = 1 ] || fail "a refused account is noted more than once"
for i in refused nowhere nosecret; do
  [ "$(grep -c "intake-fetch: $i: " "$work/many.err")" = 1 ] || fail "$i: $(cat "$work/many.err")"
done
if grep -E 'after [0-9]+ m' "$work/many.err"; then fail "the same problem would be told in other words each time"; fi
ends many TERM 77

# Nobody reads any more: it ends though no mail comes.
account st00 "imaps://localhost:$imaps/" 'user = "st00"' 'password = "file:st00.secret"' 'ca_file = "dovecot/ca.pem"' |
  configure intake.toml
mkfifo "$work/pipe"
"$fetch" --watch >"$work/pipe" 2>"$work/pipe.err" &
watching=$!
children+=("$watching")
head -n 1 "$work/pipe" | jq -e '.source.account == "st00"' >/dev/null || fail "no record in the pipe"
got=0
wait "$watching" || got=$?
[ "$got" = $((128 + 13)) ] || fail "without a reader: status $got: $(cat "$work/pipe.err")"

# What it does not do.
run 64 --watch --uid 1
run 64 --watch -
says "whole mailboxes"
run 66 --watch --config "$work/absent.toml"
