#!/bin/bash
# A run that dies between the ledger and the letters leaves messages finished and their letters unwritten: the next run
# fetches no message, and drafts them all the same, once.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
make_desk
desk=$work/desk

# One to accept with a fee, and one whose archive does not open.
for name in good-docx archive-password; do
  id=$(awk -F '\t' -v name="$name" '$5 == name { print $1 }' "$desk/expected.tsv")
  "$INTAKE_BIN/intake-fetch" --message-id "$id" | jq -r .source.uid
done >"$work/uids"
find "$desk/Maildir/new" -type f | grep -vFf "$work/uids" | xargs rm

tool() { "$INTAKE_BIN/intake-$1" "${@:2}"; }
tool fetch --new | tool ledger record | tool parse | tool decrypt | tool scan | tool verify | tool ledger record |
  tool render | tool export | tool ledger record >/dev/null
[ "$(tool ledger query --state finished | wc -l)" = 2 ] || fail "the messages are not finished"
[ -z "$(find "$desk/drafts" -type f)" ] || fail "there are letters already"
for _ in 1 2; do
  expect 0 "$daily"
  [ -z "$(cat "$work/out" "$work/err")" ] || fail "not quiet: $(cat "$work/out" "$work/err")"
  find "$desk/drafts" -type f ! -name '*day_*' -printf '%f\n' | sed -E 's/.*_(.*_.*)_(.*)\.eml/\1 \2/' | sort >"$work/drafts"
  printf '%s\n' 'ask_resubmit applicant' 'tell_fee applicant' | diff - "$work/drafts" || fail "letters"
done
[ "$(tool ledger export --kind noticed | grep -vc '"subject":"day:')" = 2 ] || fail "the letters are not each noted once"
