// The Drafts mailbox of an IMAP account (RFC 3501 APPEND with \Draft, RFC 6154): a clerk finds drafts in the mail
// program and sends them from there. What the server says is hostile: bounded, checked, never followed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "config.hpp"
#include "draft_sink.hpp"
#include "mail_server.hpp"

namespace intake {

class draft_mailbox final : public draft_sink {
 public:
  /// `name` empty: the mailbox that the server calls its Drafts, else "Drafts"; made when there is none. Nothing is
  /// connected before the first draft. Throws failure(config) for an account that is not IMAP.
  draft_mailbox(const account& into, std::string name);
  ~draft_mailbox() override;

  /// Host paths that connecting needs, for the sandbox.
  [[nodiscard]] std::vector<std::string> paths() const { return server_paths(login_.from); }

  /// A draft whose Message-ID lies there already is not appended again. Throws what mail_server throws, protocol when
  /// the server refuses.
  void store(const draft& letter, const std::string& name, std::string_view message) override;
  [[nodiscard]] std::string place(const std::string& name) const override;

 private:
  class session;
  server_login login_;
  std::string name_;
  std::unique_ptr<session> session_;
};

}  // namespace intake
