#include "jis.hpp"

namespace intake::jis {
namespace {

using byte = unsigned char;

/// Collects runs of CP932 so that the converter is called once a run.
class run {
 public:
  explicit run(const sink& out) : out_(out) {}
  ~run() = default;
  run(const run&) = delete;
  run& operator=(const run&) = delete;

  void single(byte c) { cp932_.push_back(static_cast<char>(c)); }

  /// A cell of JIS X 0208 and its vendor rows, both bytes 21–7E.
  void jis_x_0208(byte row, byte cell) {
    const int lead = (row + 1) / 2 + (row < 0x5F ? 0x70 : 0xB0);
    const int trail = row % 2 != 0 ? cell + 0x1F + (cell >= 0x60 ? 1 : 0) : cell + 0x7E;
    cp932_.push_back(static_cast<char>(lead));
    cp932_.push_back(static_cast<char>(trail));
  }

  void jis_x_0212(byte row, byte cell) {
    flush();
    const char euc[] = {'\x8F', static_cast<char>(row | 0x80), static_cast<char>(cell | 0x80)};
    out_.euc({euc, sizeof euc});
  }

  void bad(std::size_t bytes) {
    flush();
    out_.undecodable(bytes);
  }

  void flush() {
    if (!cp932_.empty()) out_.cp932(cp932_);
    cp932_.clear();
  }

 private:
  const sink& out_;
  std::string cp932_;
};

enum class set { ascii, kana, jis_x_0208, jis_x_0212, unsupported };

struct escape {
  std::string_view sequence;  ///< after ESC
  intake::jis::set set;
};

// ESC ( H is a known mistake for ESC ( J. JIS-Roman is read as ASCII, as Windows does: a yen sign there is a backslash.
// The sets of JIS X 0213 agree with JIS X 0208 where both have a character; their second plane is not supported.
constexpr escape escapes[] = {
    {"(B", set::ascii},        {"(J", set::ascii},        {"(H", set::ascii},       {"(I", set::kana},
    {"$@", set::jis_x_0208},   {"$B", set::jis_x_0208},   {"$(@", set::jis_x_0208}, {"$(B", set::jis_x_0208},
    {"$(O", set::jis_x_0208},  {"$(Q", set::jis_x_0208},  {"$(D", set::jis_x_0212}, {"$A", set::unsupported},
    {"$(C", set::unsupported}, {"$(P", set::unsupported},
};

const escape* find_escape(std::string_view after) {
  for (const auto& candidate : escapes)
    if (after.starts_with(candidate.sequence)) return &candidate;
  return nullptr;
}

bool in_94(byte c) {
  return c >= 0x21 && c <= 0x7E;
}

}  // namespace

void read_iso_2022_jp(std::string_view bytes, const sink& out) {
  constexpr byte esc = 0x1B, shift_out = 0x0E, shift_in = 0x0F;
  run text(out);
  set current = set::ascii;
  bool shifted = false;
  for (std::size_t i = 0; i < bytes.size();) {
    const byte c = static_cast<byte>(bytes[i]);
    if (c == esc) {
      if (bytes.substr(i + 1).starts_with("&@")) {  // announces JIS X 0208-1990, another escape follows
        i += 3;
      } else if (const auto* found = find_escape(bytes.substr(i + 1))) {
        current = found->set;
        i += 1 + found->sequence.size();
      } else {
        text.bad(1);
        ++i;
      }
      continue;
    }
    if (c == shift_out || c == shift_in) {
      shifted = c == shift_out;
      ++i;
      continue;
    }
    // A line ends in ASCII (RFC 1468); what forgot to return would otherwise garble the rest of the text.
    if (c == '\n' || c == '\r') {
      current = set::ascii;
      shifted = false;
    }
    if (c <= 0x20 || c == 0x7F) {
      text.single(c);
      ++i;
    } else if (c >= 0xA1 && c <= 0xDF && (current == set::ascii || current == set::kana)) {
      text.single(c);  // 8-bit half-width kana, as CP50220 reads them
      ++i;
    } else if (c >= 0x80) {
      text.bad(1);
      ++i;
    } else if (shifted || current == set::kana) {
      if (c <= 0x5F) {
        text.single(static_cast<byte>(c | 0x80));
      } else {
        text.bad(1);
      }
      ++i;
    } else if (current == set::ascii) {
      text.single(c);
      ++i;
    } else {
      const byte next = i + 1 < bytes.size() ? static_cast<byte>(bytes[i + 1]) : byte{0};
      if (!in_94(next)) {
        text.bad(1);
        ++i;
        continue;
      }
      if (current == set::jis_x_0208) {
        text.jis_x_0208(c, next);
      } else if (current == set::jis_x_0212) {
        text.jis_x_0212(c, next);
      } else {
        text.bad(2);
      }
      i += 2;
    }
  }
  text.flush();
}

void read_euc_jp(std::string_view bytes, const sink& out) {
  run text(out);
  const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<byte>(bytes[i]) : byte{0}; };
  const auto high = [](byte c) { return c >= 0xA1 && c <= 0xFE; };
  for (std::size_t i = 0; i < bytes.size();) {
    const byte c = at(i);
    if (c < 0x80) {
      text.single(c);
      ++i;
    } else if (c == 0x8E && at(i + 1) >= 0xA1 && at(i + 1) <= 0xDF) {
      text.single(at(i + 1));
      i += 2;
    } else if (c == 0x8F && high(at(i + 1)) && high(at(i + 2))) {
      text.jis_x_0212(at(i + 1) & 0x7F, at(i + 2) & 0x7F);
      i += 3;
    } else if (high(c) && high(at(i + 1))) {
      text.jis_x_0208(c & 0x7F, at(i + 1) & 0x7F);
      i += 2;
    } else {
      text.bad(1);
      ++i;
    }
  }
  text.flush();
}

}  // namespace intake::jis
