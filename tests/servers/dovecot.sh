# shellcheck shell=bash disable=SC2034,SC2154
# A private Dovecot for tests: unprivileged, on free ports of the loopback, with a CA of its own. To be sourced; needs
# $work, a folder of the test's own. Users are chuo, st00 … st99; the password of each is pw-NAME.
#   dovecot_available   status 1: not installed, the test should skip
#   dovecot_start       sets $imap $imaps $pop3 $pop3s (ports, from $dovecot_port on if that is set) and $ca (file); the
#                       lines of $work/dovecot.extra, if there are any, end its configuration
#   dovecot_stop

dovecot_available() { command -v dovecot >/dev/null && command -v doveadm >/dev/null; }

dovecot_certificates() { # FOLDER
  (
    cd "$1" || exit
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 \
      -subj "/CN=test-ca" -addext basicConstraints=critical,CA:TRUE
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj "/CN=localhost"
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -out server.pem \
      -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1")
  ) 2>/dev/null
}

dovecot_configure() { # FIRST PORT
  local root=$work/dovecot user
  user=$([ "$(id -u)" = 0 ] && echo nobody || id -un)
  imap=$1 imaps=$(($1 + 1)) pop3=$(($1 + 2)) pop3s=$(($1 + 3)) ca=$root/ca.pem
  cat >"$root/dovecot.conf" <<END
base_dir = $root/run
state_dir = $root/state
log_path = $root/log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <$root/server.pem
ssl_key = <$root/server.key
disable_plaintext_auth = yes
auth_mechanisms = plain login
default_internal_user = $user
default_login_user = $user
default_internal_group = $(id -gn "$user")
mail_location = maildir:$root/home/%u
mail_uid = $user
mail_gid = $(id -gn "$user")
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = passwd-file
  args = username_format=%u $root/passwd
}
userdb {
  driver = static
  args = uid=$user gid=$(id -gn "$user") home=$root/home/%u
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = $pop3
  }
  inet_listener pop3s {
    port = $pop3s
    ssl = yes
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
protocol imap {
  mail_max_userip_connections = 100
}
END
  [ ! -e "$work/dovecot.extra" ] || cat "$work/dovecot.extra" >>"$root/dovecot.conf"
  [ "$(id -u)" != 0 ] || chown -R nobody "$root"
}

dovecot_start() {
  local root=$work/dovecot as=() i
  mkdir -p "$root"/{run,state,home}
  chmod 755 "$work"
  [ -e "$root/ca.pem" ] || dovecot_certificates "$root"
  for i in chuo $(printf 'st%02d ' {0..99}); do echo "$i:{PLAIN}pw-$i::::::"; done >"$root/passwd"
  [ "$(id -u)" != 0 ] || as=(setpriv --reuid=nobody "--regid=$(id -g nobody)" --clear-groups)
  for _ in {1..20}; do
    dovecot_configure "${dovecot_port:-$((20000 + (RANDOM % 10000) * 4))}"
    "${as[@]}" dovecot -F -c "$root/dovecot.conf" </dev/null >"$root/out" 2>&1 &
    dovecot_pid=$!
    # The port opens before the login process can answer: wait for the greeting.
    for ((i = 0; i < 600; i++)); do
      if (exec 3<>"/dev/tcp/127.0.0.1/$imap" && timeout 2 head -n 1 <&3) 2>/dev/null | grep -q "^\* OK"; then return 0; fi
      kill -0 "$dovecot_pid" 2>/dev/null || break
      sleep 0.1
    done
    dovecot_stop
  done
  cat "$root/out" "$root/log" >&2
  return 1
}

dovecot_stop() {
  kill "$dovecot_pid" 2>/dev/null || return 0
  wait "$dovecot_pid" 2>/dev/null || true
}

# dovecot_deliver USER [NAME]: a message from stdin into the Maildir, as a delivery agent does.
dovecot_deliver() {
  local box=$work/dovecot/home/$1${2:+/.$2} file count=1
  [ ! -e "$work/dovecot/count" ] || count=$(($(<"$work/dovecot/count") + 1))
  echo "$count" >"$work/dovecot/count"
  mkdir -p "$box"/{cur,new,tmp}
  local delivered=$((1795356000 + count))
  file=$delivered.M${count}P$$.test
  cat >"$box/tmp/$file"
  touch -d "@$delivered" "$box/tmp/$file"
  mv "$box/tmp/$file" "$box/new/$file"
  [ "$(id -u)" != 0 ] || chown -R nobody "$work/dovecot/home"
}
