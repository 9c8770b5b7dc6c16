#include "seal.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

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

struct prepared_hmac::state {
  struct free_mac {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };
  std::unique_ptr<EVP_MAC_CTX, free_mac> keyed;

  explicit state(std::string_view key) {
    // Looked up once, and never freed: keys may outlive what is static.
    static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    char digest[] = "SHA256";
    const OSSL_PARAM how[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, &digest[0], 0),
                              OSSL_PARAM_construct_end()};
    must(algorithm != nullptr, "HMAC");
    keyed.reset(EVP_MAC_CTX_new(algorithm));
    must(keyed && EVP_MAC_init(keyed.get(), bytes_of(key), key.size(), &how[0]) == 1, "HMAC");
  }
};

prepared_hmac::prepared_hmac(std::string_view key) : state_(std::make_unique<state>(key)) {}
prepared_hmac::prepared_hmac(prepared_hmac&&) noexcept = default;
prepared_hmac& prepared_hmac::operator=(prepared_hmac&&) noexcept = default;
prepared_hmac::~prepared_hmac() = default;

prepared_hmac::result prepared_hmac::of(std::string_view text) const {
  result out;
  std::size_t length = 0;
  auto* const mac = state_->keyed.get();
  must(EVP_MAC_init(mac, nullptr, 0, nullptr) == 1 &&  // under the same key again
           EVP_MAC_update(mac, bytes_of(text), text.size()) == 1 &&
           EVP_MAC_final(mac, out.data(), &length, out.size()) == 1 && length == out.size(),
       "HMAC");
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
