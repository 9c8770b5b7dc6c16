// What office and its child say to each other over their socket. Both ends are the same build on the same machine, so
// structures travel as they lie in memory. What the child says is hostile. For office's own sources only.
#pragma once

#include <array>
#include <cstdint>

#include "document_kind.hpp"
#include "office.hpp"

namespace intake::office_protocol {

/// `ready` once the child is confined, then one answer.
enum class reply : std::uint32_t { ready = 1, done, damaged, password };

/// Followed by `passwords` bytes (document_passwords::packed) and `size` bytes of document.
struct request_head {
  document_family family;
  std::array<char, 8> extension;
  std::uint64_t passwords, size;
};

/// Followed by `size` bytes of PDF.
struct answer_head {
  reply what;
  office_notes notes;
  std::uint32_t sheets_whole;  ///< 1: a page is a whole sheet, to be cut into pages of its width
  std::uint32_t password;      ///< which one opened it, from 1; 0: none was needed
  std::uint64_t size;
};

}  // namespace intake::office_protocol
