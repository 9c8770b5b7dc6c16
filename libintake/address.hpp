// Address lists of header fields (RFC 5322 section 3.4): mailboxes, groups, comments, quoted names, encoded words, and
// raw Japanese. Handles hostile bytes; linear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intake {

struct mail_address {
  std::string name;     ///< decoded display name, or the comment that stands for it
  std::string address;  ///< addr-spec as written, without blanks and comments; may be anything
};

struct address_list {
  std::vector<mail_address> addresses;  ///< members of groups among them, in order
  std::vector<std::string> defects;     ///< English phrases, each once
  bool too_many = false;                ///< more than limits::mime_addresses; the rest is not read
};

/// Reads an unfolded value.
[[nodiscard]] address_list parse_addresses(std::string_view unfolded);

/// Lower-case part behind the last "@"; empty without one.
[[nodiscard]] std::string domain_of(std::string_view address);

}  // namespace intake
