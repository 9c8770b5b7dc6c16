// Memory for lines of megabytes. Nothing here reads what it holds.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace intake {

/// Octets that are about to be read into: not cleared first, as those of a std::string would be. Owned; moves keep the
/// address, so views into it stay valid.
class octets {
 public:
  /// Behind the last octet, as many more are readable, for readers that load whole vectors (simdjson).
  static constexpr std::size_t padding = 64;

  octets() = default;
  explicit octets(std::size_t size) : bytes_(std::make_unique_for_overwrite<char[]>(size + padding)), size_(size) {}
  [[nodiscard]] char* data() { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

/// For large memory that is used from its start on: page by page, its first touch costs more than all the work on it.
/// Where it is refused, it is only slower.
void ask_for_huge_pages(void* block, std::size_t size);

/// For a process that handles lines of megabytes one after the other: memory that is given back to the kernel after
/// each of them has to be cleared again for the next, which costs more than parsing it.
void keep_memory();

}  // namespace intake
