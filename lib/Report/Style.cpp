// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Style.cpp - How a page looks ---------------------------------------===//

#include "Sections.h"

/// One colour for each kind: compute blue, transfers orange, waiting grey. They
/// can be told apart without red and green.
const llvm::StringLiteral se::report::styleSheet = R"css(
:root {
  --page: #f7f7f5; --card: #ffffff; --text: #1b1f24; --muted: #5b636d;
  --line: #dfe1e4; --track: #eceef0;
  --compute: #2563a8; --compute-1: #7dafe0; --other: #51687f;
  --transfer: #d9791a; --nvm: #a8570a; --l3: #6f3a06;
  --wait: #d9dcdf; --state: #5b6b7c; --value: #b4c0cc; --late: #b3261e;
  --light: #ffffff; --dark: #10181f; --link: #1d5596;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1c2024; --text: #e6e8ea; --muted: #a0a8b1;
    --line: #343a41; --track: #2a2f35;
    --compute: #4f93dd; --compute-1: #a4ccf5; --other: #6c8299;
    --transfer: #e8963c; --nvm: #b9701f; --l3: #8a5013;
    --wait: #3a4047; --state: #8494a5; --value: #6b7986; --late: #ef6a61;
    --light: #0e1114; --dark: #0e1114; --link: #84b6ee;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
    "Liberation Sans", Arial, sans-serif;
}
main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 48px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 0 0 8px; }
h3 { font-size: 15px; margin: 24px 0 6px; }
p { margin: 0 0 12px; max-width: 92ch; }
a { color: var(--link); }
.subtitle { color: var(--muted); margin: 4px 0 20px; overflow-wrap: anywhere; }
.note { color: var(--muted); }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 20px; }
section {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 20px; margin: 0 0 20px;
}
.cards {
  display: grid; gap: 12px; margin: 0 0 14px;
  grid-template-columns: repeat(auto-fit, minmax(160px, 1fr));
}
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 12px 14px;
}
.card-title, .card-note { color: var(--muted); font-size: 13px; line-height: 1.35; }
.card-value { font-size: 25px; font-weight: 600; line-height: 1.35;
  white-space: nowrap; font-variant-numeric: tabular-nums; }
.unit { font-size: 13px; font-weight: 400; color: var(--muted); }
.scroll { overflow-x: auto; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px;
}
figure { margin: 0; }
figcaption { color: var(--muted); font-size: 13px; }
svg { display: block; width: 100%; min-width: 760px; height: auto; margin: 4px 0 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; margin: 4px 0 10px; }
caption { text-align: left; font-weight: 600; padding: 8px 0 4px; }
th, td { padding: 4px 10px; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: middle; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 600; white-space: nowrap;
  vertical-align: bottom; }
tbody th { font-weight: 400; }
th.number, td.number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.text { overflow-wrap: break-word; }
tbody th.text { white-space: nowrap; }
td.text { max-width: 34em; }
th.name, td.name { overflow-wrap: anywhere; min-width: 10.5em; max-width: 24em; }
.bars { width: 24%; min-width: 110px; }
.bar { position: relative; height: 12px; background: var(--track); border-radius: 2px; }
.bar > span { position: absolute; top: 0; bottom: 0; }
.two-bars .bar { height: 7px; margin: 1px 0; border-radius: 1px; }
.bar > .mark { width: 2px; margin-left: -1px; background: var(--text); top: -2px; bottom: -2px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none;
  margin: 0 0 8px; padding: 0; font-size: 13px; color: var(--muted); }
.swatch.computes { background: linear-gradient(90deg, var(--compute) 50%, var(--compute-1) 50%); }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 2px;
  margin-right: 6px; vertical-align: -1px; }
.mark-key { width: 2px; height: 14px; background: var(--text); border-radius: 0;
  vertical-align: -2px; }
details { margin: 8px 0 0; }
summary { cursor: pointer; color: var(--link); }
.label { font-size: 12px; fill: var(--muted); font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); stroke-width: 1; }
.compute { background: var(--compute); fill: var(--compute); }
.compute-1 { background: var(--compute-1); fill: var(--compute-1); }
.resident { background: var(--compute); fill: var(--compute); }
.other { background: var(--other); fill: var(--other); }
.transfer { background: var(--transfer); fill: var(--transfer); }
.from-nvm { background: var(--nvm); fill: var(--nvm); }
.from-l3 { background: var(--l3); fill: var(--l3); }
.wait { background: var(--wait); fill: var(--wait); }
.state { background: var(--state); fill: var(--state); }
.value { background: var(--value); fill: var(--value); }
.late { background: var(--late); fill: var(--late); }
.free { background: var(--card); fill: var(--card); stroke: var(--line); }
.swatch.free { border: 1px solid var(--muted); }
.reserved { background: var(--track); fill: var(--track); }
.swatch.reserved { border: 1px dashed var(--muted); }
.ruler-0 { fill: var(--compute); } .ruler-1 { fill: var(--compute-1); }
.on-compute, .on-resident, .on-state { fill: var(--light); font-weight: 600; }
.on-compute-1, .on-transfer, .on-value { fill: var(--dark); font-weight: 600; }
.buffer { stroke: var(--card); stroke-width: 0.6; }
path, rect { shape-rendering: crispEdges; }
footer { color: var(--muted); font-size: 13px; }
.sounds { display: grid; gap: 16px; margin: 0 0 12px;
  grid-template-columns: repeat(auto-fit, minmax(min(230px, 100%), 1fr)); }
.sounds audio { width: 100%; height: 36px; display: block; }
.sounds img { display: block; width: 100%; height: 150px; border-radius: 4px; margin: 0 0 6px; }
@media (max-width: 560px) {
  main { padding: 16px 12px 32px; }
  section { padding: 14px 12px; }
  h1 { font-size: 23px; }
  .cards { grid-template-columns: 1fr 1fr; }
  .card-value { font-size: 21px; }
}
@media print {
  body { background: none; }
  section, .card { break-inside: avoid; }
}
)css";
