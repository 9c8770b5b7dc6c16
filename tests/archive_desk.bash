# A desk that is nothing but its rule, one station and passwords of zips. Sourced by tests and benches, with a folder of
# theirs in $work; not run.
# shellcheck shell=bash disable=SC2154

# archive_desk NAME LINES: $work/NAME.toml with these lines of passwords, which lie in $work/NAME.secret.
archive_desk() {
  cp "$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml" "$work/profile.toml"
  (umask 077 && printf '%s' "$2" >"$work/$1.secret")
  cat >"$work/$1.toml" <<TOML
profile = "profile.toml"
station = "a"
[[stations]]
id = "a"
name = "見本警察署"
address = "a@police.example"
tel = "000-000-0000"
[archive]
passwords = ["file:$1.secret"]
TOML
}
