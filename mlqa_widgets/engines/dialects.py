"""The checks' SQL, which is DuckDB's, for another engine: translated where it means the same there, refused where not.

A statement is parsed by SQLGlot, and every part of it has to be one that is known here to mean the same on the other
engine, as it stands or rewritten. Of what is left, an expression of one column (a pattern, a date read from text, a
number written as text) is not translated at all: DuckDB itself computes it for the column's distinct values, and the
other engine looks the results up. Whatever is neither is refused by name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import duckdb

from mlqa_widgets.engines.patterns import as_java
from mlqa_widgets.errors import MissingPackage

try:
    import sqlglot
    from sqlglot import TokenType, exp
    from sqlglot.optimizer.annotate_types import annotate_types
    from sqlglot.optimizer.qualify import qualify
except ImportError as missing:  # pragma: no cover
    _MISSING = "Reading a Spark table needs the package sqlglot: pip install 'mlqa-widgets[spark]'."
    raise MissingPackage(_MISSING) from missing

LISTED_IN_PLACE: Final = 100
"""Values up to which a list is written into the statement; a longer one is joined."""

_GIVEN: Final = "mlqa_given"
_INTEGERS: Final = {"TINYINT", "SMALLINT", "INT", "BIGINT", "UTINYINT", "USMALLINT", "UINT", "UBIGINT", "INT128"}
_FRACTIONS: Final = {"DOUBLE", "FLOAT", "DECIMAL"}
_TIMES: Final = {"TIMESTAMP", "TIMESTAMPNTZ", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"}
_TEXTS: Final = {"TEXT", "VARCHAR"}


class Refused(Exception):
    """A statement has a part that the other engine would not compute alike; the message names it."""


@dataclass(frozen=True)
class Lookup:
    """An expression of one column, computed by DuckDB for each distinct value and looked up by the other engine."""

    name: str
    relation: str
    column: str
    sql: str
    """In DuckDB's SQL, over the column."""
    params: tuple[str, ...]
    """The parameter of the statement that each ``?`` stands for."""


@dataclass(frozen=True)
class Listed:
    """A list of values too long to be written into the statement.

    It is to be a relation with the columns ``v0, v1, ...``, and ``found``, which is true.
    """

    name: str
    params: tuple[str, ...]
    """The parameters that hold the values, one for each column."""


@dataclass(frozen=True)
class Translation:
    """A statement for the other engine, and what has to be there before it can run."""

    sql: str
    """With its values as named parameters."""
    params: dict[str, Any]
    lookups: tuple[Lookup, ...]
    lists: tuple[Listed, ...]
    order: str
    """What the rows are yet to be sorted by, in DuckDB's SQL: a sort of its own costs Spark two more jobs."""


Relations = Mapping[str, Mapping[str, str]]
"""Relation -> column -> its type in DuckDB."""


def parsed(sql: str) -> exp.Expr:
    """Return a statement of DuckDB in parts, each ``?`` as a parameter: ``p0, p1, ...`` in the order of the text."""
    parts, at, number = [], 0, 0
    for token in sqlglot.tokenize(sql, read="duckdb"):
        if token.token_type is TokenType.PLACEHOLDER:
            # SQLGlot takes what stands between two `$` for quoted text.
            parts += [sql[at : token.start], f"{_GIVEN}({number})"]
            at, number = token.end + 1, number + 1
    tree = sqlglot.parse_one("".join([*parts, sql[at:]]), read="duckdb")
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name == _GIVEN:
            call.replace(exp.Parameter(this=exp.var(f"p{call.expressions[0].this}")))
    return tree


def to_spark(
    sql: str,
    params: Sequence[Any],
    relations: Relations,
    names: Mapping[str, str],
    prefix: str = "",
    *,
    sort_after: bool = False,
) -> Translation:
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
    schema: Any = {relation: dict(columns) for relation, columns in relations.items()}
    qualified = qualify(tree, schema=schema, dialect="duckdb", validate_qualify_columns=False, expand_stars=False)
    typed = annotate_types(qualified, schema=schema, dialect="duckdb")
    return _Spark({f"p{i}": one for i, one in enumerate(params)}, relations, names, prefix).statement(typed, order)


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


@dataclass(frozen=True)
class _Sought:
    """What is sought in a list: of values, or of the rows of another query."""

    name: str
    among: exp.Expr
    """The relation with the columns ``v0, v1, ...`` and ``found``, which is never missing."""
    values: list[exp.Expr]
    params: tuple[str, ...]
    """The parameters that hold the list, if it is one."""
    whole: bool
    """Whether values are sought as one: then what is missing equals what is missing."""


@dataclass
class _Beside:
    """What one base relation of a statement is joined with."""

    place: exp.Expr
    """Where the relation stands in the translated statement."""
    lookups: dict[tuple[str, str, tuple[str, ...]], Lookup] = field(default_factory=dict)
    """(column, expression, its parameters) -> where it is looked up."""
    lists: list[_Sought] = field(default_factory=list)


class _Spark:
    """One statement on its way to Spark."""

    def __init__(self, params: dict[str, Any], relations: Relations, names: Mapping[str, str], prefix: str) -> None:
        self.params = params
        self._prefix = prefix
        self.bound: dict[str, Any] = {}
        self._relations = relations
        self._names = names
        self._beside: dict[int, _Beside] = {}
        self._within_one_column = False

    def statement(self, parsed: exp.Expr, order: str) -> Translation:
        """Return the whole statement translated."""
        for node in parsed.find_all(exp.Table):
            if node.name in self._relations:
                own_name = exp.to_table(self._names[node.name], alias=exp.TableAlias(this=_quoted(node.alias_or_name)))
                self._beside[id(node)] = _Beside(own_name)
            elif not self._is_defined(node):
                raise Refused(node.name)
        converted = self.convert(parsed)
        for beside in self._beside.values():
            _join_beside(beside)
        lookups = tuple(one for beside in self._beside.values() for one in beside.lookups.values())
        sought = [one for beside in self._beside.values() for one in beside.lists]
        lists = tuple(Listed(one.name, one.params) for one in sought if one.params)
        return Translation(converted.sql("spark", identify=True), self.bound, lookups, lists, order)

    @staticmethod
    def _is_defined(table: exp.Table) -> bool:
        """Whether the statement itself says what the relation is."""
        root = table.root()
        return any(table.name == one.alias for one in root.find_all(exp.CTE))

    # ------------------------------------------------------------------ walking

    def convert(self, node: exp.Expr) -> exp.Expr:
        """Return a part of the statement as Spark has it."""
        column = None if self._within_one_column else self._lone_column(node)
        if column is None:
            return self._natively(node)
        lists = {key: len(beside.lists) for key, beside in self._beside.items()}
        self._within_one_column = True
        try:
            return self._natively(node)
        except Refused:
            for key, before in lists.items():
                del self._beside[key].lists[before:]
            return self._looked_up(node, column)
        finally:
            self._within_one_column = False

    def _natively(self, node: exp.Expr) -> exp.Expr:
        rewritten = _REWRITTEN.get(type(node))
        if rewritten is not None:
            return rewritten(self, node)
        if type(node) not in _ALIKE:
            raise Refused(_shown(node))
        return self.children(node)

    def children(self, node: exp.Expr) -> exp.Expr:
        """Return a part with its own parts converted."""
        copy = type(node)()
        for key, value in node.args.items():
            if isinstance(value, exp.Expr):
                copy.set(key, self.convert(value))
            elif isinstance(value, list):
                copy.set(key, [self.convert(one) if isinstance(one, exp.Expr) else one for one in value])
            else:
                copy.set(key, value)
        return copy

    # ------------------------------------------------------------------ values

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

    def text(self, value: str) -> exp.Expr:
        """Return text bound as a parameter, which needs no quoting."""
        return self.value(f"s{len(self.bound)}", value)

    # ------------------------------------------------------------------ what DuckDB computes

    def _lone_column(self, node: exp.Expr) -> exp.Column | None:
        """Return the one column of a base relation that a scalar expression depends on, if that is so."""
        if not isinstance(node, exp.Condition) or type(node) in (exp.Column, exp.Literal, exp.Parameter):
            return None
        columns = []
        for part in node.walk():
            if isinstance(part, _NOT_SCALAR):
                return None
            if isinstance(part, exp.Column):
                columns.append(part)
        if not columns or len({(one.table, one.name) for one in columns}) > 1 or columns[0].name == "pos":
            return None
        return columns[0] if self._base(columns[0]) is not None else None

    def _base(self, column: exp.Column) -> exp.Table | None:
        """Return the base relation that a column is of; None for one of a subquery."""
        select = column.find_ancestor(exp.Select)
        while select is not None:
            for source in (select.args.get("from_"), *(select.args.get("joins") or [])):
                if source is not None and source.this.alias_or_name == column.table:
                    return source.this if id(source.this) in self._beside else None
            select = select.find_ancestor(exp.Select)
        return None

    def _looked_up(self, node: exp.Expr, column: exp.Column) -> exp.Expr:
        table = self._base(column)
        if table is None:
            raise Refused(_shown(node))
        lookups = self._beside[id(table)].lookups
        sql, given = _as_duckdb(node)
        key = column.name, sql, given
        if key not in lookups:
            number = sum(len(one.lookups) for one in self._beside.values())
            lookups[key] = Lookup(f"{self._prefix}x{number}", table.name, *key)
        return _column(column.table, lookups[key].name)

    # ------------------------------------------------------------------ lists

    def among(self, node: exp.Expr) -> exp.Expr:
        """Return ``IN``: of values written out, of a list given as a parameter, or of another query."""
        query = node.args.get("query")
        if query is None:
            return self.children(node)
        sought = [one.unnest() for one in node.this.expressions] if isinstance(node.this, exp.Tuple) else [node.this]
        listed = _listed(query)
        if listed is None:
            return self._among_rows(node, sought, query)
        if len(listed) == 1 and len(self.params[listed[0]]) <= LISTED_IN_PLACE:
            values = [self.value(f"{listed[0]}_{i}", one) for i, one in enumerate(self.params[listed[0]])]
            return exp.In(this=self.convert(sought[0]), expressions=values) if values else exp.false()
        return self._joined(node, sought, exp.to_table, tuple(listed), whole=_is_whole(query))

    def _among_rows(self, node: exp.Expr, sought: list[exp.Expr], query: exp.Expr) -> exp.Expr:
        whole = _is_whole(query)
        inner = self.convert(query.this if isinstance(query, exp.Subquery) else query)
        first = inner.expressions[0].unalias().unnest()
        given = first.expressions if whole and len(sought) > 1 else [one.unalias() for one in inner.expressions]
        values = [exp.alias_(one, f"v{i}", quoted=True) for i, one in enumerate(given)]
        inner.set("expressions", values)
        in_where = isinstance(node.find_ancestor(exp.Where, exp.Select), exp.Where)
        if in_where and node.find_ancestor(exp.Filter) is None and (len(sought) == 1 or not whole):
            left = [self.convert(one) for one in sought]
            within = exp.Tuple(expressions=left) if len(left) > 1 else left[0]
            return exp.In(this=within, query=exp.Subquery(this=inner))
        inner.set("expressions", [*values, exp.alias_(exp.true(), "found", quoted=True)])
        inner.set("distinct", exp.Distinct())
        return self._joined(node, sought, lambda name: exp.Subquery(this=inner, alias=_alias(name)), whole=whole)

    def _joined(
        self,
        node: exp.Expr,
        sought: list[exp.Expr],
        among: Callable[[str], exp.Expr],
        params: tuple[str, ...] = (),
        *,
        whole: bool,
    ) -> exp.Expr:
        """Return whether values are found, by a join with what they are sought in: Spark has no ``IN`` there."""
        columns = [one for expression in sought for one in expression.find_all(exp.Column)]
        tables = {id(table): table for one in columns if (table := self._base(one)) is not None}
        if len(tables) != 1 or any(self._base(one) is None for one in columns):
            raise Refused(_shown(node))
        name = f"{self._prefix}l{sum(len(one.lists) for one in self._beside.values())}"
        converted = [self.convert(one) for one in sought]
        whole = whole and len(sought) > 1
        self._beside[next(iter(tables))].lists.append(_Sought(name, among(name), converted, params, whole))
        found = _column(columns[0].table, name)
        if whole:
            return found
        missing = exp.or_(*(one.copy().is_(exp.null()) for one in converted))
        return exp.Case(ifs=[exp.If(this=missing, true=exp.null())], default=found)


def _is_whole(query: exp.Expr) -> bool:
    """Whether a query answers with several values in one column."""
    select = query.this if isinstance(query, exp.Subquery) else query
    return len(select.expressions) == 1 and isinstance(select.expressions[0].unalias().unnest(), exp.Tuple)


def _listed(query: exp.Expr) -> list[str] | None:
    """Return the parameters of ``(SELECT unnest(?))``, or None where the query is another."""
    select = query.this if isinstance(query, exp.Subquery) else query
    if not isinstance(select, exp.Select) or select.args.get("from_") is not None:
        return None
    parts = [one.unalias().unnest() for one in select.expressions]
    if len(parts) == 1 and isinstance(parts[0], exp.Tuple):
        parts = parts[0].expressions
    given = [one.find(exp.Parameter) for one in parts if isinstance(one, (exp.Explode, exp.Unnest))]
    names = [one.name for one in given if one is not None]
    return names if len(names) == len(parts) else None


def _join_beside(beside: _Beside) -> None:
    """Put a subquery with all that is looked up in the place of a relation."""
    if not beside.lookups and not beside.lists:
        return
    own = beside.place
    selected: list[exp.Expr] = [exp.Column(this=exp.Star(), table=_quoted(own.alias_or_name))]
    source = exp.select().from_(own.copy())
    for (column, *_), one in beside.lookups.items():
        selected.append(exp.alias_(_column(one.name, "v"), one.name, quoted=True))
        same = exp.NullSafeEQ(this=_column(own.alias_or_name, column), expression=_column(one.name, "k"))
        source = source.join(exp.to_table(one.name), on=same, join_type="left", copy=False)
    looked_up = {one.name for one in beside.lookups.values()}

    def in_place(part: exp.Expr) -> exp.Expr:
        found = isinstance(part, exp.Column) and part.name in looked_up
        return _column(part.name, "v") if found else part

    for listed in beside.lists:
        selected.append(exp.alias_(_column(listed.name, "found").is_(exp.null()).not_(), listed.name, quoted=True))
        alike = exp.NullSafeEQ if listed.whole else exp.EQ
        same_values = [
            alike(this=one.copy().transform(in_place), expression=_column(listed.name, f"v{i}"))
            for i, one in enumerate(listed.values)
        ]
        source = source.join(listed.among, on=exp.and_(*same_values), join_type="left", copy=False)
    own.replace(source.select(*selected, copy=False).subquery(own.alias_or_name))


def _column(table: str, name: str) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=_quoted(name))


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _as_duckdb(node: exp.Expr) -> tuple[str, tuple[str, ...]]:
    """Return an expression over a column in DuckDB's SQL, and the parameter that each ``?`` in it stands for."""
    own = node.copy()
    for column in own.find_all(exp.Column):
        column.set("table", None)
    for given in list(own.find_all(exp.Parameter)):
        given.replace(_call(_GIVEN, exp.var(given.name)))
    sql = own.sql("duckdb")
    tokens = sqlglot.tokenize(sql, read="duckdb")
    parts, names, at = [], [], 0
    for token, _, name, end in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        if token.text.lower() == _GIVEN and token.token_type is TokenType.VAR:
            parts += [sql[at : token.start], "?"]
            names.append(name.text)
            at = end.end + 1
    return "".join([*parts, sql[at:]]), tuple(names)


def _shown(node: exp.Expr) -> str:
    """Return a part of a statement in a few words."""
    return node.sql("duckdb")[:120]


def _kind(node: exp.Expr) -> str:
    """Return the type of a part: integer, fraction, time, text, boolean, or nothing where it is not known."""
    name = node.type.this.value if node.type is not None else ""
    for kind, names in (("integer", _INTEGERS), ("fraction", _FRACTIONS), ("time", _TIMES), ("text", _TEXTS)):
        if name in names:
            return kind
    return "boolean" if name == "BOOLEAN" else ""


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


# ---------------------------------------------------------------------- what is written otherwise on Spark

_EPOCH: Final = exp.cast(exp.Literal.string("1970-01-01"), exp.DType.TIMESTAMPNTZ)
_INFINITY: Final = exp.cast(exp.Literal.string("Infinity"), exp.DType.DOUBLE)
_NAN: Final = exp.cast(exp.Literal.string("NaN"), exp.DType.DOUBLE)
_EXACT_SECONDS: Final = exp.DataType.build("DECIMAL(20, 6)")
_MICROSECONDS: Final = {"HOUR": 3_600_000_000, "MINUTE": 60_000_000, "SECOND": 1_000_000}


def _table(spark: _Spark, node: exp.Expr) -> exp.Expr:
    beside = spark._beside.get(id(node))  # noqa: SLF001 - its own part
    return beside.place if beside is not None else spark.children(node)


def _literal(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if node.is_string:
        return spark.text(node.this)
    if node.this.isdigit() and int(node.this) < 2**63:
        return node.copy()
    return exp.Literal(this=f"{node.this}D", is_string=False)


def _parameter(spark: _Spark, node: exp.Expr) -> exp.Expr:
    value = spark.params[node.name]
    if isinstance(value, (list, tuple)):
        raise Refused(node.name)
    return spark.value(node.name, value)


def _cast(spark: _Spark, node: exp.Expr) -> exp.Expr:
    to, kind = node.args["to"].this.value, _kind(node.this)
    inner = spark.convert(node.this)
    if to in _TEXTS and kind in ("text", "integer", "boolean"):
        return exp.cast(inner, exp.DType.TEXT)
    if to == "DOUBLE" and kind in ("integer", "fraction", "boolean"):
        return exp.cast(inner, exp.DType.DOUBLE)
    if to in _INTEGERS and kind in ("integer", "boolean"):
        return exp.cast(inner, exp.DType.BIGINT)
    if to in _INTEGERS and kind == "fraction":
        return exp.cast(_call("rint", inner), exp.DType.BIGINT)
    if to == "DATE" and kind == "time":
        return exp.cast(inner, exp.DType.DATE)
    if to in _TIMES and kind == "time":
        return exp.cast(inner, exp.DType.TIMESTAMPNTZ)
    raise Refused(_shown(node))


def _divided(spark: _Spark, node: exp.Expr) -> exp.Expr:
    above, below = (exp.cast(spark.convert(one), exp.DType.DOUBLE) for one in (node.this, node.expression))
    exact = exp.Paren(this=exp.Div(this=above, expression=below))
    if isinstance(node.expression.unnest(), exp.Literal) and float(node.expression.unnest().this):
        return exact
    by_zero = exp.Mul(this=above.copy(), expression=_INFINITY.copy())
    is_zero = exp.EQ(this=below.copy(), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=is_zero, true=by_zero)], default=exact)


def _divided_whole(spark: _Spark, node: exp.Expr) -> exp.Expr:
    by = node.expression.unnest()
    if not isinstance(by, exp.Literal) or by.is_string or not by.this.isdigit() or not int(by.this):
        raise Refused(_shown(node))
    if _kind(node.this) != "integer":
        raise Refused(_shown(node))
    return exp.Paren(this=exp.IntDiv(this=exp.Paren(this=spark.convert(node.this)), expression=by.copy()))


def _remainder(spark: _Spark, node: exp.Expr) -> exp.Expr:
    by = node.expression.unnest()
    if not isinstance(by, exp.Literal) or not by.this.isdigit() or not int(by.this):
        raise Refused(_shown(node))
    left = node.this.unnest()
    if isinstance(left, exp.Anonymous) and left.name.lower() == "hash":
        # A hash stands for a random number, and no engine's is that of another; DuckDB's are never negative.
        return _call("pmod", spark.convert(left), by.copy())
    return spark.children(node)


def _truncated(spark: _Spark, node: exp.Expr) -> exp.Expr:
    unit = node.args["unit"].name.upper()
    if _kind(node.this) != "time":
        raise Refused(_shown(node))
    inner = spark.convert(node.this)
    if unit == "DAY":
        return exp.cast(exp.cast(inner, exp.DType.DATE), exp.DType.TIMESTAMPNTZ)
    if unit in ("WEEK", "MONTH", "QUARTER", "YEAR"):
        day = _call("trunc", exp.cast(inner, exp.DType.DATE), exp.Literal.string(unit))
        return exp.cast(day, exp.DType.TIMESTAMPNTZ)
    if unit in _MICROSECONDS:
        over = _call("pmod", _microseconds(inner.copy()), exp.Literal.number(_MICROSECONDS[unit]))
        return _call("timestampadd", exp.var("MICROSECOND"), exp.Neg(this=over), inner)
    raise Refused(_shown(node))


def _microseconds(time: exp.Expr) -> exp.Expr:
    """Return the microseconds since 1970; `timestampdiff` would go by the clocks of the session's time zone."""
    since = exp.Paren(this=exp.Sub(this=time, expression=_EPOCH.copy()))
    seconds = exp.cast(exp.Cast(this=since, to=exp.DataType.build("INTERVAL SECOND", dialect="spark")), _EXACT_SECONDS)
    return exp.cast(exp.Paren(this=exp.Mul(this=seconds, expression=exp.Literal.number(1_000_000))), exp.DType.BIGINT)


def _epoch(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if _kind(node.this) != "time":
        raise Refused(_shown(node))
    seconds = exp.cast(_microseconds(spark.convert(node.this)), exp.DType.DOUBLE)
    return exp.Paren(this=exp.Div(this=seconds, expression=exp.Literal(this="1e6D", is_string=False)))


def _rounded(spark: _Spark, node: exp.Expr) -> exp.Expr:
    places = node.args.get("decimals")
    if _kind(node.this) not in ("integer", "fraction") or (places is not None and not places.unnest().is_number):
        raise Refused(_shown(node))
    number = exp.cast(spark.convert(node.this), exp.DType.DOUBLE)
    scale = 10 ** int(places.unnest().this) if places is not None else 1
    if scale == 1:
        return _call("round", number, exp.Literal.number(0))
    by = exp.Literal(this=f"{scale}D", is_string=False)
    whole = _call("round", exp.Mul(this=exp.Paren(this=number), expression=by), exp.Literal.number(0))
    return exp.Paren(this=exp.Div(this=whole, expression=by.copy()))


def _median(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if _kind(node.this) not in ("integer", "fraction"):
        raise Refused(_shown(node))
    return _call("percentile", spark.convert(node.this), exp.Literal(this="0.5D", is_string=False))


def _average(spark: _Spark, node: exp.Expr) -> exp.Expr:
    return exp.Avg(this=exp.cast(spark.convert(node.this), exp.DType.DOUBLE))


def _function(spark: _Spark, node: exp.Expr) -> exp.Expr:
    """Return a function that SQLGlot knows no more of than its name."""
    arguments = node.expressions
    match node.name.lower():
        case "hash":
            # Spark passes over what is missing: (a, missing) would be (missing, a).
            converted = [spark.convert(one) for one in arguments]
            if len(converted) > 1:
                converted = [part for one in converted for part in (one.copy().is_(exp.null()), one)]
            return _call("xxhash64", *converted)
        case "isfinite" if _kind(arguments[0]) in ("integer", "fraction"):
            size = exp.Abs(this=exp.cast(spark.convert(arguments[0]), exp.DType.DOUBLE))
            return exp.Paren(this=exp.LT(this=size, expression=_INFINITY.copy()))
        case "isfinite" if _kind(arguments[0]) == "time":
            return exp.Paren(this=exp.Is(this=spark.convert(arguments[0]), expression=exp.null()).not_())
        case "isnan" if _kind(arguments[0]) == "fraction":
            return exp.Paren(this=exp.EQ(this=spark.convert(arguments[0]), expression=_NAN.copy()))
        case "strip_accents" if _kind(arguments[0]) == "text":
            return _letter_by_letter(spark, arguments[0], "strip_accents")
        case "epoch_us" if _kind(arguments[0]) == "time":
            return _microseconds(spark.convert(arguments[0]))
    raise Refused(_shown(node))


def _pattern(spark: _Spark, node: exp.Expr | None) -> str:
    """Return a pattern given as text or as a parameter, as Java has it."""
    given = spark.params[node.name] if isinstance(node, exp.Parameter) else None
    if isinstance(node, exp.Literal) and node.is_string:
        given = node.this
    found = as_java(given) if isinstance(given, str) else None
    if found is None:
        raise Refused("" if node is None else _shown(node))
    return found


def _matches_whole(spark: _Spark, node: exp.Expr) -> exp.Expr:
    pattern = spark.text(rf"\A(?:{_pattern(spark, node.expression)})\z")
    return exp.Paren(this=exp.RegexpLike(this=spark.convert(node.this), expression=pattern))


def _matches(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if node.args.get("flag") is not None:
        raise Refused(_shown(node))
    pattern = spark.text(_pattern(spark, node.expression))
    return exp.Paren(this=exp.RegexpLike(this=spark.convert(node.this), expression=pattern))


def _replaced(spark: _Spark, node: exp.Expr) -> exp.Expr:
    """Return a replacement of every match; of the first alone where there can be no other."""
    flags, by = node.args.get("modifiers"), node.args.get("replacement")
    pattern = _pattern(spark, node.expression)
    every = flags is not None and flags.name == "g"
    only = flags is None and pattern.startswith("^") and "|" not in pattern
    if not (every or only) or not isinstance(by, exp.Literal) or "$" in by.this:
        raise Refused(_shown(node))
    becomes = re.sub(r"\\([0-9])", r"$\1", by.this)
    if "\\" in becomes:
        raise Refused(_shown(node))
    return _call("regexp_replace", spark.convert(node.this), spark.text(pattern), spark.text(becomes))


def _tried(spark: _Spark, node: exp.Expr) -> exp.Expr:
    """Return a cast that may fail: of text to a number only where a pattern says that it is one."""
    if node.args["to"].this.value != "DOUBLE" or _kind(node.this) != "text":
        return _cast(spark, node)
    condition = node.find_ancestor(exp.Case)
    guards = condition.find_all(exp.RegexpFullMatch) if condition is not None else ()
    if not any(guard.this == node.this for guard in guards):
        raise Refused(_shown(node))
    return exp.TryCast(this=spark.convert(node.this), to=exp.DataType.build("DOUBLE"))


def _text_alike(node: exp.Expr) -> str | None:
    """Return the text of a constant; None where it is none."""
    match node.unnest():
        case exp.ByteString() as escaped:
            return str(escaped.this)
        case exp.Literal() as literal if literal.is_string:
            return str(literal.this)
        case exp.Chr() as character if isinstance(character.expressions[0], exp.Literal):
            return chr(int(character.expressions[0].this))
        case exp.DPipe() as joined:
            parts = [_text_alike(joined.this), _text_alike(joined.expression)]
            return None if None in parts else "".join(one for one in parts if one is not None)
    return None


def _trimmed(spark: _Spark, node: exp.Expr) -> exp.Expr:
    characters = " " if node.expression is None else _text_alike(node.expression)
    if characters is None or node.args.get("position"):
        raise Refused(_shown(node))
    return exp.Trim(this=spark.convert(node.this), expression=spark.text(characters), position="BOTH")


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
    return _call("translate", spark.convert(text), spark.text(changed), spark.text(becomes))


def _lower(spark: _Spark, node: exp.Expr) -> exp.Expr:
    return _letter_by_letter(spark, node.this, "lower")


def _beginning(spark: _Spark, node: exp.Expr) -> exp.Expr:
    given = [node.args.get("start"), node.args.get("length")]
    if not all(isinstance(one, exp.Literal) and one.this.isdigit() and int(one.this) > 0 for one in given):
        raise Refused(_shown(node))
    return spark.children(node)


def _is_nan(spark: _Spark, node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.EQ(this=spark.convert(node.this), expression=_NAN.copy()))


def _whole_part(spark: _Spark, node: exp.Expr) -> exp.Expr:
    if _kind(node.this) not in ("integer", "fraction") or node.args.get("decimals") is not None:
        raise Refused(_shown(node))
    number = exp.cast(spark.convert(node.this), exp.DType.DOUBLE)
    sign = _call("signum", number.copy())
    return exp.Paren(
        this=exp.Mul(this=sign, expression=exp.cast(_call("floor", exp.Abs(this=number)), exp.DType.DOUBLE))
    )


_REWRITTEN: Final[dict[type[exp.Expr], Callable[[_Spark, Any], exp.Expr]]] = {
    exp.Anonymous: _function,
    exp.Avg: _average,
    exp.Cast: _cast,
    exp.Div: _divided,
    exp.In: _Spark.among,
    exp.IntDiv: _divided_whole,
    exp.IsNan: _is_nan,
    exp.Literal: _literal,
    exp.Lower: _lower,
    exp.Median: _median,
    exp.Mod: _remainder,
    exp.Parameter: _parameter,
    exp.RegexpFullMatch: _matches_whole,
    exp.RegexpLike: _matches,
    exp.RegexpReplace: _replaced,
    exp.Round: _rounded,
    exp.Substring: _beginning,
    exp.Table: _table,
    exp.TimeToUnix: _epoch,
    exp.TimestampTrunc: _truncated,
    exp.Trim: _trimmed,
    exp.TryCast: _tried,
}

_ALIKE: Final = {
    # What a statement is made of.
    exp.Alias, exp.CTE, exp.Column, exp.Distinct, exp.From, exp.Group, exp.Having, exp.Identifier, exp.Join, exp.Limit,
    exp.Offset, exp.Order, exp.Ordered, exp.Paren, exp.Select, exp.Star, exp.Subquery, exp.TableAlias, exp.Tuple,
    exp.Union, exp.Var, exp.Where, exp.With,
    # Conditions.
    exp.And, exp.Between, exp.Boolean, exp.Case, exp.Coalesce, exp.EQ, exp.Exists, exp.GT, exp.GTE, exp.If, exp.Is, exp.LT, exp.LTE,
    exp.NEQ, exp.Not, exp.Null, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif, exp.Or,
    # Numbers.
    exp.Abs, exp.Add, exp.Array, exp.BitwiseLeftShift, exp.BitwiseOr, exp.Greatest, exp.Least, exp.Mul, exp.Neg, exp.Sub,
    # Text: the number of its characters.
    exp.Length,
    # Groups of rows.
    exp.ApproxDistinct, exp.BitwiseXorAgg, exp.Count, exp.Filter, exp.LogicalAnd, exp.LogicalOr, exp.Max, exp.Min,
    exp.Sum, exp.Stddev, exp.StddevSamp,
    # Rows beside each other.
    exp.Lag, exp.Lead, exp.RowNumber, exp.Window, exp.WindowSpec,
}  # fmt: skip

_NOT_SCALAR: Final = (exp.AggFunc, exp.Window, exp.Subquery, exp.Select, exp.Filter, exp.Explode, exp.Unnest, exp.Star)
