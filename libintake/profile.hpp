// The rule of a desk as data: senders, layouts, texts, clauses, calendar. Trusted input, validated with file:line;
// patterns are compiled (RE2) when it is loaded, so that a wrong one is an error of the profile and not of a message.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calendar.hpp"

namespace intake {

/// A compiled RE2 pattern. Matching is linear in the text, whatever the pattern.
class pattern {
 public:
  pattern();
  /// Throws std::invalid_argument with RE2's words.
  explicit pattern(const std::string& text);
  [[nodiscard]] bool matches(std::string_view text) const;
  /// First group of the first match (the whole match if it has no group); nullopt if none.
  [[nodiscard]] std::optional<std::string> first(std::string_view text) const;
  /// All matches, each with its named groups.
  [[nodiscard]] std::vector<std::map<std::string, std::string>> all(std::string_view text, std::size_t limit) const;
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] explicit operator bool() const { return re_ != nullptr; }

 private:
  std::string text_;
  std::shared_ptr<const void> re_;
};

struct profile {
  std::string file, name, title, reference;
  std::string valid_from, valid_until;                       ///< YYYY-MM-DD; valid_until may be empty
  std::vector<std::pair<std::string, std::string>> clauses;  ///< key → label, every key of clause_keys

  struct {
    std::vector<std::string> senders;                 ///< addresses, lower case
    std::string authentication_server;                ///< authserv-id whose Authentication-Results count; empty: none
    std::vector<std::string> authentication_require;  ///< "dkim", "spf", "dmarc": each must have passed
    std::vector<std::string> url_hosts;               ///< hosts that a genuine body may link to
  } site;

  struct {
    pattern subject;
    unsigned attachments_exactly = 1;
    std::string attachments_kind = "zip-aes";
    std::vector<std::string> layout;                      ///< labels that a genuine body has
    std::vector<std::pair<std::string, pattern>> fields;  ///< in the order of the profile
  } application;

  struct {
    pattern subject, day, rows, count;
    std::string due = "09:00";         ///< next day, local time
    std::string expect = "every_day";  ///< or "open_days"
    struct csv_layout {
      pattern attachment;
      std::string encoding;                                      ///< "" = detect
      std::vector<std::pair<std::string, std::string>> columns;  ///< field → column title
    };
    std::optional<csv_layout> csv;
  } list;

  struct {
    pattern subject, receipt_no;
  } correction;

  struct procedure {
    std::string name;
    std::int64_t fee = 0;  ///< yen; 0: none
  };
  std::vector<procedure> procedures;

  desk_calendar calendar;

  struct notice {
    std::string subject, body;  ///< {field} placeholders, known when the profile was loaded
  };
  std::map<std::string, notice> notices;  ///< by action name, "report_list_missing.site_administrator" and the like

  /// Codes that the profile raises to "doubt" or "refuse": stricter than the table, never milder.
  std::map<std::string, std::string> stricter;

  [[nodiscard]] std::string_view clause(std::string_view key) const;
};

/// `name` is a path, or a name looked for in `beside` (the configuration's folder) and in share/intake/profiles.
[[nodiscard]] profile load_profile(const std::string& name, const std::string& beside = {});

/// Fields that a notice may name: {receipt_no} and so on.
[[nodiscard]] bool is_notice_field(std::string_view name);

}  // namespace intake
