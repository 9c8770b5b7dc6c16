// The desk's picture of a day or a range, from the ledger alone: what came and how it was judged, what is still to be
// done, what lists and checks say, and how each clause of the rule stands. Trusted code; texts that came from mails
// stay texts, and whoever shows them neutralises them. report_json, report_text and report_html show the same picture.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config.hpp"
#include "ledger.hpp"
#include "message_links.hpp"
#include "profile.hpp"

namespace intake {

struct reported_message {
  std::string id, kind, disposition;  ///< disposition empty: not judged yet
  bool finished = false, cleared = false, erased = false;
  std::int64_t arrived = 0;  ///< UTC seconds; 0: not known
  std::optional<date> handling_day;
  std::vector<std::string> codes;  ///< of its findings, each once
  std::vector<open_action> open;
  std::vector<message_link> links;
  // Personal, empty in a redacted report.
  std::string receipt_no, applicant, procedure;
};

struct reported_action {
  std::string subject, action;  ///< action of findings.hpp, "delete_copy", or "finish": a message that is not finished
  std::string clause;           ///< key
  date due;
  int days_late = 0;                  ///< since it was due; 0: not late
  std::string receipt_no, applicant;  ///< of the message; empty in a redacted report
};

struct reported_day {
  date day;
  bool open = false;                ///< by the calendar
  bool known = false;               ///< the ledger was kept on it already, and it is not in the future
  std::string_view holiday;         ///< its name, if it is one
  unsigned checks = 0, failed = 0;  ///< of mailboxes
  unsigned arrived = 0;             ///< messages
  bool reconciled = false;
  std::string list;  ///< as docs/record.md says; empty: not reconciled
  std::int64_t matched = 0, missed = 0, unlisted = 0;

  /// An open day that is over and on which nobody looked (第4-1).
  [[nodiscard]] bool unchecked(date today) const { return known && open && checks == 0 && day < today; }
};

/// How a clause stands. The order is that of urgency.
enum class clause_state { attention, open, met, none };

struct reported_clause {
  std::string_view key;  ///< of clause_keys
  std::string label;     ///< of the profile
  clause_state state = clause_state::none;
  /// Evidence: names of report_numbers, in the order in which they are told.
  std::vector<std::pair<std::string_view, std::int64_t>> numbers;
  std::vector<date> days;  ///< that the evidence is about: unchecked, or without list
};

struct desk_report {
  timestamp made_at;
  date from, to, today;
  bool redacted = false;
  std::string station;
  std::string profile_title, profile_reference, valid_from, valid_until;
  bool profile_expired = false;
  bool ledger_sealed = false;
  std::string ledger_head;  ///< to be carried away, see `intake-ledger check --head`

  std::vector<reported_message> messages;                     ///< handled from..to, by arrival
  std::vector<std::pair<std::string_view, unsigned>> totals;  ///< by disposition; "" is what is not judged
  std::vector<reported_action> open;                          ///< as of now, the oldest first
  std::vector<reported_action> copies;                        ///< on the terminal and not deleted (第4-2(1))
  std::vector<reported_day> days;                             ///< from..to
  std::vector<reported_day> year;                             ///< whole weeks from Sunday, a year that ends with `to`
  std::array<unsigned, 24> hours{};                           ///< arrivals of that year by hour of the desk's clock
  std::array<unsigned, 7> weekdays{};                         ///< from Sunday
  struct {
    std::string engine, version, built, at;  ///< of the latest judgement that tells it
    std::int64_t signatures = 0;
  } scanner;
  std::vector<reported_clause> clauses;  ///< in the order of clause_keys
};

struct report_wish {
  date from, to;
  timestamp now;
  bool redact = false;  ///< nothing personal, even if the ledger was opened with its key
};

/// Reads the ledger. Throws what the ledger throws.
[[nodiscard]] desk_report make_report(const report_wish& wish, const ledger& book, const config& desk,
                                      const profile& rule);

/// Words of reported_clause::numbers.
struct report_number {
  std::string_view name, ja, en;
};
inline constexpr std::array report_numbers = {
    report_number{"open_days", "開庁日", "open days"},
    report_number{"unchecked_days", "受信確認のない開庁日", "open days without a check"},
    report_number{"checks", "受信確認", "checks"},
    report_number{"failed_checks", "失敗した受信確認", "failed checks"},
    report_number{"copies_saved", "端末に保存した写し", "copies saved on the terminal"},
    report_number{"judged", "判定したメール", "messages judged"},
    report_number{"cases", "該当するメール", "messages concerned"},
    report_number{"waiting", "確認待ち", "waiting for a person"},
    report_number{"corrections", "補正メール", "corrections received"},
    report_number{"days", "一覧メールの対象日", "days with a list due"},
    report_number{"unreconciled", "照合していない日", "days not reconciled"},
    report_number{"late", "一覧メールの遅延", "late lists"},
    report_number{"missing", "一覧メールの未受信", "days without list"},
    report_number{"missed", "受信漏れ", "missed applications"},
    report_number{"unlisted", "一覧に掲載のない申請", "applications not listed"},
    report_number{"arrived", "到達したメール", "messages arrived"},
    report_number{"arrived_closed", "閉庁日の到達", "of them on closed days"},
    report_number{"insecure", "隔離なしの処理", "messages handled without confinement"},
    report_number{"unsealed", "封印のない台帳", "ledgers that are not sealed"},
    report_number{"erased", "個人情報を消去したメール", "messages with persons erased"},
    report_number{"exported", "無害化して出力したメール", "messages made harmless and exported"},
    report_number{"pages", "出力したページ", "pages exported"},
    report_number{"unexported", "受理可で未出力", "accepted and not exported"},
    report_number{"drafted", "作成した連絡文案", "drafts made"},
    report_number{"done", "済んだ対応", "actions done"},
    report_number{"open", "残っている対応", "actions open"},
    report_number{"overdue", "うち期限を過ぎたもの", "of them overdue"},
};

}  // namespace intake
