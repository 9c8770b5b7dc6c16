#!/usr/bin/env bash
# What findings say in detail is shown in Japanese to who reads Japanese, and stays English in the records; what it quotes
# stays as it is. No stage says what the table of forms does not know.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
export COLUMNS=300

# shown LOCALE DETAIL: as the page of a message has it.
shown() {
  jq -nc --arg detail "$2" '{intake:1, id:"m-1", findings:[{code:"body.layout", severity:"warning", detail:$detail}]}' |
    env LC_ALL="$1" "$INTAKE_BIN/intake-show" m-1 | sed -n 's/^  -  *[^(]*(\(.*\))$/\1/p'
}
says() { # says DETAIL JAPANESE
  local got
  got=$(shown ja_JP.UTF-8 "$1")
  [ "$got" = "$2" ] || fail "$1: $got, not $2"
  got=$(shown C.UTF-8 "$1")
  [ "$got" = "$1" ] || fail "in English: $1: $got"
}
says 'nothing is in the archive' '書庫の中に何もない'
says '申請書.docx: the checksum does not fit' '申請書.docx: チェックサムが合わない'
says 'a: b.docx: the checksum does not fit' 'a: b.docx: チェックサムが合わない'
says '申請書.docx: local header and directory disagree on the name' '申請書.docx: 目録と各ファイルのヘッダとで食い違う：名前'
says 'a VBA project (word/vbaProject.bin)' 'VBA プロジェクト (word/vbaProject.bin)'
says 'no line 受付番号; station is not told; submitted_at: “きのう” is no date' \
  '「受付番号」の行がない; 申請先 の記載がない; 申請日時：「きのう」は日付でない'
says 'hidden sheets: 2, comments: 3' '非表示シート：2, コメント：3'
says 'body labelled x-none, read as CP932; 3 bytes cannot be read as CP932' \
  '本文：文字コードの指定は x-none。CP932 として読んだ; CP932 として読めないバイトが 3 ある'
says 'not proven harmless as vectors (layers); use --mode pixels' \
  '文字や線のままでは無害と確かめられない (layers); --mode pixels で変換してください'
says '2 of 1 (zip-aes)' '1 個のところ 2 個（zip-aes）'
says 'verify: did not run' 'verify: 実行されていない'
says 'display:none: encrypted, a script' '表示しない指定（display:none）: encrypted, a script'
# Quoted words of ours are a sender's own all the same, and what no form has is shown as it is.
says "the name shown is the site's: a script <a@example.jp>" '表示名が手続サイトの名称になっている：a script <a@example.jp>'
says '“a script”, “encrypted”' '“a script”, “encrypted”'
says 'Eicar-Test-Signature' 'Eicar-Test-Signature'
[ "$(shown ja_JP.UTF-8 $'\e[2J: too large')" = '␛[2J: 大きすぎる' ] || fail "a control character: $(shown ja_JP.UTF-8 $'\e[2J: too large')"
many=$(printf '; %.0s' {1..900})
[ -n "$(timeout 60 env LC_ALL=ja_JP.UTF-8 "$INTAKE_BIN/intake-show" m-1 < <(jq -nc --arg d "$many" '{intake:1, id:"m-1",
  findings:[range(200) | {code:"body.layout", severity:"warning", detail:"\(.)\($d)"}]}'))" ] || fail "a hostile row takes too long"

# The words that the stages give to a finding, as far as they stand in the source as they are.
cd "$INTAKE_SOURCE"
keywords=(find:2 cut:2 add:3 defect limit archive_refused:2 spoofed deviates unusable_line tell:2 fail contradiction:2 hide
  because:2 external:2)
xgettext --language=C++ --from-code=UTF-8 -k "${keywords[@]/#/--keyword=}" --no-wrap --no-location --output=- libintake/*.cpp \
  2>/dev/null | sed -n 's/^msgid "\(.*\)"$/\1/p' | sort -u >"$work/said"
sed -n 's/.*marked("\(.*\)").*/\1/p' libintake/detail_forms.hpp >"$work/known"
# Of other things than details: the writer of PDFs, the mailbox for drafts, damaged changes between processes, --explain.
others='^(a code point that is no text|a line of text .*|a page has too many .*|the size of a page is out of bounds|and what it gives .*|more lines follow|the message could not be read|no mailbox for drafts.*|changes .*|bytes that are no member.s value|a member is replaced .*|not on one line|frame|RTF.*|station\.misdirected|/)?$'
missing=0
while IFS= read -r text; do
  [[ ! $text =~ $others ]] || continue
  text=${text#'{}: '} text=${text#: }
  stem=${text%% } stem=${stem%:}
  grep -qF -- "$stem" "$work/known" && continue
  # "stage: what", "receipt_no is not told", "not JSON: what"
  for front in "${text#*: }" "${text#receipt_no }"; do grep -qF -- "$front" "$work/known" && continue 2; done
  echo "libintake/detail_forms.hpp does not know: $text" >&2
  missing=1
done <"$work/said"
[ "$(wc -l <"$work/said")" -gt 200 ] || fail "the words of the stages are not found any more"
[ "$missing" = 0 ] || exit 1
echo ok
