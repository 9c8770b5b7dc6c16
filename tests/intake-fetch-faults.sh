#!/usr/bin/env bash
# Faults that intake-fetch survives: of Dovecot, of a server that misbehaves as Dovecot will not, and of the ledger. Each
# has its status and says what to do; the check is noted with its result; the next run has what is missing, once; and
# the mailbox stays as it is.
set -euo pipefail
# shellcheck source=tests/servers/fetching.sh
. "$INTAKE_SOURCE/tests/servers/fetching.sh"
dovecot_start
mail one | dovecot_deliver chuo
mail two | dovecot_deliver chuo
before=$(mailbox_state chuo)
whole=(account chuo "imaps://localhost:$imaps/" "${login[@]}")
"${whole[@]}" | configure intake.toml

after_it() { # after_it NAME: from the state that the fault left
  "${whole[@]}" | configure intake.toml
  run 0 --new
  [ "$(ids | sort | uniq -c | grep -c ' 1 ')" = 2 ] || fail "after $1: $(cat "$work/out")"
  [ "$(mailbox_state chuo)" = "$before" ] || fail "$1 changed the mailbox: $(mailbox_state chuo)"
  [ "$(events checked '%"result":"ok"%')" = 1 ] || fail "after $1 no check is noted"
}
# broken STATUS TEXT ACCOUNT-LINE…: no record is written, and no secret shown
broken() {
  local status=$1 text=$2
  shift 2
  rm -rf "$work/ledger/"*
  "$@" | configure intake.toml
  run "$status" --new
  says "$text"
  [ ! -s "$work/out" ] || fail "records of a broken account"
  ! grep -rqF pw-chuo "$work/out" "$work/err" || fail "the password is shown"
  [ "$(events checked '%"result":"failed"%')" = 1 ] || fail "no failed check is noted: $text"
  after_it "$text"
}
url=imaps://localhost:$imaps/
mkdir "$work/otherca" && dovecot_certificates "$work/otherca"
broken 69 "ca_file" account chuo "$url" 'user = "chuo"' 'password = "file:secret"' 'ca_file = "otherca/ca.pem"'
broken 69 "ca_file" account chuo "$url" 'user = "chuo"' 'password = "file:secret"' # the system's authorities
broken 77 "check user, password" account chuo "$url" 'user = "chuo"' 'password = "file:wrong"' 'ca_file = "dovecot/ca.pem"'
broken 77 "check user, password" account chuo "pop3s://localhost:$pop3s/" 'user = "chuo"' 'password = "file:wrong"' 'ca_file = "dovecot/ca.pem"'
broken 66 "no such mailbox" account chuo "${url}absent" "${login[@]}"
broken 69 "check url" account chuo "imaps://localhost:1/" "${login[@]}"
broken 69 "check url" account chuo "imaps://absent.invalid/" "${login[@]}"
broken 66 "chuo: password: " account chuo "$url" 'user = "chuo"' 'password = "file:absent"'
chmod 644 "$work/wrong"
broken 77 "chmod 600" account chuo "$url" 'user = "chuo"' 'password = "file:wrong"'

# A certificate that has run out, and one of another host.
certificate() { # certificate HOST OPTION…: for Dovecot, from its own authority
  local host=$1
  shift
  (
    cd "$work/dovecot"
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial "$@" -out server.pem \
      -extfile <(echo "subjectAltName=DNS:$host") 2>/dev/null
  )
  dovecot_stop
  dovecot_port=$imap dovecot_start
}
for kind in expired name; do
  case $kind in
    expired) certificate localhost -days -1 ;;
    name) certificate mail.example.jp -days 30 ;;
  esac
  rm -rf "$work/ledger/"*
  for url in "imaps://localhost:$imaps/" "imap://localhost:$imap/" "pop3s://localhost:$pop3s/"; do
    account chuo "$url" "${login[@]}" | configure intake.toml
    run 69 --new
    [ ! -s "$work/out" ] || fail "records over a connection with a wrong certificate"
    case $kind in expired) says "certificate has expired" ;; name) says "subject name matches" ;; esac
    says "nothing was sent"
  done
  [ "$(events checked '%"result":"failed"%')" = 3 ] || fail "no failed check is noted: $kind"
done
certificate localhost -days 30
after_it "a wrong certificate"

# A fault is reported when as many checks in a row failed as the account says, and a good one begins the count anew.
rm -rf "$work/ledger/"*
whole+=('fault_after = 3')
"${whole[@]}" | configure intake.toml
reports() { events checked '%report_fault%'; }
dovecot_stop
run 69 && run 69
[ "$(reports)" = 0 ] || fail "a fault is reported too early"
dovecot_port=$imap dovecot_start
run 0
dovecot_stop
run 69 && run 69
[ "$(reports)" = 0 ] || fail "a good check does not end the count"
run 69
[ "$(reports)" = 1 ] || fail "no fault is reported"
dovecot_port=$imap dovecot_start
rm -rf "$work/ledger/"*
after_it "a server that was down"

# A server that misbehaves: what came whole before goes on, the rest is told; nothing hangs. Messages that came are not
# asked for again, and those that did not are had by the next run.
serve() { # serve FAULT: sets $port, and $served to its pid
  rm -f "$work/port"
  python3 "$INTAKE_SOURCE/tests/servers/scripted_imap.py" "$work/dovecot/server.pem" "$work/dovecot/server.key" "$1" \
    "$work/port" 2>"$work/server.err" &
  served=$!
  children+=("$served")
  while [ ! -e "$work/port" ]; do kill -0 "$served" || fail "$(cat "$work/server.err")"; sleep 0.05; done
  account chuo "imaps://localhost:$(<"$work/port")/" 'user = "chuo"' 'password = "file:secret"' 'ca_file = "dovecot/ca.pem"' \
    'timeout_seconds = 3' ${mechanism:+"auth = \"$mechanism\""} | configure intake.toml
}
unserve() {
  kill "$served"
  wait "$served" 2>/dev/null || true
  [ ! -s "$work/server.err" ] || fail "$1: $(cat "$work/server.err")"
}
scripted() { # scripted FAULT STATUS TEXT MESSAGES
  local fault=$1 status=$2 text=$3 messages=$4 result
  rm -rf "$work/ledger/"*
  serve "$fault"
  run "$status" --new
  unserve "$fault"
  [ -z "$text" ] || says "$text"
  [ "$(ids | wc -l)" = "$messages" ] || fail "$fault: $(ids | wc -l) messages, not $messages: $(cat "$work/err")"
  result=$([ "$status" = 0 ] && echo ok || echo failed)
  [ "$(events checked "%\"result\":\"$result\",\"messages\":$messages%")" = 1 ] || fail "$fault: the check is not noted"
  ids >"$work/seen"
  finish
  mechanism='' serve none
  run 0 --new
  unserve none
  ids >>"$work/seen"
  [ "$(sort -u "$work/seen" | wc -l) $(wc -l <"$work/seen")" = "2 2" ] || fail "after $fault: $(cat "$work/seen")"
}
scripted none 0 "" 2
scripted expunged 0 "" 1
scripted withheld 76 "does not give message UID 2" 1
scripted gone 69 "" 1
scripted bye 69 "too tired" 1
scripted longer 76 "does not end where it should" 1
scripted endless 76 "without end" 1
scripted slow 69 "in time" 1
scripted deaf 69 "in time" 0
scripted stranger 76 "not asked for" 1
scripted enormous 76 "99999999999" 1
scripted novalidity 76 "UIDVALIDITY" 0
scripted nonsense 76 "no list of UIDs" 0
mechanism=scram-sha-256
scripted unproved 76 "does not prove" 0
scripted forged 76 "scram-sha-256" 0
scripted replayed 76 "scram-sha-256" 0
scripted weak 76 "iterations" 0
scripted costly 76 "iterations" 0
mechanism=''
serve quoted
run 0
unserve quoted
[ "$(jq -rs '.[1].raw.data | @base64d' "$work/out")" = 'Subject: "q"' ] || fail "a quoted body"

# The ledger is held by another for longer than anybody waits; and its disk is full. What was written before is had again.
rm -rf "$work/ledger/"*
"${whole[@]}" | configure intake.toml
run 0 --new
exec {locker}> >(sqlite3 "$work/ledger/ledger.db" >"$work/locker" 2>&1)
echo 'begin immediate;' >&"$locker"
is_locked() { ! sqlite3 "$work/ledger/ledger.db" 'begin immediate' 'rollback' 2>"$work/err"; }
wait_until is_locked
run 75 --new
says "ledger"
exec {locker}>&-
run 0 --new
[ "$(uids)" = "1 2 " ] || fail "after a locked ledger: $(uids)"
small=(unshare --mount)
if [ "$(id -u)" != 0 ]; then small+=(--map-root-user); fi
fill='mount -t tmpfs -o size=1m intake-test "$1/ledger" && cp "$1/full.db" "$1/ledger/ledger.db" && { cat /dev/zero >"$1/ledger/rest" || true; } 2>/dev/null'
cp "$work/ledger/ledger.db" "$work/full.db"
chmod 600 "$work/full.db"
if "${small[@]}" bash -c "$fill" - "$work" 2>"$work/err"; then
  got=0
  "${small[@]}" bash -c "$fill; exec \"\$2\" --new" - "$work" "$fetch" >"$work/out" 2>"$work/err" || got=$?
  case $got in 73 | 74) ;; *) fail "a full disk: status $got: $(cat "$work/err")" ;; esac
  says "No space left"
else
  echo "NOT TESTED: a ledger on a full disk, because nothing may be mounted here: $(cat "$work/err")" >&2
fi
"$ledger" check >/dev/null || fail "the ledger"
run 0 --new
[ "$(uids)" = "1 2 " ] || fail "after a full disk: $(uids)"
[ "$(mailbox_state chuo)" = "$before" ] || fail "the mailbox was changed"
