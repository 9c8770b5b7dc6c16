#!/usr/bin/env bash
# The library as others use it: installed, found by CMake and by pkg-config, with the example program built against it.
set -euo pipefail
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$*"; }; }
build=$(dirname "$INTAKE_BIN")
installed=$work/installed
quietly cmake --install "$build" --component libintake-dev --prefix "$installed"

cat >"$work/records" <<'END'
{"intake":1,"id":"m-1","disposition":"accept","findings":[{"code":"render.unseen"}]}
{"intake":1,"id":"m-2","disposition":"confirm","findings":[{"code":"body.url"},{"code":"macro.vba"}]}
{"intake":1,"id":"m-3","disposition":"confirm","findings":[{"code":"body.url"}]}
END
check() { # check PROGRAM: it says what there is to say
  diff - <("$1" <"$work/records") <<'END' || fail "$1 counts otherwise"
     1 accept
     2 confirm
     2   body.url
     1   macro.vba
END
  local status=0
  echo '{"no record' | "$1" >/dev/null 2>&1 || status=$?
  [ "$status" = 65 ] || fail "$1 on a line that is no record: $status"
}
quietly cmake -S "$INTAKE_SOURCE/docs/library" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$installed"
quietly cmake --build "$work/build"
check "$work/build/dispositions"
# What is asked for and is not there is said at once.
mkdir "$work/other"
printf 'cmake_minimum_required(VERSION 3.25)\nproject(o LANGUAGES CXX)\nfind_package(intake REQUIRED COMPONENTS nothing)\n' \
  >"$work/other/CMakeLists.txt"
status=0; cmake -S "$work/other" -B "$work/other/build" -DCMAKE_PREFIX_PATH="$installed" >"$work/log" 2>&1 || status=$?
[ "$status" != 0 ] || fail "a component of no name is found"
grep -q 'nothing' "$work/log" || fail "it does not say what is missing"

# pkg-config, and what programs include, as it is installed.
pc=$(find "$installed" -name intake.pc)
PKG_CONFIG_PATH=$(dirname "$pc") quietly pkg-config --define-prefix --exists --print-errors intake
read -ra flags < <(PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --define-prefix --cflags --libs intake)
quietly c++ -O0 "$INTAKE_SOURCE/docs/library/dispositions.cpp" -o "$work/dispositions" "${flags[@]}"
check "$work/dispositions"
for header in archive calendar config filter findings judge ledger lines mail notice profile record reconcile report; do
  echo "#include <libintake/$header.hpp>"
done >"$work/all.cpp"
quietly c++ -std=c++20 -fsyntax-only -I "$installed/include" "$work/all.cpp"
echo "library: all passed"
