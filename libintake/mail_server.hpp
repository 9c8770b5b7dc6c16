// A connection to a mail server: libcurl connects, checks the certificate, and logs in; from then on lines and literals
// go over it in the words of the caller. What the server says is hostile: lengths are bounded, and each wait has an
// end. Used by imap and pop3.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"
#include "failure.hpp"
#include "secret.hpp"

namespace intake {

/// What can be prepared while files and programs of the host are still within reach.
struct server_login {
  account from;
  secret password;  ///< or token; empty with a client certificate
};

/// Reads the account's secret and readies libcurl. Not from several threads at once.
[[nodiscard]] server_login prepare_login(const account& from);

/// Paths of the host that connecting needs: resolver, certificates.
[[nodiscard]] std::vector<std::string> server_paths(const account& from);

/// Every wait ends with stop_signal::stopped when the process is asked to end.
class mail_server {
 public:
  /// Connects and logs in. Throws failure: unavailable (unreachable, wrong certificate, timeout), no_permission (login
  /// refused), config (libcurl does not know the mechanism).
  explicit mail_server(const server_login& login);
  ~mail_server();
  mail_server(const mail_server&) = delete;
  mail_server& operator=(const mail_server&) = delete;

  /// A new wait begins: with a command, and with each message that came. What follows has the account's timeout, and
  /// more for what comes at limits::server_slowest or faster.
  void start_clock();
  /// Whether the server says something within that time, which start_clock() does not bound.
  [[nodiscard]] bool speaks(std::chrono::milliseconds most);
  /// Throws failure(unavailable).
  void send(std::string_view bytes);
  /// Next line without CRLF, valid until the next call. Throws failure: protocol when lines since start_clock() are
  /// more than limits::server_lines, unavailable when the time is over or the connection ends.
  [[nodiscard]] std::string_view line();
  /// Exactly that many bytes, in pieces.
  void bytes(std::uint64_t count, const std::function<void(std::string_view)>& take);
  /// What has been received and not yet used, at least one byte; use() says how much of it is.
  [[nodiscard]] std::string_view some();
  void use(std::size_t count);

 private:
  struct state;
  void receive();
  [[nodiscard]] bool try_receive();
  [[nodiscard]] failure lost(const phrase& what) const;
  std::unique_ptr<state> state_;
};

}  // namespace intake
