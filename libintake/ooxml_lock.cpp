#include "ooxml_lock.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <memory>

#include "base64.hpp"
#include "container.hpp"
#include "limits.hpp"
#include "little.hpp"
#include "xml_events.hpp"

namespace intake {
namespace {

constexpr std::size_t cipher_block = 16;
constexpr std::size_t segment = 4096;  // of the agile package, each with its own initialisation vector
constexpr std::uint32_t standard_rounds = 50000;

template <auto release>
struct releaser {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, releaser<EVP_CIPHER_CTX_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, releaser<EVP_MD_CTX_free>>;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

std::string number(std::uint32_t value) {
  std::string out;
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift & 0xFF));
  return out;
}

std::string fitted(std::string bytes, std::size_t size, char pad) {
  bytes.resize(size, pad);
  return bytes;
}

/// Reused for all rounds of a key.
class hasher {
 public:
  explicit hasher(const std::string& name) : what_(EVP_get_digestbyname(name.c_str())), context_(EVP_MD_CTX_new()) {}
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(EVP_MD_get_size(what_)); }
  [[nodiscard]] std::string operator()(std::string_view first, std::string_view second = {}) {
    std::string out(size(), '\0');
    EVP_DigestInit_ex(context_.get(), what_, nullptr);
    EVP_DigestUpdate(context_.get(), first.data(), first.size());
    EVP_DigestUpdate(context_.get(), second.data(), second.size());
    EVP_DigestFinal_ex(context_.get(), octets(out), nullptr);
    return out;
  }
  /// Of the salt and the password, then again and again of the round's number and what came out.
  [[nodiscard]] std::string stretched(std::string_view salt, std::string_view password, std::uint32_t rounds) {
    std::string out = (*this)(salt, password);
    for (std::uint32_t round = 0; round < rounds; ++round) out = (*this)(number(round), out);
    return out;
  }

 private:
  const EVP_MD* what_;
  digest_context context_;
};

/// Without padding. `vector` empty: ECB.
std::optional<std::string> decrypted(const std::string& cipher, const std::string& key, const std::string& vector,
                                     std::string_view bytes) {
  const EVP_CIPHER* const how = EVP_get_cipherbyname(cipher.c_str());
  if (!how || static_cast<std::size_t>(EVP_CIPHER_get_key_length(how)) != key.size()) return std::nullopt;
  if (bytes.size() % cipher_block != 0 || bytes.size() > limits::render_source_bytes) return std::nullopt;
  const cipher_context context(EVP_CIPHER_CTX_new());
  std::string out(bytes.size() + cipher_block, '\0');
  int length = 0;
  if (EVP_DecryptInit_ex(context.get(), how, nullptr, octets(key), vector.empty() ? nullptr : octets(vector)) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_DecryptUpdate(context.get(), octets(out), &length, octets(bytes), static_cast<int>(bytes.size())) != 1)
    return std::nullopt;
  out.resize(bytes.size());
  return out;
}

/// Wiped when done with.
class wiped {
 public:
  explicit wiped(std::string bytes) : bytes_(std::move(bytes)) {}
  wiped(const wiped&) = delete;
  wiped& operator=(const wiped&) = delete;
  ~wiped() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  [[nodiscard]] const std::string& operator*() const { return bytes_; }

 private:
  std::string bytes_;
};

/// UTF-16, little-endian: what the key is derived from.
std::string wide(std::string_view utf8) {
  const auto units = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int>(utf8.size())));
  std::string out;
  for (int i = 0; i < units.length(); ++i) {
    out.push_back(static_cast<char>(units.charAt(i) & 0xFF));
    out.push_back(static_cast<char>(units.charAt(i) >> 8));
  }
  return out;
}

std::uint64_t length_of(std::string_view package) {
  return std::uint64_t{little32(package, 4)} << 32 | little32(package, 0);
}

std::string cipher_name(unsigned key_bits, std::string_view chaining) {
  return "aes-" + std::to_string(key_bits) + '-' + std::string(chaining);
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// [MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.14: what each derived key is for.
using purpose = std::array<unsigned char, 8>;
constexpr purpose for_verifier = {0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79};
constexpr purpose for_verifier_hash = {0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E};
constexpr purpose for_key = {0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6};
constexpr purpose for_hmac_key = {0x5F, 0xB2, 0xAD, 0x01, 0x0C, 0xB9, 0xE1, 0xF6};
constexpr purpose for_hmac_value = {0xA0, 0x67, 0x7F, 0x02, 0xB2, 0x2C, 0x84, 0x33};

std::string_view text_of(const purpose& what) {
  return {reinterpret_cast<const char*>(what.data()), what.size()};
}

std::uint32_t unsigned_of(std::string_view text) {
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : 0;
}

/// What Office writes beside the two streams: which transformation applies, and the document's properties.
bool is_usual(std::string_view path) {
  const std::string name = lower_ascii(path);
  return name == "encryptioninfo" || name == "encryptedpackage" ||
         name.starts_with(
             "\x06"
             "dataspaces") ||
         name == "\x05summaryinformation" ||
         name ==
             "\x05"
             "documentsummaryinformation";
}

/// Streams of the wrapper that are kept are small; a program would find room in none of them.
constexpr std::uint64_t usual_bytes = 64 * limits::kib;

}  // namespace

/// The descriptor of the agile way: attributes of three elements.
class ooxml_lock::descriptor_reader final : public xml_events {
 public:
  explicit descriptor_reader(ooxml_lock& lock) : lock_(lock) {}

  void start(std::string_view name, const attributes& all) override {
    if (name == "keyData") good_ = take(lock_.data_, all) && good_;
    if (name == "dataIntegrity") {
      lock_.hmac_key_ = bytes_of(all, "encryptedHmacKey");
      lock_.hmac_value_ = bytes_of(all, "encryptedHmacValue");
    }
    if (name != "encryptedKey") return;
    ++keys_;
    good_ = take(lock_.password_, all) && good_;
    lock_.rounds_ = unsigned_of(get(all, "spinCount"));
    lock_.verifier_ = bytes_of(all, "encryptedVerifierHashInput");
    lock_.verifier_hash_ = bytes_of(all, "encryptedVerifierHashValue");
    lock_.key_value_ = bytes_of(all, "encryptedKeyValue");
  }
  /// Other ways in, as by certificate, may stand beside the password; two passwords may not.
  [[nodiscard]] bool good() const { return good_ && keys_ == 1 && !lock_.data_.salt.empty(); }

 private:
  static std::string bytes_of(const attributes& all, std::string_view name) {
    return base64::decode(get(all, name)).value_or(std::string());
  }
  static bool take(parameters& to, const attributes& all) {
    const std::string hash = lower_ascii(get(all, "hashAlgorithm"));
    const auto bits = unsigned_of(get(all, "keyBits"));
    if (get(all, "cipherAlgorithm") != "AES" || get(all, "cipherChaining") != "ChainingModeCBC" ||
        get(all, "blockSize") != "16" || (bits != 128 && bits != 192 && bits != 256))
      return false;
    if (hash != "sha1" && hash != "sha-1" && hash != "sha256" && hash != "sha384" && hash != "sha512") return false;
    to = {cipher_name(bits, "cbc"), hash == "sha-1" ? "sha1" : hash, bytes_of(all, "saltValue"), bits / 8};
    return !to.salt.empty();
  }

  ooxml_lock& lock_;
  bool good_ = true;
  unsigned keys_ = 0;
};

std::optional<ooxml_lock> ooxml_lock::read(std::string_view untrusted_ole) {
  const auto ole = container::open(untrusted_ole, container::format::ole);
  if (!ole || ole->truncated()) return std::nullopt;
  const auto* const info = ole->find("EncryptionInfo");
  const auto* const package = ole->find("EncryptedPackage");
  if (!info || !package || package->size > limits::render_source_bytes) return std::nullopt;
  for (const auto& one : ole->entries())
    if (!is_usual(one.path) || (&one != package && one.size > usual_bytes)) return std::nullopt;
  const auto head = ole->read(*info, usual_bytes);
  auto bytes = ole->read(*package, limits::render_source_bytes);
  if (!head || head->size() < 8 || !bytes || bytes->size() < 8) return std::nullopt;
  ooxml_lock lock;
  lock.package_ = std::move(*bytes);
  const unsigned major = little16(*head, 0), minor = little16(*head, 2);
  const std::string_view rest = std::string_view(*head).substr(8);
  const bool known = major == 4 && minor == 4                 ? lock.read_agile(rest)
                     : minor == 2 && major >= 2 && major <= 4 ? lock.read_standard(rest)
                                                              : false;
  return known ? std::optional(std::move(lock)) : std::nullopt;
}

bool ooxml_lock::read_agile(std::string_view descriptor) {
  agile_ = true;
  descriptor_reader reader(*this);
  return reader.read(descriptor) && reader.good() && rounds_ <= limits::unlock_rounds && !hmac_key_.empty();
}

bool ooxml_lock::read_standard(std::string_view header) {
  if (header.size() < 4) return false;
  const std::size_t size = little32(header, 0);
  constexpr std::size_t fixed = 32, salt = 16, verifier = 16, hash = 32;
  if (size < fixed || size > header.size() - 4 || header.size() - 4 - size < 4 + salt + verifier + 4 + hash)
    return false;
  const unsigned algorithm = little32(header, 4 + 8), bits = little32(header, 4 + 16);
  const unsigned wanted = algorithm == 0x660E ? 128 : algorithm == 0x660F ? 192 : algorithm == 0x6610 ? 256 : 0;
  if (wanted == 0 || bits != wanted) return false;
  const std::string_view rest = header.substr(4 + size);
  if (little32(rest, 0) != salt) return false;
  password_ = {cipher_name(bits, "ecb"), "sha1", std::string(rest.substr(4, salt)), bits / 8};
  rounds_ = standard_rounds;
  verifier_ = rest.substr(4 + salt, verifier);
  verifier_hash_ = rest.substr(4 + salt + verifier + 4, hash);
  return true;
}

std::optional<std::string> ooxml_lock::open(std::string_view password) const {
  const wiped units(wide(password));
  auto fitting = agile_ ? agile_key(*units) : standard_key(*units);
  if (!fitting) return std::nullopt;
  const wiped key(std::move(*fitting));
  return agile_ ? open_agile(*key) : open_standard(*key);
}

std::optional<std::string> ooxml_lock::agile_key(std::string_view password) const {
  hasher hash(password_.hash);
  const std::string start = hash.stretched(password_.salt, password, rounds_);
  const std::string vector = fitted(password_.salt, cipher_block, '\x36');
  const auto opened = [&](const purpose& what, std::string_view bytes) {
    return decrypted(password_.cipher, fitted(hash(start, text_of(what)), password_.key_bytes, '\x36'), vector, bytes);
  };
  const auto input = opened(for_verifier, verifier_), expected = opened(for_verifier_hash, verifier_hash_);
  if (!input || !expected || expected->size() < hash.size() ||
      !same(hash(*input), std::string_view(*expected).substr(0, hash.size())))
    return std::nullopt;
  auto key = opened(for_key, key_value_);
  if (!key || key->size() < data_.key_bytes) return std::nullopt;
  key->resize(data_.key_bytes);
  return key;
}

bool ooxml_lock::is_unchanged(const std::string& key) const {
  hasher hash(data_.hash);
  const auto opened = [&](const purpose& what, std::string_view bytes) {
    return decrypted(data_.cipher, key, fitted(hash(data_.salt, text_of(what)), cipher_block, '\x36'), bytes);
  };
  const auto hmac_key = opened(for_hmac_key, hmac_key_), expected = opened(for_hmac_value, hmac_value_);
  if (!hmac_key || !expected || hmac_key->size() < hash.size() || expected->size() < hash.size()) return false;
  std::string made(hash.size(), '\0');
  HMAC(EVP_get_digestbyname(data_.hash.c_str()), hmac_key->data(), static_cast<int>(hash.size()), octets(package_),
       package_.size(), octets(made), nullptr);
  return same(made, std::string_view(*expected).substr(0, hash.size()));
}

std::optional<std::string> ooxml_lock::open_agile(const std::string& key) const {
  if (!is_unchanged(key)) return std::nullopt;
  const std::uint64_t size = length_of(package_);
  std::string_view rest = std::string_view(package_).substr(8);
  // Producers pad the last block in more than one way; the length says what counts.
  rest = rest.substr(0, rest.size() / cipher_block * cipher_block);
  if (size > rest.size()) return std::nullopt;
  hasher hash(data_.hash);
  std::string out;
  out.reserve(rest.size());
  for (std::uint32_t number_of = 0; !rest.empty(); ++number_of) {
    const auto vector = fitted(hash(data_.salt, number(number_of)), cipher_block, '\x36');
    const auto part = decrypted(data_.cipher, key, vector, rest.substr(0, segment));
    if (!part) return std::nullopt;
    out += *part;
    rest.remove_prefix(std::min(segment, rest.size()));
  }
  out.resize(size);
  return out;
}

std::optional<std::string> ooxml_lock::standard_key(std::string_view password) const {
  hasher hash(password_.hash);
  const std::string last = hash(hash.stretched(password_.salt, password, rounds_), number(0));
  const auto half = [&](char pad) {
    std::string block(64, pad);
    for (std::size_t i = 0; i < last.size(); ++i) block[i] = static_cast<char>(block[i] ^ last[i]);
    return hash(block);
  };
  std::string key = (half('\x36') + half('\x5C')).substr(0, password_.key_bytes);
  const auto input = decrypted(password_.cipher, key, {}, verifier_);
  const auto expected = decrypted(password_.cipher, key, {}, verifier_hash_);
  if (!input || !expected || !same(hash(*input), std::string_view(*expected).substr(0, hash.size())))
    return std::nullopt;
  return key;
}

std::optional<std::string> ooxml_lock::open_standard(const std::string& key) const {
  const std::uint64_t size = length_of(package_);
  std::string_view rest = std::string_view(package_).substr(8);
  rest = rest.substr(0, rest.size() / cipher_block * cipher_block);
  auto out = size > rest.size() ? std::nullopt : decrypted(password_.cipher, key, {}, rest);
  if (out) out->resize(size);
  return out;
}

}  // namespace intake
