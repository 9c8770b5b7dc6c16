#!/bin/bash
# Drafts put into the Drafts mailbox of an account on a real Dovecot: flagged, once, and nothing else there is touched.
set -euo pipefail
# shellcheck source=tests/servers/fetching.sh
. "$INTAKE_SOURCE/tests/servers/fetching.sh"
notice=$INTAKE_BIN/intake-notice
home=$work/dovecot/home/chuo
desk() { # desk <accounts: a configuration with an address to write from
  configure intake.toml
  sed -i 's/^name = "熊本中央警察署"/&\naddress = "chuo@police.example.jp"\ntel = "096-000-0000"/' "$work/intake.toml"
}
record() { # record NUMBER NAME
  jq -nc --arg id "$(printf 'm-%032d' "$1")" --arg name "$2" '{intake: 1, id: $id, kind: "application",
    arrived_at: "2026-11-20T09:12:00+09:00", application: {receipt_no: "20261120-0003", procedure: "道路使用許可申請",
    applicant: $name, applicant_address: "taro@applicant.example.jp"}, actions: [{do: "ask_resubmit", clause: "第4-2(3)", to: "applicant",
    why: ["malware.found"]}]}'
}
put() { # put STATUS ARG… <records
  local want=$1 got=0
  shift
  "$notice" "$@" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want, of $*: $(cat "$work/err")"
}
drafts() { find "$home/$1" -type f \( -path '*/cur/*' -o -path '*/new/*' \) 2>/dev/null | sort; }

# The mailbox that the server calls its Drafts, whatever its name; it is made by the server's own configuration.
cat >"$work/dovecot.extra" <<'C'
namespace inbox {
  inbox = yes
  mailbox "&Tgtm+DBN-" {
    auto = create
    special_use = \Drafts
  }
}
C
dovecot_start
account chuo "imaps://localhost:$imaps/" "${login[@]}" | desk
record 1 '架空 太郎' >"$work/one"
put 0 --imap chuo <"$work/one"
jq -se '.[0].notices[0] | .new and (.path | startswith("chuo:"))' "$work/out" >/dev/null || fail "$(cat "$work/out")"
folder=$(find "$home" -maxdepth 1 -name '.&*')
[ "$(drafts "$(basename "$folder")" | wc -l)" = 1 ] || fail "not in the server's Drafts: $(find "$home")"
[[ $(drafts "$(basename "$folder")") == *:2,*D* ]] || fail "no \\Draft: $(drafts "$(basename "$folder")")"
python3 - "$(drafts "$(basename "$folder")")" <<'P' || fail "the draft is not what was meant"
import email, email.policy, sys
message = email.message_from_file(open(sys.argv[1], newline=""), policy=email.policy.default)
assert message["To"].addresses[0].addr_spec == "taro@applicant.example.jp" and not message.defects
assert message["From"].addresses[0].addr_spec == message["Reply-To"].addresses[0].addr_spec == "chuo@police.example.jp"
assert "ウイルスチェック" in message.get_content()
P
put 0 --imap chuo <"$work/one"
jq -se '.[0].notices[0].new == false' "$work/out" >/dev/null || fail "drafted twice"

# A run that died after the server had it, and before the ledger knew: found by its Message-ID.
rm -f "$work"/ledger/ledger.db*
put 0 --imap chuo <"$work/one"
[ "$(drafts "$(basename "$folder")" | wc -l)" = 1 ] || fail "a second draft after a run that died"

# A mailbox by name, made where there is none; many at once; without TLS by STARTTLS.
for number in $(seq 2 30); do record "$number" "見本 $number号"; done >"$work/many"
account chuo "imap://localhost:$imap/" "${login[@]}" | desk
put 0 --imap chuo/下書.連絡 <"$work/many"
[ "$(drafts '.&Tgtm+A-.&kCN9YQ-' | wc -l)" = 29 ] || fail "$(find "$home")"
[ -z "$(drafts . | grep -v '/\.' || true)" ] || fail "something lies in the INBOX"

# A server without SPECIAL-USE names: "Drafts". One that refuses, one that is gone, a wrong password.
dovecot_stop
rm "$work/dovecot.extra"
dovecot_start
account chuo "imaps://localhost:$imaps/" "${login[@]}" | desk
record 40 '架空 四十' >"$work/next"
put 0 --imap chuo <"$work/next"
[ "$(drafts .Drafts | wc -l)" = 1 ] || fail "no Drafts: $(find "$home")"
record 41 '架空 四十一' >"$work/next"
put 76 --imap chuo/INBOX/x <"$work/next" # the separator is a dot here, so that no such mailbox can be made
grep -q 'cannot be made' "$work/err" || fail "$(cat "$work/err")"
sed -i 's/file:secret"/file:wrong"/' "$work/intake.toml"
put 77 --imap chuo <"$work/next"
sed -i 's/file:wrong"/file:secret"/' "$work/intake.toml"
dovecot_stop
put 69 --imap chuo <"$work/next"
"$ledger" export --kind noticed | jq -se 'map(select(.subject | endswith("41"))) == []' >/dev/null || fail "counts as drafted"
echo ok
