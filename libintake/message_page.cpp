#include "message_page.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "detail.hpp"
#include "limits.hpp"
#include "wording.hpp"

namespace intake::show {
namespace {

using terminal::neutralised;
using terminal::tint;

/// Texts of an array, joined.
std::string joined(value array) {
  std::string out;
  array.each([&](value item) { out += (out.empty() ? "" : ", ") + neutralised(item.str()); });
  return out;
}

std::string addresses(value array) {
  std::string out;
  array.each([&](value item) {
    const std::string name = neutralised(item["name"].str());
    const std::string address = "<" + neutralised(item["address"].str()) + ">";
    out += (out.empty() ? "" : ", ") + (name.empty() ? address : name + " " + address);
  });
  return out;
}

std::string size_words(std::int64_t bytes) {
  if (bytes < 10'000) return std::to_string(bytes) + " B";
  return bytes < 10'000'000 ? std::to_string(bytes / 1000) + " kB" : std::to_string(bytes / 1'000'000) + " MB";
}

class page_writer {
 public:
  page_writer(const record& rec, const terminal::style& style) : rec_(rec), style_(style) {}

  std::string write() {
    title();
    application();
    findings();
    actions();
    still_open();
    links();
    history();
    files();
    mail();
    stages();
    return std::move(out_);
  }

 private:
  std::string words(const char* ja, const char* en) const { return style_.japanese() ? ja : en; }

  void heading(const char* ja, const char* en) {
    out_ += "\n" + terminal::tinted(words(ja, en), tint::strong, style_) + "\n";
  }

  /// "  name      text", the text wrapped in its own column. Nothing for a text that is empty.
  void line(const std::string& name, const std::string& text, tint colour = tint::none) {
    if (text.empty()) return;
    constexpr std::size_t column = 20;
    std::string start = "  " + terminal::padded(name, column - 3) + " ";
    for (const auto& piece : terminal::wrapped(text, style_.columns > column + 20 ? style_.columns - column : 20)) {
      out_ += start + terminal::tinted(piece, colour, style_) + "\n";
      start.assign(column, ' ');
    }
  }

  void title() {
    const auto& disposition = wording::disposition(rec_["disposition"].str());
    out_ += terminal::tinted(neutralised(rec_.id()), tint::strong, style_) + "  " +
            wording::kind(rec_["kind"].str()).said(style_) + "  " +
            terminal::tinted(disposition.said(style_), disposition.colour, style_) + "\n";
    line(words("到達", "arrived"), wording::time(rec_["arrived_at"].str(), true));
    line(words("処理日", "handled on"), neutralised(rec_["handling_day"].str()));
  }

  void application() {
    const auto members = rec_[rec_["correction"] ? "correction" : "application"].members();
    if (members.empty()) return;
    heading("申請", "Application");
    static constexpr std::pair<std::string_view, std::pair<const char*, const char*>> names[] = {
        {"receipt_no", {"受付番号", "receipt number"}},
        {"procedure", {"手続名", "procedure"}},
        {"station", {"申請先", "station"}},
        {"applicant", {"申請者", "applicant"}},
        {"submitted_at", {"申請日時", "submitted"}},
        {"applicant_address", {"申請者のアドレス", "address"}}};
    for (const auto& [key, text] : members) {
      const auto* it = std::find_if(std::begin(names), std::end(names),
                                    [&, &wanted = key](auto& name) { return name.first == wanted; });
      const bool known = it != std::end(names);
      line(known ? words(it->second.first, it->second.second) : neutralised(key), neutralised(text.str()));
    }
  }

  void findings() {
    heading("所見", "Findings");
    bool any = false;
    rec_["findings"].each([&](value finding) {
      any = true;
      std::string text = wording::finding(finding, style_);
      for (const auto& file : rec_.files())
        if (finding["file"] && file["id"].str() == finding["file"].str())
          text += words("：", ": ") + neutralised(file["path"].str());
      if (finding["detail"]) text += " (" + neutralised(detail_words(finding["detail"].str())) + ")";
      line(neutralised(finding["clause"].str("-")), text, wording::severity_tint(finding));
      line("", neutralised(finding["code"].str()), tint::faint);
    });
    if (!any) line("", words("なし", "none"), tint::good);
  }

  void actions() {
    if (rec_["actions"].items().empty()) return;
    heading("とるべき対応", "To do");
    rec_["actions"].each([&](value action) {
      line(neutralised(action["clause"].str("-")),
           wording::action(action, style_) + " → " + wording::addressee(action["to"].str(), style_));
      line("", joined(action["why"]), tint::faint);
    });
  }

  void still_open() {
    const auto open = rec_["ledger"]["open"];
    if (open.items().empty()) return;
    heading("未了", "Not done yet");
    open.each([&](value item) {
      const bool late = item["overdue"].boolean();
      line(neutralised(item["due"].str()),
           wording::action(item, style_) + (late ? words("（期限超過）", " (overdue)") : ""),
           late ? tint::bad : tint::none);
    });
  }

  void links() {
    const auto links = rec_["ledger"]["links"];
    if (links.items().empty()) return;
    heading("関連するメール", "Belongs together with");
    links.each([&](value link) {
      const auto& outcome = wording::disposition(link["cleared"].boolean() ? "accept" : link["disposition"].str());
      line(wording::link(link["kind"].str()).said(style_), wording::time(link["arrived_at"].str(), true) + "  " +
                                                               outcome.said(style_) + "  " +
                                                               neutralised(link["id"].str()));
    });
  }

  void history() {
    const auto history = rec_["ledger"]["history"];
    if (history.items().empty()) return;
    heading("経過", "What was done");
    history.each([&](value event) {
      line(wording::time(event["at"].str(), true),
           wording::history(event, style_) + "  " + neutralised(event["actor"].str()));
    });
  }

  void files() {
    const auto files = rec_.files();
    if (files.empty()) return;
    heading("ファイル", "Files");
    for (const auto& file : files) {
      const auto& verdict = wording::verdict(file["scan"]["verdict"].str());
      std::string text =
          neutralised(file["type"].str(file["declared_type"].str("?"))) + ", " + size_words(file["size"].integer());
      if (const auto sealed = file["encryption"].str("none"); sealed != "none") text += ", " + neutralised(sealed);
      if (file["opened"].boolean()) text += words("、展開済み", ", unpacked");
      line(neutralised(file["id"].str()), neutralised(file["path"].str()));
      line("", text, tint::faint);
      if (!file["opened"].boolean() || file["scan"])
        line("",
             words("ウイルスチェック：", "virus check: ") + verdict.said(style_) +
                 (file["scan"]["signature"] ? " " + neutralised(file["scan"]["signature"].str()) : ""),
             verdict.colour);
      line("", joined(file["active"]), tint::bad);
      if (const auto pdf = file["pdf"])
        line("",
             "PDF: " + std::to_string(pdf["pages"].integer()) + words("ページ ", " pages ") +
                 neutralised(pdf["path"].str()),
             tint::good);
    }
  }

  void mail() {
    const value mail = rec_["mail"];
    if (!mail) return;
    heading("メール", "Mail");
    line(words("差出人", "from"), addresses(mail["from"]));
    line(words("宛先", "to"), addresses(mail["to"]));
    line(words("返信先", "reply to"), addresses(mail["reply_to"]));
    line(words("日時", "date"), wording::time(mail["date"].str(), true));
    line(words("件名", "subject"), neutralised(mail["subject"].str()));
    const auto text = mail["text"].str(mail["html_text"].str());
    if (text.empty()) {
      // The ledger keeps no text of a mail, which is no empty mail.
      if (rec_["ledger"])
        line(words("本文", "text"), words("台帳には残していません", "not kept in the ledger"), tint::faint);
      return;
    }
    out_ += "\n";
    const auto lines = terminal::wrapped(neutralised(text, true), style_.columns > 24 ? style_.columns - 4 : 20);
    for (std::size_t i = 0; i < std::min(lines.size(), limits::shown_lines); ++i) out_ += "  | " + lines[i] + "\n";
    if (lines.size() > limits::shown_lines) out_ += "  | " + words("（以下略）", "(and more)") + "\n";
  }

  void stages() {
    const auto stages = rec_["stages"].members();
    if (stages.empty()) return;
    heading("処理", "Stages");
    for (const auto& [name, stage] : stages)
      line(neutralised(name), wording::time(stage["at"].str(), true) + "  " + neutralised(stage["tool"].str()),
           tint::faint);
  }

  const record& rec_;
  const terminal::style& style_;
  std::string out_;
};

}  // namespace

std::string page(const record& rec, const terminal::style& style) {
  return page_writer(rec, style).write();
}

}  // namespace intake::show
