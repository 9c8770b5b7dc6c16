#!/usr/bin/env bash
# Variants of ideographs (UTS #37), as family registers need them: shown in the font that has their shapes, and told where
# a document's font has none, instead of a plain ideograph that looks right and is not.
set -euo pipefail
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cd "$work"
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake
python3 - >in <<'END'
import base64, io, json, zipfile
def document(font, text):
    head, word = '<?xml version="1.0" encoding="UTF-8"?>', "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package, kind = "http://schemas.openxmlformats.org/package/2006", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as docx:
        docx.writestr("[Content_Types].xml", f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                      f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>')
        docx.writestr("_rels/.rels", f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
                      'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
        docx.writestr("word/document.xml", f'{head}<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:rPr><w:rFonts w:ascii="{font}" w:eastAsia="{font}" w:hAnsi="{font}"/>'
                      f'<w:sz w:val="96"/></w:rPr><w:t>{text}</w:t></w:r></w:p></w:body></w:document>')
    return out.getvalue()
first, second = "\u9089\U000E010F", "\u9089\U000E0110"
texts = [("IPAmj明朝", first), ("IPAmj明朝", second), ("ＭＳ 明朝", first), ("ＭＳ 明朝", "\u9089" + first), ("ＭＳ 明朝", "\u9089"), ("メイリオ", second)]
files = [{"id": f"f{n}", "path": f"{n}.docx", "type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "data": base64.b64encode(document(*one)).decode(), "scan": {"verdict": "clean"}}
         for n, one in enumerate(texts)]
print(json.dumps({"intake": 1, "id": "m-1", "disposition": "accept", "files": files}))
END
"$INTAKE_BIN/intake-render" <in >out
for n in 0 1 4; do
  jq -r --argjson n $n '.files[$n].pdf.data' out | base64 -d >"$n.pdf"
  pdftoppm -r 50 -gray "$n.pdf" "$n"
done
# The two shapes differ where there is one font for both, and only the selector tells them apart.
! cmp -s 0-1.pgm 1-1.pgm || fail "two variants look the same"
told=$(jq -c '[.findings[]? | [.file, .code, (.detail | sub(" .*"; ""))]]' out)
[ "$told" = '[["f2","render.missing_glyph","U+E010F"],["f3","render.missing_glyph","U+E010F"],["f5","render.missing_glyph","U+E0110"]]' ] ||
  fail "variants that are not shown: $told"
