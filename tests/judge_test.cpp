#include "libintake/judge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "libintake/json.hpp"

using namespace intake;

namespace {

const profile& rule() {
  static const profile one = load_profile("kumamoto-2021", INTAKE_SOURCE_DIR "/share/intake/profiles");
  return one;
}

const config& desk() {
  static const config one = [] {
    config made;
    made.station = "chuo";
    made.stations = {{"chuo", "架空中央警察署", {"中央署"}, "chuo@police.example.jp", "096-000-0000"},
                     {"kita", "見本北警察署", {}, "kita@police.example.jp", "096-000-0001"}};
    made.accounts.push_back({.name = "chuo", .station = "chuo"});
    made.accounts.push_back({.name = "kita", .station = "kita"});
    return made;
  }();
  return one;
}

const char* const letter_text =
    "警察行政手続サイトで次の申請を受け付けました。\n\n受付番号：20261117-0001\n申請日時：2026年11月17日 9時1分\n"
    "手続名：制限外積載許可申請\n申請先：架空中央警察署\n申請者名：架空 太郎\n\n添付のファイルのとおりです。\n";

/// A record as it comes out of intake-scan; each member can be made different.
struct sample {
  std::string id = "m-1", subject = "【警察行政手続サイト】申請受付のお知らせ", text = letter_text, html;
  std::string from_name = "警察行政手続サイト", from = "noreply@proc.example.go.jp", more_from, reply_to, reply_to_name;
  std::string authentication = R"({"server":"mx.police.example.jp","dkim":"pass","dkim_domain":"proc.example.go.jp"})";
  std::string files =
      R"([{"id":"f0","path":"20261117-0001.zip","origin":"attachment","encryption":"aes-256","opened":true},)"
      R"({"id":"f1","path":"申請書.docx","origin":"archive","from":"f0","type":"application/pdf","scan":{"verdict":"clean"}}])";
  std::string findings = "[]", stages = R"({"parse":{},"decrypt":{},"scan":{}})", more, account;

  [[nodiscard]] record make() const {
    json::writer out;
    out.begin_object().member("intake", 1).member("id", id);
    if (!account.empty()) out.key("source").begin_object().member("account", account).end_object();
    out.key("mail").begin_object().key("from").begin_array();
    if (!from.empty()) out.begin_object().member_if("name", from_name).member("address", from).end_object();
    if (!more_from.empty()) out.begin_object().member("address", more_from).end_object();
    out.end_array();
    if (!reply_to.empty() || !reply_to_name.empty())
      out.key("reply_to")
          .begin_array()
          .begin_object()
          .member_if("name", reply_to_name)
          .member("address", reply_to)
          .end_object()
          .end_array();
    out.member("subject", subject).member_if("text", text).member_if("html_text", html);
    if (!authentication.empty()) out.key("authentication").raw(authentication);
    out.end_object();
    out.key("files").raw(files).key("findings").raw(findings).key("stages").raw(stages);
    auto line = out.end_object().take();
    if (!more.empty()) line.insert(line.size() - 1, "," + more);
    return record(line);
  }
};

/// Nothing came before, unless a test says so.
struct memory final : precedents {
  std::set<std::string> receipts, applicants, addresses;
  bool complete = true;
  bool receipt_seen(std::string_view number, std::string_view) const override {
    return receipts.contains(std::string(number));
  }
  bool malware_from_applicant(std::string_view name, std::string_view) const override {
    return applicants.contains(std::string(name));
  }
  bool malware_from_sender(std::string_view address, std::string_view) const override {
    return addresses.contains(std::string(address));
  }
  bool whole() const override { return complete; }
};

judgement judged(const sample& of, const memory& known = {}, const profile& by = rule(), const config& at = desk()) {
  return judge(by, at).consider(of.make(), known);
}

std::string codes(const judgement& made) {
  std::set<std::string> all;
  for (const auto& one : made.findings) all.emplace(one.code.kind().code);
  std::string out;
  for (const auto& code : all) (out += out.empty() ? "" : " ") += code;
  return out;
}

std::string actions(const judgement& made) {
  std::string out;
  for (const auto& one : made.actions) (out += out.empty() ? "" : " ") += one.what->name;
  return out;
}

/// "kind disposition: codes / actions".
std::string told(const judgement& made) {
  return made.kind + " " + made.disposition + ": " + codes(made) + " / " + actions(made);
}
std::string told(const sample& of, const memory& known = {}) {
  return told(judged(of, known));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

sample with_text(std::string_view from, std::string_view to) {
  sample made;
  made.text = replaced(made.text, from, to);
  return made;
}

sample with_finding(const std::string& code, const std::string& file = "f1") {
  sample made;
  made.findings = R"([{"code":")" + code + R"(","severity":"error","file":")" + file + R"("}])";
  return made;
}

}  // namespace

TEST_SUITE("judge") {
  TEST_CASE("a regular application is accepted, with its fields and without findings or actions") {
    const auto made = judged({});
    CHECK(told(made) == "application accept:  / ");
    CHECK(made.field("receipt_no") == "20261117-0001");
    CHECK(made.field("procedure") == "制限外積載許可申請");
    CHECK(made.field("station") == "架空中央警察署");
    CHECK(made.field("applicant") == "架空 太郎");
    CHECK(made.field("submitted_at") == "2026-11-17T09:01:00+09:00");
  }

  TEST_CASE("full-width and half-width forms change nothing") {
    sample wide;
    wide.subject = "【警察行政手続サイト】申請（ＡＢＣ）";
    wide.text =
        "受付番号　２０２６１１１７－０００１\r\n申請日時：令和８年１１月１７日　午前９時１分\r\n"
        "手続名：制限外積載許可申請\r\n申請先：中央署\r\n申請者名：ｶｸｳ ﾀﾛｳ\r\n";
    const auto made = judged(wide);
    CHECK(told(made) == "application accept:  / ");
    CHECK(made.field("receipt_no") == "20261117-0001");
    CHECK(made.field("applicant") == "カクウ タロウ");
    CHECK(made.field("submitted_at") == "2026-11-17T09:01:00+09:00");
  }

  TEST_CASE("a mail of HTML alone is read from what its reader sees") {
    sample html;
    html.html = html.text;
    html.text.clear();
    html.findings = R"([{"code":"body.html_only","severity":"warning"}])";
    CHECK(told(html) == "application confirm:  / check_list phone_confirm");
    CHECK(judged(html).field("applicant") == "架空 太郎");
  }

  TEST_CASE("a body without the site's lines deviates, and the finding says in what") {
    sample bare;
    bare.text = "申請書を送ります。添付を開いてください。\n";
    const auto made = judged(bare);
    CHECK(told(made) == "application confirm: body.layout / check_list phone_confirm");
    const auto& detail = made.findings[0].detail;
    for (const char* const part :
         {"no line 受付番号", "no line 申請者名", "receipt_no is not told", "station is not told"})
      CHECK_MESSAGE(detail.find(part) != std::string::npos, detail);
    CHECK(codes(judged(with_text("申請日時：2026年11月17日", "申請日時：2026年2月30日"))) == "body.layout");
    CHECK(codes(judged(with_text("手続名：制限外積載許可申請\n", ""))) == "body.layout");
    CHECK(codes(judged(with_text("手続名：", "受付番号：20261117-0002\n手続名："))) == "body.layout");
    CHECK(codes(judged(with_text("架空 太郎", std::string(1001, 'x')))) == "body.layout");
    auto moved = with_text("申請者名：架空 太郎\n", "");
    moved.text.insert(0, "申請者名：架空 太郎\n");
    CHECK(judged(moved).findings.at(0).detail.find("is not where it belongs") != std::string::npos);
  }

  TEST_CASE("the body's findings come from subject, names shown, text and HTML") {
    CHECK(codes(judged(with_text("添付", "https://login.example.net/ 添付"))) == "body.url");
    CHECK(codes(judged(with_text("添付", "P\u0430ssword 添付"))) == "body.confusable");
    CHECK(codes(judged(with_text("添付", "\u0645\u0631\u062d 添付"))) == "body.foreign_script");
    CHECK(codes(judged(with_text("添付", "添\u200B付"))) == "body.hidden_text");
    sample subject;
    subject.subject += "\u202E";
    CHECK(codes(judged(subject)) == "body.hidden_text");
    sample name;
    name.from_name = "サイト\u202E";
    CHECK(codes(judged(name)) == "body.hidden_text");
    sample html;
    html.html = html.text + "\nhttps://login.example.net/\n";
    CHECK(codes(judged(html)) == "body.url");
    sample link;
    link.more = R"("x":1)";
    auto line = std::string(link.make().original());
    line = replaced(line, R"("subject":)", R"("links":["https://login.example.net/"],"subject":)");
    CHECK(codes(judge(rule(), desk()).consider(record(line), memory())) == "body.url");
  }

  TEST_CASE("a sender that is not the site is told, and what the site's words are worth then") {
    sample other;
    other.from = "uketsuke@applicant.example.net";
    other.from_name.clear();
    CHECK(told(other) == "application confirm: sender.not_site / check_list phone_confirm");
    other.from.clear();
    CHECK(told(other) == "application confirm: sender.not_site / check_list phone_confirm");
  }

  TEST_CASE("a name that shows another address than the mailbox is told") {
    const auto with = [](const std::string& name, const std::string& address) {
      sample made;
      made.from_name = name;
      made.from = address;
      return told(made).find("sender.spoofed") != std::string::npos;
    };
    CHECK(with("info@bank.example <support>", "noreply@proc.example.go.jp"));
    CHECK(with("Ｔａｒｏ＠Applicant.Example.JP", "taro@attacker.example"));
    CHECK_FALSE(with("taro@applicant.example.jp", "Taro@Applicant.example.jp"));
    CHECK_FALSE(with("架空 太郎 @ 熊本", "taro@applicant.example.jp"));
    CHECK_FALSE(with("@", "taro@applicant.example.jp"));
  }

  TEST_CASE("the site's address counts only when the desk's own server vouches for it") {
    const auto with = [](const std::string& authentication) {
      sample made;
      made.authentication = authentication;
      return told(made);
    };
    const std::string spoofed = "application confirm: sender.spoofed / check_list phone_confirm";
    CHECK(with("") == spoofed);
    CHECK(with(R"({"server":"mx.attacker.example","dkim":"pass","dkim_domain":"proc.example.go.jp"})") == spoofed);
    CHECK(with(R"({"server":"mx.police.example.jp","dkim":"fail","dkim_domain":"proc.example.go.jp"})") == spoofed);
    CHECK(with(R"({"server":"mx.police.example.jp","spf":"pass","spf_domain":"proc.example.go.jp"})") == spoofed);
    CHECK(with(R"({"server":"mx.police.example.jp","dkim":"pass","dkim_domain":"attacker.example"})") == spoofed);
    CHECK(with(R"({"server":"mx.police.example.jp","dkim":"pass"})") == spoofed);
    CHECK(with(R"({"server":"mx.police.example.jp","dkim":"pass","dkim_domain":"jp"})") == spoofed);
    CHECK(with(R"({"server":"mx.police.example.jp","dkim":"pass","dkim_domain":"notproc.example.go.jp"})") == spoofed);
    CHECK(with(R"({"server":"MX.police.example.jp","dkim":"pass","dkim_domain":"example.go.jp"})") ==
          "application accept:  / ");
  }

  TEST_CASE("whoever shows the site's name or address as his own is a spoofer") {
    const auto with = [](const std::string& name, const std::string& address) {
      sample made;
      made.from_name = name;
      made.from = address;
      return codes(judged(made));
    };
    CHECK(with("警察行政手続サイト", "x@evil.example") == "sender.spoofed");
    CHECK(with("警察 行政手続サイト 受付", "x@evil.example") == "sender.spoofed");
    CHECK(with("noreply@proc.example.go.jp", "x@evil.example") == "sender.spoofed");
    CHECK(with("ｎｏｒｅｐｌｙ＠ｐｒｏｃ．ｅｘａｍｐｌｅ．ｇｏ．ｊｐ", "x@evil.example") == "sender.spoofed");
    CHECK(with("", "noreply@proc.example.go.jp.evil.example") == "sender.spoofed");
    CHECK(with("", "noreply@proc.examp1e.go.jp").find("sender.spoofed") == 0);
    CHECK(with("", "other@proc.example.go.jp") == "sender.not_site");
    sample two;
    two.more_from = "x@evil.example";
    CHECK(codes(judged(two)) == "sender.spoofed");
  }

  TEST_CASE("answers that would go elsewhere are told") {
    sample elsewhere;
    elsewhere.reply_to = "x@evil.example";
    CHECK(told(elsewhere) == "application confirm: sender.reply_to / check_list phone_confirm");
    elsewhere.reply_to = "NoReply@proc.example.go.jp";
    CHECK(told(elsewhere) == "application accept:  / ");
  }

  TEST_CASE("exactly the regular archive may be attached") {
    const auto with = [](const std::string& files) {
      sample made;
      made.files = files;
      return codes(judged(made));
    };
    const std::string sealed =
        R"({"id":"f0","path":"a.zip","origin":"attachment","encryption":"aes-128","opened":true})";
    const std::string member =
        R"({"id":"f1","path":"b.pdf","origin":"archive","from":"f0","scan":{"verdict":"clean"}})";
    const std::string clean = R"("scan":{"verdict":"clean"})";
    CHECK(with("[" + sealed + "," + member + "]") == "");
    CHECK(with("[]") == "attachment.missing");
    CHECK(with("[" + sealed + "]") == "attachment.missing");
    CHECK(with("[" + sealed + "," + member + R"(,{"id":"f2","path":"readme.txt","origin":"attachment",)" + clean +
               "}]") == "attachment.unexpected");
    CHECK(with(R"([{"id":"f0","path":"a.docx","origin":"attachment",)" + clean + "}]") ==
          "attachment.missing attachment.unexpected");
    CHECK(with("[" + sealed + "," + member +
               R"(,{"id":"f2","path":"c.zip","origin":"attachment","encryption":"aes-256",)" + clean + "}]") ==
          "attachment.unexpected");
    CHECK(with(R"([{"id":"f0","path":"a.zip","origin":"attachment","encryption":"none","opened":true},)" + member +
               "]") == "attachment.missing attachment.unexpected");
  }

  TEST_CASE("what decrypt has said of an archive is not said again") {
    for (const char* const code :
         {"archive.not_encrypted", "archive.zipcrypto", "archive.password", "archive.ambiguous"}) {
      auto sealed = with_finding(code, "f0");
      sealed.files =
          R"([{"id":"f0","path":"a.zip","origin":"attachment","type":"application/zip","scan":{"verdict":"clean"}}])";
      CHECK_MESSAGE(codes(judged(sealed)) == "", code);
    }
  }

  TEST_CASE("what was not read cannot be missing") {
    sample cut;
    cut.files = "[]";
    cut.text.clear();
    cut.findings = R"([{"code":"mail.limit","severity":"error"}])";
    CHECK(told(cut) == "application confirm:  / check_list phone_confirm");
  }

  TEST_CASE("a file without verdict is never taken for clean") {
    const auto with = [](const std::string& member) {
      sample made;
      made.files = R"([{"id":"f0","path":"a.zip","origin":"attachment","encryption":"aes-128","opened":true},)"
                   R"({"id":"f1","path":"b.pdf","origin":"archive","from":"f0")" +
                   member + "}]";
      return told(made);
    };
    CHECK(with(R"(,"scan":{"verdict":"clean"})") == "application accept:  / ");
    CHECK(with("") == "application confirm: scan.missing / report_fault");
    CHECK(with(R"(,"scan":{})") == "application confirm: scan.missing / report_fault");
    CHECK(with(R"(,"scan":{"verdict":"CLEAN"})") == "application confirm: scan.missing / report_fault");
    CHECK(with(R"(,"scan":{"verdict":1})") == "application confirm: scan.missing / report_fault");
    CHECK(with(R"(,"scan":{"verdict":"unknown"})") == "application confirm: scan.failed / check_list phone_confirm");
    CHECK(with(R"(,"scan":{"verdict":"infected","signature":"X"})") ==
          "application return: malware.found / ask_resubmit");
    sample container;
    container.files = replaced(container.files, R"("opened":true)", R"("opened":true,"data":"QUJD")");
    CHECK(codes(judged(container)) == "scan.missing");
    sample whole;
    whole.more = R"("scan":{"verdict":"infected"})";
    CHECK(told(whole) == "application return: malware.found / ask_resubmit");
  }

  TEST_CASE("a stage that did not run is a fault, and nothing is accepted without it") {
    const auto without = [](const std::string& stages) {
      sample made;
      made.stages = stages;
      return told(made);
    };
    CHECK(without(R"({"parse":{},"scan":{}})") == "application confirm: stage.failed / report_fault");
    CHECK(without(R"({"parse":{},"decrypt":{}})") == "application confirm: scan.missing / report_fault");
    CHECK(without("{}") == "application confirm: stage.failed / report_fault");
    CHECK(told(judge(rule(), desk()).consider(record(R"({"intake":1,"id":"m-9"})"), memory())) ==
          "other confirm: stage.failed / report_fault");
    CHECK(told(judge(rule(), desk())
                   .consider(
                       record(R"({"intake":1,"id":"x-9","findings":[{"code":"input.unusable","severity":"error"}]})"),
                       memory())) == "other confirm:  / report_fault");
  }

  TEST_CASE("nothing that a stage touched without confinement is accepted") {
    sample touched;
    touched.more = R"("insecure":true)";
    CHECK(told(touched) == "application confirm: stage.failed / report_fault");
    CHECK(judge(rule(), desk()).consider(sample().make(), memory(), true).disposition == "confirm");
  }

  TEST_CASE("an application for another station is sent on, one for nobody's is doubted") {
    CHECK(told(with_text("架空中央警察署", "見本北警察署")) ==
          "application return: station.misdirected / ask_redirect");
    CHECK(told(with_text("架空中央警察署", "どこか署")) ==
          "application confirm: station.unknown / check_list phone_confirm");
    auto there = with_text("架空中央警察署", "見本北警察署");
    there.account = "kita";
    CHECK(told(there) == "application accept:  / ");
    sample here;
    here.account = "kita";
    CHECK(codes(judged(here)) == "station.misdirected");
  }

  TEST_CASE("two applicants in one mail are told, in the letter and between letter and HTML") {
    auto twice = with_text("添付", "申請者名：別人 次郎\n添付");
    CHECK(told(twice) == "application confirm: applicant.mismatch / check_list phone_confirm");
    sample html;
    html.html = replaced(html.text, "架空 太郎", "別人 次郎");
    CHECK(codes(judged(html)) == "applicant.mismatch");
    html.html = replaced(html.text, "架空 太郎", "架空太郎");
    CHECK(codes(judged(html)) == "");
  }

  TEST_CASE("a receipt number that came before is told") {
    memory known;
    known.receipts = {"20261117-0001"};
    CHECK(told(sample{}, known) == "application confirm: duplicate.receipt / check_list phone_confirm");
  }

  TEST_CASE("malware is answered by asking again, and after malware by asking to come to the counter") {
    memory known;
    known.applicants = {"架空 太郎"};
    CHECK(told(sample{}, known) == "application confirm: repeat.after_malware / check_list phone_confirm");
    const auto infected = with_finding("malware.found");
    CHECK(told(infected) == "application return:  / ask_resubmit");
    const auto made = judged(infected, known);
    CHECK(made.disposition == "return");
    CHECK(actions(made).find("ask_counter") == 0);
    CHECK(actions(made).find("ask_resubmit") == std::string::npos);
    CHECK(made.actions[0].clause == "malware");
    CHECK(made.actions[0].why == std::vector<std::string>{"malware.found", "repeat.after_malware"});
  }

  TEST_CASE("nobody is written to whose address is in doubt") {
    for (const char* const code : {"malware.found", "archive.password"}) {
      auto forged = with_finding(code, "f0");
      forged.authentication.clear();
      const auto made = judged(forged);
      for (const auto& action : made.actions) CHECK(action.what->to != "applicant");
      const auto phone = std::find_if(made.actions.begin(), made.actions.end(),
                                      [](const auto& one) { return one.what->name == "phone_confirm"; });
      REQUIRE(phone != made.actions.end());
      CHECK(std::find(phone->why.begin(), phone->why.end(), code) != phone->why.end());
    }
    auto redirected = with_text("架空中央警察署", "見本北警察署");
    redirected.reply_to = "x@evil.example";
    CHECK(actions(judged(redirected)) == "check_list phone_confirm");
  }

  TEST_CASE("what only the applicant can mend is asked for, with the clause it rests on") {
    for (const char* const code :
         {"archive.password", "archive.damaged", "archive.limit", "archive.nested_encrypted"}) {
      const auto made = judged(with_finding(code, "f0"));
      CHECK_MESSAGE(told(made) == "application return:  / ask_resubmit", code);
      CHECK(made.actions[0].clause == "regular_file");
      CHECK(made.actions[0].why == std::vector<std::string>{code});
    }
  }

  TEST_CASE("every code of the table leads to the disposition that its effect says") {
    for (const auto& kind : finding_kinds) {
      const auto made = judged(with_finding(std::string(kind.code)));
      const std::string expected = kind.effect == effect::refuse || kind.effect == effect::mend ? "return"
                                   : kind.effect == effect::doubt                               ? "confirm"
                                                                                                : "accept";
      CHECK_MESSAGE(made.disposition == expected, std::string(kind.code));
      CHECK_MESSAGE(made.actions.empty() == (expected == "accept"), std::string(kind.code));
      for (const auto& action : made.actions) CHECK(is_clause_key(action.clause));
    }
  }

  TEST_CASE("a code of a newer version is a doubt, unless it is information") {
    CHECK(told(with_finding("future.code")) == "application confirm:  / check_list phone_confirm");
    auto info = with_finding("future.code");
    info.findings = R"([{"code":"future.code","severity":"info"}])";
    CHECK(told(info) == "application accept:  / ");
    info.findings = R"([{"code":17}])";
    CHECK(judged(info).disposition == "confirm");
  }

  TEST_CASE("fees are told to whom the application is taken from") {
    const auto paid = with_text("制限外積載許可申請", "道路使用許可申請");
    CHECK(told(paid) == "application accept:  / tell_fee");
    auto forged = paid;
    forged.authentication.clear();
    CHECK(actions(judged(forged)) == "check_list phone_confirm");
    auto infected = paid;
    infected.findings = R"([{"code":"malware.found","severity":"error","file":"f1"}])";
    CHECK(actions(judged(infected)) == "ask_resubmit");
  }

  TEST_CASE("an application sent past the site is answered with the way through it") {
    sample direct;
    direct.subject = "許可の申請について";
    direct.text = "見本 花子です。申請書を送ります。\n";
    direct.from = "hanako@applicant.example.jp";
    direct.from_name = "見本 花子";
    direct.authentication = R"({"server":"mx.police.example.jp","dkim":"pass","dkim_domain":"applicant.example.jp"})";
    direct.files =
        R"([{"id":"f0","path":"a.docx","origin":"attachment","type":"application/pdf","scan":{"verdict":"clean"}}])";
    CHECK(told(direct) == "direct return:  / ask_site");
    auto disowned = direct;
    disowned.authentication = R"({"server":"mx.police.example.jp","dkim":"fail","dmarc":"fail"})";
    CHECK(told(disowned) == "direct return:  / phone_confirm");
    auto infected = direct;
    infected.findings = R"([{"code":"malware.found","severity":"error","file":"f0"}])";
    CHECK(told(infected) == "direct return:  / ask_resubmit");
    memory known;
    known.addresses = {"hanako@applicant.example.jp"};
    CHECK(told(infected, known) == "direct return: repeat.after_malware / ask_counter phone_confirm");
    auto named = direct;
    named.files = "[]";
    named.text = "制限外積載許可申請をしたいのですが。";
    CHECK(told(named) == "direct return:  / ask_site");
  }

  TEST_CASE("what is no application at all is left to a person, and nobody is asked anything") {
    sample news;
    news.subject = "事務用品のご案内";
    news.text = "今月のご案内です。\n";
    news.from = "news@shop.example.net";
    news.from_name.clear();
    news.files = "[]";
    CHECK(told(news) == "other confirm:  / ");
    sample unknown;
    unknown.subject = "【警察行政手続サイト】メンテナンスのお知らせ";
    CHECK(told(unknown) == "other confirm: body.layout / ");
  }

  TEST_CASE("a list is a list only when it is genuine") {
    sample list;
    list.subject = "【警察行政手続サイト】一覧（2026年11月17日分）";
    list.text = "対象日：2026年11月17日\n件数：1件\n\n20261117-0001  09:01  道路使用許可申請  中央署  架空 太郎\n";
    list.files = "[]";
    const auto made = judged(list);
    CHECK(told(made) == "list list:  / ");
    REQUIRE(made.list.day);
    CHECK(to_string(*made.list.day) == "2026-11-17");
    CHECK(made.list.entries.size() == 1);

    auto forged = list;
    forged.authentication.clear();
    CHECK(told(forged) == "other confirm: sender.spoofed / report_fault");
    CHECK(judged(forged).list.entries.empty());
    auto stranger = list;
    stranger.from = "x@evil.example";
    stranger.from_name.clear();
    CHECK(told(stranger) == "other confirm: sender.not_site / report_fault");
    auto miscounted = list;
    miscounted.text = replaced(list.text, "1件", "2件");
    CHECK(told(miscounted) == "list confirm: body.layout / report_fault");
    auto unscanned = list;
    unscanned.files = R"([{"id":"f0","path":"list.csv","origin":"attachment","data":"QUJD"}])";
    CHECK(codes(judged(unscanned)).find("scan.missing") != std::string::npos);
    auto gone = list;
    gone.files = R"([{"id":"f0","path":"list.csv","origin":"attachment","scan":{"verdict":"clean"}}])";
    CHECK(told(gone) == "list confirm: stage.failed / report_fault");
  }

  TEST_CASE("a correction comes straight from the applicant, and names an application that is known") {
    sample correction;
    correction.subject = "補正書類の送付";
    correction.text = "受付番号：20261117-0001\n補正しました。\n";
    correction.from = "taro@applicant.example.jp";
    correction.from_name.clear();
    correction.authentication.clear();
    correction.files = R"([{"id":"f0","path":"a.docx","origin":"attachment","scan":{"verdict":"clean"},)"
                       R"("type":"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}])";
    memory known;
    known.receipts = {"20261117-0001"};
    const auto made = judged(correction, known);
    CHECK(told(made) == "correction accept:  / ");
    CHECK(made.corrected_receipt_no == "20261117-0001");
    CHECK(told(correction) == "correction confirm: body.layout / phone_confirm");
    auto unnamed = correction;
    unnamed.text = "補正しました。\n";
    CHECK(told(unnamed, known) == "correction confirm: body.layout / phone_confirm");
    auto empty = correction;
    empty.files = "[]";
    CHECK(told(empty, known) == "correction confirm: attachment.missing / phone_confirm");
    auto program = correction;
    program.files =
        R"([{"id":"f0","path":"a.exe","origin":"attachment","type":"application/x-dosexec","scan":{"verdict":"clean"}}])";
    CHECK(told(program, known) == "correction confirm: attachment.unexpected / phone_confirm");
  }

  TEST_CASE("when what passed before is lost, nothing is called the first of its kind") {
    memory known;
    known.complete = false;
    CHECK(told(sample{}, known) == "application confirm: stage.failed / report_fault");
  }

  TEST_CASE("a judgement replaces an earlier one, and judging twice adds nothing") {
    sample before;
    before.more =
        R"("kind":"list","list":{"entries":[]},"correction":{"receipt_no":"1"},"disposition":"accept","actions":[{"do":"x"}])";
    before.text = "短い\n";
    auto first = before.make();
    write(first, judge(rule(), desk()).consider(first, memory()));
    record again(first.line());
    CHECK(again["kind"].str() == "application");
    CHECK(again["disposition"].str() == "confirm");
    CHECK(!again["list"]);
    CHECK(!again["correction"]);
    CHECK(again["findings"].items().size() == 1);
    CHECK(again["actions"].items().size() == 2);
    CHECK(again["actions"].items()[1]["why"].items().at(0).str() == "body.layout");
    write(again, judge(rule(), desk()).consider(again, memory()));
    CHECK(record(again.line())["findings"].items().size() == 1);
    CHECK(record(again.line()).line() == again.line());
  }

  TEST_CASE("hostile strings in fields come out as JSON strings") {
    auto hostile = with_text("架空 太郎", "\",\"disposition\":\"accept\",\"x\":\"");
    hostile.authentication.clear();
    auto rec = hostile.make();
    write(rec, judge(rule(), desk()).consider(rec, memory()));
    const record out(rec.line());
    CHECK(out["disposition"].str() == "confirm");
    CHECK(out["application"]["applicant"].str().find("disposition") != std::string::npos);
  }

  TEST_CASE("members of the wrong kind are doubts, never trouble") {
    for (const char* const members :
         {R"("mail":17)", R"("mail":[])", R"("mail":{"from":{},"subject":[],"text":7})", R"("mail":{"from":[[],7,{}]})",
          R"("mail":{},"files":{})", R"("mail":{},"files":[7,[],{}],"stages":[])", R"("findings":{"code":1},"mail":{})",
          R"("mail":{"from":[{"address":7}],"reply_to":[7],"authentication":[]},"source":7)"}) {
      record rec(std::string(R"({"intake":1,"id":"m-1",)") + members + "}");
      const auto made = judge(rule(), desk()).consider(rec, memory());
      CHECK_MESSAGE(made.disposition == "confirm", members);
    }
  }

  TEST_CASE("another prefecture's rule works without a line of code: accepted, doubted, listed, corrected, sent past") {
    const auto other = load_profile(INTAKE_SOURCE_DIR "/tests/data/profile-other.toml");
    config station;
    station.station = "mihon";
    station.stations = {{"mihon", "見本警察署", {"見本署"}, "mihon@kakuu.example.jp", ""},
                        {"rei", "例示警察署", {}, "rei@kakuu.example.jp", ""}};
    set_clause_labels(other.clauses);
    sample good;
    good.subject = "［電子窓口］　新しい届出（架空 太郎様）";
    good.from = "madoguchi2@denshi.example.jp";
    good.from_name = "架空県電子窓口";
    good.text =
        "整理番号＝R8-1\n届出の種類＝架空届\n提出先＝見本署\n届出人＝架空 太郎\n受付＝R8.11.17 "
        "午後3時5分\n電話＝000\n署名＝架空太郎\n"
        "https://denshi.example.jp/\n";
    good.authentication = R"({"server":"mail.kakuu.example.jp","spf":"pass","spf_domain":"bounce.denshi.example.jp",)"
                          R"("dmarc":"pass","dmarc_domain":"denshi.example.jp"})";
    good.files =
        R"([{"id":"f0","path":"届出書_架空太郎.zip","origin":"attachment","encryption":"aes-256","opened":true},)"
        R"({"id":"f1","path":"添付.zip","origin":"attachment","encryption":"aes-256","opened":true},)"
        R"({"id":"f2","path":"a.pdf","origin":"archive","from":"f0","scan":{"verdict":"clean"}},)"
        R"({"id":"f3","path":"b.pdf","origin":"archive","from":"f1","scan":{"verdict":"clean"}}])";
    const auto by = [&](const sample& of, const memory& known = {}) { return told(judged(of, known, other, station)); };
    CHECK(by(good) == "application accept:  / tell_fee");
    const auto made = judged(good, {}, other, station);
    CHECK(made.field("telephone") == "000");
    CHECK(made.field("submitted_at") == "2026-11-17T15:05:00+09:00");

    auto odd = good;
    odd.text = replaced(good.text, "署名＝架空太郎", "署名＝別人 次郎");
    CHECK(by(odd) == "application confirm: applicant.mismatch / check_list phone_confirm");
    odd = good;
    odd.files = replaced(good.files, "届出書_架空太郎", "届出書_別人次郎");
    CHECK(by(odd) == "application confirm: applicant.mismatch / check_list phone_confirm");
    odd = good;
    odd.subject = replaced(good.subject, "架空 太郎", "別人 次郎");
    CHECK(by(odd) == "application confirm: applicant.mismatch / check_list phone_confirm");
    odd = good;
    odd.reply_to = "madoguchi@denshi.example.jp";
    odd.reply_to_name = "別人 次郎";
    CHECK(by(odd) == "application confirm: applicant.mismatch / check_list phone_confirm");
    odd = good;
    odd.text = replaced(good.text, "見本署", "例示警察署");
    CHECK(by(odd) == "application return: station.misdirected / ask_redirect");
    odd = good;
    odd.authentication = replaced(good.authentication, R"("dmarc":"pass")", R"("dmarc":"none")");
    CHECK(by(odd) == "application confirm: sender.spoofed / check_list phone_confirm");
    odd = good;
    odd.findings = R"([{"code":"macro.vba","severity":"error","file":"f2"}])";
    CHECK(by(odd) == "application return:  / ask_resubmit");  // [stricter]
    odd.findings = R"([{"code":"archive.password","severity":"error","file":"f0"}])";
    CHECK(by(odd) == "application confirm:  / check_list phone_confirm tell_fee");

    auto infected = good.make();
    infected.find("malware.found", {.file = "f2"});
    record rec(infected.line());
    write(rec, judge(other, station).consider(rec, memory()));
    CHECK(record(rec.line())["actions"].items().at(0)["clause"].str() == "第6条第3号");

    sample list = good;
    list.subject = "[電子窓口] 日報 11/17";
    list.text = "日付＝令和8年11月17日\n合計＝1\n";
    // 整理番号,受付時刻,届出の種類,提出先,届出人 / R8-1,15:05,架空届,見本署,架空 太郎 in CP932
    list.files = R"([{"id":"f0","path":"nippou1117.csv","origin":"attachment","scan":{"verdict":"clean"},"data":")"
                 "kK6XnZTUjYYsjvOVdI6ejY8sk82Pb4LMju2X3iyS8Y9vkOYsk82Pb5BsDQpSOC0xLDE1OjA1LInLi/OTzSyMqZZ7j5"
                 "AsicuL8yCRvphZDQo="
                 R"("}])";
    const auto day = judged(list, {}, other, station);
    CHECK(told(day) == "list list:  / ");
    REQUIRE(day.list.entries.size() == 1);
    CHECK(day.list.entries[0].procedure == "架空届");
    CHECK(day.list.entries[0].submitted_at == "2026-11-17T15:05:00+09:00");

    sample correction = good;
    correction.subject = "差替え書類";
    correction.from = "taro@applicant.example.jp";
    correction.from_name.clear();
    correction.text = "整理番号＝R8-1\n";
    correction.files =
        R"([{"id":"f0","path":"a.pdf","origin":"attachment","type":"application/pdf","scan":{"verdict":"clean"}}])";
    memory known;
    known.receipts = {"R8-1"};
    CHECK(by(correction, known) == "correction accept:  / ");
    correction.subject = "届出をします";
    correction.files = "[]";
    CHECK(by(correction) == "direct return:  / ask_site");
    set_clause_labels({});
  }
}
