#include "libintake/notice.hpp"

#include <doctest/doctest.h>

#include "libintake/json.hpp"

using namespace intake;

namespace {

config desk() {
  config it;
  it.station = "chuo";
  it.stations = {{"chuo", "見本中央警察署", {}, "chuo@police.example.jp", "000-000-0000"},
                 {"higashi", "見本東警察署", {"東署"}, "higashi@police.example.jp", ""}};
  it.general_manager = {"総括 管理", "soukatsu@police.example.jp"};
  it.site_administrator = {"見本課長", "site@agency.example.jp"};
  return it;
}

profile rule() {
  profile it;
  it.clauses = {{"malware", "第9-1"}, {"missed", "第9-1"}, {"misdirected", "第9-2"}, {"list_missing", "第9-3"}};
  it.procedures = {{"道路使用許可申請", 2400}};
  it.notices["ask_resubmit"] = {"再申請 {receipt_no}", "{applicant} 様\n{findings}\n{unknown}{"};
  it.notices["ask_resubmit.malware"] = {"検知 {receipt_no}", "{clause}"};
  it.notices["ask_redirect"] = {"宛先", "{named_station}"};
  it.notices["tell_fee"] = {"手数料", "{fee}円 {submitted_at}"};
  it.notices["report_list_missing"] = {"未受信 {day}", "{general_manager} 殿"};
  it.notices["report_list_missing.site_administrator"] = {"未受信", "{site_administrator} 殿"};
  return it;
}

std::string line(const std::string& applicant, const std::string& actions, const std::string& more = {}) {
  return R"({"intake":1,"id":"m-1","kind":"application","arrived_at":"2026-11-22T23:40:01+09:00","application":{"receipt_no":"R-1","station":"東署","procedure":"道路使用許可申請","applicant":)" +
         json::quoted(applicant) + R"(,"applicant_address":"kaku@example.net"},"actions":[)" + actions + "]" + more +
         "}";
}

const date today = *parse_iso_date("2026-11-24");

}  // namespace

TEST_SUITE("notice") {
  TEST_CASE("an action becomes one draft in the words of its clause") {
    const record rec(
        line("架空 太郎", R"({"do":"ask_resubmit","clause":"第9-1","to":"applicant","why":["malware.found"]})"));
    const auto letters = drafts_for(rec, desk(), rule(), today);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].subject == "検知 R-1");
    CHECK(letters[0].body == "第9-1");
    CHECK(letters[0].name == "架空 太郎");
    CHECK(letters[0].address == "kaku@example.net");
    CHECK(letters[0].about == "m-1");
  }

  TEST_CASE("values fill fields, what is not known stays a blank, and braces that name no field stay") {
    const record rec(line(
        "架空 太郎",
        R"({"do":"ask_redirect","clause":"第9-2","to":"applicant"},{"do":"tell_fee","clause":"?","to":"applicant"},{"do":"ask_resubmit","clause":"?","to":"applicant","why":["archive.password","unheard.of"]})",
        R"(,"disposition":"accept")"));
    const auto letters = drafts_for(rec, desk(), rule(), today);
    REQUIRE(letters.size() == 3);
    CHECK(letters[0].body == "見本東警察署");
    CHECK(letters[1].body == "2,400円 ＿＿＿＿＿＿");
    CHECK(letters[2].body == "架空 太郎 様\n・Zipのパスワードが合いません\n{unknown}{");
  }

  TEST_CASE("the fee is told when the application is accepted or cleared, not while somebody must look") {
    const std::string fee = R"({"do":"tell_fee","clause":"?","to":"applicant"})";
    const record accepted(line("架空 太郎", fee, R"(,"disposition":"accept")"));
    CHECK(drafts_for(accepted, desk(), rule(), today).size() == 1);
    const record doubted(line("架空 太郎", fee, R"(,"disposition":"confirm")"));
    CHECK(drafts_for(doubted, desk(), rule(), today).empty());
    CHECK(drafts_for(doubted, desk(), rule(), today, true).size() == 1);
  }

  TEST_CASE("nobody is written to whose address is in doubt, whatever the actions say") {
    const std::string ask = R"({"do":"ask_resubmit","clause":"第9-1","to":"applicant","why":["malware.found"]})";
    for (const char* code :
         {"sender.spoofed", "sender.not_site", "sender.reply_to", "applicant.mismatch", "mail.malformed"}) {
      const record forged(line("架空 太郎", ask, R"(,"findings":[{"code":")" + std::string(code) + R"("}])"));
      CHECK_MESSAGE(drafts_for(forged, desk(), rule(), today).empty(), code);
      CHECK(!correction_draft(forged, "x", desk(), rule(), today));
    }
    const record disowned(
        R"({"intake":1,"id":"m-3","kind":"direct","mail":{"authentication":{"spf":"FAIL"},"from":[{"address":"a@example.net"}]},"actions":[{"do":"ask_resubmit","to":"applicant"}]})");
    CHECK(drafts_for(disowned, desk(), rule(), today).empty());
  }

  TEST_CASE("when a clerk has cleared what was doubted, the fee is told without the doubted address") {
    const record doubted(line("架空 太郎", "", R"(,"disposition":"confirm","findings":[{"code":"sender.reply_to"}])"));
    CHECK(drafts_for(doubted, desk(), rule(), today).empty());
    const auto letters = drafts_for(doubted, desk(), rule(), today, true);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].action == "tell_fee");
    CHECK(letters[0].address.empty());
    CHECK(letters[0].opens);
  }

  TEST_CASE("a correction says what the clerk says, line by line, and opens its action") {
    auto words = rule();
    words.notices["ask_correction"] = {"補正 {receipt_no}", "{applicant} 様\n{detail}\n{station_address}"};
    const record rec(line("架空 太郎", ""));
    const auto letter = correction_draft(rec, "縮尺がありません。\r\n印がありません。\n", desk(), words, today);
    REQUIRE(letter);
    CHECK(letter->body == "架空 太郎 様\n縮尺がありません。 \n印がありません。\nchuo@police.example.jp");
    CHECK(letter->address == "kaku@example.net");
    CHECK(letter->opens);
    CHECK(to_message(*letter, desk(), {}) !=
          to_message(*correction_draft(rec, "別の補正", desk(), words, today), desk(), {}));
  }

  TEST_CASE("no line of a header is longer than 76 characters, however long a name is") {
    std::string name;
    for (int i = 0; i < 200; ++i) name += "架空";
    const record rec(line(name, R"({"do":"ask_resubmit","clause":"?","to":"applicant"})"));
    auto letters = drafts_for(rec, desk(), rule(), today);
    letters.at(0).subject = name;
    const auto message = to_message(letters[0], desk(), {});
    for (std::size_t at = 0, end; (end = message.find("\r\n", at)) != message.npos; at = end + 2) CHECK(end - at <= 76);
  }

  TEST_CASE("reports go to both managers, and what is the clerk's makes no letter") {
    const record rec(line(
        "架空 太郎",
        R"({"do":"report_list_missing","clause":"第9-3","to":"general_manager"},{"do":"phone_confirm","clause":"x","to":"clerk"},{"do":"check_list","clause":"x","to":"clerk"})",
        R"(,"list":{"day":"2026-11-17"})"));
    const auto letters = drafts_for(rec, desk(), rule(), today);
    REQUIRE(letters.size() == 2);
    CHECK(letters[0].subject == "未受信 2026年11月17日");
    CHECK(letters[0].address == "soukatsu@police.example.jp");
    CHECK(letters[1].body == "見本課長 殿");
    CHECK(letters[1].address == "site@agency.example.jp");
  }

  TEST_CASE("a name that carries line ends and fields stays a name") {
    const record rec(line("架空\r\nBcc: evil@example.net\r\n\r\n{receipt_no}\u2028次\u202e",
                          R"({"do":"ask_resubmit","clause":"?","to":"applicant"})"));
    const auto letters = drafts_for(rec, desk(), rule(), today);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].body.starts_with("架空  Bcc: evil@example.net    {receipt_no} 次  様\n"));
    const std::string message = to_message(letters[0], desk(), {1'763'900'000, 540});
    const std::string head = message.substr(0, message.find("\r\n\r\n"));
    CHECK(head.find("Bcc") == head.npos);
    CHECK(head.find("\nTo: ") != head.npos);
    for (std::size_t at = 0; (at = message.find('\n', at)) != message.npos; ++at) CHECK(message[at - 1] == '\r');
  }

  TEST_CASE("an address that could be read in two ways is not written to") {
    for (const char* address : {"a@b@c", "a b@example.net", "a@example.net,b@example.net", "a@example.net\r\nBcc: x@y",
                                "架空@example.net", "@x", "x@"}) {
      const record rec(R"({"intake":1,"id":"m-2","kind":"application","application":{"applicant_address":)" +
                       json::quoted(address) + R"(},"actions":[{"do":"ask_resubmit","to":"applicant"}]})");
      const auto letters = drafts_for(rec, desk(), rule(), today);
      REQUIRE(letters.size() == 1);
      CHECK_MESSAGE(letters[0].address.empty(), address);
      CHECK(to_message(letters[0], desk(), {}).find("\nTo:") == std::string::npos);
    }
  }

  TEST_CASE("the sender of a direct mail is who is written to, the site never") {
    const std::string tail =
        R"("mail":{"from":[{"name":"見本 花子","address":"hanako@example.net"}]},"actions":[{"do":"ask_redirect","to":"applicant"}]})";
    const record direct(R"({"intake":1,"id":"m-3","kind":"direct",)" + tail);
    CHECK(drafts_for(direct, desk(), rule(), today).at(0).address == "hanako@example.net");
    const record application(R"({"intake":1,"id":"m-3","kind":"application",)" + tail);
    CHECK(drafts_for(application, desk(), rule(), today).at(0).address.empty());
  }
}
