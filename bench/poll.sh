#!/usr/bin/env bash
# intake-fetch asking 23 IMAP accounts with nothing new: bench/poll.sh [--rounds N] [--rtt MS]. One Dovecot behind a proxy
# that delays what passes, so that a round trip takes 30 ms, the handshake of a connection included (delay_proxy.py: a
# network namespace with netem needs a kernel module that is not everywhere). TLS 1.3. The peer is mbsync with 23 channels
# whose near sides hold the messages already. Whole processes by turns, the best round of each; the target is 0.4 s.
set -euo pipefail
bin=$(realpath "${INTAKE_BIN:-build/bin}")
INTAKE_SOURCE=${INTAKE_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
rounds=5 rtt=30
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2 ;;
    --rtt) rtt=$2 ;;
    *) echo "usage: bench/poll.sh [--rounds N] [--rtt MS]" >&2; exit 64 ;;
  esac
  shift 2
done
for package in isync dovecot-imapd; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    apt-get install -y --no-install-recommends "$package" >/dev/null
done
work=$(mktemp -d -p /dev/shm)
dovecot_pid=
# shellcheck source=tests/servers/dovecot.sh
. "$INTAKE_SOURCE/tests/servers/dovecot.sh"
# shellcheck source=bench/mbsync.bash
. "$INTAKE_SOURCE/bench/mbsync.bash"
proxy=
trap '[ -z "$proxy" ] || kill "$proxy"; dovecot_stop; rm -rf "$work"' EXIT
umask 077
cd "$work"
mapfile -t users < <(printf 'st%02d\n' {0..22})
dovecot_start
for user in "${users[@]}"; do
  printf 'Message-ID: <%s@example.jp>\nFrom: a@example.jp\nSubject: x\n\nbody\n' "$user" | dovecot_deliver "$user"
done
python3 "$INTAKE_SOURCE/bench/delay_proxy.py" "$imaps" "$rtt" "$work/port" &
proxy=$!
while [ ! -s port ]; do sleep 0.05; done
port=$(<port)
cat >intake.toml <<'END'
profile = "kumamoto-2021"
station = "chuo"
[ledger]
path = "ledger.db"
[[stations]]
id = "chuo"
name = "見本中央警察署"
END
for user in "${users[@]}"; do
  echo "pw-$user" >"$user.secret"
  cat >>intake.toml <<END
[[accounts]]
name = "$user"
url = "imaps://localhost:$port/"
user = "$user"
password = "file:$user.secret"
ca_file = "$ca"
END
  mkdir -p "near/$user"
  mbsync_channel "$user" "$user" "$port" "$work/near/$user" >>mbsyncrc
done
export INTAKE_CONFIG=$work/intake.toml
ours() { "$bin/intake-fetch" --new >records; }
peer() { mbsync -q -c mbsyncrc -a; }
ours
[ "$(wc -l <records)" = 23 ]
python3 - records >judged <<'PY'
import json, sys
for line in open(sys.argv[1]):
    record = json.loads(line)
    del record["raw"]["data"]
    record.update(kind="other", disposition="return")
    record["stages"]["verify"] = {"tool": "bench", "at": "2026-11-24T00:00:00Z"}
    print(json.dumps(record))
PY
"$bin/intake-ledger" record <judged >/dev/null
peer
now() { date +%s%N; }
best_ours='' best_peer=''
for ((round = 0; round < rounds; round++)); do
  a=$(now)
  ours
  b=$(now)
  peer
  c=$(now)
  [ ! -s records ]
  if [ -z "$best_ours" ] || [ $((b - a)) -lt "$best_ours" ]; then best_ours=$((b - a)); fi
  if [ -z "$best_peer" ] || [ $((c - b)) -lt "$best_peer" ]; then best_peer=$((c - b)); fi
done
awk -v ours="$best_ours" -v peer="$best_peer" -v rtt="$rtt" 'BEGIN {
  printf "23 accounts, nothing new, round trip %d ms: %.3f s\n", rtt, ours / 1e9
  printf "ratio poll-time %.2f (ours %.0f ms, peer target 400 ms)\n", 400e6 / ours, ours / 1e6
  printf "ratio poll %.2f (ours %.0f ms, peer mbsync %.0f ms)\n", peer / ours, ours / 1e6, peer / 1e6 }'
