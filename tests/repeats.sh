#!/bin/bash
# One applicant over four runs of the desk, by the real scanner: malware; malware again, so that the counter is asked for;
# a clean application at last; its correction and the list that names it. Each run knows what the earlier ones found, and
# everything is shown under the application. What another applicant sent belongs to none of it.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"
make_desk
desk=$work/desk
rm "$desk/Maildir/new"/*
PYTHONPATH=$INTAKE_SOURCE/scripts/samples PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 - "$work/mails" <<'P'
import os, sys
from archives import Member
from desk import DESK, application, list_mail, message, moment, receipt
from documents import docx
from hostile import eicar
from mails import file_part, multipart, text_part

folder = sys.argv[1]
os.mkdir(folder)
infected = [Member("備考.txt", eicar())]
clean = [Member("備考.txt", "架空の備考です。\r\n".encode())]

def keep(name, raw):
    with open(f"{folder}/{name}", "wb") as file:
        file.write(raw)

samples = [application("first", 17, 501, "09:00", "反復 太郎", "malware", infected),
           application("second", 18, 502, "09:30", "反復 太郎", "malware again", infected),
           application("third", 19, 503, "10:00", "反復　太郎", "clean at last", clean),
           application("other", 19, 504, "10:05", "見本 花子", "another applicant", clean)]
for sample in samples:
    keep(sample.name, sample.raw)
number = receipt(19, 503)
keep("correction", message(
    multipart([text_part(f"反復 太郎です。\n\n受付番号：{number}\nご連絡のあった書類を補正しましたので送ります。\n"),
               file_part("申請書（補正）.docx", docx(["道路使用許可申請書（補正）"]))]), moment(20, "11:00"),
    f"補正書類の送付（受付番号：{number}）", From="<taro@applicant.example.jp>", Return_Path="<taro@applicant.example.jp>",
    Authentication_Results="mx.police.example.jp;\n dkim=pass header.d=applicant.example.jp", Received=None,
    Message_ID="<hosei-503@applicant.example.jp>", To=f"<{DESK}>"))
keep("list", list_mail(19, [sample.row for sample in samples if sample.at.day == 19]))
P

tool() { "$INTAKE_BIN/intake-$1" "${@:2}"; }
id_of() { echo "m-$(perl -0777 -pe 's/\r\n/\n/g; s/[\r\n]+\z//' "$work/mails/$1" | sha256sum | head -c 32)"; }
ids_of() { for name in "$@"; do id_of "$name"; done | sort; }
began=$(date +%s) delivered=0
deliver() { # each a second after the one before, however fast the runs are
  for name in "$@"; do
    delivered=$((delivered + 1))
    cp "$work/mails/$name" "$work/$name"
    touch -d "@$((began - 60 + delivered))" "$work/$name"
    mv "$work/$name" "$desk/Maildir/new/$name"
  done
}
# day_of_run MAIL…: the desk's day, and those are the mails that it handled.
day_of_run() {
  expect 0 "$daily" --json
  cp "$work/out" "$work/run"
  jq -r .id "$work/run" | sort | diff <(ids_of "$@") - || fail "not the run of '$*': $(as_judged <"$work/run")"
}
says() { jq -se "$1" "$work/run" >/dev/null || fail "$1: $(jq -c '[.id, .kind, .disposition, .findings, .actions]' "$work/run")"; }
drafts() { find "$desk/drafts" -name "*_$1_*.eml" -printf '%f\n' | sort; }

# The first: to be sent again through the site.
deliver first
day_of_run first
says 'length == 1 and .[0].disposition == "return" and (.[0].findings | any(.code == "malware.found" and .severity == "error"))
  and (.[0].actions | any(.do == "ask_resubmit") and all(.do != "ask_counter"))'

# The second, in a run of its own: to come to the counter.
deliver second
day_of_run second
says '.[0].disposition == "return" and (.[0].findings | map(.code) | contains(["malware.found", "repeat.after_malware"]))
  and (.[0].actions | any(.do == "ask_counter") and all(.do != "ask_resubmit"))'
[ "$(drafts ask_counter)" = "20261118-0502_$(id_of second | cut -c 3-)_ask_counter_applicant.eml" ] || fail "letters: $(drafts ask_counter)"
[ "$(drafts ask_resubmit | wc -l)" = 1 ] || fail "letters: $(drafts ask_resubmit)"

# The third is clean, and doubtful for what came before; another applicant beside it is not.
deliver third other
day_of_run third other
says 'map({(.application.receipt_no): .}) | add | (.["20261119-0503"] | .disposition == "confirm" and (.findings | any(.code == "repeat.after_malware"))
  and (.actions | all(.do != "ask_counter"))) and .["20261119-0504"].disposition == "accept"'
tool ledger act "$(id_of third)" cleared --note 電話で確認
day_of_run third

# The correction and the list, when the application is long finished.
deliver correction list
day_of_run correction list
says 'map(.kind) | sort == ["correction", "list"]'
expect 0 tool ledger query --state unfinished
[ ! -s "$work/out" ] || fail "unfinished: $(jq -c '[.id, .disposition, .ledger]' "$work/out")"

# All of it under one application, whichever of its messages or numbers is asked for.
links() { # links MESSAGE: "kind id" of each link, sorted
  tool ledger query --id "$(id_of "$1")" --together | jq -r --arg id "$(id_of "$1")" 'select(.id == $id) | .ledger.links[] | "\(.kind) \(.id)"' | sort
}
printf '%s\n' "corrected_by $(id_of correction)" "listed_by $(id_of list)" "resubmission_of $(id_of first)" | sort |
  diff - <(links third) || fail "links of the application"
printf '%s\n' "resubmitted_as $(id_of second)" "resubmitted_as $(id_of third)" | sort | diff - <(links first) || fail "links of the first"
echo "resubmission_of $(id_of first)" | diff - <(links second) || fail "links of the second"
printf '%s\n' "corrects $(id_of third)" "listed_by $(id_of list)" | sort | diff - <(links correction) || fail "links of the correction"
echo "listed_by $(id_of list)" | diff - <(links other) || fail "links of another applicant"
tool ledger query --receipt 20261119-0503 --together | jq -r .id | sort |
  diff <(ids_of first third correction list) - || fail "by receipt number"

expect 0 tool show --ledger 20261119-0503
for text in 'Belongs together with' 'corrected by' 'listed by' 'first made as' '20261117-0501' '電話で確認'; do
  grep -qF -- "$text" "$work/out" || fail "not shown: $text: $(cat "$work/out")"
done
! grep -q '花子\|20261119-0504' "$work/out" || fail "another applicant is shown: $(cat "$work/out")"
expect 0 tool show --ledger 20261117-0501 --json
jq -r .id "$work/out" | sort | diff <(ids_of first second third) - || fail "under the first"

# A further run has nothing to do, and drafts nothing again.
before=$(find "$desk/drafts" -type f | sort)
day_of_run
[ "$(find "$desk/drafts" -type f | sort)" = "$before" ] || fail "drafted again"
echo ok
