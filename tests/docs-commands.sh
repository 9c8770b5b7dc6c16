#!/usr/bin/env bash
# Every command that the guides show works, and what they show of its output is what it says.
#
# The commands are the lines after "$ " in ```console blocks; each guide has a sample desk of its own, on which they run
# one after the other, as at a terminal of 80 columns. "…" in an output stands for anything, alone on a line for any lines.
# A command that ends with another status than 0 says so: "# status 1", "# 終了コード 1". Commands of ```sh blocks need a machine of their
# own (apt, systemctl), and are tested elsewhere or not at all.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$INTAKE_SOURCE/scripts/make-samples" "$work/all" >/dev/null
# The mails that the guides speak of; a whole sample desk takes minutes.
python3 - "$work/all" <<'PYTHON'
import csv, pathlib, sys
desk = pathlib.Path(sys.argv[1])
kept = {"good-docx", "correction", "good-18-1", "good-18-2", "good-18-unlisted", "list-18-differs", "good-19",
        "sender-not_site", "malware-eicar", "archive-password", "station-misdirected", "direct"}
rows = list(csv.DictReader(open(desk / "expected.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
for number, row in enumerate(rows):
    (mail,) = (desk / "Maildir/new").glob(f"*.M{number:03d}P1.sample")
    if row["name"] not in kept:
        mail.unlink()
assert len(list((desk / "Maildir/new").iterdir())) == len(kept)
PYTHON

cat >"$work/run.py" <<'PYTHON'
import os, pty, re, subprocess, sys
guide, desk = sys.argv[1:3]
text = open(guide, encoding="utf-8").read()
japanese = guide.endswith(".ja.md")
env = dict(os.environ, INTAKE_CONFIG=desk + "/intake.toml", HOME=desk, COLUMNS="80", TZ="Asia/Tokyo", TERM="dumb",
           LC_ALL="ja_JP.UTF-8" if japanese else "C.UTF-8", USER="hanako", LOGNAME="hanako")
env["PATH"] = os.environ["INTAKE_BIN"] + ":" + env["PATH"]
keyboard = pty.openpty()[1]  # as at a terminal, and nobody types
bad = ran = 0

def pattern(lines):
    parts = [r"(?:.*\n)*" if line.strip() == "…" else
             ".*".join(re.escape(piece) for piece in line.rstrip().split("…")) + r" *\n" for line in lines]
    return "".join(parts)

for block in re.finditer(r"^```console\n(.*?)^```$", text, re.M | re.S):
    lines = block.group(1).splitlines()
    line_number = text.count("\n", 0, block.start()) + 2
    at = 0
    while at < len(lines):
        if not lines[at].startswith("$ "):
            sys.exit(f"{guide}:{line_number + at}: neither a command nor its output")
        place, command = line_number + at, lines[at][2:]
        at += 1
        while command.endswith("\\"):
            command = command[:-1] + lines[at]
            at += 1
        shown = []
        while at < len(lines) and not lines[at].startswith("$ "):
            shown.append(lines[at])
            at += 1
        wanted = re.search(r"# (?:status|終了コード) (\d+)$", command)
        done = subprocess.run(["bash", "-c", "set -o pipefail; " + command], cwd=desk, env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=keyboard, timeout=300)
        said = "\n".join(l for l in done.stdout.splitlines() if "cannot change locale" not in l)
        said += "\n" if said else ""
        ran += 1
        if done.returncode != (int(wanted.group(1)) if wanted else 0):
            print(f"{guide}:{place}: status {done.returncode}: {command}\n{said}")
            bad += 1
        elif shown and not re.fullmatch(pattern(shown), said):
            print(f"{guide}:{place}: {command}\nsays:\n{said}")
            bad += 1
print(f"{os.path.basename(guide)}: {ran} commands")
sys.exit(bool(bad))
PYTHON

status=0
for guide in "$INTAKE_SOURCE"/README.md "$INTAKE_SOURCE"/CONTRIBUTING.md "$INTAKE_SOURCE"/docs/*.md; do
  grep -q '^```console$' "$guide" || continue
  [[ -z ${1:-} || $guide == *"$1"* ]] || continue
  cp -r "$work/all" "$work/desk"
  python3 "$work/run.py" "$guide" "$work/desk" || status=1
  rm -rf "$work/desk"
done
exit "$status"
