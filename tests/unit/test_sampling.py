"""sample_check: whether a sample is biased against the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, ks_2samp

import mlqa_widgets as mq


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": random.integers(18, 90, 6000),
            "income": random.lognormal(10, 1, 6000).round(2),
            "city": random.choice(["Paris", "Lyon", "Nice", "Lille"], 6000, p=[0.5, 0.3, 0.15, 0.05]),
            "phone": pd.Series("given", range(6000), dtype=object).mask(random.random(6000) < 0.2, None),
            "seen": pd.Timestamp("2023-01-01") + pd.to_timedelta(random.integers(0, 365 * 24, 6000), unit="h"),
            "id": [f"p{k:05}" for k in range(6000)],
        }
    )


def verdicts(check: mq.SampleCheck, question: str = "values") -> dict[str, str]:
    frame = check.frame
    asked = frame[frame["question"] == question]
    return dict(zip(asked["column"], asked["verdict"], strict=True))


def test_a_random_sample_is_not_biased(people):
    check = mq.sample_check(people, people.sample(2000, random_state=1))
    assert not check.biased
    assert check.sentence == "The sample (2,000 of 6,000 rows) shows no bias beyond chance in 6 columns."


def test_false_alarms_are_rare(people):
    alarms = sum(bool(mq.sample_check(people, people.sample(600, random_state=seed)).differing) for seed in range(20))
    assert alarms <= 4


def test_says_which_columns_are_biased_and_how(people):
    check = mq.sample_check(people, people[(people["city"] == "Paris") & (people["age"] < 50)])
    assert check.biased
    assert {column for column, verdict in verdicts(check).items() if verdict == "differs"} == {"age", "city"}
    assert "'Paris' in 100 % of the sample, 49.9" in check.sentence


def test_missing_cells_are_a_question_of_their_own(people):
    check = mq.sample_check(people, people.dropna())
    assert verdicts(check, "missing") == {"phone": "differs"}
    line = next(line for line in check.lines if line.question == "missing")
    assert line.size == pytest.approx(-people["phone"].isna().mean())
    assert line.high < 0


def test_dates_say_what_of_the_time_is_covered(people):
    check = mq.sample_check(people, people[people["seen"] < "2023-04-01"])
    line = next(line for line in check.lines if line.column == "seen")
    assert line.verdict == "differs"
    assert line.note.endswith("rows in 90 of 365 days")


def test_a_part_is_tested_against_the_rest_as_scipy_does(people):
    part, rest = people[people["income"] < 30_000].iloc[:900], None
    rest = people.drop(part.index)
    frame = mq.sample_check(people, part).frame.set_index(["column", "question"])
    assert frame.loc[("age", "values"), "p"] == pytest.approx(ks_2samp(part["age"], rest["age"], method="asymp").pvalue)
    counts = pd.concat([part["city"].value_counts(), rest["city"].value_counts()], axis=1).to_numpy()
    expected = chi2_contingency(counts, correction=False, lambda_="log-likelihood").pvalue
    assert frame.loc[("city", "values"), "p"] == pytest.approx(expected)


def test_a_sample_that_is_no_part_of_the_whole_is_compared_as_it_is(people):
    other = people.sample(500, random_state=0).assign(age=lambda frame: frame["age"] + 0.5)
    frame = mq.sample_check(people, other).frame.set_index(["column", "question"])
    assert frame.loc[("age", "values"), "p"] == pytest.approx(
        ks_2samp(other["age"], people["age"], method="asymp").pvalue
    )


def test_a_few_rows_cannot_tell_and_it_says_so(people):
    check = mq.sample_check(people, people.sample(20, random_state=3))
    assert not check.biased
    assert "too small to tell" in check.sentence


def test_a_slight_difference_of_very_many_rows_is_called_slight():
    random = np.random.default_rng(0)
    whole = pd.DataFrame({"x": random.normal(size=200_000)})
    shifted = whole[random.random(200_000) < 0.5 + 0.02 * np.sign(whole["x"])]
    check = mq.sample_check(whole, shifted)
    assert verdicts(check) == {"x": "differs slightly"}
    assert not check.biased


def test_numbers_alike_in_the_mean_but_not_in_shape_differ():
    random = np.random.default_rng(0)
    whole = pd.DataFrame({"x": random.normal(size=20_000)})
    check = mq.sample_check(whole, whole[whole["x"].abs() > 1])
    assert check.frame["effect"].tolist() == ["distance"]
    assert check.biased


def test_names_that_never_repeat_are_not_tested(people):
    check = mq.sample_check(people, people.sample(600, random_state=1))
    assert verdicts(check)["id"] == "not tested"


def test_everything_a_scan_takes_is_taken(people, tmp_path):
    people.to_csv(tmp_path / "people.csv", index=False)
    part = people[people["age"] < 40]
    of_file = mq.sample_check(tmp_path / "people.csv", part)
    of_arrow = mq.sample_check(pa.Table.from_pandas(people), part)
    assert verdicts(of_file)["age"] == verdicts(of_arrow)["age"] == "differs"


def test_columns_are_matched_by_name(people):
    check = mq.sample_check(people, people.sample(500, random_state=0)[["age", "city"]])
    assert check.absent == ("income", "phone", "seen", "id")


@pytest.mark.parametrize(
    ("full", "sample", "said"),
    [
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1, 2]}), "sample: has 2 rows, more than the whole"),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}), "sample: has no column in common"),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": []}), "sample: has no rows"),
        (pd.DataFrame({"a": [1]}), [1], "sample: expected a pandas"),
        ("nowhere.csv", pd.DataFrame({"a": [1]}), "full: there is no file"),
    ],
)
def test_says_what_is_wrong_with_what_was_passed(full, sample, said):
    with pytest.raises(mq.InputError, match=said):
        mq.sample_check(full, sample)


def test_shows_itself_without_making_markup_of_values():
    hostile = "<script>alert(1)</script>"
    whole = pd.DataFrame({hostile: ["<b>x</b>"] * 50 + ["y"] * 50})
    check = mq.sample_check(whole, whole.iloc[:30])
    html = check._repr_html_()
    assert check.biased
    assert "<script" not in html
    assert "<b>x" not in html
    assert "Benjamini" in html


def test_the_chart_has_a_point_for_each_effect(people):
    check = mq.sample_check(people, people[people["age"] < 40])
    spec = check.chart().to_dict()
    points = [point for data in spec["datasets"].values() for point in data if "size" in point]
    assert {point["column"] for point in points} == {"age", "income", "city", "phone", "seen"}


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=2, max_size=60), st.integers(1, 2**32 - 1))
def test_any_part_of_any_column_gives_figures_that_hold(values, seed):
    whole = pd.DataFrame({"x": pd.Series(values, dtype=object)})
    part = whole.sample(max(1, len(whole) // 2), random_state=seed)
    for line in mq.sample_check(whole, part).lines:
        if line.verdict != "not tested":
            assert 0 <= line.p <= 1
            assert line.low <= line.size + 1e-9
            assert line.size <= line.high + 1e-9
