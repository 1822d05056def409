"""The scan's view on made-up data, in the states and widths that a notebook rarely shows."""

from __future__ import annotations

import subprocess
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import violations
from tests.browser.offline import record_errors

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.offline import OfflineBrowser

_JS = Path(__file__).parents[2] / "js"
_THEMES = Path(str(files("jupyterlab"))) / "themes" / "@jupyterlab"

_SCROLLS_SIDEWAYS = """() => [...document.querySelectorAll(
  ".mlqa, .mq-summary, .mq-side, .mq-filters, .mq-list, .mq-detail, .mq-column-scroll")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => element.className)"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the page, once for each theme of JupyterLab and once for a host with none."""
    built = tmp_path_factory.mktemp("scan-view")
    bundle = ["npx", "esbuild", "tests/scan/page.ts", "src/scan/scan.css", f"--outdir={built}", "--entry-names=[name]"]
    options = ["--bundle", "--format=esm", "--define:define.amd=false", "--log-level=error"]
    subprocess.run([*bundle, *options], cwd=_JS, check=True)
    module = (built / "page.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    for theme in ("light", "dark", "dark-high-contrast", "none"):
        style = _THEMES / f"theme-{theme}-extension" / "index.css"
        light = "" if theme == "none" else f'data-jp-theme-light="{str(theme == "light").lower()}"'
        (built / f"{theme}.html").write_text(
            f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Scan</title>
<style>{style.read_text(encoding="utf-8") if style.is_file() else ""}</style>
<style>{(built / "scan.css").read_text(encoding="utf-8")}</style>
<body {light} style="margin:8px;background:var(--jp-layout-color0, Canvas)"><main id="mlqa"></main>
<script type="module">{module}</script>""",
            encoding="utf-8",
        )
    return built


@pytest.fixture
def page(browser: OfflineBrowser) -> Page:
    return browser.new_page()


def _open(page: Page, folder: Path, query: str = "", theme: str = "light", width: int = 1200) -> Page:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{(folder / theme).as_uri()}.html?{query}")
    page.locator(".mlqa").wait_for()
    return page


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1200), ("dark", 480), ("dark-high-contrast", 800), ("none", 480)]
)
@pytest.mark.parametrize(
    "query",
    [
        "finding=0",
        "finding=8",
        "finding=28",
        "state=columns",
        "state=empty",
        "state=running",
        "state=error",
        "delay=9000",
    ],
)
def test_every_state_is_accessible_and_fits(page: Page, folder: Path, query: str, theme: str, width: int) -> None:
    _open(page, folder, query, theme, width)
    assert violations(page, ".mlqa") == []
    assert page.evaluate(_SCROLLS_SIDEWAYS) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_opens_on_a_click_is_accessible(page: Page, folder: Path, theme: str) -> None:
    _open(page, folder, theme=theme)
    page.get_by_role("button", name="DD.MM.YY").first.click()
    page.get_by_role("checkbox").nth(1).click()
    page.get_by_role("button", name="warnings, 15").click()
    page.get_by_role("button", name="Not a problem here").click()
    page.get_by_role("button", name="Dismiss", exact=True).click()
    expect(page.get_by_text("Say why")).to_be_visible()
    page.get_by_role("button", name="CSV").click()
    assert violations(page, ".mlqa") == []


def test_a_click_on_a_chart_narrows_the_rows_and_a_second_one_widens_them(page: Page, folder: Path) -> None:
    _open(page, folder, "finding=3")
    errors = record_errors(page)
    bar = page.locator(".mq-chart path[aria-label^='temperature_c: 15']")
    bar.click()
    expect(page.get_by_text("narrowed to “15 to 19”")).to_be_visible()
    expect(page.get_by_role("combobox", name="Rows of a part")).to_have_value("5")
    bar.click()
    expect(page.get_by_text("narrowed to")).to_have_count(0)
    page.get_by_role("combobox", name="Rows of a part").select_option("5")
    expect(bar).to_have_attribute("opacity", "1")
    expect(page.locator(".mq-chart path[aria-label^='temperature_c: 19']")).not_to_have_attribute("opacity", "1")
    assert errors == []


def test_the_view_keeps_its_height_while_answers_come(page: Page, folder: Path) -> None:
    _open(page, folder, "delay=300")
    before = page.locator(".mlqa").bounding_box()
    expect(page.get_by_role("grid").get_by_text("2021-11-03").first).to_be_visible()
    assert page.locator(".mlqa").bounding_box() == before


def test_rows_in_the_middle_of_many_are_reached_by_the_scrollbar(page: Page, folder: Path) -> None:
    _open(page, folder)
    page.locator(".mq-rows").evaluate("rows => { rows.scrollTop = 3000 * 26; }")
    expect(page.get_by_role("rowheader", name="6007", exact=True)).to_be_visible()
    assert page.get_by_role("grid").get_by_role("row").count() < 40


@pytest.mark.parametrize("width", [480, 1200])
def test_columns_in_the_middle_of_thousands_are_reached_by_the_scrollbar(page: Page, folder: Path, width: int) -> None:
    _open(page, folder, "state=many", width=width)
    scroller = page.locator(".mq-column-scroll")
    rows = scroller.locator("tbody > tr")
    height = rows.first.evaluate("row => row.offsetHeight")
    scroller.evaluate(f"element => {{ element.scrollTop = 2500 * {height}; }}")
    expect(rows.filter(has_text="c2500").first).to_be_in_viewport()
    scroller.evaluate("element => { element.scrollTop = element.scrollHeight; }")
    expect(rows.filter(has_text="c4999")).to_be_in_viewport()
    assert rows.count() < 60
