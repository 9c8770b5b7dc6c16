// The style of a report's page: light and dark, screen and A4. Colours are of the Okabe-Ito set, which people with any
// form of colour blindness tell apart; whatever a colour says, a mark or a word says too. For report_html.cpp only.
#pragma once

#include <string_view>

namespace intake {

inline constexpr std::string_view report_style = R"css(
:root { --ink: #1a1a1a; --faint: #5f6368; --page: #ffffff; --line: #c8ccd0; --soft: #f3f5f7;
  --blue: #0072b2; --sky: #56b4e9; --pale: #b8dcf2; --orange: #b36a00; --red: #b84a00; --closed: #e8eaec; --mark: #000000; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --faint: #a6acb3; --page: #17191c; --line: #43484e; --soft: #22262a;
    --blue: #56b4e9; --sky: #2f86bd; --pale: #1f567a; --orange: #e69f00; --red: #ff8f52; --closed: #2c3034; --mark: #ffffff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem; max-width: 68rem; color: var(--ink); background: var(--page);
  font: 15px/1.6 "Noto Sans CJK JP", "Noto Sans JP", "IPAGothic", "Yu Gothic", "Meiryo", sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .5rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; padding-left: .5rem; border-left: .4rem solid var(--line); }
header p { margin: .2rem 0; } .faint { color: var(--faint); }
.warning { color: var(--red); font-weight: bold; border: 2px solid var(--red); padding: .3rem .6rem; }
section { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9em; }
th { text-align: left; font-weight: bold; background: var(--soft); white-space: nowrap; }
th, td { padding: .25rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.fixed, .code { white-space: nowrap; overflow-wrap: normal; } .code { font-family: monospace; } .number,
#days th:nth-child(n+3):not(:nth-child(6)) { text-align: right; }
.late td:nth-child(2), .bad { color: var(--red); font-weight: bold; }
ul.plain { margin: 0; padding: 0; list-style: none; } .todo { color: var(--blue); }
ul.cards { display: flex; gap: .6rem; margin: 0; padding: 0; list-style: none; }
.cards li { flex: 1; padding: .4rem .8rem; border: 1px solid var(--line); border-top: .4rem solid var(--line); }
.cards b { display: block; font-size: 1.6rem; line-height: 1.2; }
.cards .d-accept { border-top-color: var(--blue); } h3.d-accept { border-left-color: var(--blue); }
.cards .d-confirm { border-top: .4rem dashed var(--orange); } h3.d-confirm { border-left: .4rem dashed var(--orange); }
.cards .d-return { border-top: .4rem double var(--red); } h3.d-return { border-left: .4rem double var(--red); }
.s-attention { color: var(--red); font-weight: bold; } .s-open { color: var(--orange); font-weight: bold; }
.s-met { color: var(--blue); } .s-none { color: var(--faint); }
.fact { display: inline-block; margin-right: .6rem; }
svg { width: 100%; height: auto; display: block; } svg text { font-size: 10px; fill: var(--faint); }
.bar { fill: var(--blue); } .axis { stroke: var(--line); }
.charts { display: flex; gap: 1.5rem; align-items: end; } .charts > div { flex: 7; } .charts > .wide { flex: 24; }
.day { stroke: var(--line); stroke-width: .6; fill: none; } .c1 { fill: var(--pale); } .c2 { fill: var(--sky); }
.c3 { fill: var(--blue); } .closed { fill: var(--closed); } .unchecked { stroke: var(--red); stroke-width: 1.6; }
.waiting { stroke: var(--ink); stroke-dasharray: 2 1.5; } .unknown { stroke-opacity: .4; }
.cross { stroke: var(--red); stroke-width: 1.8; } .received { fill: var(--mark); } .missing { fill: var(--mark); }
.late { fill: none; stroke: var(--mark); stroke-width: 1.4; }
ul.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .5rem 0 0; padding: 0; list-style: none; font-size: .8rem; }
.legend svg { display: inline-block; width: 1.1em; height: 1.1em; vertical-align: -.15em; }
footer { margin-top: 1.6rem; font-size: .85rem; } dl { display: grid; grid-template-columns: auto 1fr; gap: .1rem 1rem; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { .charts, ul.cards { flex-wrap: wrap; } .charts > div, .charts > .wide { flex: 1 0 100%; } }
@page { size: A4; margin: 13mm 12mm; }
@media print {
  body { padding: 0; max-width: none; font-size: 9pt; line-height: 1.4; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h1 { font-size: 14pt; } h2 { font-size: 11pt; margin: 4mm 0 1.5mm; } h2, h3 { break-after: avoid; }
  thead { display: table-header-group; } tr, #totals, #year, #arrivals, footer { break-inside: avoid; }
  th, td { padding: .6mm 1.2mm; } section { overflow-x: visible; } }
)css";

}  // namespace intake
