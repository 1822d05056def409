"""A report as HTML, for reading and printing, and as Markdown, for mail and issue trackers. Values never become markup."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2

from mlqa_widgets.errors import InputError
from mlqa_widgets.report.content import Report
from mlqa_widgets.wording import count, percent

_SUFFIXES: Final = {".html": "report.html", ".htm": "report.html", ".md": "report.md", ".markdown": "report.md"}
_MARKUP: Final = re.compile(r"[\\`*\[\]<>&|~$@#]|(?<![^\W_])_|_(?![^\W_])|^[+=-]")
_NUMBERED: Final = re.compile(r"^(\d+)([.)])(?= |$)")
_LINKED: Final = re.compile(r"(?i)(www)\.|(https?|ftp|mailto|xmpp):")


def write_report(report: Report, path: str | Path) -> Path:
    """Write a report and return its path: HTML or Markdown, by the ending.

    Raises
    ------
    InputError
        When the ending is another.
    """
    path = Path(path)
    name = _SUFFIXES.get(path.suffix.lower())
    if name is None:
        msg = f"path: a report is written as .html or .md, not {path.suffix or path.name!r}."
        raise InputError(msg)
    path.write_text(rendered(report, name), encoding="utf-8")
    return path


def rendered(report: Report, name: str) -> str:
    """Return a report by the template ``report.html`` or ``report.md``."""
    return _template(name).render(report=report)


def plain(value: Any) -> str:
    r"""Return a text as Markdown that shows it as it is: no markup, no HTML, no link, on one line.

    Examples
    --------
    >>> print(plain("*a* <b> [x](http://y) | arr_delay, __main__"))
    \*a\* \<b\> \[x\](http\://y) \| arr_delay, \_\_main\_\_
    """
    text = _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", " ".join(str(value).split())))
    return _LINKED.sub(lambda found: f"{found[1]}\\." if found[1] else f"{found[2]}\\:", text)


@cache
def _template(name: str) -> jinja2.Template:
    """Return a template that escapes every value put into it, for HTML or for Markdown."""
    html = name.endswith(".html")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("mlqa_widgets.report"),
        autoescape=html,  # noqa: S701 - Markdown is escaped by plain()
        finalize=None if html else plain,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"percent": percent, "count": count}
    return environment.get_template(name)
