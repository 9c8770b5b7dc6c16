#!/usr/bin/env bash
# Every message is in the Japanese catalog, its values too; the tools speak Japanese under ja_JP.UTF-8, whether the
# machine has that locale or not, and English under any other.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "FAILED: $*" >&2; exit 1; }

# What is new in the sources and not translated is named.
"$INTAKE_SOURCE/scripts/messages" --check || die "po/ja.po is not complete"
sed 's/^msgstr "アクセスする権限がありません"/msgstr ""/' "$INTAKE_SOURCE/po/ja.po" >"$work/hole.po"
cmp -s "$work/hole.po" "$INTAKE_SOURCE/po/ja.po" && die "the test has lost its example"
mkdir -p "$work/tree/po" "$work/tree/scripts"
ln -s "$INTAKE_SOURCE/libintake" "$INTAKE_SOURCE/tools" "$work/tree/"
cp "$INTAKE_SOURCE/scripts/messages" "$work/tree/scripts/"
cp "$work/hole.po" "$work/tree/po/ja.po"
if said=$("$work/tree/scripts/messages" --check 2>/dev/null); then die "an untranslated message passes"; fi
[[ $said == *'Permission denied'* ]] || die "the untranslated message is not named: $said"

# A translation has the values of its original, by place or by number.
msgfmt -o "$work/ja.mo" "$INTAKE_SOURCE/po/ja.po"
python3 - "$work/ja.mo" <<'PYTHON' || die "values of a translation"
import gettext, re, sys
def values(text):
    holes = re.findall(r"\{(\d*)\}", text.replace("{{", "").replace("}}", ""))
    return sorted(hole or str(place) for place, hole in enumerate(holes))
with open(sys.argv[1], "rb") as file:
    texts = gettext.GNUTranslations(file)._catalog
wrong = [text for text, told in texts.items() if text and values(text) != values(told)]
wrong += [text for text, told in texts.items() if text and "{}" in told and re.search(r"\{\d", told)]
print("\n".join(wrong))
sys.exit(bool(wrong))
PYTHON

# A text put together from pieces is not found in the catalog, and one that is translated before it is thrown has no
# English; so there is neither.
python3 - "$INTAKE_SOURCE" <<'PYTHON' || die "messages put together, or translated too early; write failure(status, \"… {} …\", value)"
import pathlib, re, sys
found = []
for path in sorted(p for d in ("libintake", "tools") for p in pathlib.Path(sys.argv[1], d).rglob("*.cpp")):
    text = path.read_text()
    for call in re.finditer(r'\b(?:system_)?failure\(exit_status::\w+,[^;]*?;', text):
        if re.search(r'"\s*\+|\+\s*"|,\s*(intake::)?tr\("|,\s*fmt::format\(', call.group()):
            found.append(f"{path}:{text.count(chr(10), 0, call.start()) + 1}: {call.group()[:90]}")
print("\n".join(found))
sys.exit(bool(found))
PYTHON

# The words of a tool that ends with an error: said LOCALE STATUS TOOL ARGUMENT...
said() {
  local status=0
  LC_ALL=$1 "$INTAKE_BIN/$3" "${@:4}" 2>"$work/error" >"$work/out" </dev/null || status=$?
  [[ $status == "$2" ]] || die "$3 ${*:4} under $1: status $status, wanted $2: $(<"$work/error")"
  cat "$work/error"
}
both() {  # both STATUS ENGLISH JAPANESE TOOL ARGUMENT...
  local words
  for locale in C C.UTF-8 en_US.UTF-8; do
    words=$(said "$locale" "$1" "${@:4}")
    [[ $words == "$2" ]] || die "under $locale: $words"
  done
  for locale in ja_JP.UTF-8 ja_JP.utf8; do
    words=$(said "$locale" "$1" "${@:4}")
    [[ $words == "$3" ]] || die "under $locale: $words"
  done
}
none=$work/none.toml
both 64 'intake-scan: The following argument was not expected: --nosuch (intake-scan --help)' \
  'intake-scan: この引数は指定できません: --nosuch（intake-scan --help を参照）' intake-scan --nosuch
both 64 'intake-scan: --jobs: Value 0 not in range 1 to 64 (intake-scan --help)' \
  'intake-scan: --jobs: 値 0 は範囲 1 to 64 の外です（intake-scan --help を参照）' intake-scan --jobs 0
both 64 'intake-report: --json and --html exclude each other' \
  'intake-report: --json と --html は同時に指定できません' intake-report --json --html
both 64 'intake: there is no intake command "nosuch" (intake help)' \
  'intake: intake に "nosuch" というコマンドはありません（intake help を参照）' intake nosuch
both 66 "intake-verify: $none: No such file or directory" \
  "intake-verify: $none: ファイル又はフォルダがありません" intake-verify --config "$none"
status=0
words=$(INTAKE_CONFIG=$none LC_ALL=ja_JP.UTF-8 "$INTAKE_SOURCE/scripts/intake-daily" 2>&1) || status=$?
[[ $status == 66 && $words == *"intake-daily: 設定ファイルがありません: $none" ]] || die "intake-daily: $words"
LC_ALL=ja_JP.UTF-8 "$INTAKE_BIN/intake" >"$work/list" 2>/dev/null
if grep -E '[a-z]{3,} [a-z]{2,} [a-z]{2,}' "$work/list"; then die "English in the list of commands"; fi
printf 'profile = "kumamoto-2021"\nstation = 5\nstationz = 1\n' >"$work/wrong.toml"
words=$(said ja_JP.UTF-8 78 intake-verify --config "$work/wrong.toml")
[[ $words == *'wrong.toml:2: "station" は文字列でなければなりませんが、整数になっています'* ]] || die "$words"
[[ $words == *'wrong.toml:3: キー "stationz" はありません（"station" の誤りではありませんか）'* ]] || die "$words"
words=$(LC_ALL='' LC_MESSAGES=ja_JP.UTF-8 LANG=C "$INTAKE_BIN/intake-scan" --nosuch 2>&1) || true
[[ $words == *この引数は指定できません* ]] || die "LC_MESSAGES: $words"
words=$(LC_ALL=C LANG=ja_JP.UTF-8 LANGUAGE=ja "$INTAKE_BIN/intake-scan" --nosuch 2>&1) || true
[[ $words == *'not expected'* ]] || die "LC_ALL=C: $words"

# What stands in a message came from elsewhere, and reaches no terminal as it is.
words=$(said ja_JP.UTF-8 64 intake-scan $'--no\e[2Jsuch')
[[ $words == *'--no␛[2Jsuch'* && $words != *$'\e'* ]] || die "a control character in a message: $words"

# What a confined worker says, too, which has no file of the host: here its kernel refuses it a mount.
mkdir "$work/db"
printf 'Nothing-Test:0:*:%s\n' "$(printf 'no such bytes in any mail' | od -An -tx1 | tr -d ' \n')" >"$work/db/test.ndb"
cat >"$work/intake.toml" <<TOML
profile = "kumamoto-2021"
station = "chuo"
[[stations]]
id = "chuo"
name = "見本警察署"
address = "chuo@police.example.jp"
[scan]
database = "db"
[roles]
operation_manager = { name = "架空 太郎", address = "taro@police.example.jp" }
general_manager = { name = "見本 花子", address = "hanako@police.example.jp" }
site_administrator = { name = "見本 次郎", address = "jiro@police.example.jp" }
TOML
words=$(LC_ALL=ja_JP.UTF-8 "$INTAKE_BIN/deny" mount=1 -- "$INTAKE_BIN/intake-scan" --config "$work/intake.toml" \
  2>&1 <<<'{"intake":1,"id":"m-1","stages":{}}') && die "scan without its mounts"
[[ $words == 'intake-scan: 隔離できません: '*': 許可されていない操作です' ]] || die "a worker's words: $words"

# A catalog that is cut off or foreign is none: English, and no crash.
mkdir -p "$work/bin" "$work/share/locale/ja/LC_MESSAGES"
cp "$INTAKE_BIN/intake-show" "$work/bin/"
catalog=$work/share/locale/ja/LC_MESSAGES/intake.mo
speaks() {  # speaks WORD - what the tool says of an option that there is not
  words=$(LC_ALL=ja_JP.UTF-8 "$work/bin/intake-show" --nosuch 2>&1) && die "--nosuch is known"
  [[ $words == *"$1"* ]] || die "with a catalog of $(wc -c <"$catalog") bytes: $words"
}
cp "$work/ja.mo" "$catalog"
speaks この引数は指定できません
for bytes in 0 3 20 27 28 100 5000 $(($(wc -c <"$work/ja.mo") - 1)); do
  head -c "$bytes" "$work/ja.mo" >"$catalog"
  speaks 'not expected'
done
head -c 100000 /dev/urandom >"$catalog"
speaks 'not expected'

# Help pages, with all that stands on them.
"$INTAKE_BIN/intake-ledger" --help | grep -q '^Subcommands:' || die "English help"
for tool in "$INTAKE_BIN"/intake-*; do
  [[ $(head -c 2 "$tool") != '#!' ]] || continue
  LC_ALL=ja_JP.UTF-8 "$tool" --help >"$work/help"
  grep -q '^使い方: ' "$work/help" || die "${tool##*/} --help: no heading in Japanese"
  if english=$(grep -E '^(Usage|Options|Examples|Subcommands|Positionals)|[a-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]{2,}' "$work/help"); then
    die "English on the page of ${tool##*/} --help: $english"
  fi
  LC_ALL=ja_JP.UTF-8 "$tool" --manual | mandoc -T utf8 -K utf-8 >"$work/page"
  grep -q '全ての記録を処理し' "$work/page" || die "${tool##*/} --manual is not Japanese"
done
echo "messages: all passed"
