#include "libintake/show.hpp"

#include <doctest/doctest.h>

#include "libintake/message_page.hpp"

using namespace intake;

namespace {

constexpr std::string_view doubtful =
    R"json({"intake":1,"id":"m-0123456789abcdef0123456789abcdef","arrived_at":"2026-11-20T09:06:00+09:00",)json"
    R"json("raw":{"size":9,"data":"SECRETRAW"},"mail":{"from":[{"name":"\u202eevil\u001b[2J","address":"a@example.jp"}],)json"
    R"json("subject":"件名","text":"本文\u001b]0;x"},"kind":"application",)json"
    R"json("application":{"receipt_no":"20261120-0001","applicant":"架空 太郎","station":"熊本中央警察署"},)json"
    R"json("files":[{"id":"f0","path":"a\u202e.docx","size":3,"data":"SECRETFILE","scan":{"verdict":"clean"},)json"
    R"json("pdf":{"pages":2,"data":"SECRETPDF","path":"out.pdf"}}],)json"
    R"json("findings":[{"code":"body.url","severity":"warning","clause":"第8-1(2)","detail":"x\u001b[0m"},)json"
    R"json({"code":"future.code","severity":"error","file":"f0"}],)json"
    R"json("actions":[{"do":"phone_confirm","clause":"第4-2(5)","to":"clerk","why":["body.url"]}],)json"
    R"json("disposition":"confirm","stages":{"fetch":{"tool":"intake-fetch 0.1","at":"2026-11-20T09:10:00+09:00"}}})json";

terminal::style style_of(std::size_t columns, terminal::language words) {
  terminal::style style;
  style.columns = columns;
  style.words = words;
  return style;
}

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (const auto& line : terminal::wrapped(text, 10'000)) most = std::max(most, terminal::width(line));
  return most;
}

void check_harmless(const std::string& text) {
  for (const char* unwanted : {"\x1b", "\u202e", "SECRET"}) CHECK(text.find(unwanted) == std::string::npos);
}

}  // namespace

TEST_SUITE("show") {
  TEST_CASE("a row fits the width, with its findings in words below it") {
    const record rec{std::string(doubtful)};
    for (const auto words : {terminal::language::english, terminal::language::japanese})
      for (const std::size_t columns : {40, 60, 80, 120, 200}) {
        show::table table(style_of(columns, words));
        const std::string text = table.lines(rec) + table.foot();
        CAPTURE(text);
        CHECK(widest(text) <= columns);
        check_harmless(text);
        CHECK(text.find(words == terminal::language::japanese ? "要確認" : "confirm") != std::string::npos);
        CHECK(text.find("架空 太郎") != std::string::npos);
        CHECK(text.find("future.code") != std::string::npos);
      }
    show::table table(style_of(100, terminal::language::japanese));
    CHECK(table.lines(rec).find("本文に見慣れないURLがあります") != std::string::npos);
  }

  TEST_CASE("what is still to be done stands below its message, day, account or desk, with its due day") {
    show::table table(style_of(80, terminal::language::japanese));
    const auto shown = [&](const char* line) { return table.lines(show::read(line)); };
    const auto day =
        shown(R"({"subject":"day:2026-11-18","open":[{"do":"ask_resubmit","due":"2026-11-19","overdue":true}]})");
    CHECK(day.starts_with("2026-11-18\n"));
    CHECK(day.find("再申請を依頼する（期限 2026-11-19、超過）") != std::string::npos);
    CHECK(shown(R"({"subject":"account:chuo\u001b[2J","open":[]})") == "アカウント chuo␛[2J\n");
    CHECK(shown(R"({"subject":"desk","open":[]})") == "窓口全体\n");
    CHECK(table.foot().empty());
    const auto message = shown(
        R"({"intake":1,"id":"m-1","disposition":"accept","ledger":{"open":[{"do":"tell_fee","due":"2026-11-20"}]}})");
    CHECK(message.find("（期限 2026-11-20）") != std::string::npos);
    check_harmless(day + message);
  }

  TEST_CASE("the foot counts what was shown by disposition, and the unjudged as such") {
    show::table table(style_of(80, terminal::language::english));
    const record rec{std::string(doubtful)};
    (void)table.lines(rec);
    (void)table.lines(rec);
    (void)table.lines(record(R"({"intake":1,"id":"m-1","disposition":"nonsense"})"));
    CHECK(table.foot() == "3 messages  confirm 2  unjudged 1\n");
  }

  TEST_CASE("a page tells everything but bytes, and neutralises the text") {
    const record rec{std::string(doubtful)};
    const std::string text = show::page(rec, style_of(80, terminal::language::japanese));
    CAPTURE(text);
    check_harmless(text);
    for (const char* wanted :
         {"m-0123456789abcdef", "20261120-0001", "第8-1(2)", "第4-2(5)", "<U+202E>evil␛[2J",
          "本文に見慣れないURLがあります", "名義人に電話等で確認する", "2ページ", "intake-fetch 0.1"})
      CHECK(text.find(wanted) != std::string::npos);
  }

  TEST_CASE("a record of unexpected shape is shown, not refused") {
    const record rec(R"({"intake":1,"id":"m-1","findings":{"a":1},"files":[1,{"id":5}],"mail":[],"actions":"x",)"
                     R"("application":7,"stages":[]})");
    show::table table(style_of(80, terminal::language::english));
    CHECK(table.lines(rec).find("unjudged") != std::string::npos);
    CHECK(show::page(rec, style_of(80, terminal::language::english)).find("m-1") != std::string::npos);
  }

  TEST_CASE("a day's reconciliation is one row with what was missed") {
    const record rec = show::read(
        R"({"reconcile":1,"day":"2026-11-18","list":"received","matched":2,"missed":[{"receipt_no":"20261118-0009",)"
        R"("applicant":"未着 秋子"}],"unlisted":[{"id":"m-0123456789"}],"actions":[{"do":"ask_resubmit","to":"applicant"}]})");
    show::table table(style_of(80, terminal::language::japanese));
    const std::string text = table.lines(rec);
    CHECK(text.find("2026-11-18") != std::string::npos);
    CHECK(text.starts_with("2026-11-18"));
    CHECK(text.find("受信漏れ: 20261118-0009 未着 秋子") != std::string::npos);
    CHECK(text.find("掲載なし: 01234567") != std::string::npos);
    CHECK(text.find("再申請") != std::string::npos);
    CHECK_THROWS_AS(show::read("{}"), unusable_line);
  }

  TEST_CASE("the JSON view keeps all members but the bytes") {
    const std::string text = show::without_bytes(record{std::string(doubtful)});
    check_harmless(text);
    const record rec{text};
    CHECK(rec["raw"]["size"].integer() == 9);
    CHECK(rec.files()[0]["pdf"]["path"].str() == "out.pdf");
    CHECK_FALSE(rec.files()[0]["data"]);
  }
}
