"""The footing of the browser tests: a notebook runs in JupyterLab and reaches no other machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.lab import DARK, LIGHT, KernelError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.lab import Lab
    from tests.browser.offline import OfflineBrowser
    from tests.browser.server import Server


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_notebook_runs_and_shows_what_it_prints(lab: Lab, theme: str, tmp_path: Path) -> None:
    notebook = lab.open_notebook(["rows = 12", "print(rows, 'rows repeat')"], theme=theme)
    notebook.run_all()
    assert notebook.output_text(1) == "12 rows repeat"
    assert notebook.execute("print(rows + 1)") == "13\n"
    assert notebook.console_errors == []
    notebook.set_viewport(800, 600)
    picture = tmp_path / "notebook.png"
    notebook.screenshot(picture)
    assert picture.stat().st_size > 0


def test_an_error_in_a_cell_is_not_overlooked(lab: Lab) -> None:
    notebook = lab.open_notebook(["1 / 0"])
    with pytest.raises(KernelError, match="ZeroDivisionError"):
        notebook.run_all()
    with pytest.raises(KernelError, match="NameError"):
        notebook.execute("absent")


def test_a_request_to_another_machine_is_refused_and_listed(browser: OfflineBrowser, server: Server) -> None:
    page = browser.new_page()
    page.set_content("<img src='https://example.org/pixel.png'>")
    page.wait_for_load_state("load")
    assert browser.refused == ["https://example.org/pixel.png"]
    browser.refused.clear()

    # Only what has this machine's address is on this machine.
    fetched = "address => fetch(address, { mode: 'no-cors' }).then(() => true, () => false)"
    address = f"{server.url}api"
    assert page.evaluate(fetched, address)
    assert browser.refused == []
    named = address.replace("127.0.0.1", "localhost")
    assert not page.evaluate(fetched, named)
    assert browser.refused == [named]
    browser.refused.clear()


def test_axe_finds_a_button_without_a_name(lab: Lab) -> None:
    notebook = lab.open_notebook(["from IPython.display import HTML", "HTML('<button></button>')"])
    notebook.run_all()
    violations = notebook.accessibility_violations(".jp-RenderedHTML")
    assert [violation.split(":")[0] for violation in violations] == ["button-name"]
