// A confined child that answers requests one after the other. The parent never waits for it longer than it wants to:
// bytes move in advance(), driven by poll(2). Requests and replies are frames: length (8 octets, host order), then
// bytes.
#pragma once

#include <poll.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "line_edits.hpp"
#include "memory.hpp"
#include "sandbox.hpp"

namespace intake {

/// Sends the answer. Its pieces need to live until it returns.
using send_reply = std::function<void(const spliced_line&)>;

struct worker_task {
  sandbox::role role = sandbox::role::parser;
  sandbox::access access = {};
  std::function<void()> prepare;  ///< confined, before the first request; throwing fails the start
  /// Sends once; must not throw itself. record::line_padding bytes behind the request are readable.
  std::function<void(std::string_view, const send_reply&)> answer;
};

class worker {
 public:
  /// Forks, confines and prepares the child, and waits until it says so. Throws failure: what the child threw, or os.
  explicit worker(const worker_task& task);
  /// Kills and reaps the child.
  ~worker();
  /// Only kills it: while it gives back its memory the parent may go on. No further request.
  void dismiss();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  [[nodiscard]] bool busy() const { return unanswered_ != 0; }
  /// Whether it ended without having been asked anything: of no further use, and nothing is lost with it.
  [[nodiscard]] bool ended_idle() const;
  /// Begins a request, `head` and then `line`, which must stay where it is until the reply or the end of this worker.
  /// One that is made before the last was answered waits for it in the pipe, so that the child finds it there; answers
  /// come in the order of the requests.
  void ask(std::string_view head, std::string_view line);
  /// Adds what poll(2) must watch: while not busy, only its end.
  void watch(std::vector<pollfd>& polled) const;
  enum class outcome { working, answered, failed };
  /// Moves what can be moved without blocking. failed: the child died, closed its pipe, or announced a reply longer
  /// than limits::record_bytes; the worker is then of no further use. why() says which.
  [[nodiscard]] outcome advance();
  /// The reply, once answered; before advance() is called again.
  [[nodiscard]] octets take_reply();
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  [[nodiscard]] outcome fail(std::string why);
  [[nodiscard]] bool send();
  int child_ = -1;
  int to_child_ = -1, from_child_ = -1;
  bool dismissed_ = false;
  unsigned unanswered_ = 0;
  struct request {
    std::string head;
    std::string_view line;
  };
  std::deque<request> unsent_;  ///< what is left of each
  std::string why_;
  octets reply_;
  unsigned char header_[8] = {};
  std::size_t header_read_ = 0, read_ = 0;
};

}  // namespace intake
