"""A scan as a page of its own: the same front end, with the answers it would ask Python for embedded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

from mlqa_widgets.options import options
from mlqa_widgets.scan import Scan
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.static import static_scan, template
from mlqa_widgets.widgets.view import RowPages, detail, scan_view

_ROWS = 50


def write_page(scan: Scan, path: Path) -> Path:
    """Write the page and return its path.

    The first rows of each finding are in it, and all of its evidence and fixes; with ``options.static_values`` off
    the page is the static view only, which then carries no value from the data.
    """
    page = _interactive(scan) if options.static_values else _static(scan)
    path.write_text(page, encoding="utf-8")
    return path


def _static(scan: Scan) -> str:
    return template("page.html").render(title=scan.table.name, static=Markup(static_scan(scan, 0)), scripts=None)  # noqa: S704


def _interactive(scan: Scan) -> str:
    pages = RowPages(scan)
    details = {i: detail(scan, i) for i in range(len(scan.result.findings))}
    embedded = {
        "view": scan_view(scan),
        "details": details,
        "rows": {i: pages.first(i, _ROWS) for i in details},
    }
    draws_charts = any(drawn["kind"] == "chart" for one in details.values() for drawn in one["evidence"])
    scripts = {
        "style": module_path("scan.css").read_text(encoding="utf-8"),
        "state": _json(embedded),
        "vega": _script("vega-runtime.js") if draws_charts else "",
        "module": _script("standalone.js"),
    }
    return template("page.html").render(
        title=scan.table.name,
        static=Markup(static_scan(scan, 0)),  # noqa: S704 - made by an escaping template
        scripts={name: Markup(text) for name, text in scripts.items()},  # noqa: S704 - escaped for where they stand
    )


def _json(value: Any) -> str:
    """Return JSON that ends no script element and opens no comment."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _script(name: str) -> str:
    text = module_path(name).read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
