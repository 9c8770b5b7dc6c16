#!/usr/bin/env bash
# The whole desk: application mails in a Dovecot mailbox to a ledger and harmless PDFs, against the same work done by the
# best common tools: bench/desk.sh [--mails N] [--careful N] [--signatures N]. One Dovecot on the loopback, everything in
# memory, the same mails and signatures for all.
#   careful   for each mail: ripmime, 7z, clamscan over its files, soffice started for each office document, pdftoppm
#             and img2pdf for the pages, jq for the line of the day; the first N mails, told as the time of one mail
#   batch     mbsync, then all mails through each tool in turn: one clamscan, one soffice
# Neither judges a sender, looks for macros or keeps a ledger; ours does. Then where our time goes, stage by stage, and
# what two jobs of intake-render gain over one (render-jobs) and over one that has one core (render-cores); and, as what
# the machine can give, two runs at once that share nothing, each on a core of its own (render-apart).
set -euo pipefail
export LC_ALL=C.UTF-8
source=$(cd "$(dirname "$0")/.." && pwd)
bin=${INTAKE_BIN:-$source/build/bin}
mails=1000 careful=10 signatures=100000
while [ $# -gt 0 ]; do
  case $1 in
    --mails) mails=$2 ;;
    --careful) careful=$2 ;;
    --signatures) signatures=$2 ;;
    *) echo "usage: bench/desk.sh [--mails N] [--careful N] [--signatures N]" >&2; exit 64 ;;
  esac
  shift 2
done
for package in isync ripmime p7zip-full clamav img2pdf poppler-utils jq time dovecot-imapd imagemagick parallel; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    apt-get install -y --no-install-recommends "$package" >/dev/null
done
work=$(mktemp -d -p /dev/shm)
dovecot_pid=
# shellcheck source=tests/servers/dovecot.sh
. "$source/tests/servers/dovecot.sh"
# shellcheck source=bench/mbsync.bash
. "$source/bench/mbsync.bash"
trap 'dovecot_stop; rm -rf "$work"' EXIT
umask 077
# Under an open umask: as root it leaves a folder in /var/spool that every user must be able to read.
office() { (umask 022; command soffice -env:UserInstallation=file://"$work/office" --headless --convert-to "$@" >/dev/null 2>&1); }
now() { date +%s%N; }

# The documents, by LibreOffice; the photos, by ImageMagick.
mkdir "$work/base"
for size in 1024x768 1600x1200 2048x1536; do
  convert -seed 7 -size $size plasma:fractal -attenuate 0.3 +noise Gaussian -quality 88 "$work/base/photo-$size.jpg"
done
python3 - "$work" <<'END'
import base64, sys
work = sys.argv[1]
ns = "".join(f' xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for p, n in (("office", "office"), ("text", "text"), ("table", "table"),
     ("draw", "drawing"), ("style", "style"), ("svg", "svg-compatible"), ("fo", "xsl-fo-compatible")))
line = "申請者は、本手続に関する事項について、次のとおり届け出ます。"
def write(name, kind, body):
    open(f"{work}/{name}", "w").write(f'<?xml version="1.0" encoding="UTF-8"?><office:document{ns} office:version="1.3" '
        f'office:mimetype="application/vnd.oasis.opendocument.{kind}"><office:body>{body}</office:body></office:document>')
text = lambda count: "<text:p>整理番号ZZZZZZZZ</text:p>" + "".join(f"<text:p>{n}　{line}</text:p>" for n in range(count))
picture = base64.b64encode(open(f"{work}/base/photo-1024x768.jpg", "rb").read()).decode()
write("letter.fodt", "text", f"<office:text>{text(45)}</office:text>")
write("form.fodt", "text", f"<office:text>{text(45)}</office:text>")
write("plan.fodt", "text", f'<office:text>{text(12)}<text:p><draw:frame text:anchor-type="as-char" svg:width="15cm" svg:height="11cm">'
      f'<draw:image><office:binary-data>{picture}</office:binary-data></draw:image></draw:frame></text:p></office:text>')
write("sheet.fods", "spreadsheet", '<office:spreadsheet><table:table table:name="一">' + "".join(
    "<table:table-row>" + "".join(f'<table:table-cell office:value-type="string"><text:p>ZZZZZZZZ{r}-{c}</text:p></table:table-cell>' for c in range(5)) + "</table:table-row>"
    for r in range(40)) + "</table:table></office:spreadsheet>")
END
(cd "$work" && office docx --outdir base letter.fodt plan.fodt && office xlsx --outdir base sheet.fods && office pdf --outdir base form.fodt)
dovecot_start
python3 "$source/bench/desk_mails.py" "$work/dovecot/home/chuo" "$work/base" "$mails"
[ "$(id -u)" != 0 ] || chown -R nobody "$work/dovecot/home"
mkdir "$work/db"
python3 - "$work/db" "$signatures" <<'END'
import hashlib, sys
eicar = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$' + 'EICAR-STANDARD-' + 'ANTIVIRUS-TEST-FILE!' + '$H+H*'
open(sys.argv[1] + '/small.ndb', 'w').write('Eicar-Test:0:*:%s\n' % eicar.encode().hex())
with open(sys.argv[1] + '/large.hdb', 'w') as f:
    for i in range(int(sys.argv[2])): f.write('%s:%d:Bench-%d\n' % (hashlib.md5(b'%d' % i).hexdigest(), 1000 + i % 60000, i))
END

# Ours.
"$source/scripts/make-samples" "$work/desk" >/dev/null 2>&1
sed -i "s|^url = .*|url = \"imaps://localhost:$imaps/\"\nuser = \"chuo\"\npassword = \"file:secrets/mail\"\nca_file = \"$ca\"|
  s|^database = .*|database = \"$work/db\"|" "$work/desk/intake.toml"
echo pw-chuo >"$work/desk/secrets/mail"
export INTAKE_CONFIG=$work/desk/intake.toml
stages=(fetch 'ledger record' parse decrypt scan verify 'ledger record' "render -j $(nproc)" export 'ledger record')
desk() { # desk SELECTION…: the pipe of intake-daily, each stage with its clock
  local command='' stage number=0
  for stage in "${stages[@]}"; do
    command+=${command:+ | }"/usr/bin/time -o $work/clock.$number -f '%U %S %M' $bin/intake-$stage"
    [ $number != 0 ] || command+=" $*"
    number=$((number + 1))
  done
  bash -c "set -o pipefail; $command" >"$work/out.ndjson"
}
start=$(now)
desk --new
ours=$((($(now) - start) / 1000))
jq -rs 'map([.disposition, ([.findings[]?.code] | join(" "))] | join(" ")) | group_by(.) | map("\(length) \(.[0])")[]' <"$work/out.ndjson"
pdfs=$(find "$work/desk/out" -name '*.pdf' | wc -l)
[ "$(wc -l <"$work/out.ndjson")" = "$mails" ] && [ "$pdfs" -ge "$mails" ]

# Rendering alone, by turns. One job with all cores spreads its processes over them.
"$bin/intake-fetch" --all | "$bin/intake-parse" | "$bin/intake-decrypt" | "$bin/intake-scan" | "$bin/intake-verify" |
  sed -n 1,50p >"$work/judged.ndjson"
render() { "$@" <"$work/judged.ndjson" >/dev/null; }
read -ra cores < <(taskset -cp $$ | sed 's/.*: //' | tr ',-' '  ') # the first and the last
core=0 apart=0 one=0 two=0 rounds=2
[ "$mails" -ge 50 ] || rounds=1
for _ in $(seq "$rounds"); do
  start=$(now)
  render taskset -c "${cores[-1]}" "$bin/intake-render" -j 1
  core=$((core + ($(now) - start) / 1000)) start=$(now)
  render taskset -c "${cores[0]}" "$bin/intake-render" -j 1 &
  render taskset -c "${cores[-1]}" "$bin/intake-render" -j 1
  wait "$!"
  apart=$((apart + ($(now) - start) / 1000)) start=$(now)
  render "$bin/intake-render" -j 1
  one=$((one + ($(now) - start) / 1000)) start=$(now)
  render "$bin/intake-render" -j 2
  two=$((two + ($(now) - start) / 1000))
done

# The peers.
{ printf 'FSync no\n\n'; mbsync_channel all chuo "$imaps" "$work/near"; } >"$work/mbsyncrc"
unpack() { # unpack MAIL FOLDER
  mkdir -p "$2/parts" "$2/files"
  ripmime -i "$1" -d "$2/parts"
  7z x -bd -bso0 -bsp0 -pMihon-2026-zip "-o$2/files" "$2"/parts/*.zip
}
pages() { # pages PDF OUT: pixels only
  pdftoppm -r 150 -jpeg "$1" "$2.page"
  img2pdf --output "$2.pdf" "$2".page*.jpg
  rm "$2".page*.jpg
}
picture() { convert "$1" -strip -auto-orient "$2.jpg" && img2pdf --output "$2.pdf" "$2.jpg" && rm "$2.jpg"; }
told() { jq -nc --arg mail "$1" --args '{mail: $mail, files: $ARGS.positional}' "${@:2}"; }
pull() { rm -rf "$work/near" && mkdir "$work/near" && mbsync -q -c "$work/mbsyncrc" all; }
carefully() {
  local mail folder file name
  pull
  mkdir -p "$work/careful/out"
  while read -r mail; do
    folder=$work/careful/$(basename "$mail")
    unpack "$mail" "$folder"
    clamscan --quiet --no-summary -d "$work/db" -r "$folder"
    for file in "$folder"/files/*; do
      name=$work/careful/out/$(basename "$folder")-$(basename "$file")
      case $file in
        *.pdf) pages "$file" "$name" ;;
        *.jpg) picture "$file" "$name" ;;
        *) office pdf --outdir "$folder" "$file" && pages "${file%/files/*}/$(basename "${file%.*}").pdf" "$name" ;;
      esac
    done
    told "$mail" "$folder"/files/* >>"$work/careful/day.ndjson"
  done < <(find "$work/near/INBOX" -type f -name '[0-9]*' | sort | head -n "$careful")
}
in_batches() {
  local mail folder file number=0
  pull
  mkdir -p "$work/batch/"{in,out,office,pdf}
  while read -r mail; do
    folder=$work/batch/in/$((number += 1))
    unpack "$mail" "$folder"
    for file in "$folder"/files/*; do
      case $file in *.docx | *.xlsx) ln "$file" "$work/batch/office/$number-$(basename "$file")" ;; esac
    done
    told "$mail" "$folder"/files/* >>"$work/batch/day.ndjson"
  done < <(find "$work/near/INBOX" -type f -name '[0-9]*' | sort)
  clamscan --quiet --no-summary -d "$work/db" -r "$work/batch/in"
  (cd "$work/batch/office" && find . -type f -print0 | sort -z | xargs -0 -n 250 \
    soffice -env:UserInstallation=file://"$work/office" --headless --convert-to pdf --outdir ../pdf >/dev/null 2>&1)
  export -f pages picture
  { find "$work/batch/in" -path '*/files/*.pdf'; find "$work/batch/pdf" -name '*.pdf'; } |
    parallel -j "$(nproc)" pages {} "$work/batch/out/{#}p"
  find "$work/batch/in" -path '*/files/*.jpg' | parallel -j "$(nproc)" picture {} "$work/batch/out/{#}j"
}
start=$(now)
carefully
each=$((($(now) - start) / 1000 / careful))
start=$(now)
in_batches
batch=$((($(now) - start) / 1000))
echo "PDFs: ours $pdfs, batch $(find "$work/batch/out" -name '*.pdf' | wc -l)"
echo "bytes of PDF: ours $(du -cb "$work"/desk/out/*.pdf | tail -1 | cut -f1), batch $(du -cb "$work"/batch/out/*.pdf | tail -1 | cut -f1)"
echo "stage: CPU seconds, most memory of a process in MB"
for number in "${!stages[@]}"; do
  tail -n 1 "$work/clock.$number" | awk -v name="${stages[$number]}" '{ printf "  %-14s %7.2f %7.1f\n", name, $1 + $2, $3 / 1024 }'
done
# ratio NAME OURS PEER: microseconds for all the mails
ratio() { awk -v name="$1" -v ours="$2" -v peer="$3" 'BEGIN { printf "ratio %s %.2f (ours %.1f s, peer %.1f s)\n", name, peer / ours, ours / 1e6, peer / 1e6 }'; }
ratio render-jobs "$two" "$one"
ratio render-cores "$two" "$core"
ratio render-apart "$apart" $((2 * core))
ratio desk-careful "$ours" $((each * mails))
ratio desk-batch "$ours" "$batch"
