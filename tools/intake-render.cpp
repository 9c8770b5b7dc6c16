// intake-render - turn every file of an acceptable message into a harmless PDF.
#include <optional>

#include "libintake/failure.hpp"
#include "libintake/office.hpp"
#include "libintake/raster.hpp"
#include "libintake/render.hpp"
#include "tool.hpp"

namespace {

struct options {
  unsigned dpi = 0, seconds = 0;  // 0: as configured
  bool preview = false;
  std::string mode = "pixels", languages;
};

void check(const options& opt) {
  using intake::exit_status, intake::failure;
  if (opt.mode != "pixels" && opt.mode != "vector")
    throw failure(exit_status::usage, "--mode {}: pixels or vector is meant", opt.mode);
  if (opt.mode == "vector" && !opt.languages.empty())
    throw failure(exit_status::usage, "--ocr reads pixels: it goes with --mode pixels only");
}

intake::exit_status render(intake::context& ctx, const options& opt) {
  check(opt);
  (void)ctx.profile();
  intake::render_options how;
  how.dpi = opt.dpi ? opt.dpi : ctx.config().render.dpi;
  how.time = std::chrono::seconds(opt.seconds ? opt.seconds : ctx.config().render.seconds);

  how.preview = opt.preview;

  // All are started before anything received is read; the workers below only hold a socket to each.
  const intake::raster raster;
  const intake::office office(intake::find_shared("fonts.conf"));
  std::optional<intake::vector_maker> vectors;
  std::optional<intake::page_reader> reader;
  if (opt.mode == "vector") vectors.emplace();
  how.vectors = vectors ? &*vectors : nullptr;
  if (!opt.languages.empty()) reader.emplace(opt.languages);
  how.reader = reader ? &*reader : nullptr;

  // Read after those began, which are given them only for a document that asks for one.
  how.passwords =
      intake::document_passwords(intake::read_password_lists(ctx.config().archive.passwords, "archive.passwords"));
  intake::progress shown(intake::progress::shape_of(ctx.filter().progress, ctx.filter().quiet), ctx.filter().tool);
  how.shown = &shown;
  const intake::clearance cleared(ctx.config());
  const intake::renderer renderer(office, raster, cleared, std::move(how));

  intake::filter_stage stage;
  stage.name = "render";
  stage.role = intake::sandbox::role::asker;
  stage.access.descriptors = {raster.descriptor(), office.descriptor()};
  if (vectors) stage.access.descriptors.push_back(vectors->descriptor());
  if (reader) stage.access.descriptors.push_back(reader->descriptor());
  stage.deadline = std::chrono::hours(12);  // each document has a deadline of its own, and a record may hold many
  stage.on_timeout = "render.timeout";
  stage.handle = [&](intake::record& rec) { renderer.handle(rec); };
  stage.shown = &shown;
  return intake::run_filter(ctx.filter(), stage);
}

}  // namespace

int main(int argc, char** argv) {
  options opt;
  intake::tool tool("intake-render", "Turn every file of an acceptable message into a harmless PDF.");
  tool.is_filter(true)
      .shows_progress()
      .option("--dpi", opt.dpi, "N", "resolution of the pages (else as configured, 150)", 72, 300)
      .option("--seconds", opt.seconds, "N", "time allowed for one document (else as configured, 120)", 1, 3600)
      .option("--mode", opt.mode, "HOW",
              "pages as pixels (the default), or as vector: selectable text and lines, but a reader interprets the "
              "fonts of the document",
              "pixels vector")
      .option("--ocr", opt.languages, "LANGUAGES", "read the text of pages that bring none, as jpn+eng (Tesseract)")
      .flag("--preview", opt.preview, "add a small picture of the first pages, for intake-show --pages")
      .example("intake-verify <day.ndjson | intake-render | intake-export /media/oa",
               "take the day's accepted files to the medium for the OA system")
      .example("intake-render --dpi 300 <message.ndjson >rendered.ndjson", "one message with finer pages")
      .example("intake-render --ocr jpn+eng <faxes.ndjson >rendered.ndjson", "scans that can be searched")
      .example("intake-render --preview <day.ndjson | intake-show --pages >pages.html",
               "the first pages of each file at a glance, in a browser")
      .body([&](intake::context& ctx) { return render(ctx, opt); });
  return tool.run(argc, argv);
}
