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
  static const RE2& defanged =
      compiled("(?:^|[^a-z0-9.@/\\\\\\x01-])((?:[a-z0-9-]+\\.)*[a-z0-9-]+\\x01[a-z0-9.\\x01-]+)");
  static const RE2& network_path = compiled(R"((?:^|[^\\a-z0-9:])\\\\([a-z0-9.-]+)\\[a-z0-9$_-])");
  static const RE2& active = compiled(R"(\b(?:javascript|vbscript)\s?:|\bdata:[a-z]+/[a-z0-9.+-]+[;,])");
  host_list hosts;
  for (const RE2* link : {&schemed, &without_slashes, &www, &with_path, &defanged, &network_path})
    collect(text, *link, hosts);
  if (RE2::PartialMatch(text, active)) hosts.add({});
  return hosts.take();
}

}  // namespace intake
