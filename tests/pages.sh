#!/usr/bin/env bash
# The pages of man(5) and man(7) are sound, and know every key that a configuration and a profile may have.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "FAILED: $*" >&2; exit 1; }

page() {  # page NAME SECTION SOURCE - makes and lints it. Without a date on purpose: the version tells more.
  "$INTAKE_SOURCE/docs/generate/page" "$1" "$2" "$INTAKE_SOURCE/docs/$3" 0.1.0 >"$work/$1"
  local complaints
  complaints=$(mandoc -T lint <"$work/$1" | grep -v 'missing date' || true)
  [[ -z $complaints ]] || die "$complaints"
  mandoc -T utf8 <"$work/$1" | col -b >"$work/$1.txt"
}
page intake 7 man/intake.7.md
page intake.toml 5 man/intake.toml.5.md
page intake-profile 5 man/intake-profile.5.md
page intake-record 5 record.md

# Keys as the readers ask for them.
keys() {
  grep -oE '(text|texts|number|boolean|day|days|table|tables|pattern|has|key|small_number)\([^()"]*"[a-z_]+"' "$1" |
    grep -oE '"[a-z_]+"$' | tr -d '"' | sort -u
}
known() {  # known SOURCE PAGE MINIMUM
  local key count=0
  while read -r key; do
    count=$((count + 1))
    grep -qE "(^|[^a-z_])$key([^a-z_]|$)" "$work/$2.txt" || die "$2(5) does not know $key"
  done < <(keys "$INTAKE_SOURCE/libintake/$1")
  ((count >= $3)) || die "$1 asks for $count keys only: the test has lost them"
}
known config.cpp intake.toml 30
known profile.cpp intake-profile 35

# The record's page holds every member of its schema.
while read -r member; do
  grep -q "$member" "$work/intake-record.txt" || die "intake-record(5) does not know $member"
done < <(jq -r '.properties | keys[]' "$INTAKE_SOURCE/docs/record.schema.json")
echo "pages: all passed"
