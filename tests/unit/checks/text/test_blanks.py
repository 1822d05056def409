"""blank_strings: text that is there and says nothing."""

from __future__ import annotations

import pandas as pd

from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas


def test_finds_empty_and_whitespace_text(findings_of):
    frame = pd.DataFrame({"street": ["Main", "", "  ", "\t", None, "Elm"]})
    (finding,) = findings_of("blank_strings", frame)
    assert finding.rows == 3
    assert "3 rows" in finding.message


def test_fix_makes_them_missing_and_nothing_else(findings_of):
    frame = pd.DataFrame({"street": ["Main", "", "  ", None, "Elm"]}, index=list("abcde"))
    (finding,) = findings_of("blank_strings", frame)
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired["street"].isna().tolist() == [False, True, True, True, False]
    assert repaired.index.tolist() == list("abcde")
    assert frame["street"].tolist()[1] == ""


def test_stays_silent_on_missing_and_on_words(findings_of):
    assert findings_of("blank_strings", pd.DataFrame({"a": [None, "x", " y "], "b": [1.0, None, 2.0]})) == []
