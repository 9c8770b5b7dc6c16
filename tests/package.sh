#!/usr/bin/env bash
# The Debian packages: what is in them, and their life on a machine: installed, a desk set up, a day's run as the desk's own
# user, removed, purged. The machine is this one under an overlay, so that nothing of it is changed.
set -euo pipefail
export LC_ALL=C.UTF-8
if ! command -v dpkg-shlibdeps cpack >/dev/null; then echo "skipped: no dpkg-dev" >&2 && exit 77; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
cpack --config "$(dirname "$INTAKE_BIN")/CPackConfig.cmake" -D CPACK_INSTALL_PREFIX=/usr -B "$work/packages" \
  -D CPACK_DEBIAN_COMPRESSION_TYPE=none >"$work/log" 2>&1 || fail "cpack: $(cat "$work/log")"
cd "$work/packages"
package() { echo "$work/packages/$1"_[0-9]*.deb; }

# What is where, and nothing twice.
for name in intake intake-doc libintake-dev; do
  dpkg-deb -c "$(package $name)" | awk '{ print $1, $2, $6 }' >"$work/$name.list"
  awk '$2 != "root/root" || $1 ~ /^.....w|^........w/' "$work/$name.list" | grep . && fail "$name: not root's alone"
  dpkg-deb -f "$(package $name)" Description | awk 'length > 80' | grep . && fail "$name: a line of its description is too long"
done
cat "$work"/*.list | grep -v '/$' | awk '{ print $3 }' | sort | uniq -d | grep . && fail "in two packages"
has() { grep -q " \./$2\$" "$work/$1.list" || fail "$1 lacks $2"; }
for tool in "$INTAKE_SOURCE"/tools/intake-*.cpp; do
  tool=$(basename "$tool" .cpp)
  has intake "usr/bin/$tool"
  has intake "usr/share/man/man1/$tool.1.gz"
  has intake "usr/share/bash-completion/completions/$tool"
done
for file in usr/bin/intake usr/bin/intake-daily usr/share/intake/profiles/kumamoto-2021.toml etc/cron.d/intake \
  usr/lib/systemd/system/intake-daily.service usr/lib/systemd/system/intake-daily.timer usr/lib/sysusers.d/intake.conf; do
  has intake "$file"
done
has intake-doc usr/share/doc/intake-doc/README.md
has libintake-dev usr/include/libintake/record.hpp
[ "$(dpkg-deb -I "$(package intake)" conffiles | paste -sd ' ')" = '/etc/apparmor.d/intake /etc/cron.d/intake' ] || fail "conffiles"
# Whether a kernel takes the profile is not known before one does; that it can be compiled is.
if command -v apparmor_parser >/dev/null; then
  dpkg-deb --fsys-tarfile "$(package intake)" | tar -xO ./etc/apparmor.d/intake >"$work/apparmor"
  apparmor_parser --skip-kernel-load --skip-cache "$work/apparmor" >"$work/log" 2>&1 || fail "AppArmor profile: $(cat "$work/log")"
  grep -q complain "$work/apparmor" || fail "the AppArmor profile would be enforced untried"
fi
depends=$(dpkg-deb -f "$(package intake)" Depends)
for need in libclamav libreoffice-calc fonts-ipamj-mincho clamav-freshclam libseccomp2; do
  [[ $depends == *"$need"* ]] || fail "the package does not depend on $need"
done
[[ $depends != *-dev* ]] || fail "the package depends on headers: $depends"
for script in postinst prerm postrm; do
  dpkg-deb -I "$(package intake)" $script >"$work/$script"
  shellcheck -s sh "$work/$script"
done

if ! unshare -m true 2>/dev/null || [ "$(id -u)" != 0 ]; then
  echo "package: contents passed; no root to install it under" && exit 0
fi
# enter COMMAND…: on the overlay. pivot_root, because nothing under a mere chroot may make user namespaces.
mkdir "$work/upper" "$work/machine"
mount -t tmpfs -o size=1500m packages "$work/upper"
trap 'umount -l "$work/upper"; rm -rf "$work"' EXIT
mkdir "$work/upper/changes" "$work/upper/work"
"$INTAKE_SOURCE/scripts/make-samples" "$work/samples" 2>/dev/null
cat >"$work/inside" <<'END'
set -eu
work=$1
shift
mount -t overlay -o "lowerdir=/,upperdir=$work/upper/changes,workdir=$work/upper/work" machine "$work/machine"
mount -t proc proc "$work/machine/proc"
mount --rbind /dev "$work/machine/dev"
mount -t tmpfs -o mode=1777 tmp "$work/machine/tmp"
mkdir "$work/machine/tmp/given"
mount --bind "$work" "$work/machine/tmp/given"
cd "$work/machine"
mkdir -p .before
pivot_root . .before
umount -l /.before
cd /
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
exec "$@"
END
enter() { env -u INTAKE_CONFIG -u INTAKE_BIN -u INTAKE_SOURCE -u INTAKE_SHARE unshare -m -p -f bash "$work/inside" "$work" "$@"; }
enter true 2>"$work/log" || { echo "package: contents passed; no overlay here: $(cat "$work/log")" && exit 0; }

enter dpkg -i --force-depends "/tmp/given/packages/$(basename "$(package intake)")" >"$work/log" 2>&1 || fail "dpkg -i: $(cat "$work/log")"
enter bash -euc '
  id intake >/dev/null
  [ "$(stat -c "%U %a" /var/lib/intake /etc/intake/secrets /etc/intake/credentials | paste -sd,)" = "intake 700,intake 700,root 700" ]
  [ -L /etc/systemd/system/timers.target.wants/intake-daily.timer ]
  intake-daily --help >/dev/null
  cd /tmp/given/samples
  mkdir -p /srv/mail/Maildir/new /srv/mail/Maildir/cur && cp -r clamav /srv/mail/
  find Maildir/new -type f | sort | head -12 | xargs cp -t /srv/mail/Maildir/new  # a dozen tells as much
  chown -R intake: /srv/mail
  intake init --station 熊本中央警察署 --station-id chuo --address chuo@police.example.jp --mailbox maildir:/srv/mail/Maildir \
    --sender noreply@proc.example.go.jp --authserv-id mx.police.example.jp --valid-from 2021-06-01 \
    --zip-password-file secrets/zip </dev/null
  sed -i "s#^database = .*#database = \"/srv/mail/clamav\"#" /etc/intake/intake.toml
  rm -rf /tmp/given/nothing' >"$work/log" 2>&1 || fail "after installing: $(cat "$work/log")"
# As the desk's own user, and from the installed files alone.
enter setpriv --reuid intake --regid intake --clear-groups env HOME=/var/lib/intake intake doctor >"$work/log" 2>&1 ||
  fail "doctor: $(cat "$work/log")"
enter setpriv --reuid intake --regid intake --clear-groups env HOME=/var/lib/intake intake daily --json >"$work/day" 2>"$work/log" ||
  fail "the day's run: $(cat "$work/log")"
accepted=$(jq -r 'select(.disposition == "accept").id' "$work/day" | wc -l)
[ "$accepted" -ge 10 ] || fail "$accepted accepted: $(jq -c "[.disposition, [.findings[]? | .code, .detail]]" "$work/day" | sort | uniq -c)"
enter test -s /var/lib/intake/ledger/ledger.db || fail "no ledger"
# What the tools confine themselves with must pass the filter of the service, whose groups a systemd may not know.
for unit in intake-daily intake-doctor; do
  for call in landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp; do
    enter grep -q "^SystemCallFilter=.* $call\( \|$\)" /usr/lib/systemd/system/$unit.service || fail "$unit.service forbids $call"
  done
done
# The units are sound; without PID 1 of systemd they cannot be started here.
if enter test -x /usr/bin/systemd-analyze; then
  enter systemd-analyze verify --man=no intake-daily.service intake-daily.timer intake-doctor.service intake-doctor.timer \
    >"$work/log" 2>&1 || fail "units: $(cat "$work/log")"
  ! grep -i 'intake.*\(unknown\|failed\|ignoring\)' "$work/log" || fail "units"
  enter systemd-analyze security --offline=true --threshold=35 intake-daily.service >"$work/log" 2>&1 ||
    fail "hardening: $(tail -1 "$work/log")"
fi
# Removing leaves the desk, installing again takes it up, purging leaves nothing.
enter dpkg -r intake >"$work/log" 2>&1 || fail "dpkg -r: $(cat "$work/log")"
enter bash -euc '[ -s /etc/intake/intake.toml ] && [ -s /var/lib/intake/ledger/ledger.db ] && [ -e /etc/cron.d/intake ] && [ ! -e /usr/bin/intake ]' ||
  fail "removing took or left too much"
enter dpkg -i --force-depends "/tmp/given/packages/$(basename "$(package intake)")" >"$work/log" 2>&1 || fail "again: $(cat "$work/log")"
enter setpriv --reuid intake --regid intake --clear-groups env HOME=/var/lib/intake intake daily --json >"$work/day" 2>&1 || fail "second run: $(cat "$work/day")"
[ ! -s "$work/day" ] || fail "the desk was not taken up: $(head -c 300 "$work/day")"
enter dpkg -P intake </dev/null >"$work/log" 2>&1 || fail "dpkg -P: $(cat "$work/log")"
enter bash -euc '[ ! -e /etc/intake ] && [ ! -e /var/lib/intake ] && [ ! -e /etc/cron.d/intake ] && [ ! -e /etc/apparmor.d/intake ]' || fail "purging left something"
echo "package: all passed"
