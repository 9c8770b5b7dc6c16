#include "pop3.hpp"

#include <algorithm>
#include <functional>
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
    std::uint64_t size = 0;  ///< as the server tells it; 0: it does not
  };

  [[nodiscard]] std::vector<entry> list() {
    for_each_line("CAPA", [&](std::string_view line) { has_top_ |= line == "TOP"; });
    std::vector<entry> all;
    const bool listed = for_each_line("UIDL", [&](std::string_view line) {
      const auto space = std::min(line.find(' '), line.size());
      const auto uid = line.substr(std::min(space + 1, line.size()));
      const auto number = std::to_string(imap::number(line));
      const bool printable = std::all_of(uid.begin(), uid.end(), [](char c) { return c > 0x20 && c < 0x7f; });
      // RFC 1939 allows 70 characters; some servers take more.
      if (line.substr(0, space) != number || uid.empty() || uid.size() > 512 || !printable)
        refuse(phrase("a list of UIDs"));
      all.push_back({number, std::string(uid)});
    });
    if (!listed) throw failure(exit_status::protocol, "{}: the server has no UIDL: what is new cannot be told", url_);
    std::size_t at = 0;
    for_each_line("LIST", [&](std::string_view line) {
      const auto space = line.find(' ');
      if (space == line.npos) return;
      // Both lists have the same order; where they do not, RETR does without a size.
      const std::size_t index = at++;
      if (index < all.size() && all[index].number == line.substr(0, space))
        all[index].size = imap::number(line.substr(space + 1));
    });
    return all;
  }

  /// nullopt when the server does not give it; refusal() then says why.
  [[nodiscard]] std::optional<message> retrieve(const entry& wanted) {
    // RETR makes some servers mark the message as read, TOP does not. Servers that cut a TOP short are known, too: what
    // has not the announced size is asked for again.
    if (has_top_ && wanted.size > 0) {
      auto found = read_message("TOP " + wanted.number + " 2147483647");
      constexpr std::uint64_t added_line_end = 2;
      if (found && (found->size == wanted.size || found->size == wanted.size + added_line_end)) return found;
    }
    return read_message("RETR " + wanted.number);
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
  [[noreturn]] void refuse(const phrase& what) const {
    throw failure(exit_status::protocol, "{}: the server breaks the protocol: {}", url_, what);
  }

  void send(const std::string& command) {
    server_.start_clock();
    server_.send(command + "\r\n");
  }

  /// Lines of the answer to a command, without the dot that ends it; false when the server refuses the command.
  bool for_each_line(const std::string& command, const std::function<void(std::string_view)>& visit) {
    send(command);
    if (!is_ok()) return false;
    for (auto line = server_.line(); line != "."; line = server_.line()) visit(line);
    return true;
  }

  std::optional<message> read_message(const std::string& command) {
    send(command);
    if (!is_ok()) return std::nullopt;
    pop3::dot_reader reader;
    message_builder builder;
    std::string piece;
    while (!reader.complete()) {
      piece.clear();
      server_.use(reader.read(server_.some(), piece));
      builder.add(piece);
      if (builder.size() > limits::server_message) refuse(phrase("a message without end"));
    }
    return builder.finish();
  }

  bool is_ok() {
    const auto line = server_.line();
    if (line.starts_with("+OK")) return true;
    if (!line.starts_with("-ERR")) refuse(phrase("neither +OK nor -ERR"));
    refusal_ = line.substr(0, 200);
    return false;
  }

  mail_server server_;
  std::string url_, refusal_;
  bool has_top_ = false;
};

class pop3_mailbox : public mailbox {
 public:
  explicit pop3_mailbox(server_login login) : login_(std::move(login)) {}

  [[nodiscard]] std::vector<std::string> paths() const override { return server_paths(login_.from); }
  [[nodiscard]] bool needs_network() const override { return true; }

  void each(const message_wish& wish, const std::function<void(message&&)>& take) override {
    session open(login_);
    std::string refused;
    auto wanted = open.list();
    std::erase_if(wanted, [&](const auto& entry) {
      return !wish.wants_uid(entry.uid) || (wish.is_known && wish.is_known(place(entry.uid)));
    });
    if (wish.expect) wish.expect(wanted.size());
    for (const auto& entry : wanted) {
      auto found = open.retrieve(entry);
      if (!found) {
        if (refused.empty()) refused = "message " + entry.uid + ": " + open.refusal();
        continue;
      }
      found->place = place(entry.uid);
      found->arrived = received_time(*found).value_or(now());
      if (wish.wants(*found)) take(std::move(*found));
    }
    open.quit();
    if (!refused.empty())
      throw failure(exit_status::protocol, "{}: the server does not give {}", login_.from.url, refused);
  }

 private:
  [[nodiscard]] message_place place(const std::string& uid) const {
    return {.kind = "pop3", .account = login_.from.name, .mailbox = {}, .uidvalidity = {}, .uid = uid, .path = {}};
  }

  server_login login_;
};

}  // namespace

std::unique_ptr<mailbox> open_pop3(const account& from) {
  return std::make_unique<pop3_mailbox>(prepare_login(from));
}

}  // namespace intake
