// A PDF made anew from what its pages draw, by lists of what is allowed: operators, kinds of resources, their keys. No
// action, annotation, script, file, form, layer, metadata or anything else that is not on a list comes through, and
// what cannot be told harmless is refused. Fonts and JPEG pictures keep their own bytes, which a reader has to
// interpret: pixels are safer, and the default. Handles hostile bytes: call inside the sandbox, through vector_maker.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace intake {

/// Why a PDF is not rebuilt; what() is an English phrase for render.unproven's detail.
class unproven : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct vector_pdf {
  std::string bytes;
  unsigned pages = 0;
};

/// Rebuilding what this returns gives the same bytes. Throws unproven.
[[nodiscard]] vector_pdf rebuild_pdf(std::string_view untrusted_pdf);

}  // namespace intake
