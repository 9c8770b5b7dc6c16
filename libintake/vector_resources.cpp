#include <algorithm>
#include <array>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDFTokenizer.hh>

#include "vector_rebuild.hpp"

namespace intake::vector {
namespace {

/// Collects what a stream unpacks to, up to a limit.
class bounded final : public Pipeline {
 public:
  bounded() : Pipeline("bounded", nullptr) {}
  void write(const unsigned char* data, std::size_t size) override {
    if (size > limits::vector_stream_bytes - bytes.size()) refuse("a stream unpacks to too much");
    bytes.append(reinterpret_cast<const char*>(data), size);
  }
  void finish() override {}
  std::string bytes;
};

handle dash(handle from) {
  if (!from.isArray() || from.getArrayNItems() != 2) refuse("a dash that is none");
  return handle::newArray({numbers(from.getArrayItem(0), 0, 64), number(from.getArrayItem(1))});
}

handle blend(handle from) {
  if (from.isName()) return name(from);
  if (!from.isArray() || from.getArrayNItems() > 32) refuse("a blend mode that is none");
  handle out = handle::newArray();
  for (int i = 0; i < from.getArrayNItems(); ++i) out.appendItem(name(from.getArrayItem(i)));
  return out;
}

std::string filter_of(handle stream) {
  handle filter = stream.getDict().getKey("/Filter");
  if (filter.isArray() && filter.getArrayNItems() > 0) filter = filter.getArrayItem(filter.getArrayNItems() - 1);
  return filter.isName() ? filter.getName() : std::string();
}

}  // namespace

handle rebuild::once(handle from, handle resources, maker make, const char* kind) {
  if (!from.isIndirect()) {
    if (++depth_ > limits::vector_depth) refuse("resources within resources, too deep");
    handle made = (this->*make)(from, resources);
    --depth_;
    return made;
  }
  const std::pair<QPDFObjGen, std::string> key{from.getObjGen(), kind};
  const auto known = made_.find(key);
  if (known != made_.end()) return known->second;
  if (!open_.insert(key.first).second) refuse("a resource that holds itself");
  if (++depth_ > limits::vector_depth) refuse("resources within resources, too deep");
  if (++objects_ > limits::vector_objects) refuse("too many objects");
  handle made = (this->*make)(from, resources);
  if (!made.isIndirect() && !made.isName() && !made.isNull()) made = out_.makeIndirectObject(made);
  --depth_;
  open_.erase(key.first);
  made_[key] = made;
  return made;
}

std::string rebuild::unpacked(handle stream) {
  if (!stream.isStream()) refuse("a stream is expected");
  bounded all;
  bool undone = false;
  if (!stream.pipeStreamData(&all, &undone, 0, qpdf_dl_generalized, true, false))
    refuse("a stream that cannot be unpacked");
  const std::string filter = filter_of(stream);
  const bool of_pictures = filter == "/DCTDecode" || filter == "/DCT" || filter == "/CCITTFaxDecode" ||
                           filter == "/CCF" || filter == "/JBIG2Decode" || filter == "/JPXDecode";
  if (!undone && !filter.empty() && !of_pictures) refuse("a stream that is packed in an unusual way");
  bytes_ += all.bytes.size();
  if (bytes_ > limits::vector_bytes) refuse("it unpacks to too much");
  return std::move(all.bytes);
}

handle rebuild::stream(std::string bytes) {
  if (++objects_ > limits::vector_objects) refuse("too many objects");
  return handle::newStream(&out_, bytes);
}

handle rebuild::stream(std::string bytes, handle dictionary) {
  handle made = stream(std::move(bytes));
  made.replaceDict(dictionary);
  return made;
}

handle rebuild::drawing(handle from, handle resources, handle dictionary) {
  handle own = from.getDict().getKey("/Resources"), used = handle::newDictionary();
  std::string operators = content(from, own.isDictionary() ? own : resources, used);
  dictionary.replaceKey("/Resources", used);
  return stream(std::move(operators), dictionary);
}

handle rebuild::resource(const std::string& category, handle from, handle resources) {
  if (category == "/XObject") return once(from, resources, &rebuild::drawn, "drawn");
  if (category == "/Font") return once(from, resources, &rebuild::font, "font");
  if (category == "/ExtGState") return once(from, resources, &rebuild::state, "state");
  if (category == "/Pattern") return once(from, resources, &rebuild::pattern, "pattern");
  if (category == "/Shading") return once(from, resources, &rebuild::shading, "shading");
  return once(from, resources, &rebuild::colours, "colours");
}

handle rebuild::drawn(handle from, handle resources) {
  if (!from.isStream()) refuse("something to draw that is no stream");
  handle dictionary = from.getDict();
  if (dictionary.hasKey("/OC")) refuse("layers");
  handle subtype = dictionary.getKey("/Subtype");
  if (subtype.isNameAndEquals("/Image")) return image(from, resources);
  if (subtype.isNameAndEquals("/Form")) return form(from, resources);
  refuse("something to draw that is neither picture nor form");
}

handle rebuild::image(handle from, handle resources) {
  if (!from.isStream()) refuse("a picture that is no stream");
  handle dictionary = from.getDict();
  if (dictionary.hasKey("/OC")) refuse("layers");
  handle to = handle::parse("<< /Type /XObject /Subtype /Image >>");
  copy_keys(dictionary, to,
            {{"/Width", number},
             {"/Height", number},
             {"/BitsPerComponent", number},
             {"/Decode", many},
             {"/ImageMask", truth},
             {"/Interpolate", truth},
             {"/Matte", many}});
  if (dictionary.hasKey("/ColorSpace"))
    to.replaceKey("/ColorSpace", once(dictionary.getKey("/ColorSpace"), resources, &rebuild::colours, "colours"));
  for (const char* const key : {"/SMask", "/Mask"}) {
    handle mask = dictionary.getKey(key);
    if (mask.isStream())
      to.replaceKey(key, once(mask, resources, &rebuild::image, "image"));
    else if (mask.isArray())
      to.replaceKey(key, numbers(mask, 0, 64));
  }
  const std::string filter = filter_of(from);
  std::string bytes = unpacked(from);
  if (filter == "/DCTDecode" || filter == "/DCT") {
    bytes = plain_jpeg(bytes);
    to.replaceKey("/Filter", handle::newName("/DCTDecode"));
  } else if (filter == "/CCITTFaxDecode" || filter == "/CCF") {
    handle how = dictionary.getKey("/DecodeParms");
    if (how.isArray()) how = how.getArrayItem(how.getArrayNItems() - 1);
    handle told = handle::newDictionary();
    if (how.isDictionary())
      copy_keys(how, told,
                {{"/K", number},
                 {"/Columns", number},
                 {"/Rows", number},
                 {"/BlackIs1", truth},
                 {"/EndOfLine", truth},
                 {"/EncodedByteAlign", truth},
                 {"/EndOfBlock", truth},
                 {"/DamagedRowsBeforeError", number}});
    to.replaceKey("/Filter", handle::newName("/CCITTFaxDecode"));
    to.replaceKey("/DecodeParms", told);
  } else if (filter == "/JBIG2Decode" || filter == "/JPXDecode") {
    refuse(filter.substr(1) + ": pictures whose readers are known for their errors");
  }
  return stream(std::move(bytes), to);
}

handle rebuild::group(handle from) {
  if (!from.isDictionary() || !from.getKey("/S").isNameAndEquals("/Transparency")) refuse("a group of an unknown kind");
  handle to = handle::parse("<< /S /Transparency >>");
  copy_keys(from, to, {{"/I", truth}, {"/K", truth}});
  if (from.hasKey("/CS"))
    to.replaceKey("/CS", once(from.getKey("/CS"), handle::newNull(), &rebuild::colours, "colours"));
  return to;
}

handle rebuild::form(handle from, handle resources) {
  if (!from.isStream()) refuse("a form that is no stream");
  handle dictionary = from.getDict();
  handle to = handle::parse("<< /Type /XObject /Subtype /Form >>");
  copy_keys(dictionary, to, {{"/BBox", four}, {"/Matrix", six}});
  if (dictionary.hasKey("/Group")) to.replaceKey("/Group", group(dictionary.getKey("/Group")));
  return drawing(from, resources, to);
}

handle rebuild::state(handle from, handle resources) {
  if (!from.isDictionary()) refuse("a graphics state that is none");
  handle to = handle::parse("<< /Type /ExtGState >>");
  // How a press halftones and transfers is left out: no screen shows it.
  copy_keys(from, to,
            {{"/LW", number},
             {"/LC", number},
             {"/LJ", number},
             {"/ML", number},
             {"/D", dash},
             {"/RI", name},
             {"/OP", truth},
             {"/op", truth},
             {"/OPM", number},
             {"/FL", number},
             {"/SM", number},
             {"/SA", truth},
             {"/BM", blend},
             {"/CA", number},
             {"/ca", number},
             {"/AIS", truth},
             {"/TK", truth}});
  if (handle chosen = from.getKey("/Font"); chosen.isArray() && chosen.getArrayNItems() == 2) {
    handle of_font = once(chosen.getArrayItem(0), resources, &rebuild::font, "font");
    to.replaceKey("/Font", handle::newArray({of_font, number(chosen.getArrayItem(1))}));
  }
  handle mask = from.getKey("/SMask");
  if (mask.isName()) to.replaceKey("/SMask", handle::newName("/None"));
  if (mask.isDictionary()) to.replaceKey("/SMask", once(mask, resources, &rebuild::soft_mask, "mask"));
  return to;
}

handle rebuild::soft_mask(handle from, handle resources) {
  handle to = handle::parse("<< /Type /Mask >>");
  copy_keys(from, to, {{"/S", name}, {"/BC", many}});
  to.replaceKey("/G", once(from.getKey("/G"), resources, &rebuild::form, "form"));
  if (handle transfer = from.getKey("/TR"); !transfer.isNull() && !transfer.isName())
    to.replaceKey("/TR", once(transfer, resources, &rebuild::function, "function"));
  return to;
}

}  // namespace intake::vector
