#include "engine_memory.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace intake {
namespace {

bool in_use = false;

void* ask_kernel(void* at, std::size_t size, int protection, int flags, int fd, off_t offset) {
  const auto address = syscall(SYS_mmap, at, size, protection, flags, fd, offset);
  return reinterpret_cast<void*>(address);  // -1, with errno, is MAP_FAILED
}

std::size_t whole_pages(std::size_t size) {
  const auto page = static_cast<std::size_t>(getpagesize());
  return (size + page - 1) / page * page;
}

class block_pool {
 public:
  /// nullptr: none is free, or none is that large.
  void* take(std::size_t size) {
    size = whole_pages(size);
    if (size == 0 || size > engine_memory::block_bytes) return nullptr;
    if (!first_) {
      void* const at = ask_kernel(nullptr, engine_memory::blocks * engine_memory::block_bytes, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (at == MAP_FAILED) return nullptr;
      first_ = static_cast<char*>(at);
    }
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      if (sizes_[i] != 0) continue;
      sizes_[i] = size;
      return first_ + i * engine_memory::block_bytes;
    }
    return nullptr;
  }

  /// False: not a whole block, so that the kernel is asked; a block with a hole in it is never handed out again.
  bool give_back(const void* address, std::size_t size) {
    size = whole_pages(size);
    const auto at = reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(first_);
    const auto index = at / engine_memory::block_bytes;
    if (!first_ || index >= sizes_.size() || at % engine_memory::block_bytes != 0 || sizes_[index] != size)
      return false;
    std::memset(first_ + at, 0, size);
    sizes_[index] = 0;
    return true;
  }

 private:
  char* first_ = nullptr;
  std::array<std::size_t, engine_memory::blocks> sizes_ = {};  ///< 0: free
} pool;

}  // namespace

engine_memory::engine_memory() {
  in_use = true;
}

engine_memory::~engine_memory() {
  in_use = false;
}

}  // namespace intake

// A sanitizer keeps books about what is mapped.
#if defined(__SANITIZE_ADDRESS__)
#define INTAKE_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define INTAKE_SANITIZED
#endif
#endif

#ifndef INTAKE_SANITIZED

extern "C" {

void* mmap64(void* at, std::size_t size, int protection, int flags, int fd, off_t offset) noexcept {
  const bool plain = at == nullptr && protection == (PROT_READ | PROT_WRITE) && flags == (MAP_PRIVATE | MAP_ANONYMOUS);
  void* const block = intake::in_use && plain ? intake::pool.take(size) : nullptr;
  if (block) return block;
  return intake::ask_kernel(at, size, protection, flags, fd, offset);
}

void* mmap(void* at, std::size_t size, int protection, int flags, int fd, off_t offset) noexcept {
  return mmap64(at, size, protection, flags, fd, offset);
}

int munmap(void* at, std::size_t size) noexcept {
  if (intake::pool.give_back(at, size)) return 0;
  return static_cast<int>(syscall(SYS_munmap, at, size));
}
}

#endif
