#include "profile.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "failure.hpp"
#include "findings.hpp"
#include "nfkc.hpp"
#include "toml_check.hpp"

namespace intake {
namespace {

namespace fs = std::filesystem;

template <typename List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return text;
}

bool is_field_name(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

/// Minutes after midnight of "HH:MM", 24:00 included.
std::optional<int> clock_minutes(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t at : {0U, 1U, 3U, 4U})
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
  const int hours = (text[0] - '0') * 10 + text[1] - '0', minutes = (text[3] - '0') * 10 + text[4] - '0';
  const int all = hours * 60 + minutes;
  return minutes < 60 && all <= 24 * 60 ? std::optional(all) : std::nullopt;
}

/// Milder to stricter; the profile may only go up.
int strictness(effect what) {
  switch (what) {
    case effect::none:
      return 0;
    case effect::mend:
      return 1;
    case effect::doubt:
      return 2;
    case effect::refuse:
      break;
  }
  return 3;
}

phrase meant(std::string_view wrong, const std::vector<std::string>& known) {
  const auto word = nearest_word(wrong, known);
  return word.empty() ? phrase(std::string()) : phrase("; did you mean \"{}\"?", word);
}

std::vector<std::string> notice_field_names() {
  std::vector<std::string> names;
  for (const auto& field : notice_fields) names.emplace_back(field.name);
  return names;
}

/// Reads one file. Every function takes its table and says what is wrong with it; nothing is thrown before the end.
class reader {
 public:
  explicit reader(const std::string& path) : document_(path) { made_.file = path; }

  profile read() {
    const auto root = document_.root();
    read_head(root.required_table("profile"));
    read_clauses(root.required_table("clauses"));
    read_site(root.required_table("site"));
    read_application(root.required_table("application"));
    read_list(root.required_table("list"));
    read_correction(root.required_table("correction"));
    made_.direct.subject = optional_pattern(root.table("direct"), "subject");
    read_procedures(root.table("procedures"));
    read_calendar(root.table("calendar"));
    read_notices(root.table("notices"));
    read_stricter(root.table("stricter"));
    document_.finish();
    return std::move(made_);
  }

 private:
  void read_head(const toml_table& table) {
    made_.name = table.required_text("name");
    made_.title = table.required_text("title");
    made_.reference = table.text("reference");
    made_.valid_from = table.day("valid_from");
    made_.valid_until = table.day("valid_until");
    if (table.present() && !table.has("valid_from")) table.error({}, "[profile]: missing key \"valid_from\"");
    if (!made_.valid_until.empty() && made_.valid_until < made_.valid_from)
      table.error("valid_until", "\"valid_until\" lies before \"valid_from\"");
  }

  /// Every key once: a finding without a label could not say what it rests on.
  void read_clauses(const toml_table& table) {
    for (const auto& clause : clause_keys) made_.clauses.emplace_back(clause.key, table.required_text(clause.key));
  }

  void read_site(const toml_table& table) {
    for (auto& sender : required_texts(table, "senders")) {
      if (sender.find('@') == sender.npos) table.error("senders", "\"{}\" is not a mail address", sender);
      made_.site.senders.push_back(lower_case(std::move(sender)));
    }
    for (auto& host : table.texts("url_hosts")) made_.site.url_hosts.push_back(lower_case(std::move(host)));
    made_.site.names = table.texts("names");
    const auto authentication = table.table("authentication");
    if (!authentication.present()) return;
    made_.site.authentication_server = lower_case(authentication.required_text("server"));
    made_.site.authentication_require = required_texts(authentication, "require");
    for (const auto& method : made_.site.authentication_require)
      if (method != "dkim" && method != "spf" && method != "dmarc")
        authentication.error("require", "unknown method \"{}\": dkim, spf or dmarc", method);
  }

  void read_application(const toml_table& table) {
    made_.application.subject = required_pattern(table, "subject", 0);
    made_.application.layout = table.texts("layout");
    const auto attachments = table.table("attachments");
    made_.application.attachments_exactly = static_cast<unsigned>(attachments.number("exactly", 1, 1, 100));
    if (attachments.has("kind")) made_.application.attachments_kind = attachments.required_text("kind");
    if (made_.application.attachments_kind != "zip-aes")
      attachments.error("kind", "unknown kind \"{}\": zip-aes", made_.application.attachments_kind);

    for (const auto& person : table.tables("same_person")) {
      const auto in = person.required_text("in");
      constexpr std::array<std::string_view, 4> places = {"body", "subject", "reply_to", "file"};
      if (!contains(places, in)) person.error("in", "unknown place \"{}\": body, subject, reply_to or file", in);
      made_.application.same_person.push_back({in, required_pattern(person, "name", 1)});
    }

    const auto fields = table.required_table("fields");
    for (const auto& name : fields.keys()) {
      if (!is_field_name(name)) fields.error(name, "\"{}\": a field is named in snake_case", name);
      made_.application.fields.emplace_back(name, required_pattern(fields, name, 1));
    }
    for (const char* const needed : {"receipt_no", "station", "applicant"})
      if (!fields.has(needed)) fields.error({}, "[application.fields]: missing key \"{}\"", needed);
  }

  void read_list(const toml_table& table) {
    made_.list.subject = required_pattern(table, "subject", 0);
    made_.list.day = required_pattern(table, "day", 1);
    made_.list.rows = optional_pattern(table, "rows");
    made_.list.count = optional_pattern(table, "count");
    made_.list.corrected = optional_pattern(table, "corrected");
    if (made_.list.count && made_.list.count.groups() != 1)
      table.error("count", "\"count\" must have one group, the number");
    if (table.has("due")) made_.list.due = table.required_text("due");
    if (!clock_minutes(made_.list.due)) table.error("due", "\"due\" must be a time of day, as 09:00");
    if (table.has("expect")) made_.list.expect = table.required_text("expect");
    if (made_.list.expect != "every_day" && made_.list.expect != "open_days")
      table.error("expect", "\"expect\" must be every_day or open_days");
    if (made_.list.rows) check_list_fields(table, "rows", made_.list.rows.group_names());
    if (table.has("csv")) read_csv(table.table("csv"));
    if (table.present() && !table.has("rows") && !table.has("csv"))
      table.error({}, "[list]: \"rows\" or \"csv\" must say how entries are read");
  }

  static void check_list_fields(const toml_table& table, std::string_view key, const std::vector<std::string>& names) {
    for (const auto& name : names)
      if (!contains(list_fields, name))
        table.error(key, "unknown field \"{}\"{}", name, meant(name, {list_fields.begin(), list_fields.end()}));
    if (!contains(names, "receipt_no")) table.error(key, "\"{}\" must give \"receipt_no\"", key);
  }

  void read_csv(const toml_table& table) {
    auto& csv = made_.list.csv.emplace();
    csv.attachment = required_pattern(table, "attachment", 0);
    csv.encoding = lower_case(table.text("encoding"));
    constexpr std::array<std::string_view, 6> encodings = {"", "utf-8", "cp932", "euc-jp", "iso-2022-jp", "utf-16"};
    if (!contains(encodings, csv.encoding))
      table.error("encoding", "unknown encoding \"{}\": utf-8, cp932, euc-jp, iso-2022-jp or utf-16", csv.encoding);
    const auto columns = table.required_table("columns");
    for (const auto& field : columns.keys()) csv.columns.emplace_back(field, columns.required_text(field));
    if (columns.present()) check_list_fields(table, "columns", columns.keys());
  }

  void read_correction(const toml_table& table) {
    made_.correction.subject = required_pattern(table, "subject", 0);
    made_.correction.receipt_no = required_pattern(table, "receipt_no", 1);
  }

  void read_procedures(const toml_table& table) {
    for (const auto& name : table.keys())
      made_.procedures.push_back({name, table.table(name).number("fee", 0, 0, 100'000'000)});
  }

  void read_calendar(const toml_table& table) {
    if (table.has("timezone") && table.required_text("timezone") != "Asia/Tokyo")
      table.error("timezone", "\"timezone\" must be Asia/Tokyo");
    if (table.has("holidays")) {
      const auto holidays = table.required_text("holidays");
      if (holidays != "japan" && holidays != "none") table.error("holidays", "\"holidays\" must be japan or none");
      made_.calendar.japanese_holidays = holidays != "none";
    }
    made_.calendar.closed = table.texts("closed");
    for (const auto& day : made_.calendar.closed)  // 2024: a leap year, so that 02-29 can be closed
      if (!parse_iso_date("2024-" + day)) table.error("closed", "\"{}\" is not a day of the year, as 12-29", day);
    for (const auto& day : table.days("extra")) made_.calendar.extra_closed.push_back(parse_iso_date(day).value());
    for (const auto& day : table.days("except")) made_.calendar.except_open.push_back(parse_iso_date(day).value());
    if (!table.has("cutoff")) return;
    const auto cutoff = clock_minutes(table.required_text("cutoff"));
    if (!cutoff) table.error("cutoff", "\"cutoff\" must be a time of day, as 16:00");
    made_.calendar.cutoff_minutes = cutoff.value_or(made_.calendar.cutoff_minutes);
  }

  void read_notices(const toml_table& table) {
    for (const auto& action : action_kinds) {
      if (!table.has(action.name)) continue;
      const auto notice = table.table(action.name);
      const std::string name(action.name);
      read_notice(notice, name);
      if (notice.has("site_administrator"))
        read_notice(notice.table("site_administrator"), name + ".site_administrator");
      const auto clauses = notice.table("clause");
      for (const auto& clause : clause_keys)
        if (clauses.has(clause.key)) read_notice(clauses.table(clause.key), name + '.' + std::string(clause.key));
    }
  }

  void read_notice(const toml_table& table, const std::string& name) {
    profile::notice made{table.required_text("subject"), table.required_text("body")};
    if (made.subject.find('\n') != made.subject.npos) table.error("subject", "\"subject\" must be one line");
    check_placeholders(table, "subject", made.subject);
    check_placeholders(table, "body", made.body);
    made_.notices[name] = std::move(made);
  }

  static void check_placeholders(const toml_table& table, std::string_view key, std::string_view text) {
    for (std::size_t at = 0; (at = text.find_first_of("{}", at)) != text.npos; ++at) {
      const auto end = text[at] == '{' ? text.find_first_of("{}\n", at + 1) : text.npos;
      if (end == text.npos || text[end] != '}') {
        table.error(key, "\"{}\" has a brace without its pair", key);
        return;
      }
      const auto name = text.substr(at + 1, end - at - 1);
      if (!is_notice_field(name)) table.error(key, "unknown field {{{}}}{}", name, meant(name, notice_field_names()));
      at = end;
    }
  }

  void read_stricter(const toml_table& table) {
    for (const auto& kind : finding_kinds) {
      if (!table.has(kind.code)) continue;
      const auto wanted = table.required_text(kind.code);
      const auto shown = '"' + std::string(kind.code) + '"';
      if (wanted != "doubt" && wanted != "refuse") {
        table.error(kind.code, "{} must be doubt or refuse", shown);
      } else if (strictness(wanted == "doubt" ? effect::doubt : effect::refuse) < strictness(kind.effect)) {
        table.error(kind.code, "{} may be made stricter, never milder", shown);
      }
      made_.stricter[std::string(kind.code)] = wanted;
    }
  }

  static std::vector<std::string> required_texts(const toml_table& table, std::string_view key) {
    auto values = table.texts(key);
    if (!table.has(key))
      table.error({}, "missing key \"{}\"", key);
    else if (values.empty())
      table.error(key, "\"{}\" must not be empty", key);
    return values;
  }

  /// With exactly that many groups; 0: any number.
  static pattern required_pattern(const toml_table& table, std::string_view key, int groups) {
    auto made = compile(table, key, table.required_text(key));
    if (made && groups > 0 && made.groups() != groups)
      table.error(key, "\"{}\" must have one group, the value; write others as (?:…)", key);
    return made;
  }

  static pattern optional_pattern(const toml_table& table, std::string_view key) {
    return table.has(key) ? compile(table, key, table.required_text(key)) : pattern();
  }

  static pattern compile(const toml_table& table, std::string_view key, const std::string& text) {
    if (text.empty()) return {};
    // What is received is matched in NFKC, so a full-width letter or colon in a pattern would never match anything.
    if (const auto normal = nfkc(text); normal != text)
      table.error(key, "\"{}\" can never match, because mail is compared in NFKC; write: {}", key, normal);
    try {
      return pattern(text);
    } catch (const std::invalid_argument& wrong) {
      table.error(key, "\"{}\" is not a pattern: {}", key, wrong.what());
      return {};
    }
  }

  toml_document document_;
  profile made_;
};

std::string find_profile(const std::string& name, const std::string& beside) {
  if (name.find('/') != name.npos || name.ends_with(".toml")) return (fs::path(beside) / name).string();
  const auto near = (fs::path(beside) / (name + ".toml")).string();
  if (::access(near.c_str(), F_OK) == 0) return near;
  const auto shared = find_shared("profiles/" + name + ".toml");
  if (shared.empty())
    throw failure(exit_status::config, "no profile \"{}\": neither {} nor one of share/intake", name, near);
  return shared;
}

}  // namespace

std::string_view profile::clause(std::string_view key) const {
  for (const auto& [known, label] : clauses)
    if (known == key) return label;
  return key;
}

profile load_profile(const std::string& name, const std::string& beside) {
  return reader(find_profile(name, beside)).read();
}

std::string find_shared(const std::string& relative) {
  std::vector<fs::path> folders;
  std::error_code none;
  if (const char* const named = std::getenv("INTAKE_SHARE"); named && *named) {
    folders.emplace_back(named);
  } else if (const auto program = fs::read_symlink("/proc/self/exe", none).parent_path(); !program.empty()) {
    folders = {program / "../share/intake", program / "../../share/intake"};
  }
  for (const auto& folder : folders)
    if (const auto path = (folder / relative).lexically_normal(); ::access(path.c_str(), F_OK) == 0)
      return path.string();
  return {};
}

bool is_notice_field(std::string_view name) {
  return std::any_of(notice_fields.begin(), notice_fields.end(), [&](const auto& field) { return field.name == name; });
}

}  // namespace intake
