// Where drafts go: a folder, a file that holds many, or the Drafts mailbox of an account. Nothing here sends anything.
#pragma once

#include <string>
#include <string_view>

#include "failure.hpp"

namespace intake {

struct draft;

class draft_sink {
 public:
  virtual ~draft_sink() = default;
  /// Keeps one draft; durable when it returns. `message` is to_message(letter), `name` its draft_name(). Throws
  /// failure.
  virtual void store(const draft& letter, const std::string& name, std::string_view message) = 0;
  /// Where a clerk finds it: a path, or the name of a mailbox.
  [[nodiscard]] virtual std::string place(const std::string& name) const = 0;
};

/// Writes everything and waits for the disk; false with errno set when it cannot.
[[nodiscard]] bool write_durably(int file, std::string_view bytes);
/// For errno after something could not be opened or made.
[[nodiscard]] failure cannot_make(const phrase& what);

}  // namespace intake
