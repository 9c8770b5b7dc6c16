#include "libintake/filetype.hpp"

#include <doctest/doctest.h>

#include <map>

#include "libintake/filename.hpp"
#include "libintake/texttype.hpp"
#include "sample_files.hpp"

using namespace intake;
using namespace std::string_literals;
using k = file_kind;

namespace {

std::string ooxml(const std::string& main) {
  return sample::docx("<w:p/>", {}, {}, main);
}

std::string told(std::string_view name, k kind) {
  return name_contest(name, kind).value_or("");
}

}  // namespace

TEST_SUITE("filetype") {
  TEST_CASE("every kind that an office receives is known by its content") {
    const std::vector<std::pair<std::string, k>> files = {
        {"", k::empty},
        {"%PDF-1.4\n", k::pdf},
        {sample::ole({{"WordDocument", "x"}}), k::doc},
        {sample::ole({{"Workbook", "x"}}), k::xls},
        {sample::ole({{"Book", "x"}}), k::xls},
        {sample::ole({{"PowerPoint Document", "x"}}), k::ppt},
        {sample::ole({{"EncryptedPackage", "x"}, {"EncryptionInfo", "x"}}), k::ooxml_encrypted},
        {sample::ole({{"__properties_version1.0", "x"}}), k::msg},
        {sample::ole({{"Anything", "x"}}), k::ole},
        {ooxml(sample::word_main), k::docx},
        {ooxml("application/vnd.ms-word.document.macroEnabled.main+xml"), k::docm},
        {ooxml("application/vnd.ms-word.template.macroEnabledTemplate.main+xml"), k::dotm},
        {ooxml("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), k::xlsx},
        {ooxml("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), k::xlsm},
        {ooxml("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), k::xlsb},
        {ooxml("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), k::pptx},
        {ooxml("application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"), k::pptm},
        {sample::odt(), k::odt},
        {sample::zip({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}}), k::ods},
        {sample::zip({{"mimetype", "application/vnd.oasis.opendocument.presentation"}}), k::odp},
        {sample::zip({{"a.txt", "x"}}), k::zip},
        {"{\\rtf1 x}", k::rtf},
        {" \r\n{\\rt x}", k::rtf},
        {"氏名 架空 太郎\n", k::txt},
        {"\x8E\x81\x96\xBC\r\n"s, k::txt},  // CP932
        {"\x1B$B;aL>\x1B(B\r\n"s, k::txt},  // ISO-2022-JP
        {"\xFF\xFE"
         "a\0b\0"s,
         k::txt},
        {"番号,氏名\n1,見本 花子\n", k::csv},
        {"\xFF\xD8\xFF\xE0", k::jpeg},
        {"\x89PNG\r\n\x1A\n", k::png},
        {"II*\0x"s, k::tiff},
        {"MM\0*x"s, k::tiff},
        {"\0\0\0\x18"
         "ftypheic\0\0\0\0mif1"s,
         k::heic},
        {"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0"s, k::bmp},
        {"GIF89a", k::gif},
        {"RIFF\0\0\0\0WEBPVP8 "s, k::webp},
        {"\0\0\0\x0CjP  \r\n\x87\n"s, k::jp2},
        {"7z\xBC\xAF\x27\x1C", k::seven_zip},
        {"Rar!\x1A\x07\x01", k::rar},
        {"\x20\x05-lh5-" + std::string(30, 'x'), k::lzh},
        {"\x1F\x8B\x08", k::gz},
        {std::string(257, 'x') + "ustar", k::tar},
        {"MSCF\0\0\0\0"s, k::other_archive},
        {"\xFD" + "7zXZ\0"s, k::other_archive},
        {"BZh91AY&SY", k::other_archive},
        {"\x60\xEA\x2B\0"s, k::other_archive},
        {std::string(32769, '\0') + "CD001", k::disk_image},
        {"MZ" + std::string(32767, '\0') + "BEA01", k::pe},
        {std::string(1024, '\0') + "conectix" + std::string(504, '\0'), k::disk_image},
        {"\0\1\0\0Standard ACE DB\0"s, k::access},
        {"\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3", k::onenote},
        {"ITSF\3" + std::string(95, '\0'), k::chm},
        {"\xCA\xFE\xBA\xBE\0\0\0\x34"s, k::other_program},
        {sample::ole({{"x", "\x84\x10\x0C\0\0\0\0\0\xC0\0\0\0\0\0\0\x46"s}}), k::msi},
        {"<!DOCTYPE html><p>", k::html},
        {"<!-- x --><HTML><body>", k::html},
        {"\xFF\xFE<\0h\0t\0m\0l\0>\0"s, k::html},
        {"<?xml version='1.0'?><svg:svg xmlns:svg='s'/>", k::svg},
        {"<?xml version='1.0'?><data/>", k::xml},
        {"From: a@example.jp\nSubject: x\n\nbody", k::eml},
        {"L\0\0\0\x01\x14\x02\0"s, k::lnk},
        {"MZ" + std::string(100, '\0'), k::pe},
        {"\x7F"
         "ELF",
         k::elf},
        {"#!/bin/sh\n", k::script},
        {"@echo off\r\n", k::script},
        {"ID;PWXL;N;E\r\nO;E\r\nNN;NAuto_open;ER1C1\r\nC;X1;Y1;K0;EEXEC(\"calc.exe\")\r\nE\r\n", k::script},
        {"ID;P\rC;X1;Y1;K0\rE\r", k::script},
        {"WEB\r\n1\r\nhttp://example.com/\r\n", k::script},
        {"x = new ActiveXObject('WScript.Shell')", k::script},
    };
    for (const auto& [bytes, kind] : files) {
      CAPTURE(bytes.substr(0, 40));
      CHECK(row_of(recognise(bytes)).name == row_of(kind).name);
    }
  }

  TEST_CASE("text under the name of a script is a script") {
    CHECK(recognise("alert(1)\n", "a.js") == k::script);
    CHECK(recognise("alert(1)\n", "a.txt") == k::txt);
  }

  TEST_CASE("a PDF may begin within the first kilobyte, and nowhere else") {
    CHECK(recognise(std::string(900, ' ') + "%PDF-1.4") == k::pdf);
    CHECK(recognise(std::string(1100, ' ') + "%PDF-1.4") == k::txt);
  }

  TEST_CASE("damaged containers stay what their first bytes say") {
    CHECK(recognise("PK\3\4 and no directory") == k::zip);
    CHECK(recognise("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and no sectors") == k::ole);
    const std::string whole = sample::docx();
    for (std::size_t size = 4; size < whole.size(); size += 7) CHECK(recognise(whole.substr(0, size)) == k::zip);
  }

  TEST_CASE("a content type in another letter case or with parameters is the same") {
    CHECK(recognise(ooxml("APPLICATION/vnd.ms-word.document.MACROENABLED.main+xml; charset=x")) == k::docm);
  }

  TEST_CASE("libmagic names what has no structure here, and contradicts a false text") {
    const type_reader types;
    CHECK(types.identify("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0"s + std::string(60, '\0'), "a.wav").mime ==
          "audio/x-wav");
    CHECK(types.identify("氏名 架空 太郎\n", "a.txt").mime == "text/plain");
    CHECK(types.identify("GIF89a    %PDF-1.4", "a.gif").contest == "also begins as a PDF");
    CHECK(types.identify("%PDF-1.4", "a.pdf").contest.empty());
  }

  TEST_CASE("an extension of another kind is told") {
    CHECK(told("申請書.docx", k::docx).empty());
    CHECK(told("申請書.DOCX", k::docx).empty());
    CHECK(told("写真.JPG", k::jpeg).empty());
    CHECK(told("名簿.csv", k::txt).empty());
    CHECK(told("名簿.txt", k::csv).empty());
    CHECK(told("申請書", k::docx).empty());
    CHECK(told("申請書.v2", k::docx).empty());
    CHECK(told("申請書.docx", k::docm) == "named .docx, is docm");
    CHECK(told("申請書.pdf", k::pe) == "named .pdf, is pe");
    CHECK(told("申請書.pdf", k::unknown) == "named .pdf, of no known kind");
    CHECK(told("申請書.docx", k::ooxml_encrypted).empty());
    CHECK(told("フォルダ/申請書.pdf ", k::docx) == "named .pdf, is docx");
    CHECK(told("申請書．ｐｄｆ", k::docx) == "named .pdf, is docx");
  }

  TEST_CASE("two extensions of which the last one runs are told") {
    CHECK(told("申請書.pdf.exe", k::pe) == "two extensions, .pdf and .exe");
    CHECK(told("申請書.docx .js", k::script) == "two extensions, .docx and .js");
    CHECK(told("申請書.pdf.exe.", k::pe) == "two extensions, .pdf and .exe");
    CHECK(told("令和8.11.22 申請書.pdf", k::pdf).empty());
  }

  TEST_CASE("characters that make a name read otherwise are told") {
    CHECK(told("申請\xE2\x80\xAE"
               "fdp.exe",
               k::pe)
              .find("bidirectional") != std::string::npos);
    CHECK(told("申請\xE2\x80\x8B書.pdf", k::pdf).find("invisible") != std::string::npos);
    CHECK(told("申請\xE3\x85\xA4書.pdf", k::pdf).find("invisible") != std::string::npos);
    CHECK(told("a\x01.pdf", k::pdf).find("control") != std::string::npos);
    CHECK(told("a\xFF.pdf", k::pdf).find("UTF-8") != std::string::npos);
    CHECK(told("葛\xF3\xA0\x84\x80城.pdf", k::pdf).empty());  // a variant of an ideograph
    CHECK(extension_of("a\xE2\x80\x8B.e\xE2\x80\x8Bxe") == "exe");
  }

  TEST_CASE("the table of kinds has one row for each extension of a kind that is no text") {
    std::map<std::string, std::string> seen;
    for (const auto& row : kind_rows()) {
      if (row.kind == k::txt || row.kind == k::csv || row.kind == k::eml || row.kind == k::ooxml_encrypted) continue;
      std::string rest(row.extensions);
      for (auto space = rest.find(' '); !rest.empty(); space = rest.find(' ')) {
        const std::string one = rest.substr(0, space);
        rest = space == rest.npos ? "" : rest.substr(space + 1);
        CAPTURE(one);
        CHECK(seen.emplace(one, row.name).second);
      }
    }
    CHECK(seen.size() > 60);
  }

  TEST_CASE("cells that call a program are seen behind separators and quotes") {
    CHECK(has_dde_cell("1,=cmd|'/c calc'!A1\n"));
    CHECK(has_dde_cell("1,\"=cmd|'/c calc'!A1\"\n"));
    CHECK(has_dde_cell("@SUM(1+1)*cmd|' /C calc'!A0"));
    CHECK(has_dde_cell("a\n +cmd|x!A1"));
    CHECK_FALSE(has_dde_cell("=SUM(A1:A2)\n"));
    CHECK_FALSE(has_dde_cell("氏名|住所!\n"));
    CHECK_FALSE(has_dde_cell("1,-5\n2,+3|x\n"));
  }
}
