#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <map>

#include "vector_rebuild.hpp"

namespace intake::vector {
namespace {

/// Operators that draw (ISO 32000-1, annex A) and what stands before each: n a number, / a name, s a string, d an array
/// of numbers, t an array of strings and numbers, * numbers, + numbers and perhaps a name behind them.
struct rule {
  const char* operands;
  const char* category = nullptr;  ///< of the resource that the last operand names
};
const std::map<std::string, rule> rules = {
    {"q", {""}},
    {"Q", {""}},
    {"cm", {"nnnnnn"}},
    {"w", {"n"}},
    {"J", {"n"}},
    {"j", {"n"}},
    {"M", {"n"}},
    {"d", {"dn"}},
    {"i", {"n"}},
    {"ri", {"/"}},
    {"m", {"nn"}},
    {"l", {"nn"}},
    {"c", {"nnnnnn"}},
    {"v", {"nnnn"}},
    {"y", {"nnnn"}},
    {"h", {""}},
    {"re", {"nnnn"}},
    {"S", {""}},
    {"s", {""}},
    {"f", {""}},
    {"F", {""}},
    {"f*", {""}},
    {"B", {""}},
    {"B*", {""}},
    {"b", {""}},
    {"b*", {""}},
    {"n", {""}},
    {"W", {""}},
    {"W*", {""}},
    {"BT", {""}},
    {"ET", {""}},
    {"Tc", {"n"}},
    {"Tw", {"n"}},
    {"Tz", {"n"}},
    {"TL", {"n"}},
    {"Tr", {"n"}},
    {"Ts", {"n"}},
    {"Td", {"nn"}},
    {"TD", {"nn"}},
    {"Tm", {"nnnnnn"}},
    {"T*", {""}},
    {"Tj", {"s"}},
    {"TJ", {"t"}},
    {"'", {"s"}},
    {"\"", {"nns"}},
    {"SC", {"*"}},
    {"sc", {"*"}},
    {"G", {"n"}},
    {"g", {"n"}},
    {"RG", {"nnn"}},
    {"rg", {"nnn"}},
    {"K", {"nnnn"}},
    {"k", {"nnnn"}},
    {"SCN", {"+", "/Pattern"}},
    {"scn", {"+", "/Pattern"}},
    {"CS", {"/", "/ColorSpace"}},
    {"cs", {"/", "/ColorSpace"}},
    {"sh", {"/", "/Shading"}},
    {"gs", {"/", "/ExtGState"}},
    {"Do", {"/", "/XObject"}},
};

/// What names or groups a part of a page: nothing that is seen, unless it is a layer that may be off.
constexpr std::array<std::string_view, 7> marks = {"BMC", "BDC", "EMC", "MP", "DP", "BX", "EX"};
constexpr std::array<std::string_view, 4> intents = {"/AbsoluteColorimetric", "/RelativeColorimetric", "/Saturation",
                                                     "/Perceptual"};
constexpr std::size_t most_operands = 64;

bool is_own_colour_space(const std::string& name) {
  return name == "/DeviceGray" || name == "/DeviceRGB" || name == "/DeviceCMYK" || name == "/Pattern";
}

std::string hex(const std::string& bytes) {
  std::string out = "<";
  for (const char c : bytes) fmt::format_to(std::back_inserter(out), "{:02X}", static_cast<unsigned char>(c));
  return out + ">";
}

}  // namespace

/// Reads the operators of one content stream and writes those that are allowed.
class operators final : public QPDFObjectHandle::ParserCallbacks {
 public:
  operators(rebuild& made, handle resources, handle to, bool glyph)
      : made_(made), resources_(resources), to_(to), glyph_(glyph) {}

  void handleObject(handle object, std::size_t, std::size_t) override {
    if (object.isOperator()) {
      apply(object.getOperatorValue());
      operands_.clear();
    } else if (object.isInlineImage()) {
      refuse("a picture within the operators");
    } else {
      operands_.push_back(object);
      if (operands_.size() > most_operands) refuse("an operator with too many operands");
    }
    if (out_.size() > limits::vector_stream_bytes) refuse("too much is drawn");
  }
  void handleEOF() override {}

  std::string take() { return std::move(out_); }

 private:
  void apply(const std::string& name) {
    if (std::find(marks.begin(), marks.end(), name) != marks.end()) {
      if (!operands_.empty() && operands_[0].isNameAndEquals("/OC")) refuse("layers");
      return;
    }
    if (glyph_ && (name == "d0" || name == "d1")) {
      check(name == "d0" ? "nn" : "nnnnnn");
      return write(name);
    }
    if (name == "Tf") return choose_font();
    const auto found = rules.find(name);
    if (found == rules.end()) refuse("an operator that is not known: " + name.substr(0, 16));
    const rule& allowed = found->second;
    check(allowed.operands);
    if (name == "ri" && std::find(intents.begin(), intents.end(), operands_[0].getName()) == intents.end()) return;
    if (!allowed.category || operands_.empty() || !operands_.back().isName()) return write(name);
    const std::string named = operands_.back().getName();
    if (std::string(allowed.category) == "/ColorSpace" && is_own_colour_space(named)) return write(name);
    const std::string own = use(allowed.category, named);
    if (own.empty()) return;  // what is not there is not drawn
    operands_.back() = handle::newName(own);
    write(name);
  }

  void choose_font() {
    check("/n");
    const std::string own = use("/Font", operands_[0].getName());
    if (own.empty()) refuse("a font that is not there");
    operands_[0] = handle::newName(own);
    write("Tf");
  }

  void check(const std::string& pattern) const {
    const auto fits = [&](char what, const handle& operand) {
      handle one = operand;
      if (what == 'n') return one.isNumber();
      if (what == '/') return one.isName();
      if (what == 's') return one.isString();
      return one.isArray();
    };
    bool good = operands_.size() == pattern.size();
    if (pattern == "*" || pattern == "+") {
      good = !operands_.empty();
      for (std::size_t i = 0; i < operands_.size(); ++i) {
        handle one = operands_[i];
        good = good && (one.isNumber() || (pattern == "+" && i + 1 == operands_.size() && one.isName()));
      }
    } else {
      for (std::size_t i = 0; good && i < pattern.size(); ++i) good = fits(pattern[i], operands_[i]);
    }
    if (!good) refuse("an operator with operands that are not its own");
  }

  /// The name in the new resources; empty when the page has no such resource.
  std::string use(const std::string& category, const std::string& named) {
    const auto known = names_.find({category, named});
    if (known != names_.end()) return known->second;
    handle of_category = resources_.isDictionary() ? resources_.getKey(category) : handle::newNull();
    handle from = of_category.isDictionary() ? of_category.getKey(named) : handle::newNull();
    std::string own;
    if (!from.isNull()) {
      // Counted without those that are not there, which are gone when this is rebuilt.
      own = fmt::format("/R{}", used_++);
      if (!to_.hasKey(category)) to_.replaceKey(category, handle::newDictionary());
      to_.getKey(category).replaceKey(own, made_.resource(category, from, resources_));
    }
    names_[{category, named}] = own;
    return own;
  }

  void write(const std::string& name) {
    for (handle& one : operands_) put(one), out_ += ' ';
    out_ += name + '\n';
  }
  void put(handle& one) {
    if (one.isNumber()) {
      out_ += number_text(one);
    } else if (one.isName()) {
      out_ += one.unparse();
    } else if (one.isString()) {
      out_ += hex(one.getStringValue());
    } else if (one.isArray()) {
      out_ += '[';
      for (int i = 0; i < one.getArrayNItems(); ++i) {
        handle item = one.getArrayItem(i);
        if (!item.isNumber() && !item.isString()) refuse("an array that holds neither numbers nor strings");
        put(item);
        out_ += ' ';
      }
      out_ += ']';
    } else {
      refuse("an operand of another kind");
    }
  }

  rebuild& made_;
  handle resources_, to_;
  bool glyph_;
  std::vector<handle> operands_;
  std::map<std::pair<std::string, std::string>, std::string> names_;
  std::size_t used_ = 0;
  std::string out_;
};

std::string rebuild::content(handle stream_or_page, handle resources, handle to, bool glyph) {
  operators reader(*this, resources, to, glyph);
  if (stream_or_page.isStream())
    stream_or_page.parseAsContents(&reader);
  else
    stream_or_page.parsePageContents(&reader);
  return reader.take();
}

}  // namespace intake::vector
