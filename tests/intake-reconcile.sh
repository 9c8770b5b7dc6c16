#!/usr/bin/env bash
# intake-reconcile as it is run: lists and applications of the ledger, a day a line, events and statuses.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }

# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
ledger_desk intake ledger.db '[[stations]]
id = "kita"
name = "見本北警察署"
address = "kita@police.example.jp"'

run() { # run STATUS ARG…: stdout is $work/out
  local want=$1 got=0
  shift
  "$INTAKE_BIN/intake-reconcile" "$@" <"${in:-/dev/null}" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "$*: status $got, not $want: $(cat "$work/err")"
}
says() { jq -se "$1" "$work/out" >/dev/null || fail "$1: $(cat "$work/out")"; }

application() { # application ID NUMBER DAY APPLICANT [ACTIONS]: as intake-verify writes it
  jq -nc --arg id "$1" --arg n "$2" --arg d "$3" --arg who "$4" --argjson actions "${5:-[]}" '{intake:1, id:$id,
    arrived_at:"\($d)T10:00:00+09:00", handling_day:$d, raw:{sha256:"00",size:1}, mail:{from:[{address:"noreply@proc.example.go.jp"}]},
    kind:"application", application:{receipt_no:$n, procedure:"見本届", station:"見本中央警察署", applicant:$who,
    submitted_at:"\($d)T10:00:00+09:00"}, actions:$actions, disposition:(if $actions == [] then "accept" else "confirm" end),
    stages:{verify:{}}}'
}
list() { # list ID DAY ARRIVED ENTRIES
  jq -nc --arg id "$1" --arg d "$2" --arg at "$3" --argjson e "$4" '{intake:1, id:$id, arrived_at:$at, handling_day:$at[0:10],
    raw:{sha256:"00",size:1}, mail:{}, kind:"list", list:{day:$d, entries:$e}, disposition:"list", actions:[], stages:{verify:{}}}'
}
entry() { # entry NUMBER DAY APPLICANT [STATION]
  jq -nc --arg n "$1" --arg d "$2" --arg who "$3" --arg s "${4:-見本中央警察署}" \
    '{receipt_no:$n, submitted_at:"\($d)T10:00:00+09:00", procedure:"見本届", station:$s, applicant:$who}'
}

run 66 --dry-run --day 2026-11-17
run 64 --day 2026-11-31
run 64 --from 2026-11-18 --to 2026-11-17
run 64 --fail-on=nothing
run 64 --at yesterday

ask='[{"do":"check_list","to":"clerk","clause":"x","why":[]}]'
{
  application m-1 R-1 2026-11-17 '架空 太郎'
  application m-2 R-2 2026-11-17 '見本 花子' "$ask"
  application m-3 R-3 2026-11-17 '疑義 三号' "$ask"
  application m-4 R-4 2026-11-18 '架空 太郎'
  application m-7 R-77 2026-11-17 '近似 七子'
  # Recorded weeks before its list names it.
  application m-8 R-8 2026-09-01 '旧聞 八郎'
  list m-l17 2026-11-17 2026-11-18T06:00:00+09:00 "$(printf '%s\n' "$(entry R-1 2026-11-17 '架空 太郎')" \
    "$(entry Ｒ-2 2026-11-17 '見本花子')" "$(entry R-9 2026-11-17 '未着 秋子')" "$(entry R-7 2026-11-17 '近似 七子')" \
    "$(entry R-8 2026-11-17 '旧聞 八郎')" "$(entry R-5 2026-11-17 '他署 五郎' 見本北警察署)" | jq -sc .)"
  list m-l18 2026-11-18 2026-11-19T10:00:00+09:00 "[$(entry R-4 2026-11-18 '架空 太郎')]"
} >"$work/judged"
"$INTAKE_BIN/intake-ledger" record <"$work/judged" >/dev/null

run 0 --dry-run --day 2026-11-17 --at 2026-11-20T12:00:00+09:00
cp "$work/out" "$work/dry"
run 0 --day 2026-11-17 --at 2026-11-20T12:00:00+09:00
cmp -s "$work/dry" "$work/out" || fail "a dry run finds something else: $(diff "$work/dry" "$work/out")"
says 'length == 1 and .[0].reconcile == 1 and .[0].day == "2026-11-17" and .[0].list == "received" and .[0].matched == 3
  and .[0].lists == ["m-l17"] and ([.[0].missed[].receipt_no] == ["R-9"]) and ([.[0].unlisted[].id] == ["m-3"])
  and (.[0].probable | length == 1 and .[0].receipt_no == "R-7" and .[0].id == "m-7")
  and ([.[0].elsewhere[].receipt_no] == ["R-5"]) and .[0].duplicates == []
  and ([.[0].doubts[] | [.id, .cleared]] == [["m-2",true],["m-3",false]])
  and (.[0].actions | length == 1 and .[0].do == "ask_resubmit" and .[0].clause == "第4-4(2)" and .[0].receipt_no == "R-9"
       and .[0].applicant == "未着 秋子" and .[0].to == "applicant")'

# Doing it again adds nothing; the doubt that was cleared is settled, the other is open.
events() { "$INTAKE_BIN/intake-ledger" export --kind "$1" | wc -l; }
[ "$(events reconciled)" = 1 ] || fail "events of the day: $(events reconciled)"
[ "$(events acted)" = 1 ] || fail "settled doubts: $(events acted)"
run 0 --day 2026-11-17 --at 2026-11-20T13:00:00+09:00
says '.[0].doubts == [{"id":"m-3","receipt_no":"R-3","cleared":false}]'
[ "$(events reconciled) $(events acted)" = "1 1" ] || fail "a second run added events"
"$INTAKE_BIN/intake-ledger" check >"$work/out" 2>"$work/err" || fail "the ledger: $(cat "$work/out" "$work/err")"

# A range: in time, late, missing, pending; statuses for whoever asks.
run 0 --from 2026-11-17 --to 2026-11-20 --at 2026-11-21T12:00:00+09:00
says '[.[].list] == ["received","late","missing","pending"] and .[1].matched == 1 and .[3].actions == []
  and (.[2].actions | length == 1 and .[0].do == "report_list_missing" and .[0].clause == "第4-4(3)")'
run 1 --from 2026-11-17 --to 2026-11-19 --at 2026-11-21T12:00:00+09:00 --fail-on=missed,missing
run 1 --day 2026-11-17 --fail-on=missed --dry-run
run 1 --day 2026-11-17 --fail-on unlisted --dry-run
run 1 --day 2026-11-17 --fail-on doubts --dry-run
run 0 --day 2026-11-18 --fail-on=missed,missing,unlisted --dry-run
run 1 --day 2026-11-18 --fail-on=late --dry-run

# The last days, from the first message that the ledger knows among them.
run 0 --recent 5 --at 2026-11-21T12:00:00+09:00 --dry-run
says '[.[].day] == ["2026-11-17","2026-11-18","2026-11-19","2026-11-20"]'
run 0 --recent 2 --at 2026-11-21T12:00:00+09:00 --dry-run
says '[.[].day] == ["2026-11-19","2026-11-20"]'
run 0 --recent 5 --at 2026-12-21T12:00:00+09:00 --dry-run
says 'length == 0'
run 64 --recent 5 --day 2026-11-17

# A later list of the same day; a message that is not judged yet holds back the question to the applicant.
list m-l17b 2026-11-17 2026-11-18T12:00:00+09:00 "[$(entry R-10 2026-11-17 '追加 十郎')]" | "$INTAKE_BIN/intake-ledger" record >/dev/null
jq -nc '{intake:1, id:"m-new", arrived_at:"2026-11-17T11:00:00+09:00", handling_day:"2026-11-17", raw:{sha256:"00",size:1}, stages:{fetch:{}}}' |
  "$INTAKE_BIN/intake-ledger" record >/dev/null
run 0 --day 2026-11-17 --at 2026-11-20T12:00:00+09:00
says '.[0].lists == ["m-l17","m-l17b"] and ([.[0].missed[].receipt_no] == ["R-10","R-9"]) and .[0].unjudged == 1 and .[0].actions == []'

# Lists from a stream, in place of the ledger's; other records and broken lines beside them.
{ list m-x 2026-11-18 2026-11-19T06:00:00+09:00 '[]'; application m-9 R-9 2026-11-18 x; } >"$work/lists"
in=$work/lists run 0 --lists --dry-run --day 2026-11-18
says '.[0].lists == ["m-x"] and .[0].matched == 0 and ([.[0].unlisted[].id] == ["m-4"])'
echo 'no record' >>"$work/lists"
in=$work/lists run 65 --lists --dry-run --day 2026-11-18
says 'length == 1'

status=0
"$INTAKE_BIN/intake-reconcile" --dry-run --day 2026-11-17 >/dev/full 2>"$work/err" || status=$?
[ "$status" = 74 ] || fail "status $status on a full disk"
