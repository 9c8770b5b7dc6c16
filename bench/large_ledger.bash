# shellcheck shell=bash disable=SC2034,SC2154
# What the benches of the ledger share, to be sourced: a desk in $work, and the records of a busy one.
bin=${INTAKE_BIN:-build/bin}
export INTAKE_SOURCE=${INTAKE_SOURCE:-.}
umask 077

# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"

first_day=1700006400 # 2023-11-15, UTC seconds

lines() { # lines EVENTS [BUSY]: three events for each application; BUSY of them on the first day, then 1,000 a day
  awk -v events="$1" -v busy="${2:-1000}" -v first="$first_day" 'BEGIN {
    for (n = 1; 3 * n <= events; ++n) {
      id = sprintf("m-%08x%024d", (n * 2654435761) % 4294967296, n)
      past = n <= busy ? 0 : 1 + int((n - busy - 1) / 1000)
      if (n == 1 || past != known) day = strftime("%Y-%m-%d", first + 86400 * (known = past), 1)
      head = sprintf("{\"intake\":1,\"id\":\"%s\",\"source\":{\"kind\":\"imap\",\"account\":\"chuo\",\"mailbox\":\"INBOX\",\"uidvalidity\":1,\"uid\":%d},\"arrived_at\":\"%sT08:00:00+09:00\",\"handling_day\":\"%s\",\"raw\":{\"size\":9,\"sha256\":\"%s\"}", id, n, day, day, id)
      body = sprintf(",\"kind\":\"application\",\"application\":{\"receipt_no\":\"2026-%07d\",\"applicant\":\"架空 %06d\",\"procedure\":\"道路使用許可申請\",\"station\":\"見本中央警察署\",\"submitted_at\":\"%sT07:%02d:00+09:00\"},\"mail\":{\"message_id\":\"<%d@example.jp>\",\"from\":[{\"address\":\"noreply@proc.example.go.jp\"}],\"subject\":\"申請\"},\"files\":[{\"id\":\"f0\",\"path\":\"申請書.docx\",\"sha256\":\"%s\",\"pdf\":{\"path\":\"out/%d.pdf\",\"pages\":2}}],\"findings\":[],\"actions\":[],\"disposition\":\"accept\"", n, n, day, n % 60, n, id, n)
      print head "}"
      print head body ",\"stages\":{\"verify\":{}}}"
      print head body ",\"stages\":{\"verify\":{},\"export\":{}}}"
    }
  }'
}

now() { date +%s.%N; }
calc() { echo "$1" | bc -l; }
