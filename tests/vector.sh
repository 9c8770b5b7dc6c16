#!/usr/bin/env bash
# intake-render --mode vector: what a PDF draws comes through, what it does never; what cannot be told harmless is
# refused by name, and pixels are made of it all the same.
set -euo pipefail
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cd "$work"
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake

# PDFs with one thing each that is to go, or to be refused. qpdf gives them their tables.
python3 - <<'END'
page = "/MediaBox[0 0 200 200]/Resources<</Font<</F 3 0 R>>/XObject<</X 6 0 R>>/Properties<</L 8 0 R>>>>/Contents 4 0 R"
def pdf(name, catalog="", more="", content="BT /F 20 Tf 50 100 Td (plain words) Tj ET", extra="", drawn=None):
    drawn = drawn or ("/Subtype/Form/BBox[0 0 9 9]", "0 0 9 9 re f")
    stream = lambda keys, data: f"<<{keys}/Length {len(data)}>> stream\n{data}\nendstream"
    objects = {1: f"<</Type/Catalog/Pages 2 0 R{catalog}>>", 2: "<</Type/Pages/Count 1/Kids[5 0 R]>>",
               3: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", 4: stream("", content),
               5: f"<</Type/Page/Parent 2 0 R{page}{more}>>", 6: stream("/Type/XObject" + drawn[0], drawn[1]), 7: "<</S/JavaScript/JS(app.alert\\(1\\))>>",
               8: "<</Type/OCG/Name(layer)>>"}
    body = "%PDF-1.7\n" + "".join(f"{n} 0 obj {o} endobj\n" for n, o in objects.items()) + extra + "trailer <</Root 1 0 R>>\n"
    open(name, "w", encoding="latin-1").write(body)
# Gone, the words stay.
pdf("action.pdf", catalog="/OpenAction 7 0 R/AA<</WC 7 0 R>>/Names<</JavaScript<</Names[(a) 7 0 R]>>/EmbeddedFiles<</Names[]>>>>")
pdf("link.pdf", more="/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<</S/Launch/F(calc.exe)>>>>]/AA<</O 7 0 R>>")
pdf("metadata.pdf", catalog="/Metadata 6 0 R/PageLabels<</Nums[]>>/StructTreeRoot<</Type/StructTreeRoot>>/MarkInfo<</Marked true>>", more="/PieceInfo<<>>/LastModified(D:2020)")
pdf("form.pdf", catalog="/AcroForm<</Fields[9 0 R]/CO[9 0 R]>>", more="/Annots[9 0 R]", extra="9 0 obj <</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(filled in)/F 4/Rect[50 20 150 50]"
    "/AA<</K 7 0 R>>/AP<</N 10 0 R>>>> endobj\n10 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 100 30]/Resources<</Font<</F 3 0 R>>>>/Length 38>> stream\nBT /F 12 Tf 5 10 Td (filled in) Tj ET  \nendstream endobj\n")
pdf("inline.pdf", content="q 100 0 0 100 0 0 cm BI /W 2 /H 2 /BPC 8 /CS /G ID abcd EI Q BT /F 20 Tf 50 100 Td (plain words) Tj ET")
pdf("missing.pdf", content="/None Do BT /F 20 Tf 50 100 Td (plain words) Tj ET")
pdf("unused.pdf", drawn=("/Subtype/PS", "exec"))
# Refused.
pdf("layer.pdf", content="/OC /L BDC BT /F 20 Tf 50 100 Td (plain words) Tj ET EMC")
pdf("hidden-layer.pdf", content="/X Do BT /F 20 Tf 50 100 Td (plain words) Tj ET", drawn=("/Subtype/Form/BBox[0 0 9 9]/OC 8 0 R", "0 0 9 9 re f"))
pdf("postscript.pdf", content="/X Do BT /F 20 Tf 50 100 Td (plain words) Tj ET", drawn=("/Subtype/PS", "exec"))
pdf("loop.pdf", content="/X Do", drawn=("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>", "/X Do"))
pdf("operator.pdf", content="BT /F 20 Tf 50 100 Td (plain words) Tj ET 1 2 launch")
pdf("operands.pdf", content="(text) 2 m 3 3 l S BT /F 20 Tf 50 100 Td (plain words) Tj ET")
pdf("xfa.pdf", catalog="/AcroForm<</XFA 4 0 R/Fields[]>>")
pdf("jbig2.pdf", content="/X Do BT /F 20 Tf 50 100 Td (plain words) Tj ET",
    drawn=("/Subtype/Image/Width 8/Height 8/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/JBIG2Decode", "xxxx"))
pdf("jpeg.pdf", content="/X Do BT /F 20 Tf 50 100 Td (plain words) Tj ET",
    drawn=("/Subtype/Image/Width 8/Height 8/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode", "not a picture"))
pdf("function.pdf", content="/DeviceRGB cs /X Do BT /F 20 Tf 50 100 Td (plain words) Tj ET", drawn=("/Subtype/Form/BBox[0 0 9 9]/Resources<</ColorSpace<</C[/Separation/a/DeviceGray 9 0 R]>>>>", "/C cs 1 scn 0 0 9 9 re f"),
    extra="9 0 obj <</FunctionType 4/Domain[0 1]/Range[0 1]/Length 14>> stream\n{ (a) run exec}\nendstream endobj\n")
END
good=(action link metadata form inline missing unused)
bad=(layer hidden-layer postscript loop operator operands xfa jbig2 jpeg function)

record() { # record ID TYPE=FILE…
  python3 - "$@" <<'END'
import base64, json, os, sys
files = [{"id": f"f{n}", "path": os.path.basename(path), "type": kind, "data": base64.b64encode(open(path, "rb").read()).decode(), "scan": {"verdict": "clean"}}
         for n, (kind, path) in enumerate(item.split("=", 1) for item in sys.argv[2:])]
print(json.dumps({"intake": 1, "id": sys.argv[1], "disposition": "accept", "files": files}))
END
}
pdf() { jq -r --argjson file "$1" '.files[$file].pdf.data // empty' "${2:-out}" | base64 -d; }
harmless() { PYTHONDONTWRITEBYTECODE=1 python3 "$INTAKE_SOURCE/tests/render/harmless.py" --vector "$@"; }

names=() && for name in "${good[@]}" "${bad[@]}"; do names+=("application/pdf=$name.pdf"); done
record m-1 "${names[@]}" >in
"$INTAKE_BIN/intake-render" --mode vector <in >out
for number in "${!good[@]}"; do
  name=${good[$number]}
  pdf "$number" >"$name.out"
  [ -s "$name.out" ] || fail "$name is refused: $(jq -c .findings out)"
  harmless "$name.out" || fail "$name is not harmless"
  [[ $(pdftotext "$name.out" -) == *'plain words'* ]] || fail "$name: the words are gone"
  ! qpdf --qdf --object-streams=disable "$name.out" - | grep -aE 'JavaScript|/Annots|/OpenAction|/AA|Launch|/Metadata|/OCG|/AcroForm' || fail "$name: something went through"
  jq -e --argjson n "$number" '.files[$n].pdf | .mode == "vector" and .pages == 1' out >/dev/null || fail "$name: member pdf"
done
[[ $(pdftotext form.out -) == *'filled in'* ]] || fail "what stands in a field is gone"
pdfimages -list inline.out | grep -q ' 2 *2 ' || fail "a picture within the operators is gone"
for number in "${!bad[@]}"; do
  at=$((number + ${#good[@]})) name=${bad[$number]}
  [ -z "$(pdf "$at" | head -c 1)" ] || fail "$name is let through"
  jq -e --arg file "f$at" '[.findings[] | select(.file == $file)] | length == 1 and (.[0].code == "render.unsupported") and
    (.[0].detail | startswith("not proven harmless as vectors") and endswith("use --mode pixels"))' out >/dev/null ||
    fail "$name: $(jq -c --arg file "f$at" '[.findings[] | select(.file == $file)]' out)"
done
[ "$(jq -r .disposition out)" = confirm ] || fail "refused, and still accepted"
"$INTAKE_BIN/intake-render" <in >pixels
jq -e 'all(.files[].pdf; .mode == "pixels")' pixels >/dev/null || fail "pixels of what vectors refuse: $(jq -c .findings pixels)"

# Office documents, pictures; the same bytes each time.
printf '<html>申請書 見本花子 ①㈱\r\n' | iconv -t cp932 >plain.txt
convert -size 40x20 xc:red red.png
record m-2 text/plain=plain.txt image/png=red.png >in
for turn in 1 2; do "$INTAKE_BIN/intake-render" --mode vector --preview <in >"out.$turn"; done
cmp <(pdf 0 out.1) <(pdf 0 out.2) || fail "not the same bytes each time"
pdf 0 out.1 >text.out
harmless text.out || fail "a text is not harmless"
[[ $(pdftotext -raw text.out - | tr -d ' \n\f') == *'申請書見本花子①㈱'* ]] || fail "the text: $(pdftotext text.out -)"
[ "$(pdffonts text.out | grep -c yes)" -ge 1 ] || fail "no font in a vector text"
jq -e '[.files[].pdf | [.mode, (.preview | length > 100)]] == [["vector", true], ["pixels", true]] and (.findings | not)' out.1 >/dev/null ||
  fail "modes: $(jq -c '[.findings, [.files[].pdf.mode]]' out.1)"

# Wrong use.
for args in '--mode lines' '--mode vector --ocr eng'; do
  status=0
  # shellcheck disable=SC2086
  "$INTAKE_BIN/intake-render" $args <in >/dev/null 2>err || status=$?
  [ "$status" = 64 ] || fail "$args: status $status: $(cat err)"
done

# Real files: rendered and harmless, or refused by name; nothing falls.
for candidate in "${INTAKE_CORPORA:-}" "$INTAKE_SOURCE/../shared/corpora" "$INTAKE_SOURCE/../../shared/corpora"; do
  [ -n "$candidate" ] && [ -f "$candidate/MANIFEST.tsv" ] && break
done
[ -f "$candidate/MANIFEST.tsv" ] || exit 0
mapfile -t real < <(find "$candidate"/pdf-* -name '*.pdf' -size -300k | sort | awk -v n="${VECTOR_SAMPLE:-12}" '{a[NR] = $0} END {step = NR / n; if (n == 0 || step < 1) step = 1; for (i = 1; i <= NR; i += step) print a[int(i)]}')
number=0
for path in "${real[@]}"; do record "m-$((number += 1))" "application/pdf=$path"; done >in
"$INTAKE_BIN/intake-render" -j 2 --mode vector <in >out
[ "$(wc -l <out)" = "${#real[@]}" ] || fail "lines in and lines out"
made=0 refused=0
while read -r line; do
  number=$(jq -r '.id[2:]' <<<"$line")
  if jq -e '.files[0].pdf' <<<"$line" >/dev/null; then
    made=$((made + 1))
    jq -r '.files[0].pdf.data' <<<"$line" | base64 -d >one.out
    harmless one.out || fail "${real[$number - 1]}"
  else
    refused=$((refused + 1))
    jq -e '[.findings[].code] | all(. == "render.unsupported" or . == "render.failed" or . == "render.password" or . == "render.limit")' <<<"$line" >/dev/null ||
      fail "${real[$number - 1]}: $(jq -c .findings <<<"$line")"
  fi
done <out
echo "$made rebuilt, $refused refused: $(jq -r '.findings[]?.detail // empty' out | sed 's/.*(\(.*\)).*/\1/' | sort | uniq -c | sort -rn | head -5 | tr -s ' \n' ' ')"
[ "$made" -gt 0 ] || fail "not one real file is rebuilt"
