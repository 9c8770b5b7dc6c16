# shellcheck shell=bash disable=SC2034,SC2154
# For a bench that times whole processes with tens of megabytes in memory; sourced, not run, with $work and
# $INTAKE_SOURCE set. A virtual machine may give free memory back to its host within seconds. Whoever touches it next
# pays for getting it again, up to 40 times what a page costs otherwise, and that is neither our time nor the peer's.
cc -O2 -o "$work/warm" "$INTAKE_SOURCE/bench/warm.c"

# begin: $t is the time, and free memory is at hand. Right before each run, of ours and of the peers alike.
begin() { "$work/warm" 1024; t=$(now); }
