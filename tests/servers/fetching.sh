# shellcheck shell=bash disable=SC2034,SC2154
# What the tests of intake-fetch with servers share. To be sourced: makes $work, which goes at the end, and a
# configuration. Ends the test as skipped where there is no Dovecot.
fetch=$INTAKE_BIN/intake-fetch
ledger=$INTAKE_BIN/intake-ledger
work=$(mktemp -d)
children=()
dovecot_pid=
trap 'kill "${children[@]}" 2>/dev/null || true; dovecot_stop; rm -rf "$work"' EXIT
# shellcheck source=tests/servers/dovecot.sh
. "$INTAKE_SOURCE/tests/servers/dovecot.sh"
dovecot_available || { echo "skipped: no dovecot (dovecot-imapd, dovecot-pop3d)"; exit 77; }
fail() { echo "FAIL: $*" >&2; exit 1; }
run() { # run STATUS ARG…
  local want=$1 got=0
  shift
  "$fetch" "$@" </dev/null >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want, of $*: $(cat "$work/err")"
}
says() { grep -qF -- "$1" "$work/err" || fail "not said: $1, but: $(cat "$work/err")"; }
ids() { jq -r .id "$work/out"; }
uids() { jq -r .source.uid "$work/out" | tr '\n' ' '; }
mail() { printf 'Message-ID: <%s@example.jp>\nSubject: %s\nFrom: a@example.jp\n\n.body of %s\n.\n' "$1" "$1" "$1"; }
account() { # account NAME URL [LINE…]
  local name=$1 url=$2
  shift 2
  printf '[[accounts]]\nname = "%s"\nurl = "%s"\n' "$name" "$url"
  printf '%s\n' "$@"
}
login=('user = "chuo"' 'password = "file:secret"' 'ca_file = "dovecot/ca.pem"' 'timeout_seconds = 20')
configure() { # configure FILE <accounts
  {
    printf 'profile = "kumamoto-2021"\nstation = "chuo"\n[ledger]\npath = "ledger/ledger.db"\n'
    printf '[[stations]]\nid = "chuo"\nname = "熊本中央警察署"\n'
    cat
  } >"$work/$1"
}
secret_file() { (umask 077; cat >"$work/$1"); } # secret_file NAME <value
events() { sqlite3 "$work/ledger/ledger.db" "select count(*) from events where kind = '$1' and facts like '$2'"; }
# All of a user's mail as the server keeps it: bytes, times, and names, which hold the flags. A server moves what it has
# shown from new to cur, and adds the mark of no flags.
mailbox_state() {
  (
    cd "$work/dovecot/home/$1" || exit
    find . -type f \( -path '*/new/*' -o -path '*/cur/*' \) -printf '%T@ %f\n' -exec sha256sum {} + |
      sed -E 's#\./(.*/)?(new|cur)/##; s/:2,$//' | sort
  )
}
# What was written counts as handled from now on.
finish() {
  jq -c 'del(.raw.data) | .kind="application" | .disposition="return" | .stages.verify={"tool":"test","at":"2026-11-24T00:00:00Z"}' \
    "$work/out" | "$ledger" record >/dev/null
}
wait_until() { # wait_until COMMAND…: at most a minute
  local i
  for ((i = 0; i < 600; i++)); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  fail "never: $* $(tail -n 5 "$work"/*.err 2>/dev/null)"
}
mkdir "$work/ledger"
echo pw-chuo | secret_file secret
echo wrong | secret_file wrong
export INTAKE_CONFIG=$work/intake.toml
