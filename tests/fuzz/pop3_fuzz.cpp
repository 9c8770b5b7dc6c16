// Whatever a POP3 server says: messages that are whole, or a failure.
#include "libintake/pop3.hpp"

#include "played_server.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fuzz::fetch_all({reinterpret_cast<const char*>(data), size}, intake::open_pop3);
  return 0;
}
