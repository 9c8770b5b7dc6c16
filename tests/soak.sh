#!/usr/bin/env bash
# soak.sh [--minutes N] [--rate PER_SECOND] [--seed S] - the pipe that stays on, for 20 seconds or so many minutes, while
# mails come in at a mail server (5 a second) and things go wrong all the while: the server restarts, signatures change,
# confined workers are killed. Nothing may be lost or told twice, and nothing may grow: memory, descriptors, zombies.
set -euo pipefail
seconds=20 rate=5 seed=$RANDOM
while [ $# -gt 0 ]; do
  case $1 in
    --minutes) seconds=$(($2 * 60)) ;;
    --rate) rate=$2 ;;
    --seed) seed=$2 ;;
    *) echo "usage: soak.sh [--minutes N] [--rate PER_SECOND] [--seed S]" >&2; exit 64 ;;
  esac
  shift 2
done
export INTAKE_SOURCE=${INTAKE_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
export INTAKE_BIN=${INTAKE_BIN:-$INTAKE_SOURCE/build/bin}
[ "$(id -u)" = 0 ] || { echo "skipped: only root sees the memory and the descriptors of confined processes"; exit 77; }
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
# shellcheck source=tests/servers/dovecot.sh
. "$INTAKE_SOURCE/tests/servers/dovecot.sh"
dovecot_available || { echo "skipped: no dovecot (dovecot-imapd)"; exit 77; }
dovecot_pid='' children=()
trap 'kill "${children[@]}" 2>/dev/null || true; dovecot_stop; rm -rf "$work"' EXIT
fail() {
  echo "FAILED (seed $seed): $*" >&2
  tail -n 5 "$work"/*.err >&2
  exit 1
}
here=$INTAKE_SOURCE/tests/soak box=$work/dovecot/home/chuo
make_desk
dovecot_start
mkdir -p "$box"/{cur,new,tmp}
chown -R nobody "$box"
(umask 077; echo pw-chuo >"$work/desk/secrets/mail")
sed -i "s|^url = .*|url = \"imaps://localhost:$imaps/\"\nuser = \"chuo\"\npassword = \"file:secrets/mail\"\nca_file = \"$ca\"\npoll_seconds = 10|" "$INTAKE_CONFIG"
told() { jq -c --unbuffered '[.id, .disposition, ([.findings[]?.code] | unique | join(" "))]'; }
pipe() { # pipe NAME ARG…: of intake-fetch; what is told of each message goes to NAME
  local b=$INTAKE_BIN/intake name=$work/$1
  shift
  "$b-fetch" --new "$@" 2>"$name.fetch.err" | "$b-ledger" record 2>"$name.record.err" | "$b-parse" 2>"$name.parse.err" |
    "$b-decrypt" 2>"$name.decrypt.err" | "$b-scan" 2>"$name.scan.err" | "$b-verify" 2>"$name.verify.err" |
    "$b-ledger" record 2>"$name.judged.err" | told >"$name"
}
lines() { wc -l <"$1"; }
through() { # all that was delivered comes out, within two minutes
  local i
  for ((i = 0; i < 1200; i++)); do
    [ "$(lines "$work/watched")" -lt "$(lines "$work/delivered")" ] || return 0
    kill -0 "$pipe" 2>/dev/null || fail "the pipe has ended"
    sleep 0.1
  done
  fail "of $(lines "$work/delivered") messages $(lines "$work/watched") came out"
}

RANDOM=$seed
warm=50 tick=0 killed=0 reloaded=0 restarted=0
touch "$work/watched"
pipe watched --watch &
pipe=$!
children+=("$pipe")
"$here/deliver" "$box" "$work/delivered" 1000 1 $warm
through
"$here/sample" "$pipe" "$([ "$seconds" -lt 120 ] && echo 0.5 || echo 3)" >"$work/samples" &
sampling=$!
"$here/deliver" "$box" "$work/delivered" "$rate" $((warm + 1)) $((warm + seconds * rate)) &
delivering=$!
children+=("$sampling" "$delivering")
stages=(parse decrypt scan verify)
while kill -0 "$delivering" 2>/dev/null; do
  tick=$((tick + 1))
  sleep 2
  stage=$(pgrep -P "$pipe" -x "intake-${stages[RANDOM % 4]}") || fail "a stage is gone"
  # The youngest is the worker. Without the process that asks the ledger, verify doubts whatever comes: docs/ledger.md.
  if worker=$(pgrep -n -P "$stage") && kill -KILL "$worker" 2>/dev/null; then killed=$((killed + 1)); fi
  if [ $((tick % 4)) = 0 ]; then
    # Nothing is found by it: it only has to be read.
    printf '%032x:68:Soak-%d\n' "$tick" "$tick" | cat "$work/desk/clamav/sample.hdb" - >"$work/desk/sample.hdb"
    mv "$work/desk/sample.hdb" "$work/desk/clamav/sample.hdb"
    reloaded=$((reloaded + 1))
  fi
  # A connection that does not hold for a minute is made again later each time, after five minutes at last.
  if [ $((tick % 45)) = 5 ]; then
    dovecot_stop
    sleep $((RANDOM % 3))
    dovecot_port=$imap dovecot_start
    restarted=$((restarted + 1))
  fi
done
wait "$delivering"
through
kill "$sampling"
kill -TERM "$(pgrep -P "$pipe" -x intake-fetch)"
wait "$pipe" || fail "the pipe ended with status $?"

# One run more for what a fault may have left: what was not finished is judged as it was.
pipe after || fail "the run afterwards ended with status $?"
sort "$work/delivered" >"$work/wanted"
jq -r '.[0]' "$work/watched" | sort | diff <(cut -d ' ' -f 1 "$work/wanted") - >"$work/differences" ||
  fail "not each message came out once (< delivered, > came out): $(head "$work/differences")"
jq -r 'select(.[2] | contains("stage.failed") | not) | .[:2] | join(" ")' "$work/watched" | sort | comm -13 "$work/wanted" - >"$work/differences"
[ ! -s "$work/differences" ] || fail "judged otherwise: $(head "$work/differences")"
"$INTAKE_BIN/intake-ledger" check >"$work/checked" || fail "the ledger: $(cat "$work/checked")"
"$INTAKE_BIN/intake-ledger" export --kind received | jq -r .subject | sort | diff <(cut -d ' ' -f 1 "$work/wanted") - >"$work/differences" ||
  fail "not each message is in the ledger once: $(head "$work/differences")"
"$INTAKE_BIN/intake-ledger" query | jq -r '[.id, .ledger.state] | @tsv' >"$work/asked"
[ "$(grep -c judged "$work/asked") $(lines "$work/asked")" = "$(lines "$work/delivered") $(lines "$work/delivered")" ] ||
  fail "not each message is judged: $(cut -f 2 "$work/asked" | sort | uniq -c)"
echo "$(lines "$work/delivered") messages, each once in what came out and in the ledger; $(grep -c stage.failed "$work/watched") lost their worker;" \
  "$killed workers killed, signatures changed $reloaded times, server restarted $restarted times (seed $seed)"
"$here/judge" "$work/samples" || fail "something grew"
