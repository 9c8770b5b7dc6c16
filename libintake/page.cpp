#include "page.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "limits.hpp"

namespace intake {
namespace {

// Messages: a header, then `size` bytes. Both ends are the same build on the same machine, so structures travel as
// they lie in memory; every member of theirs is of fixed width and every padding byte is a member.
enum class message : std::uint32_t { count = 1, page, missing, finish, opened };

struct header {
  message kind;
  std::uint32_t size;
};

struct page_head {
  std::int32_t width, height;
  std::uint32_t columns, rows, channels, runs, characters;
};

struct run_head {
  std::int32_t x, y, dx, dy, size;
  std::uint32_t vertical, characters;
};

struct missing_body {
  std::uint32_t page, character;
};

template <typename T>
void put(std::string& out, const T& object) {
  out.append(reinterpret_cast<const char*>(&object), sizeof object);
}

std::size_t characters_of(const std::vector<text_run>& runs) {
  std::size_t sum = 0;
  for (const auto& run : runs) sum += run.text.size();
  return sum;
}

std::size_t run_bytes(std::size_t runs, std::size_t characters) {
  return runs * sizeof(run_head) + characters * sizeof(char32_t);
}

/// Reads from the bytes of one message; never past their end.
class cursor {
 public:
  explicit cursor(std::string_view bytes) : bytes_(bytes) {}
  template <typename T>
  [[nodiscard]] bool take(T& object) {
    if (bytes_.size() < sizeof object) return false;
    std::memcpy(&object, bytes_.data(), sizeof object);
    bytes_.remove_prefix(sizeof object);
    return true;
  }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

bool within(std::int64_t value, std::int64_t low, std::int64_t high) {
  return value >= low && value <= high;
}

bool acceptable(const page_head& head) {
  return within(head.width, 1, limits::render_page_length) && within(head.height, 1, limits::render_page_length) &&
         within(head.columns, 1, limits::render_page_pixels_side) &&
         within(head.rows, 1, limits::render_page_pixels_side) &&
         std::size_t{head.columns} * head.rows <= limits::render_page_pixels &&
         (head.channels == 1 || head.channels == 3) && head.runs <= limits::render_text_boxes &&
         head.characters <= limits::render_text_characters;
}

bool acceptable(const text_run& run, const page_head& on) {
  // A run may reach over the edge of its page by as much as a line that the rasteriser did not cut.
  const std::int64_t slack = limits::render_text_slack;
  return within(run.x, -slack, on.width + slack) && within(run.y, -slack, on.height + slack) &&
         within(std::int64_t{run.x} + run.dx, -slack, on.width + slack) &&
         within(std::int64_t{run.y} + run.dy, -slack, on.height + slack) &&
         within(run.size, 1, limits::render_page_length) && (run.dx != 0 || run.dy != 0) && !run.text.empty() &&
         std::all_of(run.text.begin(), run.text.end(), is_text_character);
}

/// The runs of a page from `bytes`, all of which they must take up.
std::optional<std::vector<text_run>> read_runs(std::string_view bytes, const page_head& on) {
  std::vector<text_run> runs(on.runs);
  cursor from(bytes);
  std::size_t characters = 0;
  for (auto& run : runs) {
    run_head head{};
    if (!from.take(head) || head.vertical > 1) return std::nullopt;
    characters += head.characters;
    if (characters > on.characters) return std::nullopt;
    run = {head.x, head.y, head.dx, head.dy, head.size, head.vertical == 1, std::u32string(head.characters, U'\0')};
    for (auto& character : run.text)
      if (!from.take(character)) return std::nullopt;
    if (!acceptable(run, on)) return std::nullopt;
  }
  if (!from.empty() || characters != on.characters) return std::nullopt;
  return runs;
}

page_outcome reason(channel::outcome outcome) {
  return outcome == channel::outcome::late ? page_outcome::timeout : page_outcome::failed;
}

/// One document's messages, in the order that the protocol demands.
class receiver {
 public:
  receiver(channel& from, const page_visitor& visitor) : from_(from), visitor_(visitor) {}

  page_outcome run() {
    std::optional<page_outcome> ended;
    while (!ended) {
      header head{};
      if (const auto got = from_.receive(head); got != channel::outcome::done) return reason(got);
      ended = take(head);
    }
    return *ended;
  }

 private:
  std::optional<page_outcome> take(const header& head) {
    switch (head.kind) {
      case message::opened:
        return take_opened(head.size);
      case message::count:
        return take_count(head.size);
      case message::page:
        return take_page(head.size);
      case message::missing:
        return take_missing(head.size);
      case message::finish:
        return take_finish(head.size);
    }
    return page_outcome::failed;
  }

  template <typename T>
  std::optional<page_outcome> body(std::uint32_t size, T& object) {
    if (size != sizeof object) return page_outcome::failed;
    if (const auto got = from_.receive(object); got != channel::outcome::done) return reason(got);
    return std::nullopt;
  }

  std::optional<page_outcome> take_opened(std::uint32_t size) {
    std::uint32_t password = 0;
    if (const auto bad = body(size, password)) return bad;
    if (opened_ || counted_ || !within(password, 1, limits::archive_passwords)) return page_outcome::failed;
    opened_ = true;
    if (visitor_.opened) visitor_.opened(password);
    return std::nullopt;
  }

  std::optional<page_outcome> take_count(std::uint32_t size) {
    std::uint32_t pages = 0;
    if (const auto bad = body(size, pages)) return bad;
    if (counted_ || pages_ > 0) return page_outcome::failed;
    counted_ = true;
    if (visitor_.count) visitor_.count(pages);
    return std::nullopt;
  }

  std::optional<page_outcome> take_page(std::uint32_t size) {
    page_head head{};
    if (const auto bad = body(size, head)) return bad;
    if (!acceptable(head) || pages_ == limits::render_pages) return page_outcome::failed;
    page page{head.width, head.height, head.columns, head.rows, head.channels, {}, {}};
    page.pixels.resize(std::size_t{head.columns} * head.rows * head.channels);
    if (const auto got = from_.receive(page.pixels.data(), page.pixels.size()); got != channel::outcome::done)
      return reason(got);
    std::string text(run_bytes(head.runs, head.characters), '\0');
    if (const auto got = from_.receive(text.data(), text.size()); got != channel::outcome::done) return reason(got);
    auto runs = read_runs(text, head);
    if (!runs) return page_outcome::failed;
    page.runs = std::move(*runs);
    ++pages_;
    const auto handed_over = channel::clock::now();
    const bool goes_on = visitor_.page(std::move(page));
    from_.extend(channel::clock::now() - handed_over);
    return goes_on ? std::nullopt : std::optional(page_outcome::cut_bytes);
  }

  std::optional<page_outcome> take_missing(std::uint32_t size) {
    missing_body missing{};
    if (const auto bad = body(size, missing)) return bad;
    if (++missing_ > limits::render_missing_characters || !within(missing.page, 1, limits::render_pages) ||
        missing.character > 0x10FFFF || within(missing.character, 0xD800, 0xDFFF))
      return page_outcome::failed;
    if (visitor_.missing) visitor_.missing({missing.page, missing.character});
    return std::nullopt;
  }

  std::optional<page_outcome> take_finish(std::uint32_t size) {
    page_outcome outcome{};
    if (const auto bad = body(size, outcome)) return bad;
    switch (outcome) {
      case page_outcome::complete:
      case page_outcome::cut_pages:
      case page_outcome::reduced:
        return pages_ > 0 ? outcome : page_outcome::failed;
      case page_outcome::damaged:
      case page_outcome::unsupported:
      case page_outcome::password:
      case page_outcome::too_large:
      case page_outcome::timeout:
        return outcome;
      case page_outcome::cut_bytes:
      case page_outcome::failed:
        break;
    }
    return page_outcome::failed;
  }

  channel& from_;
  const page_visitor& visitor_;
  std::size_t pages_ = 0, missing_ = 0;
  bool counted_ = false, opened_ = false;
};

}  // namespace

void page_sender::opened(std::uint32_t password) {
  std::string out;
  put(out, header{message::opened, sizeof password});
  put(out, password);
  write_all(fd_, out);
}

void page_sender::count(std::uint32_t pages) {
  std::string out;
  put(out, header{message::count, sizeof pages});
  put(out, pages);
  write_all(fd_, out);
}

void page_sender::send(const page& page) {
  std::string out;
  put(out, header{message::page, sizeof(page_head)});
  const auto runs = page.runs.size();
  const auto characters = characters_of(page.runs);
  put(out, page_head{page.width, page.height, page.columns, page.rows, page.channels, static_cast<std::uint32_t>(runs),
                     static_cast<std::uint32_t>(characters)});
  write_all(fd_, out);
  write_all(fd_, page.pixels);
  out.clear();
  out.reserve(run_bytes(runs, characters));
  for (const auto& run : page.runs) {
    put(out, run_head{run.x, run.y, run.dx, run.dy, run.size, run.vertical ? 1U : 0U,
                      static_cast<std::uint32_t>(run.text.size())});
    for (const char32_t character : run.text) put(out, character);
  }
  write_all(fd_, out);
}

void page_sender::missing(const missing_character& missing) {
  std::string out;
  put(out, header{message::missing, sizeof(missing_body)});
  put(out, missing_body{missing.page, missing.character});
  write_all(fd_, out);
}

void page_sender::finish(page_outcome outcome) {
  std::string out;
  put(out, header{message::finish, sizeof outcome});
  put(out, outcome);
  write_all(fd_, out);
}

page_outcome receive_pages(channel& from, const page_visitor& visitor) {
  return receiver(from, visitor).run();
}

bool is_text_character(char32_t c) {
  const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  // Directional controls make the text that is found or copied read otherwise than the page looks.
  const bool directional = (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  const bool noncharacter = (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
  return c <= 0x10FFFF && !surrogate && !control && !directional && !noncharacter;
}

}  // namespace intake
