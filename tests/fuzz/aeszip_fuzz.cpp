// A zip's structure and its AES members: the first byte says which password is tried, the rest is the zip. The packed
// bytes of every member are also handed to the decryption as they are.
#include <cstdlib>

#include "libintake/aeszip.hpp"
#include "libintake/zip_directory.hpp"
#include "libintake/zipcrypto.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view password = data[0] % 2 == 0 ? "password" : "xyzzy";
  (void)intake::is_zip(bytes);
  (void)intake::is_zip_document(bytes);
  (void)intake::aeszip::open(bytes, data[0] % 5U, password);
  (void)intake::zipcrypto::open(bytes, data[0], password);
  try {
    intake::archive_budget budget{{}};
    std::uint64_t packed = 0;
    for (const auto& member : intake::read_zip_directory(bytes, budget)) {
      packed += member.packed.size();
      if (member.packed.data() < bytes.data() || member.packed.size() != member.packed_size) std::abort();
      if (member.cipher != intake::zip_cipher::aes) continue;
      const auto plain = intake::aeszip::open(member.packed, member.aes_strength, password);
      if (plain && plain->size() + intake::aeszip::overhead(member.aes_strength) != member.packed_size) std::abort();
      if (plain && !intake::aeszip::may_fit(member.packed, member.aes_strength, password)) std::abort();
      break;  // one derivation an input keeps the fuzzer fast
    }
    if (packed > bytes.size()) std::abort();  // members overlap
  } catch (const intake::archive_refused&) {
  }
  return 0;
}
