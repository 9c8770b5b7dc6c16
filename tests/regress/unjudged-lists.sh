#!/usr/bin/env bash
# A list mail that was fetched and could not be judged, as signatures are missing, is not told as a list that did not come.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
make_desk
mv "$work/desk/clamav" "$work/desk/elsewhere"
mkdir "$work/desk/clamav"
expect 69 "$daily" --table
! grep -q 'missing' "$work/out" || fail "lists are told as missing: $(cat "$work/out")"
[ -z "$("$INTAKE_BIN/intake-ledger" export --kind reconciled)" ] || fail "days were reconciled"
echo "unjudged-lists: passed"
