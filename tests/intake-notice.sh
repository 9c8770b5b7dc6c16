#!/bin/bash
# Drafts of letters, read back by another library: they say what was meant, once, to the right address.
set -euo pipefail
work=$(mktemp -d)
trap 'umount "$work/small" 2>/dev/null || true; kill "${holder:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
"$INTAKE_SOURCE/scripts/make-samples" "$work/desk" 2>/dev/null
export INTAKE_CONFIG=$work/desk/intake.toml
notice=$INTAKE_BIN/intake-notice
drafts=$work/desk/drafts

record() { # record ID APPLICANT ADDRESS ACTIONS [MORE]
  jq -nc --arg id "$1" --arg name "$2" --arg address "$3" --argjson actions "$4" --argjson more "${5:-{\}}" \
    '{intake: 1, id: $id, kind: "application", arrived_at: "2026-11-20T09:12:00+09:00",
      application: {receipt_no: "20261120-0003", procedure: "道路使用許可申請", station: "中央署", applicant: $name,
                    applicant_address: $address}, actions: $actions} + $more'
}
id() { printf 'm-%032d' "$1"; }
resubmit='[{"do":"ask_resubmit","clause":"第4-2(3)","to":"applicant","why":["malware.found"]}]'
reports='[{"do":"report_fault","clause":"第5","to":"general_manager","why":["stage.failed"]},
          {"do":"phone_confirm","clause":"第4-2(5)","to":"clerk","why":["sender.spoofed"]}]'
{
  record "$(id 1)" '架空 太郎' taro@applicant.example.jp "$resubmit"
  record "$(id 2)" $'見本\r\nBcc: evil@example.net\r\n\r\n花子' $'hanako@applicant.example.jp\r\nBcc: evil@example.net' "$resubmit"
  record "$(id 3)" '架空 次郎' jiro@applicant.example.jp "$reports"
  record "$(id 4)" '例示 三郎' saburo@applicant.example.jp '[]' '{"unknown":{"kept":15}}'
} >"$work/in"
"$notice" <"$work/in" >"$work/out" || fail "status $?"
[ "$(jq -r .id "$work/in")" = "$(jq -r .id "$work/out")" ] || fail "lines in and lines out"
grep -q '"unknown":{"kept":15}' "$work/out" || fail "unknown members are kept"
[ "$(find "$drafts" -name '*.eml' | wc -l)" = 4 ] || fail "drafts: $(ls "$drafts")"
[ "$(stat -c %a "$drafts"/*.eml | sort -u)" = 600 ] || fail "others can read the drafts"

python3 - "$drafts" <<'P' || fail "the drafts are not what was meant"
import email, email.policy, pathlib, sys
letters = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
    raw = path.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") and max(map(len, raw.split(b"\r\n"))) <= 78, path
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert not message.defects and message["Bcc"] is None and len(message.get_all("To", [])) <= 1, path
    assert message["From"].addresses[0].addr_spec == message["Reply-To"].addresses[0].addr_spec == "chuo@police.example.jp"
    letters[path.name] = message
general = next(m for n, m in letters.items() if n.endswith("_report_fault_general_manager.eml"))
site = next(m for n, m in letters.items() if n.endswith("_report_fault_site_administrator.eml"))
taro = next(m for m in letters.values() if m["To"] and "taro@" in str(m["To"]))
assert taro["To"].addresses[0].display_name == "架空 太郎"
assert "ウイルスチェック" in taro["Subject"] and "20261120-0003" in taro["Subject"]
assert taro.get_content().startswith("架空 太郎 様\r\n") or taro.get_content().startswith("架空 太郎 様\n")
assert "2026年11月20日 09:12" in taro.get_content() and "＿" not in taro.get_content()
hanako = next(m for m in letters.values() if "花子" in m.get_content())
assert hanako["To"] is None and "見本  Bcc: evil@example.net    花子 様" in hanako.get_content()
assert general["To"].addresses[0].addr_spec == "keimu@police.example.jp"
assert site["To"].addresses[0].addr_spec == "site@proc.example.go.jp"
P

# Once drafted, never again: not by a second run, and not when the clerk has sent and removed the draft.
rm "$(find "$drafts" -name '*ask_resubmit*' | head -1)"
"$notice" <"$work/in" >"$work/out"
[ "$(find "$drafts" -name '*.eml' | wc -l)" = 3 ] || fail "drafted twice"
jq -se 'all(.[].notices[]?; .new == false)' "$work/out" >/dev/null || fail "told as new"
"$INTAKE_BIN/intake-ledger" export --kind noticed | jq -se 'length == 4' >/dev/null || fail "the ledger knows four drafts"

# A fee is told once the doubts are settled: a clerk's clearance is what the next run sees.
fee='[{"do":"tell_fee","clause":"第4-3(2)","to":"applicant","why":[]}]'
record "$(id 5)" '疑義 五郎' goro@applicant.example.jp "$fee" '{"disposition":"confirm","stages":{"verify":{}}}' >"$work/fee"
"$INTAKE_BIN/intake-ledger" record <"$work/fee" | "$notice" | jq -se '.[0] | has("notices") | not' >/dev/null || fail "the fee is told too early"
"$INTAKE_BIN/intake-ledger" act "$(id 5)" cleared
"$notice" <"$work/fee" | jq -se '.[0].notices | length == 1 and .[0].do == "tell_fee" and .[0].new' >/dev/null || fail "the fee is not told"

# A sender who is doubted is never written to, whatever the actions ask for.
record "$(id 6)" '偽造 六郎' rokuro@applicant.example.jp "$resubmit" '{"findings":[{"code":"sender.spoofed"}]}' |
  "$notice" | jq -se '.[0] | has("notices") | not' >/dev/null || fail "a forged sender is written to"

# Other places: once drafted in one, a letter is not drafted in another.
{
  record "$(id 7)" $'From 見本\n七郎' shichiro@applicant.example.jp "$resubmit"
  record "$(id 8)" '架空 八郎' hachiro@applicant.example.jp "$reports"
} >"$work/more"
cp "$work/desk/ledger/ledger.db" "$work/ledger.before"
printf 'From somebody Mon Nov 23 00:00:00 2026\nSubject: before\n\nno line end' >"$work/many.mbox"
"$notice" --mbox "$work/many.mbox" <"$work/more" | jq -se '[.[].notices[] | .new and .path == $at] == [true, true, true]' \
  --arg at "$work/many.mbox" >/dev/null || fail "mbox: not told"
python3 - "$work/many.mbox" <<'P' || fail "the mbox is not what was meant"
import email, email.policy, mailbox, sys
factory = lambda f: email.message_from_binary_file(f, policy=email.policy.default)
letters = list(mailbox.mbox(sys.argv[1], factory=factory, create=False))
assert len(letters) == 4 and letters[0]["Subject"] == "before", letters
assert [m["To"].addresses[0].addr_spec for m in letters[1:]] == [
    "shichiro@applicant.example.jp", "keimu@police.example.jp", "site@proc.example.go.jp"]
assert "From 見本 七郎 様" in letters[1].get_content() and letters[1]["X-Unsent"] == "1"
P
for other in "--mbox $work/many.mbox" "--ndjson $work/many.ndjson" "--out $drafts"; do
  # shellcheck disable=SC2086
  "$notice" $other <"$work/more" | jq -se 'all(.[].notices[]; .new == false)' >/dev/null || fail "drafted again: $other"
done
[ ! -s "$work/many.ndjson" ] || fail "drafted again as NDJSON"
# What a run wrote that died before the ledger knew is found again.
python3 - "$INTAKE_BIN" "$work" <<'P'
import sqlite3, sys, glob, os, shutil
for f in glob.glob(sys.argv[2] + "/desk/ledger/ledger.db*"): os.remove(f)
shutil.copy(sys.argv[2] + "/ledger.before", sys.argv[2] + "/desk/ledger/ledger.db")
P
"$notice" --mbox "$work/many.mbox" <"$work/more" >/dev/null
[ "$(grep -c '^From ' "$work/many.mbox")" = 4 ] || fail "a run that died leaves a second draft"
record "$(id 9)" '架空 九郎' kuro@applicant.example.jp "$resubmit" | "$notice" --ndjson "$work/many.ndjson" >/dev/null
jq -se 'length == 1 and (.[0] | .notice == 1 and .do == "ask_resubmit" and .to == "applicant" and .name == "架空 九郎" and
  .address == "kuro@applicant.example.jp" and .receipt_no == "20261120-0003" and (.body | startswith("架空 九郎 様\n")) and
  (.message | @base64d | startswith("From: =?UTF-8?B?")))' "$work/many.ndjson" >/dev/null || fail "$(cat "$work/many.ndjson")"
[ "$(stat -c %a "$work/many.ndjson")" = 600 ] || fail "others can read the drafts"
sed -i 's#^drafts = .*#drafts = "mbox:configured.mbox"#' "$INTAKE_CONFIG"
record "$(id 10)" '架空 十郎' juro@applicant.example.jp "$resubmit" | "$notice" >/dev/null
[ "$(grep -c '^From ' "$work/desk/configured.mbox")" = 1 ] || fail "the configured mbox is not used"
sed -i 's#^drafts = .*#drafts = "drafts"#' "$INTAKE_CONFIG"

# A correction that a clerk asks for: the station's own address, its action open, each text once.
record "$(id 11)" '訂正 十一' juichi@applicant.example.jp '[]' '{"disposition":"accept","stages":{"verify":{}}}' |
  "$INTAKE_BIN/intake-ledger" record >/dev/null
correct() { "$notice" correction "$(id 11)" "$@"; }
path=$(correct $'見取図に縮尺がありません。\n押印がありません。')
[ "$(correct $'見取図に縮尺がありません。\n押印がありません。' 2>"$work/err")" = "" ] || fail "the same correction twice"
grep -q 'drafted before' "$work/err" || fail "not said"
[ -f "$(correct '委任状がありません。')" ] || fail "another correction of the same application"
python3 - "$path" <<'P' || fail "the correction is not what was meant"
import email, email.policy, sys
message = email.message_from_file(open(sys.argv[1], newline=""), policy=email.policy.default)
text = message.get_content().replace("\r\n", "\n")
assert message["To"].addresses[0].addr_spec == "juichi@applicant.example.jp"
assert "\n見取図に縮尺がありません。\n押印がありません。\n" in text and "サイトを経由せず" in text, text
assert "メールアドレス：chuo@police.example.jp\n" in text and "＿" not in text, text
P
"$INTAKE_BIN/intake-ledger" query --id "$(id 11)" | jq -e '.ledger.open == [.ledger.open[0]] and .ledger.open[0].do == "ask_correction"' \
  >/dev/null || fail "the correction is not open"
"$INTAKE_BIN/intake-ledger" act "$(id 11)" sent --for ask_correction
"$INTAKE_BIN/intake-ledger" query --id "$(id 11)" | jq -e '.ledger.open == []' >/dev/null || fail "the correction stays open"
record "$(id 12)" '偽造 十二' juni@applicant.example.jp '[]' \
  '{"disposition":"confirm","findings":[{"code":"sender.spoofed"}],"stages":{"verify":{}}}' | "$INTAKE_BIN/intake-ledger" record >/dev/null
got=0
"$notice" correction "$(id 12)" 'x' 2>"$work/err" || got=$?
[ "$got" = 64 ] && grep -q telephone "$work/err" || fail "a forged sender is asked for a correction: $got"

# --open hands one draft to a program.
printf '#!/bin/sh\nprintf "%%s\\n" "$@" >"%s"\n' "$work/opened" >"$work/xdg-open"
chmod +x "$work/xdg-open"
PATH=$work:$PATH "$notice" --open "$path"
[ "$(cat "$work/opened")" = "$path" ] || fail "not opened"
sed -i "s#^drafts = .*#&\nmail_program = \"$work/xdg-open --compose\"#" "$INTAKE_CONFIG"
"$notice" --open "$(basename "$path" | cut -c1-40)" 2>"$work/err" && fail "one of two drafts is opened"
grep -q 'several drafts' "$work/err" || fail "$(cat "$work/err")"
"$notice" --open "$(basename "$path" .eml)"
[ "$(cat "$work/opened")" = "--compose"$'\n'"$path" ] || fail "the configured program is not used"
for wrong in "66 nobody" "69 $path"; do
  [ "${wrong%% *}" != 69 ] || printf '#!/bin/sh\nexit 3\n' >"$work/xdg-open"
  got=0
  "$notice" --open "${wrong#* }" 2>"$work/err" || got=$?
  [ "$got" = "${wrong%% *}" ] || fail "--open: $got, not $wrong: $(cat "$work/err")"
done

# What cannot be used is said: two places, no such account, an mbox that is none, one that another program holds.
status() { # status STATUS TEXT ARG…
  local got=0 wanted=$1 text=$2
  shift 2
  "$notice" "$@" <"$work/last" >/dev/null 2>"$work/err" || got=$?
  [ "$got" = "$wanted" ] && grep -q "$text" "$work/err" || fail "$* : $got: $(cat "$work/err")"
}
record "$(id 13)" '架空 十三' jusan@applicant.example.jp "$resubmit" >"$work/last"
status 64 'exclude each other' --out "$work/a" --mbox "$work/b"
status 64 'no account is named' --imap nobody
status 78 'IMAP' --imap chuo
status 64 'correction ID TEXT' correction x
status 66 'no regular file' --mbox /dev/null
status 73 'file for drafts' --mbox "$work/in/x"
python3 -c 'import fcntl, sys, time
f = open(sys.argv[1], "a"); fcntl.lockf(f, fcntl.LOCK_EX); open(sys.argv[1] + ".held", "w"); time.sleep(60)' "$work/many.mbox" &
holder=$!
while [ ! -e "$work/many.mbox.held" ]; do sleep 0.1; done
status 75 lock --mbox "$work/many.mbox"
kill "$holder"
if mkdir "$work/small" && mount -t tmpfs -o size=16k none "$work/small" 2>/dev/null; then
  head -c 16000 /dev/zero | tr '\0' x >"$work/small/full.mbox"
  status 74 'full.mbox' --mbox "$work/small/full.mbox"
  [ "$(stat -c %s "$work/small/full.mbox")" = 16000 ] || fail "half a draft is left"
  umount "$work/small"
fi
"$notice" <"$work/last" | jq -se '.[0].notices[0].new' >/dev/null || fail "what could not be kept counts as drafted"

# A folder that cannot be had, and a full disk.
got=0
"$notice" --out "$work/in/drafts" <"$work/in" >/dev/null 2>"$work/err" || got=$?
[ "$got" = 73 ] && grep -q 'folder for drafts' "$work/err" || fail "no folder: $got $(cat "$work/err")"
echo ok
