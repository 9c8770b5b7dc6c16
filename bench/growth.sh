#!/usr/bin/env bash
# What more mails cost: bench/growth.sh [--sizes N,N,…]. So many small application mails of a Maildir through the pipe to
# judgement, each number into a ledger of its own, and a run over none, whose time (the start) is taken off. Told are the
# processor time of a mail and the most memory of a process, stage by stage; wall time is told for the whole. The growth
# is the power of the number of mails with which processor time rises from the smallest to the largest: 1 is flat.
set -euo pipefail
export LC_ALL=C.UTF-8
source=$(cd "$(dirname "$0")/.." && pwd)
bin=${INTAKE_BIN:-$source/build/bin}
sizes=500,5000
while [ $# -gt 0 ]; do
  case $1 in
    --sizes) sizes=$2 ;;
    *) echo "usage: bench/growth.sh [--sizes N,N,…]" >&2; exit 64 ;;
  esac
  shift 2
done
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
umask 077
IFS=, read -ra numbers <<<"$sizes"
stages=(fetch 'ledger record' parse decrypt scan verify 'ledger record')
now() { date +%s%N; }
through() { # through N: the clock of each stage is N.STAGE, of the whole N.wall
  local command='' number start
  "$source/scripts/make-samples" "$work/desk.$1" >/dev/null 2>&1
  rm -r "$work/desk.$1/Maildir/new"
  "$source/tests/pipeline/more_mails" "$work/desk.$1/Maildir/new" "$1"
  for number in "${!stages[@]}"; do
    command+=${command:+ | }"/usr/bin/time -o $work/$1.$number -f '%U %S %M' $bin/intake-${stages[$number]}"
    [ "$number" != 0 ] || command+=' --new'
  done
  start=$(now)
  INTAKE_CONFIG=$work/desk.$1/intake.toml bash -c "set -o pipefail; $command" >"$work/out"
  echo $((($(now) - start) / 1000)) >"$work/$1.wall"
  [ "$(wc -l <"$work/out")" = "$1" ] && [ "$(grep -c '"disposition":"accept"' "$work/out")" = $(($1 - 2 * ($1 / 10))) ]
  rm -r "$work/desk.$1"
}
for number in 0 "${numbers[@]}"; do through "$number"; done
# Rows of "size, stage, user, system, kilobytes"; the whole is a stage of its own.
for size in 0 "${numbers[@]}"; do
  for number in "${!stages[@]}"; do
    echo "$size $number $(tail -n 1 "$work/$size.$number")"
  done
  echo "$size wall $(<"$work/$size.wall")"
done | awk -v sizes="${numbers[*]}" -v stages="$(printf '%s,' "${stages[@]}")" '
  $2 == "wall" { wall[$1] = $3 / 1e6; next }
  {
    took[$1, $2] = $3 + $4
    took[$1, "all"] += $3 + $4
    most[$1, $2] = $5 / 1024
    if (most[$1, $2] > most[$1, "all"]) most[$1, "all"] = most[$1, $2]
  }
  function row(name, stage,  i, each, first, last) {
    printf "%-14s", name
    for (i = 1; i <= count; i++) {
      each = (took[size[i], stage] - took[0, stage]) * 1e3 / size[i]
      if (i == 1) first = each
      last = each
      printf "%10.3f %7.1f", each, most[size[i], stage]
    }
    power = first > 0 && last > 0 ? 1 + log(last / first) / log(size[count] / size[1]) : 0
    printf power ? "%8.3f\n" : "       -\n", power
  }
  END {
    count = split(sizes, size, " "); split(stages, name, ",")
    printf "ms of a mail and MB %s; growth\n", sizes
    for (stage = 0; stage < 7; stage++) row(name[stage + 1], stage)
    row("all", "all")
    for (i = 1; i <= count; i++)
      printf "%d mails: %.1f s by the clock, %.2f ms a mail\n", size[i], wall[size[i]], wall[size[i]] * 1e3 / size[i]
    if (power < 0.01) power = 0.01 # too few mails to tell
    printf "ratio growth %.2f (ours %.3f as power, peer target 1.05)\n", 1.05 / power, power
  }'
