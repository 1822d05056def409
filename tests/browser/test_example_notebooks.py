"""The example notebooks run from top to bottom in JupyterLab, with no way out to the internet."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

_NOTEBOOKS = sorted((Path(__file__).parents[2] / "example_notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", _NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_its_widgets(lab, path):
    notebook = lab.open_notebook(path)
    notebook.run_all()
    widgets = notebook.page.locator(".mlqa")
    expect(widgets.last).to_be_attached()
    assert widgets.count() >= 3
    assert notebook.console_errors == []
