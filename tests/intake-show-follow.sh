#!/usr/bin/env bash
# intake-show --follow: what comes into the ledger appears on the screen that stays on, harmless, and it ends when asked.
set -euo pipefail
work=$(mktemp -d)
follower=
trap '[ -z "$follower" ] || kill -KILL "$follower" 2>/dev/null || true; rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
mkdir "$work/ledger"
head -c 48 /dev/urandom | base64 -w0 >"$work/key"
chmod 600 "$work/key"
cat >"$work/intake.toml" <<'TOML'
profile = "kumamoto-2021"
station = "chuo"
[[stations]]
id = "chuo"
name = "架空中央警察署"
address = "chuo@police.example.jp"
[ledger]
path = "ledger/ledger.db"
key = "file:key"
TOML
export INTAKE_CONFIG=$work/intake.toml COLUMNS=100 LC_ALL=C.UTF-8
day=$(date -d tomorrow +%F)  # not today, which may end meanwhile
comes() { # comes ID NUMBER NAME DISPOSITION: a message that the day's run has judged
  jq -nc --arg id "$1" --arg number "$2" --arg name "$3" --arg outcome "$4" --arg d "$day" '{intake: 1, id: $id,
    arrived_at: "\($d)T10:00:00+09:00", handling_day: $d, raw: {sha256: "00", size: 1}, mail: {}, kind: "application",
    application: {receipt_no: $number, procedure: "見本届", applicant: $name}, disposition: $outcome, actions: [],
    files: [{id: "f0", path: "a.txt", data: "U0VDUkVU"}], stages: {verify: {}}}' | "$INTAKE_BIN/intake-ledger" record >/dev/null
}
# waits_for COMMAND…: until it holds.
waits_for() {
  local tries
  for ((tries = 0; tries < 600; ++tries)); do
    if "$@"; then return; fi
    kill -0 "$follower" 2>/dev/null || fail "ended too early: $(cat "$work/out" "$work/err")"
    sleep 0.1
  done
  fail "not within a minute: $*: $(cat "$work/out" "$work/err")"
}
shown() { grep -qF -- "$1" "$work/out"; }
follow() {
  : >"$work/out"
  "$INTAKE_BIN/intake-show" --follow "$@" >"$work/out" 2>"$work/err" &
  follower=$!
}
ends() { # ends SIGNAL
  kill "-$1" "$follower"
  local status=0
  wait "$follower" || status=$?
  follower=
  [ "$status" = 0 ] || fail "SIG$1: status $status: $(cat "$work/err")"
  [ ! -s "$work/err" ] || fail "SIG$1: $(cat "$work/err")"
}

comes m-before00 R-1 '架空 太郎' accept
follow
waits_for shown 'R-1'
comes m-after000 R-2 $'見本\e[2J\u202e花子' confirm
waits_for shown 'R-2'
comes m-again000 R-3 '例示 冬子' return
waits_for shown 'R-3'
ends TERM
grep -q '^3 messages  accept 1  confirm 1  return 1$' "$work/out" || fail "no foot: $(cat "$work/out")"
[ "$(grep -c 'R-[123]' "$work/out")" = 3 ] || fail "not each once: $(cat "$work/out")"
shown '見本␛[2J<U+202E>花子' || fail "the name is not shown: $(cat "$work/out")"
! grep -q $'\e' "$work/out" || fail "a control character of a mail"

follow --json
waits_for shown 'm-again000'
comes m-json0000 R-4 '架空 太郎' accept
waits_for shown 'm-json0000'
ends INT
jq -se 'map(.id) == ["m-before00", "m-after000", "m-again000", "m-json0000"]' "$work/out" >/dev/null || fail "$(cat "$work/out")"
! shown U0VDUkVU || fail "bytes of a file"

# Who stops reading ends it, as any filter of a pipe.
mkfifo "$work/pipe"
"$INTAKE_BIN/intake-show" --follow >"$work/pipe" 2>"$work/err" &
follower=$!
head -n 1 "$work/pipe" >/dev/null
status=0
wait "$follower" || status=$?
follower=
[ "$status" = 141 ] || fail "nobody reads: status $status"

if command -v script >/dev/null; then
  mkfifo "$work/keyboard"
  exec 7<>"$work/keyboard"
  : >"$work/out"
  LC_ALL=ja_JP.UTF-8 TERM=xterm SHELL=/bin/sh script -qefc "exec '$INTAKE_BIN/intake-show' --follow" "$work/out" \
    <"$work/keyboard" >/dev/null 2>"$work/err" &
  follower=$!
  waits_for shown 'R-4'
  printf '\003' >&7
  wait "$follower" || fail "at a terminal: status $?"
  follower=
  exec 7>&-
  shown '4件' || fail "no foot at a terminal: $(cat "$work/out")"
  shown 'Ctrl-C' || fail "it does not say how to end it: $(cat "$work/out")"
fi

for wrong in "64 --follow R-1" "64 --follow --pages"; do
  got=0
  # shellcheck disable=SC2086
  "$INTAKE_BIN/intake-show" ${wrong#* } >/dev/null 2>"$work/err" || got=$?
  [ "$got" = "${wrong%% *}" ] || fail "$wrong: $got: $(cat "$work/err")"
done
got=0
INTAKE_CONFIG=$work/none.toml "$INTAKE_BIN/intake-show" --follow >/dev/null 2>&1 || got=$?
[ "$got" = 66 ] || fail "without a configuration: $got"
echo ok
