#include "authentication.hpp"

#include <algorithm>

#include "address.hpp"
#include "charset.hpp"
#include "mime_field.hpp"

namespace intake {
namespace {

struct result {
  std::string method, value;
  std::vector<std::pair<std::string, std::string>> properties;  ///< "header.d" and its value

  [[nodiscard]] std::string property(std::string_view name) const {
    for (const auto& [key, text] : properties)
      if (key == name) return text;
    return {};
  }
};

/// Words of one field without comments; quoted strings whole; "=", ";" and "/" are words of their own.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  const bool legacy = !charset::is_utf8(text);
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\t') {
      ++at;
    } else if (c == '(') {
      std::string ignored;
      // A comment that does not end swallows the rest: nothing of it may count.
      if (!take_comment(text, at, ignored)) break;
    } else if (c == '"') {
      std::string content;
      if (!take_quoted(text, at, legacy, content)) break;
      out.push_back(content == "=" || content == ";" ? std::string() : std::move(content));
    } else if (c == ';' || c == '=') {
      out.emplace_back(1, c);
      ++at;
    } else {
      const auto start = at;
      while (at < text.size() && std::string_view(" \t(\";=").find(text[at]) == std::string_view::npos) ++at;
      out.emplace_back(text.substr(start, at - start));
    }
  }
  return out;
}

/// "name = value" triples of one result; the first names the method.
result read_result(const std::vector<std::string>& words, std::size_t first, std::size_t last) {
  result out;
  for (auto i = first; i + 2 < last; ++i) {
    if (words[i + 1] != "=") continue;
    auto name = ascii_lower(words[i]);
    if (out.method.empty()) {
      out.method = name.substr(0, name.find('/'));  // "dkim/1": a version
      out.value = ascii_lower(words[i + 2]);
    } else {
      out.properties.emplace_back(std::move(name), words[i + 2]);
    }
    i += 2;
  }
  return out;
}

struct field_results {
  std::string server;
  std::vector<result> results;
};

field_results read_field(std::string_view value) {
  field_results out;
  const auto words = words_of(value);
  if (words.empty() || words[0] == ";" || words[0] == "=") return out;
  out.server = ascii_lower(words[0]);
  auto start = words.begin();
  for (auto end = start; start != words.end(); start = end == words.end() ? end : end + 1) {
    end = std::find(start, words.end(), ";");
    if (start == words.begin()) continue;  // the server's name and version
    auto found = read_result(words, static_cast<std::size_t>(start - words.begin()),
                             static_cast<std::size_t>(end - words.begin()));
    if (!found.method.empty()) out.results.push_back(std::move(found));
  }
  return out;
}

/// Whether `domain` is `parent` or below it.
bool within(std::string_view domain, std::string_view parent) {
  return !parent.empty() && (domain == parent || (domain.size() > parent.size() && domain.ends_with(parent) &&
                                                  domain[domain.size() - parent.size() - 1] == '.'));
}

std::string domain_or_all(const std::string& text) {
  return text.find('@') == std::string::npos ? ascii_lower(text) : domain_of(text);
}

std::string domain_for(const result& found) {
  const auto first_of = [&](std::initializer_list<std::string_view> names) {
    for (const auto name : names)
      if (auto text = found.property(name); !text.empty()) return domain_or_all(text);
    return std::string();
  };
  if (found.method == "dkim") return first_of({"header.d", "header.i", "header.from"});
  if (found.method == "spf") return first_of({"smtp.mailfrom", "smtp.mfrom", "smtp.helo", "envelope-from"});
  return first_of({"header.from"});
}

/// Which of one field's results for a method stands: for DKIM one for the sender's domain that passed, else any that
/// passed, else the first; for the others the first that did not pass.
const result* choose(const std::vector<result>& results, std::string_view method, std::string_view from_domain) {
  const result* best = nullptr;
  int best_rank = -1;
  for (const auto& candidate : results) {
    if (candidate.method != method) continue;
    const bool pass = candidate.value == "pass";
    int rank = pass ? 0 : 1;
    if (method == "dkim") {
      const auto domain = domain_for(candidate);
      rank = !pass ? 0 : within(from_domain, domain) || within(domain, from_domain) ? 2 : 1;
    }
    if (rank > best_rank) {
      best = &candidate;
      best_rank = rank;
    }
  }
  return best;
}

void merge(const field_results& field, std::string_view method, std::string_view from_domain, std::string& value,
           std::string& domain) {
  const auto* found = choose(field.results, method, from_domain);
  if (found == nullptr) return;
  const bool worse = value == "pass" && found->value != "pass";
  if (!value.empty() && !worse) return;
  value = charset::without_controls(charset::detect(found->value).text);
  domain = charset::without_controls(charset::detect(domain_for(*found)).text);
}

}  // namespace

authentication read_authentication(const std::vector<std::pair<std::string, std::string>>& fields,
                                   std::string_view server, std::string_view from_domain) {
  authentication out;
  if (server.empty()) return out;
  const auto wanted = ascii_lower(server);
  for (const auto& [name, value] : fields) {
    const bool results = ascii_lower(name) == "authentication-results";
    if (!results) {
      if (!out.server.empty()) break;
      continue;
    }
    const auto field = read_field(value);
    if (field.server != wanted) {
      if (!out.server.empty()) break;
      continue;
    }
    out.server = wanted;
    merge(field, "dkim", from_domain, out.dkim, out.dkim_domain);
    merge(field, "spf", from_domain, out.spf, out.spf_domain);
    merge(field, "dmarc", from_domain, out.dmarc, out.dmarc_domain);
  }
  return out;
}

}  // namespace intake
