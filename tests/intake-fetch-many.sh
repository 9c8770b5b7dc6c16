#!/usr/bin/env bash
# Mailboxes that are empty, full of small mail, or hold mail that is too large: INTAKE_MANY messages (else 5,000).
set -euo pipefail
# shellcheck source=tests/servers/fetching.sh
. "$INTAKE_SOURCE/tests/servers/fetching.sh"
many=${INTAKE_MANY:-5000}
dovecot_start
account chuo "imaps://localhost:$imaps/" "${login[@]}" | configure intake.toml

run 0 --new
[ ! -s "$work/out" ] && [ ! -s "$work/err" ] || fail "an empty mailbox: $(cat "$work/err")"
[ "$(events checked '%"result":"ok","messages":0%')" = 1 ] || fail "the check of an empty mailbox is not noted"

# A large one whole, one over the limit as a finding, with the rest between them.
large() { mail "$1"; head -c "$2" /dev/zero | base64 -w 76; }
large large $((45 * 1024 * 1024)) | dovecot_deliver chuo # 60 MiB in base64
mail between | dovecot_deliver chuo
large enormous $((100 * 1024 * 1024)) | dovecot_deliver chuo
mail last | dovecot_deliver chuo
for url in "imaps://localhost:$imaps/" "pop3s://localhost:$pop3s/"; do
  account chuo "$url" "${login[@]}" | configure intake.toml
  run 0
  jq -c '[.raw.size > 60000000, (.raw | has("data")), [.findings[]?.code]]' "$work/out" >"$work/shapes"
  diff "$work/shapes" - <<'END' || fail "$url: large messages"
[true,true,[]]
[false,true,[]]
[true,false,["mail.limit"]]
[false,true,[]]
END
  [ "$(head -n 1 "$work/out" | jq -r .raw.data | base64 -d | tr -d '\r' | sha256sum)" = "$(large large $((45 * 1024 * 1024)) | sha256sum)" ] ||
    fail "$url: the large message is not what was sent"
done

# Many small ones: all, each once; the second time none is fetched.
account many "imaps://localhost:$imaps/" 'user = "st01"' 'password = "file:st01.secret"' 'ca_file = "dovecot/ca.pem"' |
  configure intake.toml
echo pw-st01 | secret_file st01.secret
python3 - "$work/dovecot/home/st01" "$many" <<'END'
import os, sys
home, count = sys.argv[1], int(sys.argv[2])
for sub in ("cur", "new", "tmp"):
    os.makedirs(os.path.join(home, sub))
for i in range(count):
    with open(f"{home}/new/{1795356000 + i}.M{i}.test", "w") as out:
        out.write(f"Message-ID: <{i}@example.jp>\nSubject: {i}\n\nbody {i}\n")
END
[ "$(id -u)" != 0 ] || chown -R nobody "$work/dovecot/home"
before=$(mailbox_state st01 | sha256sum)
run 0 --new --progress=json
[ "$(ids | sort -u | wc -l) $(ids | wc -l)" = "$many $many" ] || fail "$(ids | sort -u | wc -l) of $many messages"
tail -n 1 "$work/err" | jq -se --argjson many "$many" '.[0] | .done == $many and .total == $many and .end and .seconds_left == 0' >/dev/null ||
  fail "the progress: $(tail -n 1 "$work/err")"
finish
run 0 --new
[ ! -s "$work/out" ] && [ ! -s "$work/err" ] || fail "what is finished comes again"
[ "$(mailbox_state st01 | sha256sum)" = "$before" ] || fail "the mailbox was changed"
