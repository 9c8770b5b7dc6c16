#!/usr/bin/env bash
# Secrets stay where they belong. Passwords, a token and keys that are random markers go through a pipe that stays on,
# with a real mail server, and through whatever goes wrong with a secret; then they are looked for, in every spelling,
# in the command lines, environments and memory of all its processes and in all that was written. No tool leaves a core,
# and no process of the same user can look into one. Each search has to find first what is planted for it.
set -euo pipefail
# shellcheck source=tests/servers/fetching.sh
. "$INTAKE_SOURCE/tests/servers/fetching.sh"
here=$INTAKE_SOURCE/tests/secrets
strace -f -qq -o /dev/null true 2>/dev/null || { echo "skipped: strace may not trace here"; exit 77; }

declare -A marker
for name in mail credential command token zip ledger_key old_key wrong_mail wrong_zip wrong_key literal; do
  marker[$name]=M$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n' | tr 0-9 g-p)
done
"$here/needles" "${marker[@]}" >"$work/needles"
# holding FILE…: those that hold a marker.
holding() { LC_ALL=C grep -laFf "$work/needles" -- "$@" 2>/dev/null || true; }
# told_by SESSION: $told, the command lines and environments of its processes.
told_by() { mapfile -t told < <(pgrep -s "$1" | sed 's|.*|/proc/&/cmdline\n/proc/&/environ|'); }
for name in "${!marker[@]}"; do printf %s "${marker[$name]}" | secret_file "$name"; done

# What the searches must find.
mkdir "$work/planted"
number=0
while IFS= read -r line; do
  number=$((number + 1))
  printf 'x\0%s\0' "$line" >"$work/planted/$number"
done <"$work/needles"
[ "$(holding "$work"/planted/* | wc -l) $number" = "$((7 * ${#marker[@]})) $((7 * ${#marker[@]}))" ] || fail "the search overlooks what is planted"
rm -r "$work/planted"
planted() { # planted FILE COMMAND…: a process that shows a marker there
  setsid "${@:2}" &
  local pid=$!
  children+=("$pid")
  wait_until grep -qsa "${marker[mail]}" "/proc/$pid/$1"
  told_by "$pid"
  holding "${told[@]}" | grep -qx "/proc/$pid/$1" || fail "a marker in $1 is overlooked"
  kill -- "-$pid"
}
planted cmdline sh -c 'sleep 60; exit' "${marker[mail]}"
planted environ env SHOWN="${marker[mail]}" sleep 60

# The desk: four accounts, whose secrets come from a file, a credential of the service, a command, and a token's file.
mkdir "$work/credentials"
mv "$work/credential" "$work/credentials/"
export CREDENTIALS_DIRECTORY=$work/credentials
{
  echo "chuo:{PLAIN}${marker[mail]}::::::"
  echo "st00:{PLAIN}${marker[credential]}::::::"
  echo "st01:{PLAIN}${marker[command]}::::::"
} >"$work/users"
python3 "$INTAKE_SOURCE/tests/servers/token_server.py" "${marker[token]}" st02 "$work/token.port" &
children+=("$!")
wait_until test -e "$work/token.port"
printf '%s\n' 'introspection_mode = post' "introspection_url = http://127.0.0.1:$(<"$work/token.port")/" \
  'username_attribute = username' 'active_attribute = active' 'active_value = true' >"$work/oauth.conf"
chmod 644 "$work/oauth.conf" "$work/users"
cat >"$work/dovecot.extra" <<END
auth_mechanisms = plain login xoauth2
passdb {
  driver = passwd-file
  args = username_format=%u $work/users
}
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = $work/oauth.conf
}
END
dovecot_start
desk() { # desk FILE MAIL ZIP LEDGER: the references of three secrets
  local ca='ca_file = "dovecot/ca.pem"'
  {
    printf '[archive]\npasswords = ["%s"]\n' "$3"
    account chuo "imaps://localhost:$imaps/" 'user = "chuo"' "password = \"$2\"" "$ca"
    account st00 "imap://localhost:$imap/" 'user = "st00"' 'password = "credential:credential"' "$ca"
    account st01 "pop3s://localhost:$pop3s/" 'user = "st01"' "password = \"command:cat $work/command\"" "$ca"
    account st02 "imaps://localhost:$imaps/" 'user = "st02"' 'password = "file:token"' 'auth = "xoauth2"' "$ca"
  } | configure "$1"
  sed -i "s|^path = .*|&\nkey = \"$4\"|" "$work/$1"
}
desk intake.toml file:mail file:zip file:ledger_key
for user in chuo st00 st01 st02; do "$here/locked_mail" "${marker[zip]}" "$user" | dovecot_deliver "$user"; done

# The pipe stays on until it is told to stop; each filter has read its secrets and worked with them by then.
mkdir "$work/said"
cat >"$work/pipe" <<END
cd $work/said
$INTAKE_BIN/intake-fetch --new --watch --progress=json 2>fetch.err | $INTAKE_BIN/intake-parse 2>parse.err | tee parsed |
  $INTAKE_BIN/intake-decrypt 2>decrypt.err | tee opened | $INTAKE_BIN/intake-verify 2>verify.err |
  $INTAKE_BIN/intake-ledger record 2>ledger.err | $INTAKE_BIN/intake-render --jobs 2 2>render.err >out
END
setsid bash "$work/pipe" &
session=$!
trap 'kill -- "-$session" 2>/dev/null || true; kill "${children[@]}" 2>/dev/null || true; dovecot_stop; rm -rf "$work"' EXIT
wait_until eval '[ "$(wc -l 2>/dev/null <"$work/said/out" || true)" = 4 ]'
[ "$(jq -r '.files[] | select(.origin == "archive") | .path' "$work/said/opened")" = "$(printf '申請書.txt\n%.0s' {1..4})" ] ||
  fail "an archive was not opened: $(jq -c .findings "$work/said/opened")"
told_by "$session"
[ "${#told[@]}" -ge 24 ] || fail "not the processes of a pipe: ${told[*]}"
[ -z "$(holding "${told[@]}")" ] || fail "shown: $(holding "${told[@]}" | while read -r file; do tr '\0' ' ' <"$file"; done)"

# In memory: what was read once is wiped. The passwords of archives lie locked and out of cores in the two filters that
# try them, in each in the pump and its workers, and not in what render starts beside. What is left in fetch is libcurl's.
if [ "$(id -u)" = 0 ]; then
  for pid in $(pgrep -s "$session" -f "^$INTAKE_BIN/intake-"); do
    "$here/in_memory" "$pid" "${marker[@]}" | sed "s|^|$(cat "/proc/$pid/comm") |"
  done >"$work/in_memory"
  grep -q "^intake-fetch ${marker[mail]} .* lo .* wf dd" "$work/in_memory" || fail "memory is not searched: $(cat "$work/in_memory")"
  for tool in decrypt render; do
    processes=$([ $tool = render ] && echo 3 || echo 2)
    [ "$(grep -c "^intake-$tool ${marker[zip]} .* dd" "$work/in_memory")" = "$processes" ] ||
      fail "$tool: $(cat "$work/in_memory")"
    grep -q "^intake-$tool .* lo " "$work/in_memory" || fail "$tool: its passwords are not locked"
  done
  ! grep -vE "^intake-(decrypt|render) ${marker[zip]} |^intake-fetch (${marker[mail]}|${marker[credential]}|${marker[command]}|${marker[token]}) " \
    "$work/in_memory" || fail "a secret is where it is not needed"
fi
kill "$(pgrep -s "$session" -x intake-fetch)"
wait "$session" || fail "the pipe ended with status $?"

# Whatever can go wrong with a secret, and every program that is started meanwhile, with its whole environment.
started() { # started STATUS NAME COMMAND…: all that it says, and the programs that it starts, are kept in said
  local want=$1 got=0
  strace -f -qq -v -s 99999 -e trace=execve -e signal=none -o "$work/said/$2.started" "${@:3}" \
    <"$work/said/parsed" >"$work/said/$2.out" 2>"$work/said/$2.err" || got=$?
  [ "$got" = "$want" ] || fail "$2: status $got, not $want: $(cat "$work/said/$2.err")"
}
started 0 once "$fetch"
grep -q "execve(\"[^\"]*/cat\", \[\"cat\", \"$work/command\"\]" "$work/said/once.started" || fail "the command is not seen"
desk wrong.toml file:wrong_mail file:wrong_zip file:wrong_key
started 77 wrong-mail "$fetch" --config "$work/wrong.toml"
started 0 wrong-zip "$INTAKE_BIN/intake-decrypt" --config "$work/wrong.toml"
grep -q archive.password "$work/said/wrong-zip.out" || fail "a wrong password opens: $(cat "$work/said/wrong-zip.out")"
started 77 wrong-key "$ledger" query --config "$work/wrong.toml"
started 77 wrong-key-recording "$ledger" record --config "$work/wrong.toml"
wrong_desk() { # wrong_desk NAME SED: a value where a reference should stand, and other slips with one
  desk "$1.toml" file:mail file:zip file:ledger_key
  sed -i "$2" "$work/$1.toml"
  grep -q "${marker[literal]}" "$work/$1.toml" || fail "$1: no such slip"
  started 78 "$1" "$fetch" --config "$work/$1.toml"
}
wrong_desk literal-mail "s|file:mail|${marker[literal]}|"
wrong_desk literal-zip "s|file:zip|${marker[literal]}|"
wrong_desk literal-key "s|file:ledger_key|${marker[literal]}|"
wrong_desk unended "s|\"file:mail\"|\"${marker[literal]}|"
wrong_desk unquoted "s|\"file:mail\"|${marker[literal]}|"
wrong_desk misspelt "s|^password = \"file:mail\"|pasword = \"${marker[literal]}\"|"
wrong_desk in-the-url "s|imaps://localhost|imaps://chuo:${marker[literal]}@localhost|"
desk rekeyed.toml file:mail file:zip file:old_key
started 0 rekey "$ledger" rekey --config "$work/rekeyed.toml" --old file:"$work/ledger_key"
started 0 export "$ledger" export --config "$work/rekeyed.toml"
started 0 query "$ledger" query --config "$work/rekeyed.toml"
started 0 check "$ledger" check --config "$work/rekeyed.toml"
started 0 report "$INTAKE_BIN/intake-report" --config "$work/rekeyed.toml"
[ "$(jq -s 'map(select(.kind == "judged")) | length' "$work/said/export.out")" = 4 ] || fail "nothing to search: $(cat "$work/said/export.out")"
for tool in "$INTAKE_BIN"/intake-*; do started 0 "${tool##*/}-help" "$tool" --help; done
found=$(holding "$work"/said/* "$work"/ledger/*)
[ -z "$found" ] || fail "a secret is written in: $found"

# Killed at the moment when it opens its configuration, no tool leaves a core; cat, killed so, does.
mkdir "$work/cores"
killed() { # killed SIGNAL COMMAND…
  local got=0
  { # the shell need not tell of it
    (cd "$work/cores" && ulimit -c unlimited && exec strace -f -qq -o /dev/null -P "$INTAKE_CONFIG" \
      -e trace=openat -e inject=openat:signal="$1":when=1 "${@:2}" </dev/null >/dev/null) || got=$?
  } 2>/dev/null
  [ "$got" -gt 128 ] || fail "status $got, not death by $1: ${*:2}"
}
if (ulimit -c unlimited) 2>/dev/null && killed SEGV cat "$INTAKE_CONFIG" && [ -n "$(ls "$work/cores")" ]; then
  rm "$work/cores"/*
  for line in 'fetch --new' parse decrypt scan verify 'ledger record' 'ledger query' render "export $work/out" 'reconcile --day 2026-11-17' \
    "notice --out $work/out" report; do
    read -ra words <<<"$line"
    for signal in SEGV ABRT; do killed "$signal" "$INTAKE_BIN/intake-${words[0]}" "${words[@]:1}"; done
    [ -z "$(ls "$work/cores")" ] || fail "a core of intake-$line"
  done
else
  echo "no cores in a folder here (ulimit, kernel.core_pattern): only the limit is looked at" >&2
fi

# No other process of an ordinary user can look into one of the user's tools; into another program it can.
user=(env)
[ "$(id -u)" != 0 ] || user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
mkdir -m 755 "$work/other"
desk other/intake.toml file:mail file:zip file:ledger_key
cp -r "$work/zip" "$INTAKE_BIN/intake-decrypt" "$INTAKE_SOURCE/share" "$work/other/" # where the user may look
[ "$(id -u)" != 0 ] || chown -R 65534 "$work/other"
mkfifo "$work/held"
INTAKE_CONFIG=$work/other/intake.toml INTAKE_SHARE=$work/other/share/intake "${user[@]}" "$work/other/intake-decrypt" \
  <"$work/held" >/dev/null &
tool=$!
exec 9>"$work/held"
"${user[@]}" sleep 60 &
children+=("$tool" "$!")
sleeping=$!
worker() { cat "/proc/$tool/task/$tool/children"; }
wait_until eval '[ -n "$(worker)" ]'
"${user[@]}" cat "/proc/$sleeping/environ" >"$work/seen" || fail "nobody can look into anything here"
for pid in "$tool" $(worker); do
  for file in environ mem auxv; do
    if "${user[@]}" head -c 1 "/proc/$pid/$file" >"$work/seen" 2>"$work/refused"; then fail "/proc/$pid/$file can be read"; fi
    grep -q denied "$work/refused" || fail "not refused: $(cat "$work/refused")"
  done
  grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits" || fail "$(cat "/proc/$pid/limits")"
done
exec 9>&-
wait "$tool" || fail "status $?"
