#!/bin/bash
# kill.sh [N [SEED]] - the day's run against a mail server, killed N (5) times while mail comes in: one tool of the pipe,
# the script, or all of it at once, at any moment. Then it runs to its end, and the desk must be what it is after a day
# without faults: each message finished once, each PDF exported once, each letter drafted once, the mailbox untouched.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
# shellcheck source=tests/servers/dovecot.sh
. "$INTAKE_SOURCE/tests/servers/dovecot.sh"
dovecot_available || { echo "skipped: no dovecot (dovecot-imapd)"; exit 77; }
count=${1:-5} seed=${2:-$RANDOM}
echo "kill.sh $count $seed"
fail() {
  echo "FAILED (kill.sh $count $seed): $*" >&2
  exit 1
}
dovecot_pid=
trap 'dovecot_stop; rm -rf "$work"' EXIT

dovecot_start
make_desk
box=$work/dovecot/home/chuo
mkdir -p "$box"/{cur,new,tmp} "$work/tmp" "$work/quiet"/{ledger,out,drafts} "$work/quiet/Maildir"/{cur,new,tmp}
export TMPDIR=$work/tmp
cp -r "$work/desk"/{clamav,secrets,intake.toml} "$work/quiet/"
(umask 077; echo pw-chuo >"$work/desk/secrets/mail")
sed -i "s|^url = .*|url = \"imaps://localhost:$imaps/\"\nuser = \"chuo\"\npassword = \"file:secrets/mail\"\nca_file = \"$ca\"|" "$INTAKE_CONFIG"
owner=$(stat -c %U:%G "$work/dovecot/run")
chown -R "$owner" "$box"

# The sample desk's mails and others by turns. Of the samples the earlier one comes first: some look back at others.
"$INTAKE_SOURCE/tests/pipeline/more_mails" "$work/more" $((5 * count + 100))
# A list that names what never comes is there from the start, so that letters about it are due in every run.
list=$(find "$work/desk/Maildir/new" -name "$(date -d '2026-11-19T06:00+09:00' +%s).*")
[ -f "$list" ] || fail "the samples have no list of 18 November: $list"
mapfile -t pool < <(echo "$list"
  paste -d '\n' <(find "$work/desk/Maildir/new" -type f | grep -vxF "$list" | sort) <(find "$work/more" -type f | sort) | grep .)
next=0

# deliver HOW-MANY: as a delivery agent does. Some are marked already, by whoever reads the mailbox beside us.
deliver() {
  local number file name folder
  for ((number = next; number < next + $1; number++)); do
    file=${pool[$number]} name=${pool[$number]##*/} folder=new
    cp -p "$file" "$work/quiet/Maildir/new/"
    cp -p "$file" "$box/tmp/$name"
    chown "$owner" "$box/tmp/$name"
    case $((number % 5)) in
      3) folder=cur name+=:2,S ;;
      4) folder=cur name+=:2,F ;;
    esac
    mv "$box/tmp/${file##*/}" "$box/$folder/$name"
  done
}

still_there() { env -u INTAKE_CONFIG grep -lzxFs "INTAKE_CONFIG=$INTAKE_CONFIG" /proc/[0-9]*/environ || true; }

# strike RUN WHAT: false when it had not begun or was over already.
tools=(fetch ledger:1 parse decrypt scan verify ledger:2 render export ledger:3 notice script)
strike() {
  local pid
  case $2 in
    all) kill -KILL -- "-$1" 2>/dev/null; return ;;
    script) pid=$1 ;;
    ledger:*) pid=$(pgrep -P "$1" -x intake-ledger | sed -n "${2#*:}p") ;;
    *) pid=$(pgrep -P "$1" -x "intake-$2") || true ;;
  esac
  [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null
}

RANDOM=$seed
span=3000 # milliseconds in which a run is killed; follows how long the runs take
killed=0 missed=0
deliver 6 && next=6
while [ "$killed" -lt "$count" ]; do
  before=$((RANDOM % 2)) meanwhile=$((RANDOM % 3)) pick=$((RANDOM % 16)) moment=$((RANDOM * span / 32768)) later=$((RANDOM * span / 32768))
  what=${tools[pick]:-all}
  [ $((next + before + meanwhile)) -le "${#pool[@]}" ] || before=0 meanwhile=0 # a slow machine had many runs that were missed
  deliver "$before" && next=$((next + before))
  set -m # a process group of its own
  "$daily" </dev/null >"$work/run.out" 2>"$work/run.err" &
  run=$!
  set +m
  { sleep "$(printf '%d.%03d' $((later / 1000)) $((later % 1000)))"; deliver "$meanwhile"; } &
  delivering=$!
  sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
  if strike "$run" "$what"; then
    killed=$((killed + 1)) span=$((span * 105 / 100))
  else
    missed=$((missed + 1))
    [ "$missed" -lt $((10 * count + 50)) ] || fail "no run lives long enough: $(cat "$work/run.err")"
    span=$((span * 85 / 100 + 100))
  fi
  wait "$run" 2>/dev/null || true
  wait "$delivering"
  next=$((next + meanwhile))
  for ((tries = 0; ; tries++)); do
    [ -n "$(still_there)" ] || break
    [ "$tries" -lt 1200 ] || fail "processes are left of a run whose $what was killed after $moment ms: $(still_there)"
    sleep 0.1
  done
  [ -z "$(cat "$work/run.out")" ] || fail "the run whose $what was killed after $moment ms wrote: $(head -c 500 "$work/run.out")"
  if [ -e "$work/desk/ledger/ledger.db" ]; then
    expect '0|66' "$INTAKE_BIN/intake-ledger" check
    # Whoever was making it was killed: nothing is in it, and that is all there is to say.
    [ ! -s "$work/err" ] || grep -q 'holds nothing yet' "$work/err" || fail "check: $(cat "$work/err")"
  fi
done
echo "killed $killed times, $missed times too late or too early; $next messages"

expect 0 "$daily"
[ -z "$(cat "$work/out" "$work/err")" ] || fail "the run to the end is not quiet: $(cat "$work/out" "$work/err")"
expect 0 "$daily" --json
[ ! -s "$work/out" ] || fail "something is new after the run to the end: $(as_judged <"$work/out")"
expect 0 "$INTAKE_BIN/intake-ledger" check
INTAKE_CONFIG=$work/quiet/intake.toml expect 0 "$daily"

# Everything that stands in ledger, medium and drafts, once as it is here and once without faults. Letters about a day's
# list are held against it below: what a list asks for depends on what had come in when it was checked.
of_desk() { # of_desk FOLDER
  export INTAKE_CONFIG=$1/intake.toml
  "$INTAKE_BIN/intake-ledger" query |
    jq -r '[.id, .kind, .disposition, ([.findings[]?.code] | unique | join(" ")), .ledger.state, .ledger.finished] | @tsv' | sort
  for kind in received exported noticed; do
    "$INTAKE_BIN/intake-ledger" export --kind "$kind" | jq -r '[.kind, .subject, .facts.do, .facts.to] | @tsv' | grep -v $'\tday:' | sort
  done
  sort "$1/out/manifest.ndjson"
  (cd "$1/out" && find . -type f ! -name manifest.ndjson -exec sha256sum {} +) | sort -k 2
  (cd "$1/drafts" && for letter in *; do [[ $letter == *day_* ]] || echo "$letter $(grep -av ^Date: "$letter" | sha256sum)"; done)
}
(of_desk "$work/quiet") >"$work/wanted"
(of_desk "$work/desk") >"$work/got"
[ "$(grep -c 'accept.*exported.*true' "$work/wanted")" -ge 4 ] || fail "too little was exported to show anything"
diff "$work/wanted" "$work/got" >"$work/differences" || fail "not as without faults (> got, < wanted): $(head -n 40 "$work/differences")"
[ "$("$INTAKE_BIN/intake-ledger" query | jq -r .id | sort -u | wc -l)" = "$next" ] || fail "not each message is in the ledger"

# Letters about days: each file is one event and each event one file, none is there twice, none was asked for by no check
# of the lists, and all that the day without faults has are there, word for word.
letters_of_days() { # letters_of_days FOLDER: "DAY ACTION RECIPIENT RECEIPT-NUMBER" of each
  find "$1/drafts" -name '*day_*.eml' -printf '%f\n' |
    sed -E 's/^(.*_)?day_([0-9-]{10})(_[0-9a-f]{8})?_(ask_resubmit|report_list_missing)_(.*)\.eml$/\2 \4 \5 \1/; s/_$//' | sort
}
letters_of_days "$work/desk" >"$work/letters"
letters_of_days "$work/quiet" >"$work/wanted.letters"
[ "$(grep -c ask_resubmit "$work/wanted.letters")" -ge 1 ] || fail "no list asks for a letter, which shows nothing"
[ -z "$(uniq -d "$work/letters")" ] || fail "drafted twice: $(uniq -d "$work/letters")"
"$INTAKE_BIN/intake-ledger" export --kind noticed |
  jq -r 'select(.subject | startswith("day:")) | "\(.subject[4:]) \(.facts.do) \(.facts.to)"' | sort |
  diff - <(cut -d ' ' -f 1-3 "$work/letters" | sort) >"$work/differences" || fail "letters (>) and events (<): $(cat "$work/differences")"
"$INTAKE_BIN/intake-ledger" export --kind reconciled | jq -r '.payload.day as $day | .payload.actions[] | if .do == "ask_resubmit"
  then "\($day) \(.do) applicant \(.receipt_no)" else "\($day) \(.do) \("general_manager", "site_administrator") " end' | sort -u >"$work/asked"
[ -z "$(comm -23 "$work/letters" "$work/asked")" ] || fail "nobody asked for: $(comm -23 "$work/letters" "$work/asked")"
[ -z "$(comm -23 "$work/wanted.letters" "$work/letters")" ] || fail "not drafted: $(comm -23 "$work/wanted.letters" "$work/letters")"
for letter in "$work"/quiet/drafts/*day_*_ask_resubmit_*.eml; do
  diff <(grep -av ^Date: "$letter") <(grep -av ^Date: "$work/desk/drafts/${letter##*/}") || fail "another letter: ${letter##*/}"
done

# The mailbox: as it was delivered, in its files and as the server tells it.
flags_of() { case $1 in *:2,*) echo "${1##*:2,}" ;; *) echo ;; esac; }
for file in "$box"/{new,cur}/*; do
  [ ! -e "$file" ] || echo "$(basename "${file%:2,*}") $(flags_of "$file") $(stat -c %Y "$file") $(sha256sum <"$file")"
done | sort >"$work/mailbox"
for ((number = 0; number < next; number++)); do
  flags=('' '' '' S F) file=${pool[$number]}
  echo "$(basename "$file") ${flags[number % 5]} $(stat -c %Y "$file") $(sha256sum <"$file")"
done | sort | diff - "$work/mailbox" || fail "the mailbox was changed"
doveadm -c "$work/dovecot/dovecot.conf" fetch -u chuo 'uid flags' all >"$work/told"
[ "$(grep -c ^uid: "$work/told")" = "$next" ] || fail "the server does not have every message"
[ "$(grep -c 'Seen' "$work/told") $(grep -c 'Flagged' "$work/told")" = "$(((next + 1) / 5)) $((next / 5))" ] ||
  fail "flags were changed: $(grep flags: "$work/told" | sort | uniq -c)"

# Nothing half-written is left anywhere.
left=$(find "$work/tmp" "$work/desk"/{out,drafts,ledger} -mindepth 1 ! -name '[^.]*.pdf' ! -name manifest.ndjson \
  ! -name '[^.]*.eml' ! -name 'ledger.db*')
[ -z "$left" ] || fail "left behind: $left"
