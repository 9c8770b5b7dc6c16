// What is unnatural in the text of a mail: look-alike letters, letters of unexpected scripts, invisible characters,
// links to unknown hosts. Handles hostile bytes; linear in the text. Tuned for Japanese: kana, kanji and Latin may mix
// freely, full-width forms are no disguise in themselves, Greek letters serve as symbols.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "findings.hpp"

namespace intake {

/// Something that a finding will be made of.
struct observation {
  finding_code code;
  std::string detail;
  std::string file = {};  ///< id of the file it is about
};

class body_examiner {
 public:
  /// `names`: words that matter in genuine mail (stations, labels, procedures); what only looks like one of them is
  /// told. `hosts`: those a genuine mail may link to. Loads ICU's tables, so make it before confinement. Throws
  /// failure(software) when they cannot be had.
  body_examiner(const std::vector<std::string>& names, const std::vector<std::string>& hosts);
  ~body_examiner();
  body_examiner(const body_examiner&) = delete;
  body_examiner& operator=(const body_examiner&) = delete;

  /// body.confusable, body.foreign_script, body.hidden_text and body.url, each at most once, with what was met.
  [[nodiscard]] std::vector<observation> examine(std::string_view text) const;
  /// body.url for link targets that are not written in the text (HTML).
  [[nodiscard]] std::vector<observation> examine_links(const std::vector<std::string_view>& targets) const;

  /// Whether `text` holds something that looks like `word`, and is not it: 0 for o, Cyrillic for Latin.
  [[nodiscard]] bool imitates(std::string_view text, std::string_view word) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Hosts that a text links to, lower case, each once, in order; "" for a link without one (javascript:, UNC paths give
/// theirs). Undoes what hides a link from filters and not from readers: hxxp, [.], (dot), full-width letters, user
/// names before the host. `text` need not be normalised.
[[nodiscard]] std::vector<std::string> linked_hosts(std::string_view text);

}  // namespace intake
