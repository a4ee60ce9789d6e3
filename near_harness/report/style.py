"""How pages look: light and dark, wide and narrow, without anything from elsewhere."""

STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --soft: #656d76; --line: #d1d9e0; --box: #f6f8fa;
  --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; --refund: #0969da }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --soft: #8b949e; --line: #30363d; --box: #161b22;
  --good: #3fb950; --bad: #f85149; --warn: #d29922; --refund: #58a6ff } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1180px; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.5rem; margin: 0 } h4 { margin: 1rem 0 .3rem; font-size: .85rem; color: var(--soft); font-weight: 600 }
.about { color: var(--soft); margin: .2rem 0 1.2rem }
details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; padding: .1rem .8rem; overflow: hidden }
details[open] { padding-bottom: .8rem }
summary { cursor: pointer; padding: .45rem 0; display: flex; gap: .8rem; align-items: baseline; flex-wrap: wrap }
summary::before { content: "▸"; color: var(--soft) } details[open] > summary::before { content: "▾" }
details details { background: var(--box) } details details details { background: var(--paper) }
code, pre { font: 12.5px/1.45 ui-monospace, "DejaVu Sans Mono", monospace } code { overflow-wrap: anywhere }
pre { overflow-x: auto; background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .7rem; margin: 0 }
details details pre { background: var(--paper) } details details details pre { background: var(--box) }
.scroll { overflow-x: auto } svg { display: block; margin: .5rem 0 }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); white-space: nowrap }
th { color: var(--soft); font-weight: 600 } th:first-child, td:first-child { text-align: left }
.mark { font-weight: 700; font-size: .8rem; text-transform: uppercase; color: var(--soft) }
.mark.passed { color: var(--good) } .mark.failed { color: var(--bad) }
.said, .cost { font-size: .85rem; color: var(--soft) } .cost { margin-left: auto } .failed > summary .said { color: var(--bad) }
.mixed > summary .said, tr.tight td { color: var(--warn) } meter { width: 90px; vertical-align: middle }
"""
