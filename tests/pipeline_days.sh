#!/bin/bash
# The day's run reconciles lists, drafts the desk's letters and writes the day's page; a day is closed when nothing is left.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
close=$INTAKE_SOURCE/scripts/intake-close-day
tool() { "$INTAKE_BIN/intake-$1" "${@:2}"; }
says() { grep -qF -- "$1" "$work/err" || fail "stderr lacks '$1': $(head -c 2000 "$work/err")"; }
drafts() { find "$desk/drafts" -name "*${1:-}*.eml" -printf '%f\n' | sort; }
make_desk
desk=$work/desk

# What was sent on 18 and 19 November, with the list of the 18th: one never came, one is not listed, no list on the 19th.
for name in good-18-1 good-18-2 good-18-unlisted good-19 list-18-differs; do
  awk -F '\t' -v name="$name" '$5 == name { print $1 }' "$desk/expected.tsv"
done >"$work/ids"
[ "$(wc -l <"$work/ids")" = 5 ] || fail "the samples have other names: $(cut -f 5 "$desk/expected.tsv")"
while read -r id; do tool fetch --message-id "$id" | jq -r .source.uid; done <"$work/ids" >"$work/uids"
find "$desk/Maildir/new" -type f | grep -vFf "$work/uids" | xargs rm

# A mailbox that cannot be read: no list is called missing for that, and the fault is reported when it has lasted.
mv "$desk/Maildir" "$work/away"
for _ in 1 2 3; do expect '66|69' "$daily"; done
[ "$(tool ledger export --kind reconciled | wc -l)" = 0 ] || fail "lists that could not be fetched are checked"
[ "$(drafts report_fault | wc -l)" = 2 ] || fail "the fault is not reported: $(drafts)"
mv "$work/away" "$desk/Maildir"

# The run: lists checked from the desk's first message on, letters, and the page, which nobody else can read.
expect 0 "$daily" --report "$work/page.html"
[ -z "$(cat "$work/out" "$work/err")" ] || fail "not quiet: $(cat "$work/out" "$work/err")"
[ "$(stat -c %a "$work/page.html")" = 600 ] && grep -q '<svg' "$work/page.html" || fail "the page"
[ ! -e "$work/page.html.half" ] || fail "half a page is left"
tool ledger export --kind reconciled | jq -r .subject | head -3 | paste -sd ' ' >"$work/days"
[[ $(cat "$work/days") == 'day:2026-11-18 day:2026-11-19'* ]] || fail "days: $(cat "$work/days")"
grep -E '^2026-11-1[89]' "$desk/expected-days.tsv" >"$work/wanted"
tool reconcile --from 2026-11-18 --to 2026-11-19 |
  jq -r '[.day, .list, (.missed | map(.receipt_no) | join(" ")), (.unlisted | map(.receipt_no) | join(" "))] | @tsv' |
  diff "$work/wanted" - || fail "the lists"
[ "$(drafts 'day_2026-11-18*ask_resubmit' | wc -l) $(drafts 'day_2026-11-19*report_list_missing' | wc -l)" = '1 2' ] ||
  fail "letters: $(drafts)"
expect 0 "$daily"
before=$(drafts)
expect 0 "$daily" --table
[ "$(drafts)" = "$before" ] || fail "letters are drafted again"
grep -q '^2026-11-19  list mail: missing' "$work/out" || fail "the table of lists: $(cat "$work/out")"
expect 64 "$daily" --report
expect '73|1' "$daily" --report "$work/nowhere/page.html"

# Closing: not today, not a word that is no day; what is left is told, until a clerk has done it.
expect 64 "$close" "$(date +%F)"
expect 64 "$close" yesterday
expect 64 "$close" 2026-02-30
expect 1 "$close" 2026-11-18
says 'act day:2026-11-18 sent --for ask_resubmit'
says '2026-11-18 is not closed'
grep -q 'missed: 20261118-0009' "$work/out" || fail "what is missed is not shown: $(cat "$work/out")"
tool ledger act day:2026-11-18 sent --for ask_resubmit
tool ledger query --day 2026-11-18 --actions | jq -r '.id as $id | .ledger.open[] | "\($id) \(.do)"' >"$work/open"
[ -s "$work/open" ] || fail "no action of a message is open"
expect 1 "$close" 2026-11-18
while read -r id action; do tool ledger act "$id" sent --for "$action"; done <"$work/open"
expect 0 "$close" 2026-11-18
tail -1 "$work/out" | grep -qE '^[0-9]+:[0-9a-f]{64}$' || fail "the end of the chain is not told: $(cat "$work/out")"
[ -z "$(cat "$work/err")" ] || fail "not quiet: $(cat "$work/err")"
head=$(tail -1 "$work/out")
expect 0 "$close" 2026-11-18
expect 0 tool ledger check --head "$head"
[ "$(tool ledger export --subject day:2026-11-18 --kind acted | grep -c '"note":"closed"')" = 1 ] || fail "closed more than once"
expect 1 "$close" 2026-11-19
says 'sent --for report_list_missing'

# A desk whose run fails closes nothing.
find "$desk/clamav" -type f -exec touch -d '10 days ago' {} +
expect 69 "$close" 2026-11-18
echo ok
