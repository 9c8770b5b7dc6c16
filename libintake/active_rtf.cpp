// Rich Text Format 1.9.1: objects, templates, fields. Read token by token as Word does, because strings in it can be
// broken by groups, white space and control words at every place.
#include <algorithm>
#include <array>

#include "active_search.hpp"

namespace intake {
namespace {

using namespace std::string_view_literals;

class rtf_reader {
 public:
  rtf_reader(active_search& search, std::string_view bytes, const std::string& where)
      : search_(search), rest_(bytes), where_(where) {}

  void read() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '{' || c == '}') skipped_ = 0;
      if (c == '{')
        open();
      else if (c == '}')
        close();
      else if (c == '\\')
        control();
      else if (c != '\r' && c != '\n')
        text(c);
    }
    while (!groups_.empty()) close();
  }

 private:
  enum class role { none, data, instruction, tmplate };
  struct group {
    role does = role::none;
    bool owner = false;           ///< the group that the role began in: its end ends it
    std::size_t substitutes = 1;  ///< characters behind \uN, for readers that do not know it
  };

  void open() {
    if (groups_.size() < limits::mime_parts) {
      groups_.push_back(groups_.empty() ? group() : group{groups_.back().does, false, groups_.back().substitutes});
    } else if (!deep_) {
      deep_ = true;
      search_.cut("scan.limit", "groups inside groups, too deep", where_);
    }
    if (deep_) ++over_;
  }

  void close() {
    if (deep_ && over_ > 0) {
      --over_;
      return;
    }
    if (groups_.empty()) return;
    const group ended = groups_.back();
    groups_.pop_back();
    if (!ended.owner) return;
    if (ended.does == role::data) object();
    if (ended.does == role::instruction) search_.field(collected_, where_);
    if (ended.does == role::tmplate && is_remote(collected_))
      search_.add("macro.remote_template", "remote_template", collected_, where_);
    collected_.clear();
  }

  void begin(role does) {
    if (groups_.empty()) groups_.push_back({});
    groups_.back().does = does;
    groups_.back().owner = true;
    collected_.clear();
  }

  void text(char c) {
    if (groups_.empty() || groups_.back().does == role::none) return;
    if (skipped_ > 0) {
      --skipped_;
      return;
    }
    const std::size_t most = groups_.back().does == role::data ? limits::active_part_bytes : 64 * limits::kib;
    if (collected_.size() < most) collected_ += c;
  }

  void control() {
    if (rest_.empty()) return;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (!letter(rest_.front())) return symbol();
    const auto end = static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), letter) - rest_.begin());
    const std::string word = lower_ascii(rest_.substr(0, std::min<std::size_t>(end, 32)));
    rest_.remove_prefix(end);
    const bool negative = rest_.starts_with('-');
    if (negative) rest_.remove_prefix(1);
    std::size_t number = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      number = std::min<std::size_t>(number * 10 + static_cast<std::size_t>(rest_.front() - '0'), 1U << 30);
      rest_.remove_prefix(1);
    }
    if (rest_.starts_with(' ')) rest_.remove_prefix(1);
    if (word == "bin" && !negative) return binary(number);
    if (word == "uc" && !groups_.empty()) groups_.back().substitutes = std::min<std::size_t>(number, 64);
    if (word == "u") return unicode(negative ? 0xFFFF : number);
    known(word);
  }

  void symbol() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != '\'') return c == '\\' || c == '{' || c == '}' ? text(c) : void();
    // \'hh is one character; inside \objdata Word skips it.
    const std::string_view digits = rest_.substr(0, 2);
    rest_.remove_prefix(digits.size());
    if (groups_.empty() || groups_.back().does == role::data || digits.size() < 2) return;
    const int high = hex(digits[0]), low = hex(digits[1]);
    if (high >= 0 && low >= 0) text(static_cast<char>(high * 16 + low));
  }

  // What stands for it in other readers follows, and is not read here.
  void unicode(std::size_t unit) {
    if (groups_.empty() || groups_.back().does == role::data) return;
    text(unit < 0x80 ? static_cast<char>(unit) : '?');
    skipped_ = groups_.back().substitutes;
  }

  void binary(std::size_t size) {
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    if (!groups_.empty() && groups_.back().does == role::data && search_.spend(bytes.size(), where_)) look(bytes);
  }

  void known(std::string_view word) {
    constexpr std::array objects = {"object"sv,    "objdata"sv, "objocx"sv, "objemb"sv, "objlink"sv,  "objautlink"sv,
                                    "objupdate"sv, "objhtml"sv, "objsub"sv, "objpub"sv, "objicemb"sv, "objclass"sv};
    if (std::find(objects.begin(), objects.end(), word) != objects.end())
      search_.add("macro.ole_object", word == "objocx" ? "activex" : "ole", "RTF \\" + std::string(word), where_);
    if (word == "objdata")
      begin(role::data);
    else if (word == "fldinst")
      begin(role::instruction);
    else if (word == "template")
      begin(role::tmplate);
  }

  // The object's bytes in hexadecimal, everything else in it left out.
  void object() {
    std::string bytes;
    int high = -1;
    for (const char c : collected_) {
      const int digit = hex(c);
      if (digit < 0) continue;
      if (high < 0)
        high = digit;
      else
        bytes += static_cast<char>(high * 16 + digit), high = -1;
    }
    if (search_.spend(bytes.size(), where_)) look(bytes);
  }

  // An OLE 1 header of any length stands before the document.
  void look(std::string_view bytes) {
    for (const std::string_view start : {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "PK\3\4"sv, "{\\rt"sv}) {
      const auto at = bytes.find(start);
      if (at != std::string_view::npos) search_.nested(bytes.substr(at), inside(where_, "object"));
    }
  }

  static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }

  active_search& search_;
  std::string_view rest_;
  const std::string& where_;
  std::vector<group> groups_;
  std::string collected_;
  bool deep_ = false;
  std::size_t over_ = 0, skipped_ = 0;
};

}  // namespace

void search_rtf(active_search& search, std::string_view bytes, const std::string& where) {
  rtf_reader(search, bytes, where).read();
}

}  // namespace intake
