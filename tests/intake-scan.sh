#!/usr/bin/env bash
# intake-scan, the real binary: verdicts, active content, limits, databases that are missing, damaged or old.
set -euo pipefail
scan=$INTAKE_BIN/intake-scan
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
run() { # run STATUS ARG…: stdin is $work/in
  local want=$1 got=0
  shift
  "$scan" --config "$work/intake.toml" "$@" <"$work/in" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want: $(cat "$work/err")"
}
holds() { # holds FILTER WHAT: of the records as one array
  jq -se "$1" "$work/out" >/dev/null || fail "$2: $(jq -c 'del(.files[]?.data)' "$work/out")"
}

mkdir "$work/db"
sed '/^\[notices/,$d' "$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml" >"$work/profile.toml"
configure() { # configure LINE…: of [scan]
  {
    printf 'profile = "profile.toml"\nstation = "chuo"\n[[stations]]\nid = "chuo"\nname = "見本中央警察署"\n'
    printf 'address = "chuo@police.example.jp"\n[ledger]\npath = "ledger.db"\n[scan]\ndatabase = "db"\n'
    printf '%s\n' "$@"
  } >"$work/intake.toml"
}
configure 'max_age_days = 3'

# Documents and signatures are made here; the test file of EICAR is put together, never stored.
cat >"$work/make.py" <<'PY'
import base64, io, json, os, struct, sys, zipfile
out = sys.argv[1]
eicar = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$' + 'EICAR-STANDARD-' + 'ANTIVIRUS-TEST-FILE!' + '$H+H*'
marker = 'INTAKE-TEST-' + 'MALWARE-MARKER'
with open(out + '/db/test.ndb', 'w') as f:
    f.write('Eicar-Test:0:*:%s\nIntake.Test:0:*:%s\n' % (eicar.encode().hex(), marker.encode().hex()))

def package(parts, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', method) as z:
        for name, data in parts: z.writestr(name, data)
    return buffer.getvalue()

def ooxml(main, folder, more=(), types=''):
    return package([
        ('[Content_Types].xml', '<?xml version="1.0"?><Types><Default Extension="rels" ContentType="x"/>'
         '<Override PartName="/%s/main.xml" ContentType="%s"/>%s</Types>' % (folder, main, types)),
        ('_rels/.rels', '<Relationships><Relationship Type="x/officeDocument" Target="%s/main.xml"/></Relationships>' % folder),
        (folder + '/main.xml', '<x/>')] + list(more))

word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
docm = 'application/vnd.ms-word.document.macroEnabled.main+xml'
xlsm = 'application/vnd.ms-excel.sheet.macroEnabled.main+xml'
vba = '<Override PartName="/word/any.name" ContentType="application/vnd.ms-office.vbaProject"/>'
sheet = '<Override PartName="/xl/macrosheets/s.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'
def pdf(action):
    return ('%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n'
            '3 0 obj<<%s>>endobj\ntrailer<</Root 1 0 R/Size 4>>\n%%%%EOF' % action).encode()
locked = bytearray(package([('a.txt', b'x' * 50)], zipfile.ZIP_STORED))
locked[6] = 1
locked[locked.find(b'PK\1\2') + 8] = 1
samples = [
    ('clean', '申請書.docx', ooxml(word, 'word')),
    ('eicar', 'a.com', eicar.encode()),
    ('zipped', 'a.zip', package([('a/b.txt', marker)])),
    ('vba', '申請書.docm', ooxml(docm, 'word', [('word/any.name', b'x')], vba)),
    ('xlm', '名簿.xlsm', ooxml(xlsm, 'xl', [('xl/macrosheets/s.xml', '<x/>')], sheet)),
    ('javascript', 'a.pdf', pdf('/S/JavaScript/JS(x)')),
    ('escaped', 'b.pdf', pdf('/S/J#61vaScript/JS(x)')),
    ('encrypted', 'b.zip', bytes(locked)),
    ('renamed', '申請書.pdf', ooxml(word, 'word')),
    ('unreadable', 'c.pdf', b'%PDF-1.7 nothing more'),
    ('limit', 'd.zip', package([('big', bytes(151 << 20))])),
]
def line(name, files): return json.dumps({'intake': 1, 'id': name, 'files': files, 'kept': name}, ensure_ascii=False) + '\n'
with open(out + '/in', 'w') as f:
    for name, path, data in samples:
        f.write(line(name, [{'id': 'f0', 'path': path, 'data': base64.b64encode(data).decode()}]))
    f.write(line('missing', [{'id': 'f0', 'path': 'x.zip'}]))
    f.write(line('opened', [{'id': 'f0', 'path': 'x.zip', 'opened': True}]))
    f.write(line('none', []))
PY
python3 "$work/make.py" "$work"
cp "$work/in" "$work/all"

for jobs in 1 3; do
  run 0 -j "$jobs"
  [ "$(jq -r .id "$work/out" | tr '\n' ' ')" = "$(jq -r .id "$work/in" | tr '\n' ' ')" ] || fail "order"
  holds 'all(.kept == .id and .stages.scan.tool and .scan.engine and .scan.database.signatures == 2)' "members"
  expect() { # expect ID VERDICT CODES: the codes with spaces, in order of the alphabet
    holds "map(select(.id == \"$1\"))[0] | .scan.verdict == \"$2\" and
      ([.findings[]?.code] | unique | join(\" \")) == \"$3\"" "$1"
  }
  expect clean clean ""
  expect eicar infected "attachment.type_mismatch malware.found"
  expect zipped infected "malware.found"
  expect vba clean "macro.vba"
  expect xlm clean "macro.xlm"
  expect javascript clean "pdf.javascript"
  expect escaped infected "malware.found pdf.javascript" # the engine takes an escaped name for an attack
  expect encrypted unknown "scan.encrypted"
  expect renamed clean "attachment.type_mismatch"
  expect unreadable unknown "scan.failed"
  expect limit unknown "scan.limit"
  expect missing unknown "scan.missing"
  expect opened clean ""
  expect none clean ""
  holds 'map(select(.id == "zipped"))[0].files[0] | .scan.signature | startswith("Intake.Test")' "signature"
  holds 'map(select(.id == "vba"))[0].files[0] | .type == "application/vnd.ms-word.document.macroEnabled.12" and .active == ["vba"]' "type"
  holds 'map(select(.id == "eicar"))[0].findings | all(.file == "f0" and .clause != null)' "clauses"
  holds 'map(select(.id == "clean"))[0].files[0] | .scan == {"verdict": "clean"} and .active == []' "clean file"
done
[ ! -s "$work/err" ] || fail "words on stderr: $(cat "$work/err")"

# Its progress: every message and every file that was looked into; of a pipe nobody knows how much is left. Nothing
# unless asked for, as above.
for jobs in 1 3; do
  run 0 -j "$jobs" --quiet --progress=json
  tail -n 1 "$work/err" | jq -se --argjson bytes "$(wc -c <"$work/in")" --argjson lines "$(wc -l <"$work/in")" \
    --argjson files "$(jq -s '[.[].files[] | select(.data)] | length' "$work/in")" '.[0] | .progress == "intake-scan" and .end and
      .done == $lines and .bytes == $bytes and .bytes_total == $bytes and .files == $files and .seconds_left == 0' \
    >/dev/null || fail "the progress: $(cat "$work/err")"
done
# shellcheck disable=SC2002
cat "$work/in" | "$scan" --config "$work/intake.toml" --progress=json 2>"$work/err" >"$work/out"
tail -n 1 "$work/err" | jq -se '.[0] | .done == 14 and (has("bytes_total") or has("seconds_left") | not)' >/dev/null ||
  fail "the progress of a pipe: $(cat "$work/err")"

# At a terminal it is one line: gone before a message and at the end, and of one tool only.
cat >"$work/terminal.py" <<'TERMINAL'
import os, pty, re, select, subprocess, sys, time
scan, work, shape = sys.argv[1:]
lines = open(work + '/all', 'rb').read().splitlines(keepends=True)
master, slave = pty.openpty()
seen = b''
def start(*args):
    return subprocess.Popen([scan, '--config', work + '/intake.toml', *args], stdin=subprocess.PIPE, stderr=slave,
                            stdout=open(work + '/out', 'wb'), env=dict(os.environ, TERM='xterm', LC_ALL='C.UTF-8'))
def feed(to, count):
    for _ in range(count):
        to.stdin.write(lines[0]); to.stdin.flush()
def until(words, seconds=60):
    global seen
    end = time.monotonic() + seconds
    while words not in seen:
        if time.monotonic() > end: sys.exit('no %r: %r' % (words, seen))
        if select.select([master], [], [], 0.1)[0]: seen += os.read(master, 65536)
def rest(*tools):
    global seen
    for tool in tools:
        tool.stdin.close()
        if tool.wait() != 0: sys.exit('status %d' % tool.returncode)
    while select.select([master], [], [], 0.2)[0]: seen += os.read(master, 65536)

if shape == 'quiet':
    for args in (['--quiet'], ['--progress=none']):
        tool = start(*args)
        feed(tool, 1); time.sleep(2); feed(tool, 1)
        rest(tool)
    sys.exit(0 if seen == b'' else 'not quiet: %r' % seen)
first = start()
feed(first, 1); time.sleep(2); feed(first, 1)
until(b'\r\x1b[Kintake-scan: 2 messages')
until(b'2 files')
other = start()
feed(other, 3); time.sleep(2); feed(other, 4)
open(work + '/db/later.ndb', 'w').write('broken\n')
time.sleep(2)
feed(first, 1)
until(b'going on with the signatures of')
time.sleep(0.3)
feed(first, 2)
until(b'5 messages')
os.remove(work + '/db/later.ndb')
rest(other, first)
if b'7 messages' in seen: sys.exit('two tools write over one line: %r' % seen)
if not re.search(rb'\r\x1b\[Kintake-scan: 2 messages[^\r\n]*\r\x1b\[Kintake-scan: [^\r\n]*; going on with', seen):
    sys.exit('the line stays before a message: %r' % seen)
if not seen.endswith(b'\r\x1b[K'): sys.exit('the line stays at the end: %r' % seen)
TERMINAL
python3 "$work/terminal.py" "$scan" "$work" shown || fail "at a terminal"
python3 "$work/terminal.py" "$scan" "$work" quiet || fail "quiet at a terminal"

# A database that is missing, empty, damaged, or finds nothing: nothing is read and nothing written.
refused() { # refused WORDS
  run 69
  [ ! -s "$work/out" ] || fail "output in spite of $1"
  grep -q "^intake-scan: .*$1" "$work/err" || fail "no word of $1: $(cat "$work/err")"
}
mv "$work/db" "$work/good"
refused "No such file"
mkdir "$work/db"
refused "no signatures"
echo "not a signature" >"$work/db/a.ndb"
refused "Malformed"
head -c 2000 /dev/zero >"$work/db/daily.cvd"
refused "damaged"
rm "$work/db/daily.cvd"
echo "A:0:*:616263646566" >"$work/db/a.ndb"
refused "test file"
rm -r "$work/db"
mv "$work/good" "$work/db"

# Signatures that are too old end the run, or are told on every record where the desk allows them.
touch -d '5 days ago' "$work/db/test.ndb"
refused "older than 3 days"
configure 'max_age_days = 3' 'allow_stale = true'
run 0
holds 'all([.findings[]?.code] | index("scan.stale_database"))' "stale"
configure 'max_age_days = 6'
run 0
holds 'all([.findings[]?.code] | index("scan.stale_database") | not)' "not stale"

# Signatures that change while it runs are used from then on; those that cannot be are told, and the old ones stay.
for jobs in 1 2; do
  configure 'max_age_days = 6'
  coproc SCAN { exec "$scan" --config "$work/intake.toml" -j "$jobs" 2>"$work/err"; }
  ask() { # ask FILTER WHAT: of the answer to a file that only newer signatures find
    sleep 1.1
    printf '{"intake":1,"id":"later","files":[{"id":"f0","path":"a.txt","data":"%s"}]}\n' \
      "$(printf 'INTAKE-LATER-MARKER' | base64)" >&"${SCAN[1]}"
    read -r answer <&"${SCAN[0]}"
    jq -e "$1" <<<"$answer" >/dev/null || fail "$2, $jobs at work: $answer $(cat "$work/err")"
  }
  ask '.scan.verdict == "clean" and .scan.database.signatures == 2' "before there is a signature"
  printf 'Intake.Later:0:*:%s\n' "$(printf 'INTAKE-LATER-MARKER' | od -An -v -tx1 | tr -d ' \n')" >"$work/db/later.ndb"
  sleep 2
  ask '.scan.verdict == "infected" and .scan.database.signatures == 3' "after there is one"
  echo broken >"$work/db/later.ndb"
  sleep 2
  ask '.scan.verdict == "infected" and .scan.database.signatures == 3' "after it was damaged"
  ask '.scan.verdict == "infected"' "still"
  [ "$(grep -c "going on with the signatures of" "$work/err")" = 1 ] || fail "the damage is told once: $(cat "$work/err")"
  mv "$work/db/test.ndb" "$work/test.ndb"
  printf 'Intake.Later:0:*:%s\n' "$(printf 'INTAKE-LATER-MARKER' | od -An -v -tx1 | tr -d ' \n')" >"$work/db/later.ndb"
  sleep 2
  ask '.scan.verdict == "infected" and .scan.database.signatures == 3' "when the test file would not be found"
  grep -q "the test file is not found" "$work/err" || fail "no word of the test file: $(cat "$work/err")"
  mv "$work/test.ndb" "$work/db/test.ndb"
  rm "$work/db/later.ndb"
  sleep 2
  ask '.scan.verdict == "clean" and .scan.database.signatures == 2' "when it is gone again"
  pid=$SCAN_PID
  eval "exec ${SCAN[1]}>&-"
  wait "$pid" || fail "a run whose signatures changed ended with $?"
done

# Lines that are no records go on, in their place.
{
  head -1 "$work/all"
  echo 'no record'
  sed -n 2p "$work/all"
} >"$work/in"
run 65
[ "$(wc -l <"$work/out")" = 3 ] || fail "lines in are not lines out"
holds '.[2].scan.verdict == "infected"' "the line behind an unusable one"

# Statuses of wrong use.
run 64 --no-such-option
cp "$work/all" "$work/in"
got=0
"$scan" --config "$work/none.toml" <"$work/in" >"$work/out" 2>"$work/err" || got=$?
[ "$got" = 66 ] || fail "status $got without a configuration"
if [ -w /dev/full ]; then
  got=0
  "$scan" --config "$work/intake.toml" <"$work/in" >/dev/full 2>"$work/err" || got=$?
  [ "$got" = 74 ] || fail "status $got on a full disk"
fi

# The corpora: what their list says of macros and scripts is found.
corpora=''
for up in shared ../shared ../../shared; do
  if [ -r "$INTAKE_SOURCE/$up/corpora/MANIFEST.tsv" ]; then corpora=$INTAKE_SOURCE/$up/corpora; fi
done
[ -n "$corpora" ] || { echo "shared/corpora is absent: the part about it is skipped" >&2; exit 0; }
cat >"$work/corpora.py" <<'PY'
import base64, json, os, sys
root, wanted = sys.argv[1], {'VBA-ole': 'macro.vba', 'vbaProject': 'macro.vba', 'XLM4': 'macro.xlm', 'JavaScript': 'pdf.javascript'}
for row in open(root + '/MANIFEST.tsv', encoding='utf-8'):
    cells = row.rstrip('\n').split('\t')
    hints = cells[3].replace(',', ' ').split() if len(cells) > 3 else []
    codes = sorted({wanted[hint] for hint in hints if hint in wanted})
    if not codes or not cells[0].startswith(('office-', 'pdf-', 'misc-')): continue
    data = open(os.path.join(root, cells[0]), 'rb').read()
    print(json.dumps({'intake': 1, 'id': cells[0], 'want': codes,
                      'files': [{'id': 'f0', 'path': cells[0].split('/')[-1], 'data': base64.b64encode(data).decode()}]}))
PY
python3 "$work/corpora.py" "$corpora" >"$work/in"
[ "$(wc -l <"$work/in")" -gt 30 ] || fail "hardly any sample with a hint in the corpora"
run 0 -j 2
holds 'map(select(.want - [.findings[]?.code] != [])) == []' "hints of the corpora that were not found"
