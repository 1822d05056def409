"""The order of findings, and the folding of those that say the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.ranking import Lesson, learn, rank, unfolded
from mlqa_widgets.tables.frames import from_pandas
from mlqa_widgets.tables.table import EVERY_ROW, NO_ROW, Predicate

ROWS = 1000


@pytest.fixture(scope="module")
def profile() -> Profile:
    """Profile a table of a thousand rows whose first column counts them."""
    frame = pd.DataFrame({"n": np.arange(ROWS), "a": np.arange(ROWS) % 7, "b": np.arange(ROWS) % 11})
    return profile_table(from_pandas(frame), Roles(target=2))


def finding(
    check: str,
    rows: int = 10,
    *,
    start: int = 0,
    columns: tuple[int, ...] = (1,),
    severity: Severity = Severity.WARNING,
    confidence: float = 0.9,
    cause: str = "",
) -> Finding:
    """Make a finding about ``rows`` rows from row ``start`` on."""
    where = Predicate("c0 >= ? AND c0 < ?", (start, start + rows))
    return Finding(
        columns, severity, rows, f"{check} {rows} {columns}", where, confidence=confidence, cause=cause, check=check
    )


def checks(findings: list[Finding]) -> list[str]:
    return [f.check for f in findings]


# ---------------------------------------------------------------------------------------------- order


def test_severity_comes_before_anything_else(profile: Profile) -> None:
    ranked = rank(
        [
            finding("info", 900, severity=Severity.INFO, confidence=1.0),
            finding("error", 1, severity=Severity.ERROR, confidence=0.3),
            finding("warning", 500),
        ],
        profile,
    )
    assert checks(ranked) == ["error", "warning", "info"]


def test_more_rows_come_first_on_a_compressed_scale(profile: Profile) -> None:
    few, many = finding("few", 10), finding("many", 800)
    assert checks(rank([few, many], profile)) == ["many", "few"]
    assert checks(rank([few, replace(many, confidence=0.5)], profile)) == ["few", "many"]


def test_the_target_weighs_more(profile: Profile) -> None:
    assert checks(rank([finding("feature", 40), finding("target", 40, columns=(2,))], profile)) == ["target", "feature"]


def test_findings_about_whole_columns_stand_in_the_middle(profile: Profile) -> None:
    whole = replace(finding("whole", ROWS), predicate=EVERY_ROW)
    named = replace(finding("named", 0), predicate=NO_ROW)
    ranked = rank([named, finding("handful", 1), whole, finding("all", ROWS)], profile)
    assert checks(ranked) == ["all", "handful", "named", "whole"]


def test_an_empty_table_can_be_ranked() -> None:
    empty = profile_table(from_pandas(pd.DataFrame({"a": []})))
    assert checks(rank([replace(finding("x", 0), predicate=NO_ROW)], empty)) == ["x"]


# ---------------------------------------------------------------------------------------------- lessons


def places(check: str, *columns: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(check, (column,)) for column in columns]


def test_two_dismissals_of_a_check_teach_and_one_does_not() -> None:
    raised = [*places("outliers", "a", "b", "c", "d"), *places("mixed_types", "a", "b")]
    lessons = learn(raised, [*places("outliers", "a", "b", "c"), *places("mixed_types", "a")])
    assert list(lessons) == ["outliers"]
    assert lessons["outliers"].weight == pytest.approx(2 / 5)
    assert lessons["outliers"].reason == "Ranked lower: you dismissed 3 of 4 of these."


def test_dismissals_of_what_is_no_longer_found_count() -> None:
    (lesson,) = learn(places("outliers", "z"), places("outliers", "a", "b")).values()
    assert (lesson.dismissed, lesson.found) == (2, 3)


@given(found=st.integers(2, 50), dismissed=st.integers(2, 50))
def test_each_dismissal_lowers_and_none_silences(found: int, dismissed: int) -> None:
    lesson, worse = Lesson(min(dismissed, found), found), Lesson(min(dismissed, found) + 1, found + 1)
    assert 0 < worse.weight < lesson.weight < 1


def test_a_check_dismissed_often_ranks_lower_within_its_severity(profile: Profile) -> None:
    often, seldom = finding("often", 100), finding("seldom", 60)
    error = finding("often", 1, columns=(2,), severity=Severity.ERROR)
    lessons = {"often": Lesson(3, 4)}
    assert checks(rank([often, seldom, error], profile)) == ["often", "often", "seldom"]
    assert checks(rank([often, seldom, error], profile, lessons)) == ["often", "seldom", "often"]


def test_ranked_findings_come_apart_as_they_were(profile: Profile) -> None:
    among = [finding("a", cause="one"), finding("b", 5, cause="one"), finding("c", columns=(2,))]
    assert sorted(checks(unfolded(rank(among, profile)))) == ["a", "b", "c"]
    assert rank(unfolded(rank(among, profile)), profile) == rank(among, profile)


# ---------------------------------------------------------------------------------------------- one cause


def test_one_cause_is_told_once_by_the_strongest(profile: Profile) -> None:
    weak = finding("weak", cause="1:dates")
    strong = finding("strong", severity=Severity.ERROR, cause="1:dates")
    other = finding("other", cause="2:dates")
    ranked = rank([weak, other, strong], profile)
    assert checks(ranked) == ["strong", "other"]
    assert checks(list(ranked[0].folded)) == ["weak"]


def test_no_cause_is_no_common_cause(profile: Profile) -> None:
    assert len(rank([finding("a"), finding("b")], profile)) == 2


# ---------------------------------------------------------------------------------------------- implied


def test_a_constant_column_is_not_nearly_constant_too(profile: Profile) -> None:
    constant = replace(finding("constant_column", ROWS, columns=(1, 2)), predicate=EVERY_ROW)
    ranked = rank([finding("nearly_constant_column", severity=Severity.INFO), constant], profile)
    assert checks(ranked) == ["constant_column"]
    assert checks(list(ranked[0].folded)) == ["nearly_constant_column"]


def test_outliers_that_are_all_placeholders_are_no_outliers(profile: Profile) -> None:
    placeholders = finding("placeholders", 40, severity=Severity.ERROR)
    assert checks(rank([placeholders, finding("outliers", 30, start=5)], profile)) == ["placeholders"]


def test_what_the_dictionary_forbids_is_told_once(profile: Profile) -> None:
    forbidden = finding("dictionary_conflicts", 40, severity=Severity.ERROR)
    assert checks(rank([forbidden, finding("spelling_variants", 30)], profile)) == ["dictionary_conflicts"]
    assert len(rank([forbidden, finding("duplicate_keys", 30)], profile)) == 2
    assert len(rank([forbidden, finding("spelling_variants", 30, start=20)], profile)) == 2


def test_outliers_beyond_the_placeholders_stay(profile: Profile) -> None:
    placeholders = finding("placeholders", 40, severity=Severity.ERROR)
    assert len(rank([placeholders, finding("outliers", 30, start=20)], profile)) == 2
    assert len(rank([placeholders, finding("outliers", 30, start=5, columns=(2,))], profile)) == 2


def test_placeholders_of_several_columns_explain_none_of_them_alone(profile: Profile) -> None:
    placeholders = finding("placeholders", 40, columns=(1, 2))
    assert len(rank([placeholders, finding("spelling_variants", 30)], profile)) == 2


def test_nothing_is_folded_into_something_less_severe(profile: Profile) -> None:
    placeholders = finding("placeholders", 40)
    outliers = finding("outliers", 30, severity=Severity.ERROR)
    assert checks(rank([placeholders, outliers], profile)) == ["outliers", "placeholders"]


def test_what_is_folded_into_the_folded_comes_to_the_root(profile: Profile) -> None:
    findings = [
        replace(finding("constant_column", ROWS), predicate=EVERY_ROW),
        finding("placeholders", 40),
        finding("rare_patterns", 30),
        finding("outliers", 20, severity=Severity.INFO),
    ]
    (only,) = rank(findings, profile)
    assert sorted(checks(list(only.folded))) == ["outliers", "placeholders", "rare_patterns"]
    assert all(not inner.folded for inner in only.folded)


def test_copies_of_rows_and_the_key_they_break_are_one_finding(profile: Profile) -> None:
    copies = finding("duplicate_rows", 30, columns=())
    assert checks(rank([copies, finding("duplicate_keys", 30)], profile)) == ["duplicate_rows"]
    key = finding("duplicate_keys", 50, severity=Severity.ERROR)
    assert checks(rank([copies, key], profile)) == ["duplicate_keys"]


def test_a_bad_date_in_mixed_formats_is_not_told_as_mixed_types(profile: Profile) -> None:
    dates = finding("mixed_date_formats", 500, severity=Severity.ERROR)
    assert checks(rank([finding("mixed_types", 700), dates], profile)) == ["mixed_date_formats"]


def test_a_cell_told_by_its_shape_and_by_what_decides_it_is_told_once(profile: Profile) -> None:
    repair = Fix("Write what n says", "df = df")
    where = Predicate("c0 < ?", (8,))
    decided = replace(finding("broken_dependencies", 8, columns=(1, 0)), cells=((1, where),), fixes=(repair,))
    (kept,) = rank([finding("rare_patterns", 10), decided], profile)
    assert kept.check == "rare_patterns"
    assert kept.fixes == (repair,)
    assert checks(rank([finding("rare_patterns", 10, columns=(0,)), decided], profile)) != ["rare_patterns"]


def test_rows_are_compared_a_bounded_number_of_times(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Predicate] = []

    def count(predicate: Predicate) -> int:
        asked.append(predicate)
        return 1

    monkeypatch.setattr(profile.table, "count", count)
    findings = [finding("placeholders", 40, severity=Severity.ERROR, columns=(1,)) for _ in range(30)]
    rank([*findings, *(finding("outliers", n + 1) for n in range(30))], profile)
    assert 0 < len(asked) <= 100


def test_two_findings_that_cover_each_other_stay_one(profile: Profile) -> None:
    by_cause = [
        finding("placeholders", 30, confidence=0.9, cause="one"),
        replace(finding("constant_column", ROWS, confidence=0.1, cause="one"), predicate=EVERY_ROW),
    ]
    (only,) = rank(by_cause, profile)
    assert only.check == "placeholders"
    assert checks(list(only.folded)) == ["constant_column"]


# ---------------------------------------------------------------------------------------------- in any order

SOME = st.builds(
    finding,
    st.sampled_from(
        ["constant_column", "placeholders", "outliers", "rare_patterns", "duplicate_rows", "duplicate_keys", "other"]
    ),
    st.integers(1, 50),
    start=st.integers(0, 30),
    columns=st.sampled_from([(), (1,), (2,), (1, 2)]),
    severity=st.sampled_from(list(Severity)),
    confidence=st.sampled_from([0.3, 0.9]),
    cause=st.sampled_from(["", "", "one"]),
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(findings=st.lists(SOME, max_size=8), seed=st.randoms(use_true_random=False))
def test_every_finding_is_kept_once_and_order_does_not_matter(
    profile: Profile, findings: list[Finding], seed: np.random.Generator
) -> None:
    ranked = rank(findings, profile)
    everything = [inner for f in ranked for inner in (replace(f, folded=()), *f.folded)]
    assert sorted(map(repr, everything)) == sorted(map(repr, findings))
    levels = [f.severity.level for f in ranked]
    assert levels == sorted(levels, reverse=True)
    assert all(inner.severity.level <= f.severity.level for f in ranked for inner in f.folded)
    shuffled = list(findings)
    seed.shuffle(shuffled)
    assert [(f.check, f.severity) for f in rank(shuffled, profile)] == [(f.check, f.severity) for f in ranked]
