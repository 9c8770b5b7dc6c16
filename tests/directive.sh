#!/bin/bash
# The directive clause by clause, on the sample desk after its day: what each clause asks for is what the desk does. Which
# clause is shown by what stands in docs/directive.md; tests/directive_table.sh holds that table against this file.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
trap 'rm -rf "$work" "$work".other' EXIT
tool() { "$INTAKE_BIN/intake-$1" "${@:2}"; }
now=
clause() { now=$1; } # what follows shows this clause
must() { "$@" || fail "$now: $*"; }
make_desk
desk=$work/desk
expect 0 "$daily" --json
cp "$work/out" "$work/day"

# by NAME: the record of the sample of that name; id NAME: its id.
id() { awk -F '\t' -v name="$1" '$5 == name { print $1 }' "$desk/expected.tsv" | grep . || fail "no sample $1"; }
by() { jq -c --arg id "$(id "$1")" 'select(.id == $id)' <"$work/day"; }
holds() { # holds NAME JQ: of the sample's record
  jq -se "map(select($2)) | length == 1" <(by "$1") >/dev/null || fail "$now: $1: not $2: $(by "$1" | jq -c '{kind, disposition, actions, findings}')"
}
day() { jq -se "$1" "$work/day" >/dev/null || fail "$now: $1"; } # of all records
letter() { # letter NAME-OF-DRAFT TEXT…: one draft of that name says each
  python3 - "$desk/drafts" "$@" <<'P' || fail "$now: the letter $1"
import email, email.policy, pathlib, sys
found = [p for p in pathlib.Path(sys.argv[1]).glob("*.eml") if sys.argv[2] in p.name]
if len(found) != 1: sys.exit(f"{len(found)} drafts: {found}")
message = email.message_from_bytes(found[0].read_bytes(), policy=email.policy.default)
text = "\n".join([str(message["To"]), message["Subject"], message.get_content().replace("\r\n", "\n")])
assert message["From"].addresses[0].addr_spec == message["Reply-To"].addresses[0].addr_spec == "chuo@police.example.jp"
for wanted in sys.argv[3:]:
    if wanted not in text: sys.exit("not said: " + wanted + "\n" + text)
P
}
short() { id "$1" | cut -c 3-; }
open() { tool ledger pending | jq -sc --arg s "$1" 'map(select(.subject == $s) | .open[].do)'; }
no_letter() { [ -z "$(find "$desk/drafts" -name "*$(short "$1")*applicant.eml")" ] || fail "$now: $1 is written to"; }

clause '第2(1)' # ウイルスチェック: looking for malicious programs
holds malware-eicar '.scan.verdict == "infected" and any(.files[]; .scan.signature // "" | test("Eicar"))'
holds good-docx '.scan.verdict == "clean"'

clause '第2(4)' # 一覧メール: one mail a day that gathers the applications
day 'map(select(.kind == "list") | .list.day) == ["2026-11-17", "2026-11-18", "2026-11-20"]'
holds list-17-complete '(.list.entries | length) == 14 and (.list.entries[0] | .receipt_no and .procedure and .station and .applicant)'

clause '第2(5)' # 対象警察署等: who receives applications
holds good-docx '.application.station == "熊本中央警察署"'
holds station-unknown 'any(.findings[]; .code == "station.unknown")'

clause '第3' # who is in charge, and who did what
grep -q '"actor":"運用管理補助者"' < <(
  tool ledger act "$(id good-18-1)" noted --note x --actor 運用管理補助者
  tool ledger export --kind acted --subject "$(id good-18-1)") || fail "$now: the actor is not in the ledger"
letter day_2026-11-19_report_list_missing_general '警務部長 殿' '運用管理者 熊本中央警察署長'

clause '第4-1' # mail is checked every open day; an empty check is one too
[ "$(tool ledger export --kind checked | jq -se 'length >= 1 and all(.[]; .facts.result == "ok")')" = true ] || fail "$now: the check is not in the ledger"
tool fetch --new >"$work/none"
[ ! -s "$work/none" ] || fail "$now: something is new"
[ "$(tool ledger export --kind checked | wc -l)" -ge 2 ] || fail "$now: an empty check is not in the ledger"
tool report --json --from "$(date -d '+1 day' +%F)" --to "$(date -d '+6 days' +%F)" --at "$(date -d '+7 days' +%FT12:00:00+09:00)" |
  jq -e '.clauses[] | select(.clause == "第4-1") | .state == "attention" and .evidence.unchecked_days >= 1' >/dev/null ||
  fail "$now: open days without a check are not told"

clause '第4-2(1)' # nothing received is kept on the terminal, or it is deleted without delay
! grep -q '"data"' "$work/day" || fail "$now: bytes are left in the records"
[ -z "$(find "$desk" -type f ! -path '*/Maildir/*' \( -name '*.zip' -o -name '*.docx' -o -name '*.jpg' -o -name '*.csv' \))" ] ||
  fail "$now: a received file lies on the disk"
tool ledger act "$(id good-pdf)" saved-copy --actor 見本
tool report --json --at "$(date -d '+2 days' +%FT12:00:00+09:00)" | jq -e --arg id "$(id good-pdf)" \
  '.copies | map(select(.subject == $id and .do == "delete_copy" and .days_late >= 1)) | length == 1' >/dev/null || fail "$now: an overdue copy"
tool ledger act "$(id good-pdf)" deleted-copy --actor 見本
tool report --json | jq -e '.copies == []' >/dev/null || fail "$now: a deleted copy is told"

clause '第4-2(2)' # every file is virus-checked; what was not is never clean
day 'all(.[].files[]?; .opened or .scan)'
tool fetch --message-id "$(id good-docx)" | tool parse | tool decrypt | tool verify |
  jq -e '.disposition != "accept" and any(.findings[]; .code == "scan.missing" and .clause == "第4-2(2)")' >/dev/null || fail "$now: not scanned"

clause '第4-2(3)' # malware: check and apply again; then at the counter
holds malware-eicar '.disposition == "return" and any(.actions[]; .do == "ask_resubmit" and .clause == "第4-2(3)")'
letter "$(short malware-eicar)_ask_resubmit" '感染 太郎 様' 'ウイルスチェックを行っていただき' '警察行政手続サイトから改めて申請'
file=$(tool fetch --message-id "$(id malware-eicar)" | jq -r .source.uid)
sed 's/^Message-ID: *</&again-/I' "$(find "$desk/Maildir" -name "$(basename "$file")*")" >"$work/again.eml"
tool fetch "$work/again.eml" | tool parse | tool decrypt | tool scan | tool verify | tool ledger record | tool notice >"$work/again"
jq -e 'any(.actions[]; .do == "ask_counter" and .clause == "第4-2(3)")' "$work/again" >/dev/null || fail "$now: malware again: $(cat "$work/again")"
letter "$(jq -r .id "$work/again" | cut -c 3-)_ask_counter" '感染 太郎 様' '当署の窓口で申請'

clause '第4-2(4)' # the wrong station: tell, correct the destination, apply again through the site
holds station-misdirected '.disposition == "return" and any(.actions[]; .do == "ask_redirect" and .clause == "第4-2(4)")'
letter "$(short station-misdirected)_ask_redirect" '申請先：見本北警察署' 'kita@police.example.jp' '宛先を修正の上、警察行政手続サイトから改めて申請'

clause '第4-2(5)' # suspicious: telephone the named person, write to nobody
holds applicant-mismatch '.disposition == "confirm" and any(.actions[]; .do == "phone_confirm" and .to == "clerk" and .clause == "第4-2(5)")'
no_letter applicant-mismatch
no_letter sender-spoofed

clause '第4-3(1)' # a correction is asked for, and comes straight to the station
tool notice correction "$(id good-18-2)" '見取図に縮尺がありません。' >"$work/out"
letter "$(basename "$(cat "$work/out")")" '見取図に縮尺がありません。' 'サイトを経由せず' 'メールアドレス：chuo@police.example.jp'
holds correction '.kind == "correction" and .disposition == "accept" and .correction.receipt_no == "20261117-0001"'
tool ledger query --receipt 20261117-0001 --together |
  jq -se --arg a "$(id good-docx)" --arg c "$(id correction)" 'any(.[]; .id == $a and any(.ledger.links[]; .kind == "corrected_by" and .id == $c))' \
    >/dev/null || fail "$now: the correction is not linked"

clause '第4-3(2)' # fees are paid at the station
letter "$(short good-docx)_tell_fee" '手数料：2,400円' '納付場所：熊本中央警察署の窓口' 'サイトでは納付することができません'

clause '第4-4(1)' # the list is opened and held against what came
tool ledger export --kind reconciled --subject day:2026-11-17 |
  jq -se '.[-1].payload | .list == "received" and .matched == 14 and .missed == []' >/dev/null || fail "$now: 17 November"

clause '第4-4(2)' # missed: ask to apply again
[ "$(open day:2026-11-18)" = '["ask_resubmit"]' ] || fail "$now: $(open day:2026-11-18)"
letter 20261118-0009_day_2026-11-18 '未着 秋子 様' '当署では申請のメールを受信できておりません' '警察行政手続サイトから改めて申請'

clause '第4-4(3)' # no list: report to the 総括運用管理者, and on to the サイト管理者
[ "$(open day:2026-11-19)" = '["report_list_missing"]' ] || fail "$now: $(open day:2026-11-19)"
letter day_2026-11-19_report_list_missing_general keimu@ '第4-4(3)に基づき' '2026年11月19日の申請等に係る一覧メールを受信しておりません'
letter day_2026-11-19_report_list_missing_site site@ '対象日：2026年11月19日'

clause '第5' # a fault: the same
mv "$desk/Maildir" "$work/away"
for _ in 1 2 3; do tool fetch --new >/dev/null 2>&1 && fail "$now: no fault"; done
mv "$work/away" "$desk/Maildir"
tool notice desk >/dev/null
letter "$(find "$desk/drafts" -name 'account_chuo*report_fault_general*' -printf '%f')" keimu@ '第5に基づき' '3回続けて失敗しました'
letter "$(find "$desk/drafts" -name 'account_chuo*report_fault_site*' -printf '%f')" site@ '現在も回復しておりません'

clause '第6' # changes are reported promptly
cp "$INTAKE_CONFIG" "$work/before.toml"
sed -i 's/chuo@police.example.jp/chuo-new@police.example.jp/' "$INTAKE_CONFIG"
tool notice change >"$work/out"
cp "$work/before.toml" "$INTAKE_CONFIG"
[ "$(wc -l <"$work/out")" = 2 ] || fail "$now: $(cat "$work/out")"
python3 - "$(tail -1 "$work/out")" <<'P' || fail "$now: the report of the change"
import email, email.policy, sys
text = email.message_from_file(open(sys.argv[1], newline=""), policy=email.policy.default).get_content()
assert "旧 chuo@police.example.jp　新 chuo-new@police.example.jp" in text and "警察庁長官官房企画課長 殿" in text, text
P

clause '第7-1' # the terminal is kept secure
chmod 644 "$desk/secrets/zip"
"$INTAKE_BIN/intake-doctor" --json >"$work/out" 2>/dev/null || true
chmod 600 "$desk/secrets/zip"
must jq -e 'any(.[]; .subject == "secrets" and .state == "bad" and .todo) and any(.[]; .subject == "confinement")' "$work/out" >/dev/null

clause '第7-2' # personal data: who needs it only; passwords kept
! grep -aqF '架空 太郎' "$desk/ledger/ledger.db" || fail "$now: a name is readable in the ledger's file"
! tool report --redact --json --from 2026-11-17 | grep -qE '架空|20261117-0001' || fail "$now: --redact tells of a person"
[ "$(find "$desk/ledger" "$desk/drafts" -type f -perm /077 | wc -l)" = 0 ] || fail "$now: others can read the ledger or the drafts"
chmod 644 "$desk/secrets/ledger.key"
expect 77 tool ledger query
chmod 600 "$desk/secrets/ledger.key"

clause '第7-3' # it arrives when it is recorded, on closed days and after hours too
holds good-after-hours '.arrived_at == "2026-11-17T23:40:00+09:00" and .handling_day == "2026-11-18"'

clause '第7-4' # sent directly: use the site or the counter
holds direct '.disposition == "return" and any(.actions[]; .do == "ask_site" and .clause == "第7-4")'
letter "$(short direct)_ask_site" hanako@applicant.example.jp '警察行政手続サイトから申請していただくか、当署の窓口で'

clause '第7-5' # details are set elsewhere: the rule is data
mkdir "$work.other"
cp -r "$desk"/{secrets,clamav,intake.toml} "$work.other/"
sed 's/^macro = .*/macro = "細目第9条"/' "$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml" >"$work.other/own.toml"
sed -i 's/^profile = .*/profile = "own.toml"/' "$work.other/intake.toml"
tool fetch --message-id "$(id macro-vba)" >"$work/raw"
(
  export INTAKE_CONFIG=$work.other/intake.toml
  tool parse <"$work/raw" | tool decrypt | tool scan | tool verify
) | jq -e 'any(.findings[]; .code == "macro.vba" and .clause == "細目第9条")' >/dev/null || fail "$now: the desk's own label"

clause '第8-1' # doubted: is it in the list, and telephone
holds archive-not_encrypted 'any(.actions[]; .do == "check_list" and .clause == "第8-1") and any(.actions[]; .do == "phone_confirm")'
tool ledger export --kind reconciled --subject day:2026-11-20 |
  jq -se '.[-1].payload.doubts | any(.[]; .cleared)' >/dev/null || fail "$now: the list clears no doubt"

clause '第8-1(1)' # nothing but the regular file: an AES zip
for name in archive-not_encrypted archive-zipcrypto attachment-missing attachment-unexpected attachment-type_mismatch; do
  holds "$name" '.disposition == "confirm" and any(.findings[]; .clause == "第8-1(1)")'
done

clause '第8-1(2)' # nothing unnatural in the body
for name in body-url body-html_only body-hidden_text body-confusable body-layout body-foreign_script; do
  holds "$name" '.disposition == "confirm" and any(.findings[]; .clause == "第8-1(2)")'
done

clause '第8-1(3)' # no macro warning
for name in macro-vba macro-xlm macro-dde macro-remote_template macro-external_link macro-ole_object macro-odf_script; do
  holds "$name" '.disposition == "confirm" and any(.findings[]; .clause == "第8-1(3)")'
done

clause '第8-2' # what is taken in has been made harmless
[ "$(find "$desk/out" -name '*.pdf' | wc -l)" -ge 19 ] || fail "$now: too few PDFs"
while read -r path; do
  pdfinfo "$path" >/dev/null 2>&1 || fail "$now: not a PDF: $path"
  ! grep -aqE '/JavaScript|/OpenAction|/EmbeddedFile|/Launch' "$path" || fail "$now: active content in $path"
done < <(find "$desk/out" -name '*.pdf')
day 'map(select(.disposition != "accept") | .files[]?.pdf.path // empty) == []'

clause '有効期間' # the directive's own validity
tool report --json | jq -e '.profile.valid_until == "2025-03-31" and .profile.expired' >/dev/null || fail "$now: the report"
jq -e 'any(.[]; .subject == "profile" and .state == "bad" and (.what | test("2025-03-31")))' "$work/out" >/dev/null 2>&1 ||
  { "$INTAKE_BIN/intake-doctor" --json 2>/dev/null || true; } | jq -e 'any(.[]; .subject == "profile" and .state == "bad")' >/dev/null || fail "$now: the doctor"
echo ok
