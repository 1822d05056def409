"""The journey through a database in JupyterLab: tables are found and chosen, one is scanned; nothing is told of the password."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT, KernelError
from tests.postgres import Postgres

SHOP = """
CREATE TABLE customers (id integer PRIMARY KEY, name text);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers, made_at timestamp, state text);
CREATE TABLE order_lines (order_id integer REFERENCES orders, line integer, amount integer, PRIMARY KEY (order_id, line));
CREATE TABLE rates_old (day date, rate double precision);
CREATE TABLE "<b>odd</b>" (id integer PRIMARY KEY);
CREATE VIEW slow AS SELECT i, pg_sleep(0.2)::text AS slept FROM generate_series(1, 1000) i;
COMMENT ON TABLE orders IS 'What was ordered; one row per order';
COMMENT ON COLUMN orders.made_at IS 'When the customer sent it, UTC';
INSERT INTO customers SELECT i, 'Customer ' || i FROM generate_series(1, 40) i;
INSERT INTO orders SELECT i, 1 + i % 40, '2024-01-01'::timestamp + i * interval '12 hours',
  CASE WHEN i % 10 = 0 THEN ' ' ELSE 'paid' END FROM generate_series(1, 300) i;
INSERT INTO order_lines SELECT i, 1, i % 5 FROM generate_series(1, 300) i;
INSERT INTO rates_old SELECT '2015-01-01'::date + i, i / 7.0 FROM generate_series(1, 100) i;
"""
FORTY = "".join(f"CREATE TABLE part_{i} (id integer PRIMARY KEY, of integer REFERENCES whole);" for i in range(40))


@pytest.fixture(scope="session")
def shop(postgres: Postgres) -> str:
    url = postgres.create("shop")
    with postgres.connect("shop") as connection:
        connection.execute(SHOP)
    return url


@pytest.fixture
def notebook(lab, shop):
    # The URL is in a file that is no part of the notebook, as it would be in the environment.
    (lab.folder / "url.txt").write_text(shop)
    opened = lab.open_notebook(
        ["import mlqa_widgets as mq", 'db = mq.database(open("url.txt").read())\ndb', "widget = db.widget()"]
    )
    opened.run_all()
    expect(rows(opened).first).to_be_visible()
    return opened


def live(notebook):
    """Return the live view in the output of the cell that shows it."""
    return notebook.output(1).locator(".mlqa").first


def rows(notebook):
    """Return the tables in the list."""
    return live(notebook).get_by_role("grid", name="Tables").locator("tbody tr")


def names(notebook):
    return rows(notebook).locator(".mq-table-name").all_inner_texts()


def choose(notebook, name):
    rows(notebook).filter(has=notebook.page.get_by_text(name, exact=True)).first.click()
    detail = live(notebook).get_by_role("region", name=f"Table {name}", exact=True)
    expect(detail).to_be_visible()
    return detail


def see(notebook, expression, value):
    """Wait until ``expression`` is ``value`` in Python."""
    known = None
    for _ in range(50):
        known = json.loads(notebook.execute(f"import json; print(json.dumps({expression}, default=str))"))
        if known == value:
            break
        notebook.page.wait_for_timeout(100)
    assert known == value


def test_a_table_is_chosen_looked_at_and_scanned(notebook):
    detail = choose(notebook, "orders")
    see(notebook, "db.selection", "orders")
    expect(detail.get_by_text("What was ordered; one row per order")).to_be_visible()
    columns = detail.get_by_role("region", name="4 columns")
    expect(columns.get_by_role("row").nth(2)).to_contain_text("customers.id")
    expect(columns.get_by_text("When the customer sent it, UTC")).to_be_visible()
    expect(detail.get_by_role("region", name="First 50 rows").get_by_role("row")).to_have_count(51)

    detail.get_by_role("button", name="Scan this table").click()
    finding = detail.get_by_role("listbox", name="Findings").get_by_role("option").first
    expect(finding).to_contain_text("state")
    see(notebook, "widget.scan.table.row_count", 300)
    see(notebook, "widget.scan.rows(0).index[:2].tolist()", [10, 20])
    detail.get_by_role("button", name="Close the scan").click()
    expect(detail.get_by_role("listbox", name="Findings")).to_have_count(0)
    see(notebook, "widget.scan", None)

    references = detail.get_by_role("region", name="References")
    references.get_by_role("button", name="Look for rows that refer to nothing").click()
    expect(references.get_by_role("list", name="Rows that refer to nothing")).to_contain_text(
        "customer_id → customers: every row meets its partner"
    )
    references.get_by_role("button", name="customers").click()
    see(notebook, "db.selection", "customers")
    there = live(notebook).get_by_role("region", name="Table customers")
    expect(there.get_by_text("Referred to by 1")).to_be_visible()
    assert notebook.console_errors == []


def test_tables_are_searched_filtered_sorted_and_reached_by_the_keyboard(notebook):
    assert names(notebook) == ["<b>odd</b>", "customers", "order_lines", "orders", "rates_old", "slow"]
    view = live(notebook)
    view.get_by_role("button", name="Rows", exact=False).click()
    assert names(notebook)[:2] == ["order_lines", "orders"]
    view.get_by_role("button", name="Look inactive").click()
    assert names(notebook) == ["rates_old", "<b>odd</b>"]
    expect(rows(notebook).nth(0)).to_contain_text("set aside")
    view.get_by_role("button", name="All").click()
    view.get_by_role("searchbox").fill("one row per")
    expect(rows(notebook)).to_have_count(1)
    view.get_by_role("searchbox").fill("nothing like it")
    view.get_by_role("button", name="Show all tables").click()
    expect(rows(notebook)).to_have_count(6)
    view.get_by_role("columnheader").first.get_by_role("button").click()

    keyboard = notebook.page.keyboard
    view.get_by_role("grid", name="Tables").focus()
    keyboard.press("End")
    see(notebook, "db.selection", "slow")
    keyboard.press("ArrowUp")
    see(notebook, "db.selection", "rates_old")
    keyboard.press("Home")
    see(notebook, "db.selection", "<b>odd</b>")
    keyboard.press("Enter")
    expect(view.get_by_role("region", name="Table <b>odd</b>")).to_be_focused()

    notebook.execute("db.selection = 'customers'")
    expect(view.get_by_role("region", name="Table customers")).to_be_visible()
    expect(rows(notebook).filter(has_text="customers").first).to_have_attribute("aria-selected", "true")


def test_a_scan_that_takes_long_is_told_and_cancelled(notebook, postgres):
    detail = choose(notebook, "slow")
    detail.get_by_role("button", name="Scan this table").click()
    running = detail.get_by_role("region", name="Running scan")
    expect(running).to_contain_text("Reading slow")
    running.get_by_role("button", name="Cancel").click()
    expect(detail.get_by_text("was cancelled").first).to_be_visible()
    copying = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY %%' AND state = 'active'"
    with postgres.connect() as connection:
        for _ in range(50):
            if connection.execute(copying).fetchone() == (0,):
                return
            notebook.page.wait_for_timeout(100)
    pytest.fail("The server went on.")


def test_a_saved_notebook_shows_the_tables_and_tells_no_password(notebook, postgres, lab):
    detail = choose(notebook, "orders")
    detail.get_by_role("button", name="Scan this table").click()
    expect(detail.get_by_role("listbox", name="Findings")).to_be_visible()
    with pytest.raises(KernelError, match=r"nothing on 127\.0\.0\.1 could not be opened") as caught:
        notebook.execute("%xmode Verbose\nmq.database(open('url.txt').read().replace('/shop', '/nothing'))")
    notebook.page.wait_for_timeout(1500)
    notebook.save()
    saved = next(lab.folder.glob("*.ipynb")).read_text()
    assert "What was ordered; one row per order" in saved
    for told in (saved, re.sub(r"\x1b\[[0-9;]*m", "", str(caught.value))):
        assert postgres.password.split("/")[1].split("@")[0] not in told
        assert re.search(r"p(:|%3A)w(/|%2F)", told) is None


def test_the_view_fits_its_page_and_breaks_no_rule(notebook):
    for theme, width in [(LIGHT, 1400), (DARK, 700)]:
        notebook.set_theme(theme)
        notebook.set_viewport(width, 900)
        detail = choose(notebook, "rates_old")
        expect(detail.get_by_role("list", name="Why it looks inactive")).to_contain_text("set aside")
        detail = choose(notebook, "orders")
        expect(detail.get_by_role("region", name="4 columns").get_by_role("table")).to_be_visible()
        expect(detail.get_by_role("region", name="First 50 rows").get_by_role("table")).to_be_visible()
        assert notebook.accessibility_violations(".mlqa") == []
        assert live(notebook).evaluate("el => el.scrollWidth <= el.clientWidth + 1")
    assert notebook.console_errors == []


def test_forty_neighbours_stay_a_list(lab, postgres):
    (lab.folder / "url.txt").write_text(postgres.create("wide"))
    with postgres.connect("wide") as connection:
        connection.execute(f"CREATE TABLE whole (id integer PRIMARY KEY); {FORTY}")
    notebook = lab.open_notebook(["import mlqa_widgets as mq", 'mq.database(open("url.txt").read())'])
    notebook.run_all()
    expect(rows(notebook)).to_have_count(41)
    graph = choose(notebook, "whole").get_by_role("region", name="References")
    expect(graph.get_by_role("button")).to_have_count(40)
    assert graph.evaluate("el => el.offsetHeight") < 300
