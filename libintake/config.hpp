// The desk's configuration (intake.toml): this station, accounts, where secrets are, ledger, output. Trusted input,
// validated with file:line; unknown keys are errors with a did-you-mean.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limits.hpp"

namespace intake {

struct station {
  std::string id, name;
  std::vector<std::string> aliases;
  std::string address, tel;
};

struct account {
  std::string name;
  std::string station;  ///< id; this desk's when the file names none
  std::string url;      ///< imaps:// imap:// pop3s:// pop3:// maildir:PATH mbox:PATH eml:PATH
  std::string user;
  std::string password;  ///< reference, see read_secret; never the value
  std::string ca_file;
  std::string auth;  ///< "", plain, login, xoauth2, oauthbearer, scram-sha-256
  std::string client_cert, client_key;
  unsigned timeout_seconds = 60;
  unsigned poll_seconds = 60;  ///< with --watch: looks at the mailbox at least so often, or keeps an IDLE so long
  unsigned fault_after = 3;    ///< failed checks in a row before report_fault is proposed
};

struct role_holder {
  std::string name, address;
};

struct config {
  std::string file;     ///< where it was read from
  std::string profile;  ///< as named
  std::string station;  ///< id of this desk
  std::vector<intake::station> stations;
  std::vector<intake::account> accounts;
  struct {
    std::vector<std::string> passwords;                 ///< references, see read_password_list
    std::size_t max_members = limits::archive_members;  ///< may be lowered, never raised
    std::size_t max_bytes = limits::archive_bytes;
    std::size_t max_depth = limits::archive_depth;
  } archive;
  struct {
    std::string path;
    std::string key;  ///< reference; empty: payloads are plain, and intake-doctor says so
  } ledger;
  struct {
    std::string database = "/var/lib/clamav";
    unsigned max_age_days = 3;
    bool allow_stale = false;
    unsigned seconds = 60;
  } scan;
  struct {
    unsigned dpi = 150, seconds = 120;
  } render;
  struct {
    std::string out;           ///< directory; empty: named on the command line
    std::string drafts;        ///< the same, or "mbox:FILE", "ndjson:FILE", "imap:ACCOUNT" or "imap:ACCOUNT/MAILBOX"
    std::string mail_program;  ///< what `intake-notice --open` hands a draft to; empty: the desktop's
  } output;
  std::optional<role_holder> operation_manager, general_manager, site_administrator;

  /// Folder of the file, where a profile beside it is looked for.
  [[nodiscard]] std::string folder() const;
  /// This desk's entry of `stations`.
  [[nodiscard]] const intake::station& own_station() const;
  /// By id, name or alias, compared after NFKC without white space; nullptr if none.
  [[nodiscard]] const intake::station* find_station(std::string_view name) const;
};

/// `path` empty: $INTAKE_CONFIG, ~/.config/intake/intake.toml, /etc/intake/intake.toml, the first there is. Relative
/// paths in the file are relative to the file's folder. Throws failure(config) with every error found, each as
/// file:line: text; failure(no_input) when there is no such file.
[[nodiscard]] config load_config(const std::string& path = {});

}  // namespace intake
