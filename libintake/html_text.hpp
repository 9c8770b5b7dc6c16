// HTML of a mail body to the text that its reader sees. Handles hostile bytes; linear. What the reader would not see
// never becomes content: it is returned apart, with the reason.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intake {

struct hidden_text {
  std::string reason;   ///< "display:none", "white on white", "comment", …
  std::string excerpt;  ///< the first of it, for a finding's detail
};

struct html_text {
  std::string text;                 ///< what is seen, in the order of the document, line by line
  std::vector<hidden_text> hidden;  ///< one for each reason
  std::vector<std::string> links;   ///< targets of links, images, forms; each once
  bool too_many_links = false;      ///< more than limits::mail_links
};

/// `html` is UTF-8.
[[nodiscard]] html_text read_html(std::string_view html);

/// Whether two texts say the same apart from white space, punctuation, links and width of letters: empty if so, else
/// where they part.
[[nodiscard]] std::string text_difference(std::string_view plain, std::string_view html);

}  // namespace intake
