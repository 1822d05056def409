"""What axe-core finds wrong in a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"

_VIOLATIONS = """async (selector) => {
  const { violations } = await window.axe.run(selector, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}"""


def violations(page: Page, selector: str) -> list[str]:
    """Return what axe-core finds wrong below ``selector``: one line per rule broken and element."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(_VIOLATIONS, selector))
