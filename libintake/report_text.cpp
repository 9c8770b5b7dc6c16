#include <algorithm>

#include "report_view.hpp"
#include "report_words.hpp"

namespace intake {
namespace {

using terminal::neutralised;
using terminal::tint;

class text_writer {
 public:
  text_writer(const desk_report& made, const terminal::style& style) : made_(made), style_(style) {}

  std::string write() {
    head();
    messages();
    open_actions();
    days();
    clauses();
    foot();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string say(std::string_view ja, std::string_view en) const {
    return std::string(report_words::say(style_.words, ja, en));
  }

  void heading(std::string_view ja, std::string_view en) {
    out_ += "\n" + terminal::tinted(say(ja, en), tint::strong, style_) + "\n";
  }

  /// `first` in a column of its own, `text` wrapped beside it.
  void line(const std::string& first, std::size_t column, const std::string& text, tint colour = tint::none) {
    std::string start = "  " + terminal::padded(first, column) + "  ";
    const std::size_t taken = column + 4;
    for (const auto& piece : terminal::wrapped(text, style_.columns > taken + 20 ? style_.columns - taken : 20)) {
      out_ += start + terminal::tinted(piece, colour, style_) + "\n";
      start.assign(taken, ' ');
    }
  }

  void head() {
    out_ += terminal::tinted(neutralised(made_.station) + "  " + report_words::period(made_, style_.words),
                             tint::strong, style_) +
            "\n";
    std::string totals;
    for (const auto& [word, number] : made_.totals)
      if (number != 0 || word == "accept")
        totals += wording::disposition(word).said(style_) + " " + std::to_string(number) + "  ";
    out_ += say("メール ", "messages ") + std::to_string(made_.messages.size()) + ": " + totals + "\n";
    if (made_.profile_expired)
      out_ += terminal::tinted(say("! 規程の有効期間が満了しています: ", "! the rule in use has expired: ") +
                                   neutralised(made_.profile_reference) + " (" + made_.valid_until + ")",
                               tint::bad, style_) +
              "\n";
  }

  void messages() {
    heading("メール", "Messages");
    if (made_.messages.empty()) out_ += "  " + say("なし", "none") + "\n";
    for (const std::string_view wanted : {"", "confirm", "return", "accept", "list"})
      for (const auto& one : made_.messages)
        if (one.disposition == wanted) message(one);
  }

  void message(const reported_message& one) {
    const auto& word = wording::disposition(one.disposition);
    const auto at = to_rfc3339({one.arrived, made_.made_at.offset_minutes});
    std::string text = neutralised(one.id.starts_with("m-") ? one.id.substr(2, 6) : one.id) + "  " +
                       (one.arrived == 0 ? std::string("-") : wording::time(at, false)) + "  " +
                       wording::kind(one.kind).said(style_);
    for (const auto* each : {&one.receipt_no, &one.applicant, &one.procedure})
      if (!each->empty()) text += "  " + neutralised(*each);
    if (one.cleared) text += say("  （疑い解消）", "  (cleared)");
    line(word.said(style_), 8, text, word.colour);
    for (const auto& code : one.codes) line("", 8, "- " + report_words::finding(code, style_.words));
    for (const auto& item : one.open)
      line("", 8,
           "> " + report_words::action(item.action, style_.words) + say("（期限 ", " (due ") + to_string(item.due) +
               say("）", ")"));
    for (const auto& link : one.links)
      line("", 8, "= " + report_words::link(link.kind, style_.words) + " " + neutralised(link.id.substr(2, 6)),
           tint::faint);
  }

  void open_actions() {
    heading("残っている対応", "Open actions");
    if (made_.open.empty() && made_.copies.empty()) out_ += "  " + say("なし", "none") + "\n";
    for (const auto* list : {&made_.copies, &made_.open})
      for (const auto& one : *list) {
        const std::string late =
            one.days_late == 0 ? say("期限内", "in time") : std::to_string(one.days_late) + say("日超過", " days late");
        line(late, 12,
             neutralised(report_words::subject(one, style_.words)) + "  " +
                 report_words::action(one.action, style_.words) + "  " + neutralised(one.applicant),
             one.days_late > 0 ? tint::bad : tint::none);
      }
  }

  void days() {
    heading("受信確認と一覧メール", "Checks and list mails");
    for (const auto& one : made_.days) {
      std::string text = one.open ? say("開庁", "open  ") : say("閉庁", "closed");
      text += say("  受信確認 ", "  checks ") + std::to_string(one.checks);
      if (one.failed != 0) text += say("（失敗 ", " (failed ") + std::to_string(one.failed) + say("）", ")");
      text += say("  到達 ", "  arrived ") + std::to_string(one.arrived) + say("  一覧 ", "  list ");
      if (!one.reconciled) text += say("未照合", "not reconciled");
      if (one.reconciled) {
        text += wording::list_state(one.list).said(style_) + say("  一致 ", "  matched ") + std::to_string(one.matched);
        text += say("  受信漏れ ", "  missed ") + std::to_string(one.missed);
        text += say("  掲載なし ", "  unlisted ") + std::to_string(one.unlisted);
      }
      if (one.unchecked(made_.today)) text += say("  受信確認がありません", "  nobody checked");
      const bool bad = one.unchecked(made_.today) || one.list == "missing" || one.missed != 0;
      line(to_string(one.day), 10, text, bad ? tint::bad : tint::none);
    }
  }

  void clauses() {
    heading("規程の遵守状況", "Clauses of the rule");
    for (const auto& one : made_.clauses) {
      const auto& word = report_words::state(one.state);
      line(one.label, 10,
           std::string(report_words::mark(one.state)) + " " + word.said(style_) + "  " +
               std::string(report_words::clause(one.key, style_.words)),
           word.colour);
      line("", 10, report_words::evidence(one, style_.words), tint::faint);
    }
  }

  void foot() {
    heading("検査と台帳", "Scanner and ledger");
    const auto& scanner = made_.scanner;
    line(say("検査", "scanner"), 10,
         scanner.engine.empty() ? say("判定の記録なし", "no judgement tells it")
                                : neutralised(scanner.engine) + say("、定義 ", ", signatures ") +
                                      neutralised(scanner.version) + " " + wording::time(scanner.built, true));
    line(say("規程", "rule"), 10, neutralised(made_.profile_reference + " " + made_.profile_title));
    line(say("台帳", "ledger"), 10,
         made_.ledger_head + (made_.ledger_sealed ? "" : say("（封印なし）", " (not sealed)")));
    line(say("作成", "made"), 10, wording::time(to_rfc3339(made_.made_at), true));
  }

  const desk_report& made_;
  const terminal::style& style_;
  std::string out_;
};

}  // namespace

std::string report_text(const desk_report& made, const terminal::style& style) {
  return text_writer(made, style).write();
}

}  // namespace intake
