#!/usr/bin/env bash
# intake-report as it is run, and its page in a real browser: the same values, nothing asked for, nothing run.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }

# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
ledger_desk intake
export LC_ALL=C.UTF-8
report=$INTAKE_BIN/intake-report
run() { # run STATUS ARG…: stdout is $work/out
  local want=$1 got=0
  shift
  "$report" "$@" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "$*: status $got, not $want: $(cat "$work/err")"
}
says() { jq -se "$1" "$work/out" >/dev/null || fail "$1: $(cat "$work/out")"; }

run 66 --day 2026-11-17 # no ledger yet
message() { # message ID NUMBER DAY DISPOSITION APPLICANT CODES ACTIONS
  jq -nc --arg id "$1" --arg n "$2" --arg d "$3" --arg outcome "$4" --arg who "$5" --argjson codes "$6" --argjson actions "$7" '
    {intake:1, id:$id, arrived_at:"\($d)T10:00:00+09:00", handling_day:$d, raw:{sha256:"00",size:1}, mail:{},
     kind:"application", application:{receipt_no:$n, procedure:"見本届", station:"見本中央警察署", applicant:$who},
     findings:[$codes[] | {code:., severity:"error", clause:"x"}], actions:[$actions[] | {do:., to:"clerk", clause:"x", why:[]}],
     disposition:$outcome, stages:{verify:{}}, scan:{engine:"ClamAV 1.4", database:{version:"27000", signatures:9, built:"2026-11-16T00:00:00Z"}}}'
}
hostile=$'架空<img src=http://evil.example/x onerror=alert(1)>\u202e"太郎'
{
  message m-aaaa1 R-1 2026-11-17 return "$hostile" '["archive.password"]' '["ask_resubmit"]'
  message m-aaaa2 R-2 2026-11-17 confirm '見本 花子' '["macro.vba","body.url"]' '["phone_confirm","check_list"]'
  message m-aaaa3 R-3 2026-11-18 accept "$hostile" '[]' '[]'
} | "$INTAKE_BIN/intake-ledger" record >/dev/null

run 64 --day yesterday
run 64 --from 2026-11-18 --to 2026-11-17
run 64 --from 2020-01-01 --to 2026-11-17
run 64 --json --html
run 64 --fail-on nothing
at=(--from 2026-11-17 --to 2026-11-18 --at 2026-11-18T12:00:00+09:00)
run 0 "${at[@]}" --json
cp "$work/out" "$work/report.json"
says 'length == 1 and (.[0] | .report == 1 and .totals == {accept:1, confirm:1, return:1, list:0, unjudged:0}
  and [.messages[].id] == ["m-aaaa1","m-aaaa2","m-aaaa3"]
  and .messages[2].links == [{is:"resubmission_of", id:"m-aaaa1"}] and .messages[0].links == [{is:"resubmitted_as", id:"m-aaaa3"}]
  and ([.open[] | select(.days_late == 1) | .do] | sort) == ["ask_resubmit","check_list","phone_confirm"]
  and ([.open[] | select(.days_late == 0) | .do] == ["finish"]) and .scanner.version == "27000" and .profile.expired)'
run 1 "${at[@]}" --fail-on attention
grep -q '要対応\|attention' "$work/out" || fail "no clause is told: $(cat "$work/out")"
run 0 --from 2026-10-01 --to 2026-10-02 --at 2026-11-17T00:00:00+09:00 --json --redact
LC_ALL=ja_JP.UTF-8 run 0 "${at[@]}"
grep -q '差戻し.*R-1' "$work/out" || fail "Japanese: $(cat "$work/out")"
! grep -q $'\u202e' "$work/out" || fail "the text reorders the terminal"

# Without persons: neither the name nor the receipt number, and the key is not needed.
mv "$work/ledger.key" "$work/key.away"
for form in --json --html ''; do
  run 0 "${at[@]}" --redact ${form:+"$form"}
  ! grep -q '架空<\|太郎\|花子\|R-1' "$work/out" || fail "persons in the redacted report $form"
done
run 66 "${at[@]}"
mv "$work/key.away" "$work/ledger.key"
status=0
"$report" "${at[@]}" --html >/dev/full 2>"$work/err" || status=$?
[ "$status" = 74 ] || fail "status $status on a full disk"

# The page.
LC_ALL=ja_JP.UTF-8 run 0 "${at[@]}" --html
cp "$work/out" "$work/report.html"
! grep -qi '<script\|<img\|http://\|https://[^e]' <(sed 's/&lt;[^&]*//g' "$work/report.html") || fail "the page holds more than text"
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
  echo "skipped: no chromium, so the page was not looked at in a browser"
  exit 77
fi
"$INTAKE_SOURCE/tests/browser/page.py" "$work/report.html" "$work/shots" >"$work/page.json" || fail "the browser"
python3 - "$work/report.json" "$work/page.json" "$work/shots/a4.pdf" <<'P' || fail "the page and the JSON differ"
import json, subprocess, sys
report, seen = (json.load(open(path)) for path in sys.argv[1:3])
page = seen["page"]
assert seen["loaded"] and seen["requests"] == [] and seen["console"] == [], (seen["requests"], seen["console"])
assert seen["wide"] == [] and page["scripts"] == page["images"] == 0 and page["lang"] == "ja", seen["wide"]
assert page["totals"] == report["totals"]
shown = {m["id"]: m for m in page["messages"]}
assert shown.keys() == {m["id"] for m in report["messages"]}
for m in report["messages"]:
    got = shown[m["id"]]
    assert (got["disposition"], got["codes"], got["open"]) == (m["disposition"], m["codes"], [o["do"] for o in m["open"]])
    assert got["receipt_no"] == m["receipt_no"] and got["applicant"] == m["applicant"].replace("\u202e", "<U+202E>"), got
assert page["open"] == [[a["subject"], a["do"], a["due"]] for a in report["copies"] + report["open"]]
for row, day in zip(page["days"], report["days"], strict=True):
    assert row[0] == day["day"]
    for key, value in row[1:]:
        assert value == day.get(key, ""), (row, day)
assert page["year"] == [day["day"] for day in report["year"]]
assert sorted(set(page["unchecked"])) == [day["day"] for day in report["year"] if day.get("unchecked")]
values = [value for _, value, _ in page["bars"]]
assert values == report["arrivals"]["hours"] + report["arrivals"]["weekdays"]
for part in (page["bars"][:24], page["bars"][24:]):
    top = max(value for _, value, _ in part)
    assert all(height == 90 * value // max(top, 1) for _, value, height in part)
assert page["clauses"] == [[c["clause"], c["key"], c["state"], {k: v for k, v in c["evidence"].items() if k != "on"}]
                           for c in report["clauses"]]
assert page["head"] == report["ledger"]["head"] and page["expired"] == report["profile"]["expired"]
sizes = subprocess.run(["pdfinfo", sys.argv[3]], capture_output=True, text=True, check=True).stdout
assert "A4" in sizes, sizes
P
for shot in desktop dark narrow; do [ -s "$work/shots/$shot.png" ] || fail "no screenshot: $shot"; done
echo ok
