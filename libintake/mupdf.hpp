// What raster's sources share of MuPDF. Private to them: the only header of the project that shows a library's types.
#pragma once

#include <mupdf/fitz.h>

#include <cstdint>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "page.hpp"

namespace intake::mupdf {

class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs `calls` and turns MuPDF's longjmp into error. `calls` holds no object with a destructor: the jump skips it.
template <typename Calls>
void guarded(fz_context* context, const Calls& calls) {
  volatile bool failed = false;
  fz_try(context) calls();
  fz_catch(context) failed = true;
  if (failed) throw error(fz_caught_message(context));
}

/// A context for one document: PDF and picture handlers only, and the fonts below for what a PDF does not embed.
[[nodiscard]] fz_context* new_context();
/// Maps the Japanese fonts of this machine into memory; call before confinement.
void map_fonts();

/// What a look at the drawing commands of a page tells before it is drawn.
struct survey {
  std::set<char32_t> missing;  ///< characters drawn within the area by a font that has no glyph for them
  double picture_dpi = 0;      ///< of the largest picture, where it takes up most of the page
};
[[nodiscard]] survey survey_page(fz_context* context, fz_display_list* list, fz_rect area, bool own_fonts);

/// Where the lines of text of a page lie, in its points.
struct extent {
  double top = 0, bottom = 0;
};
[[nodiscard]] std::vector<extent> text_extents(fz_context* context, fz_display_list* list, fz_rect area);

/// The text of a page as runs in hundredths of `unit` points; `cut` is set when limits.hpp left some out.
[[nodiscard]] std::vector<text_run> text_of(fz_context* context, fz_display_list* list, fz_rect area, double scale,
                                            bool& cut);

}  // namespace intake::mupdf
