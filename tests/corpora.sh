#!/usr/bin/env bash
# corpora.sh [DIR [STATE]]: files of the corpora through fetch, parse, decrypt, scan and verify: all of them with DIR, a
# sample without. STATE keeps finished batches, so that a run that was cut short goes on. Prints how often each finding was
# made, and what the manifest hints at and no finding says. Fails on a stage that failed, and on an accepted file with code.
set -euo pipefail
export LC_ALL=C.UTF-8
corpora=${1:-${INTAKE_CORPORA:-}}
for candidate in "$INTAKE_SOURCE/../shared/corpora" "$INTAKE_SOURCE/../../shared/corpora"; do
  [ -n "$corpora" ] || [ ! -f "$candidate/MANIFEST.tsv" ] || corpora=$candidate
done
[ -f "$corpora/MANIFEST.tsv" ] || exit 77
state=${2:-}
if [ -z "$state" ]; then
  state=$(mktemp -d -p /dev/shm)
  trap 'rm -rf "$state"' EXIT
fi
[ -d "$state/desk" ] || "$INTAKE_SOURCE/scripts/make-samples" "$state/desk" >/dev/null 2>&1
step=1
if [ $# = 0 ]; then step=45; fi
tail -n +2 "$corpora/MANIFEST.tsv" | cut -f 1 | awk -v step="$step" 'NR % step == 0' >"$state/names"
python3 "$INTAKE_SOURCE/tests/corpora/run.py" "$corpora" "$state" <"$state/names"
python3 - "$corpora" "$state" <<'END'
import collections, csv, glob, json, sys
corpora, state = sys.argv[1:]
hints = {"VBA-ole": "macro.vba", "vbaProject": "macro.vba", "XLM4": "macro.xlm", "JavaScript": "pdf.javascript",
         "Launch": "pdf.launch", "GoToR/E": "pdf.launch", "AA": "pdf.open_action", "EmbeddedFile": "pdf.embedded_file",
         "EncryptedPackage": "scan.encrypted", "ODF-encrypted": "scan.encrypted", "ODF-macro": "macro.odf_script",
         "ole-embedded": "macro.ole_object", "externalLink": "macro.external_link", "ZipCrypto": "archive.zipcrypto",
         "PKWARE-strong": "archive.password", "traversal": "archive.unsafe_path", "symlink": "archive.unsafe_path"}
code_hints = {hint for hint, code in hints.items() if code.startswith(("macro.vba", "macro.xlm", "macro.odf", "pdf.", "archive."))}
with open(f"{corpora}/MANIFEST.tsv", encoding="utf-8") as table:
    features = {row["file"]: set((row["features"] or "").split(","))
                for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)}
records = [record for path in sorted(glob.glob(f"{state}/state/*.json")) for record in json.load(open(path))]
counts, wrong = collections.Counter(), []
for record in records:
    codes = {finding["code"] for finding in record["findings"]}
    counts.update(codes)
    if codes & {"stage.failed", "input.unusable"} or not {"parse", "decrypt", "scan", "verify"} <= set(record["stages"]):
        wrong.append(f"{record['file']}: {record['findings']}")
    if record["disposition"] in ("accept", "list") and features[record["file"]] & code_hints:
        wrong.append(f"{record['file']}: accepted with {features[record['file']] & code_hints}")
    for hint in sorted(features[record["file"]] & set(hints)):
        if hints[hint] not in codes:
            print(f"{hint}\t{record['file']}\t{' '.join(sorted(codes))}\t{record['disposition']}")
print(f"{len(records)} records")
for code, count in counts.most_common():
    print(f"{count:6} {code}")
for line in wrong:
    print("WRONG", line)
sys.exit(1 if wrong or not records else 0)
END
