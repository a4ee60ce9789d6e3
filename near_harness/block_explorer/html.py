"""The parts of which all pages are made: the frame, tables, links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from near_harness.report.style import STYLE

_OWN_STYLE = """
nav { display: flex; flex-wrap: wrap; gap: .6rem 1.2rem; align-items: baseline; margin-bottom: 1.2rem }
nav form { margin-left: auto; flex: 0 1 22rem } input { width: 100%; font: inherit; padding: .3rem .6rem; color: inherit;
  background: var(--box); border: 1px solid var(--line); border-radius: 6px }
a { color: var(--refund); text-decoration: none } a:hover { text-decoration: underline }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem } h1 { overflow-wrap: anywhere }
td.text, th.text { text-align: left } td:only-child { white-space: normal; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: .6rem 0 } dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere } .empty { color: var(--soft) }
@media (max-width: 600px) { body { padding: .8rem } nav form { flex-basis: 100% }
  dl { grid-template-columns: 1fr } dd { margin-bottom: .5rem } }
"""
_RELOAD = """
let count = document.body.dataset.count;
setInterval(async () => {
  try {
    const answer = await fetch("/explorer/count");
    if (answer.ok && (await answer.text()) !== count) location.reload();
  } catch { /* the node is gone: keep what is shown */ }
}, 2000);
"""


class Html(str):
    """A piece of HTML: it is not escaped again."""

    __slots__ = ()


def page(title: str, body: str, *, count: int | None = None) -> str:
    """A whole page. With ``count`` (of transactions) it loads itself again when there are more."""
    script = f"<script>{_RELOAD}</script>" if count is not None else ""
    data = f' data-count="{count}"' if count is not None else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}{_OWN_STYLE}</style></head><body{data}>"
        '<nav><a href="/"><b>near-harness</b></a><a href="/accounts">Accounts</a><a href="/transactions">Transactions</a>'
        '<form action="/search"><input name="q" type="search" aria-label="Search" placeholder="account, transaction or height">'
        f"</form></nav><main>{body}</main>{script}</body></html>\n"
    )


def heading(text: str) -> str:
    """The heading of a page."""
    return f"<h1>{escape(text)}</h1>"


def section(title: str, content: str) -> str:
    """A part of a page."""
    return f"<h2>{escape(title)}</h2>{content}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], empty: str, *, numbers: Sequence[int] = ()) -> str:
    """A table whose columns are text, except ``numbers``; a word where there are no rows."""
    lines = [
        "<tr>" + "".join(f'<td class="{_column(index, numbers)}">{_cell(cell)}</td>' for index, cell in enumerate(row)) + "</tr>"
        for row in rows
    ]
    if not lines:
        return f'<p class="empty">{escape(empty)}</p>'
    head = "".join(f'<th class="{_column(index, numbers)}">{escape(name)}</th>' for index, name in enumerate(headings))
    return f'<div class="scroll"><table><tr>{head}</tr>{"".join(lines)}</table></div>'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of names and values."""
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{_cell(value)}</dd>" for name, value in pairs) + "</dl>"


def account_link(account_id: str) -> Html:
    """A link to an account; the protocol itself is none."""
    if account_id == "system":
        return Html("system")
    return Html(f'<a href="/accounts/{quote(account_id)}">{escape(account_id)}</a>')


def transaction_link(tx_hash: str, text: str | None = None) -> Html:
    """A link to a transaction."""
    return Html(f'<a href="/transactions/{quote(tx_hash)}"><code>{escape(text or tx_hash)}</code></a>')


def block_link(height: int) -> Html:
    """A link to a block."""
    return Html(f'<a href="/blocks/{height}">{height}</a>')


def _cell(text: str) -> str:
    return text if isinstance(text, Html) else escape(text)


def _column(index: int, numbers: Sequence[int]) -> str:
    return "number" if index in numbers else "text"
