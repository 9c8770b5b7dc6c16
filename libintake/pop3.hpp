// POP3 (RFC 1939) as far as fetching needs it: UIDL, RETR, QUIT, and never DELE. Handles hostile bytes: what a server
// says is bounded and checked.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "config.hpp"

namespace intake {

class mailbox;

/// The mailbox of a pop3:// or pop3s:// account; its secret is read here.
[[nodiscard]] std::unique_ptr<mailbox> open_pop3(const account& from);

namespace pop3 {

/// Takes a message off the wire: dots at the start of a line are undone, and a dot alone ends it. Only CRLF ends a line
/// here; anything else would let a message end where its sender wants.
class dot_reader {
 public:
  /// Appends what `received` holds of the message to `out`; returns how much of it was used: all, until the end comes.
  [[nodiscard]] std::size_t read(std::string_view received, std::string& out);
  [[nodiscard]] bool complete() const { return at_ == where::after; }

 private:
  enum class where { line_start, dot, dot_cr, inside, cr, after };
  where at_ = where::line_start;
};

}  // namespace pop3
}  // namespace intake
