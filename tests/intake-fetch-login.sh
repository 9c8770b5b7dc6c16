#!/usr/bin/env bash
# How intake-fetch logs in to a real Dovecot: tokens, client certificates, SCRAM; and what it says when it cannot.
set -euo pipefail
# shellcheck source=tests/servers/fetching.sh
. "$INTAKE_SOURCE/tests/servers/fetching.sh"

server() { # server <SETTINGS: Dovecot anew, with these at the end of its configuration
  dovecot_stop
  cat >"$work/dovecot.extra"
  dovecot_start
}
with() { # with STATUS URL LINE…
  local status=$1 url=$2
  shift 2
  account chuo "$url" 'timeout_seconds = 20' "$@" | configure intake.toml
  run "$status"
  ! grep -qE 'pw-chuo|secret-token|wrong-token' "$work/out" "$work/err" || fail "a secret is shown: $(cat "$work/err")"
}
gets_one() { [ "$(jq -r '.raw.data | @base64d' "$work/out" | grep -c '^Subject: one')" = 1 ] || fail "$1: $(cat "$work/err")"; }
authority='ca_file = "dovecot/ca.pem"'
me='user = "chuo"'

# Tokens: Dovecot asks an endpoint of ours whether it holds good.
echo secret-token-é | secret_file token
echo wrong-token | secret_file wrong-token
python3 "$INTAKE_SOURCE/tests/servers/token_server.py" "secret-token-é" chuo "$work/token.port" &
children+=("$!")
wait_until test -e "$work/token.port"
cat >"$work/oauth.conf" <<END
introspection_mode = post
introspection_url = http://127.0.0.1:$(<"$work/token.port")/
username_attribute = username
active_attribute = active
active_value = true
END
chmod 644 "$work/oauth.conf"
server <<END
auth_mechanisms = xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $work/oauth.conf
}
END
mail one | dovecot_deliver chuo
for auth in xoauth2 oauthbearer; do
  for url in "imaps://localhost:$imaps/" "imap://localhost:$imap/" "pop3s://localhost:$pop3s/"; do
    with 0 "$url" "$authority" "$me" 'password = "file:token"' "auth = \"$auth\""
    gets_one "$auth, $url"
  done
  with 77 "imaps://localhost:$imaps/" "$authority" "$me" 'password = "file:wrong-token"' "auth = \"$auth\""
done

# SCRAM: no password on the wire, and a server that does not know it is not believed.
server <<END
auth_mechanisms = scram-sha-256
END
for url in "imaps://localhost:$imaps/" "imap://localhost:$imap/" "pop3s://localhost:$pop3s/" "pop3://localhost:$pop3/"; do
  with 0 "$url" "$authority" "$me" 'password = "file:secret"' 'auth = "scram-sha-256"'
  gets_one "scram, $url"
  with 77 "$url" "$authority" "$me" 'password = "file:wrong"' 'auth = "scram-sha-256"'
  says scram-sha-256
done
with 77 "imaps://localhost:$imaps/" "$authority" 'user = "nobody,=x"' 'password = "file:secret"' 'auth = "scram-sha-256"'
# A mechanism that the server has not.
with 77 "imaps://localhost:$imaps/" "$authority" "$me" 'password = "file:secret"' 'auth = "plain"'
says "check user, password and auth"

# A client certificate: without one, or with one of another CA, there is no log-in.
client_certificate() { # NAME CA-FOLDER
  (
    cd "$work" || exit
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=chuo"
    openssl x509 -req -in "$1.csr" -CA "$2/ca.pem" -CAkey "$2/ca.key" -CAcreateserial -days 30 -out "$1.pem"
  ) 2>/dev/null
}
mkdir "$work/otherca" && dovecot_certificates "$work/otherca"
client_certificate client "$work/dovecot"
client_certificate stranger "$work/otherca"
server <<END
ssl_ca = <$work/dovecot/ca.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_require_client_cert = yes
auth_ssl_username_from_cert = yes
auth_mechanisms = plain external
passdb {
  driver = static
  mechanisms = external
  args = nopassword=y
}
END
client=('client_cert = "client.pem"' 'client_key = "client.key"')
with 0 "imaps://localhost:$imaps/" "$authority" "$me" 'password = "file:secret"' 'auth = "plain"' "${client[@]}"
gets_one "certificate and password"
with 0 "imaps://localhost:$imaps/" "$authority" "$me" 'auth = "external"' "${client[@]}"
gets_one "certificate alone"
with 0 "pop3s://localhost:$pop3s/" "$authority" "$me" 'auth = "external"' "${client[@]}"
gets_one "certificate alone, POP3"
with 77 "imaps://localhost:$imaps/" "$authority" "$me" 'password = "file:secret"' 'auth = "plain"'
for url in "imaps://localhost:$imaps/" "pop3s://localhost:$pop3s/"; do
  account chuo "$url" "$authority" "$me" 'auth = "external"' 'client_cert = "stranger.pem"' 'client_key = "stranger.key"' | configure intake.toml
  got=0
  "$fetch" >"$work/out" 2>"$work/err" || got=$?
  case $got in 69 | 77) ;; *) fail "the certificate of another CA: $got: $(cat "$work/err")" ;; esac
  [ ! -s "$work/out" ] || fail "the certificate of another CA gets mail"
done
with 78 "imaps://localhost:$imaps/" "$authority" "$me" 'auth = "external"' 'client_cert = "absent.pem"' 'client_key = "client.key"'
