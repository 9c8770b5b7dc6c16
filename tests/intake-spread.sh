#!/usr/bin/env bash
# intake-spread over three hosts: network namespaces of this machine, each with a real sshd. What comes back is what one
# host would have made, in its order, whatever happens to the others.
set -euo pipefail
fail() { echo "FAILED: $*" >&2; exit 1; }
# shellcheck source=tests/servers/hosts.sh
. "$INTAKE_SOURCE/tests/servers/hosts.sh"
[ -n "${HOSTS_INSIDE:-}" ] || hosts_inside "$0"
export PATH=$INTAKE_BIN:$PATH:/usr/sbin:/sbin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The desk, and what one host makes of its mails.
"$INTAKE_SOURCE/scripts/make-samples" "$work/desk" >/dev/null 2>&1
export INTAKE_CONFIG=$work/desk/intake.toml
intake-fetch --all >"$work/in"
whole=$(wc -l <"$work/in")
plain() { jq -c 'del(.stages[].at)' "$1"; }
intake-parse <"$work/in" | intake-decrypt | intake-scan >"$work/wanted"
plain "$work/wanted" >"$work/wanted.plain"

umask 077
hosts_make one two three
printf 'one\n2/two # the larger one\nthree\n' >"$work/hosts"
spread() { intake-spread --hosts "$work/hosts" --ssh-config "$work/ssh_config" "$@"; }
same() { # same NAME: all of it, once, in order, and every record as one host makes it
  plain "$work/out" >"$work/out.plain"
  cmp "$work/wanted.plain" "$work/out.plain" || fail "$1: not what one host makes; told: $(cat "$work/err")"
}
for host in one two three; do host_up "$host"; done

spread --block 5 <"$work/in" >"$work/out" 2>"$work/err" || fail "three hosts: $(cat "$work/err")"
same "three hosts"
[ ! -s "$work/err" ] || fail "three hosts at peace say: $(cat "$work/err")"
for host in one two three; do
  logged=$(ssh -F "$work/ssh_config" "$host" 'echo $INTAKE_CONFIG')
  [ "$logged" = "$INTAKE_CONFIG" ] || fail "the hosts of this test are not as meant"
done

# Longer work for the ones that get hurt: slowly() feeds a record at a time, and does its harm within.
slowly() {
  local count=0 line
  while IFS= read -r line; do
    printf '%s\n' "$line"
    count=$((count + 1))
    if [ "$count" = 30 ]; then "$@"; fi
  done <"$work/in"
}
kill_in_flight() { # as soon as it works on a block
  local host=$1
  for _ in {1..200}; do
    if ip netns pids "$host" | xargs -r ps -o comm= -p 2>/dev/null | grep -q intake-; then break; fi
    sleep 0.02
  done
  host_down "$host"
}
slowly kill_in_flight two | spread --block 3 --silent 6 >"$work/out" 2>"$work/err" || fail "a host killed: $(cat "$work/err")"
same "a host killed"
grep -q "^intake-spread: two: a block ended with status" "$work/err" || fail "nobody told that two died: $(cat "$work/err")"
host_up two

# Its link goes down with work in flight: nothing says no, it is just silent.
silence() {
  for _ in {1..200}; do
    if ip netns pids two | xargs -r ps -o comm= -p 2>/dev/null | grep -q intake-; then break; fi
    sleep 0.02
  done
  ip link set v-two down
}
slowly silence | spread --block 3 --silent 3 >"$work/out" 2>"$work/err" || fail "a silent host: $(cat "$work/err")"
same "a silent host"
grep -q "^intake-spread: two: a block ended with status 255" "$work/err" || fail "the silence was not found: $(cat "$work/err")"
spread --block 30 --silent 3 <"$work/in" >"$work/out" 2>"$work/err" || fail "a host away: $(cat "$work/err")"
same "a host away"
grep -q "^intake-spread: two: left out, not to be reached" "$work/err" || fail "nobody told that two is away"
ip link set v-two up

# An older version, and signatures that are too old, are refused before a record goes there.
host_down two
host_down three
mkdir -p "$work/old" "$work/stale"
for tool in "$INTAKE_BIN"/intake*; do ln -s "$tool" "$work/old/"; done
rm "$work/old/intake-scan"
cat >"$work/old/intake-scan" <<END
#!/bin/sh
case \$1 in --version) echo intake-scan 0.0.9 ;; *) head -c 1 >>$work/worked ;; esac
END
chmod 755 "$work/old/intake-scan"
cp -r "$work/desk/." "$work/stale/"
find "$work/stale/clamav" -type f -exec touch -d '30 days ago' {} +
host_up two "$INTAKE_CONFIG" "$work/old:/usr/bin:/bin"
host_up three "$work/stale/intake.toml"
spread --block 10 <"$work/in" >"$work/out" 2>"$work/err" || fail "unfit hosts: $(cat "$work/err")"
same "unfit hosts"
grep -q "^intake-spread: two: left out, it has other versions: .*intake-scan 0.0.9" "$work/err" || fail "the version: $(cat "$work/err")"
[ ! -s "$work/worked" ] || fail "the older version got records"
grep -q "^intake-spread: three: left out, a stage does not start there (status 69)" "$work/err" || fail "stale: $(cat "$work/err")"

# With nobody left: whole blocks in order, or nothing, and a status that tells.
slowly host_down one | { spread --block 3 --silent 3 >"$work/out" 2>"$work/err" && fail "all died, and it went well"; [ $? = 75 ]; } ||
  fail "all died: not 75: $(cat "$work/err")"
plain "$work/out" >"$work/out.plain"
made=$(wc -l <"$work/out.plain")
[ "$made" -lt "$whole" ] || fail "the death of all came too late to tell anything"
! grep -vxFf "$work/wanted.plain" "$work/out.plain" || fail "a record that nobody else makes"
[ "$(sort "$work/out.plain" | uniq -d | wc -l)" = 0 ] || fail "a record twice"
grep -q 'its records stay undone' "$work/err" || fail "nobody told of undone blocks"
status=0
spread --silent 3 <"$work/in" >"$work/out" 2>"$work/err" || status=$?
[ "$status" = 69 ] && [ ! -s "$work/out" ] || fail "no host: status $status"

status=0
spread verify </dev/null 2>"$work/err" || status=$?
[ "$status" = 64 ] && grep -q 'stays on this host' "$work/err" || fail "verify was spread"
[ -z "$(find /dev/shm -maxdepth 1 -name 'intake-spread-*' -newer "$work/hosts")" ] || fail "blocks are left in memory"
