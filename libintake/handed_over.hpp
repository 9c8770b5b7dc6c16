// What a run has handed over already, in little memory: a watched mailbox is watched for months. Nothing here reads
// what was received.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace intake {

/// UIDs of one mailbox. Numbers that follow each other, as those of IMAP do, take no memory each.
class uid_set {
 public:
  void insert(const std::string& uid);
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
  using digest = std::array<std::uint64_t, 2>;
  struct first_octets {
    std::size_t operator()(const digest& of) const { return of[0]; }
  };
  std::unordered_set<digest, first_octets> older_, newer_;
};

}  // namespace intake
