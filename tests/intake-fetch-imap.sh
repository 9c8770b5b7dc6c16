#!/usr/bin/env bash
# intake-fetch over IMAP and POP3 against a real Dovecot.
set -euo pipefail
# shellcheck source=tests/servers/fetching.sh
. "$INTAKE_SOURCE/tests/servers/fetching.sh"
dovecot_start
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
[ "$(events judged %) $(events seen %)" = "1 1" ] || fail "a message with a new UID counts anew"
run 0 --new --config "$work/pop3.toml"
[ "$(ids | wc -l)" = 1 ] || fail "through POP3: $(cat "$work/out")"
[ "$(events judged %) $(events seen %)" = "1 2" ] || fail "a message that came by IMAP counts anew through POP3"
run 0 --new
[ "$(ids | wc -l)" = 1 ] && [ "$(events seen %)" = 2 ] || fail "a place is noted twice"

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
