// Keeps drafts, each once: what the ledger knows as drafted is not drafted again, also when a clerk has sent and
// removed it; and a run that dies in between leaves a draft that the next run finds.
#pragma once

#include <string>
#include <string_view>

#include "config.hpp"
#include "draft_sink.hpp"
#include "ledger.hpp"
#include "notice.hpp"

namespace intake {

class drafting {
 public:
  /// Keeps references.
  drafting(ledger& book, draft_sink& sink, const config& desk) : book_(book), sink_(sink), desk_(desk) {}

  /// Whether it was drafted now. `payload`: JSON object that the event carries.
  bool store(const draft& letter, const std::string& payload = {});
  /// Where a clerk finds it.
  [[nodiscard]] std::string place(const draft& letter) const;
  /// One line that tells of a draft: {"do":…,"to":…,"path":…,"new":…}.
  [[nodiscard]] std::string told(const draft& letter, bool is_new) const;

 private:
  ledger& book_;
  draft_sink& sink_;
  const config& desk_;
};

}  // namespace intake
