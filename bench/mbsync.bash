# mbsync, the peer of the benches that fetch. Sourced, with the server's certificate in $ca; not run.
# shellcheck shell=bash disable=SC2154

# mbsync_channel NAME USER PORT FOLDER: what it is told to pull the mailbox of USER into Maildirs in FOLDER, on stdout.
mbsync_channel() {
  cat <<END
IMAPStore far-$1
Host localhost
Port $3
User $2
Pass pw-$2
SSLType IMAPS
SystemCertificates no
CertificateFile $ca

MaildirStore near-$1
Path $4/
Inbox $4/INBOX

Channel $1
Far :far-$1:
Near :near-$1:
Patterns INBOX
Sync Pull
Create Near
SyncState *

END
}
