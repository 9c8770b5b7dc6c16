#include "handed_over.hpp"

#include <charconv>
#include <iterator>
#include <optional>

#include "limits.hpp"

namespace intake {
namespace {

/// Only as it is written by who counts: "007" is a name.
std::optional<std::uint64_t> as_number(const std::string& uid) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(uid.data(), uid.data() + uid.size(), number);
  if (read.ec != std::errc() || std::to_string(number) != uid) return std::nullopt;
  return number;
}

}  // namespace

void uid_set::insert(const std::string& uid) {
  const auto number = as_number(uid);
  if (!number) {
    others_.insert(uid);
    return;
  }
  if (contains(uid)) return;
  const auto after = ranges_.upper_bound(*number);
  const bool begins_next = after != ranges_.end() && *number + 1 == after->first;
  const auto before = after == ranges_.begin() ? ranges_.end() : std::prev(after);
  const bool ends_last = before != ranges_.end() && before->second + 1 == *number;
  const auto last = begins_next ? after->second : *number;
  if (begins_next) ranges_.erase(after);
  if (ends_last)
    before->second = last;
  else
    ranges_.emplace(*number, last);
}

bool uid_set::contains(const std::string& uid) const {
  const auto number = as_number(uid);
  if (!number) return others_.contains(uid);
  const auto after = ranges_.upper_bound(*number);
  return after != ranges_.begin() && *number <= std::prev(after)->second;
}

bool recent_ids::insert(std::string_view id) {
  const auto made = short_digest_of(id);
  if (older_.contains(made) || !newer_.insert(made).second) return false;
  if (newer_.size() >= limits::watch_remembered) {
    older_ = std::move(newer_);
    newer_ = {};
  }
  return true;
}

}  // namespace intake
