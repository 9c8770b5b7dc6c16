#include "base64.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace intake::base64 {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto make_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr auto values = make_values();

const auto* octets(const char* text) {
  return reinterpret_cast<const unsigned char*>(text);
}

// The vector loops follow Muła and Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions" (2018). They
// stop before the end of either span, and at the first doubtful character; the scalar code decides on the rest.

__attribute__((target("avx2"))) std::size_t encode_avx2(const char* in, std::size_t size, char* out) {
  const __m256i spread = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0, 2, 1, 4, 3, 5, 4, 7,
                                          6, 8, 7, 10, 9, 11, 10);
  const __m256i offsets = _mm256_setr_epi8(65, 71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0, 65, 71, -4,
                                           -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0);
  std::size_t done = 0;
  for (; done + 28 <= size; done += 24, out += 32) {  // the second load reads bytes done+12 … done+27
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + done));
    const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + done + 12));
    const __m256i bytes = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), spread);
    const __m256i a =
        _mm256_mulhi_epu16(_mm256_and_si256(bytes, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
    const __m256i b =
        _mm256_mullo_epi16(_mm256_and_si256(bytes, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
    const __m256i sextets = _mm256_or_si256(a, b);
    __m256i row = _mm256_subs_epu8(sextets, _mm256_set1_epi8(51));
    row = _mm256_sub_epi8(row, _mm256_cmpgt_epi8(sextets, _mm256_set1_epi8(25)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_add_epi8(sextets, _mm256_shuffle_epi8(offsets, row)));
  }
  return done;
}

/// Decodes whole groups from the front; writes up to 8 octets past what it reports. Returns characters consumed.
__attribute__((target("avx2"))) std::size_t decode_avx2(const char* in, std::size_t size, char* out) {
  const __m256i low_bits =
      _mm256_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a,
                       0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
  const __m256i high_bits =
      _mm256_setr_epi8(0x10, 0x10, 1, 2, 4, 8, 4, 8, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 1, 2,
                       4, 8, 4, 8, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  const __m256i roll = _mm256_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 19, 4, -65,
                                        -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i slash = _mm256_set1_epi8(0x2f);
  const __m256i pack = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0, 6, 5, 4, 10, 9,
                                        8, 14, 13, 12, -1, -1, -1, -1);
  std::size_t done = 0;
  for (; done + 32 <= size; done += 32, out += 24) {
    __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + done));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(text, 4), slash);
    const __m256i low = _mm256_and_si256(text, slash);
    if (!_mm256_testz_si256(_mm256_shuffle_epi8(low_bits, low), _mm256_shuffle_epi8(high_bits, high))) break;
    const __m256i row = _mm256_add_epi8(_mm256_cmpeq_epi8(text, slash), high);
    text = _mm256_add_epi8(text, _mm256_shuffle_epi8(roll, row));
    text = _mm256_madd_epi16(_mm256_maddubs_epi16(text, _mm256_set1_epi32(0x01400140)), _mm256_set1_epi32(0x00011000));
    text = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(text, pack), _mm256_setr_epi32(0, 1, 2, 4, 5, 6, -1, -1));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), text);
  }
  return done;
}

bool has_avx2() {
  static const bool yes = __builtin_cpu_supports("avx2");
  return yes;
}

constexpr std::size_t decode_slack = 16;  // decode_avx2 writes up to 8 octets past its result

// Results are made in blocks that stay in the processor's cache and appended: a string that is given its length first
// is written twice, which for a document is dearer than the coding. A block is a whole number of groups.
constexpr std::size_t block_octets = 24 * 1024, block_characters = block_octets / 3 * 4;

/// Returns the end of what is written.
char* encode_block(std::string_view bytes, char* to) {
  std::size_t done = has_avx2() ? encode_avx2(bytes.data(), bytes.size(), to) : 0;
  to += done / 3 * 4;
  const auto* in = octets(bytes.data());
  for (; done + 3 <= bytes.size(); done += 3) {
    const std::uint32_t group = std::uint32_t{in[done]} << 16 | std::uint32_t{in[done + 1]} << 8 | in[done + 2];
    *to++ = alphabet[group >> 18];
    *to++ = alphabet[group >> 12 & 63];
    *to++ = alphabet[group >> 6 & 63];
    *to++ = alphabet[group & 63];
  }
  if (const std::size_t left = bytes.size() - done; left != 0) {
    const std::uint32_t group = std::uint32_t{in[done]} << 16 | (left == 2 ? std::uint32_t{in[done + 1]} << 8 : 0);
    *to++ = alphabet[group >> 18];
    *to++ = alphabet[group >> 12 & 63];
    *to++ = left == 2 ? alphabet[group >> 6 & 63] : '=';
    *to++ = '=';
  }
  return to;
}

/// Whole groups without padding; nullptr for a character outside the alphabet.
char* decode_block(std::string_view text, char* to) {
  std::size_t done = has_avx2() ? decode_avx2(text.data(), text.size(), to) : 0;
  to += done / 4 * 3;
  const auto* in = octets(text.data());
  for (; done < text.size(); done += 4) {
    const int a = values[in[done]], b = values[in[done + 1]], c = values[in[done + 2]], d = values[in[done + 3]];
    if ((a | b | c | d) < 0) return nullptr;
    const int group = a << 18 | b << 12 | c << 6 | d;
    *to++ = static_cast<char>(group >> 16);
    *to++ = static_cast<char>(group >> 8);
    *to++ = static_cast<char>(group);
  }
  return to;
}

/// What a writer of MIME makes is lines of whole groups: put together, they are decoded as one. Appends what the lines
/// from the front say, and returns how much of the text they are; what is not so, or has padding, is left.
std::size_t decode_lines(std::string_view text, std::string& out) {
  constexpr std::size_t longest = 1000;
  std::array<char, block_characters> packed;
  std::array<char, block_octets + decode_slack> block;
  std::size_t at = 0, held = 0, done = 0;
  const auto decode_held = [&] {
    char* const end = decode_block({packed.data(), held}, block.data());
    if (end == nullptr) return false;
    out.append(block.data(), end);
    held = 0;
    done = at;
    return true;
  };
  for (;;) {
    auto line = text.substr(at, longest);
    const auto end = line.find('\n');
    if (end == line.npos) break;
    line = line.substr(0, end != 0 && line[end - 1] == '\r' ? end - 1 : end);
    if (line.size() % 4 != 0) break;
    if (held + line.size() > packed.size() && !decode_held()) return done;
    std::copy(line.begin(), line.end(), packed.data() + held);
    held += line.size();
    at += end + 1;
  }
  (void)decode_held();
  return done;
}

}  // namespace

void encode(std::string& out, std::string_view bytes) {
  constexpr std::size_t behind = 16;  // whoever closes a quote after a large value must not cause it to be moved
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4 + behind);
  std::array<char, block_characters> block;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), block_octets)))
    out.append(block.data(), encode_block(bytes.substr(0, block_octets), block.data()));
}

std::string encode(std::string_view bytes) {
  std::string out;
  encode(out, bytes);
  return out;
}

std::optional<std::string> decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  if (text.empty()) return out;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.reserve(text.size() / 4 * 3);
  std::array<char, block_octets + decode_slack> block;
  auto whole = text.substr(0, padding ? text.size() - 4 : text.size());
  for (; !whole.empty(); whole.remove_prefix(std::min(whole.size(), block_characters))) {
    char* const end = decode_block(whole.substr(0, block_characters), block.data());
    if (end == nullptr) return std::nullopt;
    out.append(block.data(), end);
  }
  if (padding) {
    const auto* in = octets(text.data() + text.size() - 4);
    const int a = values[in[0]], b = values[in[1]], c = padding == 2 ? 0 : values[in[2]];
    // Trailing bits that carry no octet must be zero, so that each text has one decoding and back (RFC 4648 3.5).
    if ((a | b | c) < 0 || (padding == 2 ? b & 15 : c & 3) != 0) return std::nullopt;
    out += static_cast<char>(a << 2 | b >> 4);
    if (padding == 1) out += static_cast<char>(b << 4 | c >> 2);
  }
  return out;
}

lenient_result decode_mime(std::string_view text) {
  lenient_result result;
  result.bytes.reserve(text.size() / 4 * 3 + 3 + decode_slack);
  text.remove_prefix(decode_lines(text, result.bytes));
  const std::size_t by_lines = result.bytes.size();
  result.bytes.resize(by_lines + text.size() / 4 * 3 + 3 + decode_slack);
  char* to = result.bytes.data() + by_lines;
  std::uint32_t group = 0;
  int held = 0;
  std::size_t at = 0;
  bool ended = false;
  while (at < text.size()) {
    if (held == 0 && !ended && has_avx2()) {
      const std::size_t done = decode_avx2(text.data() + at, text.size() - at, to);
      at += done;
      to += done / 4 * 3;
      if (at == text.size()) break;
    }
    // Whole groups up to the line end, which is what the fast loop usually stops at.
    for (; held == 0 && !ended && at + 4 <= text.size(); at += 4) {
      const auto* const in = octets(text.data() + at);
      const int a = values[in[0]], b = values[in[1]], c = values[in[2]], d = values[in[3]];
      if ((a | b | c | d) < 0) break;
      const int whole = a << 18 | b << 12 | c << 6 | d;
      *to++ = static_cast<char>(whole >> 16);
      *to++ = static_cast<char>(whole >> 8);
      *to++ = static_cast<char>(whole);
    }
    // A line's worth by hand, then the fast loop may go on.
    for (const std::size_t stop = std::min(text.size(), at + 80); at < stop;) {
      const char c = text[at++];
      if (c == '\n' || c == '\r' || c == ' ' || c == '\t') {
        if (held == 0) break;
        continue;
      }
      const int sextet = values[static_cast<unsigned char>(c)];
      if (c == '=') {
        if (!ended && held != 2 && held != 3) result.damaged = true;
        ended = true;
      } else if (sextet < 0 || ended) {
        result.damaged = true;  // data after the padding is not decoded: two readers would disagree on it
      } else {
        group = group << 6 | static_cast<std::uint32_t>(sextet);
        if (++held == 4) {
          *to++ = static_cast<char>(group >> 16);
          *to++ = static_cast<char>(group >> 8);
          *to++ = static_cast<char>(group);
          group = 0;
          held = 0;
        }
      }
    }
  }
  if (held == 1 || (held != 0 && !ended)) result.damaged = true;
  if (held >= 2) *to++ = static_cast<char>(group >> (held == 2 ? 4 : 10));
  if (held == 3) *to++ = static_cast<char>(group >> 2);
  result.bytes.resize(static_cast<std::size_t>(to - result.bytes.data()));
  return result;
}

}  // namespace intake::base64
