// What intake-init has to know of a desk: from options, or asked for at the terminal. Trusted input; checked before any
// file is written, because an answer that the configuration's reader refuses helps nobody.
#pragma once

#include <string>
#include <vector>

#include "libintake/secret.hpp"
#include "tools/tool.hpp"

namespace intake::init {

struct answers {
  std::string folder;  ///< of the configuration
  std::string data;    ///< of ledger, drafts and output
  std::string station_name, station_id, station_address, tel;
  std::string mailbox, user, ca_file;
  std::string sender, authserv_id;
  std::string rule, valid_from, valid_until;  ///< shipped profile to begin with; YYYY-MM-DD
  std::string password_file, zip_password_file;
  std::string owner;  ///< user that the desk's run is made as; empty: whoever runs this

  secret password, zip_password;  ///< as typed or as read from the files; empty: to be put in place later

  /// Whether the mailbox is on a server, which wants user and password.
  [[nodiscard]] bool has_server() const { return mailbox.find("://") != mailbox.npos; }
};

/// Adds the options that `to` is filled by.
void add_options(tool& tool, answers& to);

/// Asks at the terminal for what no option told; without a terminal, throws failure(usage) that names every option
/// missing. Throws failure for any answer that cannot be right.
void complete(answers& of);

}  // namespace intake::init
