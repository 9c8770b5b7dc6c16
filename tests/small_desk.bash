# Desks that are nothing but their rule and one station, for what needs no mailbox. Sourced by tests and benches, with a
# folder of theirs in $work; not run.
# shellcheck shell=bash disable=SC2154

# small_desk NAME [MORE]: $work/NAME.toml, with MORE of the configuration behind it.
small_desk() {
  cp "$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml" "$work/profile.toml"
  cat >"$work/$1.toml" <<TOML
profile = "profile.toml"
station = "chuo"
[[stations]]
id = "chuo"
name = "見本中央警察署"
address = "chuo@police.example.jp"
tel = "000-000-0000"
${2:-}
TOML
  export INTAKE_CONFIG=$work/$1.toml
}

# ledger_desk NAME [LEDGER [MORE]]: the same with a sealed LEDGER in $work. All desks of one folder share a key.
ledger_desk() {
  [ -e "$work/ledger.key" ] || (umask 077 && head -c 48 /dev/urandom | base64 -w0 >"$work/ledger.key")
  small_desk "$1" "[ledger]
path = \"${2:-ledger.db}\"
key = \"file:ledger.key\"
${3:-}"
}
