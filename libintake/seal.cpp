#include "seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

#include "failure.hpp"

namespace intake {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

void must(bool good, const char* what) {
  if (!good) throw failure(exit_status::software, "OpenSSL refused {}", what);
}

struct free_cipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

EVP_CIPHER_CTX* cipher() {
  // One context a thread: making one costs more than sealing a short payload.
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, free_cipher> context(EVP_CIPHER_CTX_new());
  must(context != nullptr, "a cipher");
  return context.get();
}

const EVP_CIPHER* aes_256_gcm() {
  // Fetched once; the implicit fetch of EVP_aes_256_gcm() walks the providers at every use.
  static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  must(algorithm != nullptr, "AES-256-GCM");
  return algorithm;
}

void check_key(std::string_view key) {
  must(key.size() == seal_key_bytes, "a key that has not 32 bytes");
}

/// Writes the plain bytes to `out`, which has room for all of them.
bool decrypt(std::string_view key, std::string_view context, std::string_view sealed, unsigned char* out) {
  check_key(key);
  const auto body = sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
  std::string tag(sealed.substr(sealed.size() - tag_bytes));
  auto* ctx = cipher();
  int length = 0;
  must(EVP_DecryptInit_ex(ctx, aes_256_gcm(), nullptr, bytes_of(key), bytes_of(sealed)) == 1, "to decrypt");
  must(EVP_DecryptUpdate(ctx, nullptr, &length, bytes_of(context), static_cast<int>(context.size())) == 1, "context");
  must(EVP_DecryptUpdate(ctx, out, &length, bytes_of(body), static_cast<int>(body.size())) == 1, "ciphertext");
  must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) == 1, "a tag");
  const bool good = EVP_DecryptFinal_ex(ctx, out + length, &length) == 1;
  if (!good) OPENSSL_cleanse(out, body.size());
  return good;
}

}  // namespace

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  must(RAND_bytes(bytes_of(out), static_cast<int>(count)) == 1, "random bytes");
  return out;
}

brief_key::~brief_key() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

void brief_key::randomize() {
  must(RAND_priv_bytes(reinterpret_cast<unsigned char*>(bytes_.data()), static_cast<int>(bytes_.size())) == 1,
       "random bytes");
}

std::string seal(std::string_view key, std::string_view context, std::string_view plain) {
  check_key(key);
  std::string out = random_bytes(nonce_bytes);
  out.resize(nonce_bytes + plain.size() + tag_bytes);
  auto* const at = bytes_of(out);
  auto* ctx = cipher();
  int length = 0;
  must(EVP_EncryptInit_ex(ctx, aes_256_gcm(), nullptr, bytes_of(key), at) == 1, "to encrypt");
  must(EVP_EncryptUpdate(ctx, nullptr, &length, bytes_of(context), static_cast<int>(context.size())) == 1, "context");
  must(EVP_EncryptUpdate(ctx, at + nonce_bytes, &length, bytes_of(plain), static_cast<int>(plain.size())) == 1, "text");
  auto* const tag = at + nonce_bytes + plain.size();
  must(EVP_EncryptFinal_ex(ctx, tag, &length) == 1, "to finish");
  must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, tag_bytes, tag) == 1, "a tag");
  return out;
}

std::optional<std::string> unseal(std::string_view key, std::string_view context, std::string_view sealed) {
  if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
  std::string out(sealed.size() - nonce_bytes - tag_bytes, '\0');
  if (!decrypt(key, context, sealed, bytes_of(out))) return std::nullopt;
  return out;
}

bool unseal_key(std::string_view key, std::string_view context, std::string_view sealed, brief_key& out) {
  return sealed.size() == nonce_bytes + seal_key_bytes + tag_bytes &&
         decrypt(key, context, sealed, reinterpret_cast<unsigned char*>(out.data()));
}

// RFC 2104, on the digest itself: OpenSSL's own HMAC looks its digest up and allocates at every call, which costs ten
// times what hashing a receipt number does.
struct prepared_hmac::state {
  static constexpr std::size_t block_bytes = 64;

  struct free_digest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  using digest = std::unique_ptr<EVP_MD_CTX, free_digest>;

  digest inner, outer;  ///< after their first block
  digest working{EVP_MD_CTX_new()};

  explicit state(std::string_view key) {
    std::array<unsigned char, block_bytes> block{};
    if (key.size() > block_bytes) throw failure(exit_status::software, "a key longer than a block");
    std::copy(key.begin(), key.end(), block.begin());
    inner = after(block, 0x36);
    outer = after(block, 0x5c);
    OPENSSL_cleanse(block.data(), block.size());
    must(working != nullptr, "a digest");
  }
  static digest after(std::array<unsigned char, block_bytes> block, unsigned char pad) {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    for (auto& byte : block) byte ^= pad;
    digest made(EVP_MD_CTX_new());
    const bool good = made && EVP_DigestInit_ex(made.get(), algorithm, nullptr) == 1 &&
                      EVP_DigestUpdate(made.get(), block.data(), block.size()) == 1;
    OPENSSL_cleanse(block.data(), block.size());
    must(good, "HMAC");
    return made;
  }
  void run(const digest& from, const void* text, std::size_t size, result& out) const {
    must(EVP_MD_CTX_copy_ex(working.get(), from.get()) == 1 && EVP_DigestUpdate(working.get(), text, size) == 1 &&
             EVP_DigestFinal_ex(working.get(), out.data(), nullptr) == 1,
         "HMAC");
  }
};

prepared_hmac::prepared_hmac(std::string_view key) : state_(std::make_unique<state>(key)) {}
prepared_hmac::prepared_hmac(prepared_hmac&&) noexcept = default;
prepared_hmac& prepared_hmac::operator=(prepared_hmac&&) noexcept = default;
prepared_hmac::~prepared_hmac() = default;

prepared_hmac::result prepared_hmac::of(std::string_view text) const {
  result out;
  state_->run(state_->inner, text.data(), text.size(), out);
  state_->run(state_->outer, out.data(), out.size(), out);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  const auto made = prepared_hmac(key).of(text);
  return {reinterpret_cast<const char*>(made.data()), made.size()};
}

void derive_key(std::string_view material, std::string_view salt, std::string_view purpose, brief_key& out) {
  struct free_kdf {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  };
  const std::unique_ptr<EVP_PKEY_CTX, free_kdf> ctx(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
  std::size_t length = seal_key_bytes;
  must(ctx && EVP_PKEY_derive_init(ctx.get()) == 1 && EVP_PKEY_CTX_set_hkdf_md(ctx.get(), EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set1_hkdf_salt(ctx.get(), bytes_of(salt), static_cast<int>(salt.size())) == 1 &&
           EVP_PKEY_CTX_set1_hkdf_key(ctx.get(), bytes_of(material), static_cast<int>(material.size())) == 1 &&
           EVP_PKEY_CTX_add1_hkdf_info(ctx.get(), bytes_of(purpose), static_cast<int>(purpose.size())) == 1 &&
           EVP_PKEY_derive(ctx.get(), reinterpret_cast<unsigned char*>(out.data()), &length) == 1 &&
           length == seal_key_bytes,
       "HKDF");
}

}  // namespace intake
