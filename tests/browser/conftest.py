"""Fixtures of the browser tests: one server and one Chromium for all, JupyterLab loaded once for the tests of a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.chromium import find
from tests.browser.lab import Desk, Lab, Notebook, Python
from tests.browser.offline import NO_WAY_OUT, OfflineBrowser
from tests.browser.server import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.browser.server import Server

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# JupyterLab answers slowly on a busy machine.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = find()
    if executable is None:
        pytest.fail("No Chromium found; `python -m tests.browser.chromium` installs one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*_ARGUMENTS, *NO_WAY_OUT])
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[OfflineBrowser]:
    """Pages for one test, without JupyterLab; the test fails if anything asked for another machine."""
    offline = OfflineBrowser(chromium)
    yield offline
    offline.close()
    assert offline.refused == [], "The page asked for something that is not on this machine."


@pytest.fixture(scope="module")
def desk(server: Server, chromium: Browser) -> Iterator[Desk]:
    """JupyterLab in a page for the tests of a file."""
    opened = Desk(server, chromium)
    yield opened
    opened.context.close()


@pytest.fixture
def lab(server: Server, browser: OfflineBrowser, desk: Desk, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """JupyterLab for one test, with a folder of its own."""
    folder = server.root / re.sub(r"\W+", "-", request.node.nodeid)
    folder.mkdir()
    failed = request.session.testsfailed
    browser.watch(desk.context)
    yield Lab(server=server, browser=browser, folder=folder, desk=desk)
    desk.clear(keep=request.session.testsfailed == failed)
    server.stop_kernels()


@pytest.fixture
def python(notebook: Notebook) -> Python:
    """Ask the kernel of the notebook that the test file opens."""
    return Python(notebook)
