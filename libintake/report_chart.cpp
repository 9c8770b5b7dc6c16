#include "report_chart.hpp"

#include <algorithm>

#include "report_words.hpp"

namespace intake {
namespace {

using report_words::say;
using terminal::language;

// Units of the drawing; the page scales it to its width.
constexpr int bar_width = 24, bar_height = 90, bar_gap = 6, cell = 13, step = 15, left = 26, top = 16;

std::string text_of(int number) {
  return std::to_string(number);
}

void line(markup& out, const char* kind, int x1, int y1, int x2, int y2) {
  out.empty("line",
            {{"class", kind}, {"x1", text_of(x1)}, {"y1", text_of(y1)}, {"x2", text_of(x2)}, {"y2", text_of(y2)}});
}

void box(markup& out, const std::string& kind, int x, int y, int width, int height) {
  out.empty(
      "rect",
      {{"class", kind}, {"x", text_of(x)}, {"y", text_of(y)}, {"width", text_of(width)}, {"height", text_of(height)}});
}

void label(markup& out, std::string_view text, int x, int y, const char* anchor) {
  out.element("text", text, {{"x", text_of(x)}, {"y", text_of(y)}, {"text-anchor", anchor}});
}

void open_drawing(markup& out, std::string_view title, int width, int height) {
  out.open("svg", {{"viewBox", "0 0 " + text_of(width) + " " + text_of(height)}, {"role", "img"}});
  out.element("title", title);
}

/// A mark within the cell at x, y: each has a shape of its own, whatever the colours.
void mark(markup& out, std::string_view what, int x, int y) {
  const int middle = cell / 2;
  if (what == "unchecked") {
    line(out, "cross", x + 3, y + 3, x + cell - 3, y + cell - 3);
    line(out, "cross", x + 3, y + cell - 3, x + cell - 3, y + 3);
  } else if (what == "missing") {
    const auto at = [&](int dx, int dy) { return text_of(x + dx) + "," + text_of(y + dy) + " "; };
    out.empty("polygon", {{"class", "missing"}, {"points", at(middle, 1) + at(cell - 1, cell - 2) + at(1, cell - 2)}});
  } else if (what == "received") {
    out.empty("circle", {{"class", "received"}, {"cx", text_of(x + middle)}, {"cy", text_of(y + middle)}, {"r", "2"}});
  } else if (what == "late") {
    out.empty("circle", {{"class", "late"}, {"cx", text_of(x + middle)}, {"cy", text_of(y + middle)}, {"r", "3"}});
  }
}

std::string depth(const reported_day& one, date today) {
  if (one.unchecked(today)) return "day unchecked";
  if (one.checks != 0) return one.checks > 3 ? "day c3" : one.checks > 1 ? "day c2" : "day c1";
  if (!one.known) return "day unknown";
  return one.open ? "day waiting" : "day closed";
}

std::string told(const reported_day& one, language words) {
  std::string text =
      to_string(one.day) + " " + std::string(one.open ? say(words, "開庁日", "open") : say(words, "閉庁日", "closed"));
  if (!one.holiday.empty()) text += " " + std::string(one.holiday);
  text += std::string(say(words, "、受信確認 ", ", checks ")) + std::to_string(one.checks);
  text += std::string(say(words, "、到達 ", ", arrived ")) + std::to_string(one.arrived);
  if (one.reconciled)
    text +=
        std::string(say(words, "、一覧メール ", ", list ")) +
        std::string(words == language::japanese ? wording::list_state(one.list).ja : wording::list_state(one.list).en);
  return text;
}

}  // namespace

void draw_bars(markup& out, std::string_view title, const std::vector<chart_bar>& bars) {
  unsigned highest = 1;
  for (const auto& bar : bars) highest = std::max(highest, bar.value);
  const int width = static_cast<int>(bars.size()) * (bar_width + bar_gap) + bar_gap;
  open_drawing(out, title, width, bar_height + 40);
  line(out, "axis", 0, bar_height + 18, width, bar_height + 18);
  int x = bar_gap;
  for (const auto& bar : bars) {
    const int height = static_cast<int>(bar_height * std::uint64_t{bar.value} / highest);
    const int y = bar_height + 18 - height;
    out.open("g", {{"data-key", bar.label}, {"data-value", std::to_string(bar.value)}});
    box(out, "bar", x, y, bar_width, height);
    if (bar.value != 0) label(out, std::to_string(bar.value), x + bar_width / 2, y - 4, "middle");
    label(out, bar.label, x + bar_width / 2, bar_height + 34, "middle");
    out.close();
    x += bar_width + bar_gap;
  }
  out.close();
}

void draw_year(markup& out, std::string_view title, const std::vector<reported_day>& days, date today, language words) {
  const int weeks = static_cast<int>((days.size() + 6) / 7);
  open_drawing(out, title, left + weeks * step, top + 7 * step);
  for (unsigned row = 0; row < 7; ++row)
    label(out, report_words::weekday(row, words), left - 5, top + static_cast<int>(row) * step + cell - 2, "end");
  for (std::size_t at = 0; at < days.size(); ++at) {
    const auto& one = days[at];
    const int x = left + static_cast<int>(at / 7) * step, y = top + static_cast<int>(at % 7) * step;
    // A label where the first day of a month stands in the topmost row or above its week.
    if (unsigned{one.day.day()} <= 7 && at % 7 == 0)
      label(out, std::to_string(unsigned{one.day.month()}) + std::string(say(words, "月", "")), x, top - 4, "start");
    out.open("g", {{"data-day", to_string(one.day)}});
    out.element("title", told(one, words));
    box(out, depth(one, today), x, y, cell, cell);
    if (one.unchecked(today)) mark(out, "unchecked", x, y);
    mark(out, one.list, x, y);
    out.close();
  }
  out.close();
}

void draw_year_legend(markup& out, language words) {
  struct entry {
    std::string kind, mark;
    std::string_view ja, en;
  };
  const std::vector<entry> entries = {
      {"day c1", "", "受信確認 1回", "1 check"},
      {"day c2", "", "2～3回", "2-3"},
      {"day c3", "", "4回以上", "4 or more"},
      {"day unchecked", "unchecked", "受信確認のない開庁日", "open day without a check"},
      {"day closed", "", "閉庁日", "closed day"},
      {"day unknown", "", "記録のない日・これからの日", "not recorded, or to come"},
      {"day c2", "received", "一覧メール受信", "list received"},
      {"day c2", "late", "一覧メール遅延", "list late"},
      {"day c2", "missing", "一覧メール未受信", "list missing"}};
  out.open("ul", {{"class", "legend"}});
  for (const auto& one : entries) {
    out.open("li").open("svg", {{"viewBox", "-1 -1 15 15"}, {"aria-hidden", "true"}});
    box(out, one.kind, 0, 0, cell, cell);
    mark(out, one.mark, 0, 0);
    out.close().text(" ").text(say(words, one.ja, one.en)).close();
  }
  out.close();
}

}  // namespace intake
