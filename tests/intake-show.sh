#!/bin/bash
# intake-show as a person meets it: table, page, JSON, and its answers to what is wrong.
set -euo pipefail

show=$INTAKE_BIN/intake-show
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export COLUMNS=100
unset NO_COLOR LC_ALL
words=ja_JP.UTF-8  # not for this shell, which would miss the locale where it is not installed

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# expect STATUS COMMAND…: stdout and stderr go to $work/out and $work/err.
expect() {
  local wanted=$1 status=0
  shift
  env LC_ALL="$words" "$@" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" = "$wanted" ] || fail "$*: status $status, not $wanted: $(cat "$work/err")"
}
says() { grep -qF -- "$2" "$work/$1" || fail "$1 lacks: $2: $(cat "$work/$1")"; }
says_not() { ! grep -qF -- "$2" "$work/$1" || fail "$1 has: $2"; }

cat >"$work/records" <<'END'
{"intake":1,"id":"m-aaaa0000","arrived_at":"2026-11-17T09:01:00+09:00","kind":"application","application":{"receipt_no":"20261117-0001","applicant":"架空 太郎","station":"熊本中央警察署"},"files":[{"id":"f0","path":"a.docx","data":"U0VDUkVU"}],"disposition":"accept"}
{"intake":1,"id":"m-bbbb0000","kind":"application","application":{"receipt_no":"20261117-0002","applicant":"見本\u001b[2J\u202e花子"},"findings":[{"code":"malware.found","severity":"error","clause":"第4-2(3)","file":"f0"}],"disposition":"return"}
{"reconcile":1,"day":"2026-11-18","list":"missing","matched":0,"missed":[],"actions":[{"do":"report_list_missing","to":"general_manager"}]}
END

expect 0 "$show" <"$work/records"
says out '20261117-0001 架空 太郎'
says out '不正プログラムを検知しました'
says out '一覧メール: 未受信'
says out '一覧メールの未受信を報告する'
says out '2件  受理可 1  差戻し 1'
says out '見本␛[2J<U+202E>花子'
says_not out $'\e'
says_not out U0VDUkVU
words=C expect 0 "$show" <"$work/records"
says out 'malware was found'

expect 0 "$show" bbbb <"$work/records"
says out 'm-bbbb0000'
says out '第4-2(3)'
says_not out aaaa
expect 0 "$show" 20261117-0001 <"$work/records"
says out 'm-aaaa0000'
says_not out U0VDUkVU
expect 66 "$show" cccc <"$work/records"
says err cccc

expect 0 "$show" --json <"$work/records"
[ "$(jq -r .id <"$work/out" | head -2 | tr '\n' ' ')" = 'm-aaaa0000 m-bbbb0000 ' ] || fail "--json lost a record"
says_not out U0VDUkVU

expect 0 "$show" </dev/null
[ ! -s "$work/out" ] || fail "a table of nothing"
{ cat "$work/records"; echo '{'; printf '{"intake":1,"id":"m-torn"}'; } >"$work/bad"
expect 65 "$show" <"$work/bad"
says out '2件'
says_not out torn
expect 64 "$show" --nonsense
if [ -w /dev/full ]; then
  status=0
  "$show" <"$work/records" >/dev/full 2>"$work/err" || status=$?
  [ "$status" = 74 ] || fail "a full disk: status $status"
fi

# On a terminal: colour, unless NO_COLOR asks for none.
TERM=xterm script -qec "$show <$work/records" /dev/null >"$work/out"
says out $'\e[31m'
NO_COLOR=1 TERM=xterm script -qec "$show <$work/records" /dev/null >"$work/out"
says_not out $'\e'
