"""DuckDB's SQL for Spark: what is translated, what is looked up, what is refused. Nothing is run here."""

from __future__ import annotations

from typing import Any

import pytest
import sqlglot

from mlqa_widgets.engines.dialects.spark import SparkTranslation, to_spark
from mlqa_widgets.engines.dialects.translation import LISTED_IN_PLACE, Refused
from mlqa_widgets.engines.patterns import as_java

COLUMNS = {"pos": "BIGINT", "c0": "VARCHAR", "c1": "DOUBLE", "c2": "TIMESTAMP", "c3": "BIGINT"}


def translated(sql: str, *params: Any) -> SparkTranslation:
    found = to_spark(sql, params, {"t": COLUMNS}, {"t": "mlqa_1_t"}, "mlqa_1_")
    sqlglot.parse_one(found.sql, read="spark")
    return found


def test_relations_stand_under_the_name_that_spark_knows():
    assert "FROM `mlqa_1_t` AS `t`" in translated("SELECT count(*) AS n FROM t").sql


def test_values_and_text_are_parameters_and_never_part_of_the_statement():
    found = translated("SELECT pos FROM t WHERE c0 = ? AND c0 <> 'x? \\n''`' AND c1 > ?", "' OR 1=1 --", 2.5)
    assert {"' OR 1=1 --", "x? \\n'`", 2.5} <= set(found.params.values())
    assert "OR 1" not in found.sql
    assert "\\n" not in found.sql


def test_a_short_list_is_written_out_and_a_long_one_joined():
    short = translated("SELECT pos FROM t WHERE c3 IN (SELECT unnest(?))", [1, 2])
    assert short.lists == ()
    long = translated("SELECT pos FROM t WHERE c3 IN (SELECT unnest(?))", list(range(LISTED_IN_PLACE + 1)))
    assert [one.params for one in long.lists] == [("p0",)]
    assert f"JOIN `{long.lists[0].name}`" in long.sql


def test_an_empty_list_has_no_value():
    assert "FALSE" in translated("SELECT pos FROM t WHERE c3 IN (SELECT unnest(?))", []).sql


@pytest.mark.parametrize(
    "expression",
    ["try_strptime(c0, '%d.%m.%Y')", "CAST(c1 AS VARCHAR)", "regexp_matches(c0, '(?i)a')", "c0 LIKE 'a%'"],
)
def test_what_spark_would_compute_otherwise_of_one_column_is_looked_up(expression):
    found = translated(f"SELECT {expression} AS x FROM t")
    (lookup,) = found.lookups
    assert lookup.relation == "t"
    assert lookup.column in expression
    assert f"`{lookup.name}`" in found.sql


def test_the_whole_expression_is_looked_up_with_its_parameters():
    (lookup,) = translated(
        "SELECT pos FROM t WHERE c1 > ? AND date_trunc('day', try_strptime(c0, ?)) > ?", 1, "%Y", 2
    ).lookups
    assert lookup.params == ("p1", "p2")
    assert lookup.sql.count("?") == 2
    assert "STRPTIME" in lookup.sql.upper()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT mode(c0) AS m FROM t",
        "SELECT list(c0) AS l FROM t",
        "SELECT levenshtein(c0, CAST(pos AS VARCHAR)) AS d FROM t",
        "SELECT strptime(c0, CAST(c3 AS VARCHAR)) AS s FROM t",
        "SELECT x FROM elsewhere",
        "SELECT c3 // c1 AS q FROM t",
    ],
)
def test_a_part_that_is_not_known_is_refused(statement):
    with pytest.raises(Refused):
        translated(statement)


def test_a_statement_that_returns_all_its_rows_may_be_sorted_where_they_arrive():
    sql = "SELECT c0 AS value, count(*) AS n FROM t GROUP BY c0 ORDER BY n DESC, value"
    found = to_spark(sql, (), {"t": COLUMNS}, {"t": "t"}, sort_after=True)
    assert "ORDER BY" not in found.sql
    assert found.order.strip() == "ORDER BY n DESC, value"
    for kept in (sql + " LIMIT 5", "SELECT c0 FROM t ORDER BY pos"):
        assert to_spark(kept, (), {"t": COLUMNS}, {"t": "t"}, sort_after=True).order == ""


@pytest.mark.parametrize("pattern", ["(?i)a", r"\bx", "[[:alpha:]]", "a{", "(?P<n>a)", r"\Qa\E", "[a", r"\1", r"[\b]"])
def test_a_pattern_that_java_might_read_otherwise_is_not_translated(pattern):
    assert as_java(pattern) is None
