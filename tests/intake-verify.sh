#!/usr/bin/env bash
# intake-verify as it is run: every finding of the judge caused by a record that deserves it, and good ones with none.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }

cp "$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml" "$work/profile.toml"
cat >"$work/intake.toml" <<'TOML'
profile = "profile.toml"
station = "chuo"
[[stations]]
id = "chuo"
name = "架空中央警察署"
address = "chuo@police.example.jp"
[[stations]]
id = "kita"
name = "見本北警察署"
address = "kita@police.example.jp"
TOML
export INTAKE_CONFIG=$work/intake.toml

run() { # run STATUS ARG…: stdin is $work/in, stdout $work/out
  local want=$1 got=0
  shift
  "$INTAKE_BIN/intake-verify" "$@" <"$work/in" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want: $(cat "$work/err")"
}

# A regular application as it comes from intake-scan; each record below differs from it by one jq expression.
cat >"$work/good" <<'JSON'
{"intake":1,"id":"m-0","mail":{"from":[{"name":"警察行政手続サイト","address":"noreply@proc.example.go.jp"}],
 "subject":"【警察行政手続サイト】申請受付のお知らせ",
 "text":"受付番号：N\n申請日時：2026年11月17日 9時1分\n手続名：制限外積載許可申請\n申請先：架空中央警察署\n申請者名：架空 太郎\n",
 "authentication":{"server":"mx.police.example.jp","dkim":"pass","dkim_domain":"proc.example.go.jp"}},
 "files":[{"id":"f0","path":"a.zip","origin":"attachment","encryption":"aes-256","opened":true},
  {"id":"f1","path":"申請書.pdf","origin":"archive","from":"f0","type":"application/pdf","scan":{"verdict":"clean"}}],
 "scan":{"verdict":"clean"},"stages":{"parse":{},"decrypt":{},"scan":{}}}
JSON
number=0
: >"$work/in"
: >"$work/want"
add() { # add "KIND DISPOSITION CODES / ACTIONS" JQ
  number=$((number + 1))
  jq -c --arg n "$number" '.id = "m-\($n)" | .mail.text |= sub("受付番号：N"; "受付番号：R-\($n)") | '"$2" "$work/good" >>"$work/in"
  echo "m-$number $1" >>"$work/want"
}

list='.mail.subject = "【警察行政手続サイト】一覧" | .files = []
  | .mail.text = "対象日：令和8年11月17日\n件数：1件\n\nR-1  09:01  手続  架空中央警察署  架空 太郎\n"'
correction='.mail.subject = "補正書類" | .mail.from = [{"address":"taro@applicant.example.jp"}] | del(.mail.authentication)
  | .files = [{"id":"f0","path":"a.pdf","origin":"attachment","type":"application/pdf","scan":{"verdict":"clean"}}]'
direct='.mail.subject = "申請について" | .mail.from = [{"address":"hanako@applicant.example.jp"}] | .mail.text = "送ります。"
  | .files = [{"id":"f0","path":"a.pdf","origin":"attachment","type":"application/pdf","scan":{"verdict":"clean"}}]'

add 'application accept /' .
add 'application accept / tell_fee' '.mail.text |= sub("制限外積載許可申請"; "道路使用許可申請")'
add 'list list /' "$list"
add 'correction accept /' "$correction | .mail.text = \"受付番号：R-1\\n\""
add 'direct return / ask_site' "$direct"
add 'other confirm /' '.mail.subject = "ご案内" | .mail.from = [{"address":"news@shop.example.net"}] | .mail.text = "ご案内" | .files = []'
add 'application confirm sender.not_site / check_list phone_confirm' '.mail.from = [{"address":"x@applicant.example.net"}]'
add 'application confirm sender.spoofed / check_list phone_confirm' 'del(.mail.authentication)'
add 'application confirm sender.spoofed / check_list phone_confirm' '.mail.from[0].address = "x@applicant.example.net"'
add 'application confirm sender.reply_to / check_list phone_confirm' '.mail.reply_to = [{"address":"x@applicant.example.net"}]'
add 'application confirm body.url / check_list phone_confirm' '.mail.text += "hxxps://login[.]example[.]net/\n"'
add 'application confirm body.confusable / check_list phone_confirm' '.mail.text += "P\u0430ssword\n"'
add 'application confirm body.foreign_script / check_list phone_confirm' '.mail.text += "\u0645\u0631\u062d\n"'
add 'application confirm body.hidden_text / check_list phone_confirm' '.mail.text += "a\u202eb\n"'
add 'application confirm body.layout / check_list phone_confirm' '.mail.text |= sub("手続名：[^\n]*\n"; "")'
add 'application confirm body.layout / check_list phone_confirm' '.mail.text |= sub("11月17日"; "11月31日")'
add 'application confirm attachment.missing / check_list phone_confirm' '.files = []'
add 'application confirm attachment.unexpected / check_list phone_confirm' \
  '.files += [{"id":"f2","path":"readme.txt","origin":"attachment","scan":{"verdict":"clean"}}]'
add 'application return station.misdirected / ask_redirect' '.mail.text |= sub("架空中央警察署"; "見本北警察署")'
add 'application confirm station.unknown / check_list phone_confirm' '.mail.text |= sub("架空中央警察署"; "どこか署")'
add 'application confirm applicant.mismatch / check_list phone_confirm' '.mail.text += "申請者名：別人 次郎\n"'
add 'application confirm duplicate.receipt / check_list phone_confirm' '.mail.text |= sub("R-[0-9]+"; "R-1")'
add 'application return malware.found / ask_resubmit' \
  '.mail.text |= sub("架空 太郎"; "感染 三郎") | .files[1].scan = {"verdict":"infected","signature":"X"}'
add 'application confirm repeat.after_malware / check_list phone_confirm' '.mail.text |= sub("架空 太郎"; "感染 三郎")'
add 'application return malware.found repeat.after_malware / ask_counter check_list phone_confirm' \
  '.mail.text |= sub("架空 太郎"; "感染 三郎") | .files[1].scan = {"verdict":"infected","signature":"X"}'
add 'application confirm scan.missing / report_fault' 'del(.files[1].scan)'
add 'application confirm scan.failed / check_list phone_confirm' '.files[1].scan.verdict = "unknown"'
add 'application confirm stage.failed / report_fault' 'del(.stages.decrypt)'
add 'application confirm stage.failed / report_fault' '.insecure = true'
add 'application return archive.password / ask_resubmit' \
  '.findings = [{"code":"archive.password","severity":"error","file":"f0"}]'
add 'application confirm macro.vba / check_list phone_confirm' '.findings = [{"code":"macro.vba","severity":"error","file":"f1"}]'
add 'application confirm archive.password sender.spoofed / check_list phone_confirm' \
  'del(.mail.authentication) | .findings = [{"code":"archive.password","severity":"error","file":"f0"}]'
add 'list confirm body.layout / report_fault' "$list | .mail.text |= sub(\"件数：1件\"; \"件数：2件\")"
add 'other confirm sender.spoofed / report_fault' "$list | del(.mail.authentication)"
add 'correction confirm body.layout / phone_confirm' "$correction | .mail.text = \"受付番号：Z-9\\n\""

run 0
jq -r '[.id, .kind, .disposition, ([.findings[]?.code] | unique[]), "/", ([.actions[].do] | .[])] | join(" ")' "$work/out" >"$work/got"
# Codes and actions without their order.
tidy() { while read -r line; do
  echo "${line%%/*}/ $(tr ' ' '\n' <<<"${line#*/}" | sort | xargs)" | sed 's/ *$//'
done; }
tidy <"$work/want" >"$work/want.tidy"
tidy <"$work/got" >"$work/got.tidy"
diff -u "$work/want.tidy" "$work/got.tidy" >&2 || fail "judgements"

# Clauses are the profile's labels; fields and entries are in normal form; other members keep their bytes.
jq -se '.[18].actions == [{"do":"ask_redirect","clause":"第4-2(4)","to":"applicant","why":["station.misdirected"]}]' \
  "$work/out" >/dev/null || fail "the action's clause"
jq -se '.[0].application == {"receipt_no":"R-1","procedure":"制限外積載許可申請","station":"架空中央警察署",
  "applicant":"架空 太郎","submitted_at":"2026-11-17T09:01:00+09:00"} and .[0].stages.verify.tool and .[0].actions == []
  and .[2].list == {"day":"2026-11-17","entries":[{"receipt_no":"R-1","submitted_at":"2026-11-17T09:01:00+09:00",
  "procedure":"手続","station":"架空中央警察署","applicant":"架空 太郎"}]} and .[3].correction.receipt_no == "R-1"
  and all(.[] | .findings[]?; .code and (.clause or .file))' "$work/out" >/dev/null || fail "fields"
echo '{"intake":1,"id":"m-1","later":{"x" : 1}}' >"$work/in"
run 0
grep -q '"later":{"x" : 1}' "$work/out" || fail "an unknown member lost its bytes"

# --fail-on; without confinement nothing is accepted; lines that are no records.
jq -c . "$work/good" >"$work/in"
run 0 --fail-on=confirm
run 1 --fail-on=accept
run 0 -j 4
run 0 --insecure-no-sandbox
jq -e '.disposition == "confirm" and .insecure and .findings[0].code == "stage.failed"' "$work/out" >/dev/null || fail insecure
echo 'no record' >>"$work/in"
run 65
[ "$(wc -l <"$work/out")" = 2 ] || fail "lines in, lines out"

# A worker that is killed while it waits costs nothing; its successor remembers what had passed.
mkfifo "$work/to" "$work/from"
"$INTAKE_BIN/intake-verify" <"$work/to" >"$work/from" 2>"$work/err" &
verify=$!
exec 8>"$work/to" 9<"$work/from"
ask() { jq -c --arg id "$1" '.id = $id' "$work/good" >&8; read -r answer <&9; }
ask m-1
[ "$(jq -r .disposition <<<"$answer")" = accept ] || fail "before: $answer"
kill -9 "$(cat "/proc/$verify/task/$verify/children")"
ask m-2
[ "$(jq -r '[.findings[].code] | join(" ")' <<<"$answer")" = duplicate.receipt ] || fail "after: $answer"
exec 8>&- 9<&-
wait "$verify" || fail "status $? after a worker was killed"

# What the run cannot go on with.
run 64 --no-such-option
[ ! -s "$work/out" ] || fail "output of a wrong command line"
run 66 --config "$work/absent.toml"
sed -i 's/^station = .*/station = "nowhere"/' "$work/intake.toml"
run 78
grep -q 'intake.toml:2' "$work/err" || fail "no line named: $(cat "$work/err")"
sed -i 's/^station = .*/station = "chuo"/' "$work/intake.toml"
jq -c . "$work/good" >"$work/in"
status=0
"$INTAKE_BIN/intake-verify" <"$work/in" >/dev/full 2>"$work/err" || status=$?
[ "$status" = 74 ] || fail "status $status on a full disk"

# What the ledger knows counts as what passed.
head -c 48 /dev/urandom | base64 -w0 >"$work/key"
chmod 600 "$work/key"
printf '[ledger]\npath = "%s"\nkey = "file:%s"\n' "$work/ledger.db" "$work/key" >>"$work/intake.toml"
install -m 600 /dev/null "$work/ledger.db.new"  # an earlier stage of the first run is just making it
run 0
"$INTAKE_BIN/intake-ledger" record <"$work/out" >"$work/recorded"
run 0
jq -e '.disposition == "accept"' "$work/out" >/dev/null || fail "the same message again is no duplicate: $(cat "$work/out")"
jq -c '.id = "m-other"' "$work/good" >"$work/in"
run 0
jq -e '[.findings[].code] == ["duplicate.receipt"]' "$work/out" >/dev/null || fail "the ledger's receipt: $(cat "$work/out")"

# Without the process that asks it the run ends; nothing is judged without what came before, and nothing is told of it.
"$INTAKE_BIN/intake-verify" <"$work/to" >"$work/from" 2>"$work/err" &
verify=$!
exec 8>"$work/to" 9<"$work/from"
ask m-1
mapfile -t children < <(tr ' ' '\n' <"/proc/$verify/task/$verify/children" | grep .)
[ "${#children[@]}" = 2 ] || fail "one worker and what asks the ledger: ${children[*]}"
kill -9 "${children[0]}" # the elder
got=0
wait "$verify" || got=$?
[ "$got" = 69 ] || fail "status $got without the process that asks the ledger: $(cat "$work/err")"
grep -q 'intake-verify needs has ended' "$work/err" || fail "not told why: $(cat "$work/err")"
if read -r answer <&9; then fail "judged all the same: $answer"; fi
exec 8>&- 9<&-
chmod 644 "$work/key"
run 77
