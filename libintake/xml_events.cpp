#include "xml_events.hpp"

#include <expat.h>

#include <algorithm>
#include <exception>
#include <memory>

#include "limits.hpp"

namespace intake {
namespace {

struct free_parser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

struct reading {
  xml_events* events;
  XML_Parser parser;
  std::exception_ptr thrown;
  xml_events::attributes attributes;

  // An exception must not cross expat's C frames.
  template <typename Call>
  void guard(Call call) {
    if (thrown) return;
    try {
      call();
    } catch (...) {
      thrown = std::current_exception();
      XML_StopParser(parser, XML_FALSE);
    }
  }
};

reading& of(void* data) {
  return *static_cast<reading*>(data);
}

std::string_view local(const char* name) {
  const std::string_view full(name);
  return full.substr(full.rfind(':') + 1);
}

void on_start(void* data, const char* name, const char** attributes) {
  auto& reading = of(data);
  reading.guard([&] {
    reading.attributes.clear();
    for (; *attributes; attributes += 2) reading.attributes.push_back({local(attributes[0]), attributes[1]});
    reading.events->start(local(name), reading.attributes);
  });
}

void on_end(void* data, const char* name) {
  of(data).guard([&] { of(data).events->end(local(name)); });
}

void on_text(void* data, const char* text, int size) {
  of(data).guard([&] { of(data).events->text({text, static_cast<std::size_t>(size)}); });
}

void on_doctype(void* data, const char*, const char*, const char*, int has_internal_subset) {
  if (has_internal_subset) XML_StopParser(of(data).parser, XML_FALSE);
}

}  // namespace

bool xml_events::read(std::string_view untrusted_bytes) {
  const std::unique_ptr<XML_ParserStruct, free_parser> parser(XML_ParserCreate(nullptr));
  if (!parser) return false;
  reading reading{this, parser.get(), nullptr, {}};
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  constexpr std::size_t piece = 16 * limits::mib;
  bool good = true, last = false;
  while (good && !last) {
    const std::size_t size = std::min(piece, untrusted_bytes.size());
    last = size == untrusted_bytes.size();
    good = XML_Parse(parser.get(), untrusted_bytes.data(), static_cast<int>(size), last) == XML_STATUS_OK;
    untrusted_bytes.remove_prefix(size);
  }
  if (reading.thrown) std::rethrow_exception(reading.thrown);
  return good;
}

std::string_view xml_events::get(const attributes& all, std::string_view name) {
  for (const auto& one : all)
    if (one.name == name) return one.value;
  return {};
}

}  // namespace intake
