// SHA1_Transform is the one way to run PBKDF2's two compressions a round without the cost of the EVP layer, which is
// four times theirs; OpenSSL marks it as deprecated but keeps it.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "aeszip.hpp"

#include <emmintrin.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include "beside.hpp"

namespace intake::aeszip {
namespace {

constexpr unsigned rounds = 1000;  // fixed by the format
constexpr std::size_t verifier_size = 2, code_size = 10, digest_size = SHA_DIGEST_LENGTH;
constexpr std::size_t block_size = SHA_CBLOCK, cipher_block = 16;

using digest = std::array<unsigned char, digest_size>;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::size_t key_size(unsigned strength) {
  return 8 * (strength + std::size_t{1});
}
std::size_t salt_size(unsigned strength) {
  return key_size(strength) / 2;
}

// HMAC-SHA1 with the state after each pad kept, so that a message costs its own blocks and one more.
class hmac_sha1 {
 public:
  explicit hmac_sha1(std::string_view key) {
    std::array<unsigned char, block_size> pad{};
    if (key.size() > pad.size())
      SHA1(octets(key), key.size(), pad.data());
    else
      std::copy(key.begin(), key.end(), pad.begin());
    for (auto& byte : pad) byte ^= 0x36;
    SHA1_Init(&inner_);
    SHA1_Update(&inner_, pad.data(), pad.size());
    for (auto& byte : pad) byte ^= 0x36 ^ 0x5c;
    SHA1_Init(&outer_);
    SHA1_Update(&outer_, pad.data(), pad.size());
    OPENSSL_cleanse(pad.data(), pad.size());
  }
  hmac_sha1(const hmac_sha1&) = delete;
  hmac_sha1& operator=(const hmac_sha1&) = delete;
  ~hmac_sha1() {
    OPENSSL_cleanse(&inner_, sizeof inner_);
    OPENSSL_cleanse(&outer_, sizeof outer_);
  }

  [[nodiscard]] SHA_CTX begin() const { return inner_; }
  [[nodiscard]] digest end(SHA_CTX& inner) const {
    digest out;
    SHA1_Final(out.data(), &inner);
    SHA_CTX outer = outer_;
    SHA1_Update(&outer, out.data(), out.size());
    SHA1_Final(out.data(), &outer);
    return out;
  }

  // HMAC of a digest, 1000 times over: both messages fit one block whose padding never changes.
  [[nodiscard]] digest iterate(const digest& first) const {
    std::array<unsigned char, block_size> block{};
    block[digest_size] = 0x80;
    constexpr unsigned bits = (block_size + digest_size) * 8;
    block[block_size - 2] = bits >> 8;
    block[block_size - 1] = bits & 0xff;
    digest sum = first;
    std::copy(first.begin(), first.end(), block.begin());
    for (unsigned round = 1; round < rounds; ++round) {
      compress(inner_, block);
      compress(outer_, block);
      for (std::size_t i = 0; i < digest_size; ++i) sum[i] ^= block[i];
    }
    OPENSSL_cleanse(block.data(), block.size());
    return sum;
  }

 private:
  // Replaces the digest in front of the block by that of (pad, block).
  static void compress(const SHA_CTX& pad, std::array<unsigned char, block_size>& block) {
    SHA_CTX state = pad;
    SHA1_Transform(&state, block.data());
    const std::array words = {state.h0, state.h1, state.h2, state.h3, state.h4};
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto big_endian = __builtin_bswap32(words[i]);
      std::memcpy(&block[4 * i], &big_endian, sizeof big_endian);
    }
  }

  SHA_CTX inner_, outer_;
};

// Block T_index of PBKDF2 (RFC 8018 section 5.2).
digest derive_block(const hmac_sha1& password, std::string_view salt, unsigned index) {
  SHA_CTX inner = password.begin();
  SHA1_Update(&inner, salt.data(), salt.size());
  const std::array<unsigned char, 4> number = {0, 0, 0, static_cast<unsigned char>(index)};
  SHA1_Update(&inner, number.data(), number.size());
  return password.iterate(password.end(inner));
}

struct parts {
  std::string_view salt, verifier, content, code;
};

std::optional<parts> split(std::string_view packed, unsigned strength) {
  if (strength < 1 || strength > 3 || packed.size() < overhead(strength)) return std::nullopt;
  const auto salt = salt_size(strength);
  const auto content = packed.size() - overhead(strength);
  return parts{packed.substr(0, salt), packed.substr(salt, verifier_size), packed.substr(salt + verifier_size, content),
               packed.substr(packed.size() - code_size)};
}

struct derived_keys {
  std::array<unsigned char, 4 * digest_size> bytes;  // encryption key, authentication key, verifier
  ~derived_keys() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

// Counter mode with WinZip's little-endian counter, which OpenSSL's own counter mode cannot count: the key stream is
// made by encrypting blocks of counters.
class counter_mode {
 public:
  counter_mode(const unsigned char* key, unsigned strength) : context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free) {
    const auto* const cipher = strength == 1   ? EVP_aes_128_ecb()
                               : strength == 2 ? EVP_aes_192_ecb()
                                               : EVP_aes_256_ecb();
    if (!context_ || EVP_EncryptInit_ex(context_.get(), cipher, nullptr, key, nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(context_.get(), 0) != 1)
      throw std::runtime_error("OpenSSL has no AES");
  }

  // Block by block, so that no byte of the result is written before it is known.
  void apply(std::string_view in, std::string& out, const unverified_content& also) {
    while (!in.empty()) {
      const auto size = std::min(in.size(), stream_.size());
      next_stream((size + cipher_block - 1) / cipher_block);
      exclusive_or(in.substr(0, size));
      const std::string_view made(reinterpret_cast<const char*>(stream_.data()), size);
      if (also) also(made);
      out.append(made);
      in.remove_prefix(size);
    }
  }

 private:
  // By blocks where there are whole ones: this loop runs over every byte received.
  void exclusive_or(std::string_view in) {
    std::size_t at = 0;
    for (; at + cipher_block <= in.size(); at += cipher_block) {
      auto* const key = reinterpret_cast<__m128i*>(&stream_[at]);
      const auto* const bytes = reinterpret_cast<const __m128i*>(in.data() + at);
      _mm_storeu_si128(key, _mm_xor_si128(_mm_loadu_si128(key), _mm_loadu_si128(bytes)));
    }
    for (; at < in.size(); ++at) stream_[at] ^= static_cast<unsigned char>(in[at]);
  }

  void next_stream(std::size_t blocks) {
    static_assert(std::endian::native == std::endian::little);
    for (std::size_t i = 0; i < blocks; ++i) {
      ++counter_;
      std::memcpy(&counters_[i * cipher_block], &counter_, sizeof counter_);
    }
    int written = 0;
    if (EVP_EncryptUpdate(context_.get(), stream_.data(), &written, counters_.data(),
                          static_cast<int>(blocks * cipher_block)) != 1)
      throw std::runtime_error("OpenSSL did not encrypt");
  }

  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
  std::uint64_t counter_ = 0;
  std::array<unsigned char, 16384> counters_{}, stream_;
};

}  // namespace

std::uint64_t overhead(unsigned strength) {
  return salt_size(strength) + verifier_size + code_size;
}

bool may_fit(std::string_view packed, unsigned strength, std::string_view password) {
  const auto member = split(packed, strength);
  if (!member) return false;
  // The verifier follows both keys: it lies in block 2, 3, 4 for AES-128, -192, -256.
  const auto at = 2 * key_size(strength);
  const auto block = derive_block(hmac_sha1(password), member->salt, static_cast<unsigned>(at / digest_size) + 1);
  return CRYPTO_memcmp(&block[at % digest_size], member->verifier.data(), verifier_size) == 0;
}

std::optional<std::string> open(std::string_view packed, unsigned strength, std::string_view password,
                                const unverified_content& also) {
  const auto member = split(packed, strength);
  if (!member) return std::nullopt;
  const auto size = key_size(strength);
  derived_keys keys;
  const hmac_sha1 mac(password);
  for (unsigned index = 1; (index - 1) * digest_size < 2 * size + verifier_size; ++index) {
    const auto block = derive_block(mac, member->salt, index);
    std::copy(block.begin(), block.end(), &keys.bytes[(index - 1) * digest_size]);
  }
  if (CRYPTO_memcmp(&keys.bytes[2 * size], member->verifier.data(), verifier_size) != 0) return std::nullopt;

  bool genuine = false;
  std::string plain;
  {
    const beside authenticating(
        [&] {
          const hmac_sha1 code({reinterpret_cast<const char*>(&keys.bytes[size]), size});
          SHA_CTX inner = code.begin();
          SHA1_Update(&inner, member->content.data(), member->content.size());
          genuine = CRYPTO_memcmp(code.end(inner).data(), member->code.data(), code_size) == 0;
        },
        member->content.size());
    plain.reserve(member->content.size());
    counter_mode(keys.bytes.data(), strength).apply(member->content, plain, also);
  }
  if (!genuine) return std::nullopt;
  return plain;
}

}  // namespace intake::aeszip
