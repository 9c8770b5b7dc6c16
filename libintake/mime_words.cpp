#include "mime_words.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base64.hpp"
#include "charset.hpp"
#include "transfer_encoding.hpp"

namespace intake {
namespace {

struct word {
  std::string_view charset, text;
  char encoding = 0;     ///< 'B' or 'Q'
  std::size_t size = 0;  ///< of the whole word
};

constexpr std::size_t longest_charset = 64;

/// The encoded word at the start of `text`, or nullopt.
std::optional<word> parse_word(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const auto head = text.substr(2, longest_charset + 4);
  const auto charset_end = head.find('?');
  if (charset_end == std::string_view::npos || charset_end == 0) return std::nullopt;
  const auto charset = head.substr(0, charset_end);
  if (charset.find_first_of(" \t=\"<>()") != std::string_view::npos) return std::nullopt;
  const auto after = text.substr(2 + charset_end + 1);
  if (after.size() < 2 || after[1] != '?') return std::nullopt;
  const char encoding = static_cast<char>(after[0] & ~0x20);
  if (encoding != 'B' && encoding != 'Q') return std::nullopt;
  const auto body = after.substr(2);
  // Neither encoding has a "?" in its text, so the next one must end the word; looking no further keeps this linear.
  const auto end = body.find('?');
  if (end == std::string_view::npos || end + 1 >= body.size() || body[end + 1] != '=') return std::nullopt;
  return word{.charset = charset.substr(0, charset.find('*')),  // RFC 2231 adds "*language"
              .text = body.substr(0, end),
              .encoding = encoding,
              .size = 2 + charset_end + 1 + 2 + end + 2};
}

/// Neighbouring words of one charset are one run of bytes: mailers split characters and base64 groups between them.
class word_run {
 public:
  [[nodiscard]] bool takes(const word& next) const { return words_.empty() || words_[0].charset == next.charset; }
  void add(const word& next) { words_.push_back(next); }
  [[nodiscard]] bool empty() const { return words_.empty(); }

  void flush(header_text& out) {
    if (words_.empty()) return;
    const auto label = words_[0].charset;
    const auto read = charset::decode(bytes(out), label);
    out.text += read.text;
    if (const auto doubt = read.doubt(label); !doubt.empty()) out.defect("encoded word " + doubt);
    words_.clear();
  }

 private:
  std::string bytes(header_text& out) const {
    std::string joined;
    bool damaged = false;
    for (std::size_t i = 0; i < words_.size();) {
      if (words_[i].encoding == 'Q') {
        auto part = transfer::q_word(words_[i].text);
        damaged = damaged || !part.damage.empty();
        joined += part.bytes;
        ++i;
        continue;
      }
      const auto end = std::find_if(words_.begin() + static_cast<std::ptrdiff_t>(i), words_.end(),
                                    [](const word& w) { return w.encoding != 'B'; });
      const auto next = static_cast<std::size_t>(end - words_.begin());
      damaged = !append_base64(i, next, joined) || damaged;
      i = next;
    }
    if (damaged) out.defect("damaged encoded word");
    return joined;
  }

  /// Words [first, last) one by one; when one is no whole base64 text, as one text cut into pieces.
  bool append_base64(std::size_t first, std::size_t last, std::string& joined) const {
    std::string single, together;
    bool damaged = false;
    for (auto i = first; i < last; ++i) {
      const auto part = base64::decode_mime(words_[i].text);
      damaged = damaged || part.damaged;
      single += part.bytes;
      together += words_[i].text;
    }
    if (damaged) {
      const auto whole = base64::decode_mime(together);
      if (!whole.damaged) {
        joined += whole.bytes;
        return true;
      }
    }
    joined += single;
    return !damaged;
  }

  std::vector<word> words_;
};

void append_raw(std::string_view raw, header_text& out) {
  const auto read = charset::detect(raw);
  out.text += read.text;
  if (const auto doubt = read.doubt({}); !doubt.empty()) out.defect("raw text " + doubt);
}

header_text decode_once(std::string_view value) {
  header_text out;
  word_run run;
  std::size_t plain = 0;  // start of the text that is not yet written
  for (std::size_t i = 0; i < value.size();) {
    const auto start = value.find("=?", i);
    if (start == std::string_view::npos) break;
    const auto found = parse_word(value.substr(start));
    if (!found) {
      i = start + 2;
      continue;
    }
    const auto between = value.substr(plain, start - plain);
    const bool only_blanks = between.find_first_not_of(" \t") == std::string_view::npos;
    if (run.empty() || !only_blanks) {  // white space between two words is not text
      run.flush(out);
      append_raw(between, out);
    } else if (!run.takes(*found)) {
      run.flush(out);
    }
    run.add(*found);
    i = plain = start + found->size;
  }
  run.flush(out);
  append_raw(value.substr(plain), out);
  return out;
}

}  // namespace

void header_text::defect(std::string_view what) {
  if (std::find(defects.begin(), defects.end(), what) == defects.end()) defects.emplace_back(what);
}

std::string unfold(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  std::copy_if(raw.begin(), raw.end(), std::back_inserter(out), [](char c) { return c != '\r' && c != '\n'; });
  return out;
}

header_text decode_words(std::string_view value) {
  auto out = decode_once(value);
  // Some gateways encode what is encoded already.
  if (value.find("=?") != std::string_view::npos) {
    auto again = decode_once(out.text);
    if (again.text != out.text && out.text.find("=?") != std::string::npos) {
      again.defects = std::move(out.defects);
      again.defect("doubly encoded word");
      out = std::move(again);
    }
  }
  const auto left = out.text.find("=?");
  if (left != std::string::npos && out.text.find("?=", left) != std::string::npos)
    out.defect("unreadable encoded word");
  auto shown = charset::without_controls(out.text);
  if (shown != out.text) {
    // A tab is white space here, and folding leaves tabs behind.
    std::replace(out.text.begin(), out.text.end(), '\t', ' ');
    shown = charset::without_controls(out.text);
    if (shown != out.text) out.defect("control characters");
    out.text = std::move(shown);
  }
  return out;
}

}  // namespace intake
