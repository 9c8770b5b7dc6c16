#include "report_words.hpp"

#include <algorithm>
#include <array>

#include "acts.hpp"
#include "findings.hpp"

namespace intake::report_words {
namespace {

using terminal::tint;
using wording::word;

constexpr std::array states = {word{"attention", "要対応", "attention", tint::bad},
                               word{"open", "対応中", "open", tint::doubtful}, word{"met", "適合", "met", tint::good},
                               word{"none", "該当なし", "no case", tint::faint}};

constexpr std::array links = {word{"corrects", "補正の対象", "corrects"},
                              word{"corrected_by", "補正メール", "corrected by"},
                              word{"same_receipt", "同じ受付番号", "same receipt number"},
                              word{"listed_by", "掲載した一覧", "listed by"},
                              word{"resubmission_of", "最初の申請", "made again after"},
                              word{"resubmitted_as", "再申請", "made again as"}};

template <class Words>
const word* look_up(const Words& words, std::string_view key) {
  const auto it = std::find_if(words.begin(), words.end(), [&](const word& one) { return one.key == key; });
  return it == words.end() ? nullptr : &*it;
}

}  // namespace

const word& state(clause_state state) {
  return states[static_cast<std::size_t>(state)];
}

std::string_view mark(clause_state state) {
  constexpr std::array<std::string_view, 4> marks = {"●", "◐", "○", "－"};
  return marks[static_cast<std::size_t>(state)];
}

std::string number(std::string_view name, language words) {
  for (const auto& one : report_numbers)
    if (one.name == name) return std::string(say(words, one.ja, one.en));
  return std::string(name);
}

std::string action(std::string_view name, language words) {
  if (name == delete_copy_action) return std::string(say(words, "端末の保存分を削除する", "delete the saved copy"));
  if (name == "finish") return std::string(say(words, "処理を終える", "finish processing"));
  const auto* known = find_action(name);
  return known ? std::string(say(words, known->ja, known->en)) : std::string(name);
}

std::string finding(std::string_view code, language words) {
  const auto* known = find_finding(code);
  return known ? std::string(say(words, known->ja, known->en)) : std::string(code);
}

std::string link(std::string_view kind, language words) {
  const auto* known = look_up(links, kind);
  return known ? std::string(say(words, known->ja, known->en)) : std::string(kind);
}

std::string subject(const reported_action& one, language words) {
  if (!one.receipt_no.empty()) return one.receipt_no;
  if (one.subject.starts_with("day:")) return one.subject.substr(4);
  if (one.subject.starts_with("account:"))
    return std::string(say(words, "アカウント ", "account ")) + one.subject.substr(8);
  if (one.subject == "desk") return std::string(say(words, "窓口全体", "the desk"));
  return one.subject.starts_with("m-") ? one.subject.substr(2, 6) : one.subject;
}

std::string period(const desk_report& made, language words) {
  const auto from = to_string(made.from);
  return made.from == made.to ? from : from + std::string(say(words, " から ", " to ")) + to_string(made.to);
}

std::string evidence(const reported_clause& clause, language words) {
  std::string out;
  for (const auto& [name, count] : clause.numbers)
    out += std::string(out.empty() ? "" : say(words, "、", ", ")) + number(name, words) + " " + std::to_string(count);
  std::string days;
  for (const auto day : clause.days) days += (days.empty() ? "" : " ") + to_string(day);
  return days.empty() ? out : out + std::string(say(words, "（", " (")) + days + std::string(say(words, "）", ")"));
}

std::string_view clause(std::string_view key, language words) {
  for (const auto& known : clause_keys)
    if (known.key == key) return say(words, known.ja, known.en);
  return key;
}

std::string_view weekday(unsigned from_sunday, language words) {
  constexpr std::array<std::string_view, 7> ja = {"日", "月", "火", "水", "木", "金", "土"};
  constexpr std::array<std::string_view, 7> en = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  return words == language::japanese ? ja[from_sunday % 7] : en[from_sunday % 7];
}

}  // namespace intake::report_words
