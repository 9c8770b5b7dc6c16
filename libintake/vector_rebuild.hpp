// One rebuilding of a PDF, for the sources of vector_pdf only: shows qpdf's types.
#pragma once

#include <cstddef>
#include <map>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limits.hpp"
#include "vector_pdf.hpp"

namespace intake::vector {

using handle = QPDFObjectHandle;

[[noreturn]] void refuse(const std::string& why);

// Values by themselves. Each returns a new direct object that shares nothing with what came, or refuses.

[[nodiscard]] std::string number_text(handle number);
[[nodiscard]] handle number(handle from);
[[nodiscard]] handle numbers(handle from, int least, int most);  ///< an array
/// `numbers` as a maker of a key's value.
template <int least, int most>
handle some_numbers(handle from) {
  return numbers(from, least, most);
}
inline constexpr auto four = some_numbers<4, 4>;
inline constexpr auto six = some_numbers<6, 6>;
inline constexpr auto many = some_numbers<0, 4096>;
[[nodiscard]] handle name(handle from);
[[nodiscard]] handle text(handle from);
[[nodiscard]] handle truth(handle from);

/// What may stand under a key. `copy` makes it anew.
struct key_rule {
  const char* key;
  handle (*copy)(handle);
};
/// The keys of `rules` that `from` has, into `to`.
void copy_keys(handle from, handle to, const std::vector<key_rule>& rules);

/// JPEG without comments, EXIF and other segments that no decoder needs. Refuses what is none.
[[nodiscard]] std::string plain_jpeg(std::string_view untrusted);
/// A CMap from codes to Unicode, written anew. Refuses what is none.
[[nodiscard]] std::string plain_cmap(std::string_view untrusted);

class rebuild {
 public:
  explicit rebuild(QPDF& out) : out_(out) {}

  /// Streams that draw: of a page, a form, a pattern, a glyph. Returns the operators and fills `to` with the resources
  /// that they use.
  [[nodiscard]] std::string content(handle stream_or_page, handle resources, handle to, bool glyph = false);
  [[nodiscard]] handle stream(std::string bytes);
  [[nodiscard]] handle stream(std::string bytes, handle dictionary);
  /// As a group of transparent objects (ISO 32000-1, 11.6.6).
  [[nodiscard]] handle group(handle from);

 private:
  friend class operators;
  using maker = handle (rebuild::*)(handle from, handle resources);

  /// The object that `from` becomes, made once. `resources` are those of the content that uses it.
  [[nodiscard]] handle once(handle from, handle resources, maker make, const char* kind);
  /// All bytes of a stream, unpacked within the limits; of a picture that is coded as one, its code.
  [[nodiscard]] std::string unpacked(handle stream);

  [[nodiscard]] handle resource(const std::string& category, handle from, handle resources);
  [[nodiscard]] handle drawn(handle from, handle resources);  ///< an XObject
  [[nodiscard]] handle image(handle from, handle resources);
  [[nodiscard]] handle form(handle from, handle resources);
  [[nodiscard]] handle state(handle from, handle resources);  ///< ExtGState
  [[nodiscard]] handle soft_mask(handle from, handle resources);
  [[nodiscard]] handle pattern(handle from, handle resources);
  [[nodiscard]] handle shading(handle from, handle resources);
  [[nodiscard]] handle colours(handle from, handle resources);
  [[nodiscard]] handle function(handle from, handle resources);
  [[nodiscard]] handle functions(handle from, handle resources);  ///< one, or an array of them
  [[nodiscard]] handle font(handle from, handle resources);
  [[nodiscard]] handle descriptor(handle from, handle resources);
  [[nodiscard]] handle descendant(handle from, handle resources);
  [[nodiscard]] handle glyphs(handle from, handle resources);  ///< a Type 3 font
  /// A stream that draws, under `dictionary`, with resources of its own or those around it.
  [[nodiscard]] handle drawing(handle from, handle resources, handle dictionary);

  QPDF& out_;
  std::map<std::pair<QPDFObjGen, std::string>, handle> made_;
  std::set<QPDFObjGen> open_;
  std::size_t objects_ = 0, bytes_ = 0;
  unsigned depth_ = 0;
};

}  // namespace intake::vector
