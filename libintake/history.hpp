// What the ledger knows of earlier messages, for a confined worker, which can open no file: a process of its own holds
// the ledger open for reading, confined to the ledger's folder, and is asked by keyed hashes alone. The answers are
// those of `ledger` at the moment of asking, and what they cost does not grow with the ledger.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "ledger.hpp"

namespace intake {

class history {
 public:
  /// Of a desk without a ledger: nothing was before.
  history();
  /// Starts that process, which calls `open` (for reading, with the key). Call before anything received is read, while
  /// this process has one thread and no ledger open. Throws what `open` throws, and failure(os).
  explicit history(const std::function<ledger()>& open);
  history(history&&) noexcept;
  history& operator=(history&&) noexcept;
  ~history();

  /// What a confined worker must keep open to ask. One worker at a time may.
  [[nodiscard]] std::vector<int> descriptors() const;

  // As those of class ledger. They throw failure(unavailable) when that process does not answer any more.

  [[nodiscard]] bool receipt_seen_elsewhere(std::string_view receipt_no, std::string_view id) const;
  [[nodiscard]] bool malware_from_applicant(std::string_view applicant, std::string_view id) const;
  [[nodiscard]] bool malware_from_sender(std::string_view address, std::string_view id) const;

 private:
  struct state;
  std::unique_ptr<const state> state_;
};

}  // namespace intake
