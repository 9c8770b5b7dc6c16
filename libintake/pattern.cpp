#include <re2/re2.h>

#include <stdexcept>

#include "profile.hpp"

namespace intake {
namespace {

const re2::RE2& compiled(const std::shared_ptr<const void>& re) {
  return *static_cast<const re2::RE2*>(re.get());
}

std::string text_of(re2::StringPiece piece) {
  return piece.data() ? std::string(piece.data(), piece.size()) : "";
}

/// Start of the next search, so that a pattern which matches nothing at a place gets past it.
std::size_t after(re2::StringPiece text, re2::StringPiece match) {
  auto end = static_cast<std::size_t>(match.data() - text.data()) + match.size();
  if (!match.empty()) return end;
  do ++end;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80);
  return end;
}

}  // namespace

pattern::pattern() = default;

pattern::pattern(const std::string& text) : text_(text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto re = std::make_shared<const re2::RE2>(text, options);
  if (!re->ok()) throw std::invalid_argument(re->error());
  re_ = std::move(re);
}

int pattern::groups() const {
  return re_ ? compiled(re_).NumberOfCapturingGroups() : 0;
}

std::vector<std::string> pattern::group_names() const {
  std::vector<std::string> names;
  if (re_)
    for (const auto& [name, number] : compiled(re_).NamedCapturingGroups()) names.push_back(name);
  return names;
}

bool pattern::matches(std::string_view text) const {
  return re_ && re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled(re_));
}

std::optional<std::string> pattern::first(std::string_view text) const {
  if (!re_) return std::nullopt;
  const re2::StringPiece all(text.data(), text.size());
  re2::StringPiece groups[2];
  const int wanted = compiled(re_).NumberOfCapturingGroups() > 0 ? 2 : 1;
  if (!compiled(re_).Match(all, 0, all.size(), re2::RE2::UNANCHORED, groups, wanted)) return std::nullopt;
  return text_of(groups[wanted - 1]);
}

std::vector<std::map<std::string, std::string>> pattern::all(std::string_view text, std::size_t limit) const {
  std::vector<std::map<std::string, std::string>> found;
  if (!re_) return found;
  const re2::StringPiece all(text.data(), text.size());
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(compiled(re_).NumberOfCapturingGroups()) + 1);
  const auto& names = compiled(re_).NamedCapturingGroups();
  for (std::size_t at = 0; at <= all.size() && found.size() < limit; at = after(all, groups[0])) {
    if (!compiled(re_).Match(all, at, all.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size())))
      break;
    auto& match = found.emplace_back();
    for (const auto& [name, number] : names) match[name] = text_of(groups[static_cast<std::size_t>(number)]);
  }
  return found;
}

}  // namespace intake
