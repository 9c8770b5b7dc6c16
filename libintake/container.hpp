// Compound files (OLE2, through libgsf) and zip packages (OOXML, OpenDocument, through the reader of archives, which
// holds a zip to one reading and its parts to their checksums). From memory. Handles hostile bytes: call inside the
// sandbox. Used by filetype and active.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive_budget.hpp"

namespace intake {

/// A view: the bytes must outlive it.
class container {
 public:
  enum class format { ole, zip };

  struct entry {
    std::string path;    ///< '/' between storages, as stored; never to be used as a file name
    std::string name;    ///< last part of path, ASCII letters in lower case
    std::uint64_t size;  ///< as declared, unpacked
    bool storage;        ///< a folder
    std::vector<int> where;
  };

  /// nullopt: not of this format, too damaged to list, or a zip that can be read in more than one way. `why` is told of
  /// a zip only: the code that an archive would get, archive.limit for more entries than limits allow.
  [[nodiscard]] static std::optional<container> open(std::string_view untrusted_bytes, format format,
                                                     std::optional<archive_refused>* why = nullptr);
  container(container&&) noexcept;
  container& operator=(container&&) noexcept;
  ~container();

  [[nodiscard]] const std::vector<entry>& entries() const { return entries_; }
  /// More entries, or deeper ones, of a compound file than limits allow: entries() is not all of it.
  [[nodiscard]] bool truncated() const { return truncated_; }
  /// Entry whose path is `path`, ASCII letters compared without case; nullptr if none.
  [[nodiscard]] const entry* find(std::string_view path) const;
  /// The first `limit` bytes of a stream (fewer if it is shorter); nullopt if they cannot be unpacked, are encrypted or
  /// fail their checksum. Costs the unpacking of all of it.
  [[nodiscard]] std::optional<std::string> read(const entry& from, std::size_t limit) const;

 private:
  struct state;
  container();
  void list_zip(std::string_view bytes);
  void list(void* infile, const std::string& prefix, std::vector<int>& where);
  std::unique_ptr<state> state_;
  std::vector<entry> entries_;
  bool truncated_ = false;
};

/// ASCII letters in lower case; other bytes as they are.
[[nodiscard]] std::string lower_ascii(std::string_view text);

}  // namespace intake
