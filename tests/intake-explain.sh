#!/usr/bin/env bash
# For whoever writes a profile: what each rule met in a mail (intake-verify --explain), and what is wrong with a profile
# (intake-profile check).
set -euo pipefail
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; cat "$work/out" "$work/err" >&2 || true; exit 1; }
run() { # run STATUS COMMAND ARG…
  local want=$1 got=0
  shift
  "$@" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "$*: status $got, not $want"
}
desk=$work/desk
"$INTAKE_SOURCE/scripts/make-samples" "$desk" 2>/dev/null
export INTAKE_CONFIG=$desk/intake.toml COLUMNS=200
"$INTAKE_BIN/intake-fetch" --all >"$work/fetched"
events() { sqlite3 "$desk/ledger/ledger.db" 'SELECT max(sequence) FROM events'; }
before=$(events)
mail() { # mail NAME: the file of this sample
  local id
  id=$(awk -F '\t' -v name="$1" '$5 == name { print $1 }' "$desk/expected.tsv")
  jq -r --arg id "$id" 'select(.id == $id).raw.data' "$work/fetched" | base64 -d >"$work/mail.eml"
  echo "$work/mail.eml"
}
explain() { run 0 "$INTAKE_BIN/intake-verify" --explain "$(mail "$1")" </dev/null; }
met() { grep -qE "^  \+ $1 .*$2" "$work/out" || fail "not told as met: $1 $2"; }
unmet() { grep -qE "^  - $1 .*$2" "$work/out" || fail "not told as unmet: $1 $2"; }

explain good-docx
! grep -q '^  - ' "$work/out" || fail "a good mail fails a rule"
met '\[application\] subject' matches
met '\[application.fields\] receipt_no' 'gives “2026'
met '\[application\] layout' 申請者名
met '\[\[stations\]\]' 'chuo'
grep -q 'accept' "$work/out" || fail "no judgement"
[ "$(events)" = "$before" ] || fail "an explanation was recorded"

explain sender-not_site
unmet '\[site\] senders' 'is none of'
explain body-layout
unmet '\[application\] layout' 'begins no line'
explain sender-spoofed
unmet '\[site\] authentication' 'wanted: dkim'
explain station-unknown
unmet '\[\[stations\]\]' 'of none'
explain attachment-missing
unmet '\[application\] attachments' 'files: none'
explain list-17-complete
met '\[list\] rows' 'entries'
explain correction
met '\[correction\] receipt_no' 'gives'
explain other
unmet kind other
# What was received does nothing to the terminal.
printf 'From: a@example.jp\nSubject: =?utf-8?B?G1szMW1yZWQbXTA7dGl0bGUH?=\n\n\033[31mred\n' >"$work/mail.eml"
run 0 "$INTAKE_BIN/intake-verify" --explain "$work/mail.eml" </dev/null
! grep -q $'\e' "$work/out" || fail "an escape sequence reached the terminal"

# The same in a pipe, as a member of each record; without the option it is not there.
"$INTAKE_BIN/intake-parse" <"$work/fetched" >"$work/parsed"
run 0 "$INTAKE_BIN/intake-verify" --explain <"$work/parsed"
jq -se 'all(.[]; .explanation | length > 0)' "$work/out" >/dev/null || fail "a record is not explained"
jq -c 'del(.explanation, .stages)' "$work/out" >"$work/explained"
run 0 "$INTAKE_BIN/intake-verify" <"$work/parsed"
diff <(jq -c 'del(.stages)' "$work/out") "$work/explained" >/dev/null || fail "explaining changes the judgement"

# Mistakes: the file without the option, no such file, a stage that cannot work.
run 64 "$INTAKE_BIN/intake-verify" "$work/mail.eml" </dev/null
run 66 "$INTAKE_BIN/intake-verify" --explain "$work/none.eml" </dev/null
mv "$desk/clamav" "$desk/elsewhere"
run 69 "$INTAKE_BIN/intake-verify" --explain "$work/mail.eml" </dev/null
grep -q 'intake-scan' "$work/err" || fail "it does not say which stage failed"
mv "$desk/elsewhere" "$desk/clamav"

# A profile: sound, with remarks; or every mistake with its line.
shipped=$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml
run 0 "$INTAKE_BIN/intake-profile" check
grep -q 'kumamoto-2021.toml: sound' "$work/out" || fail "not sound"
grep -q 'look at: expired on 2025-03-31' "$work/out" || fail "the end of the rule is not told"
run 0 "$INTAKE_BIN/intake-profile" list
grep -q '^kumamoto-2021' "$work/out" || fail "the shipped profile is not listed"
python3 - "$shipped" >"$work/loose.toml" <<'PY'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
text = re.sub(r"(?m)^(authentication|valid_until) = .*\n", "", text)
text = re.sub(r"(?m)^layout = .*$", "layout = []", text)
sys.stdout.write(re.sub(r'(?s)\[notices\.tell_fee\]\n.*?""".*?"""\n', "", text))
PY
run 0 "$INTAKE_BIN/intake-profile" check "$work/loose.toml"
for remark in 'taken for the site' 'names no label' 'notices.tell_fee. is missing'; do
  grep -q "$remark" "$work/out" || fail "not remarked: $remark"
done
sed -e 's/^subject = .*申請.*/subject = "(申請"/' -e 's/^cutoff/cutof/' "$shipped" >"$work/broken.toml"
run 78 "$INTAKE_BIN/intake-profile" check "$work/broken.toml"
line=$(grep -n '^cutof ' "$work/broken.toml" | cut -d: -f1)
grep -q "broken.toml:$line: .*cutoff" "$work/err" || fail "no line, or no suggestion"
grep -q 'not a pattern' "$work/err" || fail "only one of two mistakes is told"
run 64 "$INTAKE_BIN/intake-profile"
echo "intake-explain: all passed"
