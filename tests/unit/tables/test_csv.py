"""Delimited text: encoding, delimiter and header are found and stated, and nothing is lost without a word."""

from __future__ import annotations

import bz2
import csv
import gc
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.csv import from_csv
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import Doubt, Predicate, Table

Reading = Callable[..., Table]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Write text or bytes to a file and read it."""

    def read(content: str | bytes, name: str = "data.csv") -> Table:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path)

    return read


def cells(table: Table) -> list[list[Any]]:
    frame = table.frame()
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.to_numpy(dtype=object).tolist()]


def labels(table: Table) -> list[Any]:
    return [column.label for column in table.columns]


def doubts(table: Table) -> dict[str, Doubt]:
    return {doubt.problem: doubt for doubt in table.source.doubts}


def rows_of(table: Table, problem: str) -> list[int]:
    rows = doubts(table)[problem].rows
    assert rows is not None
    return table.positions(rows).tolist()


# ---------------------------------------------------------------------- what is found and stated


@pytest.mark.parametrize(
    ("delimiter", "word"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar"), ("~", "tilde")]
)
def test_the_delimiter_is_found(reading: Reading, delimiter: str, word: str) -> None:
    table = reading("\n".join(delimiter.join(line) for line in ["abc", "123", "456"]))
    assert table.source.facts["delimiter"] == word
    assert labels(table) == ["a", "b", "c"]
    assert cells(table) == [["1", "2", "3"], ["4", "5", "6"]]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a;b\n" + "1,5;2,25\n" * 20, "semicolon"),
        ("name;price\n" + "".join(f"item {i};{i},99\n" for i in range(20)), "semicolon"),
        ("id\ttext\n" + "".join(f"{i}\tHello, world; this is {i}\n" for i in range(20)), "tab"),
        ("id;tags\n" + "".join(f"{i};red,green,blue\n" for i in range(20)), "semicolon"),
        ("id,text\n" + "".join(f'{i},"Dear sir; this is {i}\nand on, ok"\n' for i in range(20)), "comma"),
        ("when,n\n" + "".join(f"10:{i}:30,{i}\n" for i in range(10, 30)), "comma"),
        ("name\nJohn Smith\nAda Byron\nGrace Hopper\n", "none"),
        ("mail\n" + "".join(f"a{i}@b.org\n" for i in range(9)), "none"),
        ("id;pair\n" + "".join(f"{i};(45.{i}, -73.{i})\n" for i in range(20)), "semicolon"),
        ("a;b;c", "semicolon"),
        ("sep=|\na|b;c\n1|2;3\n", "bar"),
        ("a;b;c;\n" + "1;;3\n" * 9 + "1;;3;\n", "semicolon"),
    ],
)
def test_the_delimiter_is_told_from_other_marks_in_the_cells(reading: Reading, text: str, word: str) -> None:
    assert reading(text).source.facts["delimiter"] == word


TOWNS = "id;ville;prix\n1;Montréal;3\n2;Trois-Rivières;4\n3;Saint-Jérôme;5\n4;Québec;7\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TOWNS.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TOWNS.encode(), "utf-8-sig"),
        (TOWNS.encode("utf-16"), "utf-16"),
        (TOWNS.encode("utf-16-le"), "utf-16-le"),
        (TOWNS.encode("utf-16-be"), "utf-16-be"),
        (TOWNS.encode("utf-32"), "utf-32"),
        (TOWNS.encode("cp1252"), "cp1252"),
        (TOWNS.encode("latin-1"), "cp1252"),
    ],
)
@pytest.mark.parametrize(
    ("name", "pack"), [("data.csv", bytes), ("data.csv.gz", gzip.compress), ("data.csv.bz2", bz2.compress)]
)
def test_the_encoding_is_found_packed_or_not(
    reading: Reading, raw: bytes, encoding: str, name: str, pack: Callable[[bytes], bytes]
) -> None:
    table = reading(pack(raw), name)
    assert table.source.facts["encoding"] == encoding
    assert table.take(table.positions(Predicate("c0 = '3'")))["ville"].tolist() == ["Saint-Jérôme"]
    assert table.source.doubts == ()


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", ["5 €", "œuvre", "naïve", "forêt", "Noël", "où", "français"]),
        ("cp1252", ["Straße", "Größe", "Köln", "Übung", "für"]),
        ("cp1250", ["Łódź", "Kraków", "Gdańsk", "Poznań", "Świętokrzyska"]),
        ("cp1251", ["Москва", "улица", "Новосибирск", "Екатеринбург"]),
        ("koi8-r", ["Москва", "улица", "Новосибирск", "Екатеринбург"]),
        ("cp1253", ["Αθήνα", "Θεσσαλονίκη", "Πάτρα", "Ηράκλειο"]),
        ("cp1254", ["İstanbul", "Şişli", "Çankaya", "Eskişehir", "Muğla"]),
        ("cp932", ["東京", "大阪府", "北海道", "カタカナ", "ひらがな"]),
        ("gb18030", ["北京", "上海市", "广州", "中华人民共和国"]),
        ("big5", ["臺北", "高雄市", "臺中", "新竹縣"]),
        ("cp949", ["서울", "부산광역시", "대한민국", "제주도"]),
        ("mac-roman", ["Côte", "données", "Événement", "forêt", "Noël", "élève"]),
    ],
)
def test_text_of_older_encodings_is_read_as_it_was_written(reading: Reading, encoding: str, words: list[str]) -> None:
    lines = [f"{i};{words[i // 7 % len(words)] if i % 7 == 0 else 'north'};{i / 4}" for i in range(200)]
    table = reading(("id;place;n\n" + "\n".join(lines) + "\n").encode(encoding))
    assert cells(table) == [line.split(";") for line in lines]


def test_a_sample_of_the_words_is_enough(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlqa_widgets.tables.encodings._WORD_BYTES", 100)
    content = "".join(f"{i};Łódź{i};Gdańsk\n" for i in range(1_000))
    assert reading(content.encode("cp1250")).source.facts["encoding"] == "cp1250"


@pytest.mark.parametrize(
    ("text", "header", "names"),
    [
        ("a,b\n1,2\n3,4\n", "line 1", ["a", "b"]),
        ("1,2.5,x\n3,4.5,y\n5,6.5,x\n", "none", ["column 1", "column 2", "column 3"]),
        ("Ann,2020-01-01\nBob,2020-01-02\nCid,2020-01-02\n", "none", ["column 1", "column 2"]),
        ("M,yes\nF,no\nM,no\nF,yes\n", "none", ["column 1", "column 2"]),
        ("1,2,3\n", "none", ["column 1", "column 2", "column 3"]),
        ("a,b,c\n", "line 1", ["a", "b", "c"]),
        ("country,1990,1991\nFR,1.5,2.5\nCA,3.5,4.5\n", "line 1", ["country", "1990", "1991"]),
        (",0,1,2\n0,1.5,2.5,3.5\n1,1.5,2.5,4\n", "line 1", ["column 1", "0", "1", "2"]),
        ('"a","b"\n"r1",5,x\n"r2",6,y\n"r3",7,z\n', "line 1", ["column 1", "a", "b"]),
        ("a,b,c\n1,2,3,\n4,5,6,\n7,8,9,\n", "line 1", ["a", "b", "c", "column 4"]),
        ("a,a,,b\n1,2,3,4\n5,6,7,8\n", "line 1", ["a", "a", "column 3", "b"]),
        ('"a\nb",c\n1,2\n', "line 1", ["a\nb", "c"]),
        ("\n\na,b\n1,2\n3,4\n", "line 3", ["a", "b"]),
        ("Sales of 2020\nSource: x, y\n\na,b,c\n1,2,3\n4,5,6\n7,8,9\n7,8,9\n", "line 4", ["a", "b", "c"]),
    ],
)
def test_the_header_is_found_below_titles_or_said_to_be_none(
    reading: Reading, text: str, header: str, names: list[str]
) -> None:
    table = reading(text)
    assert labels(table) == names
    assert table.source.facts["header"] == header
    assert ("no header" in doubts(table)) == (header == "none")


def test_lines_above_the_table_are_counted(reading: Reading) -> None:
    table = reading("Sales\n\na,b,c\n1,2,3\n4,5,6\n")
    assert table.source.facts["lines above the table"] == "2"
    assert cells(table) == [["1", "2", "3"], ["4", "5", "6"]]


def test_equal_names_are_told_apart_for_reading(reading: Reading) -> None:
    assert [column.name for column in reading("a,a,a\n1,2,3\n").columns] == ["a", "a (2)", "a (3)"]


def test_the_table_says_what_it_is(reading: Reading) -> None:
    table = reading("a\tb\n1\t2\n", "odd 'name\".tsv")
    assert (table.name, table.source.kind) == ("odd 'name\"", "TSV file")
    assert Path(str(table.source.path)).name == "odd 'name\".tsv"
    assert all(column.untyped and column.storage == "text" for column in table.columns)


# ---------------------------------------------------------------------- cells as they stand


def test_every_cell_is_text_as_it_stands_and_empty_ones_are_missing(reading: Reading) -> None:
    text = 'id,code,note,date\n1,00123," a b ",31/12/2020\n2,1e5,"","NA"\n3,,"say ""no"", then",null\n'
    assert cells(reading(text)) == [
        ["1", "00123", " a b ", "31/12/2020"],
        ["2", "1e5", None, "NA"],
        ["3", None, 'say "no", then', "null"],
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(reading: Reading, end: str) -> None:
    assert cells(reading(end.join(["a,b", "1,2", "3,4", ""]))) == [["1", "2"], ["3", "4"]]


def test_line_ends_may_differ(reading: Reading) -> None:
    assert cells(reading("a,b\r\n1,2\n3,4\r5,6")) == [["1", "2"], ["3", "4"], ["5", "6"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\n1,"x\ny"\n2,"p\r\n\r\nq"\n', [["1", "x\ny"], ["2", "p\r\n\r\nq"]]),
        ("a,b\n1,x\x00y\n2,z\n", [["1", "x\x00y"], ["2", "z"]]),
        ('a,b\n1,5" nail\n2,x"y\n', [["1", '5" nail'], ["2", 'x"y']]),
        ('a,b\n1, "x"\n2, "z"\n3, p\n', [["1", "x"], ["2", "z"], ["3", "p"]]),
        ('a,b\n1,"[""x"", ""y""]"\n2, p\n', [["1", '["x", "y"]'], ["2", " p"]]),
        ('a,b\n1, "x, y"\n2, z\n3, "p, q"\n', [["1", "x, y"], ["2", "z"], ["3", "p, q"]]),
        (
            'a,b\n1,"say \\"x, y\\" now"\n2,"z"\n3,"\\"p, q\\""\n',
            [["1", 'say "x, y" now'], ["2", "z"], ["3", '"p, q"']],
        ),
        ("a,b\n1,'x, y'\n2,'z, w'\n3,'p, q'\n", [["1", "x, y"], ["2", "z, w"], ["3", "p, q"]]),
        ("a,b\n1,2\n\n  \n3,4\n\n", [["1", "2"], ["3", "4"]]),
        ("a,b\n1,2\n,\n3,4\n", [["1", "2"], [None, None], ["3", "4"]]),
        ("a\nx\n\ny\n\n\n", [["x"], [None], ["y"]]),
        ("a\u2028b,c\n1\u20282,3\x0b\n4,5\x1c\n", [["1\u20282", "3\x0b"], ["4", "5\x1c"]]),
        ('=cmd(),<script>\n1,@x\n2,"\';--"\n', [["1", "@x"], ["2", "';--"]]),
    ],
)
def test_odd_cells_are_kept(reading: Reading, text: str, expected: list[list[Any]]) -> None:
    table = reading(text)
    assert cells(table) == expected
    assert table.source.doubts == ()


def test_a_megabyte_in_a_cell_stays_whole(reading: Reading) -> None:
    long = "a, b\n" * 200_000
    table = reading(f'id,text\n1,"{long}"\n2,short\n')
    assert cells(table) == [["1", long], ["2", "short"]]


def test_five_thousand_columns(reading: Reading) -> None:
    lines = [[f"n{i}" for i in range(5_000)], [str(i) for i in range(5_000)], ["x"] * 5_000]
    table = reading("\n".join(map(",".join, lines)))
    assert len(table.columns) == 5_000
    assert table.positions(Predicate("c4999 = ?", ("4999",))).tolist() == [0]


TEXT = st.text(st.characters(codec="utf-8"), max_size=6)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(TEXT, TEXT.map(lambda text: text + '"'), st.integers()), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    quote_all=st.booleans(),
)
def test_what_the_csv_module_writes_is_read_back(
    rows: list[tuple[str, str, int]], delimiter: str, end: str, quote_all: bool, tmp_path_factory: Any
) -> None:
    path = tmp_path_factory.mktemp("csv") / "data.csv"
    # With "\n" alone for the line's end, the module leaves "\r" unquoted.
    quoting: Any = csv.QUOTE_ALL if quote_all or end == "\n" else csv.QUOTE_MINIMAL
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"sep={delimiter}{end}")
        csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(
            [("first", "second", "third"), *rows]
        )
    table = from_csv(path, "data")
    assert labels(table) == ["first", "second", "third"]
    assert cells(table) == [[first or None, second, str(third)] for first, second, third in rows]
    assert table.source.doubts == ()


# ---------------------------------------------------------------------- lines that do not fit


def test_a_line_with_too_many_cells_is_left_out_and_told(reading: Reading) -> None:
    table = reading("a,b,c\n1,2,3\n4,5,6,7\n8,9,10\n11,12,13,14,15\n16,17,18\n")
    assert cells(table) == [["1", "2", "3"], ["8", "9", "10"], ["16", "17", "18"]]
    doubt = doubts(table)["too many cells"]
    assert (doubt.total, doubt.places, doubt.rows) == (2, (("line 3", "4,5,6,7"), ("line 5", "11,12,13,14,15")), None)
    assert table.source.facts["lines left out"] == "2 (line 3, 5)"


def test_surplus_cells_that_are_empty_cost_nothing(reading: Reading) -> None:
    table = reading("a,b,c\n1,2,3\n4,5,6,,\n7,8,9\n")
    assert cells(table)[1] == ["4", "5", "6"]
    assert table.source.doubts == ()


def test_a_line_with_too_few_cells_becomes_a_row_and_is_told(reading: Reading) -> None:
    table = reading('a,b,c\n1,2,3\n4,"x\ny",6\n7,8\n9,10,11\nTotal: 3\n')
    assert cells(table)[2] == ["7", "8", None]
    assert cells(table)[4] == ["Total: 3", None, None]
    assert doubts(table)["too few cells"].places == (("line 5", "7,8"), ("line 7", "Total: 3"))
    assert rows_of(table, "too few cells") == [2, 4]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ('1,"x,3', ["1", '"x', "3"]),
        ('1,"x"y,3', ["1", '"x"y', "3"]),
        ('"1,2,3', ['"1', "2", "3"]),
        ('1,"x" ,3', ["1", '"x" ', "3"]),
    ],
)
def test_a_stray_quote_costs_no_line_but_its_own(reading: Reading, line: str, row: list[str]) -> None:
    table = reading(f'a,b,c\n{line}\n4,"5, 5",6\n7,8,"9"\n')
    assert cells(table) == [row, ["4", "5, 5", "6"], ["7", "8", "9"]]
    assert doubts(table)["stray quote"].places == (("line 2", line),)
    assert rows_of(table, "stray quote") == [0]


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest(reading: Reading) -> None:
    lines = [f"{i},{i + 1},{i + 2}" for i in range(5_000)]
    lines[10] = '10,"11,12'
    table = reading("\n".join(["a,b,c", *lines]))
    assert table.row_count == 5_000
    assert rows_of(table, "stray quote") == [10]


def test_bytes_of_another_encoding_are_kept_and_told(reading: Reading) -> None:
    table = reading("id,ville\n1,Montréal\n2,Trois-Rivières\n3,Côte\n".encode() + b"4,caf\xe9\n5,\xe9t\xe9\n6,ok\n")
    assert table.source.facts["encoding"] == "utf-8"
    assert cells(table)[3:5] == [["4", "café"], ["5", "été"]]
    assert doubts(table)["undecodable bytes"].places == (("line 5", "4,café"), ("line 6", "5,été"))
    assert rows_of(table, "undecodable bytes") == [3, 4]


def test_only_the_first_places_are_kept_but_all_are_counted(reading: Reading) -> None:
    lines = [f"{i},{i}" + ",x" * (i % 2) + "y" * (i % 2 * 2_000) for i in range(1_000)]
    doubt = doubts(reading("\n".join(["a,b", *lines])))["too many cells"]
    assert (doubt.total, len(doubt.places)) == (500, 100)
    assert all(len(text) < 600 for _, text in doubt.places)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.text(st.sampled_from('ab1",;\r\n \0é'), max_size=8), max_size=12))
def test_whatever_stands_in_the_file_is_a_row_or_told(lines: list[str], tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("csv") / "data.csv"
    path.write_bytes("\n".join(["sep=,", "name,number,note", "x,1,y", *lines]).encode())
    table = from_csv(path, "data")
    left_out = sum(doubt.total for doubt in table.source.doubts if doubt.rows is None)
    told = "".join(text for doubt in table.source.doubts if doubt.rows is None for _, text in doubt.places)
    kept = "".join(cell for row in cells(table) for cell in row if cell)
    for letter in "ab1é":
        assert (kept + told).count(letter) >= "".join(lines).count(letter)
    assert table.row_count + left_out >= 1


# ---------------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize("content", [b"", b"\n\n", b" \r\n", b"\xef\xbb\xbf", b"sep=;\n"])
def test_a_file_with_nothing_in_it_is_refused(reading: Reading, content: bytes) -> None:
    with pytest.raises(InputError, match=r"data: 'data.csv' is empty"):
        reading(content)


def test_a_broken_archive_is_refused(reading: Reading) -> None:
    with pytest.raises(InputError, match=r"data: 'data.csv.gz' could not be read: .*"):
        reading(b"no archive", "data.csv.gz")


@pytest.mark.parametrize("last", ["", "9\n"])
def test_a_row_too_large_to_be_read_is_refused(reading: Reading, monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    monkeypatch.setattr("mlqa_widgets.tables.csv._LARGEST_ROW", 1_000)
    with pytest.raises(InputError, match=r"data: 'data.csv' has a row of more than 1,000 bytes"):
        reading(f"a,b\n1,2\n3,{'x' * 5_000}\n4,5\n{last}")


def test_nothing_is_left_on_disk(temporary: Path, tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress("a,é\n1,2\n3\n".encode("cp1252")))
    table = read_table(path)
    assert [folder.name.startswith("mlqa-staged-") for folder in temporary.iterdir()] == [True]
    assert table.row_count == 2
    del table
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_nothing_is_left_on_disk_when_reading_fails(temporary: Path, tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 100_000)[:-20])
    with pytest.raises(InputError):
        read_table(path)
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_regular_and_mended_text_are_read_alike(tmp_path: Path) -> None:
    text = io.StringIO(newline="")
    rows = [(str(i), f'say "{i}", then\nmore\rand\r\non', " x" * (i % 3), "") for i in range(3_000)]
    csv.writer(text, lineterminator="\r\n").writerows([("a", "b", "c", "d"), *rows])
    (tmp_path / "regular.csv").write_bytes(text.getvalue().encode())
    (tmp_path / "irregular.csv").write_bytes((text.getvalue() + "9\n").encode())
    regular, irregular = (read_table(tmp_path / name) for name in ("regular.csv", "irregular.csv"))
    assert cells(irregular)[:-1] == cells(regular)
    assert cells(regular) == [[cell or None for cell in row] for row in rows]
