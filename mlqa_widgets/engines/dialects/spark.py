"""DuckDB's SQL for Spark."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import duckdb
from sqlglot import exp

from mlqa_widgets.engines.dialects.translation import (
    ALIKE,
    INTEGERS,
    LISTED_IN_PLACE,
    TEXTS,
    TIMES,
    Refused,
    Relations,
    Translation,
    Translator,
    average,
    beginning,
    call,
    column_of,
    divided,
    is_finite,
    is_nan,
    is_whole,
    kind,
    listed,
    matches,
    numbered,
    one_after_the_other,
    parameter,
    parsed,
    pattern_of,
    positive,
    quoted,
    shown,
    sought_values,
    table,
    trimmed,
    typed,
)
from mlqa_widgets.engines.patterns import as_java


@dataclass(frozen=True)
class Listed:
    """A list of values too long to be written into the statement.

    It is to be a relation with the columns ``v0, v1, ...``, and ``found``, which is true.
    """

    name: str
    params: tuple[str, ...]
    """The parameters that hold the values, one for each column."""


@dataclass(frozen=True)
class SparkTranslation(Translation):
    """A statement for Spark."""

    lists: tuple[Listed, ...]
    order: str
    """What the rows are yet to be sorted by, in DuckDB's SQL: a sort of its own costs Spark two more jobs."""


def to_spark(
    sql: str,
    params: Sequence[Any],
    relations: Relations,
    names: Mapping[str, str],
    prefix: str = "",
    *,
    sort_after: bool = False,
) -> SparkTranslation:
    """Translate a statement of DuckDB into one of Spark.

    Parameters
    ----------
    params
        A value for each ``?``: a scalar, or a list of them.
    relations
        The relations that may be named.
    names
        What Spark calls each of them.
    prefix
        What the names of the relations it needs besides begin with.
    sort_after
        Whether its rows may come in any order, to be sorted where they arrive.

    Raises
    ------
    Refused
        When a part of it would not mean the same.
    """
    tree = parsed(sql)
    order = _order_of_few(tree) if sort_after else ""
    spark = _Spark(numbered(params), relations, names, prefix)
    converted = spark.statement(typed(tree, relations)).sql("spark", identify=True)
    lists = tuple(Listed(one.name, one.params) for one in spark.sought if one.params)
    return SparkTranslation(converted, spark.bound, spark.lookups, lists, order)


def _order_of_few(tree: exp.Expr) -> str:
    """Take the order off a statement that returns all its rows, and return it; nothing where it needs other columns."""
    order = tree.args.get("order")
    if not isinstance(tree, exp.Select) or order is None or tree.args.get("limit") or tree.args.get("offset"):
        return ""
    returned = {one.alias_or_name for one in tree.expressions}
    keys = [one.this for one in order.expressions]
    if not all(isinstance(one, exp.Column) and not one.table and one.name in returned for one in keys):
        return ""
    tree.set("order", None)
    return str(order.sql("duckdb"))


class _Spark(Translator):
    """One statement on its way to Spark."""

    def __init__(self, params: Mapping[str, Any], relations: Relations, names: Mapping[str, str], prefix: str) -> None:
        super().__init__(params, relations, prefix)
        self._names = names

    def place(self, table: exp.Table) -> exp.Expr:
        """Return a relation by Spark's name of it."""
        return exp.to_table(self._names[table.name], alias=exp.TableAlias(this=quoted(table.alias_or_name)))

    def pattern(self, pattern: str) -> str | None:
        """Return a pattern as Java has it."""
        return as_java(pattern)

    def value(self, name: str, value: Any) -> exp.Expr:
        """Return a value bound as the parameter ``name``."""
        if isinstance(value, dt.datetime):
            self.bound[name] = value.isoformat(sep=" ")
            return exp.cast(exp.Placeholder(this=name), exp.DType.TIMESTAMPNTZ)
        if isinstance(value, dt.date):
            self.bound[name] = value.isoformat()
            return exp.cast(exp.Placeholder(this=name), exp.DType.DATE)
        self.bound[name] = value
        return exp.Placeholder(this=name)

    def looked_up(self, column: exp.Column, name: str) -> exp.Expr:  # noqa: ARG002
        """Return what a lookup found."""
        return column_of(name, "v")

    def alike(self, value: exp.Expr, other: exp.Expr, *, also_missing: bool) -> exp.Expr:
        """Return whether two values are the same."""
        return (exp.NullSafeEQ if also_missing else exp.EQ)(this=value, expression=other)

    # ------------------------------------------------------------------ lists

    def among(self, node: exp.Expr) -> exp.Expr:
        """Return ``IN``: of values written out, of a list given as a parameter, or of another query."""
        query = node.args.get("query")
        if query is None:
            return self.children(node)
        sought = sought_values(node)
        given = listed(query)
        if given is None:
            return self._among_rows(node, sought, query)
        if len(given) == 1 and len(self.params[given[0]]) <= LISTED_IN_PLACE:
            values = [self.value(f"{given[0]}_{i}", one) for i, one in enumerate(self.params[given[0]])]
            return exp.In(this=self.convert(sought[0]), expressions=values) if values else exp.false()
        converted = [self.convert(one) for one in sought]
        whole = is_whole(query) and len(sought) > 1
        return self.joined(node, sought, converted, exp.to_table, tuple(given), whole=whole)

    def _among_rows(self, node: exp.Expr, sought: list[exp.Expr], query: exp.Expr) -> exp.Expr:
        whole = is_whole(query) and len(sought) > 1
        inner = self.convert(query.this if isinstance(query, exp.Subquery) else query)
        first = inner.expressions[0].unalias().unnest()
        given = first.expressions if whole else [one.unalias() for one in inner.expressions]
        values = [exp.alias_(one, f"v{i}", quoted=True) for i, one in enumerate(given)]
        inner.set("expressions", values)
        converted = [self.convert(one) for one in sought]
        in_where = isinstance(node.find_ancestor(exp.Where, exp.Select), exp.Where)
        if in_where and node.find_ancestor(exp.Filter) is None and not whole:
            within = exp.Tuple(expressions=converted) if len(converted) > 1 else converted[0]
            return exp.In(this=within, query=exp.Subquery(this=inner))
        inner.set("expressions", [*values, exp.alias_(exp.true(), "found", quoted=True)])
        inner.set("distinct", exp.Distinct())
        return self.joined(
            node, sought, converted, lambda name: exp.Subquery(this=inner, alias=_alias(name)), whole=whole
        )


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=quoted(name))


# ---------------------------------------------------------------------- what is written otherwise on Spark

_EPOCH: Final = exp.cast(exp.Literal.string("1970-01-01"), exp.DType.TIMESTAMPNTZ)
_EXACT_SECONDS: Final = exp.DataType.build("DECIMAL(20, 6)")
_MICROSECONDS: Final = {"HOUR": 3_600_000_000, "MINUTE": 60_000_000, "SECOND": 1_000_000}


def _literal(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if node.is_string:
        return spark.text(node.this)
    if node.this.isdigit() and int(node.this) < 2**63:
        return node.copy()
    return exp.Literal(this=f"{node.this}D", is_string=False)


def _cast(spark: _Spark, node: exp.Expr) -> exp.Expr:
    to, of = node.args["to"].this.value, kind(node.this)
    inner = spark.convert(node.this)
    if isinstance(node.this, exp.Null) and to in INTEGERS:
        return exp.cast(inner, exp.DType.BIGINT)
    if to in TEXTS and of in ("text", "integer", "boolean"):
        return exp.cast(inner, exp.DType.TEXT)
    if to == "DOUBLE" and of in ("integer", "fraction", "boolean"):
        return exp.cast(inner, exp.DType.DOUBLE)
    if to in INTEGERS and of in ("integer", "boolean"):
        return exp.cast(inner, exp.DType.BIGINT)
    if to in INTEGERS and of == "fraction":
        return exp.cast(call("rint", inner), exp.DType.BIGINT)
    if to == "DATE" and of == "time":
        return exp.cast(inner, exp.DType.DATE)
    if to in TIMES and of == "time":
        return exp.cast(inner, exp.DType.TIMESTAMPNTZ)
    raise Refused(shown(node))


def _divided_whole(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if not positive(node.expression) or kind(node.this) != "integer":
        raise Refused(shown(node))
    by = node.expression.unnest().copy()
    return exp.Paren(this=exp.IntDiv(this=exp.Paren(this=spark.convert(node.this)), expression=by))


def _remainder(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if not positive(node.expression):
        raise Refused(shown(node))
    left = node.this.unnest()
    if isinstance(left, exp.Anonymous) and left.name.lower() == "hash":
        # A hash stands for a random number, and no engine's is that of another; DuckDB's are never negative.
        return call("pmod", spark.convert(left), node.expression.unnest().copy())
    return spark.children(node)


def _truncated(spark: _Spark, node: exp.Expr) -> exp.Expr:
    unit = node.args["unit"].name.upper()
    if kind(node.this) != "time":
        raise Refused(shown(node))
    inner = spark.convert(node.this)
    if unit == "DAY":
        return exp.cast(exp.cast(inner, exp.DType.DATE), exp.DType.TIMESTAMPNTZ)
    if unit in ("WEEK", "MONTH", "QUARTER", "YEAR"):
        day = call("trunc", exp.cast(inner, exp.DType.DATE), exp.Literal.string(unit))
        return exp.cast(day, exp.DType.TIMESTAMPNTZ)
    if unit in _MICROSECONDS:
        over = call("pmod", _microseconds(inner.copy()), exp.Literal.number(_MICROSECONDS[unit]))
        return call("timestampadd", exp.var("MICROSECOND"), exp.Neg(this=over), inner)
    raise Refused(shown(node))


def _microseconds(time: exp.Expr) -> exp.Expr:
    """Return the microseconds since 1970; `timestampdiff` would go by the clocks of the session's time zone."""
    since = exp.Paren(this=exp.Sub(this=time, expression=_EPOCH.copy()))
    seconds = exp.cast(exp.Cast(this=since, to=exp.DataType.build("INTERVAL SECOND", dialect="spark")), _EXACT_SECONDS)
    return exp.cast(exp.Paren(this=exp.Mul(this=seconds, expression=exp.Literal.number(1_000_000))), exp.DType.BIGINT)


def _epoch(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if kind(node.this) != "time":
        raise Refused(shown(node))
    seconds = exp.cast(_microseconds(spark.convert(node.this)), exp.DType.DOUBLE)
    return exp.Paren(this=exp.Div(this=seconds, expression=exp.Literal(this="1e6D", is_string=False)))


def _rounded(spark: _Spark, node: exp.Expr) -> exp.Expr:
    places = node.args.get("decimals")
    if kind(node.this) not in ("integer", "fraction") or (places is not None and not places.unnest().is_number):
        raise Refused(shown(node))
    number = exp.cast(spark.convert(node.this), exp.DType.DOUBLE)
    scale = 10 ** int(places.unnest().this) if places is not None else 1
    if scale == 1:
        return call("round", number, exp.Literal.number(0))
    by = exp.Literal(this=f"{scale}D", is_string=False)
    whole = call("round", exp.Mul(this=exp.Paren(this=number), expression=by), exp.Literal.number(0))
    return exp.Paren(this=exp.Div(this=whole, expression=by.copy()))


def _median(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if kind(node.this) not in ("integer", "fraction"):
        raise Refused(shown(node))
    return call("percentile", spark.convert(node.this), exp.Literal(this="0.5D", is_string=False))


def _function(spark: _Spark, node: exp.Expr) -> exp.Expr:
    """Return a function that SQLGlot knows no more of than its name."""
    arguments = node.expressions
    match node.name.lower():
        case "hash":
            # Spark passes over what is missing: (a, missing) would be (missing, a).
            converted = [spark.convert(one) for one in arguments]
            if len(converted) > 1:
                converted = [part for one in converted for part in (one.copy().is_(exp.null()), one)]
            return call("xxhash64", *converted)
        case "isfinite" if kind(arguments[0]) in ("integer", "fraction"):
            return is_finite(spark, arguments[0])
        case "isfinite" if kind(arguments[0]) == "time":
            return exp.Paren(this=exp.Is(this=spark.convert(arguments[0]), expression=exp.null()).not_())
        case "strip_accents" if kind(arguments[0]) == "text":
            return _letter_by_letter(spark, arguments[0], "strip_accents")
        case "epoch_us" if kind(arguments[0]) == "time":
            return _microseconds(spark.convert(arguments[0]))
    raise Refused(shown(node))


def _matches_whole(spark: _Spark, node: exp.Expr) -> exp.Expr:
    pattern = spark.text(rf"\A(?:{pattern_of(spark, node.expression)})\z")
    return exp.Paren(this=exp.RegexpLike(this=spark.convert(node.this), expression=pattern))


def _replaced(spark: _Spark, node: exp.Expr) -> exp.Expr:
    """Return a replacement of every match; of the first alone where there can be no other."""
    flags, by = node.args.get("modifiers"), node.args.get("replacement")
    pattern = pattern_of(spark, node.expression)
    every = flags is not None and flags.name == "g"
    only = flags is None and pattern.startswith("^") and "|" not in pattern
    if not (every or only) or not isinstance(by, exp.Literal) or "$" in by.this:
        raise Refused(shown(node))
    becomes = re.sub(r"\\([0-9])", r"$\1", by.this)
    if "\\" in becomes:
        raise Refused(shown(node))
    return call("regexp_replace", spark.convert(node.this), spark.text(pattern), spark.text(becomes))


def _tried(spark: _Spark, node: exp.Expr) -> exp.Expr:
    """Return a cast that may fail: of text to a number only where a pattern says that it is one."""
    if node.args["to"].this.value != "DOUBLE" or kind(node.this) != "text":
        return _cast(spark, node)
    condition = node.find_ancestor(exp.Case)
    guards = condition.find_all(exp.RegexpFullMatch) if condition is not None else ()
    if not any(guard.this == node.this for guard in guards):
        raise Refused(shown(node))
    return exp.TryCast(this=spark.convert(node.this), to=exp.DataType.build("DOUBLE"))


@lru_cache
def _letters(change: str) -> tuple[str, str]:
    """Return the characters that a function of DuckDB changes, and what each becomes; those it drops come last."""
    beyond_surrogates = f"SELECT unnest(range(1, {0xD800})) AS i UNION ALL SELECT unnest(range({0xE000}, {0x20000}))"
    found = duckdb.execute(
        f"SELECT c, {change}(c) AS other FROM (SELECT chr(i::INTEGER) AS c FROM ({beyond_surrogates})) "
        "WHERE c <> other ORDER BY length(other) DESC, c"
    ).fetchall()
    return "".join(one for one, _ in found), "".join(other for _, other in found)


def _letter_by_letter(spark: _Spark, text: exp.Expr, change: str) -> exp.Expr:
    changed, becomes = _letters(change)
    return call("translate", spark.convert(text), spark.text(changed), spark.text(becomes))


def _lower(spark: _Spark, node: exp.Expr) -> exp.Expr:
    return _letter_by_letter(spark, node.this, "lower")


_Spark.rewritten = {
    exp.Anonymous: _function,
    exp.Avg: average,
    exp.Cast: _cast,
    exp.DPipe: one_after_the_other,
    exp.Div: divided,
    exp.In: _Spark.among,
    exp.IntDiv: _divided_whole,
    exp.IsNan: is_nan,
    exp.Literal: _literal,
    exp.Lower: _lower,
    exp.Median: _median,
    exp.Mod: _remainder,
    exp.Parameter: parameter,
    exp.RegexpFullMatch: _matches_whole,
    exp.RegexpLike: matches,
    exp.RegexpReplace: _replaced,
    exp.Round: _rounded,
    exp.Substring: beginning,
    exp.Table: table,
    exp.TimeToUnix: _epoch,
    exp.TimestampTrunc: _truncated,
    exp.Trim: trimmed,
    exp.TryCast: _tried,
}
_Spark.unchanged = ALIKE | {exp.ApproxDistinct, exp.Array, exp.Stddev, exp.StddevSamp}
