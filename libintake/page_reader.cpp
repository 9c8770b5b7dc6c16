#include "page_reader.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <tesseract/capi.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "channel.hpp"
#include "failure.hpp"
#include "limits.hpp"
#include "sandbox.hpp"

namespace intake {
namespace {

constexpr const char* library = "libtesseract.so.5";
constexpr const char* data_folder = "/usr/share/tesseract-ocr/5/tessdata";

/// The functions in use, found when the library is loaded: whoever wants no text read needs none of it.
struct engine {
  explicit engine(void* from)
      : make(find<decltype(TessBaseAPICreate)>(from, "TessBaseAPICreate")),
        start(find<decltype(TessBaseAPIInit3)>(from, "TessBaseAPIInit3")),
        set_mode(find<decltype(TessBaseAPISetPageSegMode)>(from, "TessBaseAPISetPageSegMode")),
        set_image(find<decltype(TessBaseAPISetImage)>(from, "TessBaseAPISetImage")),
        set_resolution(find<decltype(TessBaseAPISetSourceResolution)>(from, "TessBaseAPISetSourceResolution")),
        recognise(find<decltype(TessBaseAPIRecognize)>(from, "TessBaseAPIRecognize")),
        results(find<decltype(TessBaseAPIGetIterator)>(from, "TessBaseAPIGetIterator")),
        places(find<decltype(TessResultIteratorGetPageIterator)>(from, "TessResultIteratorGetPageIterator")),
        next(find<decltype(TessResultIteratorNext)>(from, "TessResultIteratorNext")),
        text(find<decltype(TessResultIteratorGetUTF8Text)>(from, "TessResultIteratorGetUTF8Text")),
        confidence(find<decltype(TessResultIteratorConfidence)>(from, "TessResultIteratorConfidence")),
        box(find<decltype(TessPageIteratorBoundingBox)>(from, "TessPageIteratorBoundingBox")),
        drop_text(find<decltype(TessDeleteText)>(from, "TessDeleteText")) {}

  decltype(&TessBaseAPICreate) make;
  decltype(&TessBaseAPIInit3) start;
  decltype(&TessBaseAPISetPageSegMode) set_mode;
  decltype(&TessBaseAPISetImage) set_image;
  decltype(&TessBaseAPISetSourceResolution) set_resolution;
  decltype(&TessBaseAPIRecognize) recognise;
  decltype(&TessBaseAPIGetIterator) results;
  decltype(&TessResultIteratorGetPageIterator) places;
  decltype(&TessResultIteratorNext) next;
  decltype(&TessResultIteratorGetUTF8Text) text;
  decltype(&TessResultIteratorConfidence) confidence;
  decltype(&TessPageIteratorBoundingBox) box;
  decltype(&TessDeleteText) drop_text;

 private:
  template <typename Function>
  static Function* find(void* from, const char* name) {
    auto* const found = reinterpret_cast<Function*>(dlsym(from, name));
    if (found == nullptr) throw failure(exit_status::unavailable, "{}: no {} in it", library, name);
    return found;
  }
};

/// Throws failure(usage), failure(unavailable).
void check(const std::string& languages) {
  std::size_t at = 0;
  do {
    const auto end = std::min(languages.find('+', at), languages.size());
    const std::string one = languages.substr(at, end - at);
    const bool is_name = !one.empty() && one.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == one.npos;
    if (!is_name) throw failure(exit_status::usage, "--ocr {}: languages are named like jpn+eng", languages);
    const std::string file = std::string(data_folder) + "/" + one + ".traineddata";
    if (access(file.c_str(), R_OK) != 0) {
      std::string package = one;
      std::replace(package.begin(), package.end(), '_', '-');
      throw failure(exit_status::unavailable, "--ocr {}: {} is missing; on Debian: apt install tesseract-ocr-{}",
                    languages, file, package);
    }
    at = end + 1;
  } while (at <= languages.size());
}

/// Head of what a child is sent; rows of pixels follow.
struct request_head {
  std::int32_t width, height;
  std::uint32_t columns, rows, channels;
};

constexpr float least_confidence = 30;  // of 100: below it Tesseract reads letters into pictures
constexpr double descent = 0.12;        // of a line's height that lies below its baseline

/// The lines of a page that lie in `from`, by the page's own measure.
class line_reader {
 public:
  line_reader(const engine& use, TessBaseAPI* api, const request_head& of)
      : use_(use), api_(api), across_(of.width / double(of.columns)), down_(of.height / double(of.rows)) {}

  std::vector<text_run> read() {
    std::vector<text_run> out;
    TessResultIterator* const at = use_.results(api_);
    if (at == nullptr) return out;
    do {
      if (out.size() == limits::render_text_boxes) break;
      if (auto run = line(at)) out.push_back(std::move(*run));
    } while (use_.next(at, tesseract::RIL_TEXTLINE));
    return out;
  }

 private:
  std::optional<text_run> line(TessResultIterator* at) const {
    int left = 0, top = 0, right = 0, bottom = 0;
    if (use_.confidence(at, tesseract::RIL_TEXTLINE) < least_confidence ||
        !use_.box(use_.places(at), tesseract::RIL_TEXTLINE, &left, &top, &right, &bottom))
      return std::nullopt;
    char* const utf8 = use_.text(at, tesseract::RIL_TEXTLINE);
    text_run run;
    run.text = plain_line(utf8 ? utf8 : "");
    use_.drop_text(utf8);
    const int width = right - left, height = bottom - top;
    if (run.text.empty() || width <= 0 || height <= 0) return std::nullopt;
    const auto hundredths = [](double length) { return static_cast<std::int32_t>(length); };
    run.vertical = run.text.size() > 1 && height > 2 * width;
    run.x = hundredths((run.vertical ? (left + right) / 2.0 : left) * across_);
    run.y = hundredths((run.vertical ? top : bottom - height * descent) * down_);
    run.dx = run.vertical ? 0 : hundredths(width * across_);
    run.dy = run.vertical ? hundredths(height * down_) : 0;
    run.size = std::max(1, hundredths(run.vertical ? width * across_ : height * down_));
    return run;
  }

  const engine& use_;
  TessBaseAPI* api_;
  double across_, down_;
};

void serve(const engine& use, TessBaseAPI* api, int socket) {
  sandbox::access access;
  access.memory_bytes = limits::ocr_memory_bytes;
  sandbox::enter(sandbox::role::raster, access);
  request_head head{};
  read_all(socket, &head, sizeof head);
  std::string pixels(std::size_t{head.columns} * head.rows * head.channels, '\0');
  read_all(socket, pixels.data(), pixels.size());
  use.set_mode(api, tesseract::PSM_AUTO);
  use.set_image(api, reinterpret_cast<const unsigned char*>(pixels.data()), static_cast<int>(head.columns),
                static_cast<int>(head.rows), static_cast<int>(head.channels),
                static_cast<int>(head.columns * head.channels));
  use.set_resolution(api, std::clamp(static_cast<int>(head.columns * 7200.0 / head.width), 70, 2400));
  page_sender out(socket);
  if (use.recognise(api, nullptr) != 0) return out.finish(page_outcome::damaged);
  // The lines travel as a page of their own, one pixel large.
  out.send({head.width, head.height, 1, 1, 1, std::string(1, '\xFF'), line_reader(use, api, head).read()});
  out.finish(page_outcome::complete);
}

void run_reader(int control, const std::string& languages) {
  if (!await_request(control)) return;  // most days bring no page without text
  setenv("OMP_THREAD_LIMIT", "1", 1);   // a process with threads is not to be forked
  const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nothing, 2);  // Tesseract chats
  close(nothing);
  const engine use(dlopen(library, RTLD_NOW | RTLD_GLOBAL));
  TessBaseAPI* const api = use.make();
  if (use.start(api, data_folder, languages.c_str()) != 0) return;
  serve_nursery(control, {nullptr, [&](int socket) { serve(use, api, socket); }});
}

/// Before the process is forked off, whose words nobody would see.
const std::string& checked(const std::string& languages) {
  check(languages);
  void* const loaded = dlopen(library, RTLD_LAZY);
  if (loaded == nullptr)
    throw failure(exit_status::unavailable, "--ocr: {} is missing; on Debian: apt install libtesseract5", library);
  dlclose(loaded);
  return languages;
}

bool is_wide(char32_t c) {
  return c >= 0x2E80;
}

}  // namespace

std::u32string plain_line(std::string_view utf8) {
  std::u32string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto first = static_cast<unsigned char>(utf8[at]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (length == 0 || at + length > utf8.size()) break;
    char32_t c = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) c = c << 6 | (static_cast<unsigned char>(utf8[at + i]) & 0x3FU);
    at += length;
    if (c == U'\n') c = U' ';
    if (!is_text_character(c)) continue;
    if (out.size() >= 2 && out.back() == U' ' && is_wide(c) && is_wide(out[out.size() - 2])) out.pop_back();
    if (c == U' ' && (out.empty() || out.back() == U' ')) continue;
    out.push_back(c);
  }
  while (!out.empty() && out.back() == U' ') out.pop_back();
  return out;
}

page_reader::page_reader(const std::string& languages)
    : nursery_([named = checked(languages)](int control) { run_reader(control, named); }) {}

std::optional<std::vector<text_run>> page_reader::read(const page& of, std::chrono::milliseconds time) const {
  channel child(nursery_.ask(limits::worker_start + time), channel::clock::now() + limits::worker_start + time);
  const request_head head{of.width, of.height, of.columns, of.rows, of.channels};
  const std::string_view start(reinterpret_cast<const char*>(&head), sizeof head);
  for (const std::string_view part : {start, std::string_view(of.pixels)})
    if (child.send(part) != channel::outcome::done) return std::nullopt;
  std::vector<text_run> runs;
  const auto ended = receive_pages(child, {nullptr,
                                           [&](page&& told) {
                                             if (told.width == of.width && told.height == of.height)
                                               runs = std::move(told.runs);
                                             return true;
                                           },
                                           nullptr});
  if (ended != page_outcome::complete) return std::nullopt;
  return runs;
}

}  // namespace intake
