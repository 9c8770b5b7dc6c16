#include "vector_maker.hpp"

#include <algorithm>
#include <cstdint>

#include "channel.hpp"
#include "limits.hpp"
#include "sandbox.hpp"
#include "vector_pdf.hpp"

namespace intake {
namespace {

/// Followed by `size` bytes of PDF, or of why there is none.
struct answer_head {
  std::uint32_t made, pages;
  std::uint64_t size;
};

constexpr std::size_t most_words = 1000;

void serve(int socket) {
  sandbox::access access;
  access.memory_bytes = std::size_t{2} << 30;
  sandbox::enter(sandbox::role::raster, access);
  std::uint64_t size = 0;
  read_all(socket, &size, sizeof size);
  std::string bytes(size, '\0');
  read_all(socket, bytes.data(), bytes.size());
  vector_pdf made;
  std::string why;
  try {
    made = rebuild_pdf(bytes);
  } catch (const unproven& refused) {
    why = std::string(refused.what()).substr(0, most_words);
  }
  const std::string& text = made.pages ? made.bytes : why;
  const answer_head head{made.pages ? 1U : 0U, made.pages, text.size()};
  write_all(socket, {reinterpret_cast<const char*>(&head), sizeof head});
  write_all(socket, text);
}

/// Detail of a finding: one line of plain characters.
std::string plain(std::string words) {
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
  return words;
}

}  // namespace

vector_maker::vector_maker() : nursery_([](int control) { serve_nursery(control, {nullptr, serve}); }) {}

vector_maker::answer vector_maker::rebuilt(std::string_view untrusted_pdf, std::chrono::milliseconds time) const {
  using outcome = answer::outcome;
  const auto reason = [](channel::outcome got) {
    return answer{got == channel::outcome::late ? outcome::timeout : outcome::failed, 0, {}};
  };
  channel child(nursery_.ask(time), channel::clock::now() + time);
  const std::uint64_t size = untrusted_pdf.size();
  const std::string_view start(reinterpret_cast<const char*>(&size), sizeof size);
  for (const std::string_view part : {start, untrusted_pdf})
    if (const auto sent = child.send(part); sent != channel::outcome::done) return reason(sent);
  answer_head head{};
  if (const auto got = child.receive(head); got != channel::outcome::done) return reason(got);
  const bool fits = head.made == 1
                        ? head.pages >= 1 && head.pages <= limits::render_pages && head.size <= limits::render_pdf_bytes
                        : head.made == 0 && head.pages == 0 && head.size <= most_words;
  if (!fits) return {};
  answer out{head.made ? outcome::done : outcome::refused, head.pages, std::string(head.size, '\0')};
  if (const auto got = child.receive(out.text.data(), out.text.size()); got != channel::outcome::done)
    return reason(got);
  if (!head.made) out.text = plain(std::move(out.text));
  return out;
}

vector_maker::answer vector_maker::make(std::string_view untrusted_pdf, std::chrono::milliseconds time) const {
  auto first = rebuilt(untrusted_pdf, time);
  if (first.what != answer::outcome::done) return first;
  const auto again = rebuilt(first.text, time);
  if (again.what == answer::outcome::timeout) return again;
  if (again.what != answer::outcome::done || again.text != first.text || again.pages != first.pages)
    return {answer::outcome::refused, 0, "what was made of it does not stand a second look"};
  return first;
}

}  // namespace intake
