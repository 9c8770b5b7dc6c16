#include "digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "failure.hpp"
#include "limits.hpp"

namespace intake {

namespace {

/// OpenSSL would look it up anew for each digest. Never freed: digests may outlive what is static.
const EVP_MD* sha256_of_openssl() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return found;
}

}  // namespace

struct sha256::state {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~state() { EVP_MD_CTX_free(context); }
};

sha256::sha256() : state_(std::make_unique<state>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context, sha256_of_openssl(), nullptr) != 1)
    throw failure(exit_status::software, "SHA-256 is not available in OpenSSL");
}
sha256::~sha256() = default;
sha256::sha256(sha256&&) noexcept = default;
sha256& sha256::operator=(sha256&&) noexcept = default;

void sha256::update(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1)
    throw failure(exit_status::software, "SHA-256 failed");
}

std::string sha256::bytes() {
  std::string out(32, '\0');
  if (EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(out.data()), nullptr) != 1)
    throw failure(exit_status::software, "SHA-256 failed");
  return out;
}

std::string sha256::hex() {
  return to_hex(bytes());
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char c : bytes) {
    out += digits[c >> 4];
    out += digits[c & 15];
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  sha256 digest;
  digest.update(bytes);
  return digest.hex();
}

std::string message_identity(std::string_view raw) {
  while (raw.ends_with('\n') || raw.ends_with('\r')) raw.remove_suffix(1);
  sha256 digest;
  std::string block;  // a call for each line would cost half as much again as the digest itself
  while (!raw.empty()) {
    const std::size_t cr = raw.find("\r\n");
    const auto line = raw.substr(0, cr);
    if (block.size() + line.size() > 16 * limits::kib) {
      digest.update(block);
      block.clear();
    }
    if (line.size() > 16 * limits::kib)
      digest.update(line);
    else
      block += line;
    if (cr == raw.npos) break;
    raw.remove_prefix(cr + 1);  // the LF stays
  }
  digest.update(block);
  return "m-" + digest.hex().substr(0, 32);
}

void message_digest::settle() {
  if (std::exchange(after_cr_, false)) line_ends_ += '\r';
  digest_.update(line_ends_);
  line_ends_.clear();
}

void message_digest::update(std::string_view bytes) {
  // Line ends that come without end would fill the memory; a message that is more than this of them is none.
  constexpr std::size_t most = 16 * limits::mib;
  while (!bytes.empty()) {
    const std::size_t plain = std::min(bytes.find_first_of("\r\n"), bytes.size());
    if (plain > 0) {
      settle();
      digest_.update(bytes.substr(0, plain));
      bytes.remove_prefix(plain);
      continue;
    }
    if (bytes[0] == '\n') {
      after_cr_ = false;
      line_ends_ += '\n';
    } else if (std::exchange(after_cr_, true)) {
      line_ends_ += '\r';
    }
    bytes.remove_prefix(1);
    if (line_ends_.size() > most) {
      digest_.update(line_ends_);
      line_ends_.clear();
    }
  }
}

std::string message_digest::identity() {
  return "m-" + digest_.hex().substr(0, 32);
}

}  // namespace intake
