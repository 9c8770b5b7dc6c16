#!/bin/bash
# The scripts themselves: free of what shellcheck knows, the sample desk the same each time, setup free to run again.
set -euo pipefail
cd "$INTAKE_SOURCE"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

if command -v shellcheck >/dev/null; then
  # Shell by its first line: other languages live in scripts/ too.
  grep -rlZE '^#!/.*sh$' .ci scripts tests | xargs -0 shellcheck -x
fi

# What has a first line for it can be run by its name.
dull=$(grep -rlE -m 1 '^#!/' .ci bench docs/generate scripts tests | while read -r file; do
  if head -n 1 "$file" | grep -q '^#!/' && [ ! -x "$file" ]; then echo "$file"; fi
done)
[ -z "$dull" ] || fail "not executable: $dull"

scripts/make-samples "$work/a" 2>/dev/null
scripts/make-samples "$work/b" 2>/dev/null
diff -r "$work/a" "$work/b" || fail "two sample desks differ"
scripts/make-samples "$work/a" 2>/dev/null
diff -r "$work/a" "$work/b" || fail "a refreshed sample desk differs"
[ "$(stat -c %a "$work/a/secrets/zip" "$work/a/secrets/ledger.key" | sort -u)" = 600 ] || fail "secrets others can read"
[ "$(find "$work/a/Maildir/new" -type f | wc -l)" -ge 40 ] || fail "fewer than 40 mails"
[ "$(grep -c '^From ' "$work/a/mbox")" = "$(find "$work/a/Maildir/new" -type f | wc -l)" ] || fail "mbox and Maildir differ"
mkdir "$work/mine"
touch "$work/mine/file"
status=0
scripts/make-samples "$work/mine" 2>/dev/null || status=$?
[ "$status" = 73 ] || fail "a folder of somebody else is overwritten: status $status"

# EICAR is put together when the samples are made, so that no file of the project is malware.
! grep -rqF "STANDARD-ANTI""VIRUS" --exclude-dir=build --exclude-dir=.git . || fail "a file of the project holds EICAR"

# With everything installed, setup does nothing and needs no network and no rights.
if [ -x /usr/bin/apt-get ]; then
  scripts/setup --tests >"$work/out" 2>&1 || fail "setup: $(cat "$work/out")"
  [ ! -s "$work/out" ] || fail "setup was not quiet: $(cat "$work/out")"
fi
