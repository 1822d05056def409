"""How a column is compared: as a name, a text, a date, a phone ...; its cells made plain, and the levels of agreement.

Every form is a list of levels, the closest first; the first that holds is the pair's level, "other" if none does, and a
pair with a value missing on either side says nothing. The conditions are SQL over the plain columns of both records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from mlqa_widgets.compare.matching import canonical_text
from mlqa_widgets.engines.duckdb import text
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind

Form = Literal["name", "text", "date", "email", "phone", "postcode", "code", "category", "number", "place", "time"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)

_OF_KIND: Final[Mapping[Kind, Form]] = {
    Kind.NAME: "name",
    Kind.ADDRESS: "text",
    Kind.SENTENCE: "text",
    Kind.LOCATION: "text",
    Kind.UNKNOWN: "text",
    Kind.NUMBER_IN_TEXT: "text",
    Kind.EMAIL: "email",
    Kind.PHONE: "phone",
    Kind.POSTCODE: "postcode",
    Kind.DATETIME: "date",
    Kind.PERIOD: "code",
    Kind.CODE: "code",
    Kind.IDENTIFIER: "code",
    Kind.REFERENCE: "code",
    Kind.URL: "code",
    Kind.CATEGORY: "category",
    Kind.BOOLEAN: "category",
    Kind.NUMERIC: "number",
    Kind.COORDINATE: "number",
}
_SEVERAL_WORDS: Final = 2.2
"""Words per value from which a name is compared as a text: by its words too."""
_NOTHING: Final = 0.01
"""How often a level that says nothing is taken to be seen, of matches as of others."""
_LOOKED_AT: Final = 300
_FEW: Final = 30
"""Different values up to which those of a category are told apart rather than spelled."""


@dataclass(frozen=True)
class Level:
    """One level of agreement: what it is called, its condition, and whether rare values count for more."""

    label: str
    sql: str
    rare_counts: bool = False


def form_of(column: ColumnProfile) -> Form | None:
    """Return how a column is best compared; None where it holds nothing to compare."""
    form = _OF_KIND.get(column.kind)
    if not column.is_text or form not in ("code", "name", "category"):
        return form
    values = [str(value) for value in column.strings.slice(0, _LOOKED_AT).to_pylist()]
    if sum(len(value.split()) for value in values) >= _SEVERAL_WORDS * len(values):
        return "text"
    if form == "code" and sum(any(c.isdigit() for c in value) for value in values) < 0.2 * len(values):
        return "name"
    return "name" if form == "category" and column.distinct > _FEW else form


def common_form(left: Form, right: Form) -> Form:
    """Return the form in which columns of two forms can both be compared."""
    if left == right:
        return left
    both = {left, right}
    if both <= {"name", "text", "category"}:
        return "text" if "text" in both else "name"
    if both <= {"code", "number", "postcode", "phone"}:
        return "phone" if "phone" in both else "code"
    if "date" in both:
        return "date"
    return "text"


def plain(column: ColumnProfile, form: Form) -> str:
    """Return SQL of a cell made plain for its form, its column written ``@c0``; missing where nothing is left."""
    cell = canonical_text(column)
    match form:
        case "date":
            return f"coalesce(strftime({_date(column)}, '%Y%m%d'), {_digits(cell)})"
        case "email":
            return f"nullif(lower(trim({cell})), '')"
        case "phone":
            return f"nullif(right(regexp_replace({cell}, '[^0-9]+', '', 'g'), 10), '')"
        case "postcode" | "code":
            return rf"nullif(regexp_replace(lower(strip_accents({cell})), '[^\pL\pN]+', '', 'g'), '')"
        case "number" | "place":
            return f"try_cast(@{column.column.sql} AS DOUBLE)"
        case "time":
            return f"epoch({_date(column)})"
        case _:
            letters = f"replace(replace(lower(strip_accents({cell})), '''', ''), chr(8217), '')"
            return rf"nullif(trim(regexp_replace({letters}, '[^\pL\pN]+', ' ', 'g')), '')"


def _digits(cell: str) -> str:
    return f"nullif(regexp_replace({cell}, '[^0-9]+', '', 'g'), '')"


def _date(column: ColumnProfile) -> str:
    """Return SQL of a cell as a day, its column written ``@c0``."""
    if column.column.storage == "datetime":
        return f"@{column.column.sql}"
    formats = [one for one in column.date_reading.formats if one.kind in ("date", "datetime")]
    written = [one.directive for one in formats if not one.replacements and "ISO" not in one.directive]
    known = ", ".join(text(directive) for directive in written or ["%Y%m%d"])
    cell = canonical_text(column)
    return f"coalesce(try_cast({cell} AS TIMESTAMP), try_strptime({cell}, [{known}]))"


def levels(name: str, form: Form) -> tuple[Level, ...]:
    """Return the levels of agreement of a form, the closest first; ``name`` is the plain column's."""
    left, right = f"{name}_l", f"{name}_r"
    same = Level("the same", f"{left} = {right}", rare_counts=True)
    least = 0.85 if form == "email" else 0.6  # what two slips leave alike at least: asked first, as it is cheap
    near = f"jaro_winkler_similarity({left}, {right}) >= {least} AND levenshtein({left}, {right}) <= 2"
    slip = Level("one slip", f"{near} AND damerau_levenshtein({left}, {right}) <= 1")
    slips = Level("two slips", near)

    def alike(share: float, label: str) -> Level:
        return Level(label, f"jaro_winkler_similarity({left}, {right}) >= {share:g}")

    match form:
        case "name":
            return same, alike(0.92, "nearly the same"), alike(0.88, "alike"), alike(0.7, "somewhat alike")
        case "text":
            return (
                same,
                Level("the same words", f"{_shared_words(name)} >= 0.8"),
                alike(0.92, "nearly the same"),
                Level("half the words shared", f"{_shared_words(name)} >= 0.5"),
                alike(0.8, "alike"),
            )
        case "date":
            swapped = f"substr({right}, 1, 4) || substr({right}, 7, 2) || substr({right}, 5, 2)"
            return (
                same,
                slip,
                Level("day and month swapped", f"length({right}) = 8 AND {left} = {swapped}"),
                Level("within a month", f"{_days(left, right)} <= 31"),
                Level("within a year", f"{_days(left, right)} <= 366"),
            )
        case "email":
            return (
                same,
                Level("the same before the @", f"split_part({left}, '@', 1) = split_part({right}, '@', 1)"),
                slip,
                slips,
                alike(0.9, "alike"),
            )
        case "phone":
            return same, slip, Level("the same last seven digits", f"right({left}, 7) = right({right}, 7)")
        case "code" | "postcode":
            return same, slip, slips
        case "category":
            return same, alike(0.9, "nearly the same")
        case "number":
            return (
                same,
                Level("within 1 %", f"{_ratio(left, right)} <= 0.01"),
                Level("within 10 %", f"{_ratio(left, right)} <= 0.1"),
            )
        case "place":
            distance = _kilometres(name)
            return tuple(
                Level(f"within {label}", f"{distance} <= {limit:g}")
                for limit, label in ((0.1, "100 m"), (0.5, "500 m"), (2, "2 km"), (10, "10 km"))
            )
        case "time":
            return tuple(
                Level(f"within {label}", f"abs({left} - {right}) <= {limit:d}")
                for limit, label in ((60, "a minute"), (600, "10 minutes"), (3600, "an hour"), (86400, "a day"))
            )


def comparison(name: str, form: Form, other: str | None = None, *, second: bool = False) -> dict[str, Any]:
    """Return the comparison as Splink's settings hold it.

    Parameters
    ----------
    name
        The plain column's.
    other
        The plain column that its values may have changed places with: a first name's surname.
    second
        Whether that is told by the other comparison already, so that here it says nothing.
    """
    columns = [f"{name}_lat", f"{name}_lon"] if form == "place" else [name]
    missing = " OR ".join(f"{column}_{side} IS NULL" for column in columns for side in "lr")
    found: list[dict[str, Any]] = [{"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}]
    for level in levels(name, form):
        one: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.label}
        if level.rare_counts:
            one |= {"tf_adjustment_column": name, "tf_adjustment_weight": 1.0}
        found.append(one)
    if other:
        places = f"{name}_l = {other}_r AND {other}_l = {name}_r"
        exchanged: dict[str, Any] = {"sql_condition": places, "label_for_charts": "exchanged with the other name"}
        if second:
            exchanged |= {f"{one}_probability": _NOTHING for one in "mu"} | {
                f"fix_{one}_probability": True for one in "mu"
            }
        found.insert(2, exchanged)
    found.append({"sql_condition": "ELSE", "label_for_charts": "other"})
    return {"output_column_name": name, "comparison_levels": found, "comparison_description": form}


def _shared_words(name: str) -> str:
    """Return SQL of the share of different words that both texts have: Jaccard's; nothing where they have none."""
    left, right = f"{name}_words_l", f"{name}_words_r"
    both = f"len(list_intersect({left}, {right}))"
    return f"list_has_any({left}, {right}) AND {both} / (len({left}) + len({right}) - {both})"


def _days(left: str, right: str) -> str:
    days = [f"try_strptime({side}, '%Y%m%d')" for side in (left, right)]
    return f"abs(date_diff('day', {days[0]}, {days[1]}))"


def _ratio(left: str, right: str) -> str:
    return f"abs({left} - {right}) / greatest(abs({left}), abs({right}))"


def _kilometres(name: str) -> str:
    """Return SQL of the great-circle distance in kilometres (haversine)."""
    lat, lon = f"{name}_lat", f"{name}_lon"
    half = f"sin(radians({lat}_r - {lat}_l) / 2) ** 2 + cos(radians({lat}_l)) * cos(radians({lat}_r)) * sin(radians({lon}_r - {lon}_l) / 2) ** 2"
    return f"12742.0 * asin(least(1.0, sqrt({half})))"
