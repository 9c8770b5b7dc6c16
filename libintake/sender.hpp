// Who sent a mail, as far as it can be known: the site, somebody else, or somebody who wants to be taken for the site.
// Reads the record's "mail"; what it holds came from outside.
#pragma once

#include <string>
#include <vector>

#include "body.hpp"
#include "profile.hpp"
#include "record.hpp"

namespace intake {

struct sender_reading {
  std::string address;              ///< of From, lower case; empty if there is none or several
  bool site = false;                ///< From is one of the site's addresses
  bool genuine = false;             ///< and the desk's mail server vouches for it
  bool disowned = false;            ///< the server says that the address is not the sender's
  std::vector<observation> doubts;  ///< sender.spoofed, sender.reply_to
};

[[nodiscard]] sender_reading read_sender(const value& mail, const profile& rule, const body_examiner& examiner);

}  // namespace intake
