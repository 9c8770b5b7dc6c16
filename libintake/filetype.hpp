// What a file really is, by its content. Handles hostile bytes: call inside the sandbox. The types an office may
// receive are recognised by structure here; libmagic gives a second opinion where there is no structure to go by.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "file_kind.hpp"

namespace intake {

/// By content. `name` only tells a script of a language without a signature from plain text.
[[nodiscard]] file_kind recognise(std::string_view untrusted_bytes, std::string_view untrusted_name = {});

struct file_type {
  file_kind kind = file_kind::unknown;
  std::string mime;     ///< of the kind; of libmagic for an unknown one
  std::string contest;  ///< why the content is doubtful as this kind; empty: it is not
};

/// Holds libmagic's tables. Make it before the sandbox is entered; forked workers share it.
class type_reader {
 public:
  /// Throws failure(unavailable) without libmagic's tables.
  type_reader();
  ~type_reader();
  type_reader(const type_reader&) = delete;
  type_reader& operator=(const type_reader&) = delete;
  [[nodiscard]] file_type identify(std::string_view untrusted_bytes, std::string_view untrusted_name) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace intake
