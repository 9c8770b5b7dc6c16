// Any bytes, under any name, are of one kind, and the same kind each time.
#include "libintake/filetype.hpp"

#include <cstdint>
#include <cstdlib>

#include "libintake/filename.hpp"
#include "libintake/texttype.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const intake::type_reader types;
  // All of it is a file; and its first line is a name, the rest another file.
  const auto end = bytes.find('\n');
  const std::string_view name = bytes.substr(0, end);
  const auto kind = intake::recognise(bytes, name);
  if (kind != intake::recognise(bytes, name)) std::abort();
  (void)intake::name_contest(name, kind);
  if (end != std::string_view::npos) (void)types.identify(bytes.substr(end + 1), name);
  (void)intake::has_dde_cell(bytes);
  (void)intake::root_element(bytes);
  return 0;
}
