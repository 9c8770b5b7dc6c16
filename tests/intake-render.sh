#!/usr/bin/env bash
# intake-render on real documents: what may be rendered is, what may not is not, no original byte goes on, and a
# document that hangs or kills its converter costs itself only.
set -euo pipefail
render=$INTAKE_BIN/intake-render
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cd "$work"
export LC_ALL=C.UTF-8

# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake

# record ID DISPOSITION VERDICT TYPE=FILE…
record() {
  python3 - "$@" <<'EOF'
import base64, hashlib, json, os, sys
ident, disposition, verdict = sys.argv[1:4]
files = []
for number, item in enumerate(sys.argv[4:]):
    kind, path = item.split("=", 1)
    data = open(path, "rb").read()
    files.append({"id": f"f{number}", "path": os.path.basename(path), "size": len(data), "type": kind,
                  "sha256": hashlib.sha256(data).hexdigest(), "data": base64.b64encode(data).decode(),
                  "scan": {"verdict": verdict}})
print(json.dumps({"intake": 1, "id": ident, "disposition": disposition, "raw": {"size": 3, "data": "AAAA"},
                  "x-unknown": [1.5, "見"], "files": files}, ensure_ascii=False))
EOF
}
run() { # run STATUS ARG…: stdin is in.ndjson
  local want=$1 got=0
  shift
  "$render" "$@" <in.ndjson >out.ndjson 2>err || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want: $(cat err)"
  [ "$(jq -r .id in.ndjson)" = "$(jq -r .id out.ndjson)" ] || fail "lines in and lines out differ"
  jq -e -s 'all(.[]; ((.raw // {})|has("data")|not) and all(.files[]?; has("data")|not))' out.ndjson >/dev/null || fail "an original byte went on"
}
pdf() { jq -r --arg id "$1" --argjson file "$2" 'select(.id==$id).files[$file].pdf.data // empty' out.ndjson | base64 -d; }
has_pdf() { jq -e -s --arg id "$1" --argjson file "$2" '.[] | select(.id==$id).files[$file].pdf.data' out.ndjson >/dev/null; }
codes() { jq -r --arg id "$1" 'select(.id==$id) | [.findings[]? | .code + ":" + .file] | join(" ")' out.ndjson; }
text_of() { pdftotext -raw - - | python3 -c 'import sys; print("".join(sys.stdin.read().split()))'; }
# Any object that is more than a page of pixels and text.
harmless() { python3 "$INTAKE_SOURCE/tests/render/harmless.py" "$@" || fail "not harmless: $*"; }

# Documents of every kind, made here.
python3 - <<'EOF'
import struct, zipfile, zlib
text = "申請書 様式第一号 見本花子 ①㈱"
open("plain.txt", "wb").write(("<html>" + text + "\r\nTEL 000\r\n").encode("cp932"))
open("table.csv", "wb").write(("受付番号,氏名\r\n1,\"見本,花子\"\r\n=1+1,架空太郎\r\n").encode("euc_jp"))
def package(name, files):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as out:
        for path, content in files: out.writestr(path, content)
head = '<?xml version="1.0" encoding="UTF-8"?>'
rels = "http://schemas.openxmlformats.org/package/2006/relationships"
office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
def ooxml(name, main, kind, parts, links=""):
    package(name, [("[Content_Types].xml", head + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{p}" ContentType="application/vnd.openxmlformats-officedocument.{t}+xml"/>' for p, t, _ in parts) + "</Types>"),
        ("_rels/.rels", head + f'<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{office}/officeDocument" Target="{main}"/></Relationships>')]
        + [(p, c) for p, _, c in parts] + ([("xl/_rels/workbook.xml.rels", links)] if links else []))
word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
def docx(name, body): ooxml(name, "word/document.xml", "", [("word/document.xml", "wordprocessingml.document.main",
    head + f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>')])
def paragraph(content, font="ＭＳ 明朝"): return (f'<w:p><w:r><w:rPr><w:rFonts w:ascii="{font}" w:eastAsia="{font}" w:hAnsi="{font}"/></w:rPr>'
    f'<w:t xml:space="preserve">{content}</w:t></w:r></w:p>')
docx("letter.docx", paragraph(text) + paragraph("二頁目なし", "ＭＳ ゴシック"))
docx("upright.docx", paragraph("縦書きの申請書です") + '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:textDirection w:val="tbRl"/></w:sectPr>')
docx("gaiji.docx", paragraph("外字\ue000あり"))
sheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ooxml("book.xlsx", "xl/workbook.xml", "", [("xl/workbook.xml", "spreadsheetml.sheet.main",
    head + f'<workbook xmlns="{sheet}" xmlns:r="{office}"><sheets><sheet name="一" sheetId="1" r:id="r1"/></sheets></workbook>'),
    ("xl/worksheets/sheet1.xml", "spreadsheetml.worksheet", head + f'<worksheet xmlns="{sheet}"><sheetData><row r="1">'
     f'<c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row></sheetData></worksheet>')],
    head + f'<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
open("note.rtf", "w").write("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 MS Mincho;}}\\f0 " + "".join(f"\\u{ord(c)}?" for c in text) + "\\par}")
slides = (head + '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3" '
    'office:mimetype="application/vnd.oasis.opendocument.presentation"><office:body><office:presentation><draw:page><draw:frame svg:x="2cm" svg:y="2cm" '
    f'svg:width="20cm" svg:height="3cm"><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame></draw:page></office:presentation></office:body></office:document>')
open("slides.fodp", "w").write(slides)
# A picture: 40 x 20, left half red.
rows = b"".join(b"\0" + b"\xff\0\0" * 20 + b"\xff\xff\xff" * 20 for _ in range(20))
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
open("red.png", "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 20, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
open("red.bmp", "wb").write(b"BM" + struct.pack("<IHHI", 54 + 40 * 20 * 3, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 40, 20, 1, 24, 0, 0, 0, 0, 0, 0) + (b"\0\0\xff" * 20 + b"\xff" * 60) * 20)
# Two pages of fax.
def tiff():
    pages = []
    out = b"II*\0" + struct.pack("<I", 8)
    for n in range(2):
        data = bytes([0xF0, 0x0F]) * 16
        tags = [(256, 3, 1, 16), (257, 3, 1, 16), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 0), (273, 4, 1, 0), (277, 3, 1, 1), (278, 3, 1, 16), (279, 4, 1, len(data))]
        at = len(out)
        strip = at + 2 + 12 * len(tags) + 4
        body = struct.pack("<H", len(tags))
        for tag, kind, count, value in tags: body += struct.pack("<HHII", tag, kind, count, strip if tag == 273 else value)
        out += body + struct.pack("<I", strip + len(data) if n == 0 else 0) + data
    return out
open("fax.tiff", "wb").write(tiff())
# PDFs. MuPDF mends the missing cross-reference table.
def pdf(pages, stream=b"BT /F 20 Tf 50 100 Td (plain words) Tj ET", extra=b""):
    kids = b" ".join(b"%d 0 R" % (10 + n) for n in range(pages))
    return (b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R" + extra + b">> endobj\n2 0 obj <</Type/Pages/Count " + str(pages).encode() +
        b"/Kids[" + kids + b"]>> endobj\n3 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\n4 0 obj <</Length %d>> stream\n" % len(stream) + stream + b"\nendstream endobj\n" +
        b"".join(b"%d 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</Font<</F 3 0 R>>>>/Contents 4 0 R>> endobj\n" % (10 + n) for n in range(pages)) +
        b"trailer <</Root 1 0 R>>\n")
open("words.pdf", "wb").write(pdf(1, extra=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"))
open("many.pdf", "wb").write(pdf(2003))
open("slow.pdf", "wb").write(pdf(400, b"0 0 m\n" + b"".join(b"%d %d l\n" % (i * 7919 % 200, i * 104729 % 200) for i in range(20000)) + b"f*\n"))
open("broken.pdf", "wb").write(b"%PDF-1.4\nnothing of the kind")
# A letter with a comment and a change, and sheets: one too wide for paper, a small one, one hidden.
names = "".join(f' xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for p, n in (("office", "office"), ("text", "text"), ("table", "table"),
    ("style", "style"), ("fo", "xsl-fo-compatible"))) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
def flat(name, kind, styles, body): open(name, "w").write(head + f'<office:document{names} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.{kind}">'
    f'<office:automatic-styles>{styles}</office:automatic-styles><office:body>{body}</office:body></office:document>')
flat("noted.fodt", "text", "", '<office:text><text:tracked-changes><text:changed-region text:id="c1"><text:insertion><office:change-info><dc:creator>架空 太郎</dc:creator>'
    '<dc:date>2026-01-01T00:00:00</dc:date></office:change-info></text:insertion></text:changed-region></text:tracked-changes><text:p>前<text:change-start text:change-id="c1"/>'
    '挿入<text:change-end text:change-id="c1"/>後<office:annotation><dc:creator>見本 花子</dc:creator><text:p>注記</text:p></office:annotation></text:p></office:text>')
def table(name, rows, columns, style): return (f'<table:table table:name="{name}" table:style-name="{style}">' + "".join("<table:table-row>" + "".join(
    f'<table:table-cell office:value-type="string"><text:p>{name}{r}の{c}</text:p></table:table-cell>' for c in range(columns)) + "</table:table-row>" for r in range(rows)) + "</table:table>")
flat("sheets.fods", "spreadsheet", '<style:style style:name="s" style:family="table"><style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>',
    "<office:spreadsheet>" + table("広", 130, 22, "s") + table("小", 5, 5, "s") + "</office:spreadsheet>")
flat("hidden.fods", "spreadsheet", '<style:style style:name="s" style:family="table"><style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>',
    "<office:spreadsheet>" + table("広", 130, 22, "s") + table("隠", 3, 3, "h") + "</office:spreadsheet>")
open("slow.txt", "w").write("\n".join(f"{i} 申請書の長い文" * 20 for i in range(40000)))
EOF
# The binary formats, written by LibreOffice's own command.
convert() { soffice -env:UserInstallation=file://"$work"/profile --headless --convert-to "$@" >/dev/null 2>&1; }
convert doc letter.docx && convert odt letter.docx && convert xls book.xlsx && convert ods book.xlsx
convert pptx slides.fodp && convert ppt slides.fodp && convert odp slides.fodp
convert docx noted.fodt && convert odt noted.fodt && convert xlsx sheets.fods && convert ods sheets.fods &&
  convert xlsx hidden.fods
qpdf --encrypt geheim owner 256 -- words.pdf locked.pdf 2>/dev/null || true

ooxml=application/vnd.openxmlformats-officedocument
open=application/vnd.oasis.opendocument
{
  record m-kinds accept clean text/plain=plain.txt text/csv=table.csv $ooxml.wordprocessingml.document=letter.docx \
    application/msword=letter.doc $open.text=letter.odt $ooxml.spreadsheetml.sheet=book.xlsx application/vnd.ms-excel=book.xls \
    $open.spreadsheet=book.ods $ooxml.presentationml.presentation=slides.pptx application/vnd.ms-powerpoint=slides.ppt \
    $open.presentation=slides.odp application/rtf=note.rtf
  record m-upright accept clean $ooxml.wordprocessingml.document=upright.docx
  record m-pictures accept clean image/png=red.png image/bmp=red.bmp image/tiff=fax.tiff application/pdf=words.pdf
  record m-gaiji accept clean $ooxml.wordprocessingml.document=gaiji.docx
  record m-cannot accept clean application/zip=words.pdf application/pdf=broken.pdf application/encrypted=broken.pdf \
    application/pdf=locked.pdf $ooxml.wordprocessingml.document=broken.pdf $ooxml.spreadsheetml.sheet=letter.docx
  record m-confirm confirm clean application/pdf=words.pdf
  record m-list list clean text/csv=table.csv
  record m-unscanned accept unknown application/pdf=words.pdf
  record m-infected accept infected application/pdf=words.pdf
  record m-long accept clean application/pdf=many.pdf
} >in.ndjson
run 0 -j 2

for n in $(seq 0 11); do
  name=$(jq -r --argjson n "$n" 'select(.id=="m-kinds").files[$n].path' out.ndjson)
  pdf m-kinds "$n" >one.pdf
  [ -s one.pdf ] || fail "$name: not rendered: $(codes m-kinds)"
  harmless one.pdf
  case $name in
  table.csv) wanted="受付番号 氏名 見本,花子 =1+1 架空太郎" ;;  # a cell is text, never a formula
  *) wanted=申請書様式第一号見本花子①㈱ ;;
  esac
  for want in $wanted; do
    [[ $(text_of <one.pdf) == *$want* ]] || fail "$name: no $want in $(text_of <one.pdf)"
  done
  jq -e -s --argjson n "$n" --arg sha "$(sha256sum one.pdf | cut -d' ' -f1)" --argjson size "$(stat -c %s one.pdf)" \
    '.[] | select(.id=="m-kinds").files[$n].pdf | .sha256==$sha and .size==$size and .mode=="pixels" and .pages==1' out.ndjson >/dev/null ||
    fail "$name: the member pdf"
done
[ -z "$(codes m-kinds)" ] || fail "findings on good files: $(codes m-kinds)"
[[ $(jq -r 'select(.id=="m-kinds").disposition' out.ndjson) == accept ]] || fail "disposition of good files"
grep -q '"x-unknown": \[1.5, "見"\]' out.ndjson || fail "a member that is not ours changed"
pdf m-kinds 0 | pdftotext -raw - - | grep -q '<html>' || fail "a text that begins like HTML is shown as text"
pdf m-upright 0 >one.pdf
harmless one.pdf
[[ $(text_of <one.pdf) == *縦書きの申請書です* ]] || fail "vertical text: $(text_of <one.pdf)"

# Pixels: the left half of the picture is red, the fax has two pages.
pdf m-pictures 0 >one.pdf
pdftoppm -r 96 -png one.pdf one
python3 - <<'EOF'
import subprocess
raw = subprocess.run(["pdftoppm", "-r", "96", "one.pdf"], capture_output=True).stdout
_, size, _, data = raw.split(b"\n", 3)
width, height = map(int, size.split())
def at(x, y): return data[(y * width + x) * 3:][:3]
assert (width, height) == (40, 20), size
assert at(5, 10)[0] > 230 and at(5, 10)[1] < 30, at(5, 10)
assert min(at(35, 10)) > 230, at(35, 10)
EOF
[ "$(jq -c 'select(.id=="m-pictures") | [.files[].pdf.pages]' out.ndjson)" = "[1,1,2,1]" ] || fail "pages of pictures"
pdf m-pictures 3 >one.pdf
harmless one.pdf
[[ $(text_of <one.pdf) == plainwords ]] || fail "text of a PDF"

[ "$(codes m-gaiji)" = "render.missing_glyph:f0" ] || fail "private-use character: $(codes m-gaiji)"
jq -e -s '.[] | select(.id=="m-gaiji") | .disposition == "confirm" and (.findings[0].detail | contains("U+E000 (p. 1)"))' out.ndjson >/dev/null ||
  fail "the missing character is named"
[ "$(codes m-cannot)" = "render.unsupported:f0 render.failed:f1 render.failed:f2 render.password:f3 render.failed:f4 render.failed:f5" ] ||
  fail "what cannot be rendered: $(codes m-cannot)"
for id in m-confirm m-list; do
  [ -z "$(pdf $id 0)$(codes $id)" ] || fail "$id must pass untouched"
done
for id in m-unscanned m-infected; do
  [ "$(pdf $id 0)$(codes $id)" = scan.missing:f0 ] || fail "$id: $(codes $id)"
done

# A document over the page limit is cut, says so on its last page and in the record.
pdf m-long 0 >one.pdf
[ "$(pdfinfo one.pdf | awk '/^Pages/{print $2}')" = 2001 ] || fail "cut document: $(pdfinfo one.pdf)"
pdftotext -f 2001 -l 2001 one.pdf - | grep -q 打ち切りました || fail "the last page says nothing of the cut"
[ "$(codes m-long)" = render.limit:f0 ] || fail "cut document: $(codes m-long)"

# What a document holds beside its pages is told; a wide sheet is shown by whole rows; a hidden one is not shown.
record m-unseen accept clean $ooxml.wordprocessingml.document=noted.docx $open.text=noted.odt $ooxml.spreadsheetml.sheet=sheets.xlsx \
  $open.spreadsheet=sheets.ods $ooxml.spreadsheetml.sheet=hidden.xlsx $ooxml.wordprocessingml.document=letter.docx >in.ndjson
run 0 --preview
[ "$(jq -r '.findings[]? | .code + ":" + .file + " " + .detail' out.ndjson)" = "render.unseen:f0 comments: 1, tracked changes: 1
render.unseen:f1 comments: 1, tracked changes: 1
render.unseen:f4 hidden sheets: 1" ] || fail "what pages do not show: $(jq -c .findings out.ndjson)"
[ "$(jq -r .disposition out.ndjson)" = accept ] || fail "a note changed the disposition"
for n in 2 3; do
  pdf m-unseen $n >one.pdf
  harmless one.pdf
  pages=$(pdfinfo one.pdf | awk '/^Pages/{print $2}')
  [[ $pages -ge 2 && $pages -le 4 ]] || fail "a wide sheet: $pages pages"
  python3 - <<'EOF'
import subprocess
pages = subprocess.run(["pdftotext", "-raw", "one.pdf", "-"], capture_output=True, text=True).stdout.split("\f")
words = [word for page in pages for word in page.split()]
for row in range(130):  # whole rows, each once, on one page
    line = [f"広{row}の{column}" for column in range(22)]
    on = [page for page in pages if line[0] in page.split()]
    assert len(on) == 1 and all(word in on[0].split() and words.count(word) == 1 for word in line), (row, len(on))
assert "小4の4" in words
EOF
done
[[ $(pdf m-unseen 4 | text_of) != *隠* ]] || fail "a hidden sheet is shown"
jq -j '.files[2].pdf.preview' out.ndjson | base64 -d >preview.png
[[ $(head -c 8 preview.png | od -An -tx1 | tr -d ' ') == 89504e470d0a1a0a ]] || fail "no preview"
"$INTAKE_BIN/intake-show" --pages <out.ndjson >pages.html
[ "$(grep -o '<img src="data:image/png;base64,' pages.html | wc -l)" = 6 ] || fail "intake-show --pages"
grep -q 'noted.docx' pages.html || fail "intake-show --pages: names"
[[ $("$INTAKE_BIN/intake-show" --json <out.ndjson) != *preview* ]] || fail "intake-show --json shows bytes"

# A document that asks for a password is given those of the desk; a record tells the label, never the password.
printf 'falsch\ndesk\tgeheim\n' >doc.secret
chmod 600 doc.secret
record m-locked accept clean application/pdf=locked.pdf application/pdf=words.pdf >in.ndjson
cp intake.toml known.toml
printf '[archive]\npasswords = ["file:doc.secret"]\n' >>known.toml
run 0 --config known.toml
[ -z "$(codes m-locked)" ] || fail "the known password: $(codes m-locked)"
[ "$(jq -c '[.files[].password]' out.ndjson)" = '["desk",null]' ] || fail "label of the password"
pdf m-locked 0 >one.pdf
harmless one.pdf
[[ $(text_of <one.pdf) == plainwords ]] || fail "text of a locked PDF"
! grep -q geheim out.ndjson || fail "a password in the record"
echo anders >doc.secret
run 0 --config known.toml
[ "$(codes m-locked)" = render.password:f0 ] || fail "a wrong password: $(codes m-locked)"
has_pdf m-locked 1 || fail "a locked document cost others"

# A doubtful message that a clerk has cleared is rendered, and its PDF leaves.
record m-cleared confirm clean application/pdf=words.pdf | jq -c '.stages = {verify: {at: "now"}}' >in.ndjson
cp intake.toml desk.toml
printf '[ledger]\npath = "desk.db"\n' >>desk.toml
"$INTAKE_BIN/intake-ledger" --config desk.toml record <in.ndjson >/dev/null 2>err || fail "ledger: $(cat err)"
run 0 --config desk.toml
[ -z "$(pdf m-cleared 0)" ] || fail "a doubtful message was rendered"
"$INTAKE_BIN/intake-ledger" --config desk.toml act m-cleared cleared >/dev/null 2>err || fail "act: $(cat err)"
run 0 --config desk.toml
pdf m-cleared 0 >one.pdf
harmless one.pdf
[[ $(text_of <one.pdf) == plainwords ]] || fail "a cleared message was not rendered"
mkdir leaves
"$INTAKE_BIN/intake-export" --config desk.toml leaves <out.ndjson >exported.ndjson 2>err || fail "export: $(cat err)"
cmp one.pdf "$(jq -r '.files[0].pdf.path' exported.ndjson)" || fail "a cleared message's PDF did not leave"
! grep -q '"data"' exported.ndjson || fail "bytes went on after the export"

# Its progress: every message, file and page that was made; the pages of a long document while it is under work.
{
  record m-long accept clean application/pdf=many.pdf application/pdf=broken.pdf
  record m-kept confirm clean application/pdf=words.pdf
  record m-short accept clean application/pdf=words.pdf image/tiff=fax.tiff
} >in.ndjson
run 0 -j 2 --progress=json
tail -n 1 err | jq -se --argjson bytes "$(wc -c <in.ndjson)" --argjson pages "$(jq -s '[.[].files[].pdf.pages // 0] | add' out.ndjson)" \
  '.[0] | .progress == "intake-render" and .end and .done == 3 and .files == 4 and .pages == $pages and .pages > 2000 and
    .pages_total == $pages and .bytes == $bytes and .bytes_total == $bytes and .seconds_left == 0' >/dev/null ||
  fail "the progress: $(tail -n 1 err)"
jq -se 'map(select((.files // 0) < 4 and .pages > 0 and .pages < .pages_total and .pages_total >= 2003)) | length > 0' \
  err >/dev/null || fail "the progress of a long document: $(cat err)"
run 0 --quiet
[ ! -s err ] || fail "not quiet: $(cat err)"

# What takes too long, in either engine, costs itself only.
{
  record m-slow accept clean text/plain=slow.txt application/pdf=slow.pdf application/pdf=words.pdf
  record m-after accept clean $ooxml.wordprocessingml.document=letter.docx
} >in.ndjson
run 0 --seconds 5
[[ $(codes m-slow) == "render.timeout:f0 render.timeout:f1" ]] || fail "slow documents: $(codes m-slow)"
{ has_pdf m-slow 2 && has_pdf m-after 0; } || fail "a slow document cost others"

# So does one whose converter is killed, twice.
record m-killed accept clean text/plain=slow.txt $ooxml.wordprocessingml.document=letter.docx >in.ndjson
"$render" --seconds 600 <in.ndjson >out.ndjson 2>err &
tool=$!
children() { awk -v p="$1" '$4 == p {print $1}' /proc/[0-9]*/stat 2>/dev/null || true; }
killed=0
for _ in $(seq 1 600); do
  [ "$killed" -lt 2 ] || break
  for nursery in $(children $tool); do
    for child in $(children "$nursery"); do
      # A converter of office documents has LibreOffice in memory and its confined root on.
      if grep -q libmergedlo "/proc/$child/maps" 2>/dev/null && grep -q '^Seccomp:.2' "/proc/$child/status" 2>/dev/null; then
        kill -9 "$child" && killed=$((killed + 1))
        sleep 0.3
      fi
    done
  done
  sleep 0.1
done
wait $tool || fail "the filter fell with its child: $(cat err)"
[ "$killed" = 2 ] || fail "no converter was found to kill"
[ "$(codes m-killed)" = render.failed:f0 ] || fail "killed converter: $(codes m-killed)"
has_pdf m-killed 1 || fail "a killed converter cost others"

# Wrong options, no configuration, a full disk.
echo '{"intake":1,"id":"m-1"}' >in.ndjson
for args in "--dpi 10" "--seconds 0" "--nonsense"; do
  status=0
  # shellcheck disable=SC2086
  "$render" $args <in.ndjson >/dev/null 2>err || status=$?
  [ $status = 64 ] || fail "$args: status $status"
done
status=0
"$render" --config "$work/none.toml" <in.ndjson >/dev/null 2>err || status=$?
[ $status = 66 ] || [ $status = 78 ] || fail "no configuration: status $status"
status=0
"$render" <in.ndjson >/dev/full 2>err || status=$?
[ $status = 74 ] || fail "full disk: status $status: $(cat err)"
