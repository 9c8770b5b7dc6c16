// The rules: what kind of message a record holds, what it says, what speaks against it, and what is to be done. No I/O:
// record, profile, configuration and precedents in, a judgement out. The record's content is hostile.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "body.hpp"
#include "config.hpp"
#include "disposition.hpp"
#include "list_mail.hpp"
#include "precedents.hpp"
#include "profile.hpp"
#include "record.hpp"

namespace intake {

struct judgement {
  std::string kind;                                              ///< application | list | correction | direct | other
  std::vector<std::pair<std::string, std::string>> application;  ///< fields; of direct mails too, if they tell any
  std::string corrected_receipt_no;
  list_reading list;
  std::string sender;                 ///< address that malware would be remembered by; empty if the site's or unknown
  std::vector<observation> findings;  ///< those that the record does not carry yet
  std::vector<proposed_action> actions;
  std::string disposition;

  /// Value of an application's field, empty if not told.
  [[nodiscard]] std::string_view field(std::string_view name) const;
};

class judge {
 public:
  /// Keeps references. Loads Unicode tables: make it before confinement.
  judge(const profile& rule, const config& desk);
  ~judge();
  judge(const judge&) = delete;
  judge& operator=(const judge&) = delete;

  /// `insecure`: this stage itself runs without confinement.
  [[nodiscard]] judgement consider(const record& rec, const precedents& known, bool insecure = false) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Writes a judgement into its record, in place of any earlier one.
void write(record& rec, const judgement& made);

/// Remembers what later messages of the stream must be compared with.
void remember(stream_memory& memory, const record& rec, const judgement& made);

}  // namespace intake
