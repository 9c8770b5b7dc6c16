// Encrypted OOXML packages ([MS-OFFCRYPTO] 2.3.4.5 standard, 2.3.4.10 agile): what Word and Excel make of a document
// with a password to open it. Handles hostile bytes: call inside the sandbox. Used by locked_document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace intake {

class ooxml_lock {
 public:
  /// nullopt: no encrypted package, one whose wrapper holds anything else that could be of interest (it would go
  /// unscanned), or encrypted in a way that is not known here.
  [[nodiscard]] static std::optional<ooxml_lock> read(std::string_view untrusted_ole);

  /// The package, if `password` (UTF-8) fits and nothing of it was changed: the agile way has a checksum for that, the
  /// standard way has none.
  [[nodiscard]] std::optional<std::string> open(std::string_view password) const;

 private:
  /// One use of a cipher and a hash, as the agile descriptor gives them. `cipher` and `hash` are OpenSSL's names.
  struct parameters {
    std::string cipher, hash, salt;
    unsigned key_bytes = 0;
  };
  class descriptor_reader;

  [[nodiscard]] bool read_agile(std::string_view descriptor);
  [[nodiscard]] bool read_standard(std::string_view header);
  [[nodiscard]] std::optional<std::string> agile_key(std::string_view password) const;
  [[nodiscard]] std::optional<std::string> standard_key(std::string_view password) const;
  [[nodiscard]] std::optional<std::string> open_agile(const std::string& key) const;
  [[nodiscard]] std::optional<std::string> open_standard(const std::string& key) const;
  [[nodiscard]] bool is_unchanged(const std::string& key) const;

  bool agile_ = false;
  parameters data_, password_;
  std::uint32_t rounds_ = 0;
  std::string verifier_, verifier_hash_, key_value_, hmac_key_, hmac_value_;
  std::string package_;  ///< its length (8 octets), then the ciphertext
};

}  // namespace intake
