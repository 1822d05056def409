"""Drive notebooks in a real JupyterLab as a user does, with no way out to the internet."""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.sign import NotebookNotary
from playwright.sync_api import expect

from tests.browser import kernels
from tests.browser.accessibility import violations
from tests.browser.offline import VIEWPORT, new_context, record_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize

    from tests.browser.offline import OfflineBrowser
    from tests.browser.server import Server

LIGHT = "JupyterLab Light"
DARK = "JupyterLab Dark"

_HAS_STARTED = "() => window.jupyterapp?.commands.hasCommand('docmanager:open')"

_KERNEL_IS_IDLE = """() => {
  const sessionContext = window.jupyterapp.shell.currentWidget?.context?.sessionContext;
  return sessionContext?.isReady && sessionContext.session?.kernel?.status === "idle";
}"""

# What a command gives may be a whole widget: it stays in the page.
_COMMAND = """async ([name, args]) => (await window.jupyterapp.commands.execute(name, args)) !== false"""

# Nothing is asked of what was not saved.
_CLOSE = """() => {
  for (const widget of [...window.jupyterapp.shell.widgets("main")]) widget.dispose();
}"""

_EXECUTE = """async (code) => {
  const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
  const future = kernel.requestExecute({ code, store_history: false });
  let printed = "";
  let error = null;
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === "stream") printed += content.text;
    if (header.msg_type === "error") error = content.traceback.join("\\n");
  };
  await future.done;
  return { printed, error };
}"""


class KernelError(AssertionError):
    """Code run in the notebook's kernel raised; the message is its traceback."""


@dataclass
class Notebook:
    """A notebook open in its own page."""

    page: Page
    path: Path
    console_errors: list[str]

    def run_all(self) -> None:
        """Run every cell from top to bottom and wait until the last is done.

        Raises
        ------
        KernelError
            When a cell raised.
        """
        if not self.command("notebook:run-all-cells"):
            raise KernelError("\n".join(self.page.locator(".jp-OutputArea-output").all_inner_texts()))

    def cell(self, index: int) -> Locator:
        """Return the element of a cell, counted from 0 at the top, or from -1 at the bottom."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def output(self, index: int) -> Locator:
        """Return the output area of a cell."""
        return self.cell(index).locator(".jp-OutputArea").first

    def output_text(self, index: int) -> str:
        """Return the visible text of a cell's outputs."""
        shown = self.output(index).locator(".jp-OutputArea-output").filter(visible=True)
        return "\n".join(shown.all_inner_texts()).strip()

    def execute(self, code: str) -> str:
        """Run code in the notebook's kernel, outside any cell, and return what it printed.

        Raises
        ------
        KernelError
            When the code raised.
        """
        answer = self.page.evaluate(_EXECUTE, code)
        if answer["error"]:
            raise KernelError(answer["error"])
        return str(answer["printed"])

    def save(self) -> None:
        """Save the notebook to :attr:`path`, with what its outputs became meanwhile.

        Raises
        ------
        AssertionError
            When it changes again each time.
        """
        for _ in range(20):
            self.command("docmanager:save")
            if not self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty"):
                return
        msg = "The notebook is never saved whole: it changes while it is saved."
        raise AssertionError(msg)

    def reload(self) -> None:
        """Load the page again, with this notebook alone; the kernel lives on."""
        self.page.goto(f"{self.page.url}?reset")
        self.wait_until_ready()

    def set_theme(self, theme: str) -> None:
        """Switch JupyterLab to a theme, by the name its menu shows."""
        body = self.page.locator("body")
        if body.get_attribute("data-jp-theme-name") != theme:
            self.command("apputils:change-theme", {"theme": theme})
        expect(body).to_have_attribute("data-jp-theme-name", theme)

    def set_viewport(self, width: int, height: int) -> None:
        """Resize the page, in CSS pixels."""
        size: ViewportSize = {"width": width, "height": height}
        self.page.set_viewport_size(size)

    def screenshot(self, path: Path) -> None:
        """Save a picture of what the page shows."""
        self.page.screenshot(path=path)

    def accessibility_violations(self, selector: str) -> list[str]:
        """Return what axe-core finds wrong below ``selector``: one line per rule broken and element."""
        return violations(self.page, selector)

    def wait_until_ready(self) -> None:
        """Wait until the notebook is drawn and its kernel idle: commands sent earlier do nothing at all."""
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")
        self.page.wait_for_function(_KERNEL_IS_IDLE)
        # The file list would take a third of a narrow page.
        self.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> bool:
        """Run a command of JupyterLab and return whether it went well, as far as it tells."""
        return bool(self.page.evaluate(_COMMAND, [name, arguments or {}]))


class Python:
    """What the kernel of a notebook knows: ``see(expression, value)`` waits until it is so."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook

    def __call__(self, expression: str) -> Any:
        return json.loads(self.notebook.execute(f"import json; print(json.dumps({expression}, default=str))"))

    def see(self, expression: str, value: Any) -> None:
        """Wait until an expression has a value.

        Raises
        ------
        AssertionError
            When it has another after five seconds.
        """
        known = self(expression)
        for _ in range(50):
            if known == value:
                break
            self.notebook.page.wait_for_timeout(100)
            known = self(expression)
        assert known == value, f"{expression} is {known!r}, not {value!r}"


@dataclass
class Desk:
    """JupyterLab in one page for the tests of a file, which come one after the other, and in more where one asks."""

    server: Server
    browser: Browser
    context: BrowserContext = field(init=False)
    _pages: list[tuple[Page, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context = new_context(self.browser)

    def page(self, place: int) -> tuple[Page, list[str]]:
        """Return a page with no document in it, and the errors that it reports from now on."""
        if place == len(self._pages):
            page = self.context.new_page()
            self._pages.append((page, record_errors(page)))
            # A second page in the same workspace runs no notebook.
            page.goto(f"{self.server.url}lab/workspaces/{uuid.uuid4().hex}?token={self.server.token}")
            page.wait_for_function(_HAS_STARTED)
            page.evaluate("() => window.jupyterapp.restored")
            page.locator("#jupyterlab-splash").wait_for(state="detached")
        page, errors = self._pages[place]
        errors.clear()
        return page, errors

    def clear(self, *, keep: bool) -> None:
        """Close every document and all pages but the first, or the first as well."""
        while len(self._pages) > keep:
            self._pages.pop()[0].close()
        self.context.clear_permissions()
        for page, _ in self._pages:
            page.evaluate(_CLOSE)
            page.mouse.move(0, 0)
            page.set_viewport_size(VIEWPORT)


@dataclass
class Lab:
    """Opens notebooks of one folder of the server, each in a page of its own."""

    server: Server
    browser: OfflineBrowser
    folder: Path
    desk: Desk
    _opened: int = 0

    def open_notebook(
        self, source: Sequence[str] | Path | dict[str, Any], *, trusted: bool = False, theme: str = LIGHT
    ) -> Notebook:
        """Open a notebook in a page of its own and wait for its kernel.

        Parameters
        ----------
        source
            The code of each cell; or the path of a notebook, of which a copy is opened unless it lies in
            :attr:`folder`; or a whole notebook as nbformat keeps it, outputs included.
        trusted
            Whether the user has trusted the outputs saved in the notebook. Those of cells that are run are
            trusted in any case.
        theme
            The JupyterLab theme to begin with.
        """
        path = self._place(source)
        if trusted:
            notary = NotebookNotary(data_dir=str(self.server.data))
            notary.sign(nbformat.read(path, as_version=4))
            notary.store.close()
        page, errors = self.desk.page(self._opened)
        self._opened += 1
        opened = Notebook(page=page, path=path, console_errors=errors)
        opened.command("docmanager:open", {"path": path.relative_to(self.server.root).as_posix()})
        opened.wait_until_ready()
        opened.set_theme(theme)
        return opened

    def _place(self, source: Sequence[str] | Path | dict[str, Any]) -> Path:
        if isinstance(source, Path):
            if source.is_relative_to(self.folder):
                return source
            return Path(shutil.copy(source, self.folder))
        if isinstance(source, dict):
            notebook = source
        else:
            cells = [nbformat.v4.new_code_cell(code) for code in source]
            notebook = nbformat.v4.new_notebook(cells=cells)
        notebook["metadata"].setdefault("kernelspec", {"name": kernels.NAME, "display_name": kernels.NAME})
        path = self.folder / f"{uuid.uuid4().hex}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return path
