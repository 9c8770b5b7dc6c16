#!/usr/bin/env bash
# Real files of every kind through intake-render, held against other readers. A sample of some dozens; RENDER_SAMPLE=0
# takes all of them, which is an hour's work.
set -euo pipefail
export LC_ALL=C.UTF-8
corpora=${INTAKE_CORPORA:-}
for candidate in "$INTAKE_SOURCE/../shared/corpora" "$INTAKE_SOURCE/../../shared/corpora"; do
  [ -n "$corpora" ] || [ ! -f "$candidate/MANIFEST.tsv" ] || corpora=$candidate
done
[ -f "$corpora/MANIFEST.tsv" ] || exit 77
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake '[scan]
database = "db"'
mkdir "$work/db"
# The one signature that the scanner proves itself on; put together here, never stored.
python3 - "$work/db/test.ndb" <<'END'
import sys
eicar = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$' + 'EICAR-STANDARD-' + 'ANTIVIRUS-TEST-FILE!' + '$H+H*'
open(sys.argv[1], 'w').write('Eicar-Test:0:*:%s\n' % eicar.encode().hex())
END
cd "$INTAKE_SOURCE/tests/render"
PYTHONDONTWRITEBYTECODE=1 python3 corpora.py "$corpora" "$work" "${RENDER_SAMPLE:-4}"
