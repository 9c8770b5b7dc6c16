#include "draft_mailbox.hpp"

#include "failure.hpp"
#include "imap.hpp"

namespace intake {

class draft_mailbox::session {
 public:
  session(const server_login& login, const std::string& name) : server_(login), url_(login.from.url) {
    // What libcurl has read beyond the answer to its login stays with it: a first answer of our own ends that.
    const auto tag = send("NOOP");
    while (!server_.line().starts_with(tag + ' ')) {
    }
    mailbox_ = name.empty() ? drafts_of_server() : imap::modified_utf7(name);
    select();
  }

  [[nodiscard]] bool holds(const std::string& message_id) {
    bool found = false;
    if (exists_ == 0) return false;
    const auto verdict = ask("UID SEARCH HEADER MESSAGE-ID " + imap::quoted(message_id), [&](std::string_view line) {
      if (line.starts_with("* SEARCH ")) found = found || imap::number(line.substr(9)) != 0;
    });
    if (!verdict.starts_with("OK")) refuse(verdict);
    return found;
  }

  void append(std::string_view message) {
    const auto tag = send("APPEND " + imap::quoted(mailbox_) + " (\\Draft) {" + std::to_string(message.size()) + "}");
    for (;;) {
      const auto line = server_.line();
      if (line.starts_with("+")) break;
      if (line.starts_with(tag + ' ')) refuse(std::string(line));
    }
    server_.start_clock();
    server_.send(message);
    server_.send("\r\n");
    const auto verdict = answer(tag, [](std::string_view) {});
    if (!verdict.starts_with("OK")) refuse(verdict);
    ++exists_;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw failure(exit_status::protocol, "{}: the server does not take the draft: {}", url_, what.substr(0, 200));
  }

  std::string send(const std::string& command) {
    auto tag = 'd' + std::to_string(++commands_);
    server_.start_clock();
    server_.send(tag + ' ' + command + "\r\n");
    return tag;
  }

  template <class Visit>
  std::string answer(const std::string& tag, Visit visit) {
    for (;;) {
      const auto line = server_.line();
      if (line.starts_with("* BYE"))
        throw failure(exit_status::unavailable, "{}: the server ends: {}", url_, line.substr(2, 200));
      if (line.starts_with(tag + ' ')) return std::string(line.substr(tag.size() + 1));
      visit(line);
    }
  }
  template <class Visit>
  std::string ask(const std::string& command, Visit visit) {
    return answer(send(command), visit);
  }

  /// The name as the server writes it. One that comes as a literal, or in quotes with escapes, is not followed.
  std::string drafts_of_server() {
    bool special = false;
    (void)ask("CAPABILITY",
              [&](std::string_view line) { special = special || line.find(" SPECIAL-USE") != line.npos; });
    std::string found;
    const std::string command = special ? "LIST (SPECIAL-USE) \"\" \"*\"" : "LIST \"\" \"*\"";
    (void)ask(command, [&](std::string_view line) {
      const auto flags = line.substr(0, line.find(')'));
      if (!found.empty() || !line.starts_with("* LIST (") || flags.find("\\Drafts") == flags.npos) return;
      const bool in_quotes = line.ends_with('"');
      const auto end = in_quotes ? line.substr(0, line.size() - 1) : line;
      const auto start = end.rfind(in_quotes ? '"' : ' ');
      const auto name = start == end.npos ? std::string_view() : end.substr(start + 1);
      if (name.find_first_of("\\{}\"") == name.npos) found = name;
    });
    return found.empty() ? "Drafts" : found;
  }

  void select() {
    const auto choose = [&] {
      return ask("EXAMINE " + imap::quoted(mailbox_), [&](std::string_view line) {
        if (line.starts_with("* ") && line.ends_with(" EXISTS")) exists_ = imap::number(line.substr(2));
      });
    };
    if (choose().starts_with("OK")) return;
    if (const auto made = ask("CREATE " + imap::quoted(mailbox_), [](std::string_view) {}); !made.starts_with("OK"))
      refuse("no mailbox for drafts, and it cannot be made: " + made);
    if (const auto verdict = choose(); !verdict.starts_with("OK")) refuse(verdict);
  }

  mail_server server_;
  std::string url_, mailbox_;
  std::uint32_t exists_ = 0;
  unsigned commands_ = 0;
};

draft_mailbox::draft_mailbox(const account& into, std::string name)
    : login_(prepare_login(into)), name_(std::move(name)) {
  if (!into.url.starts_with("imap://") && !into.url.starts_with("imaps://"))
    throw failure(exit_status::config, "account {}: drafts can only be put into an IMAP mailbox", into.name);
}

draft_mailbox::~draft_mailbox() = default;

void draft_mailbox::store(const draft&, const std::string&, std::string_view message) {
  if (!session_) session_ = std::make_unique<session>(login_, name_);
  const auto at = message.find("Message-ID: <") + 12;
  if (session_->holds(std::string(message.substr(at, message.find('>', at) + 1 - at)))) return;
  session_->append(message);
}

std::string draft_mailbox::place(const std::string& name) const {
  return login_.from.name + ":" + (name_.empty() ? "Drafts" : name_) + "/" + name;
}

}  // namespace intake
