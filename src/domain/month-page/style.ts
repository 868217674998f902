/**
 * The page's only style. Colours are named once for light, once for dark; paper is light whatever the screen is. Pairs of text and ground have
 * a contrast of at least 4.5 (WCAG 2.2, success criterion 1.4.3), lines and shapes of charts of at least 3 (1.4.11).
 */
export const style = `
:root {
  --paper: #fcfbf8; --card: #ffffff; --ink: #1c2126; --muted: #5b636c; --line: #e3e0d8; --grid: #e9e6df; --link: #1f5283;
  --calls: #2b5c8f; --messages: #a8651a; --other: #6f5a9e; --whole: #3d6f9e; --rest: #7d858d;
  --good: #1f6b41; --wait: #865700; --open: #5d4b93; --bad: #ad2117;
  --complete: #7fb597; --missing: #8a9199; --partial: #c98a1b; --hatch: #ffffff;
  color-scheme: light;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1b1f23; --ink: #e9e7e2; --muted: #a6adb5; --line: #31363c; --grid: #2a2f34; --link: #8fbfec;
    --calls: #7fb2e5; --messages: #e2a75c; --other: #b7a6e4; --whole: #6fa3d6; --rest: #8b939b;
    --good: #79cb9d; --wait: #e3b75f; --open: #bcacea; --bad: #ff8f85;
    --complete: #3f7d5b; --missing: #9aa1a9; --partial: #d9a03c; --hatch: #14171a;
    color-scheme: dark;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums lining-nums; hanging-punctuation: first;
}
.page { max-width: 74rem; margin: 0 auto; padding: 2.5rem clamp(1rem, 4vw, 3rem) 4rem; }
h1, h2, h3, h4 { line-height: 1.2; font-weight: 650; text-wrap: balance; letter-spacing: -0.01em; }
h1 { font-size: clamp(2rem, 6vw, 3rem); margin: 0 0 0.4rem; letter-spacing: -0.025em; }
h2 { font-size: 1.5rem; margin: 0 0 1rem; }
h3 { font-size: 1.05rem; margin: 1.8rem 0 0.6rem; }
h4 { font-size: 0.9375rem; margin: 0 0 0.4rem; }
.block > h3, h2 + h3 { margin-top: 0; }
p { margin: 0 0 0.8rem; max-width: 44rem; text-wrap: pretty; }
ul { margin: 0 0 0.8rem; padding-left: 1.2rem; }
li { margin: 0.15rem 0; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.note { color: var(--muted); font-size: 0.875rem; font-weight: 400; letter-spacing: 0; }
.kicker { margin: 0 0 0.3rem; color: var(--muted); font-size: 0.875rem; letter-spacing: 0.06em; text-transform: uppercase; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; padding: 0.5rem 1rem; background: var(--card); }
.name { white-space: pre-wrap; overflow-wrap: anywhere; }
span.unknown { color: var(--open); font-style: italic; font-weight: 400; }

.verdict { margin: 1.5rem 0 0; padding: 1rem 1.25rem 0.4rem; border-left: 4px solid var(--open); background: var(--card); }
.verdict.agrees, .verdict.explained { border-color: var(--good); }
.verdict.pending { border-color: var(--wait); }
.verdict.differs { border-color: var(--bad); }
nav { margin: 1.5rem 0 0; padding: 0.7rem 0; border: solid var(--line); border-width: 1px 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.4rem; margin: 0; padding: 0; list-style: none; font-size: 0.9375rem; }
section { margin: 3.25rem 0 0; scroll-margin-top: 1rem; }
footer { margin: 4rem 0 0; padding: 1rem 0 0; border-top: 1px solid var(--line); }

.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem; margin: 0 0 1.5rem; }
.card { padding: 1.1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; min-width: 0; container-type: inline-size; }
.card h3 { margin: 0; }
.card p { margin: 0 0 0.7rem; }
.card .large { margin: 0; font-size: 2rem; font-size: clamp(1.25rem, 10cqi, 2rem); font-weight: 600; line-height: 1.25; letter-spacing: -0.02em; overflow-wrap: anywhere; }
.shares { margin: 0.5rem 0 0; font-size: 0.9375rem; }
.shares div { display: grid; grid-template-columns: 6.2rem minmax(0, 1fr) 4.2rem; }
.shares dd { margin: 0; text-align: right; min-width: 0; overflow-wrap: anywhere; }
.currencies { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 2.5rem 3rem; margin: 0 0 1rem; }
.block { min-width: 0; }

.block table { font-size: 0.8125rem; }
.block th, .block td { padding-left: 0.8rem; }
.block th:first-child { padding-left: 0; }
.block tbody th { min-width: 7rem; }
.status { display: inline-block; padding: 0 0.5em; border: 1px solid currentColor; border-radius: 3px; font-size: 0.8125rem; line-height: 1.5; color: var(--open); white-space: nowrap; }
.status.agrees, .status.explained { color: var(--good); }
.status.pending { color: var(--wait); border-style: dashed; }
span.status.unknown { border-style: dotted; font-style: normal; }
.status.differs { color: var(--bad); font-weight: 700; border-width: 2px; }
.counts { display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; padding: 0; list-style: none; }
.finding { padding: 1rem 0 0.2rem; border-top: 1px solid var(--line); }
.finding.urgent { padding-left: 1rem; border-left: 4px solid var(--bad); }
.finding h3 { margin: 0 0 0.3rem; }
.finding h3::first-letter { text-transform: uppercase; }

.scroll { overflow-x: auto; margin: 0.5rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; line-height: 1.4; }
caption { padding: 0 0 0.5rem; text-align: left; color: var(--muted); font-size: 0.875rem; }
th, td { padding: 0.35rem 0 0.35rem 1.1rem; border-bottom: 1px solid var(--line); vertical-align: baseline; text-align: left; }
th:first-child { padding-left: 0; }
thead th { border-bottom: 1px solid var(--muted); color: var(--muted); font-weight: 500; vertical-align: bottom; }
tbody th { font-weight: 400; min-width: 9rem; max-width: 20rem; }
.figure { text-align: right; white-space: nowrap; }
thead .figure { white-space: normal; }
.sum th, .sum td { font-weight: 600; }
.n > span { margin-left: 0.18em; }
.n small { font-size: 1em; color: var(--muted); font-weight: 400; }
.prose { display: block; min-width: 15rem; max-width: 40rem; }
details { margin: 0.4rem 0 0.8rem; }
summary { cursor: pointer; color: var(--link); font-size: 0.9375rem; }

.chart { display: block; overflow: visible; font-size: 13px; }
.chart text { fill: var(--ink); }
.chart .tick { fill: var(--muted); font-size: 12px; }
.chart .name, .chart .value { white-space: pre; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.chart .grid { stroke: var(--grid); }
.chart .zero { stroke: var(--muted); }
.bar { fill: var(--whole); }
.bar.calls { fill: var(--calls); } .bar.messages { fill: var(--messages); } .bar.other { fill: var(--other); }
.bar.rest { fill: var(--rest); } .bar.bad { fill: var(--bad); }
.bar.open { fill: var(--whole); fill-opacity: 0.35; stroke: var(--whole); stroke-width: 1.5; stroke-dasharray: 4 3; }
.line { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.line.calls { stroke: var(--calls); }
.line.messages { stroke: var(--messages); stroke-dasharray: 7 5; }
.line.other { stroke: var(--other); stroke-dasharray: 0.1 5; stroke-width: 2.5; }
.mark { fill: none; stroke: var(--open); stroke-width: 1.5; }
.cell { fill: var(--complete); }
.cell.partial { fill: var(--partial); } .cell.refused, .cell.failed { fill: var(--bad); }
.cell.missing { fill: none; stroke: var(--missing); stroke-dasharray: 3 2; }
.hatch { fill: none; stroke: var(--hatch); stroke-width: 1; }
.cut { stroke: var(--paper); stroke-width: 1.5; }
.key { display: flex; flex-wrap: wrap; gap: 0.2rem 1.5rem; padding: 0; list-style: none; font-size: 0.875rem; color: var(--muted); }
.key b { color: var(--ink); font-weight: 600; }
.key svg { vertical-align: -2px; }

@media (max-width: 30rem) {
  .page { padding-top: 1.5rem; }
  section { margin-top: 2.5rem; }
  nav li { padding: 0.25rem 0; }
  tbody th { min-width: 7rem; }
}
@media print {
  @page { margin: 14mm 12mm; }
  :root { --paper: #ffffff; }
  body { font-size: 10pt; }
  .page { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  a { color: inherit; text-decoration: none; }
  section { margin-top: 1.6rem; }
  h2, h3, h4, caption, summary, thead, .block > p { break-after: avoid; }
  tr, .card, .chart, .finding { break-inside: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 7.5pt; }
  th, td { padding-left: 0.6rem; }
  tbody th { min-width: 5rem; }
  .prose { min-width: 0; }
  .currencies { display: block; }
  .block { margin-bottom: 1.5rem; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; color: inherit; font-weight: 600; }
  .verdict { border: 1px solid var(--line); border-left-width: 4px; }
}
`;
