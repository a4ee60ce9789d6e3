"""A transaction as an SVG picture: a lane for each account, time downwards, an arrow for each receipt."""

from __future__ import annotations

from html import escape

from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Receipt
from near_harness.render.captions import blocks_later, caption, in_time, lanes

_MARGIN, _TOP, _ROW, _CHARACTER = 70, 46, 34, 6.4
_NARROWEST_LANE, _LONGEST = 190, 60
_COLOURS = {
    "ok": "var(--good, #1a7f37)",
    "failed": "var(--bad, #cf222e)",
    "refund": "var(--refund, #0969da)",
    "waiting": "var(--warn, #9a6700)",
}
"""A page may set the colours; a picture by itself has those of a light one."""


def svg(outcome: Outcome) -> str:
    """Draw the picture. Green arrows succeeded, red ones failed, blue dashed ones are refunds; blocks are told apart."""
    receipts, accounts = in_time(outcome), lanes(outcome)
    captions = [_cut(caption(receipt)) for receipt in receipts]
    widest = [*(len(account) * _CHARACTER + 24 for account in accounts), *(len(text) * _CHARACTER + 30 for text in captions)]
    lane = max([_NARROWEST_LANE, *widest])
    places = {account: _MARGIN + 60 + number * lane for number, account in enumerate(accounts)}
    drawn: list[str] = []
    y, block = float(_TOP), None
    for receipt, text in zip(receipts, captions, strict=True):
        now = blocks_later(outcome, receipt)
        if now is not None and now != block:
            y += 22
            drawn.append(_block_line(y, now, places, lane))
            block = now
        y += _ROW
        drawn.append(_arrow(outcome, receipt, text, places, y))
        if receipt.how_failed is not None:
            y += 18
            message = _cut(receipt.how_failed.message)
            drawn.append(_text(places[receipt.receiver], y, message, _COLOURS["failed"], "middle", small=True))
    height, width = y + 36, max(places.values()) + lane / 2 + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" '
        f'role="img" aria-label="{escape(outcome.signer)} to {escape(outcome.receiver)}" '
        'font-family="system-ui, sans-serif" font-size="12">'
        f"{_markers(outcome)}{''.join(_lane(account, x, height) for account, x in places.items())}{''.join(drawn)}</svg>"
    )


def _heads(outcome: Outcome) -> str:
    """The beginning of the ids of arrow heads: ids are the page's, and a page has many pictures, some of them hidden."""
    return f"head-{outcome.hash[:10]}"


def _markers(outcome: Outcome) -> str:
    heads = "".join(
        f'<marker id="{_heads(outcome)}-{name}" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" style="fill: {colour}"/></marker>'
        for name, colour in _COLOURS.items()
    )
    return f"<defs>{heads}</defs>"


def _lane(account: str, x: float, height: float) -> str:
    line = f'<line x1="{x:.0f}" y1="{_TOP - 14}" x2="{x:.0f}" y2="{height - 12:.0f}" stroke="#8c959f" stroke-opacity="0.6"/>'
    return line + f'<text x="{x:.0f}" y="22" text-anchor="middle" font-weight="600" fill="currentColor">{escape(account)}</text>'


def _block_line(y: float, later: int, places: dict[str, float], lane: float) -> str:
    end = max(places.values()) + lane / 2
    style = 'stroke="#8c959f" stroke-opacity="0.35" stroke-dasharray="2 4"'
    line = f'<line x1="{_MARGIN - 12}" y1="{y:.0f}" x2="{end:.0f}" y2="{y:.0f}" {style}/>'
    return line + _text(4, y + 4, f"block +{later}", "var(--soft, #656d76)", "start", small=True)


def _arrow(outcome: Outcome, receipt: Receipt, text: str, places: dict[str, float], y: float) -> str:
    start, end = places[receipt.predecessor], places[receipt.receiver]
    name = _look(receipt)
    colour, dashed = _COLOURS[name], ' stroke-dasharray="5 4"' if receipt.refund is not None else ""
    head = f"url(#{_heads(outcome)}-{name})"
    style = f'style="stroke: {colour}" stroke-width="1.6" fill="none"{dashed} marker-end="{head}"'
    if start == end:
        path = f'<path d="M{start:.0f} {y - 12:.0f} h26 v12 h-24" {style}/>'
        return path + _text(start + 34, y - 2, text, colour, "start")
    line = f'<line x1="{start:.0f}" y1="{y:.0f}" x2="{end:.0f}" y2="{y:.0f}" {style}/>'
    return line + _text((start + end) / 2, y - 5, text, colour, "middle")


def _look(receipt: Receipt) -> str:
    if not receipt.executed:
        return "waiting"
    return "failed" if receipt.how_failed is not None else "ok" if receipt.refund is None else "refund"


def _text(x: float, y: float, text: str, colour: str, anchor: str, *, small: bool = False) -> str:
    size = ' font-size="11"' if small else ""
    style = f'style="fill: {colour}; stroke: var(--box, #fff)" paint-order="stroke" stroke-width="4"'
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" {style}{size}>{escape(text)}</text>'


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
