"""What the translations have in common: walking a statement, its values, and what DuckDB computes for them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from mlqa_widgets.errors import MissingPackage

try:
    import sqlglot
    from sqlglot import TokenType, exp
    from sqlglot.optimizer.annotate_types import annotate_types
    from sqlglot.optimizer.qualify import qualify
except ImportError as missing:  # pragma: no cover
    _MISSING = (
        "Scanning on Spark or PostgreSQL needs the package sqlglot: pip install 'mlqa_widgets[spark]' or "
        "'mlqa_widgets[postgres]'."
    )
    raise MissingPackage(_MISSING) from missing

LISTED_IN_PLACE: Final = 100
"""Values up to which a list is written into the statement."""

INTEGERS: Final = {"TINYINT", "SMALLINT", "INT", "BIGINT", "UTINYINT", "USMALLINT", "UINT", "UBIGINT", "INT128"}
TIMES: Final = {"TIMESTAMP", "TIMESTAMPNTZ", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"}
TEXTS: Final = {"TEXT", "VARCHAR"}
_FRACTIONS: Final = {"DOUBLE", "FLOAT", "DECIMAL"}
_GIVEN: Final = "mlqa_given"

Relations = Mapping[str, Mapping[str, str]]
"""Relation -> column -> its type in DuckDB."""


class Refused(Exception):
    """A statement has a part that the other engine would not compute alike; the message names it."""


@dataclass(frozen=True)
class Lookup:
    """An expression of one column, computed by DuckDB for each distinct value and looked up by the other engine.

    It is to be a relation with the columns ``k`` and ``v``.
    """

    name: str
    relation: str
    column: str
    sql: str
    """In DuckDB's SQL, over the column."""
    params: tuple[str, ...]
    """The parameter of the statement that each ``?`` stands for."""


@dataclass(frozen=True)
class Translation:
    """A statement for the other engine, and what has to be there before it can run."""

    sql: str
    """With its values as parameters."""
    params: dict[str, Any]
    lookups: tuple[Lookup, ...]


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


def typed(tree: exp.Expr, relations: Relations) -> exp.Expr:
    """Return a parsed statement with the relation of each column, and the types of its parts."""
    schema: Any = {relation: dict(columns) for relation, columns in relations.items()}
    qualified = qualify(tree, schema=schema, dialect="duckdb", validate_qualify_columns=False, expand_stars=False)
    return annotate_types(qualified, schema=schema, dialect="duckdb")


@dataclass(frozen=True)
class Sought:
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
class Beside:
    """What one base relation of a statement is joined with."""

    place: exp.Expr
    """Where the relation stands in the translated statement."""
    lookups: dict[tuple[str, str, tuple[str, ...]], Lookup] = field(default_factory=dict)
    """(column, expression, its parameters) -> where it is looked up."""
    lists: list[Sought] = field(default_factory=list)


class Translator(ABC):
    """One statement on its way to another engine.

    Parameters
    ----------
    params
        Name -> value: a scalar, or a list of them.
    relations
        The relations that may be named.
    prefix
        What the names of the relations it needs besides begin with.
    """

    rewritten: ClassVar[Mapping[type[exp.Expr], Callable[[Any, Any], exp.Expr]]]
    """Parts that are written otherwise there."""
    unchanged: ClassVar[frozenset[type[exp.Expr]]]
    """Parts that mean the same as they stand."""

    def __init__(self, params: Mapping[str, Any], relations: Relations, prefix: str) -> None:
        self.params = params
        self.bound: dict[str, Any] = {}
        self.prefix = prefix
        self.relations = relations
        self.beside: dict[int, Beside] = {}
        self._within_one_column = False

    @abstractmethod
    def place(self, table: exp.Table) -> exp.Expr:
        """Return a base relation as it is called there, with its alias."""

    @abstractmethod
    def value(self, name: str, value: Any) -> exp.Expr:
        """Return a value bound as the parameter ``name``."""

    @abstractmethod
    def looked_up(self, column: exp.Column, name: str) -> exp.Expr:
        """Return what the lookup ``name`` says of a column, where the two are joined."""

    @abstractmethod
    def alike(self, value: exp.Expr, other: exp.Expr, *, also_missing: bool) -> exp.Expr:
        """Return whether two values are the same: by this they are joined."""

    @abstractmethod
    def pattern(self, pattern: str) -> str | None:
        """Return a pattern of RE2 as one of the other engine; None where the two would differ."""

    def statement(self, tree: exp.Expr) -> exp.Expr:
        """Return a whole statement converted."""
        for node in tree.find_all(exp.Table):
            if node.name in self.relations:
                self.beside[id(node)] = Beside(self.place(node))
            elif not any(node.name == one.alias for one in node.root().find_all(exp.CTE)):
                raise Refused(node.name)
        converted = self.convert(tree)
        for beside in self.beside.values():
            self._join(beside)
        return converted

    @property
    def sought(self) -> list[Sought]:
        """All that is sought in lists."""
        return [one for beside in self.beside.values() for one in beside.lists]

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """What has to be looked up."""
        return tuple(one for beside in self.beside.values() for one in beside.lookups.values())

    # ------------------------------------------------------------------ walking

    def convert(self, node: exp.Expr) -> exp.Expr:
        """Return a part of the statement as the other engine has it."""
        column = None if self._within_one_column else self._lone_column(node)
        if column is None:
            return self._natively(node)
        undo = self._undoing()
        self._within_one_column = True
        try:
            return self._natively(node)
        except Refused:
            undo()
            return self._looked_up(node, column)
        finally:
            self._within_one_column = False

    def _undoing(self) -> Callable[[], None]:
        """Return what puts back what was bound and sought until now."""
        before = len(self.bound)
        lists = {key: len(beside.lists) for key, beside in self.beside.items()}

        def undo() -> None:
            while len(self.bound) > before:
                self.bound.popitem()
            for key, number in lists.items():
                del self.beside[key].lists[number:]

        return undo

    def _natively(self, node: exp.Expr) -> exp.Expr:
        rewritten = self.rewritten.get(type(node))
        if rewritten is not None:
            return rewritten(self, node)
        if type(node) not in self.unchanged:
            raise Refused(shown(node))
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

    def text(self, value: str) -> exp.Expr:
        """Return text bound as a parameter, which needs no quoting."""
        name = next((name for name, one in self.bound.items() if one == value and name[0] == "s"), None)
        return self.value(name or f"s{len(self.bound)}", value)

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
        return columns[0] if self.base(columns[0]) is not None else None

    def base(self, column: exp.Column) -> exp.Table | None:
        """Return the base relation that a column is of; None for one of a subquery."""
        select = column.find_ancestor(exp.Select)
        while select is not None:
            for source in (select.args.get("from_"), *(select.args.get("joins") or [])):
                if source is not None and source.this.alias_or_name == column.table:
                    return source.this if id(source.this) in self.beside else None
            select = select.find_ancestor(exp.Select)
        return None

    def _looked_up(self, node: exp.Expr, column: exp.Column) -> exp.Expr:
        table = self.base(column)
        if table is None:
            raise Refused(shown(node))
        lookups = self.beside[id(table)].lookups
        sql, given = _as_duckdb(node)
        key = column.name, sql, given
        if key not in lookups:
            lookups[key] = Lookup(f"{self.prefix}x{len(self.lookups)}", table.name, *key)
        return column_of(column.table, lookups[key].name)

    # ------------------------------------------------------------------ what is joined

    def joined(
        self,
        node: exp.Expr,
        sought: list[exp.Expr],
        converted: list[exp.Expr],
        among: Callable[[str], exp.Expr],
        params: tuple[str, ...] = (),
        *,
        whole: bool,
    ) -> exp.Expr:
        """Return whether values are found, by a join with what they are sought in."""
        columns = [one for expression in sought for one in expression.find_all(exp.Column)]
        tables = {id(table): table for one in columns if (table := self.base(one)) is not None}
        if len(tables) != 1 or any(self.base(one) is None for one in columns):
            raise Refused(shown(node))
        name = f"{self.prefix}l{len(self.sought)}"
        self.beside[next(iter(tables))].lists.append(Sought(name, among(name), converted, params, whole))
        found = column_of(columns[0].table, name)
        if whole:
            return found
        missing = exp.or_(*(one.copy().is_(exp.null()) for one in converted))
        return exp.Case(ifs=[exp.If(this=missing, true=exp.null())], default=found)

    def _join(self, beside: Beside) -> None:
        """Put a subquery with all that is looked up in the place of a relation."""
        if not beside.lookups and not beside.lists:
            return
        own = beside.place
        selected: list[exp.Expr] = [exp.Column(this=exp.Star(), table=quoted(own.alias_or_name))]
        source = exp.select().from_(own.copy())
        found: dict[str, exp.Expr] = {}
        for (name, *_), one in beside.lookups.items():
            column = column_of(own.alias_or_name, name)
            found[one.name] = self.looked_up(column, one.name)
            selected.append(exp.alias_(found[one.name], one.name, quoted=True))
            same = self.alike(column.copy(), column_of(one.name, "k"), also_missing=True)
            source = source.join(exp.to_table(one.name), on=same, join_type="left", copy=False)

        def in_place(part: exp.Expr) -> exp.Expr:
            return found[part.name].copy() if isinstance(part, exp.Column) and part.name in found else part

        for sought in beside.lists:
            selected.append(
                exp.alias_(column_of(sought.name, "found").is_(exp.null()).not_(), sought.name, quoted=True)
            )
            same_values = [
                self.alike(one.copy().transform(in_place), column_of(sought.name, f"v{i}"), also_missing=sought.whole)
                for i, one in enumerate(sought.values)
            ]
            source = source.join(sought.among, on=exp.and_(*same_values), join_type="left", copy=False)
        own.replace(source.select(*selected, copy=False).subquery(own.alias_or_name))


# ---------------------------------------------------------------------- parts of statements


def is_whole(query: exp.Expr) -> bool:
    """Whether a query answers with several values in one column."""
    select = query.this if isinstance(query, exp.Subquery) else query
    return len(select.expressions) == 1 and isinstance(select.expressions[0].unalias().unnest(), exp.Tuple)


def sought_values(node: exp.Expr) -> list[exp.Expr]:
    """Return what ``IN`` seeks, one or several."""
    return [one.unnest() for one in node.this.expressions] if isinstance(node.this, exp.Tuple) else [node.this]


def listed(query: exp.Expr) -> list[str] | None:
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


def column_of(table: str, name: str) -> exp.Column:
    """Return a column of a relation, quoted."""
    return exp.column(name, table=table, quoted=True)


def quoted(name: str) -> exp.Identifier:
    """Return a name, quoted."""
    return exp.to_identifier(name, quoted=True)


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of a function by its name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def shown(node: exp.Expr) -> str:
    """Return a part of a statement in a few words."""
    return node.sql("duckdb")[:120]


def kind(node: exp.Expr) -> str:
    """Return the type of a part: integer, fraction, time, text, boolean, or nothing where it is not known."""
    name = node.type.this.value if node.type is not None else ""
    for found, names in (("integer", INTEGERS), ("fraction", _FRACTIONS), ("time", TIMES), ("text", TEXTS)):
        if name in names:
            return found
    return "boolean" if name == "BOOLEAN" else ""


def positive(node: exp.Expr | None) -> int:
    """Return the number of a literal that is whole and above 0; 0 for anything else."""
    number = None if node is None else node.unnest()
    if not isinstance(number, exp.Literal) or number.is_string or not number.this.isdigit():
        return 0
    return int(number.this)


def _as_duckdb(node: exp.Expr) -> tuple[str, tuple[str, ...]]:
    """Return an expression over a column in DuckDB's SQL, and the parameter that each ``?`` in it stands for."""
    own = node.copy()
    for column in own.find_all(exp.Column):
        column.set("table", None)
    for given in list(own.find_all(exp.Parameter)):
        given.replace(call(_GIVEN, exp.var(given.name)))
    sql = own.sql("duckdb")
    tokens = sqlglot.tokenize(sql, read="duckdb")
    parts, names, at = [], [], 0
    for token, _, name, end in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        if token.text.lower() == _GIVEN and token.token_type is TokenType.VAR:
            parts += [sql[at : token.start], "?"]
            names.append(name.text)
            at = end.end + 1
    return "".join([*parts, sql[at:]]), tuple(names)


# ---------------------------------------------------------------------- what is written alike on several engines

_INFINITY: Final = exp.cast(exp.Literal.string("Infinity"), exp.DType.DOUBLE)
_NAN: Final = exp.cast(exp.Literal.string("NaN"), exp.DType.DOUBLE)


def one_after_the_other(to: Translator, node: exp.Expr) -> exp.Expr:
    """Return text put after text; lists are put together by the same sign."""
    parts = list(node.flatten())
    if any(kind(one) != "text" for one in parts):
        raise Refused(shown(node))
    return to.children(node)


def table(to: Translator, node: exp.Table) -> exp.Expr:
    """Return a relation."""
    beside = to.beside.get(id(node))
    return beside.place if beside is not None else to.children(node)


def parameter(to: Translator, node: exp.Parameter) -> exp.Expr:
    """Return a single value."""
    value = to.params[node.name]
    if isinstance(value, (list, tuple)):
        raise Refused(node.name)
    return to.value(node.name, value)


def divided(to: Translator, node: exp.Div) -> exp.Expr:
    """Return a quotient: DuckDB's by zero is infinite."""
    above, below = (exp.cast(to.convert(one), exp.DType.DOUBLE) for one in (node.this, node.expression))
    exact = exp.Paren(this=exp.Div(this=above, expression=below))
    if isinstance(node.expression.unnest(), exp.Literal) and float(node.expression.unnest().this):
        return exact
    by_zero = exp.Mul(this=above.copy(), expression=_INFINITY.copy())
    is_zero = exp.EQ(this=below.copy(), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=is_zero, true=by_zero)], default=exact)


def average(to: Translator, node: exp.Avg) -> exp.Expr:
    """Return a mean, which is a fraction."""
    return exp.Avg(this=exp.cast(to.convert(node.this), exp.DType.DOUBLE))


def is_nan(to: Translator, node: exp.IsNan) -> exp.Expr:
    """Return whether a number is none; elsewhere NaN equals itself."""
    return exp.Paren(this=exp.EQ(this=to.convert(node.this), expression=_NAN.copy()))


def is_finite(to: Translator, node: exp.Expr) -> exp.Expr:
    """Return whether a number is finite; elsewhere NaN is greater than all."""
    size = exp.Abs(this=exp.cast(to.convert(node), exp.DType.DOUBLE))
    return exp.Paren(this=exp.LT(this=size, expression=_INFINITY.copy()))


def beginning(to: Translator, node: exp.Substring) -> exp.Expr:
    """Return a part of a text, told from its beginning."""
    if not (positive(node.args.get("start")) and positive(node.args.get("length"))):
        raise Refused(shown(node))
    return to.children(node)


def pattern_of(to: Translator, node: exp.Expr | None) -> str:
    """Return a pattern given as text or as a parameter, as the other engine has it."""
    given = to.params[node.name] if isinstance(node, exp.Parameter) else None
    if isinstance(node, exp.Literal) and node.is_string:
        given = node.this
    found = to.pattern(given) if isinstance(given, str) else None
    if found is None:
        raise Refused("" if node is None else shown(node))
    return found


def matches(to: Translator, node: exp.RegexpLike) -> exp.Expr:
    """Return whether a pattern is found in a text."""
    if node.args.get("flag") is not None:
        raise Refused(shown(node))
    pattern = to.text(pattern_of(to, node.expression))
    return exp.Paren(this=exp.RegexpLike(this=to.convert(node.this), expression=pattern))


def trimmed(to: Translator, node: exp.Trim) -> exp.Expr:
    """Return a text without some characters at both ends; which are spaces is told otherwise elsewhere."""
    characters = None if node.expression is None else _text_alike(node.expression)
    if characters is None or node.args.get("position"):
        raise Refused(shown(node))
    return exp.Trim(this=to.convert(node.this), expression=to.text(characters), position="BOTH")


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


def numbered(params: Sequence[Any]) -> dict[str, Any]:
    """Return the values of a statement by the names of its parameters."""
    return {f"p{i}": one for i, one in enumerate(params)}


ALIKE: Final[frozenset[type[exp.Expr]]] = frozenset({
    # What a statement is made of.
    exp.Alias, exp.CTE, exp.Column, exp.Distinct, exp.From, exp.Group, exp.Having, exp.Identifier, exp.Join, exp.Limit,
    exp.Offset, exp.Order, exp.Ordered, exp.Paren, exp.Select, exp.Star, exp.Subquery, exp.TableAlias, exp.Tuple,
    exp.Union, exp.Var, exp.Where, exp.With,
    # Conditions.
    exp.And, exp.Between, exp.Boolean, exp.Case, exp.Coalesce, exp.EQ, exp.Exists, exp.GT, exp.GTE, exp.If, exp.Is, exp.LT, exp.LTE,
    exp.NEQ, exp.Not, exp.Null, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif, exp.Or,
    # Numbers.
    exp.Abs, exp.Add, exp.BitwiseLeftShift, exp.BitwiseOr, exp.Greatest, exp.Least, exp.Mul, exp.Neg, exp.Sub,
    # Text: the number of its characters.
    exp.Length,
    # Groups of rows.
    exp.BitwiseXorAgg, exp.Count, exp.Filter, exp.LogicalAnd, exp.LogicalOr, exp.Max, exp.Min, exp.Sum,
    # Rows beside each other.
    exp.Lag, exp.Lead, exp.RowNumber, exp.Window, exp.WindowSpec,
})  # fmt: skip
"""Parts that mean the same on every engine."""

_NOT_SCALAR: Final = (exp.AggFunc, exp.Window, exp.Subquery, exp.Select, exp.Filter, exp.Explode, exp.Unnest, exp.Star)
