// What a rasteriser that was taken over may send: pages that pass the checks can all be written, and nothing else is.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "libintake/page.hpp"
#include "libintake/safepdf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t socket_holds = 100'000;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
  const std::string_view bytes(reinterpret_cast<const char*>(data), std::min(size, socket_holds));
  intake::write_all(ends[1], bytes);
  close(ends[1]);
  intake::channel from(ends[0], intake::channel::clock::now() + std::chrono::seconds(5));
  intake::safe_pdf pdf;
  const auto outcome = intake::receive_pages(from, {nullptr,
                                                    [&](intake::page&& page) {
                                                      pdf.add(page);  // throws for what should have been refused
                                                      return pdf.pages() < 20;
                                                    },
                                                    nullptr});
  if (outcome == intake::page_outcome::complete && pdf.pages() == 0) std::abort();
  if (pdf.pages() > 0 && !pdf.finish().starts_with("%PDF-")) std::abort();
  return 0;
}
