#include "unpack.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <iconv.h>
#include <libdeflate.h>
#include <locale.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "gzip.hpp"
#include "member_name.hpp"
#include "rar_checksums.hpp"

namespace intake {
namespace {

constexpr std::uint16_t method_stored = 0, method_deflate = 8;

struct reader_closer {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using archive_reader = std::unique_ptr<archive, reader_closer>;

// Names in an LZH are mostly CP932, and libarchive reads them by glibc's iconv. That loads its tables from files, which
// a confined worker cannot: they are held from the start of the program.
const iconv_t held_tables = iconv_open("UTF-8", "CP932");

// libarchive converts names to the charset of the locale; glibc has C.UTF-8 built in, so no file has to be read for it.
class utf8_locale {
 public:
  utf8_locale() {
    static const locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (made == nullptr) throw std::runtime_error("no UTF-8 locale");
    before_ = uselocale(made);
  }
  utf8_locale(const utf8_locale&) = delete;
  utf8_locale& operator=(const utf8_locale&) = delete;
  ~utf8_locale() { uselocale(before_); }

 private:
  locale_t before_;
};

[[noreturn]] void damaged(archive* reader) {
  const char* const why = archive_error_string(reader);
  throw archive_refused("archive.damaged", why != nullptr ? why : "unreadable");
}

// Every negative answer is a failure: a warning of libarchive may mean a checksum that does not fit.
void check(archive* reader, int answer) {
  if (answer < ARCHIVE_OK) damaged(reader);
}

archive_reader new_reader() {
  archive_reader reader(archive_read_new());
  if (!reader) throw std::bad_alloc();
  return reader;
}

void open_memory(archive* reader, std::string_view bytes) {
  check(reader, archive_read_open_memory(reader, bytes.data(), bytes.size()));
}

// Reads the current entry to its end. `count` is told of each piece. `most` is what it can be: room for all of that
// costs address space only, while a string that grows has its content in memory twice.
template <typename Count>
std::string read_data(archive* reader, std::uint64_t most, Count count) {
  std::string data;
  data.reserve(most);
  const void* block = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  for (;;) {
    const int answer = archive_read_data_block(reader, &block, &size, &offset);
    if (answer == ARCHIVE_EOF) break;
    check(reader, answer);
    // A hole in a sparse file is content too: it is charged before it is made.
    if (offset < 0 || static_cast<std::uint64_t>(offset) < data.size()) damaged(reader);
    const auto end = static_cast<std::uint64_t>(offset) + size;
    count(end - data.size());
    data.resize(static_cast<std::size_t>(offset));
    data.append(static_cast<const char*>(block), size);
  }
  if (data.size() < most / 8) data.shrink_to_fit();
  return data;
}

void put(std::string& out, std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) out += static_cast<char>(value >> 8 * i);
}

// The member as a zip of its own: what libarchive unpacks cannot reach anything else of the received bytes.
std::string single_member_zip(std::string_view packed, std::uint16_t method, std::uint64_t size) {
  std::string common;  // from "version needed" to the extra field's length, the same in both headers
  put(common, 63, 2);
  put(common, 0, 2);
  put(common, method, 2);
  put(common, 0, 8);
  put(common, packed.size(), 4);
  put(common, size, 4);
  put(common, 1, 2);
  put(common, 0, 2);
  std::string zip;
  zip.reserve(packed.size() + 128);
  (zip += "PK\3\4").append(common).append("m").append(packed);
  const auto directory = zip.size();
  zip += "PK\1\2";
  put(zip, 63, 2);
  zip += common;
  zip.append(14, '\0');
  zip += "m";
  const auto directory_size = zip.size() - directory;
  zip += "PK\5\6";
  put(zip, 0, 4);
  put(zip, 1, 2);
  put(zip, 1, 2);
  put(zip, directory_size, 4);
  put(zip, directory, 4);
  put(zip, 0, 2);
  return zip;
}

// Making one clears tables of several pages, which costs more than many a member; it is meant to be used again.
libdeflate_decompressor* decompressor() {
  thread_local const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> kept(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!kept) throw std::bad_alloc();
  return kept.get();
}

std::string inflate(std::string_view packed, std::uint64_t size) {
  std::string data(size, '\0');
  std::size_t read = 0, written = 0;
  const auto result = libdeflate_deflate_decompress_ex(decompressor(), packed.data(), packed.size(), data.data(),
                                                       data.size(), &read, &written);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
    throw archive_refused("archive.ambiguous", "unpacks to more than the directory says");
  if (result != LIBDEFLATE_SUCCESS) throw archive_refused("archive.damaged", "compressed data are damaged");
  if (written != size) throw archive_refused("archive.ambiguous", "unpacks to less than the directory says");
  if (read != packed.size()) throw archive_refused("archive.ambiguous", "bytes behind the compressed data");
  return data;
}

void support(archive* reader, archive_kind kind) {
  switch (kind) {
    case archive_kind::seven_zip:
      check(reader, archive_read_support_format_7zip(reader));
      return;
    case archive_kind::lzh:
      check(reader, archive_read_support_format_lha(reader));
      return;
    case archive_kind::cab:
      check(reader, archive_read_support_format_cab(reader));
      return;
    case archive_kind::tar:
      check(reader, archive_read_support_format_tar(reader));
      return;
    case archive_kind::rar:
      check(reader, archive_read_support_format_rar(reader));
      check(reader, archive_read_support_format_rar5(reader));
      return;
    default:
      break;
  }
  // Exactly one layer is undone: the bidding of libarchive would undo as many as there are, uncounted.
  check(reader, archive_read_support_format_raw(reader));
  const int filter = kind == archive_kind::bzip2 ? ARCHIVE_FILTER_BZIP2
                     : kind == archive_kind::xz  ? ARCHIVE_FILTER_XZ
                                                 : ARCHIVE_FILTER_ZSTD;
  check(reader, archive_read_append_filter(reader, filter));
}

bool is_compressor(archive_kind kind) {
  return kind >= archive_kind::gzip;
}

// Empty for the folder that tar was run in ("./").
std::string entry_name(archive_entry* entry, const archive_budget& budget) {
  const char* const raw = archive_entry_pathname(entry);
  if (raw == nullptr) throw archive_refused("archive.ambiguous", "a member without a name");
  budget.check_name(std::string_view(raw).size());
  auto name = decode_member_name(raw);
  if (!name) throw archive_refused("archive.ambiguous", "a name in an unknown character set");
  while (name->starts_with("./")) name->erase(0, 2);
  const bool is_folder = archive_entry_filetype(entry) == AE_IFDIR;
  if (is_folder && (name->empty() || *name == ".")) return {};
  if (is_folder && !name->ends_with('/')) *name += '/';
  if (!is_folder && name->ends_with('/'))
    throw archive_refused("archive.ambiguous", *name + ": a file named as a folder");
  if (const auto why = unsafe_name(*name); !why.empty())
    throw archive_refused("archive.unsafe_path", fmt::format("{}: {}", *name, why));
  return *name;
}

void check_entry(archive_entry* entry, const std::string& name) {
  if (archive_entry_is_encrypted(entry) != 0) throw archive_refused("archive.password", name + ": encrypted");
  const auto type = archive_entry_filetype(entry);
  if ((type != AE_IFREG && type != AE_IFDIR) || archive_entry_hardlink(entry) != nullptr)
    throw archive_refused("archive.unsafe_path", name + ": a link or device");
}

// What libarchive leaves to its caller: that all of a member came out, and, with RAR, its checksum.
void check_content(const std::string& name, const std::string& data, la_int64_t told,
                   const std::optional<std::uint32_t>& crc) {
  if (told >= 0 && data.size() != static_cast<std::uint64_t>(told))
    throw archive_refused("archive.damaged", name + ": not all of it is there");
  if (crc && libdeflate_crc32(0, data.data(), data.size()) != *crc)
    throw archive_refused("archive.damaged", name + ": the checksum does not fit");
}

std::vector<unpacked_file> read_entries(archive* reader, std::string_view packed, archive_kind kind,
                                        const std::string& single_name, archive_budget& budget) {
  const bool is_rar = kind == archive_kind::rar;
  const auto checksums = is_rar ? rar_checksums(packed) : std::vector<std::optional<std::uint32_t>>();
  std::size_t count = 0;
  std::vector<unpacked_file> files;
  std::vector<std::string> names;
  std::uint64_t total = 0;
  archive_entry* entry = nullptr;
  for (;;) {
    const int answer = archive_read_next_header(reader, &entry);
    if (answer == ARCHIVE_EOF) break;
    check(reader, answer);
    budget.spend_members(1);
    if (is_rar && count >= checksums.size()) throw archive_refused("archive.ambiguous", "more members than headers");
    const auto crc = is_rar ? checksums[count] : std::nullopt;
    ++count;
    auto name = single_name.empty() ? entry_name(entry, budget) : single_name;
    check_entry(entry, name);
    if (name.empty()) continue;
    names.push_back(std::move(name));
    const auto told = archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : la_int64_t{-1};
    const auto most = told < 0 ? budget.bytes_left() : std::min(budget.bytes_left(), static_cast<std::uint64_t>(told));
    auto data = read_data(reader, most, [&](std::uint64_t size) {
      budget.check_ratio(packed.size(), total += size);
      budget.spend_bytes(size);
    });
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    if (is_rar && !crc && !data.empty())
      throw archive_refused("archive.damaged", names.back() + ": without a checksum");
    check_content(names.back(), data, told, crc);
    files.push_back({names.back(), std::move(data)});
  }
  if (count < checksums.size()) throw archive_refused("archive.ambiguous", "fewer members than headers");
  if (const auto twice = colliding_name(names))
    throw archive_refused("archive.ambiguous", names[*twice] + ": two members of one name");
  return files;
}

std::vector<unpacked_file> unpack_by_libarchive(std::string_view untrusted, archive_kind kind,
                                                const std::string& single_name, archive_budget& budget,
                                                const char* options) {
  const utf8_locale locale;
  const auto reader = new_reader();
  support(reader.get(), kind);
  if (options != nullptr) check(reader.get(), archive_read_set_options(reader.get(), options));
  // Outside of the try block: when no format was recognised, libarchive 3.6 may not be asked about encryption any more.
  open_memory(reader.get(), untrusted);
  try {
    return read_entries(reader.get(), untrusted, kind, is_compressor(kind) ? single_name : std::string(), budget);
  } catch (const archive_refused& refused) {
    // An encrypted directory shows only as an archive that cannot be read.
    if (refused.code().kind().code == "archive.damaged" && archive_read_has_encrypted_entries(reader.get()) > 0)
      throw archive_refused("archive.password", "encrypted");
    throw;
  }
}

}  // namespace

std::string unpack_zip_member(std::string_view packed, std::uint16_t method, std::uint64_t size) {
  if (method == method_stored) {
    if (packed.size() != size) throw archive_refused("archive.ambiguous", "a stored member with two sizes");
    return std::string(packed);
  }
  if (method == method_deflate) return inflate(packed, size);
  const auto zip = single_member_zip(packed, method, size);
  const auto reader = new_reader();
  check(reader.get(), archive_read_support_format_zip_seekable(reader.get()));
  // The caller checks the CRC where the member has one; with AE-2 there is none.
  check(reader.get(), archive_read_set_options(reader.get(), "zip:ignorecrc32"));
  open_memory(reader.get(), zip);
  archive_entry* entry = nullptr;
  check(reader.get(), archive_read_next_header(reader.get(), &entry));
  std::uint64_t left = size;
  auto data = read_data(reader.get(), size, [&](std::uint64_t more) {
    if (more > left) throw archive_refused("archive.ambiguous", "unpacks to more than the directory says");
    left -= more;
  });
  if (left != 0) throw archive_refused("archive.ambiguous", "unpacks to less than the directory says");
  return data;
}

std::vector<unpacked_file> unpack_archive(std::string_view untrusted, archive_kind kind, const std::string& single_name,
                                          archive_budget& budget) {
  if (kind == archive_kind::gzip) {
    std::vector<unpacked_file> files;
    files.push_back({single_name, unpack_gzip(untrusted, budget)});
    return files;
  }
  if (kind != archive_kind::lzh) return unpack_by_libarchive(untrusted, kind, single_name, budget, nullptr);
  const auto before = budget;
  try {
    return unpack_by_libarchive(untrusted, kind, single_name, budget, nullptr);
  } catch (const archive_limit_crossed&) {
    throw;
  } catch (const archive_refused&) {
    budget = before;
    return unpack_by_libarchive(untrusted, kind, single_name, budget, "hdrcharset=CP932");
  }
}

}  // namespace intake
