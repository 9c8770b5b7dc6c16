// Messages whose doubts a clerk has settled: they are rendered and exported though the judge asked for a person. The
// ledger is read before confinement.
#pragma once

#include <set>
#include <string>

#include "config.hpp"

namespace intake {

class record;

class clearance {
 public:
  /// None when the desk keeps no ledger, or has not begun one. Throws failure as class ledger does.
  explicit clearance(const config& desk);
  explicit clearance(std::set<std::string> ids) : ids_(std::move(ids)) {}

  /// Accepted by the judge, or cleared by a clerk.
  [[nodiscard]] bool allows(const record& rec) const;

 private:
  std::set<std::string> ids_;
};

}  // namespace intake
