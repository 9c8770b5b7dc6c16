#!/usr/bin/env bash
# intake-fetch over Maildir, mbox, files and stdin: selection, the ledger, mailboxes that are missing, full disks.
set -euo pipefail
fetch=$INTAKE_BIN/intake-fetch
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
run() { # run STATUS ARG…: stdin is $work/in
  local want=$1 got=0
  shift
  "$fetch" "$@" <"$work/in" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want, of $*: $(cat "$work/err")"
}
ids() { jq -r .id "$work/out"; }
uids() { jq -r '.source.uid' "$work/out" | tr '\n' ' '; }
says() { grep -qF -- "$1" "$work/err" || fail "not said: $1, but: $(cat "$work/err")"; }
quiet() { [ ! -s "$work/err" ] || fail "said: $(cat "$work/err")"; }
mail() { printf 'Message-ID: <%s@example.jp>\nSubject: %s\nFrom: a@example.jp\n\nbody of %s\n' "$1" "$1" "$1"; }

mkdir -p "$work"/box/{cur,new,tmp} "$work"/other/{cur,new,tmp} "$work/ledger"
: >"$work/in"
mail one >"$work/box/cur/1795356000.M1P1.host,S=1:2,S"   # 2026-11-22 23:00 in Japan: a Sunday before a holiday
mail two >"$work/box/new/1795471200.M2P2.host"           # 2026-11-24 07:00
mail three >"$work/other/new/1795481200.M3P3.host"
cat >"$work/intake.toml" <<'END'
profile = "kumamoto-2021"
station = "chuo"
[[stations]]
id = "chuo"
name = "熊本中央警察署"
[[accounts]]
name = "chuo"
url = "maildir:box"
fault_after = 2
[[accounts]]
name = "other"
url = "maildir:other"
[ledger]
path = "ledger/ledger.db"
END
export INTAKE_CONFIG=$work/intake.toml
state() { (cd "$work" && find box other -type f -printf '%p %s %m %T@ %A@\n' | sort); }
before=$(state)

# All of all accounts, in order; the record says where, when and what.
run 0
quiet
[ "$(state)" = "$before" ] || fail "the mailbox changed, if only in its times of access"
[ "$(uids)" = "1795356000.M1P1.host,S=1 1795471200.M2P2.host 1795481200.M3P3.host " ] || fail "$(uids)"
jq -se --arg box "$work/box" '.[0] | .intake == 1 and (.id | test("^m-[0-9a-f]{32}$")) and .source.kind == "maildir" and
  .source.account == "chuo" and .source.mailbox == $box and .arrived_at == "2026-11-22T23:00:00+09:00" and
  .handling_day == "2026-11-24" and (.stages.fetch.tool | startswith("intake-fetch ")) and .raw.size == 74 and
  (.raw.data | @base64d | startswith("Message-ID: <one@"))' "$work/out" >/dev/null || fail "record: $(head -1 "$work/out")"
[ "$(jq -rs '.[0].raw.sha256' "$work/out")" = "$(sha256sum <"$work/box/cur/1795356000.M1P1.host,S=1:2,S" | cut -d' ' -f1)" ]
one=$(ids | head -1)
three=$(ids | tail -1)

# The ledger holds a check of each account.
checks() { sqlite3 "$work/ledger/ledger.db" "select count(*) from events where kind='checked'"; }
[ "$(checks)" = 2 ] || fail "$(checks) checks"
[ "$(stat -c %a "$work/ledger/ledger.db")" = 600 ] || fail "mode of the ledger"

# Picking: by Message-ID with and without brackets, by id, by uid, by day, by account. No pick is a check.
run 0 --message-id '<two@example.jp>' --message-id three@example.jp
[ "$(uids)" = "1795471200.M2P2.host 1795481200.M3P3.host " ] || fail "$(uids)"
run 0 --message-id "$one"
[ "$(ids)" = "$one" ] || fail "$(ids)"
run 0 --uid 1795471200.M2P2.host
[ "$(uids)" = "1795471200.M2P2.host " ] || fail "$(uids)"
run 0 --since 2026-11-24
[ "$(uids)" = "1795471200.M2P2.host 1795481200.M3P3.host " ] || fail "$(uids)"
[ "$(checks)" = 2 ] || fail "a pick was noted as a check"
run 0 --account other
[ "$(ids)" = "$three" ] || fail "$(ids)"
[ "$(checks)" = 3 ] || fail "the check of one account"
run 66 --message-id nobody@example.jp
says "no message"
run 64 --account nobody
says '"nobody"'
run 64 --since yesterday
run 64 --new --all
run 64 '' # as "$nosuch" gives it
run 64 --account chuo "$work/box"
run 64 --nonsense

# --new: what the ledger holds as received is fetched again, what is finished is not, wherever it lies.
run 0 --new
[ "$(ids | wc -l)" = 3 ] || fail "nothing is finished yet"
finish() { # finish ID: as the judge and the ledger do
  jq -c --arg id "$1" 'select(.id==$id) | del(.raw.data) | .kind="application" | .disposition="return" |
    .stages.verify={"tool":"test","at":"2026-11-24T00:00:00Z"}' "$work/out" | "$INTAKE_BIN/intake-ledger" record >/dev/null
}
if [ -x "$INTAKE_BIN/intake-ledger" ]; then
  finish "$one"
  run 0 --new
  [ "$(ids | wc -l)" = 2 ] && ! ids | grep -q "$one" || fail "a finished message came again"
  cp "$work/box/cur/1795356000.M1P1.host,S=1:2,S" "$work/other/new/1795491200.copy"
  run 0 --new
  [ "$(ids | wc -l)" = 2 ] || fail "a copy of a finished message was counted again"
  rm "$work/other/new/1795491200.copy"
fi
cp "$work/other/new/1795481200.M3P3.host" "$work/box/new/1795492200.copy"
run 0 --new
[ "$(ids | grep -c "$three")" = 1 ] || fail "one message in two places was written twice"
rm "$work/box/new/1795492200.copy"
run 0 --all
ids | grep -q "$one" || fail "--all leaves finished ones out"

# Paths in place of accounts; no check is noted, no ledger is needed.
before=$(checks)
sed '/^\[ledger\]/,$d' "$work/intake.toml" >"$work/bare.toml"
printf 'From a Mon Nov 23 06:11:08 2026\n%s\n\nFrom b Mon Nov 23 07:11:08 2026\n%s\n' "$(mail one)" "$(mail two)" >"$work/mbox"
mail one | sed 's/$/\r/' >"$work/one.eml"
run 0 --config "$work/bare.toml" "$work/mbox" "$work/one.eml" "$work/other"
[ "$(jq -r .source.kind "$work/out" | tr '\n' ' ')" = "mbox mbox file maildir " ] || fail "$(cat "$work/out")"
[ "$(ids | grep -c "$one")" = 2 ] || fail "the same message has another id in mbox and file"
[ "$(jq -rs '.[0].arrived_at' "$work/out")" = "2026-11-23T06:11:08+09:00" ] || fail "time of the From line"
run 0 "$work/mbox"
[ "$(checks)" = "$before" ] || fail "a path was noted as a check"
run 78 --config "$work/bare.toml" --new "$work/mbox"
says "[ledger]"
mail stdin >"$work/in"
run 0 -
[ "$(jq -r .source.kind "$work/out")" = stdin ] || fail "stdin"
: >"$work/in"
run 66 -
(cd "$work" && "$fetch" box | jq -se --arg box "$work/box" '.[0].source.mailbox == $box' >/dev/null) || fail "a relative path"

# A terminal gets the table and not the bytes.
at_terminal() { python3 -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) != 0)' "$@" </dev/null >"$work/screen"; }
printf 'Subject: x\n\nbody\n' >"$work/screen.eml"
at_terminal "$fetch" --all "$work/screen.eml" || fail "at a terminal"
grep -q unjudged "$work/screen" && ! grep -q '"data"' "$work/screen" || fail "no table at a terminal: $(cat "$work/screen")"

# An empty mailbox is a check, too.
mkdir -p "$work"/empty/{cur,new,tmp}
sed 's/maildir:box/maildir:empty/' "$work/intake.toml" >"$work/empty.toml"
before=$(checks)
run 0 --new --config "$work/empty.toml" --account chuo
[ ! -s "$work/out" ] && [ "$(checks)" = $((before + 1)) ] || fail "the empty check"

# A mailbox that vanished: told, the others are polled, and the check is noted as failed; after two, a fault is proposed.
sed 's/maildir:box/maildir:vanished/' "$work/intake.toml" >"$work/vanished.toml"
run 66 --config "$work/vanished.toml"
[ "$(ids)" = "$three" ] || fail "the other account was not polled"
says "chuo: $work/vanished"
proposed() { sqlite3 "$work/ledger/ledger.db" "select count(*) from events where kind='checked' and facts like '%report_fault%'"; }
[ "$(proposed)" = 0 ] || fail "a fault is proposed too early"
run 66 --config "$work/vanished.toml"
[ "$(proposed)" = 1 ] || fail "no fault is proposed"
run 66 "$work/vanished" "$work/other"
[ "$(ids)" = "$three" ] || fail "the other path was not read"

# What cannot be read within a mailbox does not hide the rest.
mkfifo "$work/box/new/1795540000.fifo"
run 69 --account chuo
[ "$(ids | wc -l)" = 2 ] || fail "the rest of the mailbox"
says "1795540000.fifo: not a regular file"
rm "$work/box/new/1795540000.fifo"

# A full disk is no success, for the records and for the ledger.
"$fetch" >/dev/full 2>"$work/err" && fail "a full disk was not noticed"
[ "$("$fetch" >/dev/full 2>/dev/null; echo $?)" = 74 ] || fail "status of a full disk"

# A reader that goes away ends the run by SIGPIPE.
head -c 3000000 /dev/zero | tr '\0' x >"$work/box/new/1795550000.big"
(
  set +o pipefail
  "$fetch" 2>"$work/err" | head -c 10 >/dev/null
  [ "${PIPESTATUS[0]}" = 141 ] || fail "status of a closed pipe: ${PIPESTATUS[0]}"
)
rm "$work/box/new/1795550000.big"

# A message over the limit is written without its bytes and says so.
mkdir -p "$work"/huge/{cur,new,tmp}
{ mail huge; head -c $((128 * 1024 * 1024)) /dev/zero; } >"$work/huge/new/1795560000.huge"
mail small >"$work/huge/new/1795560001.small"
run 0 "$work/huge"
jq -se 'length == 2 and (.[0] | .findings[0].code == "mail.limit" and .findings[0].clause == "第8-1(2)" and (.raw.data | not) and
  .raw.size > 134217728) and .[1].raw.data' "$work/out" >/dev/null || fail "the huge message: $(head -c 600 "$work/out")"
[ "$(jq -rs '.[0].raw.sha256' "$work/out")" = "$(sha256sum <"$work/huge/new/1795560000.huge" | cut -d' ' -f1)" ] || fail "its digest"
run 0 --message-id huge@example.jp "$work/huge"
rm -r "$work/huge"

# Configuration: none, broken, a ledger that is none.
(unset INTAKE_CONFIG; HOME=$work run 66; says "no configuration") || fail "without configuration"
echo 'nonsense = 1' >>"$work/bare.toml"
run 78 --config "$work/bare.toml" "$work/mbox"
says 'unknown key "nonsense"'
echo "not a database, but long enough to be looked at as one, which it is not" >"$work/ledger/ledger.db"
run 78
[ ! -s "$work/out" ] || fail "records without a ledger to note them in"
grep -q "not a database" "$work/ledger/ledger.db" || fail "a foreign file was overwritten"
