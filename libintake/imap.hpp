// IMAP4rev1 (RFC 3501) as far as fetching needs it: EXAMINE, UID SEARCH, pipelined UID FETCH of BODY.PEEK[]. The
// mailbox is opened read-only and nothing in it is ever marked. Handles hostile bytes: what a server says is bounded
// and checked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"

namespace intake {

class mailbox;

/// The mailbox of an imap:// or imaps:// account; its secret is read here.
[[nodiscard]] std::unique_ptr<mailbox> open_imap(const account& from);

namespace imap {

/// Mailbox name in the form of RFC 3501 section 5.1.3. What is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string modified_utf7(std::string_view name);
/// As a quoted string. Throws failure(config) for what one cannot hold.
[[nodiscard]] std::string quoted(std::string_view text);
/// "1:3,7" of ascending numbers.
[[nodiscard]] std::string uid_set(const std::vector<std::uint32_t>& uids);
/// Number at the front of `text`, without zero at its start and within 32 bits; 0 if there is none.
[[nodiscard]] std::uint32_t number(std::string_view text);

/// The attributes of one FETCH response, in whatever order the server sends them. Literals are read by the caller:
/// text up to one, whose key is pending() then, and text from after it.
class fetch_attributes {
 public:
  /// Throws failure(protocol) for what is no attribute list.
  void read(std::string_view text);
  /// The value of pending() was a literal, read by the caller.
  void had_literal();

  /// The key whose value comes next, in upper case; empty between attributes.
  [[nodiscard]] const std::string& pending() const { return key_; }
  /// The closing parenthesis came.
  [[nodiscard]] bool complete() const { return state_ == where::after; }

  std::uint32_t uid = 0;
  std::string internal_date;
  std::uint64_t size = 0;  ///< as announced, not as it is
  bool has_body = false;
  std::string body;  ///< of a body that came as quoted string or NIL

 private:
  enum class where { before, key, value, nested, after };
  void take(std::string_view atom, bool is_string);
  void open();
  void close();
  where state_ = where::before;
  std::string key_;
  unsigned depth_ = 0;
};

/// Length of the literal that the line announces at its end ("{123}"), and whether it does; `text` loses it.
[[nodiscard]] bool take_literal_length(std::string_view& text, std::uint64_t& length);

}  // namespace imap
}  // namespace intake
