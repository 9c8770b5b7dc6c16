#!/bin/bash
# docs/directive.md has a row for every clause of the rule; each row names the findings and actions that rest on the clause,
# and tests that exist; and tests/directive.sh shows each clause under its name.
set -euo pipefail
cd "$INTAKE_SOURCE"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() { # check ROOT: says what is wrong
  python3 - "$1" <<'P'
import pathlib, re, sys, tomllib
root = pathlib.Path(sys.argv[1])
wrong = []
labels = tomllib.loads((root / "share/intake/profiles/kumamoto-2021.toml").read_text())["clauses"]
by_label = {label: key for key, label in labels.items()}

resting = {}  # clause key -> findings and actions
keys = set()
for line in (root / "docs/findings.md").read_text().splitlines():
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    if line.startswith("| `") and len(cells) in (5, 6):
        resting.setdefault(cells[3 if len(cells) == 6 else 1], set()).add(cells[0].strip("`"))
    elif line.startswith("| `"):
        keys.add(cells[0].strip("`"))
if keys != set(labels): wrong.append(f"keys without label, or the reverse: {keys ^ set(labels)}")

shown = re.findall(r"^clause '([^']+)'", (root / "tests/directive.sh").read_text(), re.M)
rows = {}
for line in (root / "docs/directive.md").read_text().splitlines():
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    if not line.startswith("| ") or cells[0] == "clause": continue
    label, asks, answer, codes, tests = cells
    if label in rows: wrong.append(f"{label}: two rows")
    rows[label] = line
    said, wanted = set(re.findall(r"`([^`]+)`", codes)), resting.get(by_label.get(label, ""), set())
    if said != wanted: wrong.append(f"{label}: findings and actions: {sorted(said ^ wanted)}")
    named = re.findall(r"`([^`]+)`", tests)
    if "directive.sh" not in named: wrong.append(f"{label}: no test")
    wrong += [f"{label}: no such test: {name}" for name in named if not (root / "tests" / name).is_file()]
    if not asks or not answer: wrong.append(f"{label}: says nothing")
wrong += [f"{label}: no row" for label in labels.values() if label not in rows]
wrong += [f"{label}: tests/directive.sh does not show it" for label in rows if label not in shown]
wrong += [f"{label}: shown, and no row" for label in shown if label not in rows]
print("\n".join(wrong))
sys.exit(bool(wrong))
P
}
check . || { echo "FAILED: docs/directive.md" >&2; exit 1; }

# A clause without a test, without a row, or with a finding too few is noticed.
mkdir -p "$work/tests" "$work/docs" "$work/share/intake"
ln -s "$PWD"/tests/* "$work/tests/"
cp -r share/intake/profiles "$work/share/intake/"
noticed() { # noticed TEXT FILE SED
  rm -rf "$work/docs" "$work/tests/directive.sh"
  cp -r docs "$work/docs"
  cp tests/directive.sh "$work/tests/directive.sh"
  sed -i "$3" "$work/$2"
  if said=$(check "$work"); then echo "FAILED: not noticed: $3" >&2; exit 1; fi
  [[ $said == *"$1"* ]] || { echo "FAILED: $3: $said" >&2; exit 1; }
}
noticed '第4-2(3): tests/directive.sh does not show it' tests/directive.sh "/^clause '第4-2(3)'/d"
noticed '第4-4(3): no row' docs/directive.md '/^| 第4-4(3) /d'
noticed '第8-1(3): findings and actions' docs/directive.md 's/ `macro.xlm`//'
noticed 'no such test' docs/directive.md 's/`residue.sh`/`residues.sh`/'
echo ok
