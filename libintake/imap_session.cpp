#include "imap_session.hpp"

#include <algorithm>
#include <cctype>
#include <deque>
#include <mutex>

#include "failure.hpp"
#include "imap.hpp"
#include "limits.hpp"

namespace intake::imap {
namespace {

/// Held while a large message is in memory, so that many accounts at once do not hold one each.
std::mutex large_message;  // NOLINT: shared by all accounts on purpose

constexpr std::size_t large_bytes = limits::mib;

/// Number after "[CODE " of a response, as the digits that came.
std::string code_number(std::string_view line, std::string_view code) {
  const auto at = line.find('[' + std::string(code) + ' ');
  if (at == line.npos) return {};
  const auto value = number(line.substr(at + code.size() + 2));
  return value == 0 ? std::string() : std::to_string(value);
}

/// The attribute list of a FETCH response; empty if it is another one.
std::string_view fetch_text(std::string_view line) {
  if (!line.starts_with("* ")) return {};
  const auto space = line.find(' ', 2);
  if (space == line.npos || number(line.substr(2)) == 0) return {};
  const auto text = line.substr(space + 1);
  return text.starts_with("FETCH ") ? text.substr(6) : std::string_view();
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded = text[i] == '%' && i + 2 < text.size() &&
                       std::isxdigit(static_cast<unsigned char>(text[i + 1])) &&
                       std::isxdigit(static_cast<unsigned char>(text[i + 2]));
    out += coded ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    if (coded) i += 2;
  }
  return out;
}

/// "imaps://host/受信/一覧" → "受信/一覧"; INBOX when the url names none.
std::string mailbox_of(const std::string& url) {
  const auto slash = url.find('/', url.find("://") + 3);
  auto name = slash == url.npos ? std::string() : percent_decoded(std::string_view(url).substr(slash + 1));
  return name.empty() ? "INBOX" : name;
}

}  // namespace

session::session(const server_login& login)
    : server_(login), url_(login.from.url), account_(login.from.name), mailbox_(mailbox_of(login.from.url)) {
  // libcurl may have read more than the answer to its login, and keeps that to itself: what the rest of it looks like
  // to us says nothing. What is asked next does not wait for the answer: each wait is a way to the server and back.
  const auto tag = send("NOOP");
  const auto examined = send("EXAMINE " + quoted(modified_utf7(mailbox_)));
  while (!server_.line().starts_with(tag + ' ')) {
  }
  await_examined(examined);
}

message_place session::place(std::uint32_t uid) const {
  return {.kind = "imap",
          .account = account_,
          .mailbox = mailbox_,
          .uidvalidity = uidvalidity_,
          .uid = std::to_string(uid),
          .path = {}};
}

std::vector<std::uint32_t> session::search(const std::string& criteria) {
  std::vector<std::uint32_t> found;
  news_ = false;
  const auto tag = send("UID SEARCH " + criteria);
  for (;;) {
    const auto line = next_line();
    if (is_done(line, tag)) break;
    if (!line.starts_with("* SEARCH")) continue;
    for (auto rest = line.substr(8); !rest.empty();) {
      const auto uid = number(rest.substr(1));
      if (rest[0] != ' ' || (uid == 0 && rest.size() > 1)) refuse(phrase("a search result that is no list of UIDs"));
      if (uid != 0) found.push_back(uid);
      rest.remove_prefix(std::min(rest.find(' ', 1), rest.size()));
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void session::await_news(std::chrono::seconds most) {
  if (news_) return;
  if (!has_idle()) {
    (void)server_.speaks(most);
    return look_in();
  }
  const auto tag = send("IDLE");
  for (;;) {
    const auto line = server_.line();
    if (line.starts_with('+')) break;
    if (line.starts_with(tag + ' ')) refuse(phrase("IDLE is announced and refused: {}", line.substr(0, 200)));
    note_count(line);
  }
  for (const auto until = std::chrono::steady_clock::now() + most; !news_;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !server_.speaks(left)) break;
    server_.start_clock();
    (void)next_line();
  }
  server_.start_clock();
  server_.send("DONE\r\n");
  while (!is_done(next_line(), tag)) {
  }
}

/// The server may say what it has not said yet.
void session::look_in() {
  const auto tag = send("NOOP");
  while (!is_done(next_line(), tag)) {
  }
}

bool session::has_idle() {
  if (has_idle_) return *has_idle_;
  has_idle_ = false;
  const auto tag = send("CAPABILITY");
  for (auto line = next_line(); !is_done(line, tag); line = next_line())
    if (line.starts_with("* CAPABILITY ") && (std::string(line) + ' ').find(" IDLE ") != std::string::npos)
      has_idle_ = true;
  return *has_idle_;
}

std::set<std::uint32_t> session::fetch(const std::vector<std::uint32_t>& uids, std::size_t window,
                                       const std::function<void(message&&)>& take) {
  std::set<std::uint32_t> awaited(uids.begin(), uids.end());
  std::deque<std::string> tags;
  std::size_t sent = 0;
  const auto ask = [&] {
    const auto end = std::min(sent + window, uids.size());
    if (sent == end) return;
    const std::vector<std::uint32_t> some(uids.begin() + static_cast<std::ptrdiff_t>(sent),
                                          uids.begin() + static_cast<std::ptrdiff_t>(end));
    tags.push_back(send("UID FETCH " + uid_set(some) + " (UID INTERNALDATE RFC822.SIZE BODY.PEEK[])"));
    sent = end;
  };
  // Two windows are on their way: the server never waits for us, and never for so much that both sides only send.
  ask();
  ask();
  while (!tags.empty()) {
    auto line = next_line();
    if (line.starts_with(tags.front() + ' ')) {
      const auto verdict = line.substr(tags.front().size() + 1);
      if (verdict.starts_with("BAD")) refuse(std::string(line.substr(0, 200)));
      if (!verdict.starts_with("OK")) refusal_ = line;
      tags.pop_front();
      ask();
    } else if (const auto text = fetch_text(line); !text.empty()) {
      read_message(text, awaited, take);
    }
  }
  return awaited;
}

void session::log_out() {
  try {
    (void)send("LOGOUT");
  } catch (const failure&) {
  }
}

void session::refuse(const phrase& what) const {
  throw failure(exit_status::protocol, "{}: the server breaks the protocol: {}", url_, what);
}

std::string session::send(const std::string& command) {
  auto tag = 'i' + std::to_string(++commands_);
  server_.start_clock();
  server_.send(tag + ' ' + command + "\r\n");
  return tag;
}

std::string_view session::next_line() {
  const auto line = server_.line();
  if (line.starts_with("* BYE"))
    throw failure(exit_status::unavailable, "{}: the server ends: {}", url_, line.substr(2, 200));
  if (line.starts_with("+")) refuse(phrase("it asks to go on with what is complete"));
  note_count(line);
  return line;
}

/// "* 3 EXISTS" and "* 2 EXPUNGE" say how many messages there are; more than before is news.
void session::note_count(std::string_view line) {
  if (!line.starts_with("* ")) return;
  const auto count = number(line.substr(2));
  if (line.ends_with(" EXISTS") && (count > 0 || line == "* 0 EXISTS")) {
    news_ |= count > exists_;
    exists_ = count;
  } else if (line.ends_with(" EXPUNGE") && count > 0 && exists_ > 0) {
    --exists_;
  }
}

/// Whether it is the tagged answer. Throws failure(protocol) when that is not OK.
bool session::is_done(std::string_view line, const std::string& tag) const {
  if (!line.starts_with(tag + ' ')) return false;
  if (!line.substr(tag.size() + 1).starts_with("OK")) refuse(std::string(line.substr(0, 200)));
  return true;
}

void session::await_examined(const std::string& tag) {
  for (;;) {
    const auto line = next_line();
    if (line.starts_with(tag + " NO"))
      throw failure(exit_status::no_input, "{}: no such mailbox: {}", url_, line.substr(tag.size() + 1, 200));
    if (auto code = code_number(line, "UIDVALIDITY"); line.starts_with("* OK") && !code.empty())
      uidvalidity_ = std::move(code);
    if (is_done(line, tag)) break;
  }
  if (uidvalidity_.empty()) refuse(phrase("a mailbox without UIDVALIDITY"));
}

void session::read_message(std::string_view text, std::set<std::uint32_t>& awaited,
                           const std::function<void(message&&)>& take) {
  fetch_attributes attributes;
  message_builder builder;
  std::unique_lock large(large_message, std::defer_lock);
  for (std::uint64_t length = 0;;) {
    const bool has_literal = take_literal_length(text, length);
    attributes.read(text);
    if (!has_literal) break;
    const bool is_body = attributes.pending() == "BODY[]" && !attributes.has_body;
    if (is_body && length > large_bytes) large.lock();
    if (is_body) builder = message_builder(length);
    server_.bytes(length, [&](std::string_view piece) {
      if (is_body) builder.add(piece);
    });
    attributes.had_literal();
    text = next_line();
  }
  // Nothing is handed over before the response is whole: a literal longer than announced shows here.
  if (!attributes.complete()) refuse(phrase("a message that does not end where it should"));
  if (!attributes.has_body) return;  // somebody else marked a message
  if (awaited.erase(attributes.uid) == 0) refuse(phrase("a message that was not asked for"));
  if (!attributes.body.empty()) builder.add(attributes.body);
  const auto arrived = parse_rfc5322_date(attributes.internal_date);
  if (!arrived) refuse(phrase("a message without a time of arrival"));
  auto made = builder.finish();
  made.place = place(attributes.uid);
  made.arrived = *arrived;
  take(std::move(made));
  server_.start_clock();
}

}  // namespace intake::imap
