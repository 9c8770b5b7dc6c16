#include "markup.hpp"

#include <stdexcept>

#include "terminal.hpp"

namespace intake {

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += c;
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : terminal::neutralised(text)) append_escaped(out, c);
  return out;
}

void markup::start(std::string_view name, attributes with) {
  (out_ += '<') += name;
  for (const auto& [key, value] : with) ((((out_ += ' ') += key) += "=\"") += escaped(value)) += '"';
}

markup& markup::open(std::string_view name, attributes with) {
  start(name, with);
  out_ += '>';
  open_.emplace_back(name);
  return *this;
}

markup& markup::close() {
  if (open_.empty()) throw std::logic_error("markup: nothing is open");
  ((out_ += "</") += open_.back()) += '>';
  // A line an element of some size, so that the page can be read and compared as text.
  if (const auto& name = open_.back(); name == "tr" || name == "section" || name == "g" || name == "table")
    out_ += '\n';
  open_.pop_back();
  return *this;
}

markup& markup::element(std::string_view name, std::string_view text, attributes with) {
  return open(name, with).text(text).close();
}

markup& markup::empty(std::string_view name, attributes with) {
  start(name, with);
  out_ += "/>";
  return *this;
}

markup& markup::text(std::string_view text) {
  out_ += escaped(text);
  return *this;
}

markup& markup::raw(std::string_view made) {
  out_ += made;
  return *this;
}

std::string markup::take() {
  if (!open_.empty()) throw std::logic_error("markup: <" + open_.back() + "> is still open");
  return std::move(out_);
}

}  // namespace intake
