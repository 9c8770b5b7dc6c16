// Whatever an IMAP server says: messages that are whole, or a failure.
#include "libintake/imap.hpp"

#include "played_server.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fuzz::fetch_all({reinterpret_cast<const char*>(data), size}, intake::open_imap);
  return 0;
}
