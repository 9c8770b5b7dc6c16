#!/bin/bash
# Drafts of letters, read back by another library: they say what was meant, once, to the right address.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
"$INTAKE_SOURCE/scripts/make-samples" "$work/desk" 2>/dev/null
export INTAKE_CONFIG=$work/desk/intake.toml
notice=$INTAKE_BIN/intake-notice
drafts=$work/desk/drafts

record() { # record ID APPLICANT ADDRESS ACTIONS [MORE]
  jq -nc --arg id "$1" --arg name "$2" --arg address "$3" --argjson actions "$4" --argjson more "${5:-{\}}" \
    '{intake: 1, id: $id, kind: "application", arrived_at: "2026-11-20T09:12:00+09:00",
      application: {receipt_no: "20261120-0003", procedure: "道路使用許可申請", station: "中央署", applicant: $name,
                    applicant_address: $address}, actions: $actions} + $more'
}
id() { printf 'm-%032d' "$1"; }
resubmit='[{"do":"ask_resubmit","clause":"第4-2(3)","to":"applicant","why":["malware.found"]}]'
reports='[{"do":"report_fault","clause":"第5","to":"general_manager","why":["stage.failed"]},
          {"do":"phone_confirm","clause":"第4-2(5)","to":"clerk","why":["sender.spoofed"]}]'
{
  record "$(id 1)" '架空 太郎' taro@applicant.example.jp "$resubmit"
  record "$(id 2)" $'見本\r\nBcc: evil@example.net\r\n\r\n花子' $'hanako@applicant.example.jp\r\nBcc: evil@example.net' "$resubmit"
  record "$(id 3)" '架空 次郎' jiro@applicant.example.jp "$reports"
  record "$(id 4)" '例示 三郎' saburo@applicant.example.jp '[]' '{"unknown":{"kept":15}}'
} >"$work/in"
"$notice" <"$work/in" >"$work/out" || fail "status $?"
[ "$(jq -r .id "$work/in")" = "$(jq -r .id "$work/out")" ] || fail "lines in and lines out"
grep -q '"unknown":{"kept":15}' "$work/out" || fail "unknown members are kept"
[ "$(find "$drafts" -name '*.eml' | wc -l)" = 4 ] || fail "drafts: $(ls "$drafts")"
[ "$(stat -c %a "$drafts"/*.eml | sort -u)" = 600 ] || fail "others can read the drafts"

python3 - "$drafts" <<'P' || fail "the drafts are not what was meant"
import email, email.policy, pathlib, sys
letters = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
    raw = path.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") and max(map(len, raw.split(b"\r\n"))) <= 78, path
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert not message.defects and message["Bcc"] is None and len(message.get_all("To", [])) <= 1, path
    assert message["From"].addresses[0].addr_spec == message["Reply-To"].addresses[0].addr_spec == "chuo@police.example.jp"
    letters[path.name] = message
general = next(m for n, m in letters.items() if n.endswith("_report_fault_general_manager.eml"))
site = next(m for n, m in letters.items() if n.endswith("_report_fault_site_administrator.eml"))
taro = next(m for m in letters.values() if m["To"] and "taro@" in str(m["To"]))
assert taro["To"].addresses[0].display_name == "架空 太郎"
assert "ウイルスチェック" in taro["Subject"] and "20261120-0003" in taro["Subject"]
assert taro.get_content().startswith("架空 太郎 様\r\n") or taro.get_content().startswith("架空 太郎 様\n")
assert "2026年11月20日 09:12" in taro.get_content() and "＿" not in taro.get_content()
hanako = next(m for m in letters.values() if "花子" in m.get_content())
assert hanako["To"] is None and "見本  Bcc: evil@example.net    花子 様" in hanako.get_content()
assert general["To"].addresses[0].addr_spec == "keimu@police.example.jp"
assert site["To"].addresses[0].addr_spec == "site@proc.example.go.jp"
P

# Once drafted, never again: not by a second run, and not when the clerk has sent and removed the draft.
rm "$(find "$drafts" -name '*ask_resubmit*' | head -1)"
"$notice" <"$work/in" >"$work/out"
[ "$(find "$drafts" -name '*.eml' | wc -l)" = 3 ] || fail "drafted twice"
jq -se 'all(.[].notices[]?; .new == false)' "$work/out" >/dev/null || fail "told as new"
"$INTAKE_BIN/intake-ledger" export --kind noticed | jq -se 'length == 4' >/dev/null || fail "the ledger knows four drafts"

# A fee is told once the doubts are settled: a clerk's clearance is what the next run sees.
fee='[{"do":"tell_fee","clause":"第4-3(2)","to":"applicant","why":[]}]'
record "$(id 5)" '疑義 五郎' goro@applicant.example.jp "$fee" '{"disposition":"confirm","stages":{"verify":{}}}' >"$work/fee"
"$INTAKE_BIN/intake-ledger" record <"$work/fee" | "$notice" | jq -se '.[0] | has("notices") | not' >/dev/null || fail "the fee is told too early"
"$INTAKE_BIN/intake-ledger" act "$(id 5)" cleared
"$notice" <"$work/fee" | jq -se '.[0].notices | length == 1 and .[0].do == "tell_fee" and .[0].new' >/dev/null || fail "the fee is not told"

# A folder that cannot be had, and a full disk.
got=0
"$notice" --out "$work/in/drafts" <"$work/in" >/dev/null 2>"$work/err" || got=$?
[ "$got" = 73 ] && grep -q 'folder for drafts' "$work/err" || fail "no folder: $got $(cat "$work/err")"
echo ok
