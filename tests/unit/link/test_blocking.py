"""Which pairs are looked at, what trains the model, and what no rule reaches."""

from __future__ import annotations

import pandas as pd
import pytest

from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.link.blocking import Counter, propose_rules, reach, training_rules
from mlqa_widgets.link.fields import named_fields
from mlqa_widgets.link.model import prepare
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.read import read_table
from tests.unit.link.people import copied, register


@pytest.fixture(scope="module")
def asked():
    left = register(1200, seed=4)
    right, _ = copied(left, 0.1)
    left.loc[:4, ["first_name", "surname", "email", "born"]] = None
    return left, right


def rules_of(left, right, columns=None, place=None):
    meeting = Meeting(read_table(left, name="a"), read_table(right, name="b"), Progress())
    fields, _ = named_fields(meeting, columns, {}, place, None, within=False)
    prepare(meeting, fields, within=False)
    counter = Counter(meeting.engine, within=False)
    rows = len(left), len(right)
    return meeting, fields, counter, propose_rules(counter, fields, rows, Progress())


def test_rules_bring_few_pairs_and_look_at_several_columns(asked):
    _, _, _, rules = rules_of(*asked)
    assert sum(rule.pairs for rule in rules) <= 1_000_000
    assert {"the same born", "the same email"} <= {rule.label for rule in rules}
    assert len(frozenset.union(*(rule.fields for rule in rules))) >= 4


def test_the_model_is_trained_where_matches_are_many_and_every_column_is_left_free_once(asked):
    _, fields, counter, rules = rules_of(*asked)
    training = training_rules(counter, fields, rules, (1200, 1200))
    assert [rule.label for rule in training[:2]] == ["the same born", "the same email"]
    assert frozenset.intersection(*(rule.fields for rule in training)) == frozenset()


def test_rows_that_lack_what_every_rule_asks_for_are_counted(asked):
    left, right = asked
    meeting, _, _, rules = rules_of(left, right, columns=["first_name", "surname", "email", "born"])
    assert reach(meeting.engine, rules, [0.9] * 4, within=False).keyless == (5, 0)


def test_what_is_missed_is_what_satisfies_no_rule_if_columns_agree_independently(asked):
    left, right = asked
    meeting, fields, _, rules = rules_of(left, right, columns=["email", "born"])
    assert {rule.fields for rule in rules} == {frozenset({0}), frozenset({1})}
    assert len(fields) == 2
    assert reach(meeting.engine, rules, [0.9, 0.7], within=False).missed == pytest.approx(0.1 * 0.3)


def test_two_places_near_each_other_meet_wherever_the_grid_lies():
    here = pd.DataFrame({"lat": [45 + i / 1200 for i in range(1200)], "lon": [-73 + i / 1200 for i in range(1200)]})
    there = here + 0.0004
    meeting, _, _, rules = rules_of(here, there, columns=[], place=("lat", "lon"))
    met = " OR ".join(f"({rule.sql})" for rule in rules)
    found = meeting.query(
        f"SELECT count(*) AS n FROM rec_l AS l JOIN rec_r AS r ON l.unique_id = r.unique_id AND ({met})"
    )
    assert found["n"][0].as_py() == 1200
