// Sealing of the ledger: AES-256-GCM, HMAC-SHA256 and HKDF through OpenSSL. Keys are 32 bytes.
// What is opened may have been tampered with; a wrong tag is an answer, a failing library is failure(software).
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace intake {

inline constexpr std::size_t seal_key_bytes = 32;

/// A key that lives as long as one event is sealed or opened: on the stack, wiped at its end. Keys that live as long as
/// the process are `secret`, in locked pages; for one key a message that would be three system calls each.
class brief_key {
 public:
  brief_key() = default;
  brief_key(const brief_key&) = delete;
  brief_key& operator=(const brief_key&) = delete;
  ~brief_key();
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
  [[nodiscard]] char* data() { return bytes_.data(); }
  /// Fills it from the kernel's generator, through OpenSSL's.
  void randomize();

 private:
  std::array<char, seal_key_bytes> bytes_{};
};

[[nodiscard]] std::string random_bytes(std::size_t count);

/// Nonce (12 bytes, random), ciphertext, tag (16 bytes). `context` is authenticated and not stored: a sealed text that
/// was moved to another place does not open there.
[[nodiscard]] std::string seal(std::string_view key, std::string_view context, std::string_view plain);
/// nullopt: wrong key, wrong context, or changed bytes.
[[nodiscard]] std::optional<std::string> unseal(std::string_view key, std::string_view context,
                                                std::string_view sealed);
/// The same for a sealed key. False: as nullopt above.
[[nodiscard]] bool unseal_key(std::string_view key, std::string_view context, std::string_view sealed, brief_key& out);

/// HMAC-SHA256, 32 bytes.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);
/// The same for many texts under one key, whose blocks are hashed once. What it holds is worth as much as the key and
/// lies in ordinary memory until it goes: make it for a task, not for a process.
class prepared_hmac {
 public:
  using result = std::array<unsigned char, 32>;
  explicit prepared_hmac(std::string_view key);
  prepared_hmac(prepared_hmac&&) noexcept;
  prepared_hmac& operator=(prepared_hmac&&) noexcept;
  ~prepared_hmac();
  [[nodiscard]] result of(std::string_view text) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};
/// HKDF-SHA256 (RFC 5869) of key material that already has enough entropy.
void derive_key(std::string_view material, std::string_view salt, std::string_view purpose, brief_key& out);

}  // namespace intake
