#!/usr/bin/env bash
# A mailbox that was never emptied: bench/uids.sh [--mails N] [--new N] [--rounds N]. A Dovecot mailbox of so many messages
# (100,000) that the ledger holds as finished, and a few behind them (10) that it does not: `intake-fetch --new` must ask
# for the few only. The peer asks the same server for the numbers of all messages and does nothing with them (imaplib of
# Python; curl takes no answer of more than 300 kB).
set -euo pipefail
mails=100000 new=10 rounds=3
while [ $# -gt 0 ]; do
  case $1 in
    --mails) mails=$2 ;;
    --new) new=$2 ;;
    --rounds) rounds=$2 ;;
    *) echo "usage: bench/uids.sh [--mails N] [--new N] [--rounds N]" >&2; exit 64 ;;
  esac
  shift 2
done
work=$(mktemp -d -p /dev/shm)
dovecot_pid=
# shellcheck source=bench/large_ledger.bash
. "$(dirname "${BASH_SOURCE[0]}")/large_ledger.bash"
# shellcheck source=tests/servers/dovecot.sh
. "$INTAKE_SOURCE/tests/servers/dovecot.sh"
trap 'dovecot_stop; rm -rf "$work"' EXIT
echo "default_vsz_limit = 4G" >"$work/dovecot.extra" # a server of this size is given more than the usual 256 MB
dovecot_start
box=$work/dovecot/home/chuo
mkdir -p "$box"/{cur,new,tmp}
# One file under many names: what is in the finished ones is never asked for.
python3 - "$box" "$mails" "$new" <<'END'
import os, sys
box, mails, new = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
text = "Message-ID: <%s@example.jp>\r\nFrom: a@example.jp\r\nSubject: x\r\n\r\nbody\r\n"
open(f"{box}/tmp/one", "w", newline="").write(text % "finished")
for n in range(1, mails + 1): os.link(f"{box}/tmp/one", f"{box}/cur/{n:08d}.M1.desk:2,S")
for n in range(mails + 1, mails + new + 1):
    open(f"{box}/cur/{n:08d}.M1.desk:2,S", "w", newline="").write(text % n)
os.unlink(f"{box}/tmp/one")
END
[ "$(id -u)" != 0 ] || chown -R nobody "$box"
(umask 077; echo pw-chuo >"$work/mail.secret")
ledger_desk intake ledger.db "[[accounts]]
name = \"chuo\"
url = \"imaps://localhost:$imaps/\"
user = \"chuo\"
password = \"file:mail.secret\"
ca_file = \"$ca\""
ask() { # UIDVALIDITY, and how many UIDs there are
  python3 - "$ca" "$imaps" <<'END'
import imaplib, ssl, sys
imaplib._MAXLINE = 1 << 30
server = imaplib.IMAP4_SSL("localhost", int(sys.argv[2]), ssl_context=ssl.create_default_context(cafile=sys.argv[1]))
server.login("chuo", "pw-chuo")
server.select("INBOX", readonly=True)
print(server.response("UIDVALIDITY")[1][0].decode(), server.uid("SEARCH", "ALL")[1][0].count(b" ") + 1)
server.logout()
END
}
read -r uidvalidity count < <(ask) # the server makes its index now
[ "$count" = $((mails + new)) ]
lines $((3 * mails)) | sed "s/\"uidvalidity\":1,/\"uidvalidity\":$uidvalidity,/" | "$bin/intake-ledger" record >/dev/null

best_ours='' best_peer=''
for ((round = 0; round < rounds; round++)); do
  a=$(now)
  /usr/bin/time -o "$work/most" -f %M "$bin/intake-fetch" --new >"$work/records"
  b=$(now)
  ask >/dev/null
  c=$(now)
  [ "$(wc -l <"$work/records")" = "$new" ] || { echo "not $new but $(wc -l <"$work/records") messages were new" >&2; exit 1; }
  ours=$(calc "($b - $a) * 1000") peer=$(calc "($c - $b) * 1000")
  if [ -z "$best_ours" ] || [ "$(calc "$ours < $best_ours")" = 1 ]; then best_ours=$ours; fi
  if [ -z "$best_peer" ] || [ "$(calc "$peer < $best_peer")" = 1 ]; then best_peer=$peer; fi
done
printf '%d messages, %d of them new: peak %.1f MB\n' $((mails + new)) "$new" "$(calc "$(<"$work/most") / 1024")"
printf 'ratio uids %.2f (ours %.0f ms, peer the numbers alone %.0f ms)\n' "$(calc "$best_peer / $best_ours")" "$best_ours" "$best_peer"
