// What a run has handed over already, in little memory: a watched mailbox is watched for months. Nothing here reads
// what was received.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "short_digest.hpp"

namespace intake {

/// UIDs of one mailbox. Numbers that follow each other, as those of IMAP do, take no memory each.
class uid_set {
 public:
  void insert(const std::string& uid);
  /// All numbers from `first` to `last`, which join no range that is there.
  void insert_range(std::uint64_t first, std::uint64_t last) { ranges_.emplace(first, last); }
  [[nodiscard]] bool contains(const std::string& uid) const;

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  ///< first → last
  std::set<std::string, std::less<>> others_;      ///< not numbers, as those of POP3
};

/// Ids of messages: the last limits::watch_remembered of them at least, and at most twice as many.
class recent_ids {
 public:
  /// False when it is among them.
  bool insert(std::string_view id);

 private:
  std::unordered_set<short_digest, short_digest_hash> older_, newer_;
};

}  // namespace intake
