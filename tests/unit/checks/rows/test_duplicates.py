"""duplicate_rows, duplicate_columns, duplicate_keys."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.evidence import Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.options import options
from mlqa_widgets.profile.copies import find_copies
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

ROWS = 300


def measured(seed: int = 0, rows: int = ROWS) -> np.ndarray:
    return np.random.default_rng(seed).normal(50, 9, rows)


@pytest.fixture
def orders() -> pd.DataFrame:
    """Make orders with a number of their own, a customer, an amount."""
    count = np.arange(ROWS)
    return pd.DataFrame(
        {
            "order_no": [f"B-{10_000 + n * 7}" for n in count],
            "customer": [f"customer {n % 40}" for n in count],
            "amount": measured().round(2),
        }
    )


# ---------------------------------------------------------------------------------------------- rows


def test_copies_that_repeat_an_identifier_are_a_warning(findings_of: Find, orders: pd.DataFrame) -> None:
    frame = pd.concat([orders, orders.iloc[[3, 3, 50]]])
    (finding,) = findings_of("duplicate_rows", frame)
    assert finding.severity is Severity.WARNING
    assert finding.rows == 5
    assert "2 different rows and 3 surplus copies" in finding.message
    assert "order_no repeats with them" in finding.message


def test_the_fix_keeps_the_first_of_each_and_the_frame_s_labels(findings_of: Find, orders: pd.DataFrame) -> None:
    frame = pd.concat([orders, orders.iloc[[3, 3, 50]]])
    (finding,) = findings_of("duplicate_rows", frame)
    assert apply_fix(finding.fixes[0], from_pandas(frame)).index.tolist() == list(range(ROWS))


def test_evidence_counts_groups_by_size(findings_of: Find, orders: pd.DataFrame) -> None:
    frame = pd.concat([orders, orders.iloc[[3, 3, 50]]], ignore_index=True)
    (finding,) = findings_of("duplicate_rows", frame)
    (bars,) = [e for e in finding.evidence if isinstance(e, Bars)]
    assert [(bar.label, bar.rows) for bar in bars.bars] == [("2 alike", 2), ("3 alike", 3)]
    for bar in bars.bars:
        assert bar.predicate is not None
        assert from_pandas(frame).count(bar.predicate) == bar.rows


def test_repeated_events_without_a_key_are_an_info(findings_of: Find, orders: pd.DataFrame) -> None:
    events = orders.drop(columns="order_no")
    (finding,) = findings_of("duplicate_rows", pd.concat([events, events.iloc[[7, 80]]]))
    assert finding.severity is Severity.INFO


def test_a_block_loaded_twice_is_a_warning_without_any_key(findings_of: Find, orders: pd.DataFrame) -> None:
    events = orders.drop(columns="order_no")
    (finding,) = findings_of("duplicate_rows", pd.concat([events, events.tail(14)], ignore_index=True))
    assert finding.severity is Severity.WARNING
    assert "14 of them stand 14 rows after their originals" in finding.message


def test_a_few_copies_in_a_small_table_are_only_worth_knowing(findings_of: Find) -> None:
    trial = pd.DataFrame({"before": measured(1, 20).round(1), "after": measured(2, 20).round(1)})
    (finding,) = findings_of("duplicate_rows", pd.concat([trial, trial.iloc[[3]]], ignore_index=True))
    assert (finding.rows, finding.severity) == (2, Severity.INFO)


def test_rows_stay_silent_where_few_values_repeat_by_chance(findings_of: Find) -> None:
    chance = np.random.default_rng(3)
    frame = pd.DataFrame({"age": chance.integers(20, 60, 900), "vote": chance.choice(["a", "b", "c"], 900)})
    assert frame.duplicated().any()
    assert findings_of("duplicate_rows", frame) == []


def test_rows_stay_silent_where_the_index_tells_them_apart(findings_of: Find) -> None:
    frame = pd.DataFrame({"level": [3.25, 3.25, 4.5, 5.75] * 3}, index=pd.date_range("2024-01-01", periods=12))
    assert findings_of("duplicate_rows", frame) == []
    assert findings_of("duplicate_rows", frame.set_axis(list("abcdefghijkl"))) == []


def test_rows_stay_silent_where_all_differ(findings_of: Find, orders: pd.DataFrame) -> None:
    assert findings_of("duplicate_rows", orders) == []
    assert findings_of("duplicate_rows", orders.head(0)) == []
    assert findings_of("duplicate_rows", pd.DataFrame({"a": [None, None, None]})) == []
    assert findings_of("duplicate_rows", pd.DataFrame(index=range(3))) == []


def test_nearly_equal_numbers_are_no_copies(findings_of: Find, orders: pd.DataFrame) -> None:
    near = orders.head(5).assign(amount=np.nextafter(orders["amount"].head(5), np.inf))
    assert findings_of("duplicate_rows", pd.concat([orders, near])) == []


def test_a_number_and_its_text_are_no_copies(findings_of: Find) -> None:
    frame = pd.DataFrame({"code": [1, "1", 2, "2"] * 5, "n": [n // 2 for n in range(20)]})
    assert findings_of("duplicate_rows", frame) == []


def test_copies_are_dropped_where_cells_are_lists(findings_of: Find) -> None:
    frame = pd.DataFrame({"tags": [[n] for n in range(30)] + [[1], [2]], "no": [*range(30), 1, 2]})
    (finding,) = findings_of("duplicate_rows", frame)
    assert len(apply_fix(finding.fixes[0], from_pandas(frame))) == 30


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf")]),
            st.sampled_from(["a", "A", "", None]),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_copies_are_those_pandas_finds(rows: list[tuple[float, str | None, bool]]) -> None:
    frame = pd.DataFrame(rows, columns=["x", "y", "z"])
    copies = find_copies(from_pandas(frame))
    assert copies.positions.tolist() == np.flatnonzero(frame.duplicated(keep=False)).tolist()
    assert copies.surplus_positions.tolist() == np.flatnonzero(frame.duplicated()).tolist()
    assert copies.surplus == frame.duplicated().sum()


def test_copies_too_many_to_be_held_are_counted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    table = from_pandas(pd.DataFrame({"x": rng.integers(0, 300, 900), "y": rng.integers(0, 3, 900)}))
    every = find_copies(table)
    monkeypatch.setattr(options, "row_budget", 50)
    some = find_copies(table)
    assert every.all_held
    assert not some.all_held
    assert 0 < len(some.positions) < len(every.positions)
    assert np.isin(some.positions, every.positions).all()
    assert (some.rows, some.groups, some.times) == (every.rows, every.groups, every.times)
    assert table.positions(some.predicate).tolist() == every.positions.tolist()
    assert table.positions(some.surplus_predicate).tolist() == every.surplus_positions.tolist()


# ---------------------------------------------------------------------------------------------- columns


def test_a_copied_column_is_a_warning_and_the_later_one_goes(findings_of: Find, orders: pd.DataFrame) -> None:
    frame = orders.assign(total=orders["amount"], buyer=orders["customer"])
    of_customer, of_amount = findings_of("duplicate_columns", frame)
    assert of_customer.columns == (1, 4)
    assert of_amount.columns == (2, 3)
    assert of_amount.severity is Severity.WARNING
    assert apply_fix(of_amount.fixes[0], from_pandas(frame)).columns.tolist() == [*orders.columns, "buyer"]


def test_three_copies_are_one_finding(findings_of: Find, orders: pd.DataFrame) -> None:
    (finding,) = findings_of("duplicate_columns", orders.assign(b=orders["amount"], c=orders["amount"]))
    assert finding.columns == (2, 3, 4)


def test_missing_cells_must_agree_too(findings_of: Find) -> None:
    values = measured().round(0)
    frame = pd.DataFrame({"a": values, "b": values, "c": values})
    frame.loc[3, ["a", "b"]] = None
    frame.loc[4, "c"] = None
    assert [f.columns for f in findings_of("duplicate_columns", frame)] == [(0, 1)]


def test_one_to_one_names_are_an_info_with_the_pairs(findings_of: Find) -> None:
    degree = np.random.default_rng(4).choice([3, 5, 7, 9], ROWS, p=[0.4, 0.3, 0.2, 0.1])
    words = pd.Series(degree).map({3: "primary", 5: "lower", 7: "upper", 9: "tertiary"})
    (finding,) = findings_of("duplicate_columns", pd.DataFrame({"degree": words, "degree_num": degree}))
    assert finding.severity is Severity.INFO
    assert "4 values, one to one" in finding.message
    (pairs,) = finding.evidence
    assert isinstance(pairs, Examples)
    assert ("primary", "3", str((degree == 3).sum())) in pairs.lines


def test_balanced_columns_that_rename_each_other_are_found(findings_of: Find) -> None:
    half = np.arange(ROWS) % 2
    frame = pd.DataFrame({"alive": half, "survived": np.where(half, "yes", "no"), "arm": np.arange(ROWS) % 4 // 2})
    assert [f.columns for f in findings_of("duplicate_columns", frame)] == [(0, 1)]


def test_columns_stay_silent_where_agreement_means_nothing(findings_of: Find) -> None:
    count = np.arange(ROWS)
    frame = pd.DataFrame(
        {
            "constant": 1,
            "constant too": 2,
            "rare": count == 17,
            "rare too": count == 17,
            "number": count,
            "letters": [f"x{n * 31 % ROWS}" for n in count],
            "same counts": count % 3,
            "same counts, elsewhere": np.sort(count % 3),
        }
    )
    assert findings_of("duplicate_columns", frame) == []


def test_many_groups_of_copies_stay_few_findings(findings_of: Find) -> None:
    frame = pd.DataFrame({f"m{i}": measured(i // 2) for i in range(60)})
    findings = findings_of("duplicate_columns", frame)
    assert len(findings) == 5
    assert sum(len(f.columns) - 1 for f in findings) == 30
    assert "each of a column before it" in findings[4].message
    assert apply_fix(findings[4].fixes[0], from_pandas(frame)).shape[1] == 60 - 26


# ---------------------------------------------------------------------------------------------- keys


def test_a_declared_key_that_repeats_is_an_error(findings_of: Find, orders: pd.DataFrame) -> None:
    frame = orders.assign(order_no=orders["order_no"].where(orders.index != 9, "B-10000"))
    (finding,) = findings_of("duplicate_keys", frame, key="order_no")
    assert finding.severity is Severity.ERROR
    assert finding.rows == 2
    assert "1 value on 2 rows" in finding.message


def test_a_declared_key_of_two_columns(findings_of: Find) -> None:
    frame = pd.DataFrame({"site": list("aabbb"), "day": [1, 2, 1, 1, None], "v": [1.0, 2, 3, 4, 5]})
    (finding,) = findings_of("duplicate_keys", frame, key=["site", "day"])
    assert finding.rows == 2
    mark, keep_first = finding.fixes
    assert apply_fix(mark, from_pandas(frame)).iloc[:, -1].tolist() == [False, False, True, True, False]
    assert apply_fix(keep_first, from_pandas(frame))["v"].tolist() == [1, 2, 3, 5]


def test_a_declared_key_broken_by_whole_copies_says_so(findings_of: Find, orders: pd.DataFrame) -> None:
    (finding,) = findings_of("duplicate_keys", pd.concat([orders, orders.head(2)]), key="order_no")
    assert finding.rows == 4
    assert "4 of them whole copies" in finding.message


def test_a_declared_key_that_holds_is_silent(findings_of: Find, orders: pd.DataFrame) -> None:
    assert findings_of("duplicate_keys", orders, key="order_no") == []


@pytest.mark.parametrize("name", ["order_no", "orderId", "id", "CODE", "Order Number", "sku"])
def test_a_key_by_name_that_repeats_in_a_few_rows_is_a_warning(
    findings_of: Find, orders: pd.DataFrame, name: str
) -> None:
    frame = orders.assign(order_no=orders["order_no"].where(orders.index != 9, "B-10000"))
    (finding,) = findings_of("duplicate_keys", frame.rename(columns={"order_no": name}))
    assert finding.severity is Severity.WARNING
    assert finding.rows == 2
    assert any(isinstance(e, Examples) and ("amount", "1") in e.lines for e in finding.evidence)


def test_numbers_named_as_key_are_keys_too(findings_of: Find, orders: pd.DataFrame) -> None:
    frame = orders.assign(order_no=np.arange(ROWS) * 3)
    frame.loc[[8, 9], "order_no"] = 0
    (finding,) = findings_of("duplicate_keys", frame)
    assert finding.rows == 3


def test_an_inferred_key_counts_only_rows_that_differ_otherwise(findings_of: Find, orders: pd.DataFrame) -> None:
    frame = orders.assign(order_no=orders["order_no"].where(orders.index != 9, "B-10000"))
    frame = pd.concat([frame, frame.iloc[[20, 21]]], ignore_index=True)
    (finding,) = findings_of("duplicate_keys", frame)
    assert finding.rows == 2
    assert findings_of("duplicate_keys", pd.concat([orders, orders.iloc[[20, 21]]], ignore_index=True)) == []


def test_the_rows_to_look_at_can_be_marked_or_thinned_and_missing_keys_stay(
    findings_of: Find, orders: pd.DataFrame
) -> None:
    frame = orders.assign(order_no=orders["order_no"].where(orders.index != 9, "B-10000"))
    frame.loc[[4, 5], "order_no"] = None
    (finding,) = findings_of("duplicate_keys", frame)
    mark, keep_first = finding.fixes
    assert np.flatnonzero(apply_fix(mark, from_pandas(frame))["order_no_repeats"]).tolist() == [0, 9]
    assert apply_fix(keep_first, from_pandas(frame)).index.tolist() == [n for n in range(ROWS) if n != 9]


def test_keys_stay_silent_on_what_repeats_by_nature(findings_of: Find, orders: pd.DataFrame) -> None:
    count = np.arange(ROWS)
    frame = pd.DataFrame(
        {
            "provider_id": 10_000 + count // 12,
            "name": [f"Ann {chr(65 + n % 26)}{chr(97 + n // 26)}" for n in np.where(count == 5, 6, count)],
            "score": measured().round(3),
            "seen": pd.date_range("2024-01-01", periods=ROWS).where(count != 5, pd.Timestamp("2024-01-01")),
        }
    )
    assert findings_of("duplicate_keys", frame) == []
    assert findings_of("duplicate_keys", orders) == []


def test_keys_stay_silent_on_a_reference_beside_a_key_that_holds(findings_of: Find, orders: pd.DataFrame) -> None:
    frame = orders.assign(customer_id=[f"C{n * 13}" for n in np.where(np.arange(ROWS) == 9, 8, np.arange(ROWS))])
    assert findings_of("duplicate_keys", frame) == []


def test_keys_stay_silent_on_empty_and_small_tables(findings_of: Find, orders: pd.DataFrame) -> None:
    small = orders.head(10).assign(order_no="B-1")
    assert findings_of("duplicate_keys", small) == []
    assert findings_of("duplicate_keys", orders.head(0), key="order_no") == []


def test_answers_that_many_people_give_are_no_warning(findings_of: Find) -> None:
    draw = np.random.default_rng(0)
    gave = draw.random(2000) < 0.6
    gift = np.where(gave, draw.integers(1, 5000, 2000), 0)
    frame = pd.DataFrame({"gave": gave, "gift": gift, "letters": np.where(gave, draw.integers(1, 9, 2000), 0)})
    frame["thanked"] = frame["letters"] * 3 + frame["gave"]
    assert all(one.severity is Severity.INFO for one in findings_of("duplicate_rows", frame))


def test_latitude_and_longitude_of_few_places_are_no_copies(findings_of: Find) -> None:
    places = np.arange(400) % 6
    frame = pd.DataFrame({"lat": 45.5 + places / 100, "lon": -73.6 + places / 100, "x": np.arange(400)})
    assert findings_of("duplicate_columns", frame) == []
