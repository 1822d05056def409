"""A browser that reaches this machine only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

_LOCAL_SCHEMES = {"data", "blob", "file"}
_TIMEOUT_MS = 60_000


@dataclass
class OfflineBrowser:
    """Opens pages; every request to another machine is refused and listed in :attr:`refused`."""

    browser: Browser
    refused: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def new_page(self) -> Page:
        """Return an empty page that shares nothing with the others."""
        context = self.browser.new_context(viewport={"width": 1200, "height": 900})
        context.route("**/*", self._guard)
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_TIMEOUT_MS)
        return page

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()

    def _guard(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in _LOCAL_SCHEMES or address.hostname == "127.0.0.1":
            route.continue_()
        else:
            self.refused.append(route.request.url)
            route.abort()


def record_errors(page: Page) -> list[str]:
    """Return a list that grows with every error the page reports."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors
