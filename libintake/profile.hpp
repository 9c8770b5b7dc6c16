// The rule of a desk as data: senders, layouts, texts, clauses, calendar. Trusted input, validated with file:line;
// patterns are compiled (RE2) when it is loaded, so that a wrong one is an error of the profile and not of a message.
#pragma once

#include <array>
#include <cstdint>
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
  [[nodiscard]] int groups() const;
  [[nodiscard]] std::vector<std::string> group_names() const;
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
    std::vector<std::string> names;                   ///< what the site calls itself; nobody else may in a From
  } site;

  /// Another place of the mail that must name the applicant, if it names anyone.
  struct same_person {
    std::string in;  ///< "body", "subject", "reply_to" (its display name), "file" (names of files, without folders)
    pattern name;    ///< first group is the name
  };

  struct {
    pattern subject;
    unsigned attachments_exactly = 1;
    std::string attachments_kind = "zip-aes";
    std::vector<std::string> layout;                      ///< labels that a genuine body has
    std::vector<std::pair<std::string, pattern>> fields;  ///< in the order of the profile
    std::vector<intake::profile::same_person> same_person;
  } application;

  struct {
    pattern subject;  ///< of mails that are applications sent past the site; none: told by attachments and labels
  } direct;

  struct {
    pattern subject, day, rows, count;
    pattern corrected;                 ///< in the subject of a list that takes the place of the earlier ones of its day
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
  /// By action, with variants that go before it: "report_fault.site_administrator" for that addressee, and
  /// "ask_resubmit.missed" when the action rests on that clause key.
  std::map<std::string, notice> notices;

  /// Codes that the profile raises to "doubt" or "refuse": stricter than the table, never milder.
  std::map<std::string, std::string> stricter;

  [[nodiscard]] std::string_view clause(std::string_view key) const;
};

/// `name` is a path (it holds a slash or ends in .toml; relative ones are relative to `beside`), or a name looked for
/// in `beside` (the configuration's folder) and in share/intake/profiles. Throws failure(config) with every error
/// found, each as file:line: text.
[[nodiscard]] profile load_profile(const std::string& name, const std::string& beside = {});

/// A file of share/intake ("profiles/x.toml"): in $INTAKE_SHARE if that is set, else beside the program as installed
/// or as built. Empty when there is none.
[[nodiscard]] std::string find_shared(const std::string& relative);

/// What an entry of a list mail may tell; the named groups of list.rows and the fields of list.csv are of these.
inline constexpr std::array<std::string_view, 5> list_fields = {"receipt_no", "submitted_at", "procedure", "station",
                                                                "applicant"};

/// A field that a notice may name, as {receipt_no}. What is not known when a notice is made shows as a blank to fill.
struct notice_field {
  std::string_view name, en;
};

inline constexpr std::array notice_fields = {
    notice_field{"receipt_no", "receipt number of the application"},
    notice_field{"procedure", "name of the procedure"},
    notice_field{"applicant", "name of the applicant"},
    notice_field{"submitted_at", "when it was submitted, as the site wrote it"},
    notice_field{"arrived_at", "when it arrived, in the desk's time"},
    notice_field{"handling_day", "open day on which it is handled"},
    notice_field{"subject", "subject of the received mail"},
    notice_field{"findings", "what was found, a line each"},
    notice_field{"named_station", "station that the application names"},
    notice_field{"named_station_address", "mail address of that station"},
    notice_field{"named_station_tel", "telephone of that station"},
    notice_field{"station", "name of this desk's station"},
    notice_field{"station_address", "mail address of this desk"},
    notice_field{"station_tel", "telephone of this desk"},
    notice_field{"fee", "fee in yen"},
    notice_field{"day", "day of the list mail"},
    notice_field{"entries", "entries of the list that it is about, a line each"},
    notice_field{"detail", "what happened or changes, or what to correct, as the clerk or the run says it"},
    notice_field{"today", "day on which the draft is made"},
    notice_field{"operation_manager", "name from [roles]"},
    notice_field{"general_manager", "name from [roles]"},
    notice_field{"site_administrator", "name from [roles]"},
    notice_field{"clause", "label of the clause that asks for the action"},
    notice_field{"reference", "the profile's reference"},
};

/// Whether it is one of notice_fields.
[[nodiscard]] bool is_notice_field(std::string_view name);

}  // namespace intake
