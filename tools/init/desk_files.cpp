#include "desk_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "libintake/base64.hpp"

namespace intake::init {
namespace {

namespace fs = std::filesystem;

/// As a TOML string. Control characters were refused before.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// Puts `value` in the place of a key's value; an empty one puts the key out of use. The profile's comments stay.
std::string with_key(const std::string& text, std::string_view table, std::string_view key, const std::string& value) {
  std::istringstream lines(text);
  std::string out, line;
  bool inside = false, found = false;
  while (std::getline(lines, line)) {
    if (line.starts_with('[')) inside = line == table;
    if (inside && !found && line.starts_with(std::string(key) + " = ")) {
      line = value.empty() ? "# " + line : std::string(key) + " = " + value;
      found = true;
    }
    out += line + '\n';
  }
  if (!found) throw failure(exit_status::config, "the shipped profile has no {} {}", table, key);
  return out;
}

std::string profile_text(const answers& of) {
  const auto shipped = find_shared("profiles/" + of.rule + ".toml");
  if (shipped.empty()) throw failure(exit_status::no_input, "no shipped profile \"{}\"", of.rule);
  std::ifstream in(shipped);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  text = with_key(text, "[profile]", "name", quoted(of.station_id));
  text = with_key(text, "[profile]", "valid_from", of.valid_from);
  text = with_key(text, "[profile]", "valid_until", of.valid_until);
  text = with_key(text, "[site]", "senders", '[' + quoted(of.sender) + ']');
  text = with_key(
      text, "[site]", "authentication",
      of.authserv_id.empty() ? "" : fmt::format("{{ server = {}, require = [\"dkim\"] }}", quoted(of.authserv_id)));
  const auto domain = of.sender.substr(of.sender.find('@') + 1);
  text = with_key(text, "[site]", "url_hosts", '[' + quoted(domain) + ']');
  return fmt::format(
      "# {}\n# {}\n\n{}",
      fmt::format(fmt::runtime(tr("The rule of this desk. It began as the shipped profile {}.")), of.rule),
      tr("After a change: intake profile check; intake verify --explain MAIL.eml shows what each rule met."), text);
}

class configuration {
 public:
  explicit configuration(const answers& of) : of_(of) {}

  std::string text() {
    say(tr(
        "The configuration of this desk. Paths are relative to this file's folder. Look it over with: intake doctor"));
    set("profile", "profile.toml", tr("the rule: senders, patterns, letters, calendar"));
    set("station", of_.station_id, tr("this desk's station, one of those below"));
    table("[[stations]]",
          tr("Stations that applications may name. Add one for each neighbour, to know what is misdirected."));
    set("id", of_.station_id);
    set("name", of_.station_name);
    out_ += fmt::format("aliases = []  # {}\n", tr("other names of it, as [\"中央署\"]"));
    set("address", of_.station_address);
    set("tel", of_.tel);
    account();
    table("[archive]", tr("Passwords of the site's archives: one a line."));
    out_ +=
        of_.zip_password.empty() ? "# passwords = [\"file:secrets/zip\"]\n" : "passwords = [\"file:secrets/zip\"]\n";
    table("[ledger]",
          tr("What happened to each message, sealed by the key. Keep a copy of the key apart from the ledger's."));
    set("path", in_data("ledger/ledger.db"));
    set("key", "file:secrets/ledger.key");
    table("[scan]", tr("Signatures of ClamAV. Older ones end the run rather than pass anything."));
    set("database", "/var/lib/clamav");
    out_ += "max_age_days = 3\n";
    table("[output]", tr("Where the harmless PDFs go (the medium for the OA system), and the drafts of letters."));
    set("out", in_data("out"));
    set("drafts", in_data("drafts"));
    table("# [roles]", tr("Who is reported to. Without the # in front, letters name them."));
    for (const auto* const role : {"operation_manager", "general_manager", "site_administrator"})
      out_ += fmt::format("# {} = {{ name = \"…\", address = \"…@police.example.jp\" }}\n", role);
    return std::move(out_);
  }

 private:
  void say(const char* text) { out_ += fmt::format("# {}\n", text); }
  void table(const char* name, const char* about) { out_ += fmt::format("\n# {}\n{}\n", about, name); }
  void set(const char* key, const std::string& value, const char* about = nullptr) {
    out_ += fmt::format("{} = {}{}\n", key, quoted(value), about ? fmt::format("  # {}", about) : "");
  }

  /// A desk in one folder can be moved as it is.
  [[nodiscard]] std::string in_data(const std::string& name) const {
    return of_.data == of_.folder ? name : of_.data + '/' + name;
  }

  void account() {
    table("[[accounts]]", tr("Mailboxes. They are only ever read: nothing in them is changed, moved or marked."));
    set("name", of_.station_id);
    set("url", of_.mailbox);
    if (!of_.has_server()) return;
    set("user", of_.user);
    set("password", "file:secrets/mail", tr("in a file, by systemd (credential:NAME) or from a program (command:…)"));
    if (!of_.ca_file.empty()) set("ca_file", fs::absolute(of_.ca_file).string());
  }

  const answers& of_;
  std::string out_;
};

/// Whom files are given to.
class owner {
 public:
  explicit owner(const std::string& name) {
    if (name.empty()) return;
    const auto* const found = ::getpwnam(name.c_str());
    if (!found) throw failure(exit_status::usage, "no such user: {}", name);
    user_ = found->pw_uid;
    group_ = found->pw_gid;
  }
  void give(const std::string& path) const {
    if (user_ != static_cast<uid_t>(-1) && ::chown(path.c_str(), user_, group_) != 0)
      throw system_failure(exit_status::no_permission, path);
  }

 private:
  uid_t user_ = static_cast<uid_t>(-1);
  gid_t group_ = static_cast<gid_t>(-1);
};

void write_new(const std::string& path, std::string_view bytes, mode_t mode) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0) throw system_failure(exit_status::cant_create, path);
  const bool written =
      ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
  const int error = errno;
  ::close(fd);
  errno = error;
  if (!written) throw system_failure(exit_status::io, path);
}

void make_folder(const std::string& path, mode_t mode, const owner& to) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) throw system_failure(exit_status::cant_create, path);
  to.give(path);
}

secret new_key() {
  secret raw(32);
  if (::getrandom(raw.data(), 32, 0) != 32) throw system_failure(exit_status::os, "getrandom");
  auto text = base64::encode(raw.view()) + "\n";
  secret made(text);
  ::explicit_bzero(text.data(), text.size());
  return made;
}

}  // namespace

std::vector<std::string> write_desk(const answers& of) {
  const auto secrets = of.folder + "/secrets", configuration_file = of.folder + "/intake.toml",
             profile_file = of.folder + "/profile.toml";
  const std::string secret_files[] = {secrets + "/ledger.key", secrets + "/mail", secrets + "/zip"};
  for (const auto& path : {configuration_file, profile_file, secret_files[0]})
    if (fs::exists(fs::symlink_status(path)))
      throw failure(exit_status::cant_create, "{}: is there already; edit it, or put it away first", path);
  const owner to(of.owner);
  const auto rule = profile_text(of);  // whatever is wrong is told before the first file is made
  const auto desk = configuration(of).text();

  fs::create_directories(of.folder);
  make_folder(secrets, 0700, to);
  make_folder(of.data, 0700, to);
  for (const auto* const name : {"/ledger", "/out", "/drafts"}) make_folder(of.data + name, 0700, to);
  const secret key = new_key();
  const std::string_view kept[] = {key.view(), of.password.view(), of.zip_password.view()};
  for (std::size_t i = 0; i < 3; ++i) {
    if (kept[i].empty()) continue;
    write_new(secret_files[i], kept[i], 0600);
    to.give(secret_files[i]);
  }
  write_new(profile_file, rule, 0644);
  write_new(configuration_file, desk, 0644);
  (void)load_profile(load_config(configuration_file).profile, of.folder);

  std::vector<std::string> left;
  const auto put = [&](const std::string& file, const char* what) {
    left.push_back(fmt::format(fmt::runtime(tr("put {} into {} (mode 600, owned by {})")), what, file,
                               of.owner.empty() ? tr("you") : of.owner.c_str()));
  };
  if (of.has_server() && of.password.empty()) put(secret_files[1], tr("the password of the mailbox"));
  if (of.zip_password.empty()) {
    put(secret_files[2], tr("the password of the site's archives"));
    left.push_back(fmt::format(fmt::runtime(tr("and take the # from \"passwords\" in {}")), configuration_file));
  }
  left.push_back(
      fmt::format(fmt::runtime(tr("compare {} with a real mail of the site: subjects, labels and fields are examples")),
                  profile_file));
  return left;
}

}  // namespace intake::init
