// A mail server that says what a fuzzer gives it, in place of libintake/mail_server.cpp: what is exercised is all that
// reads the words of a server, without a socket.
#pragma once

#include <string_view>

#include "libintake/config.hpp"
#include "libintake/mailbox.hpp"

namespace fuzz {

/// Fetches all of the mailbox that `open` makes, from a server that says `words` and then hangs up. Aborts when a
/// message is handed over that is not consistent, or an error is thrown that is not failure.
void fetch_all(std::string_view words, std::unique_ptr<intake::mailbox> (*open)(const intake::account&));

}  // namespace fuzz
