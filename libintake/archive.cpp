#include "archive.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "digest.hpp"
#include "member_name.hpp"
#include "zip_archive.hpp"
#include "zip_directory.hpp"

namespace intake {
namespace {

struct signature {
  archive_kind kind;
  std::size_t at;
  std::string_view magic;
};

constexpr std::array signatures = {
    signature{archive_kind::seven_zip, 0, {"7z\xbc\xaf\x27\x1c", 6}},
    signature{archive_kind::rar, 0, {"Rar!\x1a\x07", 6}},
    signature{archive_kind::cab, 0, {"MSCF\0\0\0\0", 8}},
    signature{archive_kind::gzip, 0, {"\x1f\x8b\x08", 3}},
    signature{archive_kind::bzip2, 0, {"BZh", 3}},
    signature{archive_kind::xz,
              0,
              {"\xfd"
               "7zXZ\0",
               6}},
    signature{archive_kind::zstd, 0, {"\x28\xb5\x2f\xfd", 4}},
    signature{archive_kind::tar, 257, {"ustar", 5}},
};

// "-lh5-" and its kin stand behind the header's size and checksum.
bool is_lzh(std::string_view bytes) {
  if (bytes.size() < 22) return false;
  const auto method = bytes.substr(2, 5);
  return (method.starts_with("-lh") || method.starts_with("-lz") || method.starts_with("-pm")) && method[4] == '-';
}

bool is_bzip2(std::string_view bytes) {
  return bytes.size() > 10 && bytes[3] >= '1' && bytes[3] <= '9' &&
         (bytes.substr(4).starts_with("1AY&SY") || bytes.substr(4).starts_with("\x17rE8P\x90"));
}

// The content of a compressed file goes by the name of the file without the compressor's ending.
std::string content_name(std::string_view name) {
  name = name.substr(name.find_last_of("/\\") + 1);
  std::string inner(name.substr(0, name.rfind('.')));
  if (name.ends_with(".tgz") || name.ends_with(".tbz") || name.ends_with(".txz")) inner += ".tar";
  return unsafe_name(inner).empty() ? inner : "content";
}

// Opens an attachment and, one after the other, what came out of it.
class opening {
 public:
  opening(std::span<const labelled_secret> passwords, const archive_limits& limits)
      : passwords_(passwords), budget_(limits) {}

  archive_result run(std::string_view untrusted, std::string_view name) {
    try {
      open_all(untrusted, name);
    } catch (const archive_limit_crossed& crossed) {
      // A bomb costs what the limits allow and nothing more: no stage after this one is handed its fragments.
      result_.facts.opened = false;
      result_.facts.password_label.clear();
      result_.files.clear();
      result_.findings.assign(1, {crossed.code(), crossed.what(), outermost});
    }
    if (result_.facts.encryption == "zipcrypto") result_.findings.push_back({"archive.zipcrypto", {}, outermost});
    if (result_.facts.encryption == "none") result_.findings.push_back({"archive.not_encrypted", {}, outermost});
    return std::move(result_);
  }

 private:
  void open_all(std::string_view untrusted, std::string_view name) {
    open(result_.facts, untrusted, name, outermost, 0);
    for (std::size_t i = 0; i < result_.files.size(); ++i) {
      if (kind_of_archive(result_.files[i].data) == archive_kind::none) continue;
      // Moved out, because members are appended to the very vector it stands in.
      auto data = std::move(result_.files[i].data);
      archive_facts facts;
      open(facts, data, result_.files[i].path, i, depths_[i]);
      auto& file = result_.files[i];
      file.facts = std::move(facts);
      file.data = file.facts.opened ? std::string() : std::move(data);
    }
  }

  void open(archive_facts& facts, std::string_view bytes, std::string_view name, std::size_t from, std::size_t depth) {
    facts.kind = kind_of_archive(bytes);
    try {
      if (depth > budget_.limits().depth) throw archive_refused("archive.limit", "archives nested too deep");
      if (facts.kind != archive_kind::zip && is_zip(bytes))
        throw archive_refused("archive.ambiguous", "an archive of two kinds");
      auto zip = facts.kind == archive_kind::zip ? open_zip(bytes, passwords_, budget_, facts.encryption)
                                                 : open_other(bytes, facts.kind, name, facts.encryption);
      if (zip.files.empty()) throw archive_refused("archive.damaged", "an archive without a file in it");
      for (auto& file : zip.files) add(std::move(file), from, depth + 1);
      facts.password_label = std::move(zip.password_label);
      facts.opened = true;
    } catch (const archive_limit_crossed&) {
      throw;
    } catch (const archive_refused& refused) {
      const bool nested_lock = depth > 0 && refused.code().kind().code == "archive.password";
      result_.findings.push_back(
          {nested_lock ? finding_code("archive.nested_encrypted") : refused.code(), refused.what(), from});
    }
  }

  opened_zip open_other(std::string_view bytes, archive_kind kind, std::string_view name, std::string& encryption) {
    opened_zip opened;
    for (auto& file : unpack_archive(bytes, kind, content_name(name), budget_))
      opened.files.push_back({std::move(file.name), "none", std::move(file.data), {}});
    encryption = "none";
    return opened;
  }

  void add(zip_file&& member, std::size_t from, std::size_t depth) {
    archive_file file;
    file.path = std::move(member.name);
    file.from = from;
    file.encryption = std::move(member.encryption);
    file.size = member.data.size();
    file.sha256 = member.sha256.empty() ? sha256_hex(member.data) : std::move(member.sha256);
    file.data = std::move(member.data);
    result_.files.push_back(std::move(file));
    depths_.push_back(depth);
  }

  std::span<const labelled_secret> passwords_;
  archive_budget budget_;
  archive_result result_;
  std::vector<std::size_t> depths_;  // of result_.files
};

}  // namespace

archive_kind kind_of_archive(std::string_view untrusted) {
  const bool zip = is_zip(untrusted);
  if (zip && untrusted.starts_with("PK")) return is_zip_document(untrusted) ? archive_kind::none : archive_kind::zip;
  for (const auto& known : signatures)
    if (untrusted.size() > known.at && untrusted.substr(known.at).starts_with(known.magic) &&
        (known.kind != archive_kind::bzip2 || is_bzip2(untrusted)))
      return known.kind;
  if (is_lzh(untrusted)) return archive_kind::lzh;
  return zip ? archive_kind::zip : archive_kind::none;
}

std::string_view media_type(archive_kind kind) {
  switch (kind) {
    case archive_kind::none:
      break;
    case archive_kind::zip:
      return "application/zip";
    case archive_kind::seven_zip:
      return "application/x-7z-compressed";
    case archive_kind::rar:
      return "application/vnd.rar";
    case archive_kind::lzh:
      return "application/x-lzh-compressed";
    case archive_kind::cab:
      return "application/vnd.ms-cab-compressed";
    case archive_kind::tar:
      return "application/x-tar";
    case archive_kind::gzip:
      return "application/gzip";
    case archive_kind::bzip2:
      return "application/x-bzip2";
    case archive_kind::xz:
      return "application/x-xz";
    case archive_kind::zstd:
      return "application/zstd";
  }
  return {};
}

archive_result open_archive(std::string_view untrusted, std::string_view name,
                            std::span<const labelled_secret> passwords, const archive_limits& limits) {
  return opening(passwords, limits).run(untrusted, name);
}

}  // namespace intake
