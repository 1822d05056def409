"""DuckDB's SQL for other engines: what is translated, what is looked up, what is refused. Nothing is run here."""

from __future__ import annotations

from typing import Any

import pytest
import sqlglot

from mlqa_widgets.engines.dialects.postgres import PostgresTranslation, to_postgres
from mlqa_widgets.engines.dialects.spark import SparkTranslation, to_spark
from mlqa_widgets.engines.dialects.translation import LISTED_IN_PLACE, Refused
from mlqa_widgets.engines.patterns import as_java, as_postgres

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


# ---------------------------------------------------------------------- PostgreSQL


def for_postgres(sql: str, *params: Any) -> PostgresTranslation:
    found = to_postgres(sql, params, {"t": COLUMNS, "wanted": {"wanted": "BIGINT"}})
    sqlglot.parse_one(found.sql, read="postgres")
    return found


def test_values_and_text_are_numbered_parameters_of_postgresql():
    found = for_postgres("SELECT pos FROM t WHERE c0 = ? AND c0 <> 'x? \\n$1''`' AND c1 > ?", "' OR 1=1 --", 2.5)
    assert set(found.params.values()) == {"' OR 1=1 --", "x? \\n$1'`", 2.5}
    assert all(f"${number} AS" in found.sql for number in (1, 2, 3))
    assert "OR 1" not in found.sql
    assert "\\n" not in found.sql


def test_lists_are_arrays_whatever_their_length():
    for length in (1, 1000):
        found = for_postgres("SELECT pos FROM t WHERE c3 IN (SELECT unnest(?))", list(range(length)))
        assert "ANY((CAST($1 AS bigint[])))" in found.sql
    assert "FALSE" in for_postgres("SELECT pos FROM t WHERE c3 IN (SELECT unnest(?))", []).sql


def test_only_the_columns_named_are_read_of_a_relation():
    assert for_postgres("SELECT c0 FROM t WHERE c3 > 1").columns == {"t": {"c0", "c3"}}
    assert for_postgres("SELECT count(*) AS n FROM t").columns == {"t": set()}
    assert for_postgres("SELECT * FROM t").columns == {"t": set(COLUMNS)}


def test_what_is_read_besides_stands_in_front():
    plain = for_postgres("SELECT c0 FROM t")
    assert plain.after(['"t" AS (SELECT 1)']).startswith('WITH "t" AS (SELECT 1) SELECT')
    named = for_postgres("WITH few AS (SELECT c0 FROM t) SELECT c0 FROM few")
    assert named.after(['"t" AS (SELECT 1)']).startswith('WITH "t" AS (SELECT 1), "few" AS (')


def test_a_list_that_decides_no_row_alone_is_joined():
    seeking = "c3 IN (SELECT max(c3) FROM t GROUP BY c0)"
    assert " IN (" in for_postgres(f"SELECT pos FROM t WHERE {seeking} AND c1 > 0").sql
    for sql in (f"SELECT pos FROM t WHERE NOT coalesce({seeking}, false)", f"SELECT {seeking} AS found FROM t"):
        assert "LEFT JOIN (SELECT DISTINCT" in for_postgres(sql).sql


def test_rows_that_have_a_fellow_are_those_for_which_one_exists():
    assert "WHERE EXISTS(SELECT 1 FROM" in for_postgres("SELECT pos FROM t SEMI JOIN wanted ON pos = wanted").sql
    assert "WHERE NOT EXISTS(SELECT 1 FROM" in for_postgres("SELECT pos FROM t ANTI JOIN wanted ON pos = wanted").sql


@pytest.mark.parametrize(
    "expression",
    ["lower(c0)", "CAST(c1 AS VARCHAR)", "try_cast(c0 AS DOUBLE)", "regexp_replace(c0, 'a|ab', '')", "c0 LIKE 'a%'"],
)
def test_what_postgresql_would_compute_otherwise_of_one_column_is_looked_up(expression):
    found = for_postgres(f"SELECT {expression} AS x FROM t")
    (lookup,) = found.lookups
    assert f'"{lookup.name}"."v"' in found.sql


@pytest.mark.parametrize(
    "statement", ["SELECT list(c0) AS l FROM t", "SELECT x FROM elsewhere", "SELECT c3 // c1 AS q FROM t"]
)
def test_a_part_that_is_not_known_is_refused_for_postgresql(statement):
    with pytest.raises(Refused):
        for_postgres(statement)


@pytest.mark.parametrize("pattern", ["(?i)a", r"\bx", r"\p{L}", "[[:alpha:]]", "a{2,300}", r"[\D]", r"\1"])
def test_a_pattern_that_postgresql_might_read_otherwise_is_not_translated(pattern):
    assert as_postgres(pattern) is None
