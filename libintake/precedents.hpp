// What earlier messages tell about this one. The judge asks; the ledger answers for the past, stream_memory for what
// has passed in the run that is going on. Neither touches a file when asked, so both work in a confined worker.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace intake {

class precedents {
 public:
  virtual ~precedents() = default;
  /// Whether an application with this receipt number came under another message id.
  [[nodiscard]] virtual bool receipt_seen(std::string_view receipt_no, std::string_view other_than_id) const = 0;
  /// Whether malware was found in another message of this applicant, or from this address (never the site's own).
  [[nodiscard]] virtual bool malware_from_applicant(std::string_view applicant,
                                                    std::string_view other_than_id) const = 0;
  [[nodiscard]] virtual bool malware_from_sender(std::string_view address, std::string_view other_than_id) const = 0;
  /// False when something that was known has been lost: then nothing can be called the first of its kind.
  [[nodiscard]] virtual bool whole() const { return true; }
};

/// What has passed in this run. It outlives the worker that wrote it: the entries lie in memory shared with the pump,
/// so a worker that is forked anew goes on with what its predecessor knew. Entries are only ever appended, hold digests
/// and no text, and carry a checksum each: when a dying worker has damaged them, whole() is false from then on. The
/// message on which a worker died left no entry; it carries stage.failed, so it was not accepted either.
class stream_memory final : public precedents {
 public:
  /// Call in the pump, before workers are forked. Throws failure(os) without memory.
  stream_memory();
  ~stream_memory() override;
  stream_memory(const stream_memory&) = delete;
  stream_memory& operator=(const stream_memory&) = delete;

  /// Reads what an earlier worker left. To be called in each worker before its first record.
  void recall();

  void note_receipt(std::string_view receipt_no, std::string_view id);
  void note_malware(std::string_view applicant, std::string_view address, std::string_view id);

  [[nodiscard]] bool receipt_seen(std::string_view receipt_no, std::string_view other_than_id) const override;
  [[nodiscard]] bool malware_from_applicant(std::string_view applicant, std::string_view other_than_id) const override;
  [[nodiscard]] bool malware_from_sender(std::string_view address, std::string_view other_than_id) const override;
  [[nodiscard]] bool whole() const override;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace intake
