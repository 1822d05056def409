"""encoding_errors."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.checks.text.encoding import _damage, _sound
from mlqa_widgets.evidence import Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

SOUND = [
    "Genève",
    "Łódź",
    "São Paulo",
    "CÔTÉ",
    "東京",
    "Ελλάδα",
    "x²",
    "½ cup",
    "l’été",
    "tab\there",
    "two\nlines",
    "-5 °C",
]


@pytest.mark.parametrize(
    ("damaged", "meant", "kind", "severity"),
    [
        ("ZÃ¼rich", "Zürich", "wrongly decoded characters", Severity.WARNING),
        ("lâ€™Ã©tÃ©", "l’été", "wrongly decoded characters", Severity.WARNING),
        ("Â£5", "£5", "wrongly decoded characters", Severity.WARNING),
        ("bell\x07", "bell", "control characters", Severity.WARNING),
        ("zero\x00", "zero", "control characters", Severity.WARNING),
        ("a\u200bb", "ab", "invisible characters", Severity.INFO),
        ("soft\u00adhyphen", "softhyphen", "invisible characters", Severity.INFO),
        ("\ufeffid", "id", "invisible characters", Severity.INFO),
        ("left\u200e", "left", "invisible characters", Severity.INFO),
        ("Gene\u0300ve", "Genève", "accents as separate characters", Severity.INFO),
        ("salt &amp; pepper", "salt & pepper", "HTML entities", Severity.INFO),
        ("caf&eacute;", "café", "HTML entities", Severity.INFO),
    ],
)
@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_finds_and_repairs_damaged_text(
    findings_of: Find, damaged: str, meant: str, kind: str, severity: Severity, dtype: str
) -> None:
    frame = pd.DataFrame({"place": pd.Series([*SOUND, damaged, None, damaged], dtype=dtype)})
    frame.index = pd.Index([7] * len(frame))
    (finding,) = findings_of("encoding_errors", frame)
    assert (finding.rows, finding.severity) == (2, severity)
    assert kind in finding.message
    examples, kinds = finding.evidence
    assert isinstance(examples, Examples)
    assert isinstance(kinds, Bars)
    assert [(bar.label, bar.rows) for bar in kinds.bars] == [(kind, 2)]
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired["place"].tolist()[:13] == [*SOUND, meant]
    assert repaired["place"].isna().sum() == 1


def test_lost_characters_are_told_and_cannot_be_repaired(findings_of: Find) -> None:
    (finding,) = findings_of("encoding_errors", pd.DataFrame({"place": [*SOUND, "Gen\ufffdve"]}))
    assert (finding.rows, finding.severity) == (1, Severity.WARNING)
    assert finding.fixes == ()


def test_many_damaged_values_are_repaired_by_a_rule(findings_of: Find) -> None:
    meant = [f"Zürich {number}" for number in range(300)]
    frame = pd.DataFrame({"place": [*(text.encode().decode("cp1252") for text in meant), "“quoted”", None]})
    (finding,) = findings_of("encoding_errors", frame)
    assert finding.rows == 300
    assert "ftfy" in finding.fixes[0].code
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))["place"].tolist()
    assert repaired[:301] == [*meant, "“quoted”"]


def test_finds_damage_in_the_name_of_a_column(findings_of: Find) -> None:
    (finding,) = findings_of("encoding_errors", pd.DataFrame({"quantitÃ©": [1, 2, 3]}))
    assert finding.rows == 3
    assert "'quantité'" in finding.message


@pytest.mark.parametrize(
    "cells",
    [
        SOUND,
        ["نیم‌فاصله", "می‌خواهم", "abc"],
        ["👨‍👩‍👧", "❤️"],
        ["שלום\u200e (1)", "مرحبا\u200f"],
        ["Gene\u0300ve", "Zu\u0308rich", "Bern"],
        ["<p>salt &amp; pepper</p>", "<p>x &lt; y</p>"],
        ["R&D;", "AT&T; Inc", "a & b"],
    ],
    ids=["accents and scripts", "joiners", "emoji", "directions", "all decomposed", "markup", "ampersands"],
)
def test_stays_silent(findings_of: Find, cells: list[str]) -> None:
    assert findings_of("encoding_errors", pd.DataFrame({"text": cells * 5})) == []


@given(st.text("abcdeilmnorstu éèçôîüñ", max_size=30))
def test_french_and_german_letters_are_sound_and_found_when_decoded_wrongly(text: str) -> None:
    assert _damage(text) is None
    damaged = text.encode().decode("cp1252")
    if damaged != text:
        assert _damage(damaged) == "wrongly decoded characters"
        assert _sound(damaged, entities=False) == text


def test_odd_columns_pass_through(findings_of: Find) -> None:
    frame = pd.DataFrame(
        {
            "empty": pd.Series([None] * 3, dtype=object),
            "nested": [["Ã©"], {"a": 1}, None],
            "large": ["Ã©" * 500_000, "b", None],
            "number": [1.5, float("inf"), float("nan")],
        }
    )
    findings_of("encoding_errors", frame)
    assert findings_of("encoding_errors", frame.iloc[:0]) == []
