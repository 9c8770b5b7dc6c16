#include "answers.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "libintake/calendar.hpp"

namespace intake::init {
namespace {

namespace fs = std::filesystem;

/// Why an answer cannot be right; empty if it can.
using check = std::string (*)(const std::string&);

std::string any(const std::string&) {
  return {};
}
std::string needed(const std::string& text) {
  return text.empty() ? tr("an answer is needed") : "";
}
std::string mail_address(const std::string& text) {
  const auto at = text.find('@');
  const bool good = at != 0 && at != text.npos && at + 1 != text.size() && text.find_first_of(" ,;<>") == text.npos;
  return good ? "" : tr("not a mail address, as in desk@police.example.jp");
}
std::string short_name(const std::string& text) {
  const bool good = !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
  return good ? "" : tr("small letters, digits and hyphens only");
}
std::string mailbox_url(const std::string& text) {
  for (const std::string_view scheme : {"imaps://", "imap://", "pop3s://", "pop3://", "maildir:", "mbox:", "eml:"})
    if (text.starts_with(scheme) && text.size() > scheme.size()) return {};
  return tr("imaps://SERVER/INBOX, pop3s://SERVER, maildir:PATH or mbox:PATH");
}
std::string day(const std::string& text) {
  return parse_iso_date(text) ? "" : tr("a day as 2026-04-01");
}
std::string day_or_none(const std::string& text) {
  return text.empty() ? "" : day(text);
}

/// Names of the profiles that are installed with the tools.
std::vector<std::string> shipped_profiles() {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(find_shared("profiles"), none))
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}
std::string shipped(const std::string& text) {
  const auto names = shipped_profiles();
  if (std::find(names.begin(), names.end(), text) != names.end()) return {};
  return phrase("one of: {}", fmt::to_string(fmt::join(names, ", "))).local();
}

/// One thing to know: its option, its question, and what answers will do.
struct question {
  std::string answers::*target;
  const char *option, *metavar, *asked;
  check refuses;
  const char* otherwise;  ///< taken for an empty answer; nullptr: there is none
  bool server_only = false;
};

constexpr question questions[] = {
    {&answers::rule, "--from", "PROFILE", marked("shipped profile that the desk's own begins as"), shipped, nullptr},
    {&answers::station_name, "--station", "NAME", marked("name of the police station, as applications name it"), needed,
     nullptr},
    {&answers::station_id, "--station-id", "ID", marked("short name of the station, for the files of this desk"),
     short_name, "desk"},
    {&answers::station_address, "--address", "ADDRESS", marked("mail address of the desk"), mail_address, nullptr},
    {&answers::tel, "--tel", "NUMBER", marked("telephone of the desk, for letters"), any, ""},
    {&answers::mailbox, "--mailbox", "URL",
     marked("mailbox: imaps://SERVER/INBOX, pop3s://SERVER, maildir:PATH, mbox:PATH"), mailbox_url, nullptr},
    {&answers::user, "--user", "USER", marked("user of the mailbox"), needed, nullptr, true},
    {&answers::sender, "--sender", "ADDRESS", marked("address that the site's mails come from"), mail_address, nullptr},
    {&answers::authserv_id, "--authserv-id", "NAME",
     marked("name under which your mail server writes Authentication-Results (DKIM); empty: it writes none"), any, ""},
    {&answers::valid_from, "--valid-from", "DATE", marked("first day of the rule that the desk works by"), day,
     nullptr},
    {&answers::valid_until, "--valid-until", "DATE", marked("last day of that rule; empty: no end is set"), day_or_none,
     ""},
};

std::string why_wrong(const question& it, const std::string& answer) {
  for (const unsigned char c : answer)
    if (c < 0x20 || c == 0x7f) return tr("it holds a control character");
  return it.refuses(answer);
}

bool line_from_terminal(std::string& to) {
  to.clear();
  return static_cast<bool>(std::getline(std::cin, to));
}

[[noreturn]] void ended() {
  throw failure(exit_status::usage, "the input ended before every question was answered; nothing was written");
}

void ask(answers& of, const question& it) {
  auto& answer = of.*it.target;
  for (;;) {
    const auto otherwise = it.otherwise && *it.otherwise ? fmt::format(" [{}]", it.otherwise) : std::string();
    fmt::print(stderr, "{}{}: ", tr(it.asked), otherwise);
    if (!line_from_terminal(answer)) ended();
    if (answer.empty() && it.otherwise) answer = it.otherwise;
    const auto wrong = why_wrong(it, answer);
    if (wrong.empty()) return;
    fmt::print(stderr, "  {}\n", wrong);
  }
}

/// Typed without being shown.
secret ask_hidden(const char* asked) {
  fmt::print(stderr, "{}: ", asked);
  termios before{};
  const bool hides = ::tcgetattr(STDIN_FILENO, &before) == 0;
  auto hidden = before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (hides) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string typed;
  const bool got = line_from_terminal(typed);
  if (hides) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  fmt::print(stderr, "\n");
  if (!got) ended();
  secret made(typed);
  ::explicit_bzero(typed.data(), typed.size());
  return made;
}

/// A secret from a file; without one, typed at the terminal, or left for later.
secret find_secret(const std::string& file, const char* asked, bool at_terminal) {
  if (!file.empty()) return read_secret("file:" + file, file);
  return at_terminal ? ask_hidden(asked) : secret();
}

void find_folders(answers& of) {
  const bool root = ::geteuid() == 0;
  const char* const home = std::getenv("HOME");
  if (of.folder.empty()) {
    if (!root && !(home && *home)) throw failure(exit_status::usage, "name a folder with --dir");
    of.folder = root ? "/etc/intake" : std::string(home) + "/.config/intake";
  }
  of.folder = fs::absolute(of.folder).lexically_normal().string();
  const bool system = of.folder == "/etc/intake";
  if (of.data.empty()) of.data = system ? "/var/lib/intake" : of.folder;
  of.data = fs::absolute(of.data).lexically_normal().string();
  if (of.owner.empty() && root && system && ::getpwnam("intake")) of.owner = "intake";
}

}  // namespace

void add_options(tool& tool, answers& to) {
  tool.option("--dir", to.folder, "DIR", "folder of the configuration (else /etc/intake, or ~/.config/intake)",
              "directory")
      .option("--data", to.data, "DIR", "folder of ledger, drafts and output (else /var/lib/intake, or the same)",
              "directory");
  for (const auto& it : questions) tool.option(it.option, to.*it.target, it.metavar, it.asked);
  tool.option("--password-file", to.password_file, "FILE", "the mailbox's password; its content is copied", "file")
      .option("--zip-password-file", to.zip_password_file, "FILE",
              "passwords of the site's archives, one a line; its content is copied", "file")
      .option("--ca-file", to.ca_file, "FILE", "certificate of the authority that the mail server is checked against",
              "file")
      .option("--owner", to.owner, "USER", "user that the run is made as, and whom the files belong to");
}

void complete(answers& of) {
  find_folders(of);
  if (const auto names = shipped_profiles(); of.rule.empty() && names.size() == 1) of.rule = names.front();
  const bool at_terminal = ::isatty(STDIN_FILENO) == 1;
  std::string missing;
  for (const auto& it : questions) {
    auto& answer = of.*it.target;
    if (it.server_only && !of.has_server()) continue;
    if (const auto wrong = answer.empty() ? std::string() : why_wrong(it, answer); !wrong.empty())
      throw failure(exit_status::usage, "{}: {}", it.option, wrong);
    if (!answer.empty()) continue;
    if (at_terminal)
      ask(of, it);
    else if (it.otherwise)
      answer = it.otherwise;
    else
      missing += std::string(missing.empty() ? "" : ", ") + it.option;
  }
  if (!missing.empty()) throw failure(exit_status::usage, "not told, and there is no terminal to ask at: {}", missing);
  if (!of.valid_until.empty() && of.valid_until < of.valid_from)
    throw failure(exit_status::usage, "--valid-until lies before --valid-from");
  if (of.has_server())
    of.password = find_secret(of.password_file, tr("password of the mailbox (empty: later)"), at_terminal);
  of.zip_password =
      find_secret(of.zip_password_file, tr("password of the site's archives (empty: later)"), at_terminal);
}

}  // namespace intake::init
