#include "pop3.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "failure.hpp"
#include "imap.hpp"
#include "limits.hpp"
#include "mail_server.hpp"
#include "mailbox.hpp"

namespace intake {

std::size_t pop3::dot_reader::read(std::string_view received, std::string& out) {
  std::size_t i = 0;
  while (i < received.size() && at_ != where::after) {
    const char c = received[i];
    switch (at_) {
      case where::line_start:
        if (c == '.') {
          at_ = where::dot;
          ++i;
        } else {
          at_ = where::inside;
        }
        break;
      case where::dot:
        at_ = c == '\r' ? where::dot_cr : where::inside;
        i += c == '\r' ? 1 : 0;
        break;
      case where::dot_cr:
        at_ = c == '\n' ? where::after : where::cr;
        if (c == '\n')
          ++i;
        else
          out += '\r';
        break;
      case where::inside: {
        const auto end = std::min(received.find('\r', i), received.size());
        out.append(received.substr(i, end - i));
        i = end;
        if (i < received.size()) {
          out += '\r';
          at_ = where::cr;
          ++i;
        }
        break;
      }
      case where::cr:
        if (c == '\n') {
          out += '\n';
          at_ = where::line_start;
          ++i;
        } else {
          at_ = where::inside;
        }
        break;
      case where::after:
        break;
    }
  }
  return i;
}

namespace {

/// One connection.
class session {
 public:
  explicit session(const server_login& login) : server_(login), url_(login.from.url) {}

  struct entry {
    std::string number, uid;
  };

  [[nodiscard]] std::vector<entry> list() {
    send("UIDL");
    if (!is_ok()) throw failure(exit_status::protocol, url_ + ": the server has no UIDL: what is new cannot be told");
    std::vector<entry> all;
    for (;;) {
      const std::string line(server_.line());
      if (line == ".") return all;
      const auto space = line.find(' ');
      const auto number = std::to_string(imap::number(line));
      const auto uid = space == line.npos ? std::string() : line.substr(space + 1);
      const bool printable = std::all_of(uid.begin(), uid.end(), [](char c) { return c > 0x20 && c < 0x7f; });
      // RFC 1939 allows 70 characters; some servers take more.
      if (line.substr(0, space) != number || uid.empty() || uid.size() > 512 || !printable) refuse("a list of UIDs");
      all.push_back({number, uid});
    }
  }

  /// nullopt when the server does not give it; refusal() then says why.
  [[nodiscard]] std::optional<message> retrieve(const std::string& number) {
    send("RETR " + number);
    if (!is_ok()) return std::nullopt;
    pop3::dot_reader reader;
    message_builder builder;
    std::string piece;
    while (!reader.complete()) {
      piece.clear();
      server_.use(reader.read(server_.some(), piece));
      builder.add(piece);
      if (builder.size() > limits::server_message) refuse("a message without end");
    }
    return builder.finish();
  }

  [[nodiscard]] const std::string& refusal() const { return refusal_; }

  /// A server that only hangs up has done what was asked of it.
  void quit() {
    try {
      send("QUIT");
      (void)is_ok();
    } catch (const failure&) {
    }
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw failure(exit_status::protocol, url_ + ": the server breaks the protocol: " + what);
  }

  void send(const std::string& command) {
    server_.start_clock();
    server_.send(command + "\r\n");
  }

  bool is_ok() {
    const auto line = server_.line();
    if (line.starts_with("+OK")) return true;
    if (!line.starts_with("-ERR")) refuse("neither +OK nor -ERR");
    refusal_ = line.substr(0, 200);
    return false;
  }

  mail_server server_;
  std::string url_, refusal_;
};

class pop3_mailbox : public mailbox {
 public:
  explicit pop3_mailbox(server_login login) : login_(std::move(login)) {}

  [[nodiscard]] std::vector<std::string> paths() const override { return server_paths(login_.from); }
  [[nodiscard]] bool needs_network() const override { return true; }

  void each(const message_wish& wish, const std::function<void(message&&)>& take) override {
    session open(login_);
    std::string refused;
    for (const auto& [number, uid] : open.list()) {
      message_place place{
          .kind = "pop3", .account = login_.from.name, .mailbox = {}, .uidvalidity = {}, .uid = uid, .path = {}};
      if (!wish.wants_uid(uid) || (wish.is_known && wish.is_known(place))) continue;
      auto found = open.retrieve(number);
      if (!found) {
        if (refused.empty()) refused = "message " + uid + ": " + open.refusal();
        continue;
      }
      found->place = std::move(place);
      found->arrived = received_time(*found).value_or(now());
      if (wish.wants(*found)) take(std::move(*found));
    }
    open.quit();
    if (!refused.empty())
      throw failure(exit_status::protocol, login_.from.url + ": the server does not give " + refused);
  }

 private:
  server_login login_;
};

}  // namespace

std::unique_ptr<mailbox> open_pop3(const account& from) {
  return std::make_unique<pop3_mailbox>(prepare_login(from));
}

}  // namespace intake
