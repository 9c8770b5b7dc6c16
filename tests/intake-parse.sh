#!/usr/bin/env bash
# intake-parse as it is run: records in, records out, bytes of the message gone, every doubt named.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }

# The wordings of letters are not this tool's.
sed '/^\[notices/,$d' "$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml" >"$work/profile.toml"
cat >"$work/intake.toml" <<'TOML'
profile = "profile.toml"
station = "chuo"
[[stations]]
id = "chuo"
name = "見本中央警察署"
address = "chuo@police.example.jp"
TOML
export INTAKE_CONFIG=$work/intake.toml

run() { # run STATUS ARG…: stdin is $work/in, stdout $work/out
  local want=$1 got=0
  shift
  "$INTAKE_BIN/intake-parse" "$@" <"$work/in" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want: $(cat "$work/err")"
}
record() { # record ID: the message on stdin as a line
  base64 -w0 >"$work/b64"
  printf '{"intake":1,"id":"%s","raw":{"size":%s,"data":"%s"},"later":{"x" : 1}}\n' "$1" "$(base64 -d "$work/b64" | wc -c)" "$(cat "$work/b64")"
}
has() { # has ID CODE
  jq -se --arg id "$1" --arg code "$2" 'any(.[]; .id == $id and any(.findings[]?; .code == $code and .clause != null))' \
    "$work/out" >/dev/null || fail "$1: no $2: $(jq -c --arg id "$1" 'select(.id==$id)|.findings' "$work/out")"
}

# A sound message, ISO-2022-JP throughout.
{
  printf 'Authentication-Results: mx.police.example.jp; dkim=pass header.d=proc.example.go.jp\r\n'
  printf 'From: noreply@proc.example.go.jp\r\nDate: Tue, 24 Nov 2026 09:00:00 +0900\r\n'
  printf 'Subject: =?ISO-2022-JP?B?%s?=\r\n' "$(printf '申請' | iconv -f UTF-8 -t ISO-2022-JP | base64)"
  printf 'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\n\r\n'
  printf '申請者名：架空 太郎' | iconv -f UTF-8 -t ISO-2022-JP
  printf "\r\n--x\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename*=UTF-8''%%E7%%94%%B3.zip\r\n"
  printf 'Content-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n--x--\r\n'
} | record good >"$work/in"
run 0
jq -e '.mail.subject == "申請" and .mail.text == "申請者名：架空 太郎" and .mail.from == [{"address":"noreply@proc.example.go.jp"}]
  and .mail.date == "2026-11-24T09:00:00+09:00" and .mail.authentication.dkim == "pass"
  and .mail.headers[1] == ["From","noreply@proc.example.go.jp"]
  and (.files | length) == 1 and .files[0].id == "f0" and .files[0].path == "申.zip" and .files[0].origin == "attachment"
  and .files[0].size == 4 and .files[0].declared_type == "application/zip" and .files[0].data == "UEsDBA=="
  and (.raw | has("data") | not) and (.raw.sha256 | length) == 64 and .stages.parse.tool and (has("findings") | not)' \
  "$work/out" >/dev/null || fail "the sound message: $(cat "$work/out")"
[ "$(jq -r '.files[0].sha256' "$work/out")" = "$(printf 'PK\003\004' | sha256sum | cut -d' ' -f1)" ] || fail "sha256 of the file"
grep -q '"later":{"x" : 1}' "$work/out" || fail "an unknown member lost its bytes"

# Each doubt in a record of its own; lines in = lines out, in order.
{
  echo '{"intake":1,"id":"no-raw"}'
  echo '{"intake":1,"id":"no-base64","raw":{"data":"%%%"}}'
  echo '{"intake":1,"id":"other-digest","raw":{"data":"YQ==","sha256":"00"}}'
  echo 'no record'
  printf 'From: a@example.jp\r\nContent-Type: text/html\r\n\r\n<p>a</p><p style="display:none">b</p>' | record html
  printf 'From: a@example.jp\r\nFrom: b@example.jp\r\n\r\na' | record twice
  { printf 'From: a@example.jp\r\nX: '; head -c 300000 /dev/zero | tr '\0' x; printf '\r\n\r\na'; } | record header
  { printf 'From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n'; for _ in $(seq 1500); do printf '%s\r\n\r\n' --x; done; } | record parts
  { printf 'From: a@example.jp\r\n'
    for i in $(seq 100 300); do printf 'Content-Type: multipart/mixed; boundary=b%s\r\n\r\n--b%s\r\n' "$i" "$i"; done; } | record deep
} >"$work/in"
run 65 --jobs 2
[ "$(jq -r .id "$work/out" | sed 's/^x-.*/x/' | tr '\n' ' ')" = "no-raw no-base64 other-digest x html twice header parts deep " ] ||
  fail "order: $(jq -r .id "$work/out")"
has no-raw input.unusable
has no-base64 input.unusable
has other-digest input.unusable
has html body.html_only
has html body.hidden_text
has twice mail.malformed
has header mail.limit
has parts mail.limit
has deep mail.limit
[ "$(grep -c '"data"' "$work/out")" = 1 ] || fail "raw.data is left in a record"  # only the error record holds its line
if jq -r .mail.text "$work/out" | grep -q '^b$'; then fail "hidden text became content"; fi

# A configuration is needed, and a wrong option is told.
INTAKE_CONFIG=$work/none run 66
run 64 --no-such-option
[ ! -s "$work/out" ] || fail "output in spite of a usage error"

# A full disk and a closed pipe are never status 0.
got=0
"$INTAKE_BIN/intake-parse" <"$work/in" >/dev/full 2>"$work/err" || got=$?
[ "$got" = 74 ] || fail "a full disk is status $got"
echo ok
