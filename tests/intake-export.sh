#!/usr/bin/env bash
# intake-export: whole files under safe names or none, a manifest, never a replacement, and a full medium that the next
# run completes.
set -euo pipefail
export_tool=$INTAKE_BIN/intake-export
work=$(mktemp -d)
small=
trap '[ -z "$small" ] || umount "$small"; rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cd "$work"
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake

# record ID DISPOSITION RECEIPT NAME CONTENT [SIZE]
record() {
  python3 - "$@" <<'EOF'
import base64, hashlib, json, sys
ident, disposition, receipt, name, content = sys.argv[1:6]
data = b"%PDF-1.7\n" + content.encode() * int((sys.argv[6:] or ["1"])[0])
print(json.dumps({"intake": 1, "id": ident, "disposition": disposition, "application": {"receipt_no": receipt},
                  "files": [{"id": "f1", "path": name, "pdf": {"pages": 1, "size": len(data), "mode": "pixels",
                             "sha256": hashlib.sha256(data).hexdigest(), "data": base64.b64encode(data).decode()}}]}, ensure_ascii=False))
EOF
}
run() { # run STATUS ARG…: stdin is in.ndjson
  local want=$1 got=0
  shift
  "$export_tool" "$@" <in.ndjson >out.ndjson 2>err || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want: $(cat err)"
}

{
  record m-0123456789abcdef accept R8-0001 申請書.docx one
  record m-fedcba9876543210 accept R8-0001 申請書.docx two
  record m-00112233445566 confirm R8-0002 held.docx held
  record m-99112233445566 accept ../../R8 $'..\\..\\a\nb.pdf' three
} >in.ndjson
for pass in 1 2; do # a second run finds everything there
  run 0 OUT
  [ "$(find OUT -type f | sort | tr '\n' ' ')" = "OUT/R8-0001_01234567_f1_申請書.pdf OUT/R8-0001_fedcba98_f1_申請書.pdf OUT/_.._R8_99112233_f1_a_b.pdf OUT/manifest.ndjson " ] ||
    fail "pass $pass: $(find OUT -type f)"
  [ "$(wc -l <OUT/manifest.ndjson)" = 3 ] || fail "manifest of pass $pass: $(cat OUT/manifest.ndjson)"
done
jq -r '[.sha256, .path] | join("  OUT/")' OUT/manifest.ndjson | sha256sum --check --quiet || fail "digests of the manifest"
jq -e -s '.[0] | .receipt_no == "R8-0001" and .original == "申請書.docx" and .pages == 1 and .id == "m-0123456789abcdef"' OUT/manifest.ndjson >/dev/null ||
  fail "manifest: $(head -1 OUT/manifest.ndjson)"
jq -e -s 'length == 4 and (.[0].files[0].pdf | (has("data")|not) and .path == "OUT/R8-0001_01234567_f1_申請書.pdf" and .pages == 1) and
  (.[2].files[0].pdf | has("path")|not)' out.ndjson >/dev/null || fail "records: $(cat out.ndjson)"

# Another content under the same name is refused, and what is there stays.
record m-0123456789abcdef accept R8-0001 申請書.docx changed >in.ndjson
run 73 OUT
grep -q "OUT/R8-0001_01234567_f1_申請書.pdf" err || fail "the message names the file: $(cat err)"
grep -q one "OUT/R8-0001_01234567_f1_申請書.pdf" || fail "the file was replaced"

# A PDF that is not the one that was rendered stays behind, and the record says so.
record m-0aaaaaaaaaaaaaaa accept R8-3 a.docx four | jq -c '.files[0].pdf.sha256 = "00"' >in.ndjson
run 0 OUT
jq -e '.findings[0].code == "render.failed" and .disposition == "confirm" and (.files[0].pdf|has("path")|not)' out.ndjson >/dev/null ||
  fail "changed PDF: $(cat out.ndjson)"

# A folder that cannot be made, options.
echo >file
run 73 file/OUT
run 64
grep -q "output.out" err || fail "no folder named: $(cat err)"

# A full medium; the next run completes.
mkdir small
if mount -t tmpfs -o size=64k none small 2>/dev/null; then
  small=$work/small
  {
    record m-0123456789abcdef accept R8-0001 a.docx one
    record m-fedcba9876543210 accept R8-0002 b.docx two 40000
  } >in.ndjson
  run 74 small
  [ "$(find small -type f | sort | tr '\n' ' ')" = "small/R8-0001_01234567_f1_a.pdf small/manifest.ndjson " ] ||
    fail "a full medium holds half a file: $(find small -type f)"
  mount -o remount,size=1m small
  run 0 small
  [ "$(wc -l <small/manifest.ndjson)" = 2 ] || fail "the next run completes the work"
fi

# Killed at any moment, nothing is half there under its name, and the next run cleans up.
record m-0123456789abcdef accept R8-0001 a.docx kill 5000000 >in.ndjson
for delay in 0.05 0.08 0.11 0.14 0.2; do
  { timeout -s KILL $delay "$export_tool" KILLED <in.ndjson || true; } >/dev/null 2>&1
  for made in KILLED/*.pdf; do
    [ ! -e "$made" ] || [ "$(stat -c %s "$made")" = 20000009 ] || fail "half a file under its name"
  done
done
run 0 KILLED
[ "$(find KILLED -type f | wc -l)" = 2 ] || fail "left behind: $(find KILLED)"
