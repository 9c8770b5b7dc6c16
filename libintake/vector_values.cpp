#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <qpdf/QPDFTokenizer.hh>

#include "vector_rebuild.hpp"

namespace intake::vector {
namespace {

// JPEG (ISO/IEC 10918-1, B.1.1.3): markers.
enum marker : unsigned char {
  dht = 0xC4,
  jpg = 0xC8,
  dac = 0xCC,
  rst0 = 0xD0,
  rst7 = 0xD7,
  soi = 0xD8,
  eoi = 0xD9,
  sos = 0xDA,
  dqt = 0xDB,
  dri = 0xDD,
  app0 = 0xE0,
  adobe = 0xEE,
  app15 = 0xEF,
  comment = 0xFE,
};

bool begins_frame(unsigned char what) {
  return what >= 0xC0 && what <= 0xCF && what != dht && what != jpg && what != dac;
}

/// How the picture's own reader takes its colours, which the PDF may not say.
bool is_adobe(std::string_view segment) {
  return segment.size() == 14 && segment.substr(2, 5) == "Adobe";
}

/// Entropy-coded bytes end where a marker begins that is no restart.
std::size_t end_of_scan(std::string_view bytes, std::size_t at) {
  for (; at + 1 < bytes.size(); ++at) {
    const auto next = static_cast<unsigned char>(bytes[at + 1]);
    if (bytes[at] == '\xFF' && next != 0 && next != 0xFF && (next < rst0 || next > rst7)) return at;
  }
  refuse("a JPEG picture without end");
}

}  // namespace

[[noreturn]] void refuse(const std::string& why) {
  throw unproven(why);
}

std::string number_text(handle number) {
  if (!number.isNumber()) refuse("a number is expected");
  if (number.isInteger()) return std::to_string(std::clamp(number.getIntValue(), -10'000'000LL, 10'000'000LL));
  const double value = number.getNumericValue();
  if (!std::isfinite(value)) refuse("a number out of bounds");
  std::string out = fmt::format("{:.6f}", std::clamp(value, -1e7, 1e7));
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

handle number(handle from) {
  const std::string out = number_text(from);
  return out.find('.') == out.npos ? handle::newInteger(std::stoll(out)) : handle::newReal(out);
}

handle numbers(handle from, int least, int most) {
  if (!from.isArray() || from.getArrayNItems() < least || from.getArrayNItems() > most)
    refuse("an array of numbers is expected");
  handle out = handle::newArray();
  for (int i = 0; i < from.getArrayNItems(); ++i) out.appendItem(number(from.getArrayItem(i)));
  return out;
}

handle name(handle from) {
  if (!from.isName()) refuse("a name is expected");
  return handle::newName(from.getName());
}

handle text(handle from) {
  if (!from.isString()) refuse("a string is expected");
  return handle::newString(from.getStringValue());
}

handle truth(handle from) {
  if (!from.isBool()) refuse("a truth value is expected");
  return handle::newBool(from.getBoolValue());
}

void copy_keys(handle from, handle to, const std::vector<key_rule>& rules) {
  for (const auto& rule : rules)
    if (from.hasKey(rule.key)) to.replaceKey(rule.key, rule.copy(from.getKey(rule.key)));
}

std::string plain_jpeg(std::string_view untrusted) {
  const auto octet = [&](std::size_t at) {
    if (at >= untrusted.size()) refuse("a JPEG picture that is cut");
    return static_cast<unsigned char>(untrusted[at]);
  };
  if (octet(0) != 0xFF || octet(1) != soi) refuse("a JPEG picture that is none");
  std::string out(untrusted.substr(0, 2));
  for (std::size_t at = 2;;) {
    if (octet(at) != 0xFF) refuse("a JPEG picture with bytes between its segments");
    const unsigned char what = octet(at + 1);
    if (what == 0xFF) {  // fill bytes
      ++at;
      continue;
    }
    if (what == eoi) return out + "\xFF\xD9";
    const std::size_t length = std::size_t{octet(at + 2)} << 8 | octet(at + 3);
    if (length < 2 || length > untrusted.size() - at - 2) refuse("a JPEG picture that is cut");
    std::size_t end = at + 2 + length;
    const bool kept = begins_frame(what) || what == dht || what == dqt || what == dri || what == sos ||
                      (what == adobe && is_adobe(untrusted.substr(at + 2, length)));
    const bool left_out = (what >= app0 && what <= app15) || what == comment;
    if (!kept && !left_out) refuse("a JPEG picture of an unusual kind");
    if (what == sos) end = end_of_scan(untrusted, end);
    if (kept) out += untrusted.substr(at, end - at);
    at = end;
  }
}

namespace {

using token = QPDFTokenizer::Token;
using kind = QPDFTokenizer::token_type_e;

constexpr std::size_t most_codes = 200'000;
constexpr std::size_t section = 100;  // entries of one section

/// Reads the sections of a CMap; what stands between them (its name, its maker) is passed over.
class cmap_reader {
 public:
  explicit cmap_reader(std::string_view untrusted) : source_("cmap", std::string(untrusted)), tokens_() {
    QPDFTokenizer tokenizer;
    tokenizer.allowEOF();
    for (const char c : source_.second) feed(tokenizer, c);
    tokenizer.presentEOF();
    token last;
    if (tokenizer.getToken(last, unread_, character_)) take(last);
  }

  [[nodiscard]] std::string written() {
    std::size_t at = 0;
    while (at < tokens_.size()) {
      const std::string word = tokens_[at++].getValue();
      if (word == "begincodespacerange")
        read(at, "endcodespacerange", ranges_, 2);
      else if (word == "beginbfchar")
        read(at, "endbfchar", characters_, 2);
      else if (word == "beginbfrange")
        read(at, "endbfrange", spans_, 3);
    }
    std::string out =
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n";
    write(out, "codespacerange", ranges_);
    write(out, "bfchar", characters_);
    write(out, "bfrange", spans_);
    return out + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
  }

 private:
  void feed(QPDFTokenizer& tokenizer, char c) {
    tokenizer.presentCharacter(c);
    token one;
    if (!tokenizer.getToken(one, unread_, character_)) return;
    take(one);
    if (unread_) feed(tokenizer, character_);
  }
  void take(const token& one) {
    const auto type = one.getType();
    if (type == kind::tt_space || type == kind::tt_comment || type == kind::tt_eof) return;
    if (tokens_.size() > 4 * most_codes) refuse("a table of characters that is too long");
    tokens_.push_back(one);
  }

  /// Entries up to `end`, of `width` hexadecimal strings; the last may be an array of them.
  void read(std::size_t& at, const char* end, std::vector<std::string>& to, int width) {
    while (at < tokens_.size() && tokens_[at].getValue() != end) {
      std::string entry;
      for (int i = 0; i < width; ++i) entry += (i ? " " : "") + (i == 2 ? target(at) : hex(at));
      to.push_back(entry);
    }
    ++at;
  }
  std::string hex(std::size_t& at) {
    if (at >= tokens_.size() || tokens_[at].getType() != kind::tt_string || tokens_[at].getValue().size() > 64)
      refuse("a table of characters that cannot be read");
    std::string out = "<";
    for (const char c : tokens_[at].getValue()) out += fmt::format("{:02X}", static_cast<unsigned char>(c));
    ++at;
    return out + ">";
  }
  std::string target(std::size_t& at) {
    if (at >= tokens_.size() || tokens_[at].getType() != kind::tt_array_open) return hex(at);
    std::string out = "[";
    for (++at; at < tokens_.size() && tokens_[at].getType() != kind::tt_array_close;) out += hex(at);
    ++at;
    return out + "]";
  }
  static void write(std::string& out, const char* what, const std::vector<std::string>& entries) {
    for (std::size_t first = 0; first < entries.size(); first += section) {
      const std::size_t end = std::min(first + section, entries.size());
      out += fmt::format("{} begin{}\n", end - first, what);
      for (std::size_t i = first; i < end; ++i) out += entries[i] + "\n";
      out += fmt::format("end{}\n", what);
    }
  }

  std::pair<std::string, std::string> source_;
  std::vector<token> tokens_;
  std::vector<std::string> ranges_, characters_, spans_;
  bool unread_ = false;
  char character_ = 0;
};

}  // namespace

std::string plain_cmap(std::string_view untrusted) {
  return cmap_reader(untrusted).written();
}

}  // namespace intake::vector
