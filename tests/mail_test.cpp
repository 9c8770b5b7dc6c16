#include "libintake/mail.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "libintake/base64.hpp"
#include "libintake/limits.hpp"

namespace {

const std::string head = "From: a@example.jp\r\nDate: Tue, 24 Nov 2026 09:00:00 +0900\r\nSubject: x\r\n";

intake::mail parse(const std::string& message) {
  return intake::parse_mail(message, "mx.example.jp");
}

/// Codes of the findings, each once, joined.
std::string codes(const intake::mail& seen) {
  std::string out;
  for (const auto& finding : seen.findings) {
    const auto code = std::string(finding.code.kind().code);
    if (out.find(code) == std::string::npos) out += code + "|";
  }
  return out;
}

bool tells(const intake::mail& seen, std::string_view what) {
  return std::any_of(seen.findings.begin(), seen.findings.end(),
                     [&](const auto& finding) { return finding.detail.find(what) != std::string::npos; });
}

std::string mixed(const std::string& parts, const std::string& kind = "mixed") {
  return head + "Content-Type: multipart/" + kind + "; boundary=x\r\n\r\n" + parts + "--x--\r\n";
}

std::string part(const std::string& header, const std::string& body) {
  return "--x\r\n" + header + "\r\n\r\n" + body + "\r\n";
}

}  // namespace

TEST_SUITE("mail") {
  TEST_CASE("a sound application mail has text, file and no finding") {
    const auto seen = parse(
        "Received: from a\r\nAuthentication-Results: mx.example.jp; dkim=pass header.d=example.jp\r\n"
        "From: =?UTF-8?B?5omL57aa44K144Kk44OI?= <a@example.jp>\r\nTo: Desk <d@example.jp>\r\nCc: c@example.jp\r\n"
        "Reply-To: r@example.jp\r\nDate: Tue, 24 Nov 2026 09:00:00 +0900\r\nMessage-ID: <1@example.jp>\r\n"
        "Subject: =?ISO-2022-JP?B?GyRCPz1AQRsoQg==?=\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n" +
        part("Content-Type: text/plain; charset=ISO-2022-JP", "\x1B$B?=@A\x1B(B") +
        part("Content-Type: application/zip; name=\"=?UTF-8?B?55Sz6KuL?=.zip\"\r\nContent-Transfer-Encoding: BASE64\r\n"
             "Content-Disposition: attachment; filename*=UTF-8''%E7%94%B3%E8%AB%8B.zip",
             "UEsDBA==") +
        "--x--\r\n");
    CHECK(codes(seen).empty());
    CHECK(seen.message_id == "<1@example.jp>");
    CHECK(seen.date == "2026-11-24T09:00:00+09:00");
    REQUIRE(seen.from.size() == 1);
    CHECK(seen.from[0].name == "手続サイト");
    CHECK(seen.to[0].address == "d@example.jp");
    CHECK(seen.cc[0].address == "c@example.jp");
    CHECK(seen.reply_to[0].address == "r@example.jp");
    CHECK(seen.subject == "申請");
    CHECK(seen.text == "申請");
    CHECK(seen.headers[8] == std::pair<std::string, std::string>{"Subject", "申請"});
    CHECK(seen.authentication.dkim == "pass");
    REQUIRE(seen.files.size() == 1);
    CHECK(seen.files[0].name == "申請.zip");
    CHECK(seen.files[0].declared_type == "application/zip");
    CHECK(seen.files[0].bytes == "PK\x03\x04");
  }

  TEST_CASE("every part that is not body text is a file, named or not, inline or not") {
    const auto seen =
        parse(mixed(part("Content-Type: text/plain", "body") + part("Content-Type: text/plain; name=list.txt", "a") +
                    part("Content-Type: text/html\r\nContent-Disposition: attachment", "<p>b") +
                    part("Content-Type: image/png\r\nContent-Disposition: inline\r\nContent-ID: <i>", "c") +
                    part("Content-Type: message/rfc822", "Subject: d\r\n\r\ne") +
                    part("Content-Type: application/ms-tnef; name=winmail.dat", "f") +
                    part("Content-Type: text/csv\r\nContent-Description: =?utf-8?q?g.csv?=", "h")));
    CHECK(seen.text == "body");
    REQUIRE(seen.files.size() == 6);
    CHECK(seen.files[0].name == "list.txt");
    CHECK(seen.files[1].declared_type == "text/html");
    CHECK(seen.files[2].name.empty());
    CHECK(seen.files[2].declared_type == "image/png");
    CHECK(seen.files[3].bytes == "Subject: d\r\n\r\ne");
    CHECK(seen.files[4].name == "winmail.dat");
    CHECK(seen.files[5].name == "g.csv");
    CHECK(codes(seen).empty());
  }

  TEST_CASE("uuencoded files in the text are files") {
    const auto seen = parse(head + "\r\nhello\r\nbegin 644 \xE7\x94\xB3.txt\r\n#86)C\r\n`\r\nend\r\n");
    CHECK(seen.text == "hello\n");
    REQUIRE(seen.files.size() == 1);
    CHECK(seen.files[0].name == "申.txt");
    CHECK(seen.files[0].bytes == "abc");
  }

  TEST_CASE("uuencoded files beyond the limit are told") {
    std::string files, parts;
    for (int i = 0; i < 900; ++i) files += "begin 644 a\n`\nend\n";
    for (int i = 0; i < 3; ++i) parts += part("Content-Type: text/plain", files);
    const auto seen = parse(mixed(parts));
    CHECK(seen.files.size() == intake::limits::mail_files);
    CHECK(codes(seen) == "mail.limit|");
  }

  TEST_CASE("a damaged part is kept as far as it goes, and named") {
    const auto seen = parse(
        mixed(part("Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64", "YWJj!ZGVm")));
    REQUIRE(seen.files.size() == 1);
    CHECK(seen.files[0].bytes == "abcdef");
    REQUIRE(seen.findings.size() == 1);
    CHECK(seen.findings[0].file == 0);
    CHECK(seen.findings[0].code.kind().code == "mail.malformed");
  }

  TEST_CASE("two names for one file are told") {
    const auto seen = parse(mixed(
        part("Content-Type: application/zip; name=a.exe\r\nContent-Disposition: attachment; filename=a.zip", "x")));
    CHECK(seen.files[0].name == "a.zip");
    CHECK(tells(seen, "two names"));
  }

  TEST_CASE("the text is what a reader sees, from plain or HTML") {
    const auto plain = part("Content-Type: text/plain; charset=utf-8", "受付番号：A1");
    const auto html = part("Content-Type: text/html; charset=utf-8", "<p>受付番号：<b>A1</b></p>");
    const auto both = parse(mixed(plain + html, "alternative"));
    CHECK(both.text == "受付番号：A1");
    CHECK(both.has_alternatives);
    CHECK(both.html_text == "受付番号：A1\n");
    CHECK(codes(both).empty());

    const auto only = parse(mixed(html, "alternative"));
    CHECK(only.text == "受付番号：A1\n");
    CHECK_FALSE(only.has_alternatives);
    CHECK(codes(only) == "body.html_only|");
    CHECK(codes(parse(mixed(part("Content-Type: text/plain", " ") + html, "alternative"))) == "body.html_only|");

    const auto one_after_the_other = parse(mixed(plain + html));
    CHECK(one_after_the_other.text == "受付番号：A1\n受付番号：A1\n");
    CHECK(codes(one_after_the_other) == "body.html_only|");
  }

  TEST_CASE("alternatives that say different things are told") {
    const auto seen = parse(mixed(
        part("Content-Type: text/plain", "Receipt A1") + part("Content-Type: text/html", "Receipt A2"), "alternative"));
    CHECK(codes(seen) == "body.hidden_text|");
    CHECK(tells(seen, "differ"));
  }

  TEST_CASE("hidden HTML text is told and its links are listed") {
    const auto seen = parse(
        head + "Content-Type: text/html\r\n\r\n<p>a</p><p style=display:none>b</p><a href=https://a.example/>c</a>");
    CHECK(seen.text == "a\nc\n");
    CHECK(tells(seen, "display:none: b"));
    CHECK(seen.links == std::vector<std::string>{"https://a.example/"});
  }

  TEST_CASE("flowed paragraphs are whole, and line ends and controls are made plain") {
    CHECK(parse(head + "Content-Type: text/plain; format=flowed\r\n\r\na \r\nb\r\n-- \r\nc").text == "a b\n-- \nc");
    CHECK(parse(head + "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\na \r\nb").text == "ab");
    const auto seen = parse(head + "\r\na\rb\x1B[2J");
    CHECK(seen.text == "a\nb\uFFFD[2J");
    CHECK(codes(seen) == "mail.malformed|");
  }

  TEST_CASE("a wrongly labelled body is read, and told") {
    const auto seen = parse(head + "Content-Type: text/plain; charset=us-ascii\r\n\r\n\x90\x5C\x90\xBF\x8F\x91");
    CHECK(seen.text == "申請書");
    CHECK(tells(seen, "labelled us-ascii, read as Shift_JIS"));
  }

  TEST_CASE("fields that may stand once are told when they stand twice, and all senders are kept") {
    const auto seen = parse(head + "From: b@example.com\r\nsubject: y\r\n\r\nz");
    CHECK(tells(seen, "more than one from"));
    CHECK(tells(seen, "more than one subject"));
    CHECK(seen.from.size() == 2);
    CHECK(seen.subject == "x");
    CHECK(tells(parse("Subject: a\r\n\r\nb"), "no From"));
    CHECK(tells(parse(mixed(part("Content-Type: text/plain\r\nContent-Type: text/html", "a"))),
                "part with more than one content-type"));
  }

  TEST_CASE("a message beyond a limit has its header, and nothing that would pass for all of it") {
    std::string parts;
    for (std::size_t i = 0; i <= intake::limits::mime_parts; ++i)
      parts += part("Content-Type: application/zip; name=a.zip", "x");
    const auto seen = parse(mixed(parts));
    CHECK(codes(seen) == "mail.limit|");
    CHECK(seen.subject == "x");
    CHECK(seen.files.empty());
  }

  TEST_CASE("every limit of a message's structure that is crossed is told as one") {
    const auto times = [](std::size_t count, const std::string& what) {
      std::string out;
      for (std::size_t i = 0; i < count; ++i) out += what;
      return out;
    };
    namespace limits = intake::limits;
    std::string deep, sections;
    for (std::size_t i = 0; i <= limits::mime_depth; ++i) {
      const auto boundary = "b" + std::to_string(i) + "x";
      deep += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
    }
    for (std::size_t i = 0; i <= limits::mime_parameters; ++i) sections += "; filename*" + std::to_string(i) + "=a";
    const std::string crossing[] = {
        deep,
        times(limits::mime_header_fields, "X: y\r\n"),
        "X: " + std::string(limits::mime_header_bytes, 'y') + "\r\n",
        "X: y\r\n" + times(limits::mime_folded_lines + 1, " z\r\n"),
        "Content-Type: text/plain" + times(limits::mime_parameters + 1, "; a=b") + "\r\n",
        "Content-Disposition: attachment" + sections + "\r\n",
        "Cc: a@example.jp" + times(limits::mime_addresses, ", a@example.jp") + "\r\n",
    };
    for (const auto& header : crossing) {
      CAPTURE(header.substr(0, 60));
      const auto seen = parse("From: a@example.jp\r\n" + header + "\r\nhello");
      CHECK(codes(seen).find("mail.limit") != std::string::npos);
      CHECK(seen.text.empty());
    }
  }

  TEST_CASE("a body beyond the limit is cut at a character, and told") {
    std::string body;
    for (std::size_t i = 0; i < intake::limits::mail_text_bytes; i += 2) body += "申";
    const auto seen = parse(head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body);
    CHECK(seen.text.size() <= intake::limits::mail_text_bytes);
    CHECK(codes(seen).find("mail.limit|") != std::string::npos);
    CHECK(seen.text.substr(seen.text.size() - 3) != "\x94\xB3");
  }

  TEST_CASE("many findings of one code are told to be more") {
    intake::mail seen;
    for (int i = 0; i < 1000; ++i) seen.find("mail.malformed", std::to_string(i));
    seen.find("mail.limit", "x");
    CHECK(seen.findings.size() == 102);
    CHECK(tells(seen, "and more"));
  }

  TEST_CASE("every message of the corpora is read") {
    const auto* shared = std::getenv("INTAKE_CORPORA");
    const std::filesystem::path folder = shared ? shared : INTAKE_SOURCE_DIR "/../../shared/corpora";
    if (!std::filesystem::exists(folder)) {
      MESSAGE("skipped: no shared/corpora");
      return;
    }
    std::size_t read = 0, named = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file() || entry.path().parent_path().filename().string().rfind("mime-", 0) != 0) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const auto seen = parse(std::string(std::istreambuf_iterator<char>(in), {}));
      ++read;
      for (const auto& file : seen.files) named += file.name.empty() ? 0 : 1;
    }
    CHECK(read > 500);
    CHECK(named > 100);
  }
}
