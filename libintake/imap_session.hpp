// One connection to an IMAP server with one mailbox opened read-only. Handles hostile bytes: what the server says is
// bounded and checked. Used by imap.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mail_server.hpp"
#include "mailbox.hpp"

namespace intake::imap {

/// Every call throws failure: protocol for what a server must not say, unavailable when it ends or is silent.
class session {
 public:
  /// Connects, logs in, and opens the mailbox that the account's url names. Throws as mail_server does, and
  /// failure(no_input) when there is no such mailbox.
  explicit session(const server_login& login);

  [[nodiscard]] message_place place(std::uint32_t uid) const;
  /// As far as the server has told until now.
  [[nodiscard]] bool is_empty() const { return exists_ == 0; }

  /// UIDs that `criteria` (RFC 3501 section 6.4.4) find, ascending.
  [[nodiscard]] std::vector<std::uint32_t> search(const std::string& criteria);
  /// Hands over those that the server gives; returns those that it does not. Asks for `window` of them by one command.
  std::set<std::uint32_t> fetch(const std::vector<std::uint32_t>& uids, std::size_t window,
                                const std::function<void(message&&)>& take);
  /// What the server said when it did not give a message.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

  /// Waits until the server tells of a message that search() has not seen, at most that long: by IDLE (RFC 2177), or
  /// where the server has none, just so long.
  void await_news(std::chrono::seconds most);

  /// Does not wait for the answer: nothing depends on it.
  void log_out();

 private:
  [[noreturn]] void refuse(const phrase& what) const;
  std::string send(const std::string& command);
  std::string_view next_line();
  [[nodiscard]] bool is_done(std::string_view line, const std::string& tag) const;
  void await_examined(const std::string& tag);
  void note_count(std::string_view line);
  [[nodiscard]] bool has_idle();
  void look_in();
  void read_message(std::string_view text, std::set<std::uint32_t>& awaited,
                    const std::function<void(message&&)>& take);

  mail_server server_;
  std::string url_, account_, mailbox_, uidvalidity_, refusal_;
  std::uint32_t exists_ = 0, commands_ = 0;
  bool news_ = false;  ///< since the last search
  std::optional<bool> has_idle_;
};

}  // namespace intake::imap
