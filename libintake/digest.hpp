// SHA-256 through OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace intake {

/// Lower-case hexadecimal.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string to_hex(std::string_view bytes);

class sha256 {
 public:
  sha256();
  ~sha256();
  sha256(sha256&&) noexcept;
  sha256& operator=(sha256&&) noexcept;
  void update(std::string_view bytes);
  /// Ends the digest; the object is not used after it.
  [[nodiscard]] std::string hex();
  [[nodiscard]] std::string bytes();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Identity of a message, "m-" and 32 hexadecimal digits: the digest of its bytes with CRLF read as LF and final line
/// ends left out, so that it is the same through IMAP, POP3 (which adds a line end) and Maildir (which stores LF).
[[nodiscard]] std::string message_identity(std::string_view raw);

/// The same for a message that comes in pieces.
class message_digest {
 public:
  void update(std::string_view bytes);
  [[nodiscard]] std::string identity();

 private:
  void settle();
  sha256 digest_;
  std::string line_ends_;  ///< seen last, CRLF as LF; they count once something follows
  bool after_cr_ = false;
};

}  // namespace intake
