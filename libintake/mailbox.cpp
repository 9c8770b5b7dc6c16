#include "mailbox.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "failure.hpp"
#include "imap.hpp"
#include "limits.hpp"
#include "mail_file.hpp"
#include "pop3.hpp"
#include "stop_signal.hpp"

namespace intake {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  struct stat found = {};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string_view without_brackets(std::string_view id) {
  return id.size() > 2 && id.front() == '<' && id.back() == '>' ? id.substr(1, id.size() - 2) : id;
}

std::string absolute(const std::string& path) {
  if (path.empty()) throw failure(exit_status::usage, "an empty name is no path");
  return fs::absolute(path).lexically_normal().string();
}

/// Takes the next line, without its end, off the front of `rest`.
std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

bool is_folded(std::string_view rest) {
  return rest.starts_with(' ') || rest.starts_with('\t');
}

}  // namespace

std::string header_field(std::string_view raw, std::string_view name) {
  constexpr std::size_t longest = 64 * limits::kib;  // no identifier or trace field is
  auto rest = raw.substr(0, limits::mime_header_bytes);
  while (!rest.empty()) {
    const auto line = take_line(rest);
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == line.npos || !same_letters(trimmed(line.substr(0, colon)), name)) continue;
    std::string value(line.substr(colon + 1));
    while (is_folded(rest) && value.size() < longest) value += take_line(rest);
    return std::string(trimmed(std::string_view(value).substr(0, longest)));
  }
  return {};
}

std::optional<timestamp> received_time(const message& read) {
  const auto field = header_field(read.too_large ? read.head : read.raw, "Received");
  const auto semicolon = field.rfind(';');
  return semicolon == field.npos ? std::nullopt : parse_rfc5322_date(std::string_view(field).substr(semicolon + 1));
}

void mailbox::watch(const message_wish& wish, std::chrono::seconds poll, const std::function<void(message&&)>& take,
                    const std::function<void()>& looked) {
  for (;;) {
    each(wish, take);
    looked();
    if (stop_signal::sleep(poll)) throw stop_signal::stopped{};
  }
}

bool message_wish::wants_uid(std::string_view uid) const {
  return uids.empty() || std::find(uids.begin(), uids.end(), uid) != uids.end();
}

bool message_wish::wants(const message& read) const {
  if (since && civil_day({read.arrived.seconds, timestamp().offset_minutes}) < *since) return false;
  if (message_ids.empty()) return true;
  const auto own = header_field(read.too_large ? read.head : read.raw, "Message-ID");
  return std::any_of(message_ids.begin(), message_ids.end(), [&](const std::string& id) {
    return id == read.id || (!own.empty() && without_brackets(own) == without_brackets(id));
  });
}

std::unique_ptr<mailbox> open_path(const std::string& path) {
  if (path == "-") return open_stdin();
  if (path.starts_with("maildir:")) return open_maildir(absolute(path.substr(8)));
  if (path.starts_with("mbox:")) return open_mbox(absolute(path.substr(5)));
  if (path.starts_with("eml:")) return open_message_files(absolute(path.substr(4)));
  const auto whole = absolute(path);
  if (is_folder(whole + "/cur") && is_folder(whole + "/new")) return open_maildir(whole);
  if (is_folder(whole)) return open_message_files(whole);
  mail_file file(whole);
  return file.read().starts_with("From ") ? open_mbox(whole) : open_message_files(whole);
}

std::unique_ptr<mailbox> open_account(const account& from) {
  const auto path = from.url.substr(from.url.find(':') + 1);
  if (from.url.starts_with("maildir:")) return open_maildir(path, from.name);
  if (from.url.starts_with("mbox:")) return open_mbox(path, from.name);
  if (from.url.starts_with("eml:")) return open_message_files(path, from.name);
  return from.url.starts_with("imap") ? open_imap(from) : open_pop3(from);
}

}  // namespace intake
