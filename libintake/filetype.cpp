#include "filetype.hpp"

#include <magic.h>

#include <algorithm>
#include <array>

#include "container.hpp"
#include "failure.hpp"
#include "filename.hpp"
#include "limits.hpp"
#include "little.hpp"
#include "opc.hpp"
#include "texttype.hpp"

namespace intake {
namespace {

using k = file_kind;
using namespace std::string_view_literals;

struct signature {
  std::size_t offset;
  std::string_view bytes;
  file_kind kind;
};

constexpr std::array signatures = {
    signature{0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, k::ole},
    signature{0, "PK\x03\x04"sv, k::zip},
    signature{0, "PK\x05\x06"sv, k::zip},
    signature{0, "PK\x07\x08"sv, k::zip},
    signature{0, "%PDF-"sv, k::pdf},
    signature{0, "{\\rt"sv, k::rtf},
    signature{0, "\xFF\xD8\xFF"sv, k::jpeg},
    signature{0, "\x89PNG\r\n\x1A\n"sv, k::png},
    signature{0, "II*\0"sv, k::tiff},
    signature{0, "MM\0*"sv, k::tiff},
    signature{0, "II+\0"sv, k::tiff},
    signature{0, "MM\0+"sv, k::tiff},
    signature{0, "GIF87a"sv, k::gif},
    signature{0, "GIF89a"sv, k::gif},
    signature{8, "WEBPVP8"sv, k::webp},
    signature{0, "\0\0\0\x0CjP  \r\n\x87\n"sv, k::jp2},
    signature{0, "\xFF\x4F\xFF\x51"sv, k::jp2},
    signature{0, "7z\xBC\xAF\x27\x1C"sv, k::seven_zip},
    signature{0, "Rar!\x1A\x07"sv, k::rar},
    signature{0, "\x1F\x8B\x08"sv, k::gz},
    signature{257, "ustar"sv, k::tar},
    signature{0, "MSCF\0\0\0\0"sv, k::other_archive},
    signature{0,
              "\xFD"
              "7zXZ\0"sv,
              k::other_archive},
    signature{4, "1AY&SY"sv, k::other_archive},  // bzip2: "BZh" and a digit before it
    signature{0, "\x28\xB5\x2F\xFD"sv, k::other_archive},
    signature{0, "\x04\x22\x4D\x18"sv, k::other_archive},
    signature{7, "**ACE**"sv, k::other_archive},
    signature{0, "!<arch>\n"sv, k::other_archive},
    signature{0, "\xED\xAB\xEE\xDB"sv, k::other_archive},
    signature{0, "xar!\0"sv, k::other_archive},
    signature{0, "LZIP\x01"sv, k::other_archive},
    signature{0, "\x1F\x9D"sv, k::other_archive},
    signature{0, "SZDD\x88\xF0\x27\x33"sv, k::other_archive},
    signature{0, "ALZ\x01"sv, k::other_archive},
    signature{0, "EGGA\0"sv, k::other_archive},
    signature{0, "vhdxfile"sv, k::disk_image},
    signature{0, "conectix"sv, k::disk_image},
    signature{0, "KDMV"sv, k::disk_image},
    signature{0, "ITSF\x03"sv, k::chm},
    signature{0, "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3"sv, k::onenote},
    signature{0, "\xA1\x2F\xFF\x43\xD9\xEF\x76\x4C\x9E\xE2\x10\xEA\x57\x22\x76\x5F"sv, k::onenote},
    signature{4, "Standard Jet DB\0"sv, k::access},
    signature{4, "Standard ACE DB\0"sv, k::access},
    signature{0, "\x78\x9F\x3E\x22"sv, k::tnef},
    signature{0, "L\0\0\0\x01\x14\x02\0"sv, k::lnk},
    signature{0,
              "\x7F"
              "ELF"sv,
              k::elf},
    signature{0, "\xCA\xFE\xBA\xBE"sv, k::other_program},  // Java, and macOS for several processors
    signature{0, "\xFE\xED\xFA\xCE"sv, k::other_program},
    signature{0, "\xFE\xED\xFA\xCF"sv, k::other_program},
    signature{0, "\xCE\xFA\xED\xFE"sv, k::other_program},
    signature{0, "\xCF\xFA\xED\xFE"sv, k::other_program},
    signature{0, "dex\n0"sv, k::other_program},
    signature{0, "\0asm\1\0\0\0"sv, k::other_program},
    // Excel before OLE2 (BIFF 2 to 4): a BOF record.
    signature{0, "\x09\x00\x04\x00"sv, k::xls},
    signature{0, "\x09\x02\x06\x00"sv, k::xls},
    signature{0, "\x09\x04\x06\x00"sv, k::xls},
};

bool has(std::string_view bytes, std::size_t offset, std::string_view what) {
  return bytes.size() >= offset && bytes.substr(offset).starts_with(what);
}

bool is_bmp(std::string_view bytes) {
  if (!bytes.starts_with("BM") || bytes.size() < 26) return false;
  const std::uint32_t header = little32(bytes, 14);
  return header == 12 || (header >= 40 && header <= 124) || header == 16 || header == 64;
}

bool is_heic(std::string_view bytes) {
  if (bytes.size() < 16 || !has(bytes, 4, "ftyp")) return false;
  constexpr std::array brands = {"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv, "hevx"sv,
                                 "mif1"sv, "mif2"sv, "msf1"sv, "avif"sv, "avis"sv};
  return std::find(brands.begin(), brands.end(), bytes.substr(8, 4)) != brands.end();
}

// ISO 9660 and UDF begin with sixteen sectors of anything, as of another kind of file; a VHD and a DMG end in what they
// are.
bool is_disk_image(std::string_view bytes) {
  constexpr std::size_t descriptors = 16 * 2048, trailer = 512;
  if (has(bytes, descriptors + 1, "CD001") || has(bytes, descriptors + 1, "BEA01")) return true;
  if (bytes.size() < trailer) return false;
  const auto last = bytes.substr(bytes.size() - trailer);
  return last.starts_with("conectix") || last.starts_with("koly");
}

file_kind recognise_binary(std::string_view bytes) {
  for (const auto& signature : signatures)
    if (has(bytes, signature.offset, signature.bytes)) return signature.kind;
  if (bytes.size() > 64 && bytes.starts_with("MZ")) return k::pe;
  if (is_disk_image(bytes)) return k::disk_image;
  if (is_bmp(bytes)) return k::bmp;
  if (is_heic(bytes)) return k::heic;
  if (bytes.starts_with("\x60\xEA") && little16(bytes, 2) >= 30 && little16(bytes, 2) <= 2600) return k::other_archive;
  if (bytes.size() > 21 && has(bytes, 2, "-l") && bytes[6] == '-') return k::lzh;
  return k::unknown;
}

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// The class of a storage tells an installer, a patch or a transform of Windows Installer (000C1084, 86, 82).
bool is_installer(std::string_view bytes) {
  constexpr std::string_view rest = "\x10\x0C\0\0\0\0\0\xC0\0\0\0\0\0\0\x46"sv;
  for (auto at = bytes.find(rest); at != std::string_view::npos; at = bytes.find(rest, at + 1))
    if (at != 0 && (bytes[at - 1] == '\x82' || bytes[at - 1] == '\x84' || bytes[at - 1] == '\x86')) return true;
  return false;
}

file_kind ole_kind(std::string_view bytes) {
  const auto ole = container::open(bytes, container::format::ole);
  if (!ole) return k::ole;
  const auto top = [&](std::string_view path) { return ole->find(path) != nullptr; };
  if (top("EncryptedPackage") && top("EncryptionInfo")) return k::ooxml_encrypted;
  if (top("WordDocument")) return k::doc;
  if (top("Workbook") || top("Book")) return k::xls;
  if (top("PowerPoint Document")) return k::ppt;
  if (top("__properties_version1.0")) return k::msg;
  return is_installer(bytes) ? k::msi : k::ole;
}

file_kind ooxml_kind(std::string_view type) {
  struct row {
    std::string_view part;
    file_kind kind;
  };
  constexpr std::array table = {row{"ms-word.template.macroenabled", k::dotm},
                                row{"ms-word.document.macroenabled", k::docm},
                                row{"sheet.binary.macroenabled", k::xlsb},
                                row{"ms-excel.", k::xlsm},
                                row{"ms-powerpoint.", k::pptm},
                                row{"wordprocessingml.", k::docx},
                                row{"spreadsheetml.", k::xlsx},
                                row{"presentationml.", k::pptx}};
  for (const auto& [part, kind] : table)
    if (type.find(part) != std::string_view::npos) return kind;
  return k::zip;
}

file_kind zip_kind(std::string_view bytes) {
  const auto zip = container::open(bytes, container::format::zip);
  if (!zip) return k::zip;
  const opc_package package = read_opc(*zip, true);
  if (package.present) return ooxml_kind(package.main_type());
  const auto* const mimetype = zip->find("mimetype");
  if (!mimetype) return k::zip;
  const std::string mime = zip->read(*mimetype, 128).value_or("");
  for (const file_kind kind : {k::odt, k::ods, k::odp, k::odg})
    if (mime.starts_with(row_of(kind).mime)) return kind;
  return k::zip;
}

}  // namespace

file_kind recognise(std::string_view untrusted_bytes, std::string_view untrusted_name) {
  if (untrusted_bytes.empty()) return k::empty;
  file_kind kind = recognise_binary(untrusted_bytes);
  if (kind == k::ole) return ole_kind(untrusted_bytes);
  if (kind == k::zip) return zip_kind(untrusted_bytes);
  if (kind != k::unknown) return kind;
  kind = recognise_text(untrusted_bytes);
  if ((kind == k::txt || kind == k::csv) && fits(row_of(k::script), extension_of(untrusted_name))) return k::script;
  // Readers accept a PDF whose header lies anywhere in the first 1,024 bytes (ISO 32000-1, annex H, note 13).
  if (kind == k::unknown || kind == k::txt || kind == k::csv)
    if (untrusted_bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos) return k::pdf;
  return kind;
}

struct type_reader::state {
  magic_t magic = nullptr;
};

type_reader::type_reader() : state_(std::make_unique<state>()) {
  // No MAGIC_COMPRESS: it would start other programs.
  state_->magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_CDF |
                             MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_TOKENS);
  if (!state_->magic || magic_load(state_->magic, nullptr) != 0) {
    const char* const why = state_->magic ? magic_error(state_->magic) : nullptr;
    const std::string text = why ? why : "out of memory";
    if (state_->magic) magic_close(state_->magic);
    throw failure(exit_status::unavailable, "libmagic: {}", text);
  }
  std::size_t bytes = 64 * limits::kib;
  magic_setparam(state_->magic, MAGIC_PARAM_BYTES_MAX, &bytes);
}

type_reader::~type_reader() {
  magic_close(state_->magic);
}

file_type type_reader::identify(std::string_view untrusted_bytes, std::string_view untrusted_name) const {
  file_type type{recognise(untrusted_bytes, untrusted_name), {}, {}};
  type.mime = row_of(type.kind).mime;
  // Where there is a structure, it decides. Text has none, and an unknown kind may have a name in libmagic's tables.
  const bool plain = type.kind == k::txt || type.kind == k::csv;
  if (!plain && type.kind != k::unknown) {
    const bool header = untrusted_bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos;
    if (header && type.kind != k::pdf && type.kind != k::eml && !is_zip(type.kind))
      type.contest = "also begins as a PDF";
    return type;
  }
  const std::string_view head = untrusted_bytes.substr(0, 64 * limits::kib);
  // What libmagic knows among texts are programs and formats, which begin in ASCII; asking costs more than a scan.
  if (plain && !is_ascii(head.substr(0, 512))) return type;
  const char* const answer = magic_buffer(state_->magic, head.data(), head.size());
  const std::string_view second = answer ? answer : "";
  if (type.kind == k::unknown) {
    if (!second.empty()) type.mime = second;
  } else if (second.starts_with("text/x-") && second.find("script") != std::string_view::npos) {
    type.kind = k::script;
    type.mime = row_of(k::script).mime;
  } else if (second.starts_with("application/") && second != "application/octet-stream" &&
             second != "application/csv" && second != "application/json") {
    type.contest = "libmagic calls it " + std::string(second);
  }
  return type;
}

}  // namespace intake
