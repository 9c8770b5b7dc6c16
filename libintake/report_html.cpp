#include "findings.hpp"
#include "markup.hpp"
#include "report_chart.hpp"
#include "report_style.hpp"
#include "report_view.hpp"
#include "report_words.hpp"

namespace intake {
namespace {

using terminal::language;

class page_writer {
 public:
  page_writer(const desk_report& made, language words) : made_(made), words_(words) { style_.words = words; }

  std::string write() {
    out_.raw("<!doctype html>\n").open("html", {{"lang", words_ == language::japanese ? "ja" : "en"}});
    head();
    out_.open("body");
    banner();
    totals();
    messages();
    open_actions();
    days();
    year();
    arrivals();
    clauses();
    foot();
    out_.close().close();
    return out_.take() + "\n";
  }

 private:
  [[nodiscard]] std::string say(std::string_view ja, std::string_view en) const {
    return std::string(report_words::say(words_, ja, en));
  }
  [[nodiscard]] std::string title() const {
    return made_.station + say(" 電子申請メール日報 ", " mail desk report ") + report_words::period(made_, words_);
  }

  void head() {
    out_.open("head").empty("meta", {{"charset", "utf-8"}});
    // Nothing may be loaded, whatever a value that slipped through might ask for.
    out_.empty("meta",
               {{"http-equiv", "Content-Security-Policy"},
                {"content", "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"}});
    out_.empty("meta", {{"name", "viewport"}, {"content", "width=device-width"}});
    out_.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    out_.element("title", title());
    out_.open("style").raw(report_style).close().close();
  }

  void section(const char* id, std::string_view ja, std::string_view en) {
    out_.open("section", {{"id", id}}).element("h2", say(ja, en));
  }

  void row_of_heads(std::initializer_list<std::string> texts) {
    out_.open("thead").open("tr");
    for (const auto& text : texts) out_.element("th", text);
    out_.close().close();
  }

  void nothing() { out_.element("p", say("なし", "none"), {{"class", "faint"}}); }

  void banner() {
    out_.open("header").element("h1", made_.station);
    out_.element("p", say("電子申請メール日報　", "Mail desk report, ") + report_words::period(made_, words_));
    if (made_.redacted) out_.element("p", say("氏名等を除いた版", "without persons"), {{"class", "faint"}});
    if (made_.profile_expired)
      out_.element("p",
                   say("● 規程の有効期間が満了しています：", "● The rule in use has expired: ") +
                       made_.profile_reference + " (" + made_.valid_until + ")",
                   {{"class", "warning"}, {"id", "expired"}});
    out_.close();
  }

  void totals() {
    section("totals", "判定", "Outcome");
    out_.open("ul", {{"class", "cards"}});
    for (const auto& [word, number] : made_.totals) {
      const std::string key(word.empty() ? "unjudged" : word);
      out_.open("li", {{"class", "d-" + key}, {"data-key", key}});
      out_.element("b", std::to_string(number)).element("span", wording::disposition(word).said(style_)).close();
    }
    out_.close().close();
  }

  void messages() {
    section("messages", "メール", "Messages");
    if (made_.messages.empty()) nothing();
    for (const std::string_view wanted : {"", "confirm", "return", "accept", "list"}) {
      bool any = false;
      for (const auto& one : made_.messages) any = any || one.disposition == wanted;
      if (any) table_of(wanted);
    }
    out_.close();
  }

  void table_of(std::string_view wanted) {
    const std::string key(wanted.empty() ? "unjudged" : wanted);
    out_.element("h3", wording::disposition(wanted).said(style_), {{"class", "d-" + key}});
    out_.open("table", {{"class", "messages"}});
    row_of_heads({say("番号", "id"), say("到達", "arrived"), say("受付番号", "receipt no."), say("申請者", "applicant"),
                  say("手続", "procedure"), say("理由と対応", "reasons, actions")});
    out_.open("tbody");
    for (const auto& one : made_.messages)
      if (one.disposition == wanted) message(one);
    out_.close().close();
  }

  void message(const reported_message& one) {
    const auto at = to_rfc3339({one.arrived, made_.made_at.offset_minutes});
    out_.open("tr", {{"data-id", one.id}, {"data-disposition", one.disposition}});
    out_.element("td", one.id.starts_with("m-") ? one.id.substr(2, 6) : one.id, {{"class", "code"}});
    out_.element("td", one.arrived == 0 ? "-" : wording::time(at, false), {{"class", "fixed"}});
    out_.element("td", one.receipt_no, {{"class", "fixed receipt"}})
        .element("td", one.applicant, {{"class", "applicant"}});
    out_.element("td", one.kind == "application" ? one.procedure : wording::kind(one.kind).said(style_));
    out_.open("td").open("ul", {{"class", "plain"}});
    for (const auto& code : one.codes) out_.element("li", report_words::finding(code, words_), {{"data-code", code}});
    for (const auto& item : one.open)
      out_.element("li", "▷ " + report_words::action(item.action, words_),
                   {{"class", "todo"}, {"data-do", item.action}});
    for (const auto& link : one.links)
      out_.element("li", "＝ " + report_words::link(link.kind, words_) + " " + link.id.substr(2, 6),
                   {{"class", "faint"}});
    if (one.cleared) out_.element("li", say("疑い解消", "cleared by a clerk"));
    if (one.erased) out_.element("li", say("個人情報消去済み", "person erased"));
    out_.close().close().close();
  }

  void open_actions() {
    section("open", "残っている対応", "Open actions");
    if (made_.open.empty() && made_.copies.empty()) nothing();
    if (!made_.open.empty() || !made_.copies.empty()) {
      out_.open("table");
      row_of_heads({say("期限", "due"), say("超過", "late"), say("対象", "about"), say("申請者", "applicant"),
                    say("対応", "action"), say("根拠", "clause")});
      out_.open("tbody");
      for (const auto* list : {&made_.copies, &made_.open})
        for (const auto& one : *list) action(one);
      out_.close().close();
    }
    out_.close();
  }

  void action(const reported_action& one) {
    const bool late = one.days_late > 0;
    out_.open("tr", {{"data-subject", one.subject}, {"data-do", one.action}, {"class", late ? "late" : ""}});
    out_.element("td", to_string(one.due), {{"class", "fixed"}});
    out_.element("td", late ? "● " + std::to_string(one.days_late) + say("日", " days") : std::string("-"),
                 {{"class", "fixed"}});
    out_.element("td", report_words::subject(one, words_), {{"class", "fixed"}}).element("td", one.applicant);
    out_.element("td", report_words::action(one.action, words_));
    out_.element("td", clause_label(one.clause), {{"class", "fixed"}}).close();
  }

  void days() {
    section("days", "受信確認と一覧メールの照合", "Checks and list mails");
    out_.open("table");
    row_of_heads({say("日", "day"), say("開閉", "open"), say("受信確認", "checks"), say("失敗", "failed"),
                  say("到達", "arrived"), say("一覧メール", "list mail"), say("一致", "matched"),
                  say("受信漏れ", "missed"), say("掲載なし", "unlisted")});
    out_.open("tbody");
    for (const auto& one : made_.days) day(one);
    out_.close().close().close();
  }

  void day(const reported_day& one) {
    out_.open("tr", {{"data-day", to_string(one.day)}});
    out_.element("td", to_string(one.day), {{"class", "fixed"}});
    out_.element("td", (one.open ? say("開庁", "open") : say("閉庁", "closed")) +
                           (one.holiday.empty() ? "" : " " + std::string(one.holiday)));
    const auto count = [&](const char* key, std::int64_t number, bool bad = false) {
      out_.element(
          "td", (bad ? "● " : "") + std::to_string(number),
          {{"class", bad ? "number bad" : "number"}, {"data-key", key}, {"data-value", std::to_string(number)}});
    };
    count("checks", one.checks, one.unchecked(made_.today));
    count("failed", one.failed, one.failed != 0);
    count("arrived", one.arrived);
    const auto& list = wording::list_state(one.list);
    const bool missing = one.list == "missing";
    out_.element("td", one.reconciled ? (missing ? "▲ " : "") + list.said(style_) : say("未照合", "not reconciled"),
                 {{"data-key", "list"}, {"data-value", one.list}, {"class", missing ? "bad" : ""}});
    if (one.reconciled) {
      count("matched", one.matched);
      count("missed", one.missed, one.missed != 0);
      count("unlisted", one.unlisted, one.unlisted != 0);
    } else {
      for (int i = 0; i < 3; ++i) out_.element("td", "");
    }
    out_.close();
  }

  void year() {
    section("year", "一年の受信確認と一覧メール", "A year of checks and list mails");
    draw_year(out_, say("一年の受信確認と一覧メール", "a year of checks and list mails"), made_.year, made_.today,
              words_);
    draw_year_legend(out_, words_);
    out_.close();
  }

  void arrivals() {
    section("arrivals", "到達の時間帯と曜日（一年）", "Arrivals by hour and weekday (a year)");
    out_.open("div", {{"class", "charts"}});
    std::vector<chart_bar> hours, weekdays;
    for (std::size_t i = 0; i < made_.hours.size(); ++i) hours.push_back({std::to_string(i), made_.hours[i]});
    for (unsigned i = 0; i < 7; ++i)
      weekdays.push_back({std::string(report_words::weekday(i, words_)), made_.weekdays[i]});
    out_.open("div", {{"class", "wide"}});
    draw_bars(out_, say("時間帯ごとの到達件数", "arrivals by hour"), hours);
    out_.close().open("div");
    draw_bars(out_, say("曜日ごとの到達件数", "arrivals by weekday"), weekdays);
    out_.close().close().close();
  }

  void clauses() {
    section("clauses", "規程の遵守状況", "Clauses of the rule");
    out_.open("table");
    row_of_heads(
        {say("条項", "clause"), say("状況", "state"), say("内容", "what it asks"), say("根拠となる記録", "evidence")});
    out_.open("tbody");
    for (const auto& one : made_.clauses) {
      const auto& word = report_words::state(one.state);
      out_.open("tr", {{"data-key", std::string(one.key)}, {"data-state", std::string(word.key)}});
      out_.element("td", one.label, {{"class", "fixed"}});
      out_.element("td", std::string(report_words::mark(one.state)) + " " + word.said(style_),
                   {{"class", "fixed s-" + std::string(word.key)}});
      out_.element("td", report_words::clause(one.key, words_)).open("td");
      for (const auto& [name, number] : one.numbers) {
        out_.open("span", {{"class", "fact"}}).text(report_words::number(name, words_)).text(" ");
        out_.element("b", std::to_string(number), {{"data-key", std::string(name)}}).close().text(" ");
      }
      for (const auto day : one.days) out_.element("span", to_string(day), {{"class", "fact"}}).text(" ");
      out_.close().close();
    }
    out_.close().close().close();
  }

  void foot() {
    const auto& scanner = made_.scanner;
    out_.open("footer").open("dl");
    const auto tell = [&](const std::string& name, const std::string& text, const char* key) {
      out_.element("dt", name).element("dd", text, {{"data-key", key}});
    };
    tell(say("ウイルス検査", "scanner"),
         scanner.engine.empty() ? say("判定の記録なし", "no judgement tells it")
                                : scanner.engine + say("、定義 ", ", signatures ") + scanner.version + " (" +
                                      std::to_string(scanner.signatures) + ") " + wording::time(scanner.built, true),
         "scanner");
    tell(say("規程", "rule"),
         made_.profile_reference + " " + made_.profile_title + say("（有効期間 ", " (valid ") + made_.valid_from +
             " - " + made_.valid_until + say("）", ")"),
         "rule");
    tell(say("台帳の末尾", "head of the ledger"), made_.ledger_head, "head");
    tell(say("台帳の封印", "ledger"), made_.ledger_sealed ? say("あり", "sealed") : say("なし", "not sealed"),
         "sealed");
    tell(say("作成", "made"), wording::time(to_rfc3339(made_.made_at), true), "made");
    out_.close().close();
  }

  const desk_report& made_;
  language words_;
  terminal::style style_;
  markup out_;
};

}  // namespace

std::string report_html(const desk_report& made, language words) {
  return page_writer(made, words).write();
}

}  // namespace intake
