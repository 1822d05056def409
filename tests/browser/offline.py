"""A browser that reaches this machine only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize

_LOCAL_SCHEMES = {"data", "blob", "file"}
_TIMEOUT_MS = 60_000
VIEWPORT: ViewportSize = {"width": 1200, "height": 900}

# A proxy that is not there: what has not the address of this machine, sockets included, cannot be reached. Refusing
# each request here instead would switch off the browser's cache, and JupyterLab would be compiled anew in each page.
NO_WAY_OUT = ["--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>;127.0.0.1"]


@dataclass
class OfflineBrowser:
    """Opens pages of a browser that has :data:`NO_WAY_OUT`; what they ask of other machines is in :attr:`refused`."""

    browser: Browser
    refused: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)
    _watched: list[BrowserContext] = field(default_factory=list)

    def new_page(self) -> Page:
        """Return an empty page that shares nothing with the others."""
        context = new_context(self.browser)
        self._contexts.append(context)
        self.watch(context)
        return context.new_page()

    def watch(self, context: BrowserContext) -> None:
        """List also what the pages of a context ask of other machines, until :meth:`close`."""
        context.on("request", self._requested)
        self._watched.append(context)

    def close(self) -> None:
        """Close every page of :meth:`new_page`."""
        for context in self._watched:
            context.remove_listener("request", self._requested)
        for context in self._contexts:
            context.close()

    def _requested(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in _LOCAL_SCHEMES and address.hostname != "127.0.0.1":
            self.refused.append(request.url)


def new_context(browser: Browser) -> BrowserContext:
    """Return a context whose pages have the size and the patience of the tests."""
    context = browser.new_context(viewport=VIEWPORT)
    context.set_default_timeout(_TIMEOUT_MS)
    return context


def record_errors(page: Page) -> list[str]:
    """Return a list that grows with every error the page reports."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors
