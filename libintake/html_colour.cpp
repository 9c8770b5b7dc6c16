#include "html_colour.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include "mime_field.hpp"

namespace intake::html {
namespace {

constexpr auto npos = std::string_view::npos;

struct named {
  std::string_view name;
  unsigned value;
};

// CSS Color 4, section 6, and those of its system colours that mails use; by name.
constexpr std::array names = {named{"aliceblue", 0xf0f8ff},
                              named{"antiquewhite", 0xfaebd7},
                              named{"aqua", 0x00ffff},
                              named{"aquamarine", 0x7fffd4},
                              named{"azure", 0xf0ffff},
                              named{"beige", 0xf5f5dc},
                              named{"bisque", 0xffe4c4},
                              named{"black", 0x000000},
                              named{"blanchedalmond", 0xffebcd},
                              named{"blue", 0x0000ff},
                              named{"blueviolet", 0x8a2be2},
                              named{"brown", 0xa52a2a},
                              named{"burlywood", 0xdeb887},
                              named{"cadetblue", 0x5f9ea0},
                              named{"canvas", 0xffffff},
                              named{"canvastext", 0x000000},
                              named{"chartreuse", 0x7fff00},
                              named{"chocolate", 0xd2691e},
                              named{"coral", 0xff7f50},
                              named{"cornflowerblue", 0x6495ed},
                              named{"cornsilk", 0xfff8dc},
                              named{"crimson", 0xdc143c},
                              named{"cyan", 0x00ffff},
                              named{"darkblue", 0x00008b},
                              named{"darkcyan", 0x008b8b},
                              named{"darkgoldenrod", 0xb8860b},
                              named{"darkgray", 0xa9a9a9},
                              named{"darkgreen", 0x006400},
                              named{"darkgrey", 0xa9a9a9},
                              named{"darkkhaki", 0xbdb76b},
                              named{"darkmagenta", 0x8b008b},
                              named{"darkolivegreen", 0x556b2f},
                              named{"darkorange", 0xff8c00},
                              named{"darkorchid", 0x9932cc},
                              named{"darkred", 0x8b0000},
                              named{"darksalmon", 0xe9967a},
                              named{"darkseagreen", 0x8fbc8f},
                              named{"darkslateblue", 0x483d8b},
                              named{"darkslategray", 0x2f4f4f},
                              named{"darkslategrey", 0x2f4f4f},
                              named{"darkturquoise", 0x00ced1},
                              named{"darkviolet", 0x9400d3},
                              named{"deeppink", 0xff1493},
                              named{"deepskyblue", 0x00bfff},
                              named{"dimgray", 0x696969},
                              named{"dimgrey", 0x696969},
                              named{"dodgerblue", 0x1e90ff},
                              named{"field", 0xffffff},
                              named{"fieldtext", 0x000000},
                              named{"firebrick", 0xb22222},
                              named{"floralwhite", 0xfffaf0},
                              named{"forestgreen", 0x228b22},
                              named{"fuchsia", 0xff00ff},
                              named{"gainsboro", 0xdcdcdc},
                              named{"ghostwhite", 0xf8f8ff},
                              named{"gold", 0xffd700},
                              named{"goldenrod", 0xdaa520},
                              named{"gray", 0x808080},
                              named{"green", 0x008000},
                              named{"greenyellow", 0xadff2f},
                              named{"grey", 0x808080},
                              named{"honeydew", 0xf0fff0},
                              named{"hotpink", 0xff69b4},
                              named{"indianred", 0xcd5c5c},
                              named{"indigo", 0x4b0082},
                              named{"ivory", 0xfffff0},
                              named{"khaki", 0xf0e68c},
                              named{"lavender", 0xe6e6fa},
                              named{"lavenderblush", 0xfff0f5},
                              named{"lawngreen", 0x7cfc00},
                              named{"lemonchiffon", 0xfffacd},
                              named{"lightblue", 0xadd8e6},
                              named{"lightcoral", 0xf08080},
                              named{"lightcyan", 0xe0ffff},
                              named{"lightgoldenrodyellow", 0xfafad2},
                              named{"lightgray", 0xd3d3d3},
                              named{"lightgreen", 0x90ee90},
                              named{"lightgrey", 0xd3d3d3},
                              named{"lightpink", 0xffb6c1},
                              named{"lightsalmon", 0xffa07a},
                              named{"lightseagreen", 0x20b2aa},
                              named{"lightskyblue", 0x87cefa},
                              named{"lightslategray", 0x778899},
                              named{"lightslategrey", 0x778899},
                              named{"lightsteelblue", 0xb0c4de},
                              named{"lightyellow", 0xffffe0},
                              named{"lime", 0x00ff00},
                              named{"limegreen", 0x32cd32},
                              named{"linen", 0xfaf0e6},
                              named{"magenta", 0xff00ff},
                              named{"maroon", 0x800000},
                              named{"mediumaquamarine", 0x66cdaa},
                              named{"mediumblue", 0x0000cd},
                              named{"mediumorchid", 0xba55d3},
                              named{"mediumpurple", 0x9370db},
                              named{"mediumseagreen", 0x3cb371},
                              named{"mediumslateblue", 0x7b68ee},
                              named{"mediumspringgreen", 0x00fa9a},
                              named{"mediumturquoise", 0x48d1cc},
                              named{"mediumvioletred", 0xc71585},
                              named{"midnightblue", 0x191970},
                              named{"mintcream", 0xf5fffa},
                              named{"mistyrose", 0xffe4e1},
                              named{"moccasin", 0xffe4b5},
                              named{"navajowhite", 0xffdead},
                              named{"navy", 0x000080},
                              named{"oldlace", 0xfdf5e6},
                              named{"olive", 0x808000},
                              named{"olivedrab", 0x6b8e23},
                              named{"orange", 0xffa500},
                              named{"orangered", 0xff4500},
                              named{"orchid", 0xda70d6},
                              named{"palegoldenrod", 0xeee8aa},
                              named{"palegreen", 0x98fb98},
                              named{"paleturquoise", 0xafeeee},
                              named{"palevioletred", 0xdb7093},
                              named{"papayawhip", 0xffefd5},
                              named{"peachpuff", 0xffdab9},
                              named{"peru", 0xcd853f},
                              named{"pink", 0xffc0cb},
                              named{"plum", 0xdda0dd},
                              named{"powderblue", 0xb0e0e6},
                              named{"purple", 0x800080},
                              named{"rebeccapurple", 0x663399},
                              named{"red", 0xff0000},
                              named{"rosybrown", 0xbc8f8f},
                              named{"royalblue", 0x4169e1},
                              named{"saddlebrown", 0x8b4513},
                              named{"salmon", 0xfa8072},
                              named{"sandybrown", 0xf4a460},
                              named{"seagreen", 0x2e8b57},
                              named{"seashell", 0xfff5ee},
                              named{"sienna", 0xa0522d},
                              named{"silver", 0xc0c0c0},
                              named{"skyblue", 0x87ceeb},
                              named{"slateblue", 0x6a5acd},
                              named{"slategray", 0x708090},
                              named{"slategrey", 0x708090},
                              named{"snow", 0xfffafa},
                              named{"springgreen", 0x00ff7f},
                              named{"steelblue", 0x4682b4},
                              named{"tan", 0xd2b48c},
                              named{"teal", 0x008080},
                              named{"thistle", 0xd8bfd8},
                              named{"tomato", 0xff6347},
                              named{"turquoise", 0x40e0d0},
                              named{"violet", 0xee82ee},
                              named{"wheat", 0xf5deb3},
                              named{"white", 0xffffff},
                              named{"whitesmoke", 0xf5f5f5},
                              named{"window", 0xffffff},
                              named{"windowtext", 0x000000},
                              named{"yellow", 0xffff00},
                              named{"yellowgreen", 0x9acd32}};
static_assert(std::is_sorted(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.name < b.name; }));

struct seen_colour {
  colour shown;
  double opacity = 1;
};

colour of_number(unsigned value) {
  return {static_cast<int>(value >> 16 & 0xFF), static_cast<int>(value >> 8 & 0xFF), static_cast<int>(value & 0xFF)};
}

std::optional<seen_colour> parse_hex(std::string_view digits) {
  unsigned value = 0;
  const auto* const end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, value, 16).ptr != end) return std::nullopt;
  switch (digits.size()) {
    case 8:
      return seen_colour{of_number(value >> 8), (value & 0xFF) / 255.0};
    case 6:
      return seen_colour{of_number(value)};
    case 4:
      return seen_colour{{static_cast<int>(value >> 12) * 17, static_cast<int>(value >> 8 & 15) * 17,
                          static_cast<int>(value >> 4 & 15) * 17},
                         (value & 15) / 15.0};
    case 3:
      return seen_colour{{static_cast<int>(value >> 8) * 17, static_cast<int>(value >> 4 & 15) * 17,
                          static_cast<int>(value & 15) * 17}};
    default:
      return std::nullopt;
  }
}

struct argument {
  double number = 0;
  std::string_view unit;
};

// "r, g, b, a", "r g b / a": numbers with what stands directly behind them.
std::vector<argument> arguments(std::string_view text) {
  std::vector<argument> found;
  constexpr std::string_view between = ", /\t\n)";
  for (auto at = text.find_first_not_of(between); at != npos && found.size() < 5;
       at = text.find_first_not_of(between, at)) {
    const auto end = std::min(text.find_first_of(between, at), text.size());
    auto word = text.substr(at, end - at);
    if (word.starts_with('+')) word.remove_prefix(1);
    argument one;
    const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), one.number);
    if (error != std::errc() || !std::isfinite(one.number)) return {};
    one.unit = word.substr(static_cast<std::size_t>(rest - word.data()));
    found.push_back(one);
    at = end;
  }
  return found;
}

double fraction(const argument& one, double whole) {
  return std::clamp(one.number / (one.unit == "%" ? 100 : whole), 0.0, 1.0);
}

double degrees(const argument& hue) {
  const double turned = hue.unit == "turn"   ? hue.number * 360
                        : hue.unit == "rad"  ? hue.number * 57.29578
                        : hue.unit == "grad" ? hue.number * 0.9
                                             : hue.number;
  const double rest = std::fmod(turned, 360);
  return rest < 0 ? rest + 360 : rest;
}

colour of_hsl(double hue, double saturation, double lightness) {
  const auto channel = [&](double n) {
    const double k = std::fmod(n + hue / 30, 12), spread = saturation * std::min(lightness, 1 - lightness);
    return static_cast<int>(std::lround(255 * (lightness - spread * std::max(-1.0, std::min({k - 3, 9 - k, 1.0})))));
  };
  return {channel(0), channel(8), channel(4)};
}

std::optional<seen_colour> parse_function(std::string_view text) {
  const auto open = text.find('(');
  if (open == npos) return std::nullopt;
  const auto name = text.substr(0, open);
  const auto parts = arguments(text.substr(open + 1));
  if (parts.size() != 3 && parts.size() != 4) return std::nullopt;
  seen_colour out;
  if (name == "rgb" || name == "rgba") {
    const auto channel = [&](std::size_t i) { return static_cast<int>(std::lround(255 * fraction(parts[i], 255))); };
    out.shown = {channel(0), channel(1), channel(2)};
  } else if (name == "hsl" || name == "hsla") {
    out.shown = of_hsl(degrees(parts[0]), fraction(parts[1], 100), fraction(parts[2], 100));
  } else {
    return std::nullopt;
  }
  if (parts.size() == 4) out.opacity = fraction(parts[3], 1);
  return out;
}

std::optional<seen_colour> parse(std::string_view raw) {
  const auto text = ascii_lower(trim_blanks(raw));
  const auto* const known =
      std::lower_bound(names.begin(), names.end(), text, [](const auto& a, const auto& b) { return a.name < b; });
  if (known != names.end() && known->name == text) return seen_colour{of_number(known->value)};
  if (text == "transparent") return seen_colour{{}, 0};
  if (text.starts_with('#')) return parse_hex(std::string_view(text).substr(1));
  if (text.size() == 6 && text.find_first_not_of("0123456789abcdef") == npos) return parse_hex(text);
  return parse_function(text);
}

constexpr double least_opacity = 0.05;

}  // namespace

bool alike(const colour& a, const colour& b) {
  return std::abs(a.red - b.red) + std::abs(a.green - b.green) + std::abs(a.blue - b.blue) < 48;
}

std::optional<colour> parse_colour(std::string_view text) {
  const auto seen = parse(text);
  return seen && seen->opacity > least_opacity ? std::optional(seen->shown) : std::nullopt;
}

bool may_be_invisible(std::string_view text) {
  const auto seen = parse(text);
  return seen ? seen->opacity <= least_opacity : text.find('(') != npos;
}

}  // namespace intake::html
