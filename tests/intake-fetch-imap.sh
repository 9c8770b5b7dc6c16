#!/usr/bin/env bash
# intake-fetch over IMAP and POP3 against a real Dovecot, and against a server that misbehaves.
set -euo pipefail
fetch=$INTAKE_BIN/intake-fetch
work=$(mktemp -d)
children=()
trap 'kill "${children[@]}" 2>/dev/null || true; dovecot_stop; rm -rf "$work"' EXIT
# shellcheck source=tests/servers/dovecot.sh
. "$INTAKE_SOURCE/tests/servers/dovecot.sh"
dovecot_pid=
dovecot_available || { echo "skipped: no dovecot (dovecot-imapd, dovecot-pop3d)"; exit 77; }
fail() { echo "FAIL: $*" >&2; exit 1; }
run() { # run STATUS ARG…
  local want=$1 got=0
  shift
  "$fetch" "$@" </dev/null >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want, of $*: $(cat "$work/err")"
}
says() { grep -qF -- "$1" "$work/err" || fail "not said: $1, but: $(cat "$work/err")"; }
ids() { jq -r .id "$work/out"; }
uids() { jq -r .source.uid "$work/out" | tr '\n' ' '; }
mail() { printf 'Message-ID: <%s@example.jp>\nSubject: %s\nFrom: a@example.jp\n\n.body of %s\n.\n' "$1" "$1" "$1"; }
account() { # account NAME URL [KEY=VALUE…]: further lines of the configuration on stdin are not read
  local name=$1 url=$2
  shift 2
  printf '[[accounts]]\nname = "%s"\nurl = "%s"\n' "$name" "$url"
  printf '%s\n' "$@"
}
login=('user = "chuo"' 'password = "file:secret"' 'ca_file = "dovecot/ca.pem"' 'timeout_seconds = 20')
configure() { # configure FILE <accounts
  {
    printf 'profile = "kumamoto-2021"\nstation = "chuo"\n[ledger]\npath = "ledger/ledger.db"\n'
    printf '[[stations]]\nid = "chuo"\nname = "熊本中央警察署"\n'
    cat
  } >"$work/$1"
}

dovecot_start
mkdir "$work/ledger"
(umask 077; echo pw-chuo >"$work/secret"; echo wrong >"$work/wrong")
export INTAKE_CONFIG=$work/intake.toml
account chuo "imaps://localhost:$imaps/" "${login[@]}" | configure intake.toml

# No message, then two, then by STARTTLS, POP3 and POP3 by STARTTLS: the same messages.
run 0
[ ! -s "$work/out" ] && [ ! -s "$work/err" ] || fail "an empty mailbox: $(cat "$work/err")"
mail one | dovecot_deliver chuo
mail two | sed 's/$/\r/' | dovecot_deliver chuo
run 0
[ "$(uids)" = "1 2 " ] || fail "$(uids)"
jq -se '.[0] | .source.kind == "imap" and .source.account == "chuo" and .source.mailbox == "INBOX" and
  (.source.uidvalidity | test("^[0-9]+$")) and .arrived_at == "2026-11-22T23:00:01+09:00" and .handling_day == "2026-11-24" and
  (.raw.data | @base64d | contains("\r\n.body of one\r\n.\r\n"))' "$work/out" >/dev/null || fail "$(cat "$work/out")"
wanted=$(ids)
mail one >"$work/one.eml"
run 0 "$work/one.eml"
[ "$(ids)" = "$(head -1 <<<"$wanted")" ] || fail "IMAP and file differ"
for url in "imap://localhost:$imap/INBOX" "pop3s://localhost:$pop3s" "pop3://127.0.0.1:$pop3/"; do
  account chuo "$url" "${login[@]}" | configure other.toml
  run 0 --config "$work/other.toml"
  [ "$(ids)" = "$wanted" ] || fail "$url: $(cat "$work/out")"
done
account chuo "pop3s://localhost:$pop3s" "${login[@]}" | configure pop3.toml

# No flag is set, nothing moves but from new to cur, as the server does with it; no byte changes.
[ -z "$(find "$work/dovecot/home/chuo" -name '*:2,*[A-Z]*')" ] || fail "a flag was set: $(find "$work/dovecot/home/chuo")"
[ "$(find "$work"/dovecot/home/chuo/{new,cur} -type f | wc -l)" = 2 ] || fail "a message was deleted"

# Mechanisms, and names of mailboxes outside of ASCII.
for auth in plain login; do
  account chuo "imaps://localhost:$imaps/" "${login[@]}" "auth = \"$auth\"" | configure other.toml
  run 0 --config "$work/other.toml"
  [ "$(ids)" = "$wanted" ] || fail "mechanism $auth"
done
mail three | dovecot_deliver chuo '&U9dP4Q-.a&-b'
account box "imaps://localhost:$imaps/受信/a%26b" "${login[@]}" | configure other.toml
run 66 --config "$work/other.toml" # Dovecot's separator is a dot here
says "no such mailbox"
account box "imaps://localhost:$imaps/受信.a%26b" "${login[@]}" | configure other.toml
run 0 --config "$work/other.toml"
[ "$(jq -r .source.mailbox "$work/out")" = "受信.a&b" ] || fail "a Japanese mailbox: $(cat "$work/out")"

# Picking.
run 0 --message-id '<two@example.jp>'
[ "$(uids)" = "2 " ] || fail "by Message-ID: $(uids)"
run 0 --message-id "$(head -1 <<<"$wanted")"
[ "$(uids)" = "1 " ] || fail "by id: $(uids)"
run 0 --uid 2 --uid nonsense
[ "$(uids)" = "2 " ] || fail "by UID: $(uids)"
run 0 --since 2026-11-22
[ "$(uids)" = "1 2 " ] || fail "since that day: $(uids)"
run 0 --since 2026-11-23
[ ! -s "$work/out" ] || fail "since the day after"
run 66 --message-id 'x" ALL' # quoted, not interpreted
run 66 --uid 99

# --new: finished UIDs are not fetched; after a new UIDVALIDITY, or through POP3, they are known by their bytes.
finish() {
  jq -c 'del(.raw.data) | .kind="application" | .disposition="return" | .stages.verify={"tool":"test","at":"2026-11-24T00:00:00Z"}' \
    "$work/out" | "$INTAKE_BIN/intake-ledger" record >/dev/null
}
if [ -x "$INTAKE_BIN/intake-ledger" ]; then
  run 0 --message-id one@example.jp
  finish
  run 0 --new
  [ "$(uids)" = "2 " ] || fail "--new: $(uids)"
  dovecot_stop
  rm -f "$work"/dovecot/home/chuo/dovecot*
  sleep 1.1 # the new UIDVALIDITY is a time in seconds
  dovecot_start
  account chuo "imaps://localhost:$imaps/" "${login[@]}" | configure intake.toml
  account chuo "pop3s://localhost:$pop3s" "${login[@]}" | configure pop3.toml
  run 0 --new
  [ "$(ids | wc -l)" = 1 ] || fail "after a new UIDVALIDITY: $(cat "$work/out")"
  run 0 --new --config "$work/pop3.toml"
  [ "$(ids | wc -l)" = 1 ] || fail "through POP3: $(cat "$work/out")"
fi

# What goes wrong with a real server: each is told with its status, no record is written.
broken() { # broken STATUS TEXT ACCOUNT-LINE…
  local status=$1 text=$2
  shift 2
  "$@" | configure other.toml
  run "$status" --config "$work/other.toml"
  says "$text"
  [ ! -s "$work/out" ] || fail "records of a broken account"
  ! grep -rqF pw-chuo "$work/out" "$work/err" || fail "the password is shown"
}
mkdir -p "$work/otherca" && dovecot_certificates "$work/otherca"
broken 69 certificate account chuo "imaps://localhost:$imaps/" 'user = "chuo"' 'password = "file:secret"' 'ca_file = "otherca/ca.pem"'
broken 69 certificate account chuo "imaps://localhost:$imaps/" 'user = "chuo"' 'password = "file:secret"' # the system's CAs
broken 77 "" account chuo "imaps://localhost:$imaps/" 'user = "chuo"' 'password = "file:wrong"' 'ca_file = "dovecot/ca.pem"'
broken 77 "" account chuo "pop3s://localhost:$pop3s/" 'user = "chuo"' 'password = "file:wrong"' 'ca_file = "dovecot/ca.pem"'
broken 66 "no such mailbox" account chuo "imaps://localhost:$imaps/absent" "${login[@]}"
broken 69 "" account chuo "imaps://localhost:1/" "${login[@]}"
broken 66 "chuo: password: " account chuo "imaps://localhost:$imaps/" 'user = "chuo"' 'password = "file:absent"'
chmod 644 "$work/wrong"
broken 77 "chmod 600" account chuo "imaps://localhost:$imaps/" 'user = "chuo"' 'password = "file:wrong"'

# Many accounts at once, one of them broken: the others are polled, and each check is noted with its result.
for i in $(seq -w 0 22); do (umask 077; echo "pw-st$i" >"$work/st$i.secret"); mail "st$i" | dovecot_deliver "st$i"; done
{
  for i in $(seq -w 0 22); do
    account "st$i" "imaps://localhost:$imaps/" "user = \"st$i\"" "password = \"file:st$i.secret\"" 'ca_file = "dovecot/ca.pem"'
  done
  account broken "imaps://localhost:$imaps/" 'user = "st23"' 'password = "file:secret"' 'ca_file = "dovecot/ca.pem"' 'fault_after = 1'
} | configure many.toml
run 77 --config "$work/many.toml" --new
[ "$(ids | wc -l)" = 23 ] || fail "$(ids | wc -l) of 23 accounts: $(cat "$work/err")"
says "broken: "
[ "$(sqlite3 "$work/ledger/ledger.db" "select count(*) from events where facts like '%_account_:_broken_%report_fault%'")" = 1 ] ||
  fail "no fault is proposed"

# A large message arrives whole.
{ mail large; head -c 20000000 /dev/urandom | base64 -w 76; } >"$work/large"
dovecot_deliver st50 <"$work/large"
(umask 077; echo pw-st50 >"$work/st50.secret")
account st50 "imaps://localhost:$imaps/" 'user = "st50"' 'password = "file:st50.secret"' 'ca_file = "dovecot/ca.pem"' | configure other.toml
run 0 --config "$work/other.toml"
jq -r .raw.data "$work/out" | base64 -d | tr -d '\r' | cmp - "$work/large" || fail "the large message"

# A server that misbehaves: what came whole before goes on, the rest is told; nothing hangs.
scripted() { # scripted FAULT STATUS TEXT MESSAGES
  local fault=$1 status=$2 text=$3 messages=$4 pid
  rm -f "$work/port"
  python3 "$INTAKE_SOURCE/tests/servers/scripted_imap.py" "$work/dovecot/server.pem" "$work/dovecot/server.key" "$fault" \
    "$work/port" 2>"$work/server.err" &
  pid=$!
  children+=("$pid")
  while [ ! -e "$work/port" ]; do kill -0 "$pid" || fail "$(cat "$work/server.err")"; sleep 0.05; done
  account chuo "imaps://localhost:$(<"$work/port")/" 'user = "chuo"' 'password = "file:secret"' 'ca_file = "dovecot/ca.pem"' \
    'timeout_seconds = 3' | configure other.toml
  run "$status" --config "$work/other.toml"
  [ -z "$text" ] || says "$text"
  [ "$(ids | wc -l)" = "$messages" ] || fail "$fault: $(ids | wc -l) messages, not $messages: $(cat "$work/err")"
  kill "$pid"
  wait "$pid" 2>/dev/null || true
  [ ! -s "$work/server.err" ] || fail "$fault: $(cat "$work/server.err")"
}
scripted none 0 "" 2
scripted quoted 0 "" 2
[ "$(jq -rs '.[1].raw.data | @base64d' "$work/out")" = 'Subject: "q"' ] || fail "a quoted body"
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
