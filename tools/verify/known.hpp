// What intake-verify knows of earlier messages: those of the ledger, and those that have passed in this run.
#pragma once

#include "libintake/history.hpp"
#include "libintake/precedents.hpp"
#include "tools/tool.hpp"

namespace intake {

/// The ledger and what has passed in this run, asked as one.
class everything_known final : public precedents {
 public:
  everything_known(const history& past, const stream_memory& stream) : past_(past), stream_(stream) {}

  bool receipt_seen(std::string_view number, std::string_view id) const override {
    return stream_.receipt_seen(number, id) || past_.receipt_seen_elsewhere(number, id);
  }
  bool malware_from_applicant(std::string_view applicant, std::string_view id) const override {
    return stream_.malware_from_applicant(applicant, id) || past_.malware_from_applicant(applicant, id);
  }
  bool malware_from_sender(std::string_view address, std::string_view id) const override {
    return stream_.malware_from_sender(address, id) || past_.malware_from_sender(address, id);
  }
  bool whole() const override { return stream_.whole(); }

 private:
  const history& past_;
  const stream_memory& stream_;
};

/// An empty one on the first day, before there is a ledger. Throws as open_ledger does.
[[nodiscard]] history begin_history(const config& desk);

}  // namespace intake
