#include "libintake/body.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace intake;

namespace {

const body_examiner& examiner() {
  static const body_examiner one({"架空中央警察署", "エネルギー使用届", "受付番号", "proc.example.go.jp", "カード"},
                                 {"proc.example.go.jp", "www.example.go.jp"});
  return one;
}

std::string codes(std::string_view text) {
  std::string out;
  for (const auto& one : examiner().examine(text)) (out += out.empty() ? "" : " ") += one.code.kind().code;
  return out;
}

std::string detail(std::string_view text, std::string_view code) {
  for (const auto& one : examiner().examine(text))
    if (one.code.kind().code == code) return one.detail;
  return "none";
}

std::string hosts(std::string_view text) {
  std::string out;
  for (const auto& host : linked_hosts(text)) (out += out.empty() ? "" : " ") += host.empty() ? "(none)" : host;
  return out;
}

}  // namespace

TEST_SUITE("body") {
  TEST_CASE("ordinary Japanese letters have nothing unnatural") {
    for (const char* const text :
         {"警察行政手続サイトで次の申請を受け付けました。\n\n受付番号：20261117-0001\n申請者名：架空 太郎\n",
          "㈱架空商事　ｶｸｳ ﾀﾛｳ　①②③　ＡＢＣ　Ｔｅｌ：０９６－０００－０００１",
          "髙橋 﨑山 神社 邉󠄂 葛󠄀城市",
          "看板 3枚、幅 50μm、抵抗 10kΩ、α線・β版、Δt、γ-GTP、±0.5℃、㎡、№1、〒860-0000",
          "E-mail: taro@applicant.example.jp までお願いします。",
          "ＵＲＬ：ｈｔｔｐｓ：／／ｐｒｏｃ．ｅｘａｍｐｌｅ．ｇｏ．ｊｐ／ｔｏｐ",
          "https://proc.example.go.jp/ https://WWW.example.go.jp:443/a?b=c#d",
          "期間は12/1から12/5まで、時間は9:00〜17:00です。", "第二エネルギー使用届を二部、架空中央警察署へ。カード口座",
          "申請書.docx 見取図.pdf (1.5/2.0) v1.2/3", "naïve café Ñandú Łódź ß", "C:\\ の容量　N/A　and/or",
          "ヴァイオリン教室 ゟ ヿ 々 〆 ヶ 〇"})
      CHECK_MESSAGE(codes(text) == "", text << " -> " << codes(text));
  }

  TEST_CASE("Latin mixed with letters that are taken for it is confusable") {
    CHECK(codes("P\u0430ssword") == "body.confusable");
    CHECK(codes("\u0440aypal") == "body.confusable");
    CHECK(codes("G\u03bfogle") == "body.confusable");
    CHECK(codes("\u0555ffice") == "body.confusable");
    CHECK(detail("P\u0430ssword を", "body.confusable") == "“P\u0430ssword”");
  }

  TEST_CASE("letters of a script that such mails do not have are told by its name") {
    CHECK(codes("\u0645\u0631\u062d\u0628\u0627") == "body.foreign_script");
    CHECK(detail("\u0645\u0631\u062d\u0628\u0627", "body.foreign_script").starts_with("Arabic"));
    CHECK(codes("Иван") == "body.foreign_script");
    CHECK(codes("山田Иван") == "body.foreign_script");
    CHECK(codes("한국어") == "body.foreign_script");
    CHECK(codes("ไทย") == "body.foreign_script");
    CHECK(codes("λόγος") == "body.foreign_script");
  }

  TEST_CASE("what only looks like a word that matters is told, and the word itself is not") {
    CHECK(codes("架空中央警察署") == "");
    CHECK(codes("工ネルギー使用届") == "body.confusable");  // 工 is a kanji
    CHECK(codes("エネルギ一使用届") == "body.confusable");  // 一 is a kanji
    CHECK(codes("カ一ド") == "body.confusable");
    CHECK(codes("エネルギー使用届と工ネルギー使用届") == "body.confusable");
    CHECK(codes("proc.examp1e.go.jp") == "body.confusable body.url");
    CHECK(codes("PROC.EXAMPLE.GO.JP") == "");
    CHECK(codes("受付番号　工事") == "");
    CHECK(codes("\u2F42書") == "body.confusable");  // a radical that stands for 文
    CHECK(examiner().imitates("noreply@proc.examp1e.go.jp", "proc.example.go.jp"));
    CHECK_FALSE(examiner().imitates("noreply@proc.example.go.jp", "proc.example.go.jp"));
    CHECK_FALSE(examiner().imitates("", "proc.example.go.jp"));
  }

  TEST_CASE("invisible and direction-changing characters are told by their numbers") {
    for (const char* const hidden : {"\u200B",     "\u200C", "\u200D", "\u2060", "\u00AD", "\u202E", "\u202A", "\u2066",
                                     "\u2069",     "\u200E", "\u200F", "\u061C", "\u3164", "\u115F", "\uFFA0", "\u180E",
                                     "\U000E0041", "\x1b",   "\x07",   "\u0085", "\u2028", "\uFE0F"}) {
      const auto text = std::string("申請a") + hidden + "b";
      CHECK_MESSAGE(codes(text) == "body.hidden_text", text);
    }
    CHECK(detail("a\u202Eb\u200Bc\u202E", "body.hidden_text") == "invisible characters: U+202E, U+200B");
    CHECK(codes("\uFEFF本文") == "");  // a byte order mark at the very start
    CHECK(codes("本\uFEFF文") == "body.hidden_text");
    CHECK(codes("葛\U000E0100城") == "");  // the shape of a kanji
    CHECK(codes("a\U000E0100b") == "body.hidden_text");
    CHECK(codes("一行目\r\n二行目\tタブ") == "");
  }

  TEST_CASE("links are found however they are written") {
    CHECK(hosts("https://evil.example/a") == "evil.example");
    CHECK(hosts("詳細はhttp://evil.example。") == "evil.example");
    CHECK(hosts("ｈｔｔｐ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ／") == "evil.example");
    CHECK(hosts("hxxp://evil.example/") == "evil.example");
    CHECK(hosts("hXXps://evil[.]example/x") == "evil.example");
    CHECK(hosts("h**p://evil.example") == "evil.example");
    CHECK(hosts("http[:]//evil(.)example") == "evil.example");
    CHECK(hosts("evil[.]example") == "evil.example");
    CHECK(hosts("evil[dot]example を") == "evil.example");
    CHECK(hosts("evil (dot) example") == "evil.example");
    CHECK(hosts("www.evil.example") == "www.evil.example");
    CHECK(hosts("evil.example/login.html") == "evil.example");
    CHECK(hosts("http:\\\\evil.example\\a") == "evil.example");
    CHECK(hosts("https:/evil.example") == "evil.example");
    CHECK(hosts("https:evil.example") == "evil.example");
    CHECK(hosts("https://proc.example.go.jp@evil.example/") == "evil.example");
    CHECK(hosts("https://evil.example:8443/") == "evil.example");
    CHECK(hosts("https://EVIL.example./") == "evil.example");
    CHECK(hosts("https://evil。example/") == "evil.example");
    CHECK(hosts("https://192.0.2.1/") == "192.0.2.1");
    CHECK(hosts("https://[2001:db8::1]/") == "[2001:db8::1]");
    CHECK(hosts("ftp://evil.example file://evil.example/share") == "evil.example");
    CHECK(hosts("\\\\evil.example\\share") == "evil.example");
    CHECK(hosts("javascript:alert(1)") == "(none)");
    CHECK(hosts("data:text/html;base64,AAAA") == "(none)");
    CHECK(hosts("http://a.example http://b.example http://a.example") == "a.example b.example");
    CHECK(hosts("詳細は evil.com、または evil.co.jp へ") == "evil.com evil.co.jp");
    CHECK(hosts("Ｅｖｉｌ．ＸＹＺ") == "evil.xyz");
    CHECK(hosts("(pay.evil.online)") == "pay.evil.online");
    CHECK(hosts("偽警察.jp") == "偽警察.jp");
    CHECK(hosts("xn--evil-abc.xn--p1ai") == "xn--evil-abc.xn--p1ai");
    CHECK(hosts("See evil.io. 次") == "evil.io");
    CHECK(hosts("taro.yamada@a.example.com, a.jp@b.example.com") == "");
    CHECK(hosts("申請書.pdf 添付.xlsx note.md main.py No.12 e.g. 1.5kg 3.14 見本Co.Ltd") == "");
    CHECK(hosts("taro@applicant.example.jp 申請書.docx 1.5/2.0 2026.11.22") == "");
  }

  TEST_CASE("a link to a host that the profile does not name is told") {
    CHECK(codes("https://login.example.net/kakunin") == "body.url");
    CHECK(detail("https://login.example.net/kakunin", "body.url") == "login.example.net");
    CHECK(codes("https://sub.proc.example.go.jp/") == "body.url");
    CHECK(codes("https://proc.example.go.jp.evil.example/") == "body.url");
    CHECK(codes("https://proc.example.go.jp%2eevil.example/") == "body.url");
    CHECK(codes("https://proc.example.go.jp@evil.example/") == "body.url");
    CHECK(codes("hxxps://proc[.]example[.]go[.]jp/") == "");
  }

  TEST_CASE("targets of HTML links are looked at too") {
    CHECK(examiner()
              .examine_links({"https://proc.example.go.jp/", "mailto:a@b.example", "tel:0960000000", "#top"})
              .empty());
    CHECK(examiner().examine_links({"https://evil.example/"}).size() == 1);
    CHECK(examiner().examine_links({"javascript:x()"}).size() == 1);
    CHECK(examiner().examine_links({"//evil.example/pixel.png"}).size() == 1);
    CHECK(examiner().examine_links({"cid:part1", "custom-scheme:run"}).size() == 1);
    CHECK(examiner().examine_links({}).empty());
  }

  TEST_CASE("hostile texts cost no more than their length") {
    std::string text;
    for (int i = 0; i < 40'000; ++i) text += "http://h" + std::to_string(i) + ".example/ ";
    CHECK(linked_hosts(text).size() == 64);
    CHECK(codes(text) == "body.url");
    std::string dots;
    for (int i = 0; i < 200'000; ++i) dots += "a.";
    CHECK(codes(dots) == "");
    CHECK(codes(std::string(1'000'000, '\xff')) == "");
    std::string invisible;
    for (int i = 0; i < 100'000; ++i) invisible += "\u200B";
    CHECK(detail(invisible, "body.hidden_text") == "invisible characters: U+200B");
    std::string mixed;
    for (int i = 0; i < 100'000; ++i) mixed += "a\u0430";
    CHECK(detail(mixed, "body.confusable").size() < 300);
  }
}
