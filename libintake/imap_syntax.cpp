// The words of IMAP, apart from any connection.
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>

#include "base64.hpp"
#include "failure.hpp"
#include "imap.hpp"
#include "limits.hpp"

namespace intake::imap {
namespace {

[[noreturn]] void refuse(const phrase& what) {
  throw failure(exit_status::protocol, "the server breaks the protocol: {}", what);
}

std::string upper_case(std::string_view word) {
  std::string out(word);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  return out;
}

/// A run of characters that do not stand for themselves: UTF-16BE in base64 with "," for "/".
std::string shifted(const icu::UnicodeString& run) {
  std::string bytes;
  for (int32_t i = 0; i < run.length(); ++i) {
    bytes += static_cast<char>(run[i] >> 8);
    bytes += static_cast<char>(run[i] & 0xff);
  }
  auto text = base64::encode(bytes);
  text.erase(std::min(text.find('='), text.size()));
  std::replace(text.begin(), text.end(), '/', ',');
  return '&' + text + '-';
}

}  // namespace

std::string modified_utf7(std::string_view name) {
  const auto text = icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
  std::string out;
  icu::UnicodeString run;
  const auto end_run = [&] {
    if (!run.isEmpty()) out += shifted(run);
    run.remove();
  };
  for (int32_t i = 0; i < text.length(); ++i) {
    if (text[i] < 0x20 || text[i] > 0x7e) {
      run.append(text[i]);
      continue;
    }
    end_run();
    out += text[i] == '&' ? std::string("&-") : std::string(1, static_cast<char>(text[i]));
  }
  end_run();
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e)
      throw failure(exit_status::config, "a name for the mail server holds what it cannot");
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string uid_set(const std::vector<std::uint32_t>& uids) {
  std::string out;
  for (std::size_t i = 0; i < uids.size();) {
    std::size_t last = i;
    while (last + 1 < uids.size() && uids[last + 1] == uids[last] + 1) ++last;
    if (!out.empty()) out += ',';
    out += std::to_string(uids[i]);
    if (last > i) out += ':' + std::to_string(uids[last]);
    i = last + 1;
  }
  return out;
}

std::uint32_t number(std::string_view text) {
  std::uint32_t value = 0;
  const auto end = text.data() + std::min(text.find_first_not_of("0123456789"), text.size());
  if (text.empty() || text[0] == '0') return 0;
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stopped == end ? value : 0;
}

bool take_literal_length(std::string_view& text, std::uint64_t& length) {
  if (!text.ends_with('}')) return false;
  const auto brace = text.rfind('{');
  if (brace == text.npos) return false;
  const auto digits = text.substr(brace + 1, text.size() - brace - 2);
  const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || stopped != digits.data() + digits.size()) return false;
  if (length > limits::server_message) refuse(phrase("a literal of {} bytes", digits));
  text = text.substr(0, brace);
  return true;
}

void fetch_attributes::open() {
  if (state_ == where::before) {
    state_ = where::key;
  } else if (state_ == where::value || state_ == where::nested) {
    state_ = where::nested;
    if (++depth_ > limits::record_depth) refuse(phrase("a list that is nested too deep"));
  } else {
    refuse(phrase("a list in place of a word"));
  }
}

void fetch_attributes::close() {
  if (state_ == where::nested) {
    if (--depth_ > 0) return;
    key_.clear();
    state_ = where::key;
  } else if (state_ == where::key) {
    state_ = where::after;
  } else {
    refuse(phrase("a parenthesis without its pair"));
  }
}

void fetch_attributes::take(std::string_view atom, bool is_string) {
  switch (state_) {
    case where::nested:
      return;
    case where::key:
      if (is_string) refuse(phrase("a string in place of a word"));
      key_ = upper_case(atom);
      state_ = where::value;
      return;
    case where::value:
      break;
    case where::before:
    case where::after:
      refuse(phrase("words outside of the list"));
  }
  if (key_ == "UID") {
    uid = number(atom);
    if (uid == 0) refuse(phrase("a UID that is none"));
  } else if (key_ == "INTERNALDATE") {
    internal_date = atom;
  } else if (key_ == "RFC822.SIZE") {
    std::from_chars(atom.data(), atom.data() + atom.size(), size);
  } else if (key_ == "BODY[]") {
    has_body = true;
    if (is_string) body = atom;  // else NIL
  }
  key_.clear();
  state_ = where::key;
}

void fetch_attributes::had_literal() {
  if (state_ == where::nested) return;
  if (state_ != where::value) refuse(phrase("a literal in place of a word"));
  if (key_ == "BODY[]") has_body = true;
  key_.clear();
  state_ = where::key;
}

void fetch_attributes::read(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ') {
      ++at;
    } else if (c == '(') {
      open();
      ++at;
    } else if (c == ')') {
      close();
      ++at;
    } else if (c == '"') {
      std::string value;
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value += text[at];
      }
      if (at >= text.size()) refuse(phrase("a string without end"));
      ++at;
      take(value, true);
    } else {
      // "BODY[HEADER.FIELDS (X)]" is one word: brackets hold spaces and parentheses together.
      const auto start = at;
      for (int brackets = 0; at < text.size(); ++at) {
        if (text[at] == '[') ++brackets;
        if (text[at] == ']') --brackets;
        if (brackets <= 0 && (text[at] == ' ' || text[at] == '(' || text[at] == ')')) break;
      }
      take(text.substr(start, at - start), false);
    }
  }
}

}  // namespace intake::imap
