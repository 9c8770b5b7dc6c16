#!/bin/bash
# Letters that no single message asks for: missed applications, days without list, accounts that fail, changed stations.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work" "$work.copy"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
mkdir -p "$work/ledger" "$work"/Maildir/{new,cur,tmp}
head -c 48 /dev/urandom | base64 -w0 >"$work/key"
chmod 600 "$work/key"
desk() { # desk ADDRESS OF CHUO [MORE STATIONS]
  cat >"$work/intake.toml" <<TOML
profile = "kumamoto-2021"
station = "chuo"
[[stations]]
id = "chuo"
name = "架空中央警察署"
address = "$1"
tel = "000-000-0000"
${2:-}
[[accounts]]
name = "中央"
url = "maildir:Maildir"
fault_after = 2
[ledger]
path = "ledger/ledger.db"
key = "file:key"
[output]
drafts = "drafts"
[roles]
operation_manager = { name = "架空中央警察署長", address = "chief@police.example.jp" }
general_manager = { name = "架空警務部長", address = "keimu@police.example.jp" }
site_administrator = { name = "見本課長", address = "site@proc.example.go.jp" }
TOML
}
kita='[[stations]]
id = "kita"
name = "見本北警察署"
address = "kita@police.example.jp"'
export INTAKE_CONFIG=$work/intake.toml
ledger() { "$INTAKE_BIN/intake-ledger" "$@"; }
notice() { "$INTAKE_BIN/intake-notice" "$@" >"$work/out" 2>"$work/err" || fail "$*: status $?: $(cat "$work/err")"; }
count() { [ "$(wc -l <"$work/out")" = "$1" ] || fail "$2: $(cat "$work/out" "$work/err")"; }
open() { ledger pending | jq -sc --arg s "$1" 'map(select(.subject == $s) | .open[].do)'; }
says() { # says FILE PATTERN TEXT…: the letter of that name among those just drafted says each text
  local letter
  letter=$(grep -- "$1" "$work/out") || fail "no $1: $(cat "$work/out")"
  shift
  python3 - "$letter" "$@" <<'P' || fail "$letter"
import email, email.policy, sys
message = email.message_from_file(open(sys.argv[1], newline=""), policy=email.policy.default)
assert not message.defects and "＿" not in message["Subject"]
text = "%s\n%s\n%s" % (message["To"], message["Subject"], message.get_content().replace("\r\n", "\n"))
for wanted in sys.argv[2:]:
    if wanted not in text: sys.exit("not said: " + wanted + "\n" + text)
P
}

# The first time: nothing was reported from here, and nothing is open.
desk chuo@police.example.jp "$kita"
notice desk
count 0 'letters of an empty desk'
grep -q 'taken as reported' "$work/err" || fail "the baseline is not told"
notice desk
[ ! -s "$work/err" ] || fail "the baseline is told twice: $(cat "$work/err")"

# A missed application with a hostile name, and a day without list.
jq -nc --arg who $'未着 秋子\r\nBcc: evil@example.net' '{intake: 1, id: "m-l17", arrived_at: "2026-11-18T06:00:00+09:00",
  handling_day: "2026-11-18", raw: {sha256: "00", size: 1}, mail: {}, kind: "list", disposition: "list", actions: [],
  list: {day: "2026-11-17", entries: [{receipt_no: "R-9", submitted_at: "2026-11-17T10:05:00+09:00", procedure: "見本届",
  station: "架空中央警察署", applicant: $who}, {receipt_no: "R-10", procedure: "見本届", station: "架空中央警察署",
  applicant: "未着 冬子"}]}, stages: {verify: {}}}' | ledger record >/dev/null
"$INTAKE_BIN/intake-fetch" --new
"$INTAKE_BIN/intake-reconcile" --from 2026-11-17 --to 2026-11-18 --at 2026-11-20T12:00:00+09:00 >/dev/null
notice desk
count 4 'letters of two days'
says R-9_day '未着 秋子  Bcc: evil@example.net 様' '受付番号：R-9' '申請日時：2026年11月17日 10:05' '再申請のお願い（受付番号 R-9）' 'None'
says R-10_day '未着 冬子 様' '申請日時：＿＿＿＿＿＿'
says report_list_missing_general keimu@ '架空警務部長 殿' '2026年11月18日の申請等に係る一覧メールを受信しておりません。' \
  '2026年11月19日 09:00 を過ぎても' '最後に受信確認を行った日時は 20' '運用管理者 架空中央警察署長'
says report_list_missing_site site@ '見本課長 殿' '対象日：2026年11月18日' '総括運用管理者 架空警務部長'
notice desk
count 0 'letters twice'
ledger act day:2026-11-18 sent --for report_list_missing
[ "$(open day:2026-11-18)" = '[]' ] || fail "the report stays open: $(open day:2026-11-18)"

# An account that fails: a report when it has failed as often as configured, with facts; another after it had recovered.
fails() { "$INTAKE_BIN/intake-fetch" --new >/dev/null 2>&1 && fail "no fault" || true; }
mv "$work/Maildir" "$work/gone"
fails
notice desk
count 0 'letters of one failure'
fails
notice desk
count 2 'letters of a fault'
says report_fault_general '2回続けて失敗しました（メールアカウント 中央）' '内容：' '現在も回復しておりません' '第5に基づき'
says report_fault_site '障害を認めたとの報告'
fails
notice desk
count 0 'the same fault again'
mv "$work/gone" "$work/Maildir"
"$INTAKE_BIN/intake-fetch" --new
mv "$work/Maildir" "$work/gone"
fails
fails
notice desk
count 2 'letters of another fault'
ledger act account:中央 sent --for report_fault
[ "$(open account:中央)" = '[]' ] || fail "the fault stays open"
mv "$work/gone" "$work/Maildir"
notice fault $'警察行政手続サイトに接続できません。\n10時から続いています。'
count 2 'letters of a fault that a person saw'
says report_fault_general $'警察行政手続サイトに接続できません。\n10時から続いています。\n'
[ "$(open desk)" = '["report_fault"]' ] || fail "the fault is not open"

# Changed stations: each difference a line; once; the same again when it was taken back in between.
higashi='[[stations]]
id = "higashi"
name = "見本東警察署"
address = "higashi@police.example.jp"
tel = "000-000-0003"'
desk chuo-new@police.example.jp "$higashi"
notice change
count 2 'letters of a change'
says report_change_general '架空警務部長 殿' 'メールアドレスの変更：架空中央警察署　旧 chuo@police.example.jp　新 chuo-new@police.example.jp' \
  '追加：見本東警察署（メールアドレス higashi@police.example.jp、電話 000-000-0003）' '廃止：見本北警察署' '第6に関し'
says report_change_site 'site@proc' '総括運用管理者 架空警務部長'
notice change
count 0 'the same change twice'
desk chuo@police.example.jp "$kita"
notice desk
count 2 'the change taken back'
desk chuo-new@police.example.jp "$higashi"
notice desk
count 2 'the same change again'
notice change '掲載メッセージを変更します。'
count 2 'a change in words'
[ "$(open desk)" = '["report_change","report_fault"]' ] || [ "$(open desk)" = '["report_fault","report_change"]' ] || fail "$(open desk)"
ledger act desk sent --for report_change
[ "$(open desk)" = '["report_fault"]' ] || fail "the change stays open"

# A run that dies between the two letters of a change: the next one drafts the second, and knows the first.
desk chuo@police.example.jp "$kita"
cp -r "$work" "$work.copy"
INTAKE_CONFIG=$work.copy/intake.toml notice change
second=$(basename "$(grep site_administrator "$work/out")")
rm -r "$work.copy"
mkdir "$work/drafts/.$second.half"
"$INTAKE_BIN/intake-notice" change >"$work/out" 2>"$work/err" && fail "a draft that cannot be made is not noticed"
rmdir "$work/drafts/.$second.half"
notice desk
[ "$(grep -c site_administrator "$work/out")" = 1 ] || fail "the second letter is lost: $(cat "$work/out" "$work/err")"
notice desk
count 0 'a change twice after a run that died'

ledger check >/dev/null || fail "the ledger"
for wrong in nonsense 'desk now' fault 'correction m-1'; do
  got=0
  # shellcheck disable=SC2086
  "$INTAKE_BIN/intake-notice" $wrong </dev/null 2>"$work/err" || got=$?
  [ "$got" = 64 ] || fail "$wrong: $got"
done
echo ok
