// A process that stays warm and forks one child for each document, so that what takes long (fonts, LibreOffice) is
// paid for once and no document ever meets another. The nursery itself never reads received bytes: it is told how long
// a child may live and is handed the socket that the child will talk to.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace intake {

/// The side that asks. Movable into confined workers by inheritance: it is one descriptor.
class nursery {
 public:
  /// Forks the process, which runs `body(control)` and ends when it returns, or with this process; control reaches end
  /// of file when every asker is gone. stdin and stdout are closed to it, so that it never keeps a pipe of the day's
  /// run open. Call while this process has one thread. Throws failure(os).
  explicit nursery(const std::function<void(int control)>& body);
  ~nursery();
  nursery(const nursery&) = delete;
  nursery& operator=(const nursery&) = delete;

  /// Asks for a child that may live for `time`; returns this end of its socket. Throws failure(os) when the nursery is
  /// gone.
  [[nodiscard]] int ask(std::chrono::milliseconds time) const;
  /// What a confined worker must keep open.
  [[nodiscard]] int descriptor() const { return control_; }

 private:
  int control_ = -1;
};

struct nursery_child {
  /// Runs in the nursery before each fork: returns false when forking is not safe; the request is then refused.
  std::function<bool()> ready;
  /// Runs in the child, which confines itself first; the child ends when it returns or throws.
  std::function<void(int socket)> serve;
};

/// Waits for the first request without taking it; false when there will be none.
[[nodiscard]] bool await_request(int control);

/// The body's loop: forks on request, reaps, and kills children that outlive their time. Returns at end of file.
void serve_nursery(int control, const nursery_child& child);

}  // namespace intake
