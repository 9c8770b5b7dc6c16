#!/bin/bash
# Every record of every stage, over the sample desk, is what docs/record.schema.json says.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
make_desk
validate() { # validate STAGE: records on stdin
  /usr/bin/python3 - "$INTAKE_SOURCE/docs/record.schema.json" "$1" "$work/$1" <<'P' || fail "$1"
import json, sys
import jsonschema
with open(sys.argv[1]) as file:
    validator = jsonschema.Draft202012Validator(json.load(file))
count = 0
for line in open(sys.argv[3], encoding="utf-8"):
    record = json.loads(line)
    count += 1
    for error in validator.iter_errors(record):
        sys.exit(f"{record.get('id')}: {'/'.join(map(str, error.path))}: {error.message[:200]}")
print(f"{sys.argv[2]}: {count} records")
sys.exit(count < 40)
P
}
tool() { "$INTAKE_BIN/intake-$1" "${@:2}"; }
tool fetch --all >"$work/fetch"
previous=fetch
for stage in parse decrypt scan verify render export notice; do
  validate "$previous"
  tool "$stage" <"$work/$previous" >"$work/$stage"
  [ "$(wc -l <"$work/$stage")" = "$(wc -l <"$work/$previous")" ] || fail "$stage: lines in are not lines out"
  [ "$stage" != verify ] || { tool ledger record <"$work/verify" >"$work/recorded" && mv "$work/recorded" "$work/verify"; }
  previous=$stage
done
validate notice
# The error record of a line that is none fits too.
for _ in $(seq 40); do echo '[not a record'; done | "$INTAKE_BIN/double" >"$work/unusable" || [ $? = 65 ]
validate unusable
