#include "address.hpp"

#include <algorithm>

#include "charset.hpp"
#include "limits.hpp"
#include "mime_field.hpp"

namespace intake {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

class parser {
 public:
  explicit parser(std::string_view text) : text_(text), legacy_(!charset::is_utf8(text)) {}

  address_list read() {
    while (at_ < text_.size() && !out_.too_many) step();
    end_mailbox();
    if (group_) defect("address group that does not end");
    return std::move(out_);
  }

 private:
  void step() {
    const char c = text_[at_];
    switch (c) {
      case '(': {
        std::string comment;
        if (!take_comment(text_, at_, comment)) defect("comment that does not end");
        if (comment_.empty()) comment_ = std::move(comment);
        return;
      }
      case '"':
        return quoted();
      case '<':
        return angle();
      case ',':
        ++at_;
        return end_mailbox();
      case ';':
        ++at_;
        end_mailbox();
        if (!group_) defect("semicolon between addresses");
        group_ = false;
        return;
      case ':':
        ++at_;
        if (group_ || have_angle_) defect("stray colon in an address");
        group_ = true;
        phrase_.clear();
        bare_.clear();
        comment_.clear();
        return;
      default:
        return atom();
    }
  }

  void quoted() {
    const auto start = at_;
    std::string content;
    if (!take_quoted(text_, at_, legacy_, content)) defect("quoted text that does not end");
    bare_.append(text_.substr(start, at_ - start));
    phrase_ += content;
  }

  void atom() {
    const auto start = at_;
    while (at_ < text_.size() && std::string_view("(\"<,;:").find(text_[at_]) == std::string_view::npos) {
      if (text_[at_] == '[') {  // a domain literal may hold colons
        constexpr std::size_t longest_literal = 256;
        const auto literal = text_.substr(at_, longest_literal);
        const auto end = literal.find(']');
        at_ += end == std::string_view::npos || literal.find(',') < end ? 1 : end + 1;
        continue;
      }
      const auto behind = skip_jis(text_, at_);
      at_ = behind == at_ ? at_ + 1 : behind;
    }
    const auto run = text_.substr(start, at_ - start);
    phrase_ += run;
    for (const char c : run)
      if (!is_blank(c)) bare_.push_back(c);
  }

  void angle() {
    ++at_;
    std::string address;
    bool closed = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '>') {
        closed = true;
        ++at_;
        break;
      }
      if (c == '"') {
        const auto start = at_;
        std::string content;
        if (!take_quoted(text_, at_, legacy_, content)) defect("quoted text that does not end");
        address.append(text_.substr(start, at_ - start));
        continue;
      }
      if (c == '(') {
        std::string comment;
        if (!take_comment(text_, at_, comment)) defect("comment that does not end");
        continue;
      }
      if (!is_blank(c)) address.push_back(c);
      ++at_;
    }
    if (!closed) defect("address without its closing bracket");
    // A source route before the address, "@a,@b:user@c", is obsolete and not part of it.
    if (address.starts_with('@')) {
      const auto colon = address.find(':');
      if (colon != std::string::npos) address.erase(0, colon + 1);
    }
    if (have_angle_) {  // two addresses without a comma: both are kept, so that none is overlooked
      defect("addresses without a comma between them");
      emit(phrase_, address_);
      phrase_.clear();
    }
    address_ = std::move(address);
    have_angle_ = true;
  }

  void end_mailbox() {
    if (have_angle_) {
      emit(phrase_, address_);
    } else if (!bare_.empty()) {
      emit({}, bare_);
    }
    phrase_.clear();
    bare_.clear();
    comment_.clear();
    address_.clear();
    have_angle_ = false;
  }

  void emit(std::string_view phrase, std::string_view address) {
    if (out_.addresses.size() == limits::mime_addresses) {
      out_.too_many = true;
      return;
    }
    phrase = trim_blanks(phrase);
    if (phrase.empty()) phrase = trim_blanks(comment_);
    auto name = decode_words(phrase);
    for (const auto& what : name.defects) defect(what);
    auto read = charset::detect(address);
    if (address.find('@') == std::string_view::npos) defect("address without \"@\"");
    if (read.guessed || read.undecodable != 0) defect("address that is neither ASCII nor UTF-8");
    auto shown = charset::without_controls(read.text);
    if (shown != read.text) defect("control characters in an address");
    out_.addresses.push_back({.name = std::move(name.text), .address = std::move(shown)});
  }

  void defect(std::string_view what) {
    if (std::find(out_.defects.begin(), out_.defects.end(), what) == out_.defects.end())
      out_.defects.emplace_back(what);
  }

  std::string_view text_;
  bool legacy_;
  std::size_t at_ = 0;
  address_list out_;
  std::string phrase_, bare_, comment_, address_;
  bool have_angle_ = false, group_ = false;
};

}  // namespace

address_list parse_addresses(std::string_view unfolded) {
  return parser(unfolded).read();
}

std::string domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string() : ascii_lower(address.substr(at + 1));
}

}  // namespace intake
