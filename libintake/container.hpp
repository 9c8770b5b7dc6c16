// Compound files (OLE2) and zip packages (OOXML, OpenDocument) as Office reads them: through libgsf, from memory, by
// the central directory. Handles hostile bytes: call inside the sandbox. Used by filetype and active.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

  /// nullopt: not of this format, or too damaged to list.
  [[nodiscard]] static std::optional<container> open(std::string_view untrusted_bytes, format format);
  container(container&&) noexcept;
  container& operator=(container&&) noexcept;
  ~container();

  [[nodiscard]] const std::vector<entry>& entries() const { return entries_; }
  /// More entries, or deeper ones, than limits allow: entries() is not all of it.
  [[nodiscard]] bool truncated() const { return truncated_; }
  /// Entry whose path is `path`, ASCII letters compared without case; nullptr if none.
  [[nodiscard]] const entry* find(std::string_view path) const;
  /// Two entries of one path, compared without case: which of them counts differs between programs.
  [[nodiscard]] bool ambiguous() const;
  /// The first `limit` bytes of a stream (fewer if it is shorter); nullopt if they cannot be unpacked.
  [[nodiscard]] std::optional<std::string> read(const entry& from, std::size_t limit) const;

 private:
  struct state;
  container();
  void list(void* infile, const std::string& prefix, std::vector<int>& where);
  std::unique_ptr<state> state_;
  std::vector<entry> entries_;
  bool truncated_ = false;
};

/// ASCII letters in lower case; other bytes as they are.
[[nodiscard]] std::string lower_ascii(std::string_view text);

}  // namespace intake
