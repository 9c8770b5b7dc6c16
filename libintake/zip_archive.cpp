#include "zip_archive.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <optional>

#include "aeszip.hpp"
#include "digest.hpp"
#include "unpack.hpp"
#include "zip_fields.hpp"
#include "zipcrypto.hpp"

namespace intake {
namespace {

std::string encryption_name(const zip_member& member) {
  if (member.cipher == zip_cipher::none) return "none";
  if (member.cipher == zip_cipher::zipcrypto) return "zipcrypto";
  return fmt::format("aes-{}", 64 + 64 * member.aes_strength);
}

int strength_order(const zip_member& member) {
  return static_cast<int>(member.cipher) * 4 + static_cast<int>(member.aes_strength);
}

// Members without content say nothing: writers leave folders and empty files in the clear.
bool carries_content(const zip_member& member) {
  return !member.is_directory() && (member.size > 0 || member.cipher != zip_cipher::none);
}

// One zip, one way of encryption; else part of it could have been exchanged by someone without the password.
const zip_member* weakest_member(const std::vector<zip_member>& members) {
  const zip_member* weakest = nullptr;
  for (const auto& member : members) {
    if (!carries_content(member)) continue;
    if (weakest && weakest->cipher != member.cipher)
      throw archive_refused("archive.ambiguous", "members encrypted in different ways");
    if (!weakest || strength_order(member) < strength_order(*weakest)) weakest = &member;
  }
  return weakest;
}

// AE-2 leaves the CRC out, because it would tell of the content; a writer that gives it all the same must be right.
bool tells_crc(const zip_member& member) {
  return member.cipher != zip_cipher::aes || member.aes_version != 2 || member.crc != 0;
}

void check_crc(const zip_member& member, std::uint32_t crc) {
  if (tells_crc(member) && crc != member.crc)
    throw archive_refused("archive.damaged", member.name + ": the checksum does not fit");
}

void check_crc(const zip_member& member, const std::string& data) {
  if (tells_crc(member)) check_crc(member, libdeflate_crc32(0, data.data(), data.size()));
}

std::string unpack(const zip_member& member, std::string_view packed) {
  std::string data;
  try {
    data = unpack_zip_member(packed, member.method, member.size);
  } catch (const archive_refused& refused) {
    throw archive_refused(refused.code(), fmt::format("{}: {}", member.name, refused.what()));
  }
  check_crc(member, data);
  return data;
}

class zip_opener {
 public:
  zip_opener(std::span<const labelled_secret> passwords, archive_budget& budget)
      : passwords_(passwords), budget_(budget) {}

  zip_file open(const zip_member& member) {
    zip_file file{member.name, encryption_name(member), {}, {}};
    switch (member.cipher) {
      case zip_cipher::none:
        file.data = unpack(member, member.packed);
        break;
      case zip_cipher::zipcrypto:
        file.data = open_zipcrypto(member);
        break;
      case zip_cipher::aes:
        open_aes(member, file);
    }
    return file;
  }

  [[nodiscard]] const std::string& password_label() const { return label_; }

 private:
  // As unpack(), for content that is ours already: a stored member need not be copied.
  static std::string unpack_own(const zip_member& member, std::string plain) {
    if (member.method != 0 || plain.size() != member.size) return unpack(member, plain);
    check_crc(member, plain);
    return plain;
  }

  void open_aes(const zip_member& member, zip_file& file) {
    const bool stored =
        member.method == 0 && member.packed.size() == member.size + aeszip::overhead(member.aes_strength);
    bool seemed_right = false;
    std::uint32_t crc = 0;
    std::optional<sha256> digest;
    // The checksums of a stored member are made while its blocks are still in the processor's cache.
    const auto add_up = [&](std::string_view block) {
      if (tells_crc(member)) crc = libdeflate_crc32(crc, block.data(), block.size());
      digest->update(block);
    };
    auto plain = try_passwords([&](std::string_view password) -> std::optional<std::string> {
      budget_.spend_trial();
      if (!aeszip::may_fit(member.packed, member.aes_strength, password)) return std::nullopt;
      seemed_right = true;
      crc = 0;
      digest.emplace();
      return aeszip::open(member.packed, member.aes_strength, password,
                          stored ? aeszip::unverified_content(add_up) : aeszip::unverified_content());
    });
    if (plain && stored) {
      check_crc(member, crc);
      file.data = std::move(*plain);
      file.sha256 = digest->hex();
      return;
    }
    if (plain) {
      file.data = unpack(member, *plain);
      return;
    }
    // With a few known passwords a chance fit is far less likely than damaged data.
    if (seemed_right) throw archive_refused("archive.damaged", member.name + ": the authentication code does not fit");
    throw archive_refused("archive.password", member.name);
  }

  std::string open_zipcrypto(const zip_member& member) {
    const auto check = (member.flags & zip_flag_descriptor) != 0 ? member.modified_time >> 8 : member.crc >> 24;
    std::optional<archive_refused> damaged;
    auto data = try_passwords([&](std::string_view password) -> std::optional<std::string> {
      budget_.spend_trial();
      auto plain = zipcrypto::open(member.packed, static_cast<std::uint8_t>(check), password);
      if (!plain) return std::nullopt;
      try {
        return unpack_own(member, std::move(*plain));
      } catch (const archive_refused& refused) {
        damaged = refused;
        return std::nullopt;
      }
    });
    if (data) return std::move(*data);
    // One wrong password in 256 passes the check byte, so the password is the likelier fault of the two.
    throw archive_refused("archive.password", damaged ? damaged->what() : member.name);
  }

  // The password that fitted last is tried first. Returns what `attempt` made of the one that fits.
  template <typename Attempt>
  std::optional<std::string> try_passwords(Attempt attempt) {
    for (std::size_t i = 0; i < passwords_.size(); ++i) {
      const auto index = (last_ + i) % passwords_.size();
      auto data = attempt(passwords_[index].value.view());
      if (!data) continue;
      last_ = index;
      if (label_.empty()) label_ = passwords_[index].label;
      return data;
    }
    return std::nullopt;
  }

  std::span<const labelled_secret> passwords_;
  archive_budget& budget_;
  std::size_t last_ = 0;
  std::string label_;
};

}  // namespace

std::string unpack_plain_member(const zip_member& member) {
  if (member.cipher != zip_cipher::none) throw archive_refused("archive.password", member.name + ": encrypted");
  if (member.size > limits::active_part_bytes) throw archive_refused("archive.limit", member.name + ": too large");
  return unpack(member, member.packed);
}

opened_zip open_zip(std::string_view untrusted, std::span<const labelled_secret> passwords, archive_budget& budget,
                    std::string& encryption) {
  const auto members = read_zip_directory(untrusted, budget);
  const auto* const weakest = weakest_member(members);
  encryption = weakest ? encryption_name(*weakest) : "none";
  for (const auto& member : members) budget.spend_bytes(member.size);
  opened_zip zip;
  zip_opener opener(passwords, budget);
  for (const auto& member : members) {
    if (member.is_directory() && member.cipher == zip_cipher::none && member.packed.empty()) continue;
    auto file = opener.open(member);
    if (!member.is_directory()) zip.files.push_back(std::move(file));
  }
  zip.encryption = encryption;
  zip.password_label = opener.password_label();
  return zip;
}

}  // namespace intake
