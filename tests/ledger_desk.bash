# A desk that is nothing but its rule, one station and a sealed ledger, for what needs no mailbox. Sourced by tests and
# benches, with a folder of theirs in $work; not run.
# shellcheck shell=bash disable=SC2154

# ledger_desk [NAME [LEDGER [MORE]]]: $work/NAME.toml, its LEDGER in $work, and MORE of the configuration behind it.
# All desks of one folder share a key.
ledger_desk() {
  local name=${1:-intake} ledger=${2:-ledger.db}
  cp "$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml" "$work/profile.toml"
  [ -e "$work/ledger.key" ] || (umask 077 && head -c 48 /dev/urandom | base64 -w0 >"$work/ledger.key")
  cat >"$work/$name.toml" <<TOML
profile = "profile.toml"
station = "chuo"
[[stations]]
id = "chuo"
name = "見本中央警察署"
address = "chuo@police.example.jp"
[ledger]
path = "$ledger"
key = "file:ledger.key"
${3:-}
TOML
  export INTAKE_CONFIG=$work/$name.toml
}
