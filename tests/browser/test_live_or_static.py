"""The JupyterLab extension shows a live view where there is a model, and no error where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.lab import Lab, Notebook

_DISPLAY = """
import anywidget
from IPython.display import publish_display_data

class Widget(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.innerHTML = '<p>the live view</p>'; } }"

data, metadata = Widget()._repr_mimebundle_()
publish_display_data({"text/html": "<p>the static view</p>"})
publish_display_data(data | {"application/vnd.mlqa.widget+json": {}, "text/plain": ""}, metadata)
"""

_EMPTY_OUTPUTS = [
    nbformat.v4.new_output("display_data", {"text/html": "<p>the static view</p>"}),
    nbformat.v4.new_output(
        "display_data",
        {
            "application/vnd.jupyter.widget-view+json": {
                "model_id": "0123456789abcdef0123456789abcdef",
                "version_major": 2,
                "version_minor": 1,
            },
            "application/vnd.mlqa.widget+json": {},
            "text/plain": "",
        },
    ),
]


def _saved_notebook() -> dict[str, Any]:
    cell = nbformat.v4.new_code_cell("mq.scan(table)", outputs=_EMPTY_OUTPUTS, execution_count=1)
    return dict(nbformat.v4.new_notebook(cells=[cell]))


def _expect_only_the_static_view(notebook: Notebook) -> None:
    output = notebook.output(0)
    expect(output.get_by_text("the static view")).to_be_visible()
    # The stock renderer needs a moment to find out that it has no model.
    notebook.page.wait_for_timeout(2000)
    assert notebook.output_text(0) == "the static view"


@pytest.mark.parametrize("trusted", [True, False])
def test_a_notebook_reopened_without_its_kernel_shows_the_static_view_and_no_error(lab: Lab, trusted: bool) -> None:
    _expect_only_the_static_view(lab.open_notebook(_saved_notebook(), trusted=trusted))


def test_the_live_view_is_shown_while_its_kernel_lives_and_the_static_one_remains(lab: Lab) -> None:
    notebook = lab.open_notebook([_DISPLAY])
    notebook.run_all()
    live = notebook.output(0).get_by_text("the live view")
    expect(live).to_be_visible()
    notebook.save()
    notebook.reload()
    expect(live).to_be_visible()

    lab.server.stop_kernels()
    _expect_only_the_static_view(lab.open_notebook(notebook.path))
