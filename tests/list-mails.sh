#!/bin/bash
# List mails as the bytes that a server hands over, through every stage to what the day's check says of them: charsets,
# quoted fields, several of a day, corrected, empty, miscounted, false, late and absent ones.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
make_desk
mkdir "$work/mails"
PYTHONPATH="$INTAKE_SOURCE/scripts/samples" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 - "$work/mails" <<'P'
import sys
from desk import list_mail, message, moment, multipart, row, text_part, file_part, authentication

out = sys.argv[1]
TITLES = '受付番号,申請日時,手続名,申請先,申請者名\r\n'

def keep(name, raw):
    with open(f"{out}/{name}.eml", "wb") as file:
        file.write(raw)

def csv_mail(day, encoding, rows, count=None, bom=b""):
    text = f"対象日：2026年11月{day}日\n件数：{len(rows) if count is None else count}件\n"
    data = bom + (TITLES + "".join(rows)).encode(encoding)
    part = multipart([text_part(text), file_part(f"list-{day}.csv", data, "text/csv")])
    return message(part, moment(day + 1, "06:00"), f"【警察行政手続サイト】一覧（2026年11月{day}日分）")

def csv_rows(day):
    # A quoted field with a line end, one with a separator, one with quotes of its own.
    return [f'R-{day}-1,2026/11/{day} 09:01,"道路使用\r\n許可申請",見本中央警察署,架空 太郎\r\n',
            f'R-{day}-2,2026/11/{day} 09:02,道路使用許可申請,見本中央警察署,"見本, ""花子"""\r\n']

for day, encoding, bom in [(2, "cp932", b""), (3, "euc_jp", b""), (4, "utf-8", b"\xef\xbb\xbf"), (5, "iso2022_jp", b"")]:
    keep(f"csv-{day:02}", csv_mail(day, encoding, csv_rows(day), bom=bom))

def text_rows(day, *numbers):
    return [row(f"R-{day}-{n}", f"09:0{n}", "架空 太郎") for n in numbers]

keep("several-a", list_mail(6, text_rows(6, 1, 2)))
keep("several-b", list_mail(6, text_rows(6, 2, 3), Subject="=?utf-8?b?44CQ6K2m5a+f6KGM5pS/5omL57aa44K144Kk44OI44CR5LiA6Kan77yI6L+95Yqg77yJ?="))
keep("first", list_mail(9, text_rows(9, 1, 2)))
corrected = text_part("対象日：2026年11月9日\n件数：1件\n\n" + "  ".join(row("R-9-1", "09:01", "架空 太郎")) + "\n")
keep("corrected", message(corrected, moment(10, "11:00"), "【警察行政手続サイト】一覧（2026年11月9日分・訂正）"))
keep("empty", list_mail(10, []))
keep("miscounted", csv_mail(11, "cp932", csv_rows(11), count=3))
keep("false", list_mail(12, text_rows(12, 1), Authentication_Results=authentication("fail")))
late = text_part("対象日：2026年11月13日\n件数：1件\n\n" + "  ".join(row("R-13-1", "09:01", "架空 太郎")) + "\n")
keep("late", message(late, moment(14, "10:00"), "【警察行政手続サイト】一覧（2026年11月13日分）"))
P

tool() { "$INTAKE_BIN/intake-$1" "${@:2}"; }
says() { jq -se "$1" "$work/out" >/dev/null || fail "$1: $(head -c 3000 "$work/out")"; }

tool fetch "$work"/mails/*.eml | tool parse | tool decrypt | tool scan | tool verify >"$work/judged"
jq -c '{name: (.source.path | sub(".*/"; "") | sub("\\.eml$"; "")), id, kind, disposition, arrived_at, list, codes: [.findings[]?.code],
  details: [.findings[]?.detail]}' "$work/judged" >"$work/out"
for day in 2 3 4 5; do
  says "map(select(.name == \"csv-0$day\")) | length == 1 and .[0].kind == \"list\" and .[0].disposition == \"list\" and .[0].codes == []
    and .[0].list.day == \"2026-11-0$day\"
    and (.[0].list.entries | length == 2 and .[0].receipt_no == \"R-$day-1\" and .[0].procedure == \"道路使用\\n許可申請\"
      and .[0].submitted_at == \"2026-11-0${day}T09:01:00+09:00\" and .[1].applicant == \"見本, \\\"花子\\\"\")"
done
says 'map(select(.name == "corrected" or .name == "first") | .list.corrected) == [true, null]'
says 'map(select(.name == "empty")) | .[0].disposition == "list" and .[0].codes == [] and .[0].list.entries == []'
says 'map(select(.name == "miscounted")) | .[0].kind == "list" and .[0].codes == ["body.layout"]
  and (.[0].details[0] | contains("says 3, it has 2")) and (.[0].list.entries | length == 2)'
says 'map(select(.name == "false")) | .[0].kind == "other" and .[0].disposition == "confirm" and .[0].list == null
  and (.[0].codes | index("sender.spoofed"))'

# What was received: of each day its first application; a second one of the 9th and one that no list of the 10th names.
application() { # application NUMBER DAY
  jq -nc --arg n "$1" --arg d "$2" '{intake:1, id:"m-\($n)", arrived_at:"\($d)T09:10:00+09:00", handling_day:$d, raw:{sha256:"00",size:1},
    mail:{}, kind:"application", application:{receipt_no:$n, procedure:"道路使用許可申請", station:"見本中央警察署", applicant:"架空 太郎",
    submitted_at:"\($d)T09:01:00+09:00"}, actions:[], disposition:"accept", stages:{verify:{}}}'
}
{
  for day in 2 3 4 5 6 9 11 12 13; do application "R-$day-1" "$(printf '2026-11-%02d' $day)"; done
  application R-10-1 2026-11-10
} | tool ledger record >/dev/null
tool ledger record <"$work/judged" >/dev/null

expect 0 tool reconcile --from 2026-11-02 --to 2026-11-14 --at 2026-11-16T12:00:00+09:00
says 'length == 13'
on() { says "map(select(.day == \"2026-11-$1\"))[0] | $2"; }
for day in 02 03 04 05; do
  on "$day" '.list == "received" and .entries == 2 and .matched == 1 and (.missed | length == 1) and .findings == []
    and (.actions | map(.do) == ["ask_resubmit"])'
done
on 06 '(.lists | length == 2) and .entries == 4 and .repeated == 1 and .matched == 1 and ([.missed[].receipt_no] == ["R-6-2","R-6-3"])
  and .duplicates == []'
on 09 '(.lists | length == 2) and .replaced == [.lists[0]] and .entries == 1 and .matched == 1 and .missed == []
  and ([.withdrawn[].receipt_no] == ["R-9-2"]) and .actions == []'
on 10 '.list == "received" and .entries == 0 and ([.unlisted[].id] == ["m-R-10-1"]) and .actions == []'
on 11 '.matched == 1 and (.missed | length == 1) and ([.findings[].code] == ["body.layout"])'
on 12 '.list == "missing" and .lists == [] and (.actions | map(.do) == ["report_list_missing"])'
on 13 '.list == "late" and .matched == 1'
on 14 '.list == "missing"'
[ -s "$work/out" ] && cp "$work/out" "$work/days"

# By the clock: pending until the day after has ended.
expect 0 tool reconcile --dry-run --day 2026-11-14 --at 2026-11-15T23:59:59+09:00 --fail-on=missing
says '.[0].list == "pending" and .[0].actions == []'
expect 1 tool reconcile --dry-run --day 2026-11-14 --at 2026-11-16T00:00:00+09:00 --fail-on=missing
expect 1 tool reconcile --dry-run --day 2026-11-13 --fail-on=late
expect 0 tool reconcile --dry-run --day 2026-11-13 --fail-on=missed,missing,unlisted,doubts
expect 1 tool reconcile --dry-run --from 2026-11-02 --to 2026-11-06 --fail-on=missed
expect 1 tool reconcile --dry-run --day 2026-11-10 --fail-on=unlisted

# The same lists from a stream say the same as those of the ledger.
tool reconcile --dry-run --lists --from 2026-11-02 --to 2026-11-14 --at 2026-11-16T12:00:00+09:00 <"$work/judged" >"$work/out"
cmp -s "$work/out" "$work/days" || fail "lists from a stream: $(diff "$work/out" "$work/days")"

# Every line is what the schema says.
/usr/bin/python3 - "$INTAKE_SOURCE/docs/reconcile.schema.json" "$work/days" <<'P' || fail "the schema"
import json, sys
import jsonschema
with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
for line in open(sys.argv[2], encoding="utf-8"):
    for error in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(line)):
        sys.exit(f"{'/'.join(map(str, error.path))}: {error.message[:200]}")
P
