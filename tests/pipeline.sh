#!/bin/bash
# The whole day over the sample desk: what is said of each message is what its maker says, nothing more and nothing less.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"

make_desk
expect 0 "$daily" --json
[ ! -s "$work/err" ] || fail "a good day is not quiet: $(cat "$work/err")"
as_judged <"$work/out" >"$work/judged"
as_expected >"$work/expected"
differences "$work/judged" "$work/expected" >"$work/differences" || true
[ ! -s "$work/differences" ] || fail "judged otherwise (> got, < expected):"$'\n'"$(cat "$work/differences")"

# Each code that a mail can cause is caused by some sample. The rest need a broken engine, an old database, a slow
# document or a clerk's clearance, and have tests of their own.
codes=$(grep -oE 'finding_kind\{"[a-z_.]+"' "$INTAKE_SOURCE/libintake/findings.hpp" | cut -d '"' -f 2)
[ "$(wc -l <<<"$codes")" -gt 40 ] || fail "the table of codes was not read"
caused=$(cut -f 4 "$work/expected" | tr ' ' '\n' | sort -u)
elsewhere='input.unusable stage.failed scan.missing scan.failed scan.stale_database render.timeout render.password render.unseen'
for code in $codes; do
  grep -qxF "$code" <<<"$caused" || [[ " $elsewhere " == *" $code "* ]] || fail "no sample causes $code"
done

# The lists of the days were checked: what was missed, what is not listed, what never came.
while IFS=$'\t' read -r day list missed unlisted; do
  "$INTAKE_BIN/intake-ledger" export --kind reconciled --subject "day:$day" | tail -n 1 |
    jq -e --arg list "$list" --arg missed "$missed" --arg unlisted "$unlisted" '.payload | .list == $list and
      ([.missed[].receipt_no] | join(" ")) == $missed and ([.unlisted[].receipt_no] | join(" ")) == $unlisted' >/dev/null ||
    fail "the list of $day"
done < <(tail -n +2 "$work/desk/expected-days.tsv")

# What was accepted lies on the medium as PDFs, as the manifest says; nothing else does.
out=$work/desk/out
jq -r '.files[]? | .pdf.path // empty' <"$work/out" | sort >"$work/exported"
[ -s "$work/exported" ] || fail "nothing was exported"
while read -r path; do
  pdfinfo "$path" >/dev/null 2>&1 || fail "not a PDF: $path"
  ! grep -aqE '/JavaScript|/OpenAction|/EmbeddedFile|/Launch' "$path" || fail "active content in $path"
done <"$work/exported"
find "$out" -name '*.pdf' | sort | diff - "$work/exported" || fail "PDFs on the medium"
jq -r 'select(.disposition == "accept") | .id' <"$work/out" | while read -r id; do
  jq -se --arg id "$id" 'map(select(.id == $id)) | length == 1 and all(.[0].files[] | select(.opened | not); .pdf.path)' \
    <"$work/out" >/dev/null ||
    fail "$id is accepted, and not all of it exported"
done
! grep -q '"data"' "$work/out" || fail "bytes are left in the records"

# The clerk's table tells the same number of each.
intake_show=$INTAKE_BIN/intake-show
"$intake_show" <"$work/out" | tail -1 | grep -q "^$(wc -l <"$work/expected") messages" || fail "the table's last line"

# Nothing is new now, the ledger is whole, and the check itself was noted.
expect 0 "$daily" --json
[ ! -s "$work/out" ] || fail "the second run found something new: $(as_judged <"$work/out")"
expect 0 "$INTAKE_BIN/intake-ledger" check
expect 0 "$INTAKE_BIN/intake-ledger" export --kind checked
[ "$(wc -l <"$work/out")" -ge 2 ] || fail "two checks of the mailbox, $(wc -l <"$work/out") in the ledger"

# A message again, by the id that the table shows: the same judgement, the same PDFs.
id=$(head -1 "$work/expected" | cut -f 1)
find "$out" -type f -exec sha256sum {} + | sort >"$work/before"
expect 0 "$INTAKE_SOURCE/scripts/intake-reprocess" "${id:2:8}"
find "$out" -type f -exec sha256sum {} + | sort | diff - "$work/before" || fail "processing again changed the medium"
expect 66 "$INTAKE_SOURCE/scripts/intake-reprocess" m-00000000000000000000000000000000
expect 66 "$INTAKE_SOURCE/scripts/intake-reprocess" 99999999-0000
expect 64 "$INTAKE_SOURCE/scripts/intake-reprocess"
