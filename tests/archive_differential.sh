#!/usr/bin/env bash
# archive_differential.sh [COUNT [SEED]]: generated zips, right ones and broken ones, through intake-decrypt, 7z and bsdtar:
# no byte that fails its HMAC or checksum is released, and no disagreement between readers passes without a finding. Short
# here; a long run by hand takes a larger COUNT and another SEED.
set -euo pipefail
export LC_ALL=C.UTF-8
corpora=${INTAKE_CORPORA:-}
for candidate in "$INTAKE_SOURCE/../shared/corpora" "$INTAKE_SOURCE/../../shared/corpora"; do
  [ -n "$corpora" ] || [ ! -f "$candidate/MANIFEST.tsv" ] || corpora=$candidate
done
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
"$INTAKE_SOURCE/scripts/make-samples" "$work/desk" >/dev/null 2>&1
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$INTAKE_SOURCE/scripts/samples \
  python3 "$INTAKE_SOURCE/tests/archive/differential.py" "${1:-450}" "${2:-1}" "$work" ${corpora:+"$corpora"}
