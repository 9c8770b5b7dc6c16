#!/usr/bin/env bash
# What a run says on stderr: as JSON, a line each for the journal, with how many records each stage wrote and what went
# wrong; and never anything of a message.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
"$INTAKE_SOURCE/tests/pipeline/marked_mails" "$work/marked" 1 >/dev/null
make_desk
rm -r "$work/desk/Maildir"
cp -r "$work/marked/Maildir" "$work/desk/Maildir"
receipt="20[0-9]{6}-[0-9]{4}"
valid() { # valid FILE: each line says when, who, how bad and what
  [ -s "$1" ] || fail "nothing was said"
  jq -se 'all(.[]; (.at | test("^2.*Z$")) and (.tool | startswith("intake-")) and
    (.level | IN("info", "warning", "error")) and (.message | length > 0))' "$1" >/dev/null || fail "not such lines: $(cat "$1")"
}

# A run: each stage once, all records counted, nothing of the mails.
stages=(fetch "ledger record" parse decrypt scan verify render export)
count=$(find "$work/desk/Maildir" -type f | wc -l)
pipe="true"
for stage in "${stages[@]}"; do pipe+=" | tee '$work/to $stage' | $INTAKE_BIN/intake-$stage --log=json"; done
expect 0 bash -c "set -o pipefail; $pipe"
grep -qE "$receipt" "$work/out" || fail "the records name no receipt numbers"
valid "$work/err"
for stage in "${stages[@]}"; do
  jq -se --arg tool "intake-${stage%% *}" --argjson count "$count" \
    'map(select(.tool == $tool and .message == "finished" and .records == $count and .milliseconds >= 0)) | length == 1' \
    "$work/err" >/dev/null || fail "$stage does not say that it wrote $count records: $(cat "$work/err")"
done
[ "$(wc -l <"$work/marked/texts")" -gt 3 ] || fail "no markers"
! grep -aqFf "$work/marked/texts" "$work/err" || fail "a mail's words are in the log"
! grep -qE "$receipt|@|架空|見本" "$work/err" || fail "a receipt number, address or name is in the log: $(cat "$work/err")"

# withholds TEXT STATUS COMMAND…: TEXT, which names a message, is told in words, and is … in the log.
withholds() {
  local text=$1
  shift
  expect "$@" </dev/null
  grep -qE "$text" "$work/err" || fail "the person is not told $text: $(cat "$work/err")"
  INTAKE_LOG=json expect "$@" </dev/null
  valid "$work/err"
  ! grep -qE "$text" "$work/err" || fail "$text is in the log: $(cat "$work/err")"
  jq -se 'any(.[]; .message | contains("…"))' "$work/err" >/dev/null || fail "nothing is withheld: $(cat "$work/err")"
}
withholds 20261117-9999 66 "$INTAKE_BIN/intake-show" --ledger 20261117-9999
withholds 20261117-9999 66 "$INTAKE_BIN/intake-notice" correction 20261117-9999 'Please tell the place.'
exported=$(find "$work/desk/out" -name '*.pdf' -print -quit)
echo "another file" >"$exported"
withholds "$(basename "$exported" .pdf)" 73 bash -c "$INTAKE_BIN/intake-export <'$work/to export'"
printf '{"intake":1,"%s":1,"%s":1}\n' 架空太郎 架空太郎 >"$work/twice"
withholds 架空太郎 65 bash -c "$INTAKE_BIN/intake-show <$work/twice"

# Trouble, by the environment as the service would have it: level and status; in words where it is not asked for.
mv "$work/desk/clamav" "$work/desk/elsewhere"
INTAKE_LOG=json expect 69 "$INTAKE_BIN/intake-scan" </dev/null
valid "$work/err"
jq -se 'length == 1 and .[0].level == "error" and .[0].status == 69' "$work/err" >/dev/null || fail "$(cat "$work/err")"
expect 69 "$INTAKE_BIN/intake-scan" </dev/null
grep -q '^intake-scan: ' "$work/err" || fail "not in words: $(cat "$work/err")"
expect 0 "$INTAKE_BIN/intake-parse" </dev/null
[ ! -s "$work/err" ] || fail "a run that is well says something"
expect 64 "$INTAKE_BIN/intake-parse" --log=loud </dev/null
INTAKE_LOG=loud expect 64 "$INTAKE_BIN/intake-parse" </dev/null
# The scripts that start them, too: with a name that has to be quoted.
INTAKE_CONFIG=$'/no "such"\\\n.toml' INTAKE_LOG=json expect 66 "$INTAKE_BIN/intake-daily"
valid "$work/err"
jq -se 'length == 1 and .[0].tool == "intake-daily" and .[0].level == "error" and .[0].status == 66 and
  (.[0].message | contains("/no \"such\"\\ .toml"))' "$work/err" >/dev/null || fail "$(cat "$work/err")"
INTAKE_CONFIG=/no.toml expect 66 env LC_ALL=ja_JP.UTF-8 "$INTAKE_BIN/intake-daily"
grep -q '設定ファイルがありません: /no.toml' "$work/err" || fail "not in words: $(cat "$work/err")"
for script in close-day reprocess spread; do
  INTAKE_LOG=json expect 64 "$INTAKE_BIN/intake-$script" --nonsense
  valid "$work/err"
done
mv "$work/desk/elsewhere" "$work/desk/clamav"
exec 8<"$INTAKE_CONFIG"
flock 8
INTAKE_LOG=json expect 75 "$INTAKE_BIN/intake-daily"
valid "$work/err"
exec 8<&-
echo "log: all passed"
