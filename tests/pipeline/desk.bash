# What the pipeline tests share: a sample desk in $work, and how its day is run and compared. Sourced, not run.
# shellcheck shell=bash

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
export INTAKE_CONFIG=$work/desk/intake.toml

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# A document has more time than usual: that of 2,100 pages takes it on a busy machine.
make_desk() {
  "$INTAKE_SOURCE/scripts/make-samples" "$work/desk" 2>/dev/null
  printf '\n[render]\nseconds = 900\n' >>"$work/desk/intake.toml"
}

daily=$INTAKE_SOURCE/scripts/intake-daily

# expect STATUS COMMAND…: stdout and stderr go to $work/out and $work/err. "66|69" is either.
expect() {
  local wanted=$1 status=0
  shift
  "$@" >"$work/out" 2>"$work/err" || status=$?
  [[ $status =~ ^($wanted)$ ]] || fail "$*: status $status, not $wanted: $(head -c 2000 "$work/err")"
}

# Records on stdin as lines of "id kind disposition codes", sorted, to be compared with expected.tsv.
as_judged() {
  jq -r '[.id, .kind, .disposition, ([.findings[]?.code] | unique | join(" "))] | @tsv' | sort
}
as_expected() { tail -n +2 "$work/desk/expected.tsv" | cut -f 1-4 | sort; }

# differences GOT WANTED: the lines that differ, with the samples' names.
differences() {
  diff "$2" "$1" | grep '^[<>]' | while IFS=$'\t' read -r id rest; do
    printf '%s\t%s\t%s\n' "${id:0:1}" "$(grep "^${id:2}" "$work/desk/expected.tsv" | cut -f 5)" "$rest"
  done
}
