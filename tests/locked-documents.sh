#!/usr/bin/env bash
# Documents with a password to open them, through the whole pipe: those that a password of the desk opens are scanned,
# accepted and rendered; those that none opens are never accepted, and the clerk is told why.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
make_desk
cd "$work"
password=$(cut -f 2 desk/secrets/zip)

# A document, locked as Office does it now and as it did in 2007, by the desk's password and by another one.
python3 - <<'END'
import sys
sys.path.insert(0, __import__("os").environ["INTAKE_SOURCE"] + "/scripts/samples")
sys.dont_write_bytecode = True
from desk import form
from documents import pdf
open("plain.docx", "wb").write(form("架空 太郎"))
open("plain.pdf", "wb").write(pdf(["plain words"]))
END
lock() { python3 "$INTAKE_SOURCE/tests/locked/lock.py" plain.docx "$@"; }
lock agile.docx "$password"
lock standard.docx "$password" standard
lock other.docx 'another one'
lock extra.docx "$password" extra
qpdf --encrypt "$password" owner 256 -- plain.pdf locked.pdf
qpdf --encrypt "another one" owner 256 -- plain.pdf other.pdf

rm desk/Maildir/new/*
"$INTAKE_SOURCE/tests/locked/mails" desk/Maildir/new .
"$INTAKE_BIN/intake-fetch" | "$INTAKE_BIN/intake-parse" | "$INTAKE_BIN/intake-decrypt" >decrypted.ndjson
"$INTAKE_BIN/intake-scan" <decrypted.ndjson | "$INTAKE_BIN/intake-verify" | "$INTAKE_BIN/intake-render" >out.ndjson
[ "$(wc -l <out.ndjson)" = 3 ] || fail "three messages: $(wc -l <out.ndjson)"
record() { sed -n "$1p" "${2:-out.ndjson}"; }
! grep -qF "$password" out.ndjson || fail "a password in the record"
! grep -q '"data"' <(jq -c '.files[] | del(.pdf)' out.ndjson) || fail "an original byte went on"

# What came out is what was locked, byte for byte; the PDF is without lock.
of() { record 1 decrypted.ndjson | jq -r --arg path "$1" '. as $r | .files[] | select(.path == $path and .opened) |
  .id as $id | $r.files[] | select(.from == $id) | .data' | base64 -d; }
for name in agile.docx standard.docx; do of "$name" | cmp - plain.docx || fail "$name is not what was locked"; done
of locked.pdf >opened.pdf
qpdf --is-encrypted opened.pdf && fail "a PDF that is locked still"
[ "$(pdftotext opened.pdf - | tr -d '\n\f')" = 'plain words' ] || fail "the words of the PDF"
record 1 decrypted.ndjson | jq -e '[.files[] | select(.opened and .path != null and (.from // "") == "f0") | .password] ==
  ["site", "site", "site"]' >/dev/null || fail "labels: $(record 1 decrypted.ndjson | jq -c '[.files[] | del(.data)]')"

record 1 | jq -e '.disposition == "accept" and (.findings | not) and
  all(.files[] | select(.opened | not); .scan.verdict == "clean" and .pdf.pages == 1) and
  ([.files[] | select(.pdf) | .path] | sort) == ["agile.docx", "locked.pdf", "plain.docx", "standard.docx"]' >/dev/null ||
  fail "documents that the desk opens: $(record 1 | jq -c '[.disposition, .findings, [.files[] | del(.pdf.data)]]')"
for number in 2 3; do
  record "$number" | jq -e '.disposition == "confirm" and all(.files[]; .pdf | not) and
    ([.findings[] | select(.code | startswith("scan.") or startswith("render.")) | [.file, .code]] | unique) ==
    ([.files[] | select(.opened | not) | [.id, "render.password"], [.id, "scan.encrypted"]] | unique)' >/dev/null ||
    fail "documents that nobody opens: $(record $number | jq -c '[.disposition, .findings, [.files[] | del(.pdf.data)]]')"
done

# A second pass of decrypt changes nothing. A clerk may clear the message: what no scan looked into stays unrendered.
"$INTAKE_BIN/intake-decrypt" <decrypted.ndjson >twice.ndjson
diff <(jq -S 'del(.stages)' decrypted.ndjson) <(jq -S 'del(.stages)' twice.ndjson) || fail "decrypt twice"
"$INTAKE_BIN/intake-scan" <decrypted.ndjson | "$INTAKE_BIN/intake-verify" | jq -c '.disposition = "accept"' |
  "$INTAKE_BIN/intake-render" >forced.ndjson
for number in 2 3; do
  record "$number" forced.ndjson | jq -e 'all(.files[]; .pdf | not) and .disposition == "confirm" and
    any(.findings[]; .code == "render.password")' >/dev/null || fail "a locked document was rendered"
done

# A lock that was tampered with stays shut: no byte of it comes out.
python3 - <<'END'
data = bytearray(open("agile.docx", "rb").read())
data[512 + 4096 + 3000] ^= 1
open("changed.docx", "wb").write(data)
open("cut.docx", "wb").write(data[:-700])
END
for name in changed.docx cut.docx; do
  python3 - "$name" <<'END' >one.ndjson
import base64, json, sys
print(json.dumps({"intake": 1, "id": "m-1", "files": [{"id": "f0", "path": sys.argv[1], "origin": "attachment",
    "data": base64.b64encode(open(sys.argv[1], "rb").read()).decode()}]}))
END
  "$INTAKE_BIN/intake-decrypt" <one.ndjson | jq -e '(.files | length) == 1 and .files[0].data and (.files[0].opened | not)' \
    >/dev/null || fail "$name was opened"
done
