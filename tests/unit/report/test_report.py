"""A report for the owner: plain words, first rows, nothing that should not be in it, and values that stay values."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import mistune
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets import InputError
from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.compare.difference import CHECKS
from mlqa_widgets.report.content import report_of_scan
from mlqa_widgets.report.words import WORDS
from mlqa_widgets.report.write import plain, rendered

_MARKDOWN = mistune.create_markdown(plugins=["table", "strikethrough", "url", "footnotes", "task_lists", "math"])


class _Page(HTMLParser):
    """The elements, the attributes and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Two hundred people with a few defects; decisions are kept in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    city = np.array(["Montréal"] * 120 + ["Québec"] * 80, dtype=object)
    city[[3, 77]] = "montreal"
    weight = rng.normal(75, 9, 200).round(1)
    weight[[5, 9]] = -999
    return pd.DataFrame(
        {"id": np.arange(200) + 1000, "city": city, "weight": weight}, index=[f"P{i}" for i in range(200)]
    )


def _texts(scan: mq.Scan, folder: Path, **options: Any) -> tuple[str, str]:
    page, markdown = (scan.report(folder / f"report{end}", **options) for end in (".html", ".md"))
    return page.read_text(encoding="utf-8"), markdown.read_text(encoding="utf-8")


def test_every_check_has_plain_words() -> None:
    assert set(all_checks()) | set(CHECKS) == set(WORDS)
    for words in WORDS.values():
        assert not re.search(r"_|null|NaN|schema|outlier|feature|predicate", words.title + words.ask)


def test_a_defect_is_told_with_figures_reason_request_and_first_rows(people: pd.DataFrame, tmp_path: Path) -> None:
    scan = mq.scan(people)
    for text in _texts(scan, tmp_path):
        said = html.unescape(re.sub(r"<[^>]+>|\\(?=\W)", "", text))
        assert "One thing is written in several ways" in said
        assert "2 rows, 1 %" in said
        assert "Why it matters." in said
        assert "Please agree on one way of writing each" in said
        for value in ("P3", "P77", "montreal", "-999"):
            assert value in said
        assert "scan" not in said.lower()


def test_the_page_needs_nothing_and_prints_on_a4(people: pd.DataFrame, tmp_path: Path) -> None:
    page = mq.scan(people).report(tmp_path / "report.html").read_text(encoding="utf-8")
    found = _Page(page)
    assert not found.tags & {"script", "img", "iframe", "object", "link", "svg", "form"}
    assert all(
        value is not None and value.startswith("#") for name, value in found.attributes if name in ("href", "src")
    )
    assert not any(name.startswith("on") for name, _ in found.attributes)
    assert "http" not in page.replace("http-equiv", "")
    assert "size: A4" in page
    assert "default-src 'none'" in page


def test_dismissed_findings_are_left_out_and_that_is_said(people: pd.DataFrame, tmp_path: Path) -> None:
    scan = mq.scan(people)
    i = scan.findings.index[scan.findings["check"] == "placeholders"][0]
    scan.dismiss(int(i), "agreed with the owner")
    for text in _texts(scan, tmp_path):
        assert "1 finding that we looked at and judged to be no problem." in text
        assert "999" not in text
        assert "agreed with the owner" not in text


def test_what_concerns_only_our_use_is_left_out(people: pd.DataFrame, tmp_path: Path) -> None:
    scan = mq.scan(people.assign(label=["a"] * 198 + ["b"] * 2), target="label")
    assert "class_imbalance" in scan.findings["check"].tolist()
    for text in _texts(scan, tmp_path):
        assert "much more frequent" not in text
        assert "on how we use the data." in text


def test_without_examples_no_value_is_in_it(people: pd.DataFrame, tmp_path: Path) -> None:
    for text in _texts(mq.scan(people), tmp_path, examples=False):
        for value in ("ontr", "999", "P3", "P77"):
            assert value not in text
        assert "One thing is written in several ways in city: 2 rows (1 %)." in text
        assert "names columns and counts only" in text


def test_columns_can_be_left_out(people: pd.DataFrame, tmp_path: Path) -> None:
    for text in _texts(mq.scan(people), tmp_path, without=["city"]):
        assert "ontr" not in text
        assert "Québec" not in text
        assert "999" in text
        assert "All values of city" in text
    with pytest.raises(InputError, match="without: there is no column 'town'"):
        mq.scan(people).report(tmp_path / "report.md", without=["town"])


def test_names_in_the_index_can_be_left_out(people: pd.DataFrame, tmp_path: Path) -> None:
    for text in _texts(mq.scan(people.rename_axis("patient")), tmp_path, without="patient"):
        assert "P77" not in text
        assert "ontr" in text


def test_copies_of_rows_tell_no_value_of_a_column_left_out(people: pd.DataFrame, tmp_path: Path) -> None:
    frame = pd.concat([people, people.iloc[:4]]).assign(diagnosis="rare disease")
    for text in _texts(mq.scan(frame), tmp_path, without=["diagnosis"]):
        assert "rare disease" not in text


def test_the_card_stands_in_the_report(people: pd.DataFrame, tmp_path: Path) -> None:
    card = mq.source("census", owner="City <b>", promised="1 year", url="https://u:secret@example.org", folder=tmp_path)
    read = card.read(people)
    page, markdown = _texts(mq.scan(people), tmp_path, source=card)
    assert "City &lt;b&gt;" in page
    assert "City \\<b\\>" in markdown
    for text in (page, markdown):
        assert "Data quality report: census" in text
        assert read.content in text
        assert "not known: contact and licence" in text.replace("</td><td>", ": ")
        assert "secret" not in text


def test_nothing_found_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for text in _texts(mq.scan(pd.DataFrame({"a": np.random.default_rng(0).normal(size=200).round(3)})), tmp_path):
        assert "nothing is wrong that we could find" in text


def test_the_ending_decides(people: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"path: a report is written as \.html or \.md, not '\.docx'"):
        mq.scan(people).report(tmp_path / "report.docx")


def test_two_sources_are_reported_side_by_side(people: pd.DataFrame, tmp_path: Path) -> None:
    other = people.assign(weight=people["weight"] + np.where(np.arange(200) < 30, 3.5, 0))
    comparison = mq.compare(people, other.iloc[:190], "id", names=("ours", "<i>theirs</i>"))
    page = comparison.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "The same record, different values" in page
    assert "The first rows, side by side" in page
    assert "Records have no counterpart" in page
    assert "<i>" not in page
    hidden = comparison.report(tmp_path / "report.md", without=["weight"]).read_text(encoding="utf-8")
    assert str(people["weight"].iloc[0]) not in hidden


def test_what_was_changed_in_the_past_is_reported(tmp_path: Path) -> None:
    air = pd.DataFrame({"at": pd.date_range("2024-03-01", periods=200, freq="h"), "no2": np.arange(200) / 7})
    later = air.assign(no2=air["no2"].where(air.index != 50, 9999.5)).drop(index=7)
    card = mq.source("air", owner="City", folder=tmp_path)
    card.read(air, at="2024-03-10", keep_data=True)
    card.read(later, at="2024-03-12", keep_data=True)
    for end in (".html", ".md"):
        text = card.compare().report(tmp_path / f"past{end}", source=card).read_text(encoding="utf-8")
        assert "What was changed in the past: air" in text
        assert "Of 200 rows up to 2024-03-09 07:00, 1 changed and 1 removed." in text
        assert "Records are no longer there" in text
        assert "9999.5" in text


# ---------------------------------------------------------------------- values stay values


_HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "https://evil.example",
    "www.evil.example",
    "a@evil.example",
    "**bold** _it_ ~~gone~~ `code`",
    "a | b | c",
    "line\nbreak\r\n\n# heading\n- item",
    "&lt;b&gt; &#60;i&#62;",
    "{{ 7 * 7 }} {% raw %}",
    "$x^2$ \\(y\\)",
    "[^1] [x]: https://evil.example",
    "\\",
    "</td></tr></table><h1>x",
    "- [ ] task",
    "1. one",
    "\u202etxt\u2066 \x00\x07",
]


@pytest.mark.parametrize("value", _HOSTILE)
def test_hostile_values_and_names_stay_text(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({value: [value] * 3 + ["plain", "Plain "] * 40, "n": [-999.0, *range(82)]}, index=[value] * 83)
    card = mq.source("x", owner=value, about=value, folder=tmp_path)
    scan = mq.scan(frame, name=value)
    clean = mq.scan(frame.set_axis(["name", "n"], axis=1).replace(value, "Plain"), name="clean")
    page, markdown = _texts(scan, tmp_path, source=card)
    assert _Page(page).tags <= _Page(_texts(clean, tmp_path, source=card)[0]).tags | {
        "article",
        "a",
        "span",
        "strong",
        "div",
        "caption",
        "ul",
        "li",
    }
    found = _Page(str(_MARKDOWN(markdown)))
    assert found.tags <= set("h1 h2 h3 p strong em table thead tbody tr th td ul li".split())
    assert not [one for one in found.attributes if one[0] != "style"]
    assert found.text.count("What was looked at") == 1


@given(
    st.text(
        st.sampled_from('*_`[]()<>&|~$@#+-=.)!\\":/ 019ab')
        | st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
        min_size=1,
    )
)
@example("0 #")
@example("123. one")
@settings(max_examples=300)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    wanted = " ".join(text.split())
    for before, after in (("", ""), ("- x: ", ""), ("### 1. ", ""), ("**", " y**"), ("| a |\n| --- |\n| ", " |")):
        page = _Page(str(_MARKDOWN(before + plain(text) + after)))
        assert page.tags <= set("h3 p strong table thead tbody tr th td ul li".split()), (before, page.tags)
        assert wanted in " ".join(page.text.split())
    assert not _Page(str(_MARKDOWN(plain(text)))).tags - {"p"}


def test_templates_escape_by_default(people: pd.DataFrame) -> None:
    report = report_of_scan(mq.scan(people, name="<x>&*y*"), None, examples=True, without=())
    assert "&lt;x&gt;&amp;*y*" in rendered(report, "report.html")
    assert "\\<x\\>\\&\\*y\\*" in rendered(report, "report.md")
