// A message as a reader meets it: header fields, the text that is seen, files. Handles hostile bytes: call inside the
// sandbox. Structure is scanned within limits before anything else looks at it; whatever is damaged, ambiguous or
// beyond a limit is a finding, and what could be read is kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "address.hpp"
#include "authentication.hpp"
#include "findings.hpp"

namespace intake {

struct mail_file {
  std::string name;           ///< decoded, control characters replaced; a claim of the sender, never a path to use
  std::string declared_type;  ///< "application/zip"; a claim, too
  std::string bytes;
};

struct mail_finding {
  finding_code code;
  std::string detail;
  std::optional<std::size_t> file;  ///< index in `files`
};

struct mail {
  std::string message_id;  ///< with its angle brackets
  std::string date;        ///< RFC 3339; empty when there is none or it cannot be read
  std::vector<mail_address> from, to, cc, reply_to;
  std::string subject;
  std::string text;       ///< what a reader sees: plain text where there is any, else that of the HTML
  std::string html_text;  ///< the same from the HTML alternative; only where `has_alternatives`
  bool has_alternatives = false;
  std::vector<std::string> links;  ///< targets in the HTML
  std::vector<std::pair<std::string, std::string>> headers;
  intake::authentication authentication;
  std::vector<mail_file> files;
  std::vector<mail_finding> findings;

  /// Adds a finding unless the same is there. Beyond a hundred of one code they are only told to be more.
  void find(finding_code code, std::string_view detail, std::optional<std::size_t> file = std::nullopt);
};

/// Never throws on hostile content. `authentication_server`: whose Authentication-Results count, see
/// authentication.hpp.
[[nodiscard]] mail parse_mail(std::string_view message, std::string_view authentication_server);

}  // namespace intake
