#include "config.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "failure.hpp"
#include "nfkc.hpp"
#include "secret.hpp"
#include "toml_check.hpp"

namespace intake {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> auth_mechanisms = {"plain",       "login",         "xoauth2",
                                                             "oauthbearer", "scram-sha-256", "external"};
constexpr std::array<std::string_view, 4> server_schemes = {"imaps", "imap", "pop3s", "pop3"};
constexpr std::array<std::string_view, 3> path_schemes = {"maildir", "mbox", "eml"};

template <typename List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Reads one file. Every function takes its table and says what is wrong with it; nothing is thrown before the end.
class reader {
 public:
  explicit reader(const std::string& path) : document_(path), folder_(fs::absolute(path).parent_path()) {
    made_.file = path;
  }

  config read() {
    const auto root = document_.root();
    made_.profile = root.required_text("profile");
    made_.station = root.required_text("station");
    if (!root.has("stations")) root.error({}, "missing table [[stations]]");
    for (const auto& table : root.tables("stations")) read_station(table);
    check_own_station(root);
    for (const auto& table : root.tables("accounts")) read_account(table);
    read_archive(root.table("archive"));
    read_ledger(root.table("ledger"));
    read_scan(root.table("scan"));
    const auto render = root.table("render");
    made_.render.dpi = small_number(render, "dpi", made_.render.dpi, 72, 600);
    made_.render.seconds = small_number(render, "seconds", made_.render.seconds, 1, 3600);
    const auto output = root.table("output");
    made_.output.out = path(output.text("out"));
    made_.output.drafts = draft_place(output.text("drafts"));
    made_.output.mail_program = output.text("mail_program");
    const auto roles = root.table("roles");
    made_.operation_manager = read_role(roles.table("operation_manager"));
    made_.general_manager = read_role(roles.table("general_manager"));
    made_.site_administrator = read_role(roles.table("site_administrator"));
    document_.finish();
    return std::move(made_);
  }

 private:
  static unsigned small_number(const toml_table& table, std::string_view key, unsigned otherwise, unsigned low,
                               unsigned high) {
    return static_cast<unsigned>(table.number(key, otherwise, low, high));
  }

  /// Relative to the folder of the file; empty stays empty.
  [[nodiscard]] std::string path(const std::string& named) const {
    return named.empty() ? named : (folder_ / named).lexically_normal().string();
  }

  /// A folder for drafts, or another place, named by its kind.
  [[nodiscard]] std::string draft_place(const std::string& named) const {
    if (named.starts_with("imap:")) return named;
    for (const std::string kind : {"mbox:", "ndjson:"})
      if (named.starts_with(kind)) return kind + path(named.substr(kind.size()));
    return path(named);
  }

  /// A reference to a secret. What is none may be the value itself, so the message does not show it.
  std::string reference(const toml_table& table, std::string_view key, const std::string& named) const {
    if (named.empty()) return {};
    if (!is_secret_reference(named)) {
      table.error(key, "\"{}\" must begin with file:, credential: or command:, and is never the value itself", key);
      return {};
    }
    return named.starts_with("file:") ? "file:" + path(named.substr(5)) : named;
  }

  static void check_address(const toml_table& table, std::string_view key, const std::string& address) {
    const auto at = address.find('@');
    if (!address.empty() && (at == 0 || at == address.npos || at + 1 == address.size() ||
                             address.find_first_of(" \t\n,;<>") != address.npos))
      table.error(key, "\"{}\" is not a mail address", key);
  }

  /// No two stations may answer to one word: a misdirected application would be taken for ours, or the reverse.
  void claim(const toml_table& table, std::string_view key, const std::string& word) {
    if (word.empty()) return;
    const auto [it, fresh] = claimed_.try_emplace(comparable(word), made_.stations.size());
    if (!fresh && it->second != made_.stations.size())
      table.error(key, "\"{}\" is already a name of station \"{}\"", word, made_.stations[it->second].id);
  }

  void read_station(const toml_table& table) {
    station made;
    made.id = table.required_text("id");
    made.name = table.required_text("name");
    made.aliases = table.texts("aliases");
    made.address = table.text("address");
    made.tel = table.text("tel");
    check_address(table, "address", made.address);
    claim(table, "id", made.id);
    claim(table, "name", made.name);
    for (const auto& alias : made.aliases) claim(table, "aliases", alias);
    made_.stations.push_back(std::move(made));
  }

  [[nodiscard]] std::vector<std::string> station_ids() const {
    std::vector<std::string> ids;
    for (const auto& known : made_.stations) ids.push_back(known.id);
    return ids;
  }

  void check_station(const toml_table& table, const std::string& id) const {
    const auto ids = station_ids();
    if (id.empty() || contains(ids, id)) return;
    const auto meant = nearest_word(id, ids);
    table.error("station", meant.empty() ? phrase("no station has the id \"{}\"", id)
                                         : phrase("no station has the id \"{}\"; did you mean \"{}\"?", id, meant));
  }

  void check_own_station(const toml_table& root) const { check_station(root, made_.station); }

  void read_account(const toml_table& table) {
    account made;
    made.name = table.required_text("name");
    made.station = table.has("station") ? table.required_text("station") : made_.station;
    made.url = account_url(table);
    made.user = table.text("user");
    made.password = reference(table, "password", table.text("password"));
    made.ca_file = path(table.text("ca_file"));
    made.auth = table.text("auth");
    made.client_cert = path(table.text("client_cert"));
    made.client_key = path(table.text("client_key"));
    made.timeout_seconds = small_number(table, "timeout_seconds", made.timeout_seconds, 1, 3600);
    made.poll_seconds = small_number(table, "poll_seconds", made.poll_seconds, 1, limits::watch_poll_seconds);
    made.fault_after = small_number(table, "fault_after", made.fault_after, 1, 1000);
    if (table.has("station")) check_station(table, made.station);
    if (!made.auth.empty() && !contains(auth_mechanisms, made.auth))
      table.error("auth", "unknown mechanism \"{}\": plain, login, xoauth2, oauthbearer, scram-sha-256 or external",
                  made.auth);
    const bool server = made.url.find("://") != made.url.npos;
    if (server && made.user.empty()) table.error("user", "a mail server needs \"user\"");
    if (server && !table.has("password") && made.client_cert.empty())
      table.error("password", "a mail server needs \"password\" or \"client_cert\"");
    if (std::any_of(made_.accounts.begin(), made_.accounts.end(), [&](const auto& a) { return a.name == made.name; }))
      table.error("name", "two accounts are named \"{}\"", made.name);
    made_.accounts.push_back(std::move(made));
  }

  std::string account_url(const toml_table& table) const {
    const auto url = table.required_text("url");
    if (url.empty()) return url;
    const auto colon = url.find(':');
    const auto scheme = url.substr(0, colon);
    const auto rest = colon == url.npos ? std::string() : url.substr(colon + 1);
    if (contains(path_schemes, scheme) && !rest.empty()) return scheme + ':' + path(rest);
    if (contains(server_schemes, scheme) && rest.size() > 2 && rest.starts_with("//") && rest[2] != '/') {
      // A name or password in the address would be shown wherever the address is.
      if (rest.find('@') == rest.npos) return url;
      table.error("url", "\"url\" must not hold a user or password");
      return {};
    }
    table.error("url",
                "\"url\" must be imaps://HOST/MAILBOX, imap://, pop3s://, pop3://, maildir:PATH, mbox:PATH or "
                "eml:PATH");
    return {};
  }

  void read_archive(const toml_table& table) {
    for (const auto& named : table.texts("passwords"))
      if (auto found = reference(table, "passwords", named); !found.empty())
        made_.archive.passwords.push_back(std::move(found));
    const auto lowered = [&](std::string_view key, std::size_t cap) {
      const auto most = static_cast<std::int64_t>(cap);
      return static_cast<std::size_t>(table.number(key, most, 1, most));
    };
    made_.archive.max_members = lowered("max_members", limits::archive_members);
    made_.archive.max_bytes = lowered("max_bytes", limits::archive_bytes);
    made_.archive.max_depth = lowered("max_depth", limits::archive_depth);
  }

  void read_ledger(const toml_table& table) {
    if (table.present()) made_.ledger.path = path(table.required_text("path"));
    made_.ledger.key = reference(table, "key", table.text("key"));
  }

  void read_scan(const toml_table& table) {
    if (table.has("database")) made_.scan.database = path(table.required_text("database"));
    made_.scan.max_age_days = small_number(table, "max_age_days", made_.scan.max_age_days, 0, 365);
    made_.scan.allow_stale = table.boolean("allow_stale", false);
    made_.scan.seconds = small_number(table, "seconds", made_.scan.seconds, 1, 600);
  }

  static std::optional<role_holder> read_role(const toml_table& table) {
    if (!table.present()) return std::nullopt;
    role_holder made{table.required_text("name"), table.required_text("address")};
    check_address(table, "address", made.address);
    return made;
  }

  toml_document document_;
  fs::path folder_;
  config made_;
  std::map<std::string, std::size_t> claimed_;  ///< comparable word → index of its station
};

std::string default_path() {
  if (const char* const named = std::getenv("INTAKE_CONFIG"); named && *named) return named;
  std::string looked_in;
  std::vector<std::string> places;
  if (const char* const home = std::getenv("HOME"); home && *home)
    places.push_back(std::string(home) + "/.config/intake/intake.toml");
  places.emplace_back("/etc/intake/intake.toml");
  for (const auto& place : places) {
    if (::access(place.c_str(), F_OK) == 0) return place;
    looked_in += (looked_in.empty() ? "" : ", ") + place;
  }
  throw failure(exit_status::no_input, "no configuration: name one with --config or INTAKE_CONFIG (looked for {})",
                looked_in);
}

}  // namespace

std::string config::folder() const {
  return fs::absolute(file).parent_path().string();
}

const station& config::own_station() const {
  const auto it =
      std::find_if(stations.begin(), stations.end(), [&](const auto& known) { return known.id == station; });
  if (it == stations.end()) throw failure(exit_status::config, "{}: no station has the id \"{}\"", file, station);
  return *it;
}

const station* config::find_station(std::string_view name) const {
  const auto wanted = comparable(name);
  if (wanted.empty()) return nullptr;
  for (const auto& known : stations) {
    const bool alias = std::any_of(known.aliases.begin(), known.aliases.end(),
                                   [&](const auto& word) { return comparable(word) == wanted; });
    if (alias || comparable(known.id) == wanted || comparable(known.name) == wanted) return &known;
  }
  return nullptr;
}

config load_config(const std::string& path) {
  return reader(path.empty() ? default_path() : path).read();
}

}  // namespace intake
