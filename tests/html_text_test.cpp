#include "libintake/html_text.hpp"

#include <doctest/doctest.h>

#include "libintake/limits.hpp"

using intake::read_html;

namespace {
/// Reasons under which text was hidden, joined.
std::string reasons(std::string_view html) {
  std::string out;
  for (const auto& hidden : read_html(html).hidden) out += hidden.reason + "|";
  return out;
}
}  // namespace

TEST_SUITE("html_text") {
  TEST_CASE("text comes line by line as a page shows it") {
    const auto seen = read_html(
        "<!DOCTYPE html><html><head><title>t</title><style>p{color:red}</style></head><body>\n<p>受付番号：  "
        "<b>A</b>-1</p>"
        "<div>a<br>b&amp;&#x63;&nbsp;&yen;</div><table><tr><td>1<td>2</table><ul><li>x<li>y</ul><ol><li>z</ol>"
        "<pre>p\n q</pre><script>s</script></body></html>");
    CHECK(seen.text == "受付番号： A-1\na\nb&c\u00A0¥\n1\t2\n- x\n- y\n1. z\np\n q\n");
    CHECK(seen.hidden.empty());
  }

  TEST_CASE("what a reader would not see is no content, and is told with its reason") {
    const std::pair<const char*, const char*> cases[] = {
        {"display:none", "display:none|"},
        {"DISPLAY : NONE !important", "display:none|"},
        {"disp/**/lay:none", "display:none|"},
        {"visibility:hidden", "visibility:hidden|"},
        {"font-size:0", "font too small to read|"},
        {"font-size:1px", "font too small to read|"},
        {"font:0/0 serif", "font too small to read|"},
        {"font-size:5%", "font too small to read|"},
        {"color:#fff", "text in the colour of its background|"},
        {"color:rgb(254, 254,254)", "text in the colour of its background|"},
        {"background:black", "text in the colour of its background|"},
        {"color:seashell", "text in the colour of its background|"},
        {"background:navy;color:darkblue", "text in the colour of its background|"},
        {"color:hsl(0, 0%, 99%)", "text in the colour of its background|"},
        {"color:hsla(120deg 100% 98% / 1)", "text in the colour of its background|"},
        {"color:rgb(100%,100%,100%)", "text in the colour of its background|"},
        {"color:rgb(99% 99% 100% / 90%)", "text in the colour of its background|"},
        {"color:rgba(0,0,0,0.01)", "transparent|"},
        {"color:hsl(0 0% 0% / 0)", "transparent|"},
        {"color:#00000000", "transparent|"},
        {"color:var(--paper)", "transparent|"},
        {"color:color-mix(in srgb, white, white)", "transparent|"},
        {"disp\\6c ay:n\\6f ne", "display:none|"},
        {"direction:rtl;unicode-bidi:bidi-override", "shown in another order|"},
        {"position:absolute;left:-9999px", "off the screen|"},
        {"text-indent:-999em", "off the screen|"},
        {"opacity:0", "transparent|"},
        {"color:transparent", "transparent|"},
        {"max-height:0;overflow:hidden", "box without size|"},
        {"clip:rect(0,0,0,0)", "clipped away|"},
        {"mso-hide:all", "display:none|"},
    };
    for (const auto& [style, reason] : cases) {
      CAPTURE(style);
      const auto html = std::string("seen<span style=\"") + style + "\">secret<i>deep</i></span> end";
      CHECK(read_html(html).text == "seen end\n");
      CHECK(reasons(html) == reason);
      CHECK(read_html(html).hidden[0].excerpt.find("secret") != std::string::npos);
    }
    CHECK(reasons("<p hidden>x") == "hidden attribute|");
    CHECK(reasons("<font color=white>x</font>") == "text in the colour of its background|");
    CHECK(reasons("<body bgcolor=#000000 text=#010101>x") == "text in the colour of its background|");
    CHECK(reasons("<bdo dir=rtl>x</bdo>") == "shown in another order|");
    CHECK(reasons("<font color=aliceblue>x</font>") == "text in the colour of its background|");
    CHECK(reasons("<noscript>x</noscript><template>y</template>") == "not shown by mail readers|");
    CHECK(reasons("<style>.a,.b{display:none}</style><p class='c b'>x</p>") == "display:none|");
    CHECK(reasons("<p id=q>x</p><style>@media all{div #q{visibility:hidden}}</style>") == "visibility:hidden|");
    CHECK(reasons("<style>p::after{content:'paid'}</style>a") == "text from a style sheet|");
    CHECK(reasons("a<a href='x") == "unfinished tag or comment|");
  }

  TEST_CASE("text in every colour of the gradient behind it is hidden") {
    for (const auto* style :
         {"background:linear-gradient(#000, #000)",
          "background-image:radial-gradient(circle at 50% 50%, black, #010203)",
          "background:repeating-linear-gradient(45deg, rgba(0, 0, 0, 1) 0 10px, rgb(5 5 5) 10px 20px)",
          "background-image:-webkit-linear-gradient(top, black, black);color:#0a0a0a"}) {
      CAPTURE(style);
      const auto html = std::string("seen<span style='") + style + "'>secret</span> end";
      CHECK(read_html(html).text == "seen end\n");
      CHECK(reasons(html) == "text in the colour of its background|");
    }
  }

  TEST_CASE("text that a gradient or a picture may swallow is told of, and stays content") {
    const std::pair<const char*, const char*> cases[] = {
        {"<p style='background:linear-gradient(white, black)'>x</p>",
         "text on a gradient that runs through its colour|"},
        {"<style>p{background-image:conic-gradient(red,black)}</style><p>x</p>",
         "text on a gradient that runs through its colour|"},
        {"<p style='background:black url(cid:1) no-repeat;color:white'>x</p>",
         "text on a picture, which may have its colour|"},
        {"<body background='http://a.example/b.png'>x", "text on a picture, which may have its colour|"},
        {"<table><tr><td background=b.png>x</table>", "text on a picture, which may have its colour|"},
        {"<p style='background:url(data:image/png;base64,AAAA)'>x</p>",
         "text on a picture, which may have its colour|"},
        {"<p style='background-image:image-set(\"a.png\" 1x)'>x</p>", "text on a picture, which may have its colour|"},
        {"<p style='background:var(--b)'>x</p>", "text on a picture, which may have its colour|"},
        {"<div style='background-image:url(b.png)'><p><b>x</b></p></div>",
         "text on a picture, which may have its colour|"}};
    for (const auto& [html, reason] : cases) {
      CAPTURE(html);
      CHECK(reasons(html) == reason);
      CHECK(read_html(html).text == "x\n");
    }
  }

  TEST_CASE("what is seen is not called hidden") {
    for (const auto* html :
         {"<p style='color:white;background:navy'>x</p>", "<td bgcolor=black><font color=#fff>x</font></td>",
          "<p style='font-size:9pt'>x</p>", "<p style='left:10px;margin-left:-8px'>x</p>",
          "<div style='visibility:hidden'><b style='visibility:visible'>x</b></div>",
          "<p style='background-color:rgba(0,0,0,0)'>x</p>", "<p style='color:hsl(210,100%,20%)'>x</p>",
          "<p style='color:rgb(10%,10%,10%);background:lightyellow'>x</p>", "<p style='unicode-bidi:embed'>x</p>",
          "<p style='background:linear-gradient(90deg, rgb(0, 0, 90) 10%, "
          "navy);background-color:blue;color:white'>x</p>",
          "<div style='background:url(x)'><p style='background:white'>x</p></div>",
          "<p style='background-image:none'>x</p>", "<style>.a{display:none}</style><p class=b>x</p>",
          "<!-- header --><p>x</p><!--[if mso]><xml><o:P>96</o:P></xml><![endif]-->", "<![if !mso]>x<![endif]>"}) {
      CAPTURE(html);
      CHECK(reasons(html).empty());
      CHECK(read_html(html).text == "x\n");
    }
  }

  TEST_CASE("comments with text are told, and are no content") {
    const auto seen = read_html("a<!-- 申請者は別人 -->b<!-- > --><!--x--!>c");
    CHECK(seen.text == "abc\n");
    REQUIRE(seen.hidden.size() == 1);
    CHECK(seen.hidden[0].excerpt == "申請者は別人 ");
    CHECK(reasons("<!--[if mso]><p>別の内容</p><![endif]-->a") == "comment|");
  }

  TEST_CASE("hiding follows the page's structure as browsers mend it") {
    CHECK(read_html("<p style=display:none>x<p>y").text == "y\n");
    CHECK(read_html("<div style=display:none><table><tr><td></div>x</table></div>y").text == "y\n");
    CHECK(read_html("<p><font color=white>x</p><p>y").text.empty());  // the font goes on
    CHECK(read_html("<li style=display:none>x<li>y").text == "- y\n");
    CHECK(read_html("<b style=display:none>x</b>y").text == "y\n");
  }

  TEST_CASE("links are listed once, up to the limit") {
    const auto seen = read_html(
        "<a href='https://a.example/?x=1&amp;y'>b</a><img src=https://a.example/i><a href=#top>"
        "<img src=cid:1><a href=\"https://a.example/i\">");
    CHECK(seen.links == std::vector<std::string>{"https://a.example/?x=1&y", "https://a.example/i"});
    const auto loaded = read_html(
        "<style>@import 'https://a.example/1.css'; @IMPORT url(https://a.example/2.css); b{background:URL( "
        "\"//A.example/3\" )}"
        "</style><p style=\"background:u\\72l(https://a.example/4)\">x<p style='background:u/**/rl(5)'>");
    CHECK(loaded.links == std::vector<std::string>{"https://a.example/2.css", "//A.example/3",
                                                   "https://a.example/1.css", "https://a.example/4", "5"});
    std::string many;
    for (std::size_t i = 0; i <= intake::limits::mail_links; ++i) many += "<a href=" + std::to_string(i) + "x>";
    CHECK(read_html(many).too_many_links);
    CHECK(read_html(many).links.size() == intake::limits::mail_links);
  }

  TEST_CASE("two texts differ by what they say, not by how it is set") {
    CHECK(intake::text_difference("受付番号：Ａ１\n詳細: https://a.example/x\n", "受付番号:A1 詳細").empty());
    CHECK(intake::text_difference("A\n* b", "a - B").empty());
    const auto difference = intake::text_difference("受付番号：A1 架空太郎", "受付番号：A2 架空太郎");
    CHECK(difference.find("a1架空太郎") != std::string::npos);
    CHECK(difference.find("a2架空太郎") != std::string::npos);
  }
}
