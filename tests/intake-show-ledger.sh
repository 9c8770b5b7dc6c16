#!/bin/bash
# Everything of one application is shown together: its corrections, the list that names it, what it was made again as,
# the letters and the acts of each.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
ledger_desk intake ledger.db '[output]
drafts = "drafts"'
export COLUMNS=110 LC_ALL=C.UTF-8
ledger() { "$INTAKE_BIN/intake-ledger" "$@"; }
message() { # message ID DAY KIND DISPOSITION MEMBERS
  jq -nc --arg id "$1" --arg d "$2" --arg kind "$3" --arg outcome "$4" --argjson more "$5" '{intake: 1, id: $id,
    arrived_at: "\($d)T10:00:00+09:00", handling_day: $d, raw: {sha256: "00", size: 1}, mail: {}, kind: $kind, actions: [],
    disposition: $outcome, stages: {verify: {}}} + $more'
}
application() { # application NUMBER [ACTIONS]
  jq -nc --arg n "$1" --argjson actions "${2:-[]}" '{application: {receipt_no: $n, procedure: "見本届",
    applicant: "架空 太郎", applicant_address: "taro@applicant.example.jp"}, actions: $actions}'
}
{
  message m-first00 2026-11-16 application return "$(application R-1 '[{"do":"ask_resubmit","clause":"第4-2(3)","to":"applicant","why":["malware.found"]}]')"
  message m-second0 2026-11-17 application accept "$(application R-2)"
  message m-correct 2026-11-19 correction accept '{"correction": {"receipt_no": "R-2"}}'
  message m-list000 2026-11-18 list list '{"list": {"day": "2026-11-17", "entries": [{"receipt_no": "R-2", "procedure": "見本届", "applicant": "架空 太郎"}]}}'
  message m-other00 2026-11-17 application accept "$(application R-3 | jq -c '.application.applicant = "見本 花子"')"
} >"$work/day"
ledger record <"$work/day" | "$INTAKE_BIN/intake-notice" >/dev/null
ledger act m-first00 sent --for ask_resubmit --note $'窓口で\e[2J手渡し' --actor 担当

# As records: the message first, then what belongs to it, each once; what does not belong, not.
ledger query --id m-second0 --together >"$work/out"
[ "$(jq -r .id "$work/out" | paste -sd ' ')" = 'm-second0 m-list000 m-correct m-first00' ] || fail "$(jq -c .id "$work/out")"
jq -se '.[0].ledger.links | map("\(.kind) \(.id) \(.disposition)") == ["listed_by m-list000 list", "corrected_by m-correct accept",
  "resubmission_of m-first00 return"]' "$work/out" >/dev/null || fail "$(jq -c .ledger "$work/out")"
jq -se '.[3].ledger | (.links | map("\(.kind) \(.id)") == ["resubmitted_as m-second0"]) and
  (.history | map([.kind, .do // .act, .settles // .to, .actor])) == [["noticed", "ask_resubmit", "applicant", "intake-notice"],
  ["acted", "sent", "ask_resubmit", "担当"]]' "$work/out" >/dev/null || fail "$(jq -c .ledger "$work/out")"
[ "$(ledger query --receipt R-2 --together | jq -r .id | sort | paste -sd ' ')" = 'm-correct m-first00 m-list000 m-second0' ] ||
  fail "by receipt number: $(ledger query --receipt R-2 --together | jq -c .id)"
[ "$(ledger query --id m-second0 | wc -l)" = 1 ] || fail "more than was asked for"
ledger query --id m-second0 | jq -e '.ledger | has("links") | not' >/dev/null || fail "links that nobody asked for"
ledger query --redact --id m-first00 --together | jq -se 'length == 1 and .[0].ledger.links == []' >/dev/null || fail "redacted"

# As a page: by receipt number, from the ledger, at a terminal without being told.
show() { "$INTAKE_BIN/intake-show" "$@"; }
says() { grep -qF -- "$1" "$work/out" || fail "not said: $1: $(cat "$work/out")"; }
show --ledger R-2 </dev/null >"$work/out"
says 'Belongs together with'
says 'listed by'
says '2026-11-19 10:00  accept  m-correct'
says 'first made as'
says 'not kept in the ledger'
! grep -q '^ *| *$' "$work/out" || fail "an empty line stands for the text of the mail"
grep -q '^R-1 .*架空 太郎\|R-1.*架空' "$work/out" || fail "no table of what belongs to it: $(cat "$work/out")"
show --ledger m-first </dev/null >"$work/out"
says 'letter drafted: ask the applicant to apply again through the site → applicant'
says 'a notice was sent: ask the applicant to apply again'
says '窓口で␛[2J手渡し'
! grep -q $'\e' "$work/out" || fail "a control character reaches the terminal"
show --ledger R-2 --json </dev/null | jq -se 'length == 4' >/dev/null || fail "--json"
if command -v script >/dev/null; then
  script -qec "'$INTAKE_BIN/intake-show' R-2" /dev/null <<<'' >"$work/out"
  says 'Belongs together with'
fi
for wrong in "66 --ledger R-99" "64 --ledger"; do
  got=0
  # shellcheck disable=SC2086
  show ${wrong#* } </dev/null >/dev/null 2>"$work/err" || got=$?
  [ "$got" = "${wrong%% *}" ] || fail "$wrong: $got: $(cat "$work/err")"
done
echo ok
