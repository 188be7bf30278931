"""A slip as a page: self-contained HTML, to print or to keep."""

from __future__ import annotations

from html import escape

from terminal.flow.steps import Receipt

_STYLE = (
    "body{font-family:sans-serif;max-width:32em;margin:2em auto}"
    "h1{font-size:1.2em}table{border-collapse:collapse;width:100%}"
    "th{text-align:left;font-weight:normal;color:#555}td{text-align:right}"
    "th,td{padding:.3em 0;border-bottom:1px solid #ddd;vertical-align:top}"
)


def receipt_page(receipt: Receipt) -> str:
    """The page, Chinese before English; it loads nothing from elsewhere."""
    rows = "\n".join(
        f"<tr><th>{escape(label.zh)} <small>{escape(label.en)}</small></th><td>{escape(value)}</td></tr>"
        for label, value in receipt.lines
    )
    title = escape(receipt.title.zh)
    return (
        f'<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title} <small>{escape(receipt.title.en)}</small></h1>\n"
        f"<table>\n{rows}\n</table>\n</body>\n</html>\n"
    )
