#include "show.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "json.hpp"

namespace intake::show {
namespace {

using terminal::neutralised;
using terminal::style;
using terminal::tint;

/// As much of an id as tells messages apart for a person.
std::string_view short_id(std::string_view id) {
  return id.substr(id.starts_with("m-") ? 2 : 0, 8);
}

std::string indented(std::string_view text, std::string_view indent, std::size_t columns, tint colour,
                     const style& style) {
  std::string out;
  for (const auto& line : terminal::wrapped(text, columns > indent.size() + 10 ? columns - indent.size() : 10))
    out += std::string(indent) + terminal::tinted(line, colour, style) + "\n";
  return out;
}

}  // namespace

record read(const std::string& line) {
  try {
    return record(line);
  } catch (const unusable_line&) {
    if (!line.starts_with("{\"reconcile\"") && !line.starts_with("{\"subject\"")) throw;
    return record("{\"intake\":1,\"id\":\"day\"," + line.substr(1));
  }
}

// The table

// id, arrived, kind, receipt number, applicant, station, disposition
table::table(const style& style) : style_(style) {
  widths_ = {8, 11, 6, 13, 16, 16, 6};
  if (!style.japanese()) widths_[2] = 11, widths_[6] = 8;
  const auto needed = [&] {
    std::size_t sum = 0;
    for (const std::size_t columns : widths_) sum += columns ? columns + 1 : 0;
    return sum - 1;
  };
  // What goes first when the window is narrow is what matters least.
  for (const std::size_t column : {5UL, 0UL, 1UL, 2UL, 3UL})
    if (needed() > style.columns) widths_[column] = 0;
  if (needed() > style.columns)
    widths_[4] = std::max<std::size_t>(4, style.columns - std::min(style.columns, widths_[6] + 1));
  if (needed() < style.columns) widths_[4] += std::min<std::size_t>(12, style.columns - needed());
  if (widths_[5] && needed() < style.columns) widths_[5] += std::min<std::size_t>(12, style.columns - needed());
}

std::string table::cells(const std::array<std::string, 7>& texts, tint colour) const {
  std::string out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!widths_[i]) continue;
    if (!out.empty()) out += ' ';
    const bool last = i + 1 == texts.size();
    out += last ? terminal::tinted(terminal::cut(texts[i], widths_[i]), colour, style_)
                : terminal::padded(texts[i], widths_[i]);
  }
  return out + "\n";
}

std::string table::head() const {
  const std::array<std::string, 7> ja = {"番号", "到達", "種別", "受付番号", "申請者", "申請先", "判定"};
  const std::array<std::string, 7> en = {"id", "arrived", "kind", "receipt no.", "applicant", "station", "outcome"};
  std::string line = cells(style_.japanese() ? ja : en, tint::none);
  line.pop_back();
  return terminal::tinted(line, tint::strong, style_) + "\n";
}

std::string table::lines(const record& rec) {
  if (rec["reconcile"]) return day_row(rec);
  if (rec["subject"]) return subject_row(rec);
  return (std::exchange(started_, true) ? "" : head()) + row(rec);
}

std::string table::row(const record& rec) {
  const auto& disposition = wording::disposition(rec["disposition"].str());
  ++total_;
  const auto counted =
      std::find_if(counts_.begin(), counts_.end(), [&](auto& count) { return count.first == &disposition; });
  if (counted == counts_.end())
    counts_.emplace_back(&disposition, 1);
  else
    ++counted->second;
  std::string out = cells({neutralised(short_id(rec.id())), wording::time(rec["arrived_at"].str(), false),
                           wording::kind(rec["kind"].str()).said(style_), wording::receipt(rec), wording::person(rec),
                           neutralised(rec["application"]["station"].str()), disposition.said(style_)},
                          disposition.colour);
  std::vector<std::pair<std::string, tint>> said;  // the same finding on several files is told once
  rec["findings"].each([&](value finding) {
    auto words = std::pair(wording::finding(finding, style_), wording::severity_tint(finding));
    if (std::find(said.begin(), said.end(), words) == said.end()) said.push_back(std::move(words));
  });
  for (const auto& [words, colour] : said) out += indented("- " + words, "    ", style_.columns, colour, style_);
  return out + open_lines(rec["ledger"]["open"]);
}

std::string table::open_lines(value open) const {
  std::string text;
  open.each([&](value action) {
    const auto due = neutralised(action["due"].str());
    const bool late = action["overdue"].boolean();
    std::string told = "> " + wording::action(action, style_);
    if (style_.japanese())
      told += "（期限 " + due + (late ? "、超過）" : "）");
    else
      told += " (due " + due + (late ? ", overdue)" : ")");
    text += indented(told, "    ", style_.columns, late ? tint::bad : tint::none, style_);
  });
  return text;
}

std::string table::subject_row(const record& rec) const {
  std::string_view name = rec["subject"].str();
  std::string text;
  if (name.starts_with("day:")) name.remove_prefix(4);
  if (name.starts_with("account:")) {
    text = style_.japanese() ? "アカウント " : "account ";
    name.remove_prefix(8);
  }
  if (name == "desk" && style_.japanese()) name = "窓口全体";
  return text + neutralised(name) + "\n" + open_lines(rec["open"]);
}

std::string table::day_row(const record& rec) const {
  const auto& list = wording::list_state(rec["list"].str());
  const auto count = [&](const char* key) { return std::to_string(rec[key].items().size()); };
  std::string text = neutralised(rec["day"].str());
  text += style_.japanese() ? "  一覧メール: " : "  list mail: ";
  text += terminal::tinted(list.said(style_), list.colour, style_);
  text += (style_.japanese() ? "  一致 " : "  matched ") + std::to_string(rec["matched"].integer());
  text += (style_.japanese() ? "  受信漏れ " : "  missed ") + count("missed");
  text += (style_.japanese() ? "  掲載なし " : "  unlisted ") + count("unlisted") + "\n";
  const auto entries = [&](const char* key, std::string_view words, tint colour) {
    rec[key].each([&](value entry) {
      // What names no receipt number is found by its id.
      const auto number = entry["receipt_no"].str(short_id(entry["id"].str()));
      const std::string told = neutralised(number) + " " + neutralised(entry["applicant"].str());
      text += indented("- " + std::string(words) + ": " + told, "    ", style_.columns, colour, style_);
    });
  };
  entries("missed", style_.japanese() ? "受信漏れ" : "missed", tint::bad);
  entries("unlisted", style_.japanese() ? "掲載なし" : "unlisted", tint::doubtful);
  rec["actions"].each([&](value action) {
    text += indented("> " + wording::action(action, style_), "    ", style_.columns, tint::none, style_);
  });
  return text;
}

std::string table::foot() const {
  if (!total_) return {};
  std::string text = std::to_string(total_) + (style_.japanese() ? "件" : total_ == 1 ? " message" : " messages");
  for (const auto& [word, count] : counts_)
    text += "  " + terminal::tinted(word->said(style_) + " " + std::to_string(count), word->colour, style_);
  return text + "\n";
}

std::string without_bytes(const record& rec) {
  record out{std::string(rec.original())};
  for (const char* holder : {"raw", "input"})
    if (rec[holder]["data"]) out.erase_in(holder, "data");
  const auto files = rec.files();
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i]["data"]) out.erase_in_file(i, "data");
    if (!files[i]["pdf"]["data"] && !files[i]["pdf"]["preview"]) continue;
    json::writer pdf;
    pdf.begin_object();
    for (const auto& [key, member] : files[i]["pdf"].members())
      if (key != "data" && key != "preview") pdf.key(key).raw(member.json());
    out.set_in_file(i, "pdf", pdf.end_object().take());
  }
  return out.line();
}

}  // namespace intake::show
