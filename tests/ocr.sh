#!/usr/bin/env bash
# intake-render --ocr: a page without text can be searched afterwards, one that brings its text keeps it; what is missing
# is told before anything is read.
set -euo pipefail
export LC_ALL=C.UTF-8
[ -f /usr/share/tesseract-ocr/5/tessdata/jpn.traineddata ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cd "$work"
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake
font=/usr/share/fonts/opentype/ipafont-mincho/ipam.ttf
convert -size 1650x1000 xc:white -density 200 -units PixelsPerInch -font $font -pointsize 30 -fill black \
  -annotate +150+250 '道路使用許可申請について' -annotate +150+450 '申請者は見本花子です' -annotate +150+650 'Receipt 12345' \
  scan.png
convert -size 600x400 xc:white -density 200 -units PixelsPerInch blank.png
img2pdf scan.png -o scan.pdf
printf '文字のある頁\r\n' >words.txt
python3 - >in <<'END'
import base64, json
kinds = [("scan.png", "image/png"), ("scan.pdf", "application/pdf"), ("blank.png", "image/png"), ("words.txt", "text/plain")]
files = [{"id": f"f{n}", "path": path, "type": kind, "data": base64.b64encode(open(path, "rb").read()).decode(), "scan": {"verdict": "clean"}}
         for n, (path, kind) in enumerate(kinds)]
print(json.dumps({"intake": 1, "id": "m-1", "disposition": "accept", "files": files}))
END
text() { jq -r --argjson n "$1" '.files[$n].pdf.data' "$2" | base64 -d >one.pdf; pdftotext -raw one.pdf - | tr -d '\f'; }

"$INTAKE_BIN/intake-render" --ocr jpn+eng <in >out
jq -e '.disposition == "accept" and (.findings | not) and all(.files[]; .pdf.mode == "pixels")' out >/dev/null || fail "$(jq -c .findings out)"
for n in 0 1; do
  seen=$(text $n out)
  [[ $seen == *道路使用許可申請* && $seen == *見本花子* && $seen == *12345* ]] || fail "file $n: $seen"
  PYTHONDONTWRITEBYTECODE=1 python3 "$INTAKE_SOURCE/tests/render/harmless.py" one.pdf || fail "not harmless"
done
# Where it is found is where it is seen: the second line of three, in the middle of the page's height.
pdftotext -bbox one.pdf - | python3 -c '
import re, sys
html = sys.stdin.read()
height = float(re.search(r"<page width=\"[\d.]+\" height=\"([\d.]+)\"", html)[1])
top = [float(t) / height for t, word in re.findall(r"yMin=\"([\d.]+)\"[^>]*>([^<]*)<", html) if "見本" in word]
assert top and 0.3 < top[0] < 0.5, (top, html)' || fail "the text lies elsewhere"
[ -z "$(text 2 out | tr -d ' \n')" ] || fail "text on a blank page: $(text 2 out)"
[ "$(text 3 out)" = 文字のある頁 ] || fail "a page with text: $(text 3 out)"
"$INTAKE_BIN/intake-render" <in >without
[ -z "$(text 0 without | tr -d ' \n')" ] || fail "text was read without being asked for"

expect() { # expect STATUS WORDS ARG…
  local want=$1 words=$2 got=0
  shift 2
  "$INTAKE_BIN/intake-render" "$@" <in >/dev/null 2>err || got=$?
  [ "$got" = "$want" ] || fail "$*: status $got: $(cat err)"
  grep -q -- "$words" err || fail "$*: $(cat err)"
}
expect 69 'apt install tesseract-ocr-xxx' --ocr jpn+xxx
expect 64 'named like jpn+eng' --ocr ../../etc/passwd
expect 64 'named like jpn+eng' --ocr jpn+
expect 64 'pixels only' --ocr jpn --mode vector
