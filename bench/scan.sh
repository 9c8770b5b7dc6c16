#!/usr/bin/env bash
# intake-scan against clamscan, per file: bench/scan.sh [--signatures N] [--files N] [--rounds N]. Both scan the same files
# with the same signatures, by turns. Ours is one run over a stream of records, as the day's run is: its start (loading the
# signatures, once a run) is told apart. The peer is one clamscan for each file, which loads them each time.
set -euo pipefail
bin=${INTAKE_BIN:-$(dirname "$0")/../build/bin}
source=$(cd "$(dirname "$0")/.." && pwd)
signatures=0 files=2000 rounds=5 peers=5
while [ $# -gt 0 ]; do
  case $1 in
    --signatures) signatures=$2 ;;
    --files) files=$2 ;;
    --rounds) rounds=$2 ;;
    --peers) peers=$2 ;;
    *) echo "usage: bench/scan.sh [--signatures N] [--files N] [--rounds N] [--peers N]" >&2; exit 64 ;;
  esac
  shift 2
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/db" "$work/files"
sed '/^\[notices/,$d' "$source/share/intake/profiles/kumamoto-2021.toml" >"$work/profile.toml"
cat >"$work/intake.toml" <<'TOML'
profile = "profile.toml"
station = "chuo"
[[stations]]
id = "chuo"
name = "見本中央警察署"
address = "chuo@police.example.jp"
[ledger]
path = "ledger.db"
[scan]
database = "db"
TOML
python3 - "$work" "$files" "$signatures" <<'PY'
import base64, hashlib, io, json, random, sys, zipfile
work, files, signatures = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
eicar = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$' + 'EICAR-STANDARD-' + 'ANTIVIRUS-TEST-FILE!' + '$H+H*'
with open(work + '/db/small.ndb', 'w') as f: f.write('Eicar-Test:0:*:%s\n' % eicar.encode().hex())
if signatures:
    with open(work + '/db/large.hdb', 'w') as f:
        for i in range(signatures):
            f.write('%s:%d:Bench-%d\n' % (hashlib.md5(b'%d' % i).hexdigest(), 1000 + i % 60000, i))
draw = random.Random(1)
word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
with open(work + '/in', 'w') as out:
    for i in range(files):
        if i % 2:
            name, data = 'a%d.txt' % i, ''.join(draw.choice('受付番号氏名住所年月日 \n') for _ in range(600)).encode()
        else:
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as z:
                z.writestr('[Content_Types].xml', '<Types><Override PartName="/word/document.xml" ContentType="%s"/></Types>' % word)
                z.writestr('_rels/.rels', '<Relationships><Relationship Type="x/officeDocument" Target="word/document.xml"/></Relationships>')
                z.writestr('word/document.xml', '<d>%s</d>' % ''.join(draw.choice('申請書の内容') for _ in range(2000)))
            name, data = 'a%d.docx' % i, buffer.getvalue()
        open('%s/files/%s' % (work, name), 'wb').write(data)
        out.write(json.dumps({'intake': 1, 'id': 'm-%d' % i, 'files': [
            {'id': 'f0', 'path': name, 'data': base64.b64encode(data).decode()}]}) + '\n')
PY
now() { date +%s%N; }
# Nanoseconds for each record behind the first, and lines: what comes before the first record is the start.
cat >"$work/clock.py" <<'PY'
import sys, time
lines, first, last = 0, 0, 0
for line in sys.stdin.buffer:
    last = time.monotonic_ns()
    first = first or last
    lines += 1
print((last - first) // max(lines - 1, 1), lines)
PY
mapfile -t peer_files < <(find "$work/files" -type f | sort | head -n "$peers")
best_ours='' best_peer='' best_run=''
for ((round = 0; round < rounds; round++)); do
  a=$(now)
  read -r ours lines < <("$bin/intake-scan" --config "$work/intake.toml" <"$work/in" | python3 "$work/clock.py")
  b=$(now)
  for file in "${peer_files[@]}"; do clamscan --quiet --no-summary -d "$work/db" "$file"; done
  c=$(now)
  [ "$lines" = "$files" ]
  run=$((b - a)) peer=$(((c - b) / ${#peer_files[@]}))
  if [ -z "$best_ours" ] || [ "$ours" -lt "$best_ours" ]; then best_ours=$ours; fi
  if [ -z "$best_peer" ] || [ "$peer" -lt "$best_peer" ]; then best_peer=$peer; fi
  if [ -z "$best_run" ] || [ "$run" -lt "$best_run" ]; then best_run=$run; fi
done
awk -v ours="$best_ours" -v peer="$best_peer" -v run="$best_run" -v files="$files" 'BEGIN {
  printf "%d files, the whole run with its start %.1f ms\n", files, run / 1e6
  printf "ratio scan %.2f (ours %.3f ms, peer %.3f ms)\n", peer / ours, ours / 1e6, peer / 1e6
}'
