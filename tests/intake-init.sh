#!/usr/bin/env bash
# A desk made by intake-init works: doctor finds nothing bad, a day's run judges as the sample desk does. Asked for at a
# terminal or told by options; nothing there is overwritten, and no password is shown.
set -euo pipefail
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
run() { # run STATUS COMMAND ARG…: stdin is empty
  local want=$1 got=0
  shift
  "$@" </dev/null >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "$*: status $got, not $want: $(cat "$work/out" "$work/err")"
}
"$INTAKE_SOURCE/scripts/make-samples" "$work/samples" 2>/dev/null
desk=$work/desk
options=(--station 熊本中央警察署 --station-id chuo --address chuo@police.example.jp --tel 096-000-0000
  --mailbox "maildir:$work/samples/Maildir" --sender noreply@proc.example.go.jp --authserv-id mx.police.example.jp
  --valid-from 2021-06-01 --zip-password-file "$work/samples/secrets/zip")
# init STATUS DIR OPTION VALUE…: the options above, with these instead
init() {
  local want=$1 folder=$2 i taken=()
  shift 2
  for ((i = 0; i < ${#options[@]}; i += 2)); do
    [[ " $* " == *" ${options[i]} "* ]] || taken+=("${options[@]:i:2}")
  done
  run "$want" "$INTAKE_BIN/intake-init" --dir "$folder" "${taken[@]}" "$@"
}

# Without a terminal everything needed is named at once, and nothing is written.
run 64 "$INTAKE_BIN/intake-init" --dir "$desk" --tel 1
for option in --station --address --mailbox --sender --valid-from; do
  grep -q -- "$option" "$work/err" || fail "it does not say that $option is missing"
done
for wrong in '--address nobody' '--mailbox ftp://x' '--valid-from 2021-13-01' '--valid-until 2020-01-01' '--station-id Ö'; do
  # shellcheck disable=SC2086  # an option and its value
  init 64 "$desk" $wrong
  grep -q -- "${wrong%% *}" "$work/err" || fail "it does not say what is wrong: $(cat "$work/err")"
done
init 64 "$desk" --owner nobody-of-this-name
init 64 "$desk" --from no-such-profile
grep -q 'one of: kumamoto-2021' "$work/err" || fail "it does not say which profiles there are: $(cat "$work/err")"
[ ! -e "$desk" ] || fail "a refused answer left files"

# By options. What would break a TOML string is only a name.
init 0 "$work/odd" --tel '1"\2' --station 'A"\署'
run 0 env INTAKE_CONFIG="$work/odd/intake.toml" "$INTAKE_BIN/intake-profile" check
init 0 "$desk"
grep -q 'intake doctor' "$work/out" || fail "it does not say how to go on"
[ "$(stat -c %a "$desk/secrets" "$desk/secrets/ledger.key" "$desk/secrets/zip" "$desk/drafts" | xargs)" = '700 600 600 700' ] ||
  fail "others can read secrets or drafts"
cmp -s "$work/odd/secrets/ledger.key" "$desk/secrets/ledger.key" && fail "two desks have one key"
! grep -rqF "$(cut -f 2 "$work/samples/secrets/zip")" "$desk/intake.toml" "$work/out" || fail "a password is shown"
cp -r "$desk" "$work/before"
init 73 "$desk"
diff -r "$desk" "$work/before" || fail "what was there is changed"

# It works: with signatures, nothing is bad, and the sample mails are judged as on the sample desk.
sed -i "s#^database = .*#database = \"$work/samples/clamav\"#" "$desk/intake.toml"
cat >>"$desk/intake.toml" <<'END'
[[stations]]
id = "kita"
name = "見本北警察署"
END
sed -i 's/^aliases = .*/aliases = ["中央署"]/' "$desk/intake.toml"
export INTAKE_CONFIG=$desk/intake.toml
run 0 "$INTAKE_BIN/intake-doctor" --json
jq -se '.[0] | all(.[]; .state != "bad")' "$work/out" >/dev/null || fail "$(jq -c '.[] | select(.state == "bad")' "$work/out")"
"$INTAKE_BIN/intake-daily" --json >"$work/day" 2>"$work/err" || fail "the day's run: $?: $(cat "$work/err")"
jq -r '[.id, .kind, .disposition] | @tsv' "$work/day" | sort >"$work/judged"
tail -n +2 "$work/samples/expected.tsv" | cut -f 1-3 | sort >"$work/expected"
diff "$work/expected" "$work/judged" || fail "judged differently"

# At a terminal: a wrong answer is asked again, an empty one takes what is offered, a password is not shown.
cat >"$work/ask.py" <<'PY'
import os, pty, sys, time
answers = ["", "見本警察署", "", "not an address", "desk@police.example.jp", "", "imaps://mail.example.jp/INBOX", "desk",
           "noreply@proc.example.go.jp", "", "2026-04-01", "", "himitsu-mail", "himitsu-zip"]
if count := os.environ.get("ANSWERS"):
    answers = answers[:int(count)] + [None]
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b""
try:
    for answer in answers:
        while not shown.rstrip(b" ").endswith(b":"):
            shown += os.read(terminal, 4096)
        time.sleep(0.05)  # the terminal is told to hide what is typed before the question shows, and flushes what was typed
        shown += b"\n"
        os.write(terminal, b"\x04" if answer is None else answer.encode() + b"\n")
    while chunk := os.read(terminal, 4096):
        shown += chunk
except OSError:
    pass
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
PY
run 0 python3 "$work/ask.py" "$INTAKE_BIN/intake-init" --dir "$work/asked"
! grep -q himitsu "$work/out" || fail "a password was shown: $(cat "$work/out")"
[ "$(<"$work/asked/secrets/mail") $(<"$work/asked/secrets/zip")" = "himitsu-mail himitsu-zip" ] || fail "the passwords are not kept"
grep -q '^password = "file:secrets/mail"' "$work/asked/intake.toml" || fail "no password is named"
grep -q '^id = "desk"' "$work/asked/intake.toml" || fail "the offered answer is not taken"
grep -q '^# authentication = ' "$work/asked/profile.toml" || fail "an authentication that nobody named"
# A talk that ends in the middle writes nothing.
ANSWERS=3 run 64 python3 "$work/ask.py" "$INTAKE_BIN/intake-init" --dir "$work/never"
[ ! -e "$work/never" ] || fail "an unfinished talk wrote files"
echo "intake-init: all passed"
