// The wish that a tool which stays on should end: SIGTERM, SIGINT, SIGHUP, or a thread that found that it must. What
// waits for a server or sleeps waits for this too, so that the process ends soon and between two records.
#pragma once

#include <chrono>

namespace intake::stop_signal {

/// Thrown out of a wait. Not a std::exception, so that nothing on the way takes it for a fault of a mailbox.
struct stopped {};

/// From now on the signals ask for an end instead of being one; the second of a kind ends the process as usual. Once,
/// before threads are started.
void expect();
/// Asks as a signal does.
void ask();
/// Whether an end was asked for.
[[nodiscard]] bool came();
/// Throws stopped when it was.
void check();
/// Readable once an end was asked for; -1, which poll() passes over, before expect().
[[nodiscard]] int descriptor();
/// Sleeps; ends early when an end is asked for. Returns came().
bool sleep(std::chrono::milliseconds most);

}  // namespace intake::stop_signal
