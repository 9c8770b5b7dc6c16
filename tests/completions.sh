#!/usr/bin/env bash
# Completions and manual pages say what the tools' definitions say, and the shells understand them.
set -euo pipefail
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "FAILED: $*" >&2; exit 1; }

# What is checked in is what the tools say now. A tool that is built beside the test has its completions, too.
"$INTAKE_SOURCE/docs/generate/completions" "$INTAKE_BIN" "$work/made"
diff -r "$INTAKE_SOURCE/completions" "$work/made" || die "run: docs/generate/completions build/bin completions"

# bash: names of options, choices of a value, commands, options of a command; "intake x" as "intake-x".
completed() {  # completed WORD... - what bash offers for the last of them
  bash -c '
    for file in "$1"/*; do source "$file"; done
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    "_$1" && printf "%s\n" "${COMPREPLY[@]}"' _ "$work/made/bash" "$@" | sort | paste -sd ' '
}
[[ $(completed intake-scan --fail) == --fail-on ]] || die "bash: an option"
[[ $(completed intake-scan --fail-on '') == 'accept confirm list return' ]] || die "bash: a value"
[[ $(completed intake-ledger qu) == query ]] || die "bash: a command"
[[ $(completed intake-ledger query --stat) == --state ]] || die "bash: an option of a command"
[[ $(completed intake sca) == scan ]] || die "bash: a tool behind intake"
[[ $(completed intake scan --fail-on ret) == return ]] || die "bash: a value behind intake"

for file in "$work"/made/zsh/*; do zsh -n "$file" || die "zsh: $file"; done
for file in "$work"/made/fish/*; do fish -n "$file" || die "fish: $file"; done
offered=$(HOME=$work fish -c "source '$work/made/fish/intake-scan.fish'; complete -C 'intake-scan --fail-on '")
for choice in accept confirm list return; do
  grep -q "^$choice" <<<"$offered" || die "fish does not offer $choice: $offered"
done

# Manual pages: sound, with every option and every status. A page without a date is meant: the version tells more.
for tool in "$INTAKE_BIN"/intake-*; do
  [[ $(head -c 2 "$tool") != '#!' ]] || continue
  "$tool" --manual >"$work/page"
  complaints=$(mandoc -T lint <"$work/page" | grep -v 'missing date' || true)
  [[ -z $complaints ]] || die "$complaints"
  mandoc -T utf8 "$work/page" | col -b >"$work/text"
  while read -r option; do
    grep -q -- "$option" "$work/text" || die "the manual page of ${tool##*/} does not know $option"
  done < <("$tool" --help | grep -o -- '^ *-[-a-z,]*' | grep -o -- '--[a-z-]*')
  grep -q '^ *78 ' "$work/text" || die "the manual page of ${tool##*/} does not list the exit statuses"
done

# intake stands in front of all of them.
"$INTAKE_BIN/intake" >"$work/list"
for tool in fetch parse decrypt scan verify ledger render export notice reconcile show doctor init profile daily reprocess; do
  grep -q "^  $tool  *[A-Z]" "$work/list" || die "intake does not list $tool"
done
[[ $("$INTAKE_BIN/intake" show --version) == "$("$INTAKE_BIN/intake-show" --version)" ]] || die "intake show"
[[ $("$INTAKE_BIN/intake" help scan) == *--fail-on* ]] || die "intake help scan"
status=0
"$INTAKE_BIN/intake" nosuch 2>"$work/said" || status=$?
[[ $status == 64 && $(<"$work/said") == *nosuch* ]] || die "an unknown command: $status"
status=0
"$INTAKE_BIN/intake" '../intake-show' 2>"$work/said" || status=$?
[[ $status == 64 ]] || die "a path as a command: $status"
echo "completions: all passed"
