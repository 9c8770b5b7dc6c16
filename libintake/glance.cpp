#include "glance.hpp"

#include "base64.hpp"
#include "detail.hpp"
#include "markup.hpp"
#include "wording.hpp"

namespace intake::show {
namespace {

/// Nothing but a PNG gets into the page, and only as the letters that base64 has.
std::string picture(value preview) {
  const auto bytes = preview.bytes();
  if (!bytes || !bytes->starts_with("\x89PNG\r\n\x1A\n")) return {};
  return "<img src=\"data:image/png;base64," + base64::encode(*bytes) + "\" alt=\"\">";
}

}  // namespace

std::string glance_head(const terminal::style& style) {
  // Whatever a browser might do with a page from nowhere, this one may not.
  return std::string("<!DOCTYPE html>\n<html lang=\"") + (style.japanese() ? "ja" : "en") +
         "\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
         "img-src data:; style-src "
         "'unsafe-inline'\"><title>intake</title><style>body{font-family:sans-serif;margin:1em}"
         "h2{font-size:1.1em;border-top:1px solid #888;padding-top:.6em}img{max-width:100%;display:block}"
         ".finding{color:#a00}figure{margin:.6em 0}</style></head><body>\n";
}

std::string glance(const record& rec, const terminal::style& style) {
  const bool japanese = style.japanese();
  std::string receipt(rec["application"]["receipt_no"].str());
  std::string out = "<section><h2>" + escaped(receipt.empty() ? rec.id() : std::string_view(receipt)) + " " +
                    escaped(rec["application"]["procedure"].str()) + " " +
                    escaped(rec["application"]["applicant"].str()) + "</h2>\n";
  rec["findings"].each([&](value finding) {
    out += "<p class=\"finding\">" + escaped(wording::finding(finding, style)) + " " +
           escaped(finding["file"].str()) + " " + escaped(detail_words(finding["detail"].str())) + "</p>\n";
  });
  for (const auto& file : rec.files()) {
    if (file["opened"].boolean()) continue;  // an archive; its members follow
    const auto pdf = file["pdf"];
    out += "<figure><figcaption>" + escaped(file["path"].str());
    if (pdf) out += " (" + std::to_string(pdf["pages"].integer()) + (japanese ? "ページ)" : " pages)");
    out += "</figcaption>";
    const auto shown = picture(pdf["preview"]);
    if (!shown.empty()) {
      out += shown;
    } else {
      out += pdf        ? japanese ? "画像なし（intake-render --preview で付きます）"
                                   : "no picture (intake-render --preview adds it)"
             : japanese ? "PDFになっていません"
                        : "not rendered";
    }
    out += "</figure>\n";
  }
  return out + "</section>\n";
}

std::string glance_foot() {
  return "</body></html>\n";
}

}  // namespace intake::show
