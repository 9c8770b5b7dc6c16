#include "file_kind.hpp"

#include <algorithm>
#include <array>

namespace intake {
namespace {

using k = file_kind;

constexpr std::array rows = {
    kind_row{k::unknown, "unknown", "application/octet-stream", ""},
    kind_row{k::empty, "empty", "application/x-empty", ""},
    kind_row{k::pdf, "pdf", "application/pdf", "pdf"},
    kind_row{k::doc, "doc", "application/msword", "doc dot"},
    kind_row{k::docx, "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx dotx"},
    kind_row{k::docm, "docm", "application/vnd.ms-word.document.macroEnabled.12", "docm"},
    kind_row{k::dotm, "dotm", "application/vnd.ms-word.template.macroEnabled.12", "dotm"},
    kind_row{k::xls, "xls", "application/vnd.ms-excel", "xls xlt xla xlw"},
    kind_row{k::xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx xltx"},
    kind_row{k::xlsm, "xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12", "xlsm xltm xlam"},
    kind_row{k::xlsb, "xlsb", "application/vnd.ms-excel.sheet.binary.macroEnabled.12", "xlsb"},
    kind_row{k::ppt, "ppt", "application/vnd.ms-powerpoint", "ppt pps pot"},
    kind_row{k::pptx, "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
             "pptx ppsx potx"},
    kind_row{k::pptm, "pptm", "application/vnd.ms-powerpoint.presentation.macroEnabled.12", "pptm ppsm potm ppam"},
    kind_row{k::odt, "odt", "application/vnd.oasis.opendocument.text", "odt ott odm oth"},
    kind_row{k::ods, "ods", "application/vnd.oasis.opendocument.spreadsheet", "ods ots"},
    kind_row{k::odp, "odp", "application/vnd.oasis.opendocument.presentation", "odp otp"},
    kind_row{k::odg, "odg", "application/vnd.oasis.opendocument.graphics", "odg otg"},
    kind_row{k::rtf, "rtf", "application/rtf", "rtf"},
    kind_row{k::txt, "txt", "text/plain", "txt text csv tsv log"},
    kind_row{k::csv, "csv", "text/csv", "csv tsv txt text log"},
    kind_row{k::jpeg, "jpeg", "image/jpeg", "jpg jpeg jpe jfif"},
    kind_row{k::png, "png", "image/png", "png"},
    kind_row{k::tiff, "tiff", "image/tiff", "tif tiff"},
    kind_row{k::heic, "heic", "image/heic", "heic heif hif avif"},
    kind_row{k::bmp, "bmp", "image/bmp", "bmp dib"},
    kind_row{k::gif, "gif", "image/gif", "gif"},
    kind_row{k::webp, "webp", "image/webp", "webp"},
    kind_row{k::jp2, "jp2", "image/jp2", "jp2 j2k jpf jpx j2c"},
    kind_row{k::zip, "zip", "application/zip", "zip"},
    kind_row{k::seven_zip, "7z", "application/x-7z-compressed", "7z"},
    kind_row{k::rar, "rar", "application/vnd.rar", "rar"},
    kind_row{k::lzh, "lzh", "application/x-lzh-compressed", "lzh lha"},
    kind_row{k::gz, "gz", "application/gzip", "gz tgz"},
    kind_row{k::tar, "tar", "application/x-tar", "tar"},
    kind_row{k::other_archive, "archive", "application/x-archive",
             "cab onepkg xz bz2 zst lz4 lz arj ace deb rpm xar alz egg"},
    kind_row{k::disk_image, "disk image", "application/x-raw-disk-image", "iso img udf vhd vhdx vmdk dmg"},
    kind_row{k::html, "html", "text/html", "html htm xhtml xht"},
    kind_row{k::svg, "svg", "image/svg+xml", "svg"},
    kind_row{k::xml, "xml", "text/xml", "xml fodt fods fodp"},
    kind_row{k::eml, "eml", "message/rfc822", "eml mht mhtml txt"},
    kind_row{k::msg, "msg", "application/vnd.ms-outlook", "msg oft"},
    kind_row{k::tnef, "tnef", "application/ms-tnef", "dat tnef"},
    kind_row{k::ooxml_encrypted, "encrypted OOXML", "application/encrypted",
             "docx docm dotm dotx xlsx xlsm xlsb pptx pptm"},
    kind_row{k::ole, "OLE2", "application/x-ole-storage", "jtd jtt vsd pub mpp wps db"},
    kind_row{k::onenote, "OneNote", "application/onenote", "one onetoc2"},
    kind_row{k::access, "Access", "application/vnd.ms-access", "mdb mde accdb accde accdr accda"},
    kind_row{k::chm, "chm", "application/vnd.ms-htmlhelp", "chm"},
    kind_row{k::msi, "msi", "application/x-msi", "msi msp mst"},
    kind_row{k::lnk, "lnk", "application/x-ms-shortcut", "lnk"},
    kind_row{k::pe, "pe", "application/vnd.microsoft.portable-executable", "exe dll scr com cpl sys ocx"},
    kind_row{k::elf, "elf", "application/x-executable", "so bin o"},
    kind_row{k::other_program, "program", "application/x-executable", "class jar jnlp dex apk app wasm"},
    // Windows runs, or asks a program to run, what is called so, whatever is in it.
    kind_row{
        k::script, "script", "text/x-script",
        "js jse vbs vbe wsf wsh ws wsc sct hta bat cmd ps1 psm1 psd1 ps1xml psc1 pssc sh bash py pyw pyz pl rb php "
        "url website scf reg inf pif msc hlp cnt gadget application appref-ms library-ms search-ms "
        "searchconnector-ms settingcontent-ms theme themepack deskthemepack diagcab diagcfg diagpkg xll ade adp mcl "
        "mad maf mag mam maq mar mas mat mau mav maw iqy oqy rqy dqy slk shb shs job isp its prg"},
};

// Tables in the order of the enumeration: row_of() is an index.
consteval bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].kind != static_cast<k>(i)) return false;
  return true;
}
static_assert(in_order());

}  // namespace

std::span<const kind_row> kind_rows() {
  return rows;
}

const kind_row& row_of(file_kind kind) {
  return rows[static_cast<std::size_t>(kind)];
}

bool fits(const kind_row& row, std::string_view extension) {
  for (std::string_view rest = row.extensions; !rest.empty();) {
    const auto space = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, space) == extension) return true;
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return false;
}

bool is_program(file_kind kind) {
  return kind >= k::chm && kind <= k::script;
}

bool is_ole(file_kind kind) {
  return kind == k::doc || kind == k::xls || kind == k::ppt || kind == k::msg || kind == k::ooxml_encrypted ||
         kind == k::ole || kind == k::msi;
}

bool is_zip(file_kind kind) {
  return kind == k::zip || (kind >= k::docx && kind <= k::dotm) || (kind >= k::xlsx && kind <= k::xlsb) ||
         kind == k::pptx || kind == k::pptm || (kind >= k::odt && kind <= k::odg);
}

}  // namespace intake
