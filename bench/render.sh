#!/usr/bin/env bash
# Small office documents and pages to harmless PDFs, by turns against: soffice started for each document, one soffice
# given them all, and the way Dangerzone goes (cold soffice, pdftoppm at 150 dpi, deflated RGB pages in a PDF). Then the
# memory of the warm parent and of a child. With GROWTH=N (1000) only that is told, over so many documents, which must
# not make the parent grow. intake-render works on every core, as it does unless told; "-one-core" is the same with
# --jobs 1.
set -euo pipefail
export LC_ALL=C.UTF-8
render=${INTAKE_BIN:-build/bin}/intake-render
INTAKE_SOURCE=${INTAKE_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
rounds=${ROUNDS:-5}
documents=${DOCUMENTS:-20}
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake
soffice() { command soffice -env:UserInstallation=file://"$work/office" --headless --convert-to "$@" >/dev/null 2>&1; }

# The documents: letters of two pages, sheets and slides, written by LibreOffice from texts made here.
mkdir "$work/in" "$work/out"
python3 - "$work" <<'END'
import sys
work = sys.argv[1]
ns = "".join(f' xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for p, n in (("office", "office"), ("text", "text"), ("table", "table"),
     ("draw", "drawing"), ("style", "style"), ("svg", "svg-compatible"), ("fo", "xsl-fo-compatible")))
line = "申請者は、本手続に関する事項について、次のとおり届け出ます。"
def write(name, kind, body):
    open(f"{work}/{name}", "w").write(f'<?xml version="1.0" encoding="UTF-8"?><office:document{ns} office:version="1.3" '
        f'office:mimetype="application/vnd.oasis.opendocument.{kind}"><office:body>{body}</office:body></office:document>')
write("letter.fodt", "text", "<office:text>" + "".join(f"<text:p>{n}　{line}</text:p>" for n in range(75)) + "</office:text>")
write("sheet.fods", "spreadsheet", '<office:spreadsheet><table:table table:name="一">' + "".join(
    "<table:table-row>" + "".join(f'<table:table-cell office:value-type="string"><text:p>項目{r}-{c}</text:p></table:table-cell>' for c in range(5)) + "</table:table-row>"
    for r in range(40)) + "</table:table></office:spreadsheet>")
write("slides.fodp", "presentation", "<office:presentation>" + "".join(f'<draw:page><draw:frame svg:x="2cm" svg:y="2cm" svg:width="20cm" '
    f'svg:height="3cm"><draw:text-box><text:p>{line}{n}</text:p></draw:text-box></draw:frame></draw:page>' for n in range(2)) + "</office:presentation>")
END
(cd "$work" && soffice docx letter.fodt && soffice odt letter.fodt && soffice doc letter.fodt && soffice xlsx sheet.fods &&
  soffice pptx slides.fodp && soffice pdf letter.fodt)
python3 - "$work" "$documents" "${GROWTH:-0}" <<'END'
import base64, json, shutil, sys
work, count, growth = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
xml = "application/vnd.openxmlformats-officedocument."
kinds = [("letter.docx", xml + "wordprocessingml.document"), ("letter.doc", "application/msword"),
         ("sheet.xlsx", xml + "spreadsheetml.sheet"), ("slides.pptx", xml + "presentationml.presentation")]
def record(number, name, kind):
    data = open(f"{work}/{name}", "rb").read()
    return json.dumps({"intake": 1, "id": f"m-{number}", "disposition": "accept", "files": [{"id": "f0", "path": name, "type": kind,
                       "data": base64.b64encode(data).decode(), "scan": {"verdict": "clean"}}]}) + "\n"
def write(name, lines): open(f"{work}/{name}.ndjson", "w").writelines(lines)
batch = [record(n, *kinds[n % 4]) for n in range(count)]
write("none", [])
write("one", [record(0, *kinds[0])])
write("first", [record(n, *kinds[n]) for n in range(4)])
write("batch", batch)
write("more", [record(n, *kinds[n]) for n in range(4)] + batch)
write("letters", [record(n, *kinds[0]) for n in range(4)] + [record(n, *kinds[0]) for n in range(count)])
kinds.append(("letter.odt", "application/vnd.oasis.opendocument.text"))
write("growth", [record(n, *kinds[n % 5]) for n in range(growth)])
for n in range(count): shutil.copy(f"{work}/{kinds[n % 4][0]}", f"{work}/in/{n}-{kinds[n % 4][0]}")
END
# A document of a hundred pages of text, and of one.
pdfseparate -l 1 "$work/letter.pdf" "$work/page%d.pdf"
# shellcheck disable=SC2046
qpdf --empty --pages $(yes "$work/page1.pdf" | head -100) -- "$work/hundred.pdf"
python3 - "$work" <<'END'
import base64, json, sys
for name in ("page1", "hundred"):
    data = base64.b64encode(open(f"{sys.argv[1]}/{name}.pdf", "rb").read()).decode()
    open(f"{sys.argv[1]}/{name}.ndjson", "w").write(json.dumps({"intake": 1, "id": "m-p", "disposition": "accept", "files": [{"id": "f0", "path": "a.pdf",
        "type": "application/pdf", "data": data, "scan": {"verdict": "clean"}}]}) + "\n")
END

now() { date +%s%N; }
timed() { # timed NAME COMMAND…: milliseconds into $work/NAME.times
  local name=$1 start
  shift
  start=$(now)
  "$@"
  echo $((($(now) - start) / 1000)) >>"$work/$name.times"
}
ours() { "$render" "${@:2}" <"$work/$1.ndjson" >"$work/out.$1"; }
cold() { soffice pdf --outdir "$work/out" "$work/in/0-letter.docx"; }
whole_batch() { soffice pdf --outdir "$work/out" "$work"/in/*; }
dangerzone() {
  soffice pdf --outdir "$work/out" "$work/in/0-letter.docx"
  pdftoppm -r 150 "$work/out/0-letter.pdf" "$work/out/page"
  python3 - "$work" <<'END'
import glob, sys, zlib
objects, kids = [], []
for path in sorted(glob.glob(sys.argv[1] + "/out/page-*.ppm")):
    _, size, _, pixels = open(path, "rb").read().split(b"\n", 3)
    w, h = map(int, size.split())
    packed = zlib.compress(pixels)
    n = 3 + len(objects)
    objects.append(b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode/Length %d>>stream\n" % (w, h, len(packed)) + packed + b"\nendstream")
    content = b"595 0 0 842 0 0 cm /I Do"
    objects.append(b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream")
    objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I %d 0 R>>>>/Contents %d 0 R>>" % (n, n + 1))
    kids.append(b"%d 0 R" % (n + 2))
with open(sys.argv[1] + "/out/dangerzone.pdf", "wb") as out:
    out.write(b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count " + str(len(kids)).encode() + b"/Kids[" + b" ".join(kids) + b"]>>endobj\n")
    for number, body in enumerate(objects, 3): out.write(b"%d 0 obj" % number + body + b"endobj\n")
    out.write(b"trailer<</Root 1 0 R>>\n")
END
}

ratio() { echo "ratio $1 $(calc 2 "$3 / $2") (ours $(calc 1 "$2") ms, peer $(calc 1 "$3") ms)"; }
median() { sort -n "$work/$1.times" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)] / 1000}'; }
calc() { awk "BEGIN {printf \"%.$1f\", $2}"; }
speed() {
for ((round = 0; round < rounds; ++round)); do
  timed cold cold
  timed dangerzone dangerzone
  timed whole_batch whole_batch
  for run in none first batch more letters one page1 hundred; do timed "$run" ours "$run"; done
  for run in first more; do timed "$run-one-core" ours "$run" --jobs 1; done
done

cold=$(median cold) whole=$(median whole_batch) zone=$(median dangerzone)
each=$(calc 1 "($(median more) - $(median first)) / $documents")
alone=$(calc 1 "($(median more-one-core) - $(median first-one-core)) / $documents")
letter=$(calc 1 "($(median letters) - $(median one)) / ($documents + 3)")
echo "medians of $rounds rounds, $documents small documents (docx, doc, xlsx, pptx), 150 dpi, $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
echo "soffice started for a document          $(calc 0 "$cold") ms"
echo "one soffice for all, a document         $(calc 1 "$whole / $documents") ms"
echo "intake-render, a document, all in       $each ms: $(calc 1 "$cold / $each") x cold soffice, $(calc 2 "$each * $documents / $whole") x one soffice for all"
echo "  the whole run of $documents, start included   $(calc 0 "$(median batch)") ms against $(calc 0 "$whole") ms of the one soffice (which makes no pixels)"
echo "  start of LibreOffice and first letter  $(calc 0 "$(median one) - $(median none)") ms"
echo "a page of text, all in                  $(calc 1 "($(median hundred) - $(median page1)) / 99") ms"
safe=$(jq -r '.files[0].pdf.size' "$work/out.one")
rgb=$(stat -c %s "$work/out/dangerzone.pdf")
echo "letter of two pages, the Dangerzone way $(calc 0 "$zone") ms, $rgb bytes"
echo "letter of two pages, intake-render      $letter ms: $(calc 1 "$zone / $letter") x, $safe bytes: $(calc 2 "$safe / $rgb") x"
}
[ -n "${GROWTH:-}" ] || speed

# Memory, in kB: what a process has to itself, and all that it sees.
field() { awk -v f="$2:" '$1 == f {print $2}' "/proc/$1/smaps_rollup" 2>/dev/null || true; }
children() { awk -v p="$1" '$4 == p {print $1}' /proc/[0-9]*/stat 2>/dev/null || true; }
input="batch"
[ -z "${GROWTH:-}" ] || input=growth
"$render" <"$work/$input.ndjson" >"$work/out.$input" &
tool=$!
parent_peak=0 parent_last=0 child_peak=0
declare -A parent_after=()
while kill -0 $tool 2>/dev/null; do
  for nursery in $(children $tool); do
    grep -q libmergedlo "/proc/$nursery/maps" 2>/dev/null || continue
    rss=$(field "$nursery" Rss)
    lines=$(wc -l <"$work/out.$input")
    [ -n "$rss" ] || continue
    for mark in 10 100 500 1000; do
      [ "$lines" -lt "$mark" ] || [ -n "${parent_after[$mark]:-}" ] || parent_after[$mark]=$rss
    done
    parent_last=$rss
    [ "$rss" -le "$parent_peak" ] || parent_peak=$rss
    for child in $(children "$nursery"); do
      private=$(field "$child" Private_Dirty)
      [ -z "$private" ] || [ "$private" -le "$child_peak" ] || child_peak=$private
    done
  done
  sleep 0.05
done
wait $tool
echo "LibreOffice's parent at most $((parent_peak / 1024)) MB, a child at most $((child_peak / 1024)) MB of its own"
for mark in 10 100 500 1000; do
  [ -z "${parent_after[$mark]:-}" ] || echo "the parent after $mark documents: ${parent_after[$mark]} kB"
done
echo "the parent at the end, after $(wc -l <"$work/out.$input") documents: $parent_last kB"
jq -r '.findings[]?.code' "$work/out.$input" | sort | uniq -c
[ -z "${GROWTH:-}" ] || exit 0
ratio render-batch-one-core "$alone" "$(calc 3 "$whole / $documents")"
ratio render-cold-one-core "$alone" "$cold"
ratio render-batch "$each" "$(calc 3 "$whole / $documents")"
ratio render-dangerzone "$letter" "$zone"
ratio render-cold "$each" "$cold"
