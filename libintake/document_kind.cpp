#include "document_kind.hpp"

#include <algorithm>
#include <array>

namespace intake {
namespace {

using enum document_family;

// Templates and the macro-enabled variants are documents of the same format: macros are never run.
constexpr std::array kinds = {
    document_kind{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", writer, "docx"},
    document_kind{"application/vnd.openxmlformats-officedocument.wordprocessingml.template", writer, "dotx"},
    document_kind{"application/vnd.ms-word.document.macroenabled.12", writer, "docm"},
    document_kind{"application/vnd.ms-word.template.macroenabled.12", writer, "dotm"},
    document_kind{"application/msword", writer, "doc"},
    document_kind{"application/rtf", writer, "rtf"},
    document_kind{"text/rtf", writer, "rtf"},
    document_kind{"application/vnd.oasis.opendocument.text", writer, "odt"},
    document_kind{"application/vnd.oasis.opendocument.text-template", writer, "ott"},
    document_kind{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", calc, "xlsx"},
    document_kind{"application/vnd.openxmlformats-officedocument.spreadsheetml.template", calc, "xltx"},
    document_kind{"application/vnd.ms-excel.sheet.macroenabled.12", calc, "xlsm"},
    document_kind{"application/vnd.ms-excel.template.macroenabled.12", calc, "xltm"},
    document_kind{"application/vnd.ms-excel.sheet.binary.macroenabled.12", calc, "xlsb"},
    document_kind{"application/vnd.ms-excel", calc, "xls"},
    document_kind{"application/vnd.oasis.opendocument.spreadsheet", calc, "ods"},
    document_kind{"application/vnd.oasis.opendocument.spreadsheet-template", calc, "ots"},
    document_kind{"application/vnd.openxmlformats-officedocument.presentationml.presentation", impress, "pptx"},
    document_kind{"application/vnd.openxmlformats-officedocument.presentationml.slideshow", impress, "ppsx"},
    document_kind{"application/vnd.openxmlformats-officedocument.presentationml.template", impress, "potx"},
    document_kind{"application/vnd.ms-powerpoint.presentation.macroenabled.12", impress, "pptm"},
    document_kind{"application/vnd.ms-powerpoint.slideshow.macroenabled.12", impress, "ppsm"},
    document_kind{"application/vnd.ms-powerpoint", impress, "ppt"},
    document_kind{"application/vnd.oasis.opendocument.presentation", impress, "odp"},
    document_kind{"application/vnd.oasis.opendocument.presentation-template", impress, "otp"},
    document_kind{"application/encrypted", locked_office, "docx"},
    document_kind{"text/plain", plain_text, "fodt"},
    document_kind{"text/csv", table, "fods"},
    document_kind{"text/tab-separated-values", table, "fods"},
    document_kind{"application/pdf", pdf, ""},
    document_kind{"image/jpeg", image, ""},
    document_kind{"image/png", image, ""},
    document_kind{"image/gif", image, ""},
    document_kind{"image/bmp", image, ""},
    document_kind{"image/x-ms-bmp", image, ""},
    document_kind{"image/jp2", image, ""},
    document_kind{"image/jpx", image, ""},
    document_kind{"image/tiff", tiff, ""},
    document_kind{"image/webp", webp, ""},
    document_kind{"image/heic", heif, ""},
    document_kind{"image/heif", heif, ""},
    document_kind{"image/avif", heif, ""},
};

}  // namespace

const document_kind* find_document_kind(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) {
    return std::equal(kind.type.begin(), kind.type.end(), type.begin(), type.end(),
                      [&](char a, char b) { return a == lower(b); });
  });
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace intake
