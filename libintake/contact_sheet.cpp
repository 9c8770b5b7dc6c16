#include "contact_sheet.hpp"

#include <png.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace intake {

void contact_sheet::add(const page& page) {
  if (pages_.size() == most_pages) return;
  const double zoom = std::min({1.0, double(thumbnail_columns) / page.columns, double(thumbnail_rows) / page.rows});
  thumbnail small;
  small.columns = std::max(1U, static_cast<std::uint32_t>(page.columns * zoom));
  small.rows = std::max(1U, static_cast<std::uint32_t>(page.rows * zoom));
  small.rgb.resize(std::size_t{small.columns} * small.rows * 3);
  const auto* const from = reinterpret_cast<const unsigned char*>(page.pixels.data());
  auto* to = reinterpret_cast<unsigned char*>(small.rgb.data());
  // The mean of all pixels that fall onto one: thin strokes become pale instead of vanishing.
  const auto edge = [](std::uint32_t at, std::uint32_t small_side, std::uint32_t side) {
    return static_cast<std::size_t>(std::uint64_t{at} * side / small_side);
  };
  for (std::uint32_t y = 0; y < small.rows; ++y) {
    const std::size_t top = edge(y, small.rows, page.rows), bottom = edge(y + 1, small.rows, page.rows);
    for (std::uint32_t x = 0; x < small.columns; ++x, to += 3) {
      const std::size_t left = edge(x, small.columns, page.columns), right = edge(x + 1, small.columns, page.columns);
      std::uint64_t sums[3] = {};
      for (std::size_t v = top; v < bottom; ++v)
        for (std::size_t u = left; u < right; ++u)
          for (std::size_t c = 0; c < 3; ++c)
            sums[c] += from[(v * page.columns + u) * page.channels + (page.channels == 3 ? c : 0)];
      for (std::size_t c = 0; c < 3; ++c)
        to[c] = static_cast<unsigned char>(sums[c] / ((bottom - top) * (right - left)));
    }
  }
  pages_.push_back(std::move(small));
}

std::string contact_sheet::png() const {
  if (pages_.empty()) return {};
  constexpr std::uint32_t row_of = 3;
  const auto count = static_cast<std::uint32_t>(pages_.size());
  const std::uint32_t across = std::min(count, row_of), down = (count + row_of - 1) / row_of;
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.format = PNG_FORMAT_RGB;
  image.width = gap + across * (thumbnail_columns + gap);
  image.height = gap + down * (thumbnail_rows + gap);
  std::string rgb(std::size_t{image.width} * image.height * 3, '\x90');
  for (std::uint32_t n = 0; n < count; ++n) {
    const auto& page = pages_[n];
    const std::size_t left = gap + n % row_of * (thumbnail_columns + gap) + (thumbnail_columns - page.columns) / 2;
    const std::size_t top = gap + n / row_of * (thumbnail_rows + gap) + (thumbnail_rows - page.rows) / 2;
    for (std::size_t y = 0; y < page.rows; ++y)
      std::memcpy(rgb.data() + ((top + y) * image.width + left) * 3, page.rgb.data() + y * page.columns * 3,
                  std::size_t{page.columns} * 3);
  }
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string out(size, '\0');
  if (!png_image_write_to_memory(&image, out.data(), &size, 0, rgb.data(), 0, nullptr))
    throw std::runtime_error("PNG encoder");
  out.resize(size);
  return out;
}

}  // namespace intake
