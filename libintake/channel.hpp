// A stream socket to a confined child that reads received bytes, seen from the trusted side: every read and write is
// of a known length and ends by a deadline, whatever the child does.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace intake {

class channel {
 public:
  using clock = std::chrono::steady_clock;

  /// Takes the descriptor over. `most_extension` is what extend() may add in all.
  channel(int fd, clock::time_point deadline, clock::duration most_extension = clock::duration::zero());
  ~channel();
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  /// Moves the deadline.
  void until(clock::time_point deadline) { deadline_ = deadline; }
  /// For time that was spent on what the child has sent, and not by the child.
  void extend(clock::duration by);

  enum class outcome { done, closed, late };
  /// All of `bytes`, or the reason why not.
  [[nodiscard]] outcome send(std::string_view bytes);
  /// Exactly `size` bytes into `data`.
  [[nodiscard]] outcome receive(void* data, std::size_t size);
  template <typename T>
  [[nodiscard]] outcome receive(T& object) {
    return receive(&object, sizeof object);
  }

 private:
  [[nodiscard]] outcome wait(short events);
  int fd_;
  clock::time_point deadline_;
  clock::duration most_extension_;
};

/// The child's side: blocking. Throw std::runtime_error when the other end is gone.
void write_all(int fd, std::string_view bytes);
void read_all(int fd, void* data, std::size_t size);

}  // namespace intake
