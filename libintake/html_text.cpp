#include "html_text.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <initializer_list>
#include <unordered_set>

#include "charset.hpp"
#include "html_appearance.hpp"
#include "html_style.hpp"
#include "html_tokens.hpp"
#include "limits.hpp"
#include "mime_field.hpp"

namespace intake {
namespace {

using html::appearance;
using html::declarations;
using html::token;

constexpr std::size_t most_open_elements = 256;
constexpr std::size_t excerpt_bytes = 200;

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_void(std::string_view name) {
  return one_of(name, {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
                       "track", "wbr", "basefont", "bgsound", "frame", "keygen"});
}

bool is_block(std::string_view name) {
  return one_of(
      name,
      {"address", "article", "aside",    "blockquote", "body",   "center", "dd",   "details", "dialog", "dir",    "div",
       "dl",      "dt",      "fieldset", "figure",     "footer", "form",   "h1",   "h2",      "h3",     "h4",     "h5",
       "h6",      "header",  "hr",       "html",       "li",     "main",   "menu", "nav",     "ol",     "p",      "pre",
       "section", "summary", "table",    "tbody",      "tfoot",  "thead",  "tr",   "ul",      "option", "caption"});
}

/// Elements that stay in force when a block around them ends before they do (WHATWG HTML, section 13.2.4.3).
bool is_formatting(std::string_view name) {
  return one_of(name,
                {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"});
}

struct element {
  std::string name;
  declarations own;
  bool hidden_attribute = false;
  appearance shown;
  int counter = 0;  ///< of a numbered list
  bool numbered = false;
  bool barrier = false;  ///< an end tag does not reach out of it, unless it is one of a table
};

class reader {
 public:
  explicit reader(std::string_view html) : html_(html) {}

  html_text read() {
    collect_styles();
    html::tokenizer tokens(html_);
    for (auto next = tokens.next(); next.kind != token::kind::end_of_file; next = tokens.next()) take(next);
    if (!sheet_.generated().empty()) hide("text from a style sheet", sheet_.generated());
    end_line();
    const auto first = out_.text.find_first_not_of('\n');
    out_.text.erase(0, std::min(first, out_.text.size()));
    return std::move(out_);
  }

 private:
  /// A style sheet holds for what comes before it, too.
  void collect_styles() {
    html::tokenizer tokens(html_);
    bool in_style = false;
    for (auto next = tokens.next(); next.kind != token::kind::end_of_file; next = tokens.next()) {
      if (in_style && next.kind == token::kind::text && next.raw_text) {
        sheet_.add(next.text);
        for (const auto& link : html::css_links(next.text)) add_link(link);
      }
      in_style = next.kind == token::kind::start_tag && next.name == "style";
    }
  }

  void take(const token& next) {
    switch (next.kind) {
      case token::kind::text:
        return text(next);
      case token::kind::start_tag:
        return start(next);
      case token::kind::end_tag:
        return end(next.name);
      case token::kind::comment:
        return comment(next.text);
      case token::kind::unfinished:
        return hide("unfinished tag or comment", next.text);
      case token::kind::end_of_file:
        return;
    }
  }

  [[nodiscard]] const appearance& current() const { return open_.empty() ? page_ : open_.back().shown; }

  void start(const token& tag) {
    collect_link(tag);
    imply_ends(tag.name);
    if (is_block(tag.name)) end_line();
    if (tag.name == "br") return line_break();
    if (tag.name == "td" || tag.name == "th") cell();
    if (is_void(tag.name)) return;
    if (open_.size() == most_open_elements) {
      hide("more nested elements than are followed", {});
      return;
    }
    element next{.name = tag.name};
    const auto* id = tag.attribute("id");
    const auto* classes = tag.attribute("class");
    next.own = sheet_.match(tag.name, id ? *id : std::string(), classes ? *classes : std::string());
    read_attributes(tag, next);
    next.shown = html::derive(current(), next.name, next.own, next.hidden_attribute);
    next.numbered = tag.name == "ol";
    next.barrier = one_of(tag.name, {"td", "th", "caption", "object"});
    if (tag.name == "li") item();
    open_.push_back(std::move(next));
  }

  static void read_attributes(const token& tag, element& next) {
    if (const auto* colour_of = tag.attribute(tag.name == "body" ? "text" : "color"))
      if (const auto c = html::parse_colour(*colour_of)) next.own.foreground = c;
    if (const auto* colour_of = tag.attribute("bgcolor"))
      if (const auto c = html::parse_colour(*colour_of)) next.own.background = c;
    if (const auto* image = tag.attribute("background"); image && !image->empty()) next.own.over = {.picture = true};
    if (const auto* style = tag.attribute("style")) next.own.override_with(html::parse_declarations(*style));
    next.hidden_attribute = tag.attribute("hidden") != nullptr && !next.own.display_none.has_value();
  }

  void item() {
    std::string mark = "- ";
    if (!open_.empty() && open_.back().numbered) mark = std::to_string(++open_.back().counter) + ". ";
    if (current().hidden.empty() && !current().machinery) pending_mark_ = mark;
  }

  /// Start tags that end elements which are still open (section 13.2.6.4.7).
  void imply_ends(std::string_view name) {
    if (name == "li") return close_within({"li"}, {"ul", "ol", "menu", "dir"});
    if (name == "dd" || name == "dt") return close_within({"dd", "dt"}, {"dl"});
    if (name == "option") return close_within({"option"}, {"select", "datalist"});
    if (name == "td" || name == "th") return close_within({"td", "th"}, {"table"});
    if (name == "tr") return close_within({"tr"}, {"table"});
    if (name == "tbody" || name == "thead" || name == "tfoot")
      return close_within({"tbody", "thead", "tfoot", "tr"}, {"table"});
    if (name == "body") return close_within({"head"}, {});
    if (is_block(name)) close_within({"p"}, {"td", "th", "table", "caption", "button", "object"});
  }

  void close_within(std::initializer_list<std::string_view> names, std::initializer_list<std::string_view> barriers) {
    for (auto i = open_.size(); i-- > 0;) {
      if (one_of(open_[i].name, names)) return pop_to(i, true);
      if (one_of(open_[i].name, barriers)) return;
    }
  }

  void end(const std::string& name) {
    if (name == "p" || name == "br") end_line();
    const bool of_table = one_of(name, {"td", "th", "tr", "tbody", "thead", "tfoot", "caption"});
    for (auto i = open_.size(); i-- > 0;) {
      if (open_[i].name == name) {
        if (is_block(name)) end_line();
        return pop_to(i, true);
      }
      // An end tag does not reach out of a table cell.
      if (of_table ? open_[i].name == "table" : open_[i].barrier && name != "table") return;
    }
  }

  /// Closes element `index` and what is open inside it; formatting that was not ended itself goes on.
  void pop_to(std::size_t index, bool keep_formatting) {
    constexpr std::size_t most_kept = 16;
    std::vector<element> kept;
    for (auto i = index + 1; keep_formatting && i < open_.size() && kept.size() < most_kept; ++i)
      if (is_formatting(open_[i].name)) kept.push_back(std::move(open_[i]));
    open_.resize(index);
    for (auto& again : kept) {
      again.shown = html::derive(current(), again.name, again.own, again.hidden_attribute);
      open_.push_back(std::move(again));
    }
  }

  void comment(std::string_view content) {
    // What a comment shows to some readers or to none is read like a page of its own, without going deeper.
    auto inner = content;
    const bool conditional = trim_blanks(inner).starts_with("[if");
    if (conditional) inner = inner.substr(std::min(inner.find('>'), inner.size() - 1) + 1);
    std::string words;
    bool skip = false;
    html::tokenizer tokens(inner);
    for (auto next = tokens.next(); next.kind != token::kind::end_of_file; next = tokens.next()) {
      if (next.kind == token::kind::start_tag) skip = skip || next.name == "xml" || next.name == "style";
      if (next.kind == token::kind::end_tag && (next.name == "xml" || next.name == "style")) skip = false;
      if (next.kind == token::kind::text && !skip && !next.raw_text) words += next.text;
    }
    if (says_something(words)) hide("comment", words);
  }

  /// Letters of any script but a word or two of Latin: template engines mark their blocks so.
  static bool says_something(std::string_view utf8) {
    std::size_t latin = 0, blanks = 0;
    for (std::size_t i = 0; i < utf8.size();) {
      UChar32 c = 0;
      U8_NEXT(reinterpret_cast<const std::uint8_t*>(utf8.data()), i, utf8.size(), c);
      if (c > 0x7F && u_isalpha(c)) return true;
      latin += c > 0 && c < 0x80 && u_isalnum(c) ? 1 : 0;
      blanks += c == ' ' || c == '\n' ? 1 : 0;
    }
    return latin >= 20 && blanks >= 3;
  }

  void text(const token& next) {
    const auto& how = current();
    if (how.machinery) return;
    const auto content = html::resolve_entities(next.text);
    if (content.find_first_not_of(" \t\r\n\f") == std::string::npos) return write(content, how.preformatted);
    const auto reason = html::why_hidden(how);
    if (!reason.empty()) return hide(reason, content);
    if (const auto doubt = html::why_doubtful(how); !doubt.empty()) hide(doubt, content);
    write(content, how.preformatted);
  }

  void hide(std::string_view reason, std::string_view content) {
    auto found =
        std::find_if(out_.hidden.begin(), out_.hidden.end(), [&](const auto& h) { return h.reason == reason; });
    if (found == out_.hidden.end()) found = out_.hidden.insert(found, {.reason = std::string(reason)});
    std::string words;
    bool blank = true;
    for (const char c : content.substr(0, 8 * excerpt_bytes)) {
      const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
      if (!space || !blank) words.push_back(space ? ' ' : c);
      blank = space;
    }
    auto& excerpt = found->excerpt;
    if (excerpt.size() >= excerpt_bytes) return;
    if (!excerpt.empty()) excerpt.push_back(' ');
    excerpt += words;
    if (excerpt.size() > excerpt_bytes) {
      std::size_t cut = excerpt_bytes;
      while (cut > 0 && (static_cast<unsigned char>(excerpt[cut]) & 0xC0) == 0x80) --cut;
      excerpt.resize(cut);
    }
  }

  void write(std::string_view content, bool preformatted) {
    for (const char c : content) {
      if (preformatted && c == '\n') {
        out_.text.push_back('\n');
      } else if (!preformatted && (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f')) {
        pending_blank_ = true;
      } else if (c != '\r') {
        if (pending_blank_ && !at_line_start()) out_.text.push_back(' ');
        pending_blank_ = false;
        out_.text += pending_mark_;
        pending_mark_.clear();
        out_.text.push_back(c);
      }
    }
  }

  [[nodiscard]] bool at_line_start() const { return out_.text.empty() || out_.text.back() == '\n'; }

  void end_line() {
    if (!at_line_start()) out_.text.push_back('\n');
    pending_blank_ = false;
  }

  void line_break() {
    if (current().hidden.empty() && !current().machinery) out_.text.push_back('\n');
    pending_blank_ = false;
  }

  void cell() {
    if (!at_line_start()) out_.text.push_back('\t');
    pending_blank_ = false;
  }

  void collect_link(const token& tag) {
    for (const auto* name : {"href", "src", "action", "background", "formaction", "data", "srcset", "poster"}) {
      if (const auto* value = tag.attribute(name)) add_link(*value);
    }
    if (const auto* style = tag.attribute("style"))
      for (const auto& link : html::css_links(*style)) add_link(link);
  }

  void add_link(const std::string& value) {
    if (value.empty() || value.starts_with('#') || value.starts_with("cid:")) return;
    constexpr std::size_t longest_link = 2000;
    auto link = charset::without_controls(value.substr(0, longest_link));
    if (!seen_links_.insert(link).second) return;
    if (out_.links.size() == limits::mail_links) {
      out_.too_many_links = true;
      seen_links_.erase(link);
      return;
    }
    out_.links.push_back(std::move(link));
  }

  std::string_view html_;
  html::style_sheet sheet_;
  appearance page_;
  std::vector<element> open_;
  html_text out_;
  std::unordered_set<std::string> seen_links_;
  std::string pending_mark_;
  bool pending_blank_ = false;
};

}  // namespace

html_text read_html(std::string_view html) {
  return reader(html).read();
}

}  // namespace intake
