"""DuckDB's SQL for PostgreSQL.

What a statement needs besides the table (values looked up, rows lent to it) stands in front of it as ``WITH``, made of
arrays that are parameters: in a transaction that may only read nothing can be put into a table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from mlqa_widgets.engines.dialects.translation import (
    ALIKE,
    INTEGERS,
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
from mlqa_widgets.engines.patterns import as_postgres

_UNITS: Final = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "HOUR", "MINUTE", "SECOND"}
_PART: Final = 64
"""Of the values of a column every so many-th, by its hash, is counted to tell about how many there are."""
_PLACES: Final = 12
_LARGE: Final = 1e290
"""Numbers from here on have no places to round, and times a power of ten they might be too large for PostgreSQL."""


@dataclass(frozen=True)
class PostgresTranslation(Translation):
    """A statement for PostgreSQL, its parameters numbered in the order of ``params``."""

    columns: Mapping[str, frozenset[str]]
    """Relation -> the columns of it that are read."""

    def after(self, relations: Sequence[str]) -> str:
        """Return the statement with relations in front of it, each as ``name AS (...)``."""
        if not relations:
            return self.sql
        between = ", " if self.sql.startswith("WITH ") else " "
        return f"WITH {', '.join(relations)}{between}{self.sql.removeprefix('WITH ')}"


def to_postgres(sql: str, params: Sequence[Any], relations: Relations) -> PostgresTranslation:
    """Translate a statement of DuckDB into one of PostgreSQL.

    Parameters
    ----------
    params
        A value for each ``?``: a scalar, or a list of them.
    relations
        The relations that may be named; they are called the same there.

    Raises
    ------
    Refused
        When a part of it would not mean the same.
    """
    tree = typed(parsed(sql), relations)
    columns = _columns(tree, relations)
    postgres = _Postgres(numbered(params), relations, "looked_up_")
    converted = postgres.statement(tree).sql("postgres", identify=True)
    return PostgresTranslation(converted, postgres.bound, postgres.lookups, columns)


def _columns(tree: exp.Expr, relations: Relations) -> Mapping[str, frozenset[str]]:
    """Return which columns of each relation are named; all where a star stands for them."""
    named = {one.name for one in tree.find_all(exp.Column)}
    if any(not isinstance(one.parent, exp.Count) for one in tree.find_all(exp.Star)):
        named |= {column for columns in relations.values() for column in columns}
    read = {one.name for one in tree.find_all(exp.Table)} & relations.keys()
    return {relation: frozenset(named & relations[relation].keys()) for relation in read}


def type_of(values: Sequence[Any]) -> str:
    """Return the type of PostgreSQL that holds values of Python."""
    kinds = {type(one) for one in values if one is not None}
    for of, name in _TYPES:
        if any(issubclass(one, of) for one in kinds):
            return name
    return "text"


_TYPES: Final = (
    (str, "text"),
    (bool, "boolean"),
    (float, "double precision"),
    (int, "bigint"),
    (dt.datetime, "timestamp"),
    (dt.date, "date"),
)


class _Postgres(Translator):
    """One statement on its way to PostgreSQL."""

    def __init__(self, params: Mapping[str, Any], relations: Relations, prefix: str) -> None:
        super().__init__(params, relations, prefix)
        self._numbers: dict[str, int] = {}

    def place(self, table: exp.Table) -> exp.Expr:
        """Return a relation."""
        return exp.to_table(table.name, alias=exp.TableAlias(this=quoted(table.alias_or_name)))

    def pattern(self, pattern: str) -> str | None:
        """Return a pattern as PostgreSQL has it."""
        return as_postgres(pattern)

    def value(self, name: str, value: Any, of: str = "") -> exp.Expr:
        """Return a value, or a list of them as an array, bound as the parameter ``name``; ``of`` is its type if told."""
        if name not in self.bound:
            self.bound[name] = value
            self._numbers[name] = len(self.bound)
        several = isinstance(value, (list, tuple))
        of = of or type_of(value if several else [value])
        collated = ' COLLATE "C"' if of == "text" else ""
        return exp.var(f"(CAST(${self._numbers[name]} AS {of}{'[]' * several}){collated})")

    def looked_up(self, column: exp.Column, name: str) -> exp.Expr:
        """Return what a lookup found; what is missing equals nothing, so that it is looked up once for all."""
        of_missing = exp.select(exp.column("v", quoted=True)).from_(exp.to_table(name))
        of_missing = of_missing.where(exp.column("k", quoted=True).is_(exp.null()))
        missing = exp.If(this=column.is_(exp.null()), true=of_missing.subquery())
        return exp.Case(ifs=[missing], default=column_of(name, "v"))

    def alike(self, value: exp.Expr, other: exp.Expr, *, also_missing: bool) -> exp.Expr:  # noqa: ARG002
        """Return whether two values are the same; by anything else than ``=`` PostgreSQL joins row with row."""
        return exp.EQ(this=value, expression=other)

    # ------------------------------------------------------------------ lists

    def among(self, node: exp.Expr) -> exp.Expr:
        """Return ``IN``: of values written out, of a list given as a parameter, or of another query."""
        query = node.args.get("query")
        if query is None:
            return self.children(node)
        sought = sought_values(node)
        kinds = [kind(one) for one in sought]
        given = listed(query)
        if given is not None and len(given) == 1:
            return self._among_values(sought[0], given[0])
        whole = is_whole(query) and len(sought) > 1
        left = [self.convert(one) for one in sought]
        if given is None:
            inner = self.convert(query.this if isinstance(query, exp.Subquery) else query)
            right = inner.expressions[0].unalias().unnest().expressions if whole else inner.expressions
        else:
            names = [f"v{i}" for i in range(len(given))]
            rows = call("unnest", *(self._listed(one, of) for one, of in zip(given, kinds, strict=True)))
            alias = exp.TableAlias(this=quoted("l"), columns=[quoted(name) for name in names])
            right = [_collated(column_of("l", name), of) for name, of in zip(names, kinds, strict=True)]
            inner = exp.select().from_(exp.Table(this=rows, alias=alias))
        if whole:
            left, right = [_as_one(left, kinds)], [_as_one(right, kinds)]
        if _is_condition(node):
            inner.set("expressions", right)
            within = exp.Tuple(expressions=left) if len(left) > 1 else left[0]
            return exp.In(this=within, query=exp.Subquery(this=inner))
        # Elsewhere PostgreSQL might go through the list for each row.
        values = [exp.alias_(one.unalias(), f"v{i}", quoted=True) for i, one in enumerate(right)]
        inner.set("expressions", [*values, exp.alias_(exp.true(), "found", quoted=True)])
        inner.set("distinct", exp.Distinct())
        return self.joined(
            node,
            sought,
            left,
            lambda name: exp.Subquery(this=inner, alias=exp.TableAlias(this=quoted(name))),
            whole=whole,
        )

    def _among_values(self, sought: exp.Expr, name: str) -> exp.Expr:
        if not self.params[name]:
            return exp.false()
        return exp.EQ(this=self.convert(sought), expression=call("ANY", self._listed(name, kind(sought))))

    def _listed(self, name: str, of: str) -> exp.Expr:
        values = self.params[name]
        return self.value(name, values, of="" if any(one is not None for one in values) else _KINDS.get(of, ""))


_KINDS: Final = {"integer": "bigint", "fraction": "double precision", "time": "timestamp", "boolean": "boolean"}


def _is_condition(node: exp.Expr) -> bool:
    """Whether a row is left out where a part of a statement is false: then PostgreSQL joins by itself."""
    above = node.parent
    while isinstance(above, (exp.And, exp.Paren)):
        above = above.parent
    return isinstance(above, exp.Where) and not isinstance(above.parent, exp.Filter)


def _collated(column: exp.Expr, of: str) -> exp.Expr:
    return exp.Collate(this=column, expression=quoted("C")) if of == "text" else column


def _as_one(values: Sequence[exp.Expr], kinds: Sequence[str]) -> exp.Expr:
    """Return several values as one, in which what is missing equals what is missing."""
    zero = exp.cast(exp.Literal.number(0), exp.DType.DOUBLE)
    of_one_zero = [
        exp.Paren(this=exp.Add(this=exp.cast(one, exp.DType.DOUBLE), expression=zero.copy()))
        if of == "fraction"
        else one
        for one, of in zip(values, kinds, strict=True)
    ]
    return exp.cast(call("ROW", *of_one_zero), exp.DType.TEXT)


# ---------------------------------------------------------------------- what is written otherwise in PostgreSQL


def _literal(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    if node.is_string:
        return postgres.text(node.this)
    if node.this.isdigit() and int(node.this) < 2**63:
        return node.copy()
    return exp.cast(exp.Literal.number(node.this), exp.DType.DOUBLE)


def _cast(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    to, of = node.args["to"].this.value, kind(node.this)
    inner = postgres.convert(node.this)
    if of == "boolean" and to in {*INTEGERS, "DOUBLE"}:
        inner, of = exp.cast(inner, exp.DType.INT), "integer"
    if to in TEXTS and of in ("text", "integer", "boolean"):
        return exp.cast(inner, exp.DType.TEXT)
    if to == "DOUBLE" and of in ("integer", "fraction"):
        return exp.cast(inner, exp.DType.DOUBLE)
    if to in INTEGERS and of in ("integer", "fraction"):
        return exp.cast(inner, exp.DType.BIGINT)
    if to == "DATE" and of == "time":
        return exp.cast(inner, exp.DType.DATE)
    if to in TIMES and of == "time":
        return exp.cast(inner, exp.DType.TIMESTAMP)
    raise Refused(shown(node))


def _divided_whole(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    if not positive(node.expression) or kind(node.this) != "integer":
        raise Refused(shown(node))
    above = exp.cast(postgres.convert(node.this), exp.DType.BIGINT)
    return exp.Paren(this=exp.Div(this=above, expression=node.expression.unnest().copy(), typed=True))


def _remainder(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    if not positive(node.expression) or kind(node.this) not in ("integer", ""):
        raise Refused(shown(node))
    left = node.this.unnest()
    if isinstance(left, exp.Anonymous) and left.name.lower() == "hash":
        return exp.Paren(
            this=exp.Mod(this=_unsigned(postgres.convert(left)), expression=node.expression.unnest().copy())
        )
    if kind(node.this) != "integer":
        raise Refused(shown(node))
    return postgres.children(node)


def _unsigned(number: exp.Expr) -> exp.Expr:
    """Return a hash without its sign; DuckDB's have none."""
    return exp.Paren(this=exp.BitwiseAnd(this=number, expression=exp.Literal.number(2**63 - 1)))


def _truncated(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    unit = node.args["unit"].name.upper()
    if kind(node.this) != "time" or unit not in _UNITS:
        raise Refused(shown(node))
    return call("date_trunc", exp.Literal.string(unit.lower()), postgres.convert(node.this))


def _epoch(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    if kind(node.this) != "time":
        raise Refused(shown(node))
    return call("date_part", exp.Literal.string("epoch"), postgres.convert(node.this))


def _rounded(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    """Return a rounded number: DuckDB's half goes away from zero, PostgreSQL's to the even one."""
    places = node.args.get("decimals")
    number = 0 if places is None else positive(places)
    if kind(node.this) not in ("integer", "fraction") or (places is not None and not 0 < number <= _PLACES):
        raise Refused(shown(node))
    given = exp.cast(postgres.convert(node.this), exp.DType.DOUBLE)
    by = exp.cast(exp.Literal.number(10**number), exp.DType.DOUBLE)
    scaled = exp.Paren(this=exp.Mul(this=given, expression=by))
    whole = call("trunc", scaled)
    over = exp.Abs(this=exp.Paren(this=exp.Sub(this=scaled.copy(), expression=whole)))
    away = exp.Paren(this=exp.Add(this=whole.copy(), expression=call("sign", scaled.copy())))
    half = exp.GTE(this=over, expression=exp.cast(exp.Literal.number("0.5"), exp.DType.DOUBLE))
    found = exp.Paren(this=exp.Case(ifs=[exp.If(this=half, true=away)], default=whole.copy()))
    small = exp.LT(this=exp.Abs(this=given.copy()), expression=exp.cast(exp.Literal.number(_LARGE), exp.DType.DOUBLE))
    return exp.Case(ifs=[exp.If(this=small, true=exp.Div(this=found, expression=by.copy()))], default=given.copy())


def _median(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    if kind(node.this) not in ("integer", "fraction"):
        raise Refused(shown(node))
    ordered = exp.Order(expressions=[exp.Ordered(this=exp.cast(postgres.convert(node.this), exp.DType.DOUBLE))])
    return exp.WithinGroup(this=call("percentile_cont", exp.Literal.number("0.5")), expression=ordered)


def _deviation(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    return call("stddev_samp", exp.cast(postgres.convert(node.this), exp.DType.DOUBLE))


def _about_distinct(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    """Return about how many values there are, many of them to 2 %: those of one part of the hashes are counted."""
    hashed = _hash(postgres, [node.this])
    in_part = exp.EQ(this=exp.Mod(this=hashed, expression=exp.Literal.number(_PART)), expression=exp.Literal.number(0))
    given = exp.Not(this=postgres.convert(node.this).is_(exp.null()))
    chosen = exp.Case(ifs=[exp.If(this=exp.and_(given, in_part), true=hashed.copy())])
    counted = exp.Count(this=exp.Distinct(expressions=[chosen]))
    return exp.Paren(this=exp.Mul(this=counted, expression=exp.Literal.number(_PART)))


_HASHES: Final = {
    "integer": "hashint8extended",
    "fraction": "hashfloat8extended",
    "text": "hashtextextended",
    "time": "timestamp_hash_extended",
}


def _hash(postgres: _Postgres, nodes: Sequence[exp.Expr]) -> exp.Expr:
    """Return a hash of 64 bits, of one value by the function of its type: that of a row takes longer."""
    seed = exp.Literal.number(0)
    values = [postgres.convert(one) for one in nodes]
    if len(nodes) == 1 and kind(nodes[0]) in _HASHES:
        return call("coalesce", call(_HASHES[kind(nodes[0])], values[0], seed), seed.copy())
    return call("hash_record_extended", call("ROW", *values), seed)


def _function(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    """Return a function that SQLGlot knows no more of than its name."""
    arguments = node.expressions
    match node.name.lower():
        case "hash":
            return _hash(postgres, arguments)
        case "isfinite" if kind(arguments[0]) in ("integer", "fraction"):
            return is_finite(postgres, arguments[0])
        case "isfinite" if kind(arguments[0]) == "time":
            return call("isfinite", postgres.convert(arguments[0]))
        case "epoch_us" if kind(arguments[0]) == "time":
            seconds = exp.Extract(this=exp.var("EPOCH"), expression=postgres.convert(arguments[0]))
            return exp.cast(exp.Mul(this=seconds, expression=exp.Literal.number(1_000_000)), exp.DType.BIGINT)
    raise Refused(shown(node))


def _matches_whole(postgres: _Postgres, node: exp.Expr) -> exp.Expr:
    pattern = postgres.text(f"^(?:{pattern_of(postgres, node.expression)})$")
    return exp.Paren(this=exp.RegexpLike(this=postgres.convert(node.this), expression=pattern))


_Postgres.rewritten = {
    exp.Anonymous: _function,
    exp.ApproxDistinct: _about_distinct,
    exp.Avg: average,
    exp.Cast: _cast,
    exp.DPipe: one_after_the_other,
    exp.Div: divided,
    exp.In: _Postgres.among,
    exp.IntDiv: _divided_whole,
    exp.IsNan: is_nan,
    exp.Literal: _literal,
    exp.Median: _median,
    exp.Mod: _remainder,
    exp.Parameter: parameter,
    exp.RegexpFullMatch: _matches_whole,
    exp.RegexpLike: matches,
    exp.Round: _rounded,
    exp.Stddev: _deviation,
    exp.StddevSamp: _deviation,
    exp.Substring: beginning,
    exp.Table: table,
    exp.TimeToUnix: _epoch,
    exp.TimestampTrunc: _truncated,
    exp.Trim: trimmed,
}
_Postgres.unchanged = ALIKE
