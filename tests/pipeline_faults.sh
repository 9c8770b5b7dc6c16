#!/bin/bash
# What goes wrong around the pipeline: said clearly, with the right status, and the next run completes the work.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"

says() { grep -qF -- "$1" "$work/err" || fail "stderr lacks '$1': $(head -c 2000 "$work/err")"; }
tool() { "$INTAKE_BIN/intake-$1" "${@:2}"; }
# How many messages of the desk are not finished.
unfinished() { tool ledger query --state unfinished | wc -l; }

# A few messages are enough here; pipeline.sh has all of them.
make_desk
desk=$work/desk
mkdir "$work/all"
find "$desk/Maildir/new" -type f | sort | tail -n +5 | xargs mv -t "$work/all"

# No configuration, a broken one, one that others may read the secrets of.
expect 66 env INTAKE_CONFIG="$work/nowhere.toml" "$daily"
says nowhere.toml
expect 66 env -u INTAKE_CONFIG HOME="$work" "$daily"
says 'no configuration'
sed 's/^station = .*/staton = "chuo"/' "$desk/intake.toml" >"$desk/broken.toml"
expect 78 env INTAKE_CONFIG="$desk/broken.toml" "$daily"
says 'broken.toml:3'
says station
[ "$(grep -c '^intake-' "$work/err")" = 1 ] || fail "the same is said more than once: $(cat "$work/err")"
(umask 077; echo 'no ledger' >"$desk/ledger/ledger.db")
expect 78 "$daily"
says 'no SQLite database'
[ "$(grep -c '^intake-' "$work/err")" = 1 ] || fail "the same is said more than once: $(cat "$work/err")"
rm "$desk/ledger/ledger.db"
chmod 644 "$desk/secrets/zip"
expect 77 "$daily"
says secrets/zip
chmod 600 "$desk/secrets/zip"
[ -z "$(find "$desk/out" -type f)" ] || fail "something was exported by a run that could not work"

# The mailbox vanishes, comes back empty, comes back whole.
mv "$desk/Maildir" "$work/away"
expect '66|69' "$daily"
says Maildir
mkdir -p "$desk/Maildir"/{cur,new,tmp}
expect 0 "$daily"
[ -z "$(cat "$work/out" "$work/err")" ] || fail "an empty mailbox is not worth a word: $(cat "$work/err")"
rmdir "$desk/Maildir"/{cur,new,tmp} "$desk/Maildir"
mv "$work/away" "$desk/Maildir"

# Signatures that are too old: nothing is passed as clean.
find "$desk/clamav" -type f -exec touch -d '10 days ago' {} +
expect 69 "$daily"
says days
find "$desk/clamav" -type f -exec touch {} +

# Two runs at once: the second gives way.
exec 8<"$INTAKE_CONFIG"
flock 8
expect 75 "$daily"
says 'another run'
exec 8<&-

# A medium that is full: a small one, which nobody else sees.
small=(unshare --mount)
if [ "$(id -u)" != 0 ]; then small+=(--map-root-user); fi
fill='mount -t tmpfs -o size=20k intake-test "$1"'
if "${small[@]}" bash -c "$fill" - "$desk/out" 2>"$work/err"; then
  expect '73|74' "${small[@]}" bash -c "$fill && exec \"\$2\"" - "$desk/out" "$daily"
  says 'No space left'
  [ "$(unfinished)" -gt 0 ] || fail "messages count as finished though the medium was full"
else
  echo "NOT TESTED: a medium that is full, because nothing may be mounted here: $(cat "$work/err")" >&2
fi

# A reader that has gone ends each tool by SIGPIPE, without a word. There is more to write than any pipe holds.
tool fetch --all >"$work/records"
for _ in {1..200}; do cat "$work/records"; done >"$work/many"
[ "$(stat -c %s "$work/many")" -gt 3000000 ] || fail "too few records to fill a pipe"
for stage in parse decrypt scan verify; do
  { tool "$stage" <"$work/many" 2>"$work/err" || echo $? >"$work/status"; } | head -c 1 >/dev/null
  [ "$(cat "$work/status")" = 141 ] || fail "$stage: a closed pipe gives status $(cat "$work/status")"
  [ ! -s "$work/err" ] || fail "$stage: a closed pipe: $(cat "$work/err")"
  rm "$work/status"
done

# Everything goes well again, so the work is completed.
expect 0 "$daily"
[ "$(unfinished)" = 0 ] || fail "work is left after a good run"
expect 0 tool ledger check

# Killed at any moment. Each time a few messages more come in, and the run is killed a little later.
for moment in 0.3 1 2 4; do
  find "$work/all" -type f | sort | head -6 | xargs -r mv -t "$desk/Maildir/new"
  setsid "$daily" >/dev/null 2>&1 &
  run=$!
  sleep "$moment"
  kill -KILL -- "-$run" 2>/dev/null || true
  wait "$run" 2>/dev/null || true
  flock -w 30 "$INTAKE_CONFIG" true  # the last process of the run may take a moment to go
done
find "$work/all" -type f -exec mv -t "$desk/Maildir/new" {} +
expect 0 "$daily"
[ "$(unfinished)" = 0 ] || fail "work is left after the runs that were killed: $(unfinished)"
expect 0 tool ledger check
expect 0 "$daily" --json
[ ! -s "$work/out" ] || fail "something is new after the run that completed the work"

# What the ledger says in the end is what a day without faults says.
tool ledger query >"$work/asked"
jq -r '[.id, .kind, .disposition] | @tsv' <"$work/asked" | sort >"$work/judged"
as_expected | cut -f 1-3 | diff - "$work/judged" || fail "after all that, the ledger differs"
find "$desk/out" -name '*.pdf' | wc -l >"$work/count"
[ "$(wc -l <"$desk/out/manifest.ndjson")" = "$(cat "$work/count")" ] || fail "manifest and medium differ"
[ -z "$(find "$desk/out" -name '.*' -type f ! -name '.intake*lock*')" ] || fail "something half-written is left"
