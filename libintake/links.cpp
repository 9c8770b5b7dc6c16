// Links in plain text, however they are written: the part of body.hpp that deals with URLs.
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "body.hpp"
#include "limits.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

/// A pattern of ours, case ignored; memory for its automaton is bounded like everything else here.
const RE2& compiled(const char* text) {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_max_mem(8 << 20);
  return *new RE2(text, options);  // lives as long as the process
}

/// Rewrites what keeps a link from being recognised by programs while a reader still understands it.
void undo_defanging(std::string& text) {
  static const RE2& dot = compiled(R"(\s?(?:\[\s?(?:\.|dot)\s?\]|\(\s?(?:\.|dot)\s?\)|\{\s?(?:\.|dot)\s?\})\s?)");
  static const RE2& colon = compiled(R"(\[(:|:/{1,2})\]|\[(/{1,2})\])");
  static const RE2& scheme = compiled(R"(h(?:xx|\*\*|\+\+|XX)p(s?)(\s?:))");
  static const RE2& ideographic = compiled(R"(([a-z0-9])。([a-z0-9]))");
  RE2::GlobalReplace(&text, dot, "\x01");
  RE2::GlobalReplace(&text, colon, R"(\1\2)");
  RE2::GlobalReplace(&text, scheme, R"(http\1\2)");
  RE2::GlobalReplace(&text, ideographic, R"(\1.\2)");
}

/// "user@Host.:443" as "host". Percent signs and the like stay: such a host is on no list.
std::string host_of(std::string_view authority) {
  if (const auto at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
  if (!authority.starts_with('['))
    if (const auto colon = authority.find(':'); colon != authority.npos) authority = authority.substr(0, colon);
  while (authority.ends_with('.')) authority.remove_suffix(1);
  std::string host(authority);
  for (char& c : host) {
    if (c == '\x01') c = '.';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return host;
}

class host_list {
 public:
  void add(std::string host) {
    // Enough to show what was met; the finding is made by the first.
    if (hosts_.size() < limits::body_hosts && std::find(hosts_.begin(), hosts_.end(), host) == hosts_.end())
      hosts_.push_back(std::move(host));
  }
  [[nodiscard]] bool full() const { return hosts_.size() >= limits::body_hosts; }
  [[nodiscard]] std::vector<std::string> take() { return std::move(hosts_); }

 private:
  std::vector<std::string> hosts_;
};

void collect(const std::string& text, const RE2& link, host_list& into) {
  re2::StringPiece rest(text), authority;
  while (!into.full() && RE2::FindAndConsume(&rest, link, &authority)) {
    into.add(host_of({authority.data(), authority.size()}));
  }
}

/// Whether mail programs make a link of a name that ends so, with nothing else about it that tells a link. Two letters
/// are a country, unless they are better known as the ending of a file.
bool linked_when_bare(std::string_view host) {
  static constexpr std::array<std::string_view, 44> usual = {
      "app",   "asia",  "bid",    "biz",  "blog",   "click", "cloud", "club",    "com",    "date", "dev",
      "edu",   "fun",   "gov",    "host", "icu",    "info",  "life",  "link",    "live",   "loan", "men",
      "mobi",  "name",  "net",    "news", "online", "org",   "page",  "pro",     "racing", "shop", "site",
      "space", "store", "stream", "tech", "top",    "trade", "vip",   "website", "win",    "work", "xyz"};
  static constexpr std::array<std::string_view, 18> endings = {"ai", "as", "db", "gz", "js", "md", "pl", "pm", "ps",
                                                               "py", "rb", "rm", "rs", "sh", "so", "st", "ts", "xz"};
  const auto last = host.substr(host.rfind('.') + 1);
  if (last.starts_with("xn--")) return true;
  if (last.size() == 2) return std::find(endings.begin(), endings.end(), last) == endings.end();
  return std::find(usual.begin(), usual.end(), last) != usual.end();
}

void collect_bare(const std::string& text, const RE2& name, host_list& into) {
  re2::StringPiece rest(text), found;
  while (!into.full() && RE2::FindAndConsume(&rest, name, &found)) {
    if (auto host = host_of({found.data(), found.size()}); linked_when_bare(host)) into.add(std::move(host));
  }
}

}  // namespace

std::vector<std::string> linked_hosts(std::string_view untrusted_text) {
  std::string text = nfkc(untrusted_text);
  std::replace(text.begin(), text.end(), '\x01', ' ');  // our own mark for a defanged dot, below
  undo_defanging(text);
  // With a scheme; browsers forgive one slash, none, and backslashes.
  static const RE2& schemed =
      compiled(R"((?:https?|ftps?|wss?|file|smb|search-ms)\s?:\s?[/\\]+([^\s/\\?#"'<>「」『』（）()、。]*))");
  static const RE2& without_slashes = compiled(R"(\bhttps?:([a-z0-9][a-z0-9.\x01-]*[.\x01][a-z]{2,}))");
  static const RE2& www = compiled(R"((?:^|[^a-z0-9.@/\\-])(www[0-9]*[.\x01][a-z0-9-]+[.\x01][a-z0-9.\x01-]+))");
  static const RE2& with_path =
      compiled(R"((?:^|[^a-z0-9.@/\\_-])((?:[a-z0-9-]+[.\x01])+[a-z]{2,}(?::[0-9]+)?)[/?][a-z0-9%?=&_~#-])");
  // A "@" before or behind makes it an address.
  static const RE2& bare = compiled(
      R"((?:^|[^\pL0-9.@/\\_\x01-])((?:[\pL0-9](?:[\pL0-9-]*[\pL0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+))(?:$|[^\pL0-9@.-]|\.(?:$|[^\pL0-9])))");
  static const RE2& defanged =
      compiled("(?:^|[^a-z0-9.@/\\\\\\x01-])((?:[a-z0-9-]+\\.)*[a-z0-9-]+\\x01[a-z0-9.\\x01-]+)");
  static const RE2& network_path = compiled(R"((?:^|[^\\a-z0-9:])\\\\([a-z0-9.-]+)\\[a-z0-9$_-])");
  static const RE2& active = compiled(R"(\b(?:javascript|vbscript)\s?:|\bdata:[a-z]+/[a-z0-9.+-]+[;,])");
  host_list hosts;
  for (const RE2* link : {&schemed, &without_slashes, &www, &with_path, &defanged, &network_path})
    collect(text, *link, hosts);
  collect_bare(text, bare, hosts);
  if (RE2::PartialMatch(text, active)) hosts.add({});
  return hosts.take();
}

}  // namespace intake
