#!/usr/bin/env bash
# intake-fetch over IMAP against the floor (bench/fetch_floor.cpp: the same commands over OpenSSL, everything thrown away),
# mbsync into a tmpfs, and fetchmail that throws away: bench/fetch.sh [--rounds N]. One Dovecot on the loopback, TLS 1.3
# for all, its mail in a tmpfs; 2,000 messages of 20 kB and 100 of 5 MB; whole processes, login included, by turns, and
# the best round of each counts. Ours writes its records (base64 within) into a pipe that `cat` empties. Ratios are the
# peer's time by ours; memory is the peak of the largest process of ours.
set -euo pipefail
bin=${INTAKE_BIN:-build/bin}
INTAKE_SOURCE=${INTAKE_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
rounds=5
if [ "${1:-}" = --rounds ]; then rounds=$2; fi
for package in isync fetchmail time dovecot-imapd; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    apt-get install -y --no-install-recommends "$package" >/dev/null
done
work=$(mktemp -d -p /dev/shm)
dovecot_pid=
# shellcheck source=tests/servers/dovecot.sh
. "$INTAKE_SOURCE/tests/servers/dovecot.sh"
# shellcheck source=bench/mbsync.bash
. "$INTAKE_SOURCE/bench/mbsync.bash"
trap 'dovecot_stop; rm -rf "$work"' EXIT
umask 077
cd "$work"

mail() { # mail USER COUNT BYTES: the same messages, as three users have them, because fetchmail marks what it has read
  python3 - "$@" <<'PY'
import os, random, sys
user, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
draw = random.Random(size)
for name in ("ours", "mbsync", "fetchmail"):
    for sub in ("cur", "new", "tmp"): os.makedirs("dovecot/home/%s/%s" % (user + name, sub))
for i in range(count):
    head = "From: a@example.jp\r\nTo: b@example.jp\r\nSubject: %d\r\nMessage-ID: <%d@example.jp>\r\nDate: Tue, 17 Nov 2026 09:00:00 +0900\r\n\r\n" % (i, i)
    line = "".join(draw.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") for _ in range(76)) + "\r\n"
    name = "%d.M%d.bench:2," % (1795000000 + i, i)
    first = "dovecot/home/%sours/cur/%s" % (user, name)
    with open(first, "w", newline="") as out: out.write(head + line * ((size - len(head)) // len(line)))
    for other in ("mbsync", "fetchmail"): os.link(first, "dovecot/home/%s%s/cur/%s" % (user, other, name))
PY
}
configure() { # configure USER
  echo "pw-$1ours" >"$1.secret"
  cat >"$1.toml" <<END
profile = "kumamoto-2021"
station = "chuo"
[[stations]]
id = "chuo"
name = "見本中央警察署"
[[accounts]]
name = "chuo"
url = "imaps://localhost:$imaps/"
user = "$1ours"
password = "file:$1.secret"
ca_file = "$ca"
[ledger]
path = "ledger.db"
END
  { printf 'FSync no\n\n'; mbsync_channel all "$1mbsync" "$imaps" "$work/near"; } >"$1.mbsync"
  cat >"$1.fetchmail" <<END
poll localhost protocol IMAP service $imaps
  user "$1fetchmail" password "pw-$1fetchmail" is nobody here
  ssl sslcertck sslcertfile "$ca"
  keep fetchall fetchlimit 0 batchlimit 0 expunge 0 bsmtp "/dev/null"
END
}
ours() { /usr/bin/time -a -o memory -f %M "$bin/intake-fetch" --config "$1.toml" --all | cat >/dev/null; }
floor() { "$bin/fetch-floor" "$imaps" "$1ours" "pw-$1ours" "$ca" >floor.out 2>floor.tls; }
mbsync_all() { rm -rf near && mkdir near && mbsync -q -c "$1.mbsync" all; }
fetchmail_all() { HOME=$work fetchmail -f "$1.fetchmail" --silent --nosyslog --pidfile "$work/pid" >/dev/null 2>fetchmail.err || cat fetchmail.err >&2; }
now() { date +%s%N; }
declare -A best
time_it() { # time_it NAME COMMAND…
  local name=$1 start took
  shift
  start=$(now)
  "$@"
  took=$((($(now) - start) / 1000))
  if [ -z "${best[$name]:-}" ] || [ "$took" -lt "${best[$name]}" ]; then best[$name]=$took; fi
}

for user in {small,large}{ours,mbsync,fetchmail}; do users+=" $user"; done
mail small 2000 20000
mail large 100 5000000
dovecot_start
for user in $users; do echo "$user:{PLAIN}pw-$user::::::"; done >>dovecot/passwd
for load in small large; do
  configure "$load"
  messages=$([ "$load" = small ] && echo 2000 || echo 100)
  # What each gives is whole; these runs also make Dovecot's indexes.
  [ "$("$bin/intake-fetch" --config "$load.toml" --all | wc -l)" = "$messages" ]
  floor "$load"
  grep -q " $messages messages" floor.out
  mbsync_all "$load"
  [ "$(find near/INBOX/cur near/INBOX/new -type f | wc -l)" = "$messages" ]
  fetchmail_all "$load"
  : >memory
  for ((round = 0; round < rounds; round++)); do
    time_it "$load ours" ours "$load"
    time_it "$load floor" floor "$load"
    time_it "$load mbsync" mbsync_all "$load"
    [ "$round" -gt 1 ] || time_it "$load fetchmail" fetchmail_all "$load"
  done
  rm -rf near
  printf '%s: %s; peak %.1f MB\n' "$load" "$(<floor.tls)" "$(sort -n memory | tail -1 | awk '{ print $1 / 1024 }')"
done
ratio() { # ratio LOAD PEER
  awk -v name="fetch-$1-$2" -v peer_name="$2" -v ours="${best[$1 ours]}" -v peer="${best[$1 $2]}" 'BEGIN {
    printf "ratio %s %.2f (ours %.0f ms, peer %s %.0f ms)\n", name, peer / ours, ours / 1e3, peer_name, peer / 1e3 }'
}
for peer in floor mbsync fetchmail; do ratio large "$peer"; done
for peer in fetchmail mbsync floor; do ratio small "$peer"; done
