#include "texttype.hpp"

#include <algorithm>
#include <array>

#include "container.hpp"
#include "limits.hpp"

namespace intake {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t head_bytes = 64 * limits::kib;
constexpr std::string_view blank = " \t\r\n\f\v";

// Control characters that no text in any of the office's charsets holds. ESC is ISO-2022-JP's, SUB an old end of file.
bool is_text(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return bytes.size() % 2 == 0;
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && u != '\t' && u != '\n' && u != '\r' && u != '\f' && u != '\v' && u != 0x1B && u != 0x1A) ||
           u == 0x7F;
  });
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(blank);
  return from == std::string_view::npos ? std::string_view() : text.substr(from);
}

// Past white space, comments, processing instructions and the document type, to the first element.
std::string_view first_element(std::string_view text) {
  for (;;) {
    text = trimmed(text);
    std::string_view end;
    if (text.starts_with("<!--"))
      end = "-->";
    else if (text.starts_with("<?"))
      end = "?>";
    else if (text.starts_with("<!"))
      end = ">";
    else
      return text;
    const auto at = text.find(end);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + end.size());
  }
}

bool is_html(std::string_view lower) {
  if (trimmed(lower).starts_with("<!doctype html")) return true;
  const std::string_view element = first_element(lower);
  constexpr std::array starts = {"<html"sv,  "<head"sv,   "<body"sv, "<script"sv, "<iframe"sv, "<meta"sv,
                                 "<title"sv, "<table"sv,  "<div"sv,  "<style"sv,  "<form"sv,   "<a "sv,
                                 "<img"sv,   "<p>"sv,     "<h1"sv,   "<object"sv, "<embed"sv,  "<base"sv,
                                 "<link"sv,  "<center"sv, "<font"sv, "<hta:"sv};
  if (std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return element.starts_with(start); }))
    return true;
  // Browsers run a script wherever it stands in a text that is served as HTML.
  return lower.find("<script") != std::string_view::npos && lower.find("</script") != std::string_view::npos;
}

bool is_script(std::string_view lower) {
  const std::string_view text = trimmed(lower);
  if (text.starts_with("#!")) return true;
  if (text.starts_with("#@~^")) return true;  // encoded JScript or VBScript
  constexpr std::array starts = {"@echo off"sv,     "[internetshortcut]"sv, "<?sxl"sv,     "<job"sv,
                                 "<package><job"sv, "<scriptlet"sv,         "<?php"sv,     "windows registry editor"sv,
                                 "regedit4"sv,      "<component"sv,         "{\\rtf.hta"sv};
  if (std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return text.starts_with(start); }))
    return true;
  // Excel takes both of these by their content and runs what is in them: a sheet in SYLK, whose cells may be Excel 4
  // macros, and a query of a web page.
  const auto has = [&](std::string_view what) { return text.find(what) != std::string_view::npos; };
  if (text.starts_with("id;p") && (has("\nc;") || has("\rc;"))) return true;
  if (text.starts_with("web\n1\n") || text.starts_with("web\r\n1\r\n")) return true;
  constexpr std::array calls = {
      "new activexobject("sv, "wscript.createobject("sv, "createobject(\"wscript.shell\")"sv, "wscript.shell"sv,
      "powershell -"sv,       "powershell.exe"sv,        "eval(string.fromcharcode"sv};
  return std::any_of(calls.begin(), calls.end(),
                     [&](std::string_view call) { return text.find(call) != std::string_view::npos; });
}

// RFC 5322 header fields that a message has and prose does not begin with; two of them make a message.
bool is_message(std::string_view lower) {
  constexpr std::array fields = {"received:"sv,     "from:"sv,         "to:"sv,           "subject:"sv,
                                 "date:"sv,         "message-id:"sv,   "mime-version:"sv, "return-path:"sv,
                                 "content-type:"sv, "delivered-to:"sv, "x-mailer:"sv,     "reply-to:"sv};
  int known = 0;
  while (!lower.empty()) {
    const auto end = std::min(lower.find('\n'), lower.size());
    const std::string_view line = lower.substr(0, end);
    if (line.empty() || line == "\r") break;
    const bool folded = line.front() == ' ' || line.front() == '\t';
    if (!folded && !line.starts_with("from ")) {
      const auto colon = line.find(':');
      if (colon == 0 || colon == std::string_view::npos || line.substr(0, colon).find(' ') != std::string_view::npos)
        return false;
      known += std::find(fields.begin(), fields.end(), line.substr(0, colon + 1)) != fields.end();
    }
    lower.remove_prefix(std::min(end + 1, lower.size()));
  }
  return known >= 2;
}

// The same number (one at least) of separators in each of the first lines, quoted cells aside.
bool is_table(std::string_view text, char separator) {
  std::size_t wanted = 0, lines = 0, count = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == separator && !quoted) ++count;
    if (c != '\n' || quoted) continue;
    if (lines++ == 0) wanted = count;
    if (count != wanted || wanted == 0) return false;
    if (lines == 20) break;
    count = 0;
  }
  return lines >= 2;
}

}  // namespace

std::string narrowed(std::string_view untrusted_bytes, std::size_t limit) {
  std::string_view bytes = untrusted_bytes.substr(0, limit);
  if (bytes.starts_with("\xEF\xBB\xBF")) return std::string(bytes.substr(3));
  const bool little =
      bytes.starts_with("\xFF\xFE") || (bytes.size() >= 4 && bytes[0] && !bytes[1] && bytes[2] && !bytes[3]);
  const bool big =
      bytes.starts_with("\xFE\xFF") || (bytes.size() >= 4 && !bytes[0] && bytes[1] && !bytes[2] && bytes[3]);
  if (!little && !big) return std::string(bytes);
  std::string text;
  text.reserve(bytes.size() / 2);
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    const char low = bytes[at + (little ? 0 : 1)], high = bytes[at + (little ? 1 : 0)];
    text += high == 0 && static_cast<unsigned char>(low) < 0x80 ? low : '?';
  }
  return text[0] == '?' ? text.substr(1) : text;
}

file_kind recognise_text(std::string_view untrusted_bytes) {
  const std::string text = narrowed(untrusted_bytes, head_bytes);
  const std::string lower = lower_ascii(text);
  if (trimmed(lower).starts_with("{\\rt")) return file_kind::rtf;
  const bool plain = is_text(untrusted_bytes) || is_text(text);
  // Scripts and mark-up run in spite of stray control characters, so these are asked for first.
  if (is_message(lower)) return file_kind::eml;
  const std::string root = root_element(lower);
  if (root == "svg") return file_kind::svg;
  if (is_html(lower)) return file_kind::html;
  if (is_script(lower)) return file_kind::script;
  if (!plain) return file_kind::unknown;
  if (!root.empty() && trimmed(lower).starts_with("<?xml")) return file_kind::xml;
  return is_table(text, ',') || is_table(text, '\t') ? file_kind::csv : file_kind::txt;
}

std::string root_element(std::string_view untrusted_text) {
  std::string_view element = first_element(untrusted_text);
  if (!element.starts_with('<')) return {};
  element.remove_prefix(1);
  std::string_view name = element.substr(0, element.find_first_of(" \t\r\n/>"));
  name.remove_prefix(std::min(name.size(), name.rfind(':') + 1));
  return lower_ascii(name);
}

bool has_dde_cell(std::string_view untrusted_text) {
  // A cell begins a line or follows a separator or its quote; white space before the sign does not disarm it.
  bool at_start = true;
  for (std::size_t at = 0; at < untrusted_text.size(); ++at) {
    const char c = untrusted_text[at];
    if (at_start && (c == '=' || c == '+' || c == '-' || c == '@')) {
      std::string_view cell = untrusted_text.substr(at, 4096);
      cell = cell.substr(0, cell.find('\n'));
      const auto bar = cell.find('|');
      if (bar != std::string_view::npos && cell.find('!', bar) != std::string_view::npos) return true;
    }
    const bool separator = c == '\n' || c == '\r' || c == ',' || c == ';' || c == '\t' || c == '"' || c == '\'';
    at_start = separator || (at_start && c == ' ');
  }
  return false;
}

}  // namespace intake
