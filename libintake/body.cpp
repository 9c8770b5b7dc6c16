#include "body.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "failure.hpp"
#include "limits.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

/// Calls `visit` with each code point and its bytes; what is not UTF-8 comes as -1.
template <typename Visit>
void each_character(std::string_view text, Visit&& visit) {
  const auto length = static_cast<int32_t>(std::min<std::size_t>(text.size(), INT32_MAX));
  for (int32_t at = 0; at < length;) {
    const int32_t start = at;
    UChar32 c;
    U8_NEXT(text.data(), at, length, c);
    visit(c, text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(at - start)));
  }
}

UScriptCode script_of(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  const auto script = uscript_getScript(c, &status);
  return U_SUCCESS(status) ? script : USCRIPT_UNKNOWN;
}

bool is_japanese(UScriptCode script) {
  return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ||
         script == USCRIPT_KATAKANA_OR_HIRAGANA;
}

/// Characters that a reader does not see, or that change the order in which he sees the others. Variation selectors
/// choose the shape of a kanji in names and registers, so behind one they are right.
bool is_invisible(UChar32 c, bool behind_kanji) {
  if (c == '\n' || c == '\r' || c == '\t') return false;
  if ((c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF)) return !behind_kanji;
  if (c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0) return true;  // Hangul fillers
  const auto category = u_charType(c);
  return category == U_CONTROL_CHAR || category == U_FORMAT_CHAR || category == U_LINE_SEPARATOR ||
         category == U_PARAGRAPH_SEPARATOR || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

std::string code_point_name(UChar32 c) {
  char text[16];
  std::snprintf(text, sizeof text, "U+%04X", static_cast<unsigned>(c));
  return text;
}

/// Distinct words to be shown in a finding, in the order met, not more than a reader takes in.
class exhibits {
 public:
  void add(const std::string& word) {
    if (words_.size() < limits::body_exhibits && std::find(words_.begin(), words_.end(), word) == words_.end())
      words_.push_back(word);
  }
  [[nodiscard]] bool empty() const { return words_.empty(); }
  [[nodiscard]] std::string text() const {
    std::string out;
    for (const auto& word : words_) out += (out.empty() ? "" : ", ") + word;
    return out;
  }

 private:
  std::vector<std::string> words_;
};

/// What is known of a run of letters that are neither kana nor kanji.
struct token {
  std::string text;
  std::set<UScriptCode> scripts;
  std::size_t letters = 0;
  bool lookalike_greek = false;  ///< a Greek letter that could pass for a Latin one

  void clear() { *this = {}; }
};

struct found {
  exhibits confusable, foreign, invisible;
};

/// What only exists to look like kanji: radicals, and compatibility forms that came from other standards.
bool is_radical(UChar32 c) {
  return c >= 0x2E80 && c <= 0x2FDF;
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++count;
  return count;
}

template <typename Visit>
void each_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end != 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

struct body_examiner::state {
  struct closer {
    void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
  };
  struct name {
    std::string text, compared, skeleton;
  };
  std::unique_ptr<USpoofChecker, closer> checker;
  std::vector<name> names;
  std::vector<std::string> hosts;

  [[nodiscard]] std::string skeleton(const std::string& text) const;
  void settle(token& word, found& into) const;
  void look_at_characters(std::string_view text, found& into) const;
  void look_for_imitations(std::string_view text, found& into) const;
  [[nodiscard]] bool known_host(const std::string& host) const {
    return std::find(hosts.begin(), hosts.end(), host) != hosts.end();
  }
};

std::string body_examiner::state::skeleton(const std::string& text) const {
  std::string out(text.size() * 2 + 16, '\0');
  for (;;) {
    UErrorCode status = U_ZERO_ERROR;
    const auto length = uspoof_getSkeletonUTF8(checker.get(), 0, text.data(), static_cast<int32_t>(text.size()),
                                               out.data(), static_cast<int32_t>(out.size()), &status);
    if (status == U_BUFFER_OVERFLOW_ERROR && static_cast<std::size_t>(length) > out.size()) {
      out.resize(static_cast<std::size_t>(length));
      continue;
    }
    if (U_FAILURE(status)) throw failure(exit_status::software, "skeleton: {}", u_errorName(status));
    out.resize(static_cast<std::size_t>(length));
    return out;
  }
}

/// Judges a run that has ended. Latin may stand with Greek symbols (μm, kΩ); anything else mixed with Latin is there to
/// be taken for it.
void body_examiner::state::settle(token& word, found& into) const {
  const bool latin = word.scripts.erase(USCRIPT_LATIN) != 0;
  if (word.scripts.empty()) {
    word.clear();
    return;
  }
  const bool greek_only = word.scripts.size() == 1 && word.scripts.contains(USCRIPT_GREEK);
  const bool symbol = greek_only && (latin ? !word.lookalike_greek : word.letters <= 2);
  if (!symbol && latin) into.confusable.add("“" + word.text + "”");
  if (!symbol && !latin)
    for (const auto script : word.scripts)
      into.foreign.add(std::string(uscript_getName(script)) + " “" + word.text + "”");
  word.clear();
}

void body_examiner::state::look_at_characters(std::string_view text, found& into) const {
  token word;
  bool behind_kanji = false;
  bool first = true;
  each_character(text, [&](UChar32 c, std::string_view bytes) {
    const auto script = c < 0 ? USCRIPT_UNKNOWN : script_of(c);
    const bool leading_mark = first && c == 0xFEFF;  // a byte order mark at the very start says nothing
    first = false;
    const bool invisible = c >= 0 && !leading_mark && is_invisible(c, behind_kanji);
    if (invisible) into.invisible.add(code_point_name(c));
    if (is_radical(c)) into.confusable.add("“" + std::string(bytes) + "”");
    behind_kanji = script == USCRIPT_HAN;
    const bool mark = c >= 0 && (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
    const bool letter = c >= 0 && u_isalpha(c) && !is_japanese(script) && !invisible;
    if (!letter && !(mark && word.letters != 0) && !(c >= 0 && u_isdigit(c) && word.letters != 0)) {
      settle(word, into);
      return;
    }
    if (word.text.size() < limits::body_exhibit_bytes) word.text += bytes;
    if (!letter) return;
    ++word.letters;
    if (script != USCRIPT_COMMON && script != USCRIPT_INHERITED) word.scripts.insert(script);
    if (script == USCRIPT_GREEK && !word.lookalike_greek) {
      const auto looks = skeleton(std::string(bytes));
      word.lookalike_greek = !looks.empty() && static_cast<unsigned char>(looks[0]) < 0x80;
    }
  });
  settle(word, into);
}

/// A line that holds a name's skeleton more often than the name itself holds an imitation of it.
void body_examiner::state::look_for_imitations(std::string_view text, found& into) const {
  if (names.empty()) return;
  each_line(text, [&](std::string_view line) {
    const auto compared = folded(line);
    const auto skeletal = skeleton(compared);
    for (const auto& one : names)
      if (count_of(skeletal, one.skeleton) > count_of(compared, one.compared)) into.confusable.add("≠ " + one.text);
  });
}

body_examiner::body_examiner(const std::vector<std::string>& names, const std::vector<std::string>& hosts)
    : state_(std::make_unique<state>()) {
  UErrorCode status = U_ZERO_ERROR;
  state_->checker.reset(uspoof_open(&status));
  if (U_FAILURE(status)) throw failure(exit_status::software, "confusables: {}", u_errorName(status));
  state_->hosts = hosts;
  for (const auto& name : names) {
    state::name one{name, folded(name), {}};
    // One character is part of too many other words.
    if (one.compared.size() < 4) continue;
    one.skeleton = state_->skeleton(one.compared);
    state_->names.push_back(std::move(one));
  }
}

body_examiner::~body_examiner() = default;

std::vector<observation> body_examiner::examine(std::string_view text) const {
  found seen;
  state_->look_at_characters(text, seen);
  state_->look_for_imitations(text, seen);
  std::vector<observation> out;
  if (!seen.confusable.empty()) out.push_back({"body.confusable", seen.confusable.text()});
  if (!seen.foreign.empty()) out.push_back({"body.foreign_script", seen.foreign.text()});
  if (!seen.invisible.empty()) out.push_back({"body.hidden_text", "invisible characters: " + seen.invisible.text()});
  exhibits hosts;
  for (const auto& host : linked_hosts(text))
    if (!state_->known_host(host)) hosts.add(host.empty() ? "a link that runs a program" : host);
  if (!hosts.empty()) out.push_back({"body.url", hosts.text()});
  return out;
}

std::vector<observation> body_examiner::examine_links(const std::vector<std::string_view>& targets) const {
  exhibits hosts;
  for (const auto target : targets) {
    const auto linked = linked_hosts(target);
    for (const auto& host : linked)
      if (!state_->known_host(host)) hosts.add(host.empty() ? "a link that runs a program" : host);
    // A target that is neither a link of a known kind nor mail or telephone leads somewhere all the same.
    if (linked.empty() && !target.starts_with("mailto:") && !target.starts_with("tel:") && !target.starts_with('#'))
      hosts.add(std::string(target.substr(0, limits::body_exhibit_bytes)));
  }
  if (hosts.empty()) return {};
  return {{"body.url", hosts.text()}};
}

bool body_examiner::imitates(std::string_view text, std::string_view word) const {
  const auto compared = folded(text), wanted = folded(word);
  if (wanted.empty()) return false;
  return count_of(state_->skeleton(compared), state_->skeleton(wanted)) > count_of(compared, wanted);
}

}  // namespace intake
