// A page as pixels and text, and the protocol by which a confined rasteriser hands pages to the process that writes
// the PDF. What is received is hostile: the sender may have been taken over by the document it was reading.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "channel.hpp"

namespace intake {

/// Text along one line of a page. Lengths are hundredths of a point from the top left corner, y downwards.
struct text_run {
  std::int32_t x = 0, y = 0;    ///< origin of the first character: on the baseline, or top centre when vertical
  std::int32_t dx = 0, dy = 0;  ///< from there to where the run ends
  std::int32_t size = 0;        ///< of the font
  bool vertical = false;
  std::u32string text;
};

struct page {
  std::int32_t width = 0, height = 0;                 ///< hundredths of a point
  std::uint32_t columns = 0, rows = 0, channels = 1;  ///< 1: grey, 3: RGB
  std::string pixels;                                 ///< rows * columns * channels bytes, no padding
  std::vector<text_run> runs;
};

/// A character that the fonts at hand could not draw.
struct missing_character {
  std::uint32_t page = 0;  ///< from 1
  char32_t character = 0;
};

/// How the reading of a document ended.
enum class page_outcome : std::uint32_t {
  failed,  ///< died, or broke the protocol
  timeout,
  damaged,  ///< not readable as what it is said to be
  unsupported,
  password,
  too_large,  ///< not one page of it could be made within the limits
  complete,
  cut_pages,  ///< the pages so far are good; the rest was left out because of a limit
  cut_bytes,
  reduced,  ///< complete, but some page was too large for the resolution asked for
};

/// The rasteriser's end. Blocking; throws std::runtime_error when the other end is gone.
class page_sender {
 public:
  explicit page_sender(int fd) : fd_(fd) {}
  void opened(std::uint32_t password);
  void count(std::uint32_t pages);
  void send(const page& page);
  void missing(const missing_character& missing);
  void finish(page_outcome outcome);

 private:
  int fd_;
};

/// Members may be left empty but for `page`.
struct page_visitor {
  std::function<void(std::uint32_t pages)> count;  ///< how many pages the document says it has
  /// Returns false to take no more pages.
  std::function<bool(page&& page)> page;
  std::function<void(const missing_character&)> missing;
  std::function<void(std::uint32_t password)> opened = {};  ///< which of the passwords fitted, from 1
};

/// The writer's end: hands on what passes every check (limits.hpp) and says how it ended. Anything that does not pass
/// is page_outcome::failed.
[[nodiscard]] page_outcome receive_pages(channel& from, const page_visitor& visitor);

/// A code point that may stand in a text layer: a scalar value, no control, no directional override, no noncharacter.
[[nodiscard]] bool is_text_character(char32_t character);

}  // namespace intake
