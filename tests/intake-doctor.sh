#!/usr/bin/env bash
# intake-doctor finds what is wrong with a desk, says what to do, and mends modes alone. Each thing it looks at is shown
# to it sound and broken: a real Dovecot, signatures, ledger and LibreOffice; the machine's own files through mounts.
set -euo pipefail
export LC_ALL=C.UTF-8
work=$(mktemp -d)
# shellcheck source=tests/servers/dovecot.sh
. "$INTAKE_SOURCE/tests/servers/dovecot.sh"
child=
cleanup() {
  if [ -n "${dovecot_pid:-}" ]; then dovecot_stop; fi
  if [ -n "$child" ]; then kill "$child" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
die() { echo "FAILED: $*" >&2; cat "$work/out" "$work/err" >&2 || true; exit 1; }
desk=$work/desk
"$INTAKE_SOURCE/scripts/make-samples" "$desk" >/dev/null 2>&1
export INTAKE_CONFIG=$desk/intake.toml
cp "$INTAKE_CONFIG" "$work/intake.toml"
status=0
# Each answer: a state known, a subject, and what to do about whatever is not good. The status says whether any is bad.
examine() {
  status=0
  "${before[@]}" "$INTAKE_BIN/intake-doctor" --json "$@" >"$work/out" 2>"$work/err" || status=$?
  jq -se '.[0] | length > 0 and all(.[]; (.state == "good" and .todo == null) or
    ((.state == "doubtful" or .state == "bad") and (.todo | length) > 0))' "$work/out" >/dev/null || die "not an answer"
  bad=$(jq '[.[] | select(.state == "bad")] | length' "$work/out")
  [[ $status == $((bad > 0)) ]] || die "status $status with $bad bad"
}
before=()
# said STATE SUBJECT TEXT - one line of the answer says so
said() {
  jq -se --arg state "$1" --arg subject "$2" --arg text "$3" \
    '.[0] | any(.[]; .state == $state and .subject == $subject and (.what | contains($text)))' "$work/out" >/dev/null ||
    die "not said: $1 $2: $3"
}
with() { sed "$@" "$work/intake.toml" >"$INTAKE_CONFIG"; }
restore() { cp "$work/intake.toml" "$INTAKE_CONFIG"; }

examine
said good configuration intake.toml
said good secrets ledger.key
said good secrets archive.passwords
said good confinement parse
said good confinement scan
said good scan ClamAV
said good render LibreOffice
said good space "$desk/out"
said good mail Maildir
said doubtful ledger 'not there yet'

# A person's view: the state in words, what to do behind an arrow; nothing of a terminal in a pipe.
"$INTAKE_BIN/intake" doctor >"$work/out" || true
grep -q '^good  *configuration' "$work/out" || die "no table"
grep -q '^  *-> The first daily run makes it' "$work/out" || die "no advice"
"$INTAKE_BIN/intake-doctor" --quiet >"$work/quiet" || true
diff <(grep -v '^good' "$work/out") "$work/quiet" || die "quiet says something else"
! grep -q $'\e' "$work/out" || die "colours in a pipe"

# Rights: told, mended when asked to, and nothing else is.
chmod 644 "$desk/secrets/ledger.key"
chmod 666 "$INTAKE_CONFIG"
chmod 755 "$desk/drafts"
examine
said bad secrets 'others have access'
said bad configuration 'others have access'
said bad output 'others have access'
[[ $(stat -c %a "$desk/secrets/ledger.key") == 644 ]] || die "changed without being asked"
cp "$desk/secrets/ledger.key" "$work/key"
examine --fix
said good secrets 'access was taken from others'
[[ $(stat -c %a "$desk/secrets/ledger.key" "$INTAKE_CONFIG" "$desk/drafts" | xargs) == '600 644 700' ]] || die "not mended"
cmp -s "$desk/secrets/ledger.key" "$work/key" || die "the key itself was changed"

# Drafts in one file, too.
with 's/^drafts = .*/drafts = "mbox:drafts.mbox"/'
(umask 022 && : >"$desk/drafts.mbox")
examine
said bad output "$desk/drafts.mbox: others have access"
restore

# A configuration or profile that cannot be used: its lines are told, and the rest is looked at all the same.
with '/^station = /s/station/statoin/'
examine
said bad configuration 'intake.toml:3'
said good confinement parse
INTAKE_CONFIG=$work/none.toml examine
said bad configuration none.toml
with 's/^profile = .*/profile = "nobody-2021"/'
examine
said bad profile nobody-2021
said doubtful ledger 'not there yet'
# A desk without a ledger key or with a secret that is not there.
with '/^key = /d'
examine
said doubtful secrets 'whoever has the ledger'
with 's#^passwords = .*#passwords = ["file:secrets/none"]#'
examine
said bad secrets none
# The medium is not there.
with 's#^out = .*#out = "medium"#'
examine
said doubtful output medium
restore

# A profile by its days, through a copy with other ones.
profile=$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml
with_days() { # FROM UNTIL
  sed -e "s/^valid_from = .*/valid_from = $1/" -e "s/^valid_until = .*/valid_until = $2/" "$profile" >"$desk/mine.toml"
  with 's/^profile = .*/profile = "mine.toml"/'
  examine
}
with_days 2021-06-01 2022-03-31
said bad profile 'expired on 2022-03-31'
with_days 2998-06-01 2999-03-31
said doubtful profile 'in force only from 2998-06-01'
with_days 2021-06-01 2999-03-31
said good profile 'in force'
cp "$INTAKE_CONFIG" "$work/intake.toml"  # from here on nothing else is bad

# Signatures: none, old ones, ones that do not know the test file.
mv "$desk/clamav" "$desk/elsewhere"
examine
said bad scan clamav
mkdir "$desk/clamav"
echo 'Some.Other:0:*:414243444546' >"$desk/clamav/other.ndb"
examine
said bad scan EICAR
rm -r "$desk/clamav"
cp -r "$desk/elsewhere" "$desk/clamav"
touch -d '9 days ago' "$desk"/clamav/*
examine
said bad scan 'older than 3 days'
rm -r "$desk/clamav"
mv "$desk/elsewhere" "$desk/clamav"
if ! pgrep -x freshclam >/dev/null; then
  examine
  said doubtful scan 'freshclam is not running'
  cp "$(command -v sleep)" "$work/freshclam"
  "$work/freshclam" 600 &
  child=$!
  examine
  said good scan 'freshclam is running'
fi

# A file that is no ledger is told and left as it is.
head -c 20000 /dev/urandom >"$desk/ledger/ledger.db"
cp "$desk/ledger/ledger.db" "$work/before"
examine
said bad ledger ledger.db
cmp -s "$desk/ledger/ledger.db" "$work/before" || die "the damaged ledger was touched"
rm "$desk/ledger/ledger.db"

# After a run the ledger knows of the check; --deep checks the chain, and converts a document.
"$INTAKE_BIN/intake-fetch" --new 2>/dev/null | "$INTAKE_BIN/intake-ledger" record >/dev/null
examine --deep
said good ledger whole
said good 'daily run' 'last checked on'
said good render 'turned a document into a PDF'
cp "$desk/ledger/ledger.db" "$work/ledger.db"
sqlite3 "$desk/ledger/ledger.db" "DROP TRIGGER events_keep; UPDATE events SET actor = 'other' WHERE sequence = 3;
  CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;"
examine --deep
said bad ledger ledger.db
cp "$work/ledger.db" "$desk/ledger/ledger.db"
with 's/^name = "chuo"/name = "other"/'
examine
said doubtful 'daily run' 'other: never checked'
restore

# Fonts: a fontconfig that knows none.
echo '<fontconfig></fontconfig>' >"$work/no-fonts.conf"
FONTCONFIG_FILE=$work/no-fonts.conf examine
said bad fonts IPAmjMincho
# A kernel that cannot confine.
before=("$INTAKE_BIN/deny" landlock_create_ruleset -- )
examine
said bad confinement 'cannot be confined'
before=("$INTAKE_BIN/deny" unshare=1 -- )
examine
said bad confinement 'scan, render: cannot be confined'
before=()

# The machine's own files and folders, laid over in a mount namespace.
if unshare -rm true 2>/dev/null; then
  inside() { before=(unshare -rm bash -c "$1"' && exec "$@"' _) && examine && before=(); }
  printf 'Filename Type Size Used Priority\n/dev/nosuch2 partition 1000 0 -2\n' >"$work/swaps"
  inside "mount --bind '$work/swaps' /proc/swaps"
  said bad swap /dev/nosuch2
  printf 'Filename Type Size Used Priority\n' >"$work/swaps"
  inside "mount --bind '$work/swaps' /proc/swaps"
  said good swap off
  inside "mount -t tmpfs -o size=1m none '$desk/out'"
  said doubtful space "$desk/out"
  mkdir "$work/empty"
  inside "mount --bind '$work/empty' /usr/lib/libreoffice/program"
  said bad render 'not installed'
fi

# Mail: a mailbox that is not there; a server that is, is not, refuses, and whose certificate ends soon.
with 's#^url = .*#url = "maildir:Nowhere"#'
examine
said bad mail Nowhere
account() { with "s#^url = .*#url = \"$1\"\\nuser = \"chuo\"\\npassword = \"file:secrets/$2\"\\nca_file = \"$work/dovecot/ca.pem\"#"; }
printf 'pw-chuo\n' >"$desk/secrets/mail"
printf 'wrong\n' >"$desk/secrets/wrong"
chmod 600 "$desk"/secrets/*
if dovecot_available; then
  dovecot_start
  account "imaps://localhost:$imaps/INBOX" mail
  examine
  said good mail 'logged in'
  said good mail 'certificate is good for'
  account "imaps://localhost:$imaps/INBOX" wrong
  examine
  said bad mail chuo
  jq -e 'any(.[]; .subject == "mail" and .state == "bad" and (.todo | contains("password")))' "$work/out" >/dev/null ||
    die "a wrong password is not told from a missing server"
  ! grep -qE 'pw-chuo|wrong$' "$work/out" "$work/err" || die "a secret is shown"
  dovecot_stop
  openssl x509 -req -in "$work/dovecot/server.csr" -CA "$work/dovecot/ca.pem" -CAkey "$work/dovecot/ca.key" \
    -CAcreateserial -days 5 -out "$work/dovecot/server.pem" -extfile <(echo subjectAltName=DNS:localhost) 2>/dev/null
  dovecot_start
  account "imap://localhost:$imap/INBOX" mail
  examine
  said good mail 'logged in'
  said doubtful mail 'certificate is good for'
  dovecot_stop
  examine
  said bad mail chuo
fi
echo "intake-doctor: all passed"
