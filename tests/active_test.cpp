#include "libintake/active.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "libintake/base64.hpp"
#include "libintake/limits.hpp"
#include "sample_files.hpp"
#include "zip_builder.hpp"

using namespace intake;
using namespace std::string_literals;
using sample::docx;
using sample::ole;
using sample::pdf;
using sample::relation;
using sample::relations;

namespace {

active_report look(const std::string& bytes, const std::string& name = "") {
  return find_active(bytes, recognise(bytes, name));
}

bool has_tag(const active_report& report, std::string_view tag) {
  return std::find(report.tags.begin(), report.tags.end(), tag) != report.tags.end();
}

/// Codes of everything found, each once, in order.
std::string codes(const active_report& report) {
  std::string text;
  for (const auto& item : report.items)
    if (text.find(item.code.kind().code) == std::string::npos) text += std::string(item.code.kind().code) + ' ';
  return text;
}

std::string override_type(const std::string& part, const std::string& type) {
  return "<Override PartName=\"" + part + "\" ContentType=\"" + type + "\"/>";
}

std::string record(unsigned type, const std::string& body) {
  return sample::le(type, 2) + sample::le(body.size(), 2) + body;
}

std::string word_document(const std::string& text, unsigned flags = 0) {
  std::string fib(0x300, '\0');
  const auto put = [&](std::size_t at, std::uint64_t value, unsigned bytes) {
    fib.replace(at, bytes, sample::le(value, bytes));
  };
  put(0, 0xA5EC, 2);
  put(2, 0xC1, 2);
  put(10, flags, 2);
  put(0x01A2, 0, 4);
  put(0x01A6, 21, 4);
  const std::string clx = "\2" + sample::le(16, 4) + sample::le(0, 4) + sample::le(text.size(), 4) + sample::le(0, 2) +
                          sample::le(0x40000000 | 0x600, 4) + sample::le(0, 2);
  return ole({{"WordDocument", fib + text}, {"0Table", clx}});
}

const std::string vba = ole({{"VBA/dir", "x"}, {"VBA/_VBA_PROJECT", "x"}, {"PROJECT", "x"}});
const std::string catalogue = "<</Type/Catalog/Pages 2 0 R";
const std::string pages = "<</Type/Pages/Kids[]/Count 0>>";

}  // namespace

TEST_SUITE("active") {
  TEST_CASE("documents without active content have none") {
    for (const std::string& bytes : {docx(), sample::odt(), pdf({catalogue + ">>", pages}), "{\\rtf1 \\b x}"s,
                                     ole({{"Workbook", record(0x0809, "\0\6\5\0"s)}}), word_document("x"),
                                     "番号,氏名\n1,見本 花子\n"s, "<html><p>x</p></html>"s}) {
      const auto report = look(bytes);
      CHECK(codes(report) == "");
      CHECK(report.tags.empty());
      CHECK(report.complete);
    }
  }

  TEST_CASE("a VBA project is found in any storage of an OLE2 file") {
    CHECK(codes(look(ole({{"Workbook", ""}, {"_VBA_PROJECT_CUR/VBA/dir", "x"}}))) == "macro.vba ");
    CHECK(codes(look(ole({{"Anything", ""}, {"Else/Deeper/VBA/dir", "x"}}))) == "macro.vba ");
    CHECK(has_tag(look(vba), "vba"));
  }

  TEST_CASE("a VBA project is found in OOXML under any name") {
    const std::string type = "application/vnd.ms-office.vbaProject";
    CHECK(codes(look(docx("", {{"word/vbaProject.bin", vba}}, override_type("/word/vbaProject.bin", type)))) ==
          "macro.vba ");
    CHECK(codes(look(docx("", {{"word/image9.png", "x"}}, override_type("/word/image9.png", type)))) == "macro.vba ");
    CHECK(codes(look(docx("", {{"word/media/a.bin", vba}}))) == "macro.vba ");  // by content alone
    CHECK(codes(look(docx("", {{"word/_rels/document.xml.rels",
                                relations("<Relationship Type=\"http://schemas.microsoft.com/office/2006/"
                                          "relationships/vbaProject\" Target=\"x.y\"/>")}}))) == "macro.vba ");
  }

  TEST_CASE("Excel 4 macros are found in records and in packages") {
    const std::string sheet = "\0\0\0\0\2\1\1\0x"s;
    const auto old = look(ole({{"Workbook", record(0x0809, "\0\6\5\0"s) + record(0x85, sheet)}}));
    CHECK(codes(old) == "macro.xlm ");
    CHECK(old.items[0].detail.find("very hidden") != std::string::npos);
    CHECK(codes(look("\x09\x04\x06\0\0\0\x40\0\0\0"s)) == "macro.xlm ");
    CHECK(codes(look(docx("", {{"xl/macrosheets/sheet1.xml", "<x/>"}},
                          override_type("/xl/macrosheets/sheet1.xml", "application/vnd.ms-excel.macrosheet+xml"),
                          "application/vnd.ms-excel.sheet.macroEnabled.main+xml"))) == "macro.xlm ");
  }

  TEST_CASE("links of old workbooks: another file, and another program by DDE") {
    const auto link = [](const std::string& target) {
      return look(ole({{"Workbook", record(0x01AE, "\0\0"s + sample::le(target.size(), 2) + "\0"s + target)}}));
    };
    CHECK(codes(link("cmd\3/c calc")) == "macro.dde ");
    CHECK(codes(link("other.xls")) == "macro.external_link ");
    CHECK(codes(look(ole({{"Workbook", record(0x01AE, "\1\0\1\4"s)}}))) == "");
  }

  TEST_CASE("DDE fields of Word are found in one run, in split runs, nested and computed") {
    const auto run = [](const std::string& text) { return "<w:r><w:instrText>" + text + "</w:instrText></w:r>"; };
    const auto mark = [](const std::string& type) { return "<w:r><w:fldChar w:fldCharType=\"" + type + "\"/></w:r>"; };
    CHECK(codes(look(docx("<w:fldSimple w:instr=\" DDEAUTO c:\\x.exe\"/>"))) == "macro.dde ");
    CHECK(codes(look(docx(mark("begin") + run(" D") + run("D") + run("EAUTO x") + mark("separate") + mark("end")))) ==
          "macro.dde ");
    CHECK(codes(look(docx(mark("begin") + run(" QUOTE ") + mark("begin") + run("dde x") + mark("end") +
                          mark("end")))) == "macro.dde ");
    CHECK(codes(look(docx(mark("begin") + mark("begin") + run("QUOTE 68 68 69") + mark("end") + mark("end")))) ==
          "macro.dde ");
    CHECK(codes(look(docx(mark("begin") + run(" DDE x")))) == "macro.dde ");  // no end
    CHECK(codes(look(docx(run(" DDE x")))) == "macro.dde ");                  // no beginning
    CHECK(codes(look(docx(mark("begin") + run(" PAGE ") + mark("end") + "<w:t>DDE</w:t>"))) == "");
    CHECK(codes(look(docx("", {{"word/header1.xml", "<w:hdr><w:fldSimple w:instr='dde x'/></w:hdr>"}}))) ==
          "macro.dde ");
    CHECK(codes(look(word_document("\x13 DDEAUTO c:\\x \x14\x15"))) == "macro.dde ");
    CHECK(codes(look(word_document("\x13 PAGE \x14"
                                   "1\x15 DDE"))) == "");
  }

  TEST_CASE("DDE and links of workbooks in OOXML") {
    const sample::parts dde = {{"xl/externalLinks/externalLink1.xml",
                                "<externalLink><ddeLink ddeService=\"cmd\" ddeTopic=\"/c calc\"/></externalLink>"}};
    CHECK(codes(look(docx("", dde))) == "macro.dde ");
    CHECK(codes(look(docx("", {{"xl/externalLinks/_rels/externalLink1.xml.rels",
                                relations(relation("externalLinkPath", "file:///C:/a.xlsx", true))}}))) ==
          "macro.external_link ");
    CHECK(codes(look("1,=cmd|'/c calc'!A1\n2,3\n"s)) == "macro.dde ");
    CHECK(codes(look("1,\"=WebService(\"\"http://example.com/\"\")\"\n2,3\n"s)) == "macro.external_link ");
  }

  TEST_CASE("DDE in a workbook whose parts are records") {
    const auto text = [](const std::string& of) {
      std::string wide = sample::le(of.size(), 4);
      for (const char c : of) wide += c + "\0"s;
      return wide;
    };
    const auto look_at = [](const std::string& part) {
      return look(docx("", {{"xl/externalLinks/externalLink1.bin", part}},
                       override_type("/xl/externalLinks/externalLink1.bin", "application/vnd.ms-excel.externalLink"),
                       "application/vnd.ms-excel.sheet.binary.macroEnabled.main"));
    };
    const auto link = [&](unsigned kind) {
      const std::string body = sample::le(kind, 2) + text("cmd") + text("/c calc.exe");
      return "\xE8\x02"s + static_cast<char>(body.size()) + body + "\xCC\x04\x00"s;
    };
    const auto found = look_at(link(1));
    CHECK(codes(found) == "macro.dde ");
    CHECK(found.items[0].detail == "cmd /c calc.exe (xl/externalLinks/externalLink1.bin)");
    // Behind another record, whose size takes two bytes; and another kind of link.
    CHECK(codes(look_at("\x01\x80\x01"s + std::string(128, 'x') + link(1))) == "macro.dde ");
    CHECK(codes(look_at(link(0))) == "");
    CHECK(codes(look_at("\xE8\x02\x01\x01"s)) == "scan.failed ");  // a link of one byte
    const auto cut = look_at(link(1).substr(0, 20));
    CHECK(codes(cut) == "scan.failed ");
    CHECK_FALSE(cut.complete);
  }

  TEST_CASE("office documents as one XML text: what a package tells, fields, objects, links") {
    const auto xml = [](const std::string& inside) { return look("<?xml version=\"1.0\"?>" + inside); };
    const auto part = [&](const std::string& type, const std::string& inside) {
      return xml("<pkg:package xmlns:pkg=\"p\"><pkg:part pkg:name=\"/word/x\" pkg:contentType=\"" + type + "\">" +
                 inside + "</pkg:part></pkg:package>");
    };
    const auto data = [](const std::string& bytes) {
      return "<pkg:binaryData>" + base64::encode(bytes).insert(8, "\n") + "</pkg:binaryData>";
    };
    CHECK(codes(part("image/png", data("\x89PNG\r\n\x1A\nrest"))) == "");
    const auto object = part("application/vnd.openxmlformats-officedocument.oleObject", "");
    CHECK(codes(object) == "macro.ole_object ");
    CHECK(object.items[0].detail == "an embedded object (word/x)");
    CHECK(codes(part("application/vnd.ms-office.vbaProject", "")) == "macro.vba ");
    CHECK(codes(part("image/png", data(vba))) == "macro.vba ");  // by content alone
    CHECK(codes(part("image/png", data("MZ" + std::string(100, 'x')))) == "macro.ole_object ");
    CHECK(codes(part("image/png", data("ActiveMime and more"))) == "macro.vba ");
    CHECK(codes(part("image/png", "<pkg:binaryData>?</pkg:binaryData>")) == "scan.failed ");
    const auto related = [&](const std::string& relation) {
      return part("application/vnd.openxmlformats-package.relationships+xml",
                  "<pkg:xmlData>" + relations(relation) + "</pkg:xmlData>");
    };
    CHECK(codes(related(relation("attachedTemplate", "https://example.com/a.dotm", true))) == "macro.remote_template ");
    CHECK(codes(related(relation("image", "https://example.com/a.png", true))) == "macro.external_link ");
    CHECK(codes(related(relation("vbaProject", "vbaProject.bin", false))) == "macro.vba ");
    CHECK(has_tag(related(relation("hyperlink", "https://example.com/", true)), "uri:1"));
    CHECK(codes(part("text/xml", "<w:instrText xmlns:w='w'> DDEAUTO c:\\x.exe</w:instrText>")) == "macro.dde ");

    const auto word = [&](const std::string& attributes, const std::string& inside) {
      return xml("<w:wordDocument xmlns:w='w' xmlns:v='v' xmlns:o='o' " + attributes + ">" + inside +
                 "</w:wordDocument>");
    };
    CHECK(codes(word("w:macrosPresent='no'", "<w:t>x</w:t>")) == "");
    CHECK(codes(word("w:macrosPresent='yes'", "")) == "macro.vba ");
    CHECK(codes(word("w:embeddedObjPresent='yes'", "")) == "macro.ole_object ");
    CHECK(codes(word("w:ocxPresent='yes'", "")) == "macro.ole_object ");
    CHECK(codes(word("", "<w:binData w:name='editdata.mso'>QQ==</w:binData>")) == "macro.vba ");
    CHECK(codes(word("", "<w:binData w:name='oledata.mso'>QQ==</w:binData>")) == "macro.ole_object ");
    CHECK(codes(word("", "<w:binData w:name='wordml://1.png'>QUJD</w:binData>")) == "");
    CHECK(codes(word("", "<w:fldSimple w:instr=' DDE cmd'/>")) == "macro.dde ");
    CHECK(codes(word("", "<w:attachedTemplate w:val='https://example.com/a.dot'/>")) == "macro.remote_template ");
    CHECK(codes(word("", "<w:attachedTemplate w:val='Normal.dot'/>")) == "");
    CHECK(codes(word("", "<v:imagedata src='https://example.com/a.png'/>")) == "macro.external_link ");
    CHECK(codes(word("", "<v:imagedata src='wordml://1.png'/>")) == "");
    CHECK(codes(word("", "<o:OLEObject Type='Embed'/>")) == "macro.ole_object ");

    const auto workbook = [&](const std::string& inside) {
      return xml("<Workbook xmlns:ss='s' xmlns:x='x'>" + inside + "</Workbook>");
    };
    CHECK(codes(workbook("<Cell ss:Formula=\"=cmd|'/c calc'!A0\"/>")) == "macro.dde ");
    CHECK(codes(workbook("<Cell ss:Formula='=SUM(R1C1:R2C1)'/>")) == "");
    CHECK(codes(workbook("<x:SupBook><x:Path>C:\\a.xls</x:Path></x:SupBook>")) == "macro.external_link ");
    CHECK(codes(workbook("<x:SupBook><x:Path>cmd|/c calc</x:Path></x:SupBook>")) == "macro.dde ");
    CHECK(codes(xml("<?xml-stylesheet type='text/xsl' href='https://example.com/a.xsl'?><a/>")) ==
          "macro.external_link ");
    CHECK(codes(xml("<xdp><pdf><document><chunk>" +
                    base64::encode(pdf({"<</Type/Catalog/OpenAction 2 0 R>>", "<</S/JavaScript/JS(x)>>"})) +
                    "</chunk></document></pdf></xdp>")) == "pdf.open_action pdf.javascript ");
    const auto torn = xml("<w:wordDocument xmlns:w='w'><w:t>");
    CHECK(codes(torn) == "scan.failed ");
    CHECK_FALSE(torn.complete);
  }

  TEST_CASE("a template is told when it is on another computer") {
    const auto with = [](const std::string& target) {
      return codes(
          look(docx("", {{"word/_rels/settings.xml.rels", relations(relation("attachedTemplate", target, true))}})));
    };
    CHECK(with("https://example.com/a.dotm") == "macro.remote_template ");
    CHECK(with("\\\\host\\a.dotm") == "macro.remote_template ");
    CHECK(with("file://host/a.dotm") == "macro.remote_template ");
    CHECK(with("file:///\\\\host\\a.dotm") == "macro.remote_template ");
    CHECK(with("file:///C:\\Users\\x\\Normal.dotm") == "");
    CHECK(with("Normal.dotm") == "");
  }

  TEST_CASE("external relations are told, links that wait for a click are counted") {
    const auto report = look(
        docx("", {{"word/_rels/document.xml.rels", relations(relation("hyperlink", "https://example.com/", true) +
                                                             relation("image", "https://example.com/a.png", true))}}));
    CHECK(codes(report) == "macro.external_link ");
    CHECK(has_tag(report, "uri:1"));
  }

  TEST_CASE("embedded objects and controls") {
    CHECK(codes(look(docx("", {{"word/_rels/document.xml.rels", relations(relation("oleObject", "a.bin"))}}))) ==
          "macro.ole_object ");
    const auto control = look(docx("", {{"word/_rels/document.xml.rels", relations(relation("control", "a.xml"))}}));
    CHECK(has_tag(control, "activex"));
    CHECK(codes(look(ole({{"WordDocument", ""}, {"ObjectPool", "what damage made a stream"}})))
              .find("macro.ole_object") != std::string::npos);
    CHECK(codes(look(ole({{"WordDocument", ""}, {"ObjectPool/_1/\1Ole10Native", "x"}}))).find("macro.ole_object") !=
          std::string::npos);
    CHECK(codes(look(ole({{"Workbook", ""}, {"MBD00000001/\1CompObj", "x"}}))) == "macro.ole_object ");
    CHECK(codes(look(docx("", {{"word/embeddings/x.bin", "MZ" + std::string(100, 'x')}}))) == "macro.ole_object ");
  }

  TEST_CASE("documents inside documents are looked into") {
    const std::string inner = docx("<w:fldSimple w:instr='DDE x'/>");
    CHECK(codes(look(docx("", {{"word/embeddings/a.docx", inner}}))) == "macro.dde ");
    CHECK(codes(look(ole({{"Anything", inner}}))).find("macro.dde") != std::string::npos);
    const std::string slides = "\x10\0"s + sample::le(0x1011, 2) + sample::le(vba.size(), 4) + vba;
    CHECK(codes(look(ole({{"PowerPoint Document",
                           "\0\0"s + sample::le(0x1011, 2) + sample::le(vba.size(), 4) + vba}}))) == "macro.vba ");
    CHECK(codes(look(ole({{"PowerPoint Document", slides}}))).find("scan.") != std::string::npos);  // not packed at all
    std::string deep = docx("<w:fldSimple w:instr='DDE x'/>");
    for (std::size_t i = 0; i <= limits::active_depth; ++i) deep = docx("", {{"word/embeddings/a.docx", deep}});
    const auto report = look(deep);
    CHECK(codes(report) == "scan.limit ");
    CHECK_FALSE(report.complete);
  }

  TEST_CASE("encrypted documents are told and never complete") {
    for (const std::string& bytes :
         {ole({{"EncryptedPackage", "x"}, {"EncryptionInfo", "x"}}), ole({{"Workbook", record(0x2F, "\0\0"s)}}),
          word_document("x", 0x0100), ole({{"PowerPoint Document", ""}, {"EncryptedSummary", "x"}}),
          sample::odt("", {}, "<manifest><encryption-data/></manifest>")}) {
      const auto report = look(bytes);
      CHECK(report.has("scan.encrypted"));
      CHECK_FALSE(report.complete);
    }
  }

  TEST_CASE("OpenDocument: scripts, events, DDE, objects, links") {
    const auto with = [](const std::string& xml) { return codes(look(sample::odt(xml))); };
    CHECK(codes(look(sample::odt("", {{"Basic/Standard/Module1.xml", "<module/>"}}))) == "macro.odf_script ");
    CHECK(codes(look(sample::odt("", {{"Scripts/python/a.py", "x"}}))) == "macro.odf_script ");
    CHECK(with("<office:scripts><office:script/></office:scripts>") == "macro.odf_script ");
    CHECK(with("<script:event-listener script:language='ooo:script' xlink:href='vnd.sun.star.script:x'/>") ==
          "macro.odf_script ");
    CHECK(with("<text:a xlink:href='vnd.sun.star.script:x'/>") == "macro.odf_script ");
    CHECK(with("<text:a xlink:href=' vnd.sun.&#9;star.script:x'/>") == "macro.odf_script ");
    CHECK(with("<text:a xlink:href='.uno:Open'/>") == "macro.odf_script ");
    CHECK(with("<text:dde-connection-decl office:dde-application='soffice'/>") == "macro.dde ");
    CHECK(with("<draw:object-ole/>") == "macro.ole_object ");
    CHECK(with("<draw:image xlink:href='https://example.com/a.png'/>") == "macro.external_link ");
    CHECK(with("<text:a xlink:href='https://example.com/'/>") == "");
    CHECK(with("<x:image y:href='https://example.com/' />").find("scan.") == std::string::npos);  // any prefix
    CHECK(codes(look("<?xml version='1.0'?><o:document xmlns:o='o'><o:script/></o:document>")) == "macro.odf_script ");
    CHECK(codes(look("<?xml version='1.0'?><w:wordDocument w:macrosPresent='yes'/>")) == "macro.vba ");
  }

  TEST_CASE("RTF: objects, however they are written, templates, fields, documents in hexadecimal") {
    const auto with = [](const std::string& rtf) { return codes(look("{\\rtf1 " + rtf + "}")); };
    CHECK(with("{\\object\\objemb{\\*\\objdata 0105}}") == "macro.ole_object ");
    CHECK(with("{\\object\\objupdate\\objocx}") == "macro.ole_object ");
    CHECK(with("{\\*\\objdata\n01 0{\\x}5}") == "macro.ole_object ");
    CHECK(with("{\\*\\template https://example.com/a.dotm}") == "macro.remote_template ");
    CHECK(with("{\\*\\template C:\\\\a.dotm}") == "");
    CHECK(with("{\\field{\\*\\fldinst {D}{DEAUTO x}}}") == "macro.dde ");
    CHECK(with("{\\field{\\*\\fldinst PAGE}}") == "");
    CHECK(with("{\\field{\\*\\fldinst \\'44\\'44\\'45 x}}") == "macro.dde ");
    CHECK(with("{\\field{\\*\\fldinst \\u68?\\u68\\'44\\u69 ? x}}") == "macro.dde ");
    CHECK(with("{\\uc0{\\field{\\*\\fldinst \\u68D\\uc2\\u69??AUTO x}}}") == "macro.dde ");
    CHECK(with("{\\field{\\*\\fldinst \\uc1{\\u68}DE x}}") == "macro.dde ");
    CHECK(with("{\\*\\template \\u104?ttps://example.com/a.dotm}") == "macro.remote_template ");
    CHECK(with("\\\\object") == "");
    CHECK(with("\\bin7 \\object") == "");
    std::string hex;
    for (const char c : "xx" + vba) {
      constexpr char digits[] = "0123456789abcdef";
      hex += digits[static_cast<unsigned char>(c) >> 4];
      hex += digits[c & 15];
      if (hex.size() % 64 == 0) hex += "\r\n";
    }
    CHECK(with("{\\*\\objdata " + hex + "}") == "macro.ole_object macro.vba ");
    CHECK(with("{\\*\\objdata\\bin" + std::to_string(vba.size()) + " " + vba + "}") == "macro.ole_object macro.vba ");
    CHECK(with(std::string(3000, '{') + "\\x" + std::string(3000, '}')) == "scan.limit ");
  }

  TEST_CASE("PDF: what acts, in plain and escaped names") {
    const auto with = [](const std::string& object, const std::string& root = "") {
      return codes(look(pdf({catalogue + root + ">>", pages, object})));
    };
    CHECK(with("<</S/JavaScript/JS(app.alert)>>") == "pdf.javascript ");
    CHECK(with("<</S/J#61vaScript/J#53(x)>>") == "pdf.javascript ");
    CHECK(with("<</A[1<</B<</S/Launch/F(cmd.exe)>>>>]>>") == "pdf.launch ");
    CHECK(with("<</S/GoToR/F(a.pdf)>>") == "pdf.launch ");
    CHECK(with("<</AA<</O 4 0 R>>>>") == "pdf.open_action ");
    CHECK(with("<</Type/Filespec/EF<</F 4 0 R>>>>") == "pdf.embedded_file ");
    CHECK(with("<</Subtype/RichMedia>>") == "pdf.embedded_file ");
    CHECK(with("<<>>", "/OpenAction<</S/Named/N/Print>>") == "pdf.open_action ");
    CHECK(with("<<>>", "/OpenAction<</S/GoTo/D[1/Fit]>>") == "");
    CHECK(with("<<>>", "/OpenAction[1/Fit]") == "");
    CHECK(with("<<>>", "/Names<</JavaScript<</Names[]>>>>") == "pdf.javascript ");
    CHECK(with("<</Length 0/F(//example/a)>>stream\n\nendstream") == "pdf.launch ");
    CHECK(with("<</Subtype/Form/Ref<</F(a.pdf)/Page 0>>/Length 0>>stream\n\nendstream") == "pdf.launch ");
    const auto links = look(pdf({catalogue + ">>", pages, "<</S/URI/URI(https://example.com)>>", "<</S/SubmitForm>>"}));
    CHECK(codes(links) == "");
    CHECK(has_tag(links, "uri:1"));
    CHECK(has_tag(links, "submit_form:1"));
  }

  TEST_CASE("PDF: scripts in a form, and what hides in object streams") {
    const std::string form = "<xfa><script>x</script></xfa>";
    const std::string stream = "<</Length " + std::to_string(form.size()) + ">>\nstream\n" + form + "\nendstream";
    const auto report = look(pdf({catalogue + "/AcroForm<</XFA 3 0 R>>>>", pages, stream}));
    CHECK(codes(report) == "pdf.javascript ");
    CHECK(has_tag(report, "xfa:1"));
    const std::string inner = "4 0 <</S/JavaScript/JS(x)>>";
    const std::string objects =
        "<</Type/ObjStm/N 1/First 4/Length " + std::to_string(inner.size()) + ">>\nstream\n" + inner + "\nendstream";
    // A cross-reference stream of seven rows: type, offset or stream, index (ISO 32000-1, 7.5.8).
    std::string out = "%PDF-1.7\n", rows = std::string("\0\0\0\0", 4);
    const auto add = [&](int number, const std::string& body) {
      rows += "\1"s + static_cast<char>(out.size() >> 8) + static_cast<char>(out.size() & 255) + "\0"s;
      out += std::to_string(number) + " 0 obj\n" + body + "\nendobj\n";
    };
    add(1, catalogue + ">>");
    add(2, pages);
    add(3, objects);
    rows += "\2\0\3\0"s;
    const auto at = out.size();
    rows += "\1"s + static_cast<char>(at >> 8) + static_cast<char>(at & 255) + "\0"s;
    out += "5 0 obj\n<</Type/XRef/Size 6/Root 1 0 R/W[1 2 1]/Length " + std::to_string(rows.size()) + ">>\nstream\n" +
           rows + "\nendstream\nendobj\nstartxref\n" + std::to_string(at) + "\n%%EOF\n";
    CHECK(codes(look(out)) == "pdf.javascript ");
  }

  TEST_CASE("files that cannot be read are told and never complete") {
    for (const std::string& bytes :
         {"PK\3\4 nothing more"s, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 nothing more"s, "%PDF-1.4 nothing more"s,
          docx("<w:p>"), docx("", {{"word/header1.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}}),
          docx().substr(0, 500), ole({{"Workbook", record(0x85, "x") + "\x85\0\xFF\xFF"s + std::string(5000, 'x')}})}) {
      const auto report = look(bytes);
      CHECK(report.has("scan.failed"));
      CHECK_FALSE(report.complete);
    }
  }

  TEST_CASE("limits are told: sizes that are declared, parts, repeated names") {
    const auto claims = [](std::size_t packed, std::uint32_t size) {
      return look(zip_builder::build({{.name = "[Content_Types].xml", .content = "<x/>"},
                                      {.content = std::string(packed, 'x'), .method = 8, .size = size}}));
    };
    CHECK(claims(10, 0xF0000000).has("scan.limit"));
    CHECK(claims(200'000, limits::scan_file_bytes + 1).has("scan.limit"));
    sample::parts many;
    for (std::size_t i = 0; i <= limits::container_entries; ++i) many.emplace_back(std::to_string(i), "");
    CHECK(look(sample::zip(many)).has("scan.limit"));
    CHECK(look(sample::zip({{"[Content_Types].xml", "<x/>"}, {"a.xml", "<x/>"}, {"A.xml", "<x/>"}}))
              .has("archive.ambiguous"));
  }

  TEST_CASE("a package that can be read in two ways, or fails a checksum, is told and never complete") {
    using zip_builder::build;
    const zip_builder::entry types{.name = "[Content_Types].xml", .content = "<x/>"};
    const auto told = [&](const std::string& bytes, const std::string& code) {
      const auto report = look(bytes);
      CHECK_MESSAGE(codes(report) == code + ' ', codes(report));
      CHECK_FALSE(report.complete);
    };
    told(build({types, {.name = "word/a.xml", .content = "<x/>", .local_name = "word/b.xml"}}), "archive.ambiguous");
    told(build({types, {.name = "word/a.xml", .content = "<x/>"}, {.name = "word/A.xml", .content = "<y/>"}}),
         "archive.ambiguous");
    told(build({types}, {.suffix = "behind"}), "archive.ambiguous");
    told(build({types}, {.prefix = "PK\3\4", .shift_offsets = true}), "archive.ambiguous");
    told(build({types, {.name = "../a.xml", .content = "<x/>"}}), "archive.unsafe_path");
    told(build({types, {.name = "word/a.png", .content = "x", .crc = 1}}), "scan.failed");
  }

  TEST_CASE("a part with declarations of its own is not read, whatever part it is") {
    const auto report = look(docx("", {{"docProps/core.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}}));
    CHECK(codes(report) == "scan.failed ");
    CHECK_FALSE(report.complete);
  }

  TEST_CASE("what a document fetches or starts without a relation that says so") {
    CHECK(codes(look(docx("", {{"word/settings.xml", "<w:s xmlns:w='w'><w:mailMerge/></w:s>"}}))) ==
          "macro.external_link ");
    CHECK(codes(look(docx("", {{"word/webSettings.xml",
                                "<w:s xmlns:w='w'><w:sourceFileName w:val='http://example.com/a'/></w:s>"}}))) ==
          "macro.external_link ");
    CHECK(codes(look(docx(
              "", {{"word/webSettings.xml", "<w:s xmlns:w='w'><w:sourceFileName w:val='left.htm'/></w:s>"}}))) == "");
    CHECK(codes(look(docx("", {{"xl/_rels/workbook.xml.rels",
                                relations(relation("connections", "connections.xml"))}}))) == "macro.external_link ");
    CHECK(codes(look(docx("", {{"ppt/slides/slide1.xml",
                                "<p:s xmlns:p='p'><p:hlinkMouseOver action='ppaction://program'/></p:s>"}}))) ==
          "macro.dde ");
    const auto formula = [](const std::string& text) {
      return codes(look(docx("", {{"xl/worksheets/sheet1.xml", "<s><f>" + text + "</f></s>"}})));
    };
    CHECK(formula("_xlfn.WEBSERVICE(\"http://example.com/\"&amp;A1)") == "macro.external_link ");
    CHECK(formula("1+RTD (\"x.y\",,\"z\")") == "macro.dde ");
    CHECK(formula("SUM(A1:B2)+ADDE(1)") == "");
    CHECK(formula("1+cmd|'/c calc'!A0") == "macro.dde ");
    CHECK(formula("\"a|b\"&amp;Sheet2!A1") == "");
    CHECK(codes(look(docx("", {{"xl/workbook.xml",
                                "<w><definedNames><definedName name='x'>cmd|'/c calc'!A0</definedName>"
                                "</definedNames></w>"}}))) == "macro.dde ");
    const auto cell = [](const std::string& text) {
      return codes(look(sample::odt("<c xmlns:table='t' table:formula='" + text + "'/>")));
    };
    CHECK(cell("of:=DDE(&quot;soffice&quot;;&quot;a.ods&quot;;&quot;A1&quot;)") == "macro.dde ");
    CHECK(cell("of:=WEBSERVICE(&quot;http://example.com/&quot;)") == "macro.external_link ");
    CHECK(cell("of:=SUM([.A1:.B2])") == "");
  }

  TEST_CASE("only so many findings are kept, and one of each code at least") {
    std::string all;
    for (int i = 0; i < 1000; ++i) all += relation("image", "https://example.com/" + std::to_string(i), true);
    const auto report =
        look(docx("", {{"word/_rels/document.xml.rels", relations(all)}, {"xl/externalLinks/a.xml", "<ddeLink/>"}}));
    CHECK(report.items.size() <= limits::active_reports + 1);
    CHECK(report.has("macro.dde"));
  }

  TEST_CASE("mark-up with script in it") {
    CHECK(codes(look("<html><script>x</script></html>")) == "attachment.unexpected ");
    CHECK(codes(look("<svg xmlns='s' onload='x'/>")) == "attachment.unexpected ");
    CHECK(codes(look("<html><img src=x onerror\n=\"x\"></html>")) == "attachment.unexpected ");
    CHECK(codes(look("<html><p>one = two, on = off</p></html>")) == "");
    for (const std::string inside : {
             "<svg:script xmlns:svg='s'>x</svg:script>",
             "<a href=\"java\tscript:x\">x</a>",
             "<a href=\" java&#115;cript:x\">x</a>",
             "<iframe srcdoc='x'></iframe>",
             "<meta http-equiv=refresh content='0;url=http://example.com/'>",
             "<form action='http://example.com/'><input type=password></form>",
             "<a href='data:text/html;base64,QQ=='>x</a>",
             "<!--[if IE]><script>x</script><![endif]-->",
         }) {
      CAPTURE(inside);
      CHECK(codes(look("<html><body>" + inside + "</body></html>")) == "attachment.unexpected ");
    }
    std::string many = "<html><a ";
    for (int i = 0; i < 100; ++i) many += "x" + std::to_string(i) + " ";
    const auto crowded = look(many + "onclick=x>x</a></html>");
    CHECK(codes(crowded) == "scan.limit ");
    CHECK_FALSE(crowded.complete);
    const auto long_text = look("a,b\n" + std::string(limits::active_part_bytes, 'x') + "\n=cmd|'/c'!A0\n");
    CHECK(codes(long_text) == "scan.limit ");
    CHECK_FALSE(long_text.complete);
    CHECK(codes(look("<svg xmlns='s'><set attributeName='onmouseover' to='x'/></svg>")) == "attachment.unexpected ");
    CHECK(codes(look("<svg xmlns='s'><animate attributeName='width' to='9'/></svg>")) == "");
    CHECK(codes(look("<svg xmlns='s'><style><h:img xmlns:h='h' onerror='x'/></style></svg>")) ==
          "attachment.unexpected ");
    CHECK(codes(look("<html><a href='https://example.com/'>x</a><img src='data:image/png;base64,QQ=='></html>")) == "");
  }

  TEST_CASE("texts made to be read again and again are read once") {
    std::string events = "<html ";
    for (int i = 0; i < 2'000'000; ++i) events += " on on";
    CHECK(codes(look(events + ">")) == "scan.limit ");
    std::string cells = "a,b\n";
    for (int i = 0; i < 4'000'000; ++i) cells += "=,";
    CHECK(codes(look(cells)) == "");
    std::string entries = sample::le(0x3FF00001, 4);
    std::string slides(8192, '\0');
    for (std::uint64_t i = 0; i < 0x3FF; ++i) {  // each storage holds all that follow it
      slides += "\0\0"s + sample::le(0x1011, 2) + sample::le(0x7000000, 4);
      entries += sample::le(8192 + 8 * i, 4);
    }
    const auto edit = slides.size();
    slides += "\0\0"s + sample::le(0x0FF5, 2) + sample::le(28, 4) + sample::le(0, 8) + sample::le(0, 4) +
              sample::le(edit + 36, 4) + std::string(12, '\0');
    slides += "\0\0"s + sample::le(0x1772, 2) + sample::le(entries.size(), 4) + entries;
    const std::string user = std::string(16, '\0') + sample::le(edit, 4);
    const auto report =
        look(ole({{"Current User", user}, {"PowerPoint Document", slides + std::string(1'000'000, 'x')}}));
    CHECK(report.has("scan.limit"));
    CHECK_FALSE(report.complete);
  }

  TEST_CASE("every cut and every changed byte of a document ends in an answer") {
    for (const std::string& whole :
         {docx("<w:fldSimple w:instr='DDE x'/>"), vba, sample::odt(), word_document("\x13 DDE x\x14"),
          pdf({catalogue + ">>", pages, "<</S/JavaScript/JS(x)>>"})}) {
      for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 200) (void)look(whole.substr(0, size));
      for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 400) {
        std::string changed = whole;
        changed[at] = static_cast<char>(~changed[at]);
        (void)look(changed);
      }
    }
  }

  TEST_CASE("a message attached to the message is looked into, part by part") {
    const auto message = [](const std::string& part) {
      return "From: a@example.jp\r\nSubject: x\r\nContent-Type: multipart/mixed; "
             "boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n" +
             part + "\r\n--b--\r\n";
    };
    const auto attached = [&](const std::string& bytes, const std::string& name) {
      return message("Content-Disposition: attachment; filename=\"" + name +
                     "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64::encode(bytes));
    };
    const auto sound = look(message("Content-Type: text/html\r\n\r\n<p>hello"));
    CHECK(sound.complete);
    CHECK(codes(sound).empty());
    const auto dde = look(attached(docx("<w:fldSimple w:instr='DDE x'/>"), "a.docx"));
    CHECK(codes(dde) == "macro.dde ");
    CHECK(dde.items[0].detail.find("attached message/a.docx") != std::string::npos);
    CHECK(codes(look(attached("WScript.Echo 1", "a.vbs"))) == "attachment.unexpected ");
    CHECK(codes(look(attached("ITSF\3" + std::string(95, '\0'), "a.chm"))) == "attachment.unexpected ");
    CHECK(codes(look(attached("MSCF" + std::string(32, '\0'), "a.cab"))) == "scan.failed ");
    // What only intake-decrypt opens was not opened here.
    const auto zip = look(attached("PK\5\6" + std::string(18, '\0'), "a.zip"));
    CHECK_FALSE(zip.complete);
    CHECK(zip.has("scan.failed"));
    const auto inner =
        look(message("Content-Type: message/rfc822\r\n\r\n" +
                     attached(pdf({"<</Type/Catalog/OpenAction 2 0 R>>", "<</S/JavaScript/JS(x)>>"}), "a.pdf")));
    CHECK(inner.has("pdf.javascript"));
    CHECK(look(message("\r\nbegin 644 a.vbs\r\n#86)C\r\n`\r\nend\r\n")).has("attachment.unexpected"));
  }

  TEST_CASE("an attached message that cannot be read to its end is not clean") {
    const std::string head = "From: a@example.jp\r\nSubject: x\r\n";
    const auto damaged = look(head + "Content-Transfer-Encoding: base64\r\n\r\nA?B");
    CHECK_FALSE(damaged.complete);
    CHECK(damaged.has("scan.failed"));
    const auto torn = look(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello");
    CHECK_FALSE(torn.complete);
    CHECK(torn.has("scan.failed"));
    std::string many = head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (std::size_t i = 0; i <= limits::mime_parts; ++i) many += "--b\r\n\r\n";
    const auto endless = look(many + "--b--");
    CHECK_FALSE(endless.complete);
    CHECK(endless.has("scan.limit"));
    std::string nested = head + "\r\nhello";
    for (unsigned i = 0; i <= limits::active_depth; ++i)
      nested = head + "Content-Type: message/rfc822\r\n\r\n" + nested;
    CHECK(look(nested).has("scan.limit"));
  }

  TEST_CASE("winmail.dat and Outlook's own messages are never clean") {
    const std::string tnef("\x78\x9F\x3E\x22\x01\0", 6);
    CHECK(recognise(tnef) == file_kind::tnef);
    const auto report = look(tnef, "winmail.dat");
    CHECK_FALSE(report.complete);
    CHECK(report.has("scan.failed"));
    const auto outlook = look(ole({{"__properties_version1.0", "x"}}), "a.msg");
    CHECK_FALSE(outlook.complete);
    CHECK(outlook.has("scan.failed"));
  }
}
