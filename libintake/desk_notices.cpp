#include "desk_notices.hpp"

#include <algorithm>
#include <map>

#include "detail.hpp"
#include "findings.hpp"
#include "json.hpp"
#include "record.hpp"

namespace intake {
namespace {

/// Any JSON object as a record, so that it can be read.
record reading(std::string_view json) {
  return record(R"({"intake":1,"id":"read","it":)" + std::string(json) + "}");
}

/// Both letters of a report.
void add_report(std::vector<draft>& letters, std::string_view action, std::string_view clause,
                const notice_values& values, const std::string& about, const std::string& once, const config& desk,
                const profile& rule, date today) {
  for (const std::string_view recipient : {"general_manager", "site_administrator"}) {
    auto letter = make_draft(action, recipient, clause, values, desk, rule, today);
    if (!letter) continue;
    letter->about = about;
    letter->once = once;
    letters.push_back(std::move(*letter));
  }
}

/// When the list of a day has to be there by the profile, and when a mailbox was last looked into.
std::string list_facts(date day, const ledger& book, const profile& rule) {
  std::string text = japanese_day(add_days(day, 1)) + " " + rule.list.due + " を過ぎても受信していません。";
  std::optional<timestamp> last;
  event_filter filter;
  filter.from =
      std::chrono::sys_days(day).time_since_epoch() / std::chrono::seconds(1) - rule.calendar.offset_minutes * 60;
  filter.kind = "checked";
  book.each_event(filter, [&](const event& what) {
    if (reading(what.facts)["it"]["result"].str() == "ok") last = {what.at.seconds, rule.calendar.offset_minutes};
    return true;
  });
  return text + (last ? "最後に受信確認を行った日時は " + japanese_time(*last) + " です。"
                      : "この間に行った受信確認の記録はありません。");
}

draft missed_draft(value action, const std::string& about, const config& desk, const profile& rule, date today) {
  notice_values values;
  for (const char* key : {"receipt_no", "procedure", "applicant"}) values[key] = one_line(action[key].str());
  if (const auto at = parse_rfc3339(action["submitted_at"].str()))
    values["submitted_at"] = japanese_time(*at);
  else
    values["submitted_at"] = one_line(action["submitted_at"].str());
  draft letter;
  if (auto made = make_draft("ask_resubmit", "applicant", "missed", values, desk, rule, today))
    letter = std::move(*made);
  letter.name = values["applicant"];
  letter.about = about;
  letter.receipt_no = letter.once = values["receipt_no"];
  return letter;
}

struct failing_row {
  std::optional<timestamp> first, last, mended;
  std::int64_t sequence = 0;
  unsigned count = 0;
  std::string error;
};

failing_row last_failing_row(std::string_view account, const ledger& book, int offset_minutes) {
  failing_row row;
  event_filter filter;
  filter.subject = "account:" + std::string(account);
  book.each_event(filter, [&](const event& what) {
    if (what.kind != "checked") return true;
    const timestamp at{what.at.seconds, offset_minutes};
    if (reading(what.facts)["it"]["result"].str() == "ok") {
      if (row.count != 0 && !row.mended) row.mended = at;
      return true;
    }
    if (row.mended || row.count == 0) row = {.first = at, .sequence = what.sequence};
    row.last = at;
    ++row.count;
    if (!what.payload.empty()) row.error = one_line(reading(what.payload)["it"]["error"].str());
    return true;
  });
  return row;
}

struct station_line {
  std::string name, address, tel;
};

std::map<std::string, station_line> stations_of(const std::string& registry) {
  std::map<std::string, station_line> out;
  const auto rec = reading(registry);
  rec["it"]["stations"].each([&](value one) {
    out[std::string(one["id"].str())] = {one_line(one["name"].str()), one_line(one["address"].str()),
                                         one_line(one["tel"].str())};
  });
  return out;
}

void add_line(std::string& text, const std::string& line) {
  text += (text.empty() ? "・" : "\n・") + line;
}

std::string shown(const station_line& one) {
  return one.name + "（メールアドレス " + one.address + (one.tel.empty() ? "" : "、電話 " + one.tel) + "）";
}

}  // namespace

std::vector<draft> day_drafts(date day, const ledger& book, const config& desk, const profile& rule, date today) {
  std::vector<draft> letters;
  const auto about = "day:" + to_string(day);
  std::string latest;
  event_filter filter;
  filter.subject = about;
  book.each_event(filter, [&](const event& what) {
    if (what.kind == "reconciled") latest = what.payload;
    return true;
  });
  if (latest.empty()) return letters;
  const auto rec = reading(latest);
  rec["it"]["actions"].each([&](value action) {
    if (action["do"].str() == "ask_resubmit") {
      auto letter = missed_draft(action, about, desk, rule, today);
      if (!letter.action.empty()) letters.push_back(std::move(letter));
    } else if (action["do"].str() == "report_list_missing") {
      notice_values values{{"day", japanese_day(day)}, {"detail", list_facts(day, book, rule)}};
      add_report(letters, "report_list_missing", "list_missing", values, about, {}, desk, rule, today);
    }
  });
  return letters;
}

std::vector<draft> fault_drafts(std::string_view account, const ledger& book, const config& desk, const profile& rule,
                                date today) {
  std::vector<draft> letters;
  const auto row = last_failing_row(account, book, rule.calendar.offset_minutes);
  if (row.count == 0) return letters;
  std::string detail = japanese_time(*row.first);
  if (row.count > 1) detail += " から " + japanese_time(*row.last) + " まで";
  detail += "、メールの受信確認に" + (row.count > 1 ? std::to_string(row.count) + "回続けて" : std::string()) +
            "失敗しました（メールアカウント " + one_line(account) + "）。";
  if (!row.error.empty()) detail += "\n内容：" + detail_words(row.error);
  detail += row.mended ? "\n" + japanese_time(*row.mended) + " に回復しました。" : "\n現在も回復しておりません。";
  const auto about = "account:" + std::string(account);
  add_report(letters, "report_fault", "fault", {{"detail", detail}}, about, std::to_string(row.sequence), desk, rule,
             today);
  return letters;
}

std::vector<draft> told_drafts(std::string_view action, std::string_view what, const config& desk, const profile& rule,
                               date today) {
  std::vector<draft> letters;
  const notice_values values{{"detail", plain_lines(what)}};
  const auto once = std::string(what) + to_string(today);
  add_report(letters, action, find_action(action)->clause, values, "desk", once, desk, rule, today);
  for (auto& letter : letters) letter.opens = true;
  return letters;
}

std::string registry_of(const config& desk) {
  json::writer out;
  out.begin_object().key("stations").begin_array();
  for (const auto& one : desk.stations) {
    out.begin_object().member("id", one.id).member("name", one.name).member("address", one.address);
    out.member("tel", one.tel).end_object();
  }
  return out.end_array().end_object().take();
}

std::optional<reported_registry> last_reported(const ledger& book) {
  std::optional<reported_registry> found;
  event_filter filter;
  filter.subject = "desk";
  book.each_event(filter, [&](const event& what) {
    if (!what.payload.empty() && reading(what.payload)["it"]["stations"]) found = {what.payload, what.sequence};
    return true;
  });
  return found;
}

void take_as_reported(const std::string& registry, ledger& book) {
  event noted;
  noted.subject = "desk";
  noted.kind = "acted";
  noted.actor = "intake-notice";
  noted.facts = R"({"act":"noted"})";
  noted.payload = registry;
  book.append(noted);
}

std::string registry_changes(const std::string& before, const std::string& after) {
  const auto old_ones = stations_of(before), new_ones = stations_of(after);
  std::string text;
  for (const auto& [id, now] : new_ones) {
    const auto it = old_ones.find(id);
    if (it == old_ones.end()) {
      add_line(text, "対象警察署等の追加：" + shown(now));
      continue;
    }
    const auto compare = [&](const char* what, const std::string& was, const std::string& is) {
      if (was != is) add_line(text, std::string(what) + "の変更：" + now.name + "　旧 " + was + "　新 " + is);
    };
    compare("名称", it->second.name, now.name);
    compare("メールアドレス", it->second.address, now.address);
    compare("電話番号", it->second.tel, now.tel);
  }
  for (const auto& [id, was] : old_ones)
    if (!new_ones.contains(id)) add_line(text, "対象警察署等の廃止：" + shown(was));
  return text;
}

std::vector<draft> change_drafts(const reported_registry& last, const config& desk, const profile& rule, date today) {
  std::vector<draft> letters;
  const auto changes = registry_changes(last.json, registry_of(desk));
  if (changes.empty()) return letters;
  // The same change may come again after it was taken back: what it is compared with tells them apart.
  add_report(letters, "report_change", "change", {{"detail", changes}}, "desk",
             changes + "\n" + std::to_string(last.sequence), desk, rule, today);
  for (auto& letter : letters) letter.opens = true;
  return letters;
}

}  // namespace intake
