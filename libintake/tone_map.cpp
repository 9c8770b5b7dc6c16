#include "tone_map.hpp"

#include <algorithm>
#include <cstdlib>

namespace intake {
namespace {

constexpr std::uint32_t tile = 32;
/// Letters change from paper to ink in a step or two; a photograph changes a little from nearly every pixel to the
/// next.
constexpr int largest_small_step = 12;
/// Share of small steps that makes a tile continuous: about 3 % on dense text, more than half on a photograph.
constexpr double continuous_share = 0.25;
constexpr double whole_page_share = 0.6;
constexpr std::size_t most_boxes = 12;

struct tile_map {
  std::uint32_t columns = 0, rows = 0;
  std::vector<unsigned char> continuous;
};

/// Small steps of one row of pixels within [from, to).
template <int Channels>
unsigned small_steps(const unsigned char* row, std::uint32_t from, std::uint32_t to) {
  constexpr int green = Channels == 3 ? 1 : 0;
  unsigned count = 0;
  for (std::uint32_t x = std::max(from, 1U); x < to; ++x) {
    const int step = std::abs(row[x * Channels + green] - row[(x - 1) * Channels + green]);
    count += static_cast<unsigned>(step - 1) < static_cast<unsigned>(largest_small_step);
  }
  return count;
}

template <int Channels>
tile_map map_tiles(const page& page) {
  tile_map map{(page.columns + tile - 1) / tile, (page.rows + tile - 1) / tile, {}};
  std::vector<unsigned> steps(std::size_t{map.columns} * map.rows);
  for (std::uint32_t y = 0; y < page.rows; ++y) {
    const auto* row =
        reinterpret_cast<const unsigned char*>(page.pixels.data()) + std::size_t{y} * page.columns * Channels;
    for (std::uint32_t c = 0; c < map.columns; ++c)
      steps[std::size_t{y / tile} * map.columns + c] +=
          small_steps<Channels>(row, c * tile, std::min((c + 1) * tile, page.columns));
  }
  map.continuous.resize(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) map.continuous[i] = steps[i] > continuous_share * tile * tile;
  return map;
}

/// Tiles, half open.
using tile_box = pixel_box;

/// The box of all continuous tiles that touch, corners included; they are taken out of the map.
tile_box take_patch(tile_map& map, std::uint32_t column, std::uint32_t row) {
  tile_box box{column, row, column + 1, row + 1};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> waiting{{column, row}};
  map.continuous[std::size_t{row} * map.columns + column] = 0;
  while (!waiting.empty()) {
    const auto [c, r] = waiting.back();
    waiting.pop_back();
    box = {std::min(box.left, c), std::min(box.top, r), std::max(box.right, c + 1), std::max(box.bottom, r + 1)};
    for (std::uint32_t y = r == 0 ? 0 : r - 1; y <= r + 1 && y < map.rows; ++y)
      for (std::uint32_t x = c == 0 ? 0 : c - 1; x <= c + 1 && x < map.columns; ++x) {
        auto& next = map.continuous[std::size_t{y} * map.columns + x];
        if (next != 0) waiting.emplace_back(x, y);
        next = 0;
      }
  }
  return box;
}

bool touch(const tile_box& a, const tile_box& b) {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

tile_box around(const tile_box& a, const tile_box& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
}

/// Boxes that touch become one, until none do.
void join(std::vector<tile_box>& boxes) {
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < boxes.size() && !again; ++i)
      for (std::size_t j = i + 1; j < boxes.size() && !again; ++j)
        if (touch(boxes[i], boxes[j])) {
          boxes[i] = around(boxes[i], boxes[j]);
          boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(j));
          again = true;
        }
  }
}

}  // namespace

std::vector<pixel_box> find_photographs(const page& page) {
  tile_map map = page.channels == 1 ? map_tiles<1>(page) : map_tiles<3>(page);
  const auto continuous = static_cast<double>(std::count(map.continuous.begin(), map.continuous.end(), 1));
  if (continuous > whole_page_share * static_cast<double>(map.continuous.size()))
    return {{0, 0, page.columns, page.rows}};
  std::vector<tile_box> boxes;
  for (std::uint32_t r = 0; r < map.rows; ++r)
    for (std::uint32_t c = 0; c < map.columns; ++c)
      if (map.continuous[std::size_t{r} * map.columns + c] != 0) {
        tile_box box = take_patch(map, c, r);
        // One tile more on each side: the edge of a photograph need not end with a tile.
        boxes.push_back({box.left == 0 ? 0 : box.left - 1, box.top == 0 ? 0 : box.top - 1,
                         std::min(box.right + 1, map.columns), std::min(box.bottom + 1, map.rows)});
      }
  if (boxes.size() > 4 * most_boxes) boxes = {{0, 0, map.columns, map.rows}};  // a texture, not pictures
  join(boxes);
  while (boxes.size() > most_boxes) {
    boxes[boxes.size() - 2] = around(boxes[boxes.size() - 2], boxes.back());
    boxes.pop_back();
    join(boxes);
  }
  for (auto& box : boxes)
    box = {box.left * tile, box.top * tile, std::min(box.right * tile, page.columns),
           std::min(box.bottom * tile, page.rows)};
  return boxes;
}

}  // namespace intake
