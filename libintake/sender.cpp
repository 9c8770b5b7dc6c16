#include "sender.hpp"

#include <algorithm>

#include "letter.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == address.npos ? std::string_view() : address.substr(at + 1);
}

bool is_below(std::string_view name, std::string_view parent) {
  return name.size() > parent.size() && name.ends_with(parent) && name[name.size() - parent.size() - 1] == '.';
}

/// Relaxed alignment (RFC 7489 section 3.1): the same domain, or one within the other. A single label is no domain of
/// anybody's.
bool aligned(std::string_view vouched, std::string_view from) {
  if (vouched.find('.') == vouched.npos) return false;
  return vouched == from || is_below(vouched, from) || is_below(from, vouched);
}

class sender_reader {
 public:
  sender_reader(const value& mail, const profile& rule, const body_examiner& examiner)
      : mail_(mail), rule_(rule), examiner_(examiner) {}

  sender_reading read() {
    const auto from = mail_["from"].items();
    if (from.size() == 1) made_.address = lower_case(trimmed(from[0]["address"].str()));
    const auto& senders = rule_.site.senders;
    made_.site = std::find(senders.begin(), senders.end(), made_.address) != senders.end();
    // Which of several addresses is shown is up to the program that shows it.
    if (from.size() > 1) spoofed("several addresses in From");
    for (const auto& one : from) check_shown_address(lower_case(trimmed(one["address"].str())), one["name"].str());
    if (made_.site)
      check_authentication();
    else
      for (const auto& one : from) check_pretence(lower_case(one["address"].str()), one["name"].str());
    check_reply_to();
    return std::move(made_);
  }

 private:
  void spoofed(const std::string& detail) {
    for (const auto& doubt : made_.doubts)
      if (doubt.code.kind().code == "sender.spoofed") return;  // one reason is enough
    made_.doubts.push_back({"sender.spoofed", detail});
  }

  void check_authentication() {
    if (rule_.site.authentication_server.empty()) {  // the rule asks for none
      made_.genuine = true;
      return;
    }
    const auto results = mail_["authentication"];
    if (lower_case(results["server"].str()) != rule_.site.authentication_server)
      return spoofed("no Authentication-Results of " + rule_.site.authentication_server);
    for (const auto& method : rule_.site.authentication_require) {
      const auto result = lower_case(results[method].str());
      const auto domain = lower_case(results[method + "_domain"].str());
      if (result != "pass") return spoofed(method + "=" + (result.empty() ? "none" : result));
      if (!aligned(domain, domain_of(made_.address)))
        return spoofed(method + "=pass for " + (domain.empty() ? "no domain" : domain));
    }
    made_.genuine = true;
  }

  /// Many programs show the name and nothing else, so an address in it is taken for the mailbox.
  void check_shown_address(const std::string& address, std::string_view name) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789.-_+%";
    const auto shown = folded(name);
    for (auto at = shown.find('@'); at != shown.npos; at = shown.find('@', at + 1)) {
      const auto before = at == 0 ? shown.npos : shown.find_last_not_of(letters, at - 1);
      const auto start = at == 0 ? 0 : before + 1;
      auto end = std::min(shown.find_first_not_of(letters, at + 1), shown.size());
      while (shown[end - 1] == '.') --end;
      const auto seen = shown.substr(start, end - start);
      if (start < at && seen.find('.', at - start) != seen.npos && seen != folded(address))
        return spoofed("the name shown is another address: " + seen + " <" + address + ">");
    }
  }

  /// Somebody else's mail that would be read as the site's.
  void check_pretence(const std::string& address, std::string_view name) {
    const auto domain = domain_of(address);
    for (const auto& sender : rule_.site.senders) {
      const auto site = domain_of(sender);
      const auto shown = folded(name);
      if (shown.find(site) != shown.npos || examiner_.imitates(shown, site))
        return spoofed("the name shown is the site's address: " + std::string(name));
      const bool own = domain == site || is_below(domain, site);
      if (!own && (address.find(site) != address.npos || examiner_.imitates(address, site)))
        return spoofed("the address imitates the site's: " + address);
    }
    for (const auto& own : rule_.site.names) {
      const auto shown = folded(name), wanted = folded(own);
      if (shown.find(wanted) != shown.npos || examiner_.imitates(shown, wanted))
        return spoofed("the name shown is the site's: " + std::string(name) + " <" + address + ">");
    }
    const auto results = mail_["authentication"];
    for (const auto* const method : {"dkim", "spf", "dmarc"})
      if (const auto result = lower_case(results[method].str()); result == "fail") made_.disowned = true;
  }

  void check_reply_to() {
    for (const auto& one : mail_["reply_to"].items()) {
      const auto address = lower_case(trimmed(one["address"].str()));
      const auto& senders = rule_.site.senders;
      const bool sites = made_.site && std::find(senders.begin(), senders.end(), address) != senders.end();
      if (address == made_.address || sites) continue;
      made_.doubts.push_back({"sender.reply_to", address});
      return;
    }
  }

  value mail_;
  const profile& rule_;
  const body_examiner& examiner_;
  sender_reading made_;
};

}  // namespace

sender_reading read_sender(const value& mail, const profile& rule, const body_examiner& examiner) {
  return sender_reader(mail, rule, examiner).read();
}

}  // namespace intake
