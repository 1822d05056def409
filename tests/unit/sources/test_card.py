"""The card of a source: what was said of it, and what each read found, kept in a small file beside the notebook."""

from __future__ import annotations

import datetime as dt
import json
import textwrap
import threading
import tomllib
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets import InputError
from mlqa_widgets.checkpoints.step import content_of
from mlqa_widgets.sources.file import SourceFile

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip())


def _air(hours: int, start: str = "2024-03-01") -> pd.DataFrame:
    at = pd.date_range(start, periods=hours, freq="h")
    return pd.DataFrame({"at": at, "no2": np.random.default_rng(0).gamma(3, 8, hours).round(1)})


# ---------------------------------------------------------------------- what was said


def test_what_was_said_is_found_again_by_the_name(tmp_path: Path) -> None:
    mq.source("air quality", owner="City", licence="CC-BY-4.0", promised="1 day", folder=tmp_path)
    card = mq.source("air quality", contact="data@city.example", folder=tmp_path)
    assert (card.owner, card.licence, card.contact) == ("City", "CC-BY-4.0", "data@city.example")
    assert card.promised == pd.Timedelta("1 day")
    assert [one.name for one in tmp_path.iterdir()] == ["air_quality.mlqa-source.toml"]


def test_an_empty_text_takes_away_what_was_said(tmp_path: Path) -> None:
    mq.source("air", owner="City", contributors=["a", "b"], folder=tmp_path)
    assert mq.source("air", contributors=[], owner="", folder=tmp_path).unknown[0] == "owner"
    assert mq.source("air", folder=tmp_path).facts.empty


def test_what_nobody_said_is_named_plainly(tmp_path: Path) -> None:
    card = mq.source("air", owner="City", folder=tmp_path)
    assert card.unknown == ["contact", "licence", "promised"]
    assert "not known: contact, licence and promised" in repr(card)
    assert not list(tmp_path.glob("*.tmp"))


@given(_TEXT, _TEXT, _TEXT)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_any_text_can_be_said(tmp_path: Path, owner: str, about: str, person: str) -> None:
    card = mq.source("any", owner=owner, about=about, contributors=[person], folder=tmp_path)
    tomllib.loads(card.file.path.read_text(encoding="utf-8"))
    assert card.facts["value"].notna().all()
    assert "<script" not in card._repr_html_()


def test_the_file_is_for_people_and_their_comments_stay(tmp_path: Path) -> None:
    card = mq.source("air", owner="City", promised="1 hour", folder=tmp_path)
    card.file.path.write_text("# asked on Monday\n" + card.file.path.read_text())
    card.read(_air(3), at="2024-03-01 02:30")
    offset = pd.Timestamp("2024-03-01 02:30").to_pydatetime().astimezone().isoformat()[19:].replace("+00:00", "Z")
    assert card.file.path.read_text() == textwrap.dedent(
        f"""\
        # asked on Monday
        [source]
        name = "air"
        owner = "City"
        promised = "1 hour"

        [records]
        clock = "at"
        oldest = 2024-03-01T00:00:00
        newest = 2024-03-01T02:00:00
        step_seconds = 3600.0
        times = 3

        [[read]]
        first = 2024-03-01T02:30:00{offset}
        last = 2024-03-01T02:30:00{offset}
        times = 1
        content = "{content_of(_air(3))}"
        rows = 3
        columns = 2
        newest = 2024-03-01T02:00:00
        of = "pandas frame"
        """
    )


def test_a_file_spoilt_by_hand_is_told_by_its_name(tmp_path: Path) -> None:
    file = SourceFile("air", tmp_path)
    file.path.write_text("[[read]]\nrows = 3\n")
    with pytest.raises(InputError, match=r"air\.mlqa-source\.toml: an entry lacks or misspells 'first'"):
        mq.source("air", folder=tmp_path)
    file.path.write_text("[source\n")
    with pytest.raises(InputError, match="is not valid TOML"):
        mq.source("air", owner="City", folder=tmp_path)


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("promised", "often", "promised: 'often' is no length of time"),
        ("promised", "0 days", "promised: '0 days' is no length of time above zero"),
        ("owner", 3, "owner: pass a text, not int"),
        ("contributors", 3, "contributors: pass names or a text, not int"),
        ("contributors", [3], "contributors: pass a text, not int"),
    ],
)
def test_what_cannot_be_said_is_refused(tmp_path: Path, argument: str, value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        mq.source("air", folder=tmp_path, **{argument: value})  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_no_secret_reaches_the_file_the_card_or_an_error(tmp_path: Path) -> None:
    secret = "s3cr3t-Zq9"  # noqa: S105 - none
    card = mq.source(
        "air",
        url=f"https://anna:{secret}@example.org/air?token={secret}",
        about=f"from postgresql://anna:{secret}@db/air",
        contact=f"https://example.org/?key={secret}",
        contributors=[f"https://{secret}@example.org"],
        folder=tmp_path,
    )
    with pytest.raises(InputError, match="is an address, and nothing is fetched") as raised:
        card.read(f"https://anna:{secret}@example.org/air.csv")
    said = card.file.path.read_text() + repr(card) + card._repr_html_() + str(raised.value) + str(card.facts)
    assert secret not in said


# ---------------------------------------------------------------------- reads


def test_a_read_notes_when_what_and_how_far(tmp_path: Path) -> None:
    card = mq.source("air", folder=tmp_path)
    read = card.read(_air(48), at="2024-03-03 06:00")
    assert (read.number, read.times, read.rows, read.columns) == (1, 1, 48, 2)
    assert read.content == content_of(_air(48))
    assert (card.newest, card.refreshed) == (pd.Timestamp("2024-03-02 23:00"), None)
    assert card.reads.loc[1, "age"] == pd.Timedelta("7 hours")
    assert repr(read) == "<Read 1 of 2024-03-03 06:00: 48 rows, 2 columns, newest record 2024-03-02 23:00>"


def test_reads_of_the_same_content_are_one(tmp_path: Path) -> None:
    card = mq.source("air", folder=tmp_path)
    card.read(_air(24), at="2024-03-02 00:30")
    again = card.read(_air(24), at="2024-03-03 00:30")
    assert (again.number, again.times) == (1, 2)
    card.read(_air(48), at="2024-03-04 00:30")
    back = card.read(_air(24), at="2024-03-05 00:30")
    assert card.reads["times"].tolist() == [2, 1, 1]
    assert card.reads["same_as"].isna().tolist() == [True, True, False]
    assert card.reads.loc[back.number, "same_as"] == 1
    assert card.refreshed == back.first


def test_content_read_another_way_is_another_read(tmp_path: Path) -> None:
    card = mq.source("air", folder=tmp_path)
    _air(24).to_parquet(tmp_path / "air.parquet")
    card.read(_air(24), at="2024-03-02")
    card.read(tmp_path / "air.parquet", at="2024-03-03")
    assert card.reads["of"].tolist() == ["pandas frame", "Parquet file"]


def test_reads_are_noted_in_order(tmp_path: Path) -> None:
    card = mq.source("air", folder=tmp_path)
    card.read(_air(24), at="2024-03-02")
    with pytest.raises(InputError, match="at: 2024-03-01 00:00 is before the last read kept, of 2024-03-02 00:00"):
        card.read(_air(48), at="2024-03-01")
    with pytest.raises(InputError, match="at: 'yesterday' is no time"):
        card.read(_air(48), at="yesterday")


def test_reads_from_several_notebooks_are_all_kept(tmp_path: Path) -> None:
    frames = [_air(24 + i) for i in range(8)]
    at = "2024-03-03"
    threads = [
        threading.Thread(target=lambda one=one: mq.source("air", folder=tmp_path).read(one, at=at)) for one in frames
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mq.source("air", folder=tmp_path).reads["rows"]) == list(range(24, 32))


def test_the_time_column_is_found_or_named(tmp_path: Path) -> None:
    frame = _air(48).assign(loaded=pd.Timestamp("2024-03-05"), day=lambda one: one["at"].dt.strftime("%d.%m.%Y"))
    found = mq.source("found", folder=tmp_path)
    found.read(frame)
    assert found.records is not None
    assert found.records.clock == "at"
    named = mq.source("named", time="day", folder=tmp_path)
    named.read(frame)
    assert named.newest == pd.Timestamp("2024-03-02")
    with pytest.raises(InputError, match="time: there is no column 'at2'"):
        mq.source("wrong", time="at2", folder=tmp_path).read(frame)


def test_a_table_without_times_or_rows_is_read_too(tmp_path: Path) -> None:
    card = mq.source("plain", folder=tmp_path)
    card.read(pd.DataFrame({"a": [1, 2]}))
    card.read(pd.DataFrame({"a": []}))
    assert card.reads["newest"].isna().all()
    assert card.newest is None
    assert "Plain" not in card._repr_html_()


def test_the_age_is_told_in_the_zone_of_the_clock(tmp_path: Path) -> None:
    frame = pd.DataFrame({"at": pd.date_range("2024-03-01", periods=24, freq="h", tz="Asia/Tokyo"), "x": range(24)})
    card = mq.source("tokyo", folder=tmp_path)
    moment = pd.Timestamp("2024-03-02 01:00", tz="Asia/Tokyo").tz_convert(dt.datetime.now().astimezone().tzinfo)
    card.read(frame, at=moment.tz_localize(None).to_pydatetime())
    assert card.reads.loc[1, "age"] == pd.Timedelta("2 hours")


def test_a_large_table_is_read_in_stretches_and_every_time_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = mq.source("whole", folder=tmp_path)
    whole.read(_air(3000), at="2024-08-01")
    monkeypatch.setattr("mlqa_widgets.sources.reads.LARGE", 1000)
    monkeypatch.setattr("mlqa_widgets.sources.card.LARGE", 1000)
    monkeypatch.setattr("mlqa_widgets.sources.reads._STRETCH", 1000)
    monkeypatch.setattr(mq.options, "row_budget", 500)
    for name, frame in (("times", _air(3000)), ("text", _air(3000).assign(at=lambda one: one["at"].astype(str)))):
        card = mq.source(name, folder=tmp_path)
        card.read(frame, at="2024-08-01")
        assert card.records == whole.records
        card.read(frame, at="2024-08-02")
        changed = frame.assign(no2=frame["no2"].where(frame.index != 2999, -1.0))
        card.read(changed, at="2024-08-03")
        assert card.reads["times"].tolist() == [2, 1]
    with pytest.raises(InputError, match="keep_data: 3,000 rows are too many to keep"):
        whole.read(_air(3000), at="2024-08-04", keep_data=True)


def test_records_of_the_future_have_no_age(tmp_path: Path) -> None:
    card = mq.source("forecast", folder=tmp_path)
    card.read(_air(240), at="2024-03-01 06:00")
    assert card.reads["age"].isna().all()


def test_a_scan_tells_the_known_defects_without_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    frame = _air(200).assign(place=["Québec"] * 100 + ["quebec"] * 3 + ["Québec"] * 97)
    scan = mq.scan(frame)
    card = mq.source("air")
    read = card.read(scan)
    assert read.content == content_of(frame)
    assert read.warnings
    assert any("spelling variants: place" in one for one in read.defects)
    assert "quebec" not in card.file.path.read_text().lower()
    assert "spelling variants: place" in card._repr_html_()


# ---------------------------------------------------------------------- rows that are kept


def test_rows_are_kept_once_per_content_and_opened_again(tmp_path: Path) -> None:
    card = mq.source("air", folder=tmp_path)
    frame = _air(24).set_index("at")
    card.read(frame, at="2024-03-02", keep_data=True)
    card.read(frame, at="2024-03-03", keep_data=True)
    pd.testing.assert_frame_equal(card.open(1), frame, check_freq=False)
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    assert len(mq.history(tmp_path / "mlqa_checkpoints")) == 0


def test_rows_that_were_not_kept_are_told(tmp_path: Path) -> None:
    card = mq.source("air", folder=tmp_path)
    card.read(_air(24))
    with pytest.raises(InputError, match="the rows of read 1 were not kept"):
        card.open(1)
    with pytest.raises(InputError, match="there is no read 2"):
        card.open(2)
    with pytest.raises(InputError, match="has not two reads whose rows were kept"):
        card.compare()


def test_a_workbook_of_mixed_cells_is_kept(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1, "x", None, 2.5] * 5, "b": range(20)}).to_excel(tmp_path / "book.xlsx", index=False)
    card = mq.source("book", folder=tmp_path)
    card.read(tmp_path / "book.xlsx", keep_data=True)
    assert card.open(1)["a"].tolist()[:2] == ["1", "x"]


def test_the_last_two_kept_reads_are_compared(tmp_path: Path) -> None:
    card = mq.source("air", folder=tmp_path)
    card.read(_air(24), at="2024-03-02", keep_data=True)
    card.read(_air(30), at="2024-03-03")
    later = _air(48)
    later.loc[3, "no2"] = 99.0
    card.read(later, at="2024-03-04", keep_data=True)
    comparison = card.compare(on="at")
    assert comparison.names == ("read 1, 2024-03-02", "read 3, 2024-03-04")
    assert (comparison.revisions.changed, comparison.revisions.grown) == (1, 24)
    assert card.compare(new=_air(50), on="at").names == ("read 3, 2024-03-04", "later read")
    assert card.compare(3, 1, on="at").names[0].startswith("read 3")


# ---------------------------------------------------------------------- what files say


def _package(folder: Path, **said: object) -> None:
    package = {
        "title": "Air quality",
        "homepage": "https://u:p@example.org/air?token=abc",
        "licenses": [{"name": "ODC-BY-1.0", "path": "https://opendatacommons.org/licenses/by/1-0/"}],
        "sources": [{"title": "City", "path": "https://city.example"}],
        "contributors": [
            {"title": "Sensor club", "role": "publisher", "email": "club@example.org"},
            {"title": "Ada", "roles": ["author", "maintainer"]},
            {"title": "Neighbours"},
        ],
        "resources": [
            {"name": "air", "path": "air.csv"},
            {"name": "noise", "path": ["noise.csv"], "licenses": [{"name": "CC0-1.0"}]},
        ],
        **said,
    }
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


def test_a_data_package_beside_the_file_fills_what_nobody_said(tmp_path: Path) -> None:
    _package(tmp_path)
    _air(24).to_csv(tmp_path / "air.csv", index=False)
    card = mq.source("air", owner="The city", folder=tmp_path)
    card.read(tmp_path / "air.csv")
    facts = card.facts.set_index("fact")
    assert facts.loc["owner"].tolist() == ["The city", "you"]
    assert facts.loc["licence"].tolist() == ["ODC-BY-1.0", "datapackage.json"]
    assert facts.loc["contact", "value"] == "club@example.org"
    assert facts.loc["url", "value"] == "https://example.org/air"
    assert facts.loc["contributors", "value"] == "Sensor club (publisher), Ada (author, maintainer), Neighbours"
    assert "(from datapackage.json)" in card._repr_html_()
    assert mq.source("air", owner="", folder=tmp_path).owner == "Sensor club"


def test_a_resource_has_the_last_word_and_others_are_not_meant(tmp_path: Path) -> None:
    _package(tmp_path)
    for name in ("noise", "other"):
        _air(24).to_csv(tmp_path / f"{name}.csv", index=False)
        mq.source(name, folder=tmp_path).read(tmp_path / f"{name}.csv")
    assert mq.source("noise", folder=tmp_path).licence == "CC0-1.0"
    assert mq.source("other", folder=tmp_path).licence == ""


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '"x"',
        '{"resources": {}, "licenses": [1, {"name": 2}], "contributors": "me", "sources": [null]}',
        "\xff",
    ],
)
def test_a_data_package_that_makes_no_sense_stops_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "datapackage.json").write_bytes(content.encode("latin-1"))
    _air(24).to_csv(tmp_path / "air.csv", index=False)
    card = mq.source("air", folder=tmp_path)
    assert card.read(tmp_path / "air.csv").rows == 24
    assert card.owner == ""


def test_workbooks_and_parquet_say_who_wrote_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in (["a", "b"], [1, 2], [3, 4]):
        book.active.append(line)
    book.properties.creator = "Ada"
    book.properties.modified = pd.Timestamp("2024-03-01 12:00").to_pydatetime()
    book.save(tmp_path / "book.xlsx")
    read = mq.source("book", folder=tmp_path).read(tmp_path / "book.xlsx")
    assert (read.facts["name"], read.facts["written by"]) == ("book.xlsx", "Ada")
    _air(24).to_parquet(tmp_path / "air.parquet")
    read = mq.source("air", folder=tmp_path).read(tmp_path / "air.parquet")
    assert "parquet" in read.facts["written by"]
    assert str(tmp_path) not in (tmp_path / "air.mlqa-source.toml").read_text()


# ---------------------------------------------------------------------- the card on screen


def test_the_card_is_safe_html_without_script_or_style_sheet(tmp_path: Path) -> None:
    card = mq.source("<b>air</b>", owner="<img src=x onerror=alert(1)>", about="a & b", folder=tmp_path)
    frame = _air(24).rename(columns={"at": "<i>at</i>"})
    card.read(frame, at="2024-03-02")
    card.read(frame.iloc[:20], at="2024-03-09")
    html = card._repr_html_()
    assert "<img" not in html
    assert "<b>air" not in html
    assert "<i>at" not in html
    assert "&lt;img src=x" in html
    for word in ("<script", "<style", "<svg", "data-", "class="):
        assert word not in html


def test_the_card_draws_when_it_was_older_than_promised(tmp_path: Path) -> None:
    card = mq.source("air", promised="1 day", folder=tmp_path)
    card.read(_air(24), at="2024-03-02 00:30")
    assert "Older than promised" not in card._repr_html_()
    card.read(_air(24), at="2024-03-05")
    html = card._repr_html_()
    assert "Older than promised" in html
    assert "90 minutes to 3 days, late" in html
