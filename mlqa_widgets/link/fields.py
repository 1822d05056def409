"""Which columns of both sources are compared, and as what: as the user says, or proposed from names and values."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mlqa_widgets.compare.keys import find_column, in_common, same_names
from mlqa_widgets.compare.matching import Pair
from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.errors import InputError
from mlqa_widgets.link.forms import FORMS, Form, common_form, form_of, plain
from mlqa_widgets.naming import nearest
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.wording import listing, percent

_NOTHING: Final = frozenset({Kind.EMPTY, Kind.NEARLY_EMPTY, Kind.CONSTANT, Kind.LIST, Kind.NESTED})
_UNIQUE: Final = 0.995
_MEET: Final = 0.05
"""Share of an identifier's values that the other source must have too for it to name the same thing in both."""
_ALIKE: Final = 0.25
"""Likeness of names and values from which columns under different names are taken for one another."""
_TELLING: Final = frozenset({"email", "phone", "date", "postcode"})
_FIRST: Final = frozenset({"first", "given", "forename", "prenom", "firstname", "christian"})
_LAST: Final = frozenset({"last", "surname", "family", "lastname", "nom"})
_MOST: Final = 12
"""Columns compared at most when they are proposed: those that tell records apart best."""


@dataclass(frozen=True)
class Field:
    """Columns of both sources that say the same of a record, and how they are compared.

    Attributes
    ----------
    name
        What people call it.
    form
        How it is compared.
    pairs
        The columns: one pair, or latitudes and longitudes of a place.
    why
        Why these columns, in that form.
    """

    name: str
    form: Form
    pairs: tuple[Pair, ...]
    why: str

    def plain(self, name: str, side: int) -> dict[str, str]:
        """Return its plain columns over the source at ``side``, name -> SQL; the field's own is called ``name``."""
        sql = [plain(pair.sides[side], self.form).replace("@", "") for pair in self.pairs]
        match self.form:
            case "place":
                return {f"{name}_lat": sql[0], f"{name}_lon": sql[1]}
            case "text":
                return {name: sql[0], f"{name}_words": f"list_distinct(string_split({name}, ' '))"}
            case _:
                return {name: sql[0]}


@dataclass(frozen=True)
class LeftOut:
    """A column that is not compared, and why."""

    name: str
    why: str


def names_of_people(fields: Sequence[Field]) -> tuple[int, int] | None:
    """Return the places of a first name and a surname among the fields, which people exchange; None where there are none."""
    found = [
        [i for i, field in enumerate(fields) if field.form == "name" and words & set(name_words(field.name))]
        for words in (_FIRST, _LAST)
    ]
    return (found[0][0], found[1][0]) if len(found[0]) == len(found[1]) == 1 and found[0] != found[1] else None


def named_fields(
    meeting: Meeting, columns: Any, forms: Mapping[Hashable, str], place: Any, time: Any, *, within: bool
) -> tuple[list[Field], list[LeftOut]]:
    """Return the fields to compare, as the user named them or as proposed, and what was left out.

    Raises
    ------
    InputError
        When a column or form does not exist, or nothing is left to compare.
    """
    for name, form in forms.items():
        if form not in FORMS[:-2]:
            msg = f"forms: {form!r} of {name!r} is no way of comparing. {nearest(form, FORMS[:-2])}"
            raise InputError(msg)
    special = [*_place(meeting, place), *_time(meeting, time)]
    taken = {pair.positions[0] for field in special for pair in field.pairs}
    left_out: list[LeftOut] = []
    if columns is None:
        fields, left_out = propose_fields(meeting, forms, taken, within=within)
    else:
        fields = [
            _field(pair, _as_form(pair, forms), "named")
            for pair in _named_pairs(meeting, columns)
            if pair.positions[0] not in taken
        ]
    unknown = [name for name in forms if not any(_is(name, pair) for field in fields for pair in field.pairs)]
    if unknown:
        msg = f"forms: {unknown[0]!r} is not compared. {nearest(unknown[0], [field.name for field in fields])}"
        raise InputError(msg)
    fields = special + fields
    if not fields:
        why = listing([f"{one.name} ({one.why})" for one in left_out], 4)
        msg = f"columns: {meeting.left.name} and {meeting.right.name} have no columns to compare: {why or 'no names in common'}. Name them: columns=[(left, right), ...]."
        raise InputError(msg)
    return fields, left_out


def _named_pairs(meeting: Meeting, columns: Any) -> Iterator[Pair]:
    wanted = list(columns.items()) if isinstance(columns, Mapping) else list(columns)
    if isinstance(columns, str):
        msg = f"columns: pass a list of names, such as [{columns!r}]."
        raise InputError(msg)
    for one in wanted:
        left, right = one if isinstance(one, tuple) and len(one) == 2 else (one, one)
        yield Pair(find_column(meeting.left, left, "columns"), find_column(meeting.right, right, "columns"))


def _as_form(pair: Pair, forms: Mapping[Hashable, str]) -> Form:
    for name, form in forms.items():
        if _is(name, pair):
            return form  # type: ignore[return-value]  # checked before
    left, right = (form_of(side) or "text" for side in pair.sides)
    return common_form(left, right)


def _is(name: Hashable, pair: Pair) -> bool:
    return name in {pair.name, *(side.name for side in pair.sides), *(side.column.label for side in pair.sides)}


def _field(pair: Pair, form: Form, why: str) -> Field:
    return Field(pair.name, form, (pair,), f"{why}, compared as {form}")


# ---------------------------------------------------------------------- proposed


def propose_fields(
    meeting: Meeting, forms: Mapping[Hashable, str], taken: set[int], *, within: bool
) -> tuple[list[Field], list[LeftOut]]:
    """Return the columns of both sources that say the same, and those that cannot be compared.

    Columns under one name belong together; of the rest, those of one form whose values and names are alike. Left out
    are columns with nothing in them, and identifiers that each source numbers for itself.
    """
    pairs = [
        (pair, "one column" if within else "the same name in both")
        for pair in same_names(meeting)
        if pair.positions[0] not in taken
    ]
    if not within:
        pairs += _other_names(meeting, [pair for pair, _ in pairs], taken)
    fields, left_out = [], []
    for pair, why in pairs:
        named = next((form for name, form in forms.items() if _is(name, pair)), None)
        reason = "" if named else _useless(pair, within=within)
        if reason:
            left_out.append(LeftOut(pair.name, reason))
        else:
            fields.append(_field(pair, _as_form(pair, forms), why))
    used = [{pair.positions[side] for pair, _ in pairs} | taken for side in (0, 1)]
    if not within:
        for side, source in enumerate(meeting.sources):
            other = meeting.sources[1 - side].name
            left_out += [
                LeftOut(column.name, f"{other} has no column like it")
                for column in source.profile.columns
                if column.position not in used[side]
            ]
    if len(fields) > _MOST:
        ranked = sorted(
            fields, key=lambda field: -min(side.distinct / max(1, side.rows) for side in field.pairs[0].sides)
        )
        left_out += [LeftOut(field.name, f"more than {_MOST} columns") for field in ranked[_MOST:]]
        fields = [field for field in fields if field in ranked[:_MOST]]
    return fields, left_out


def _useless(pair: Pair, *, within: bool) -> str:
    """Return why a pair of columns says nothing of whether two records are one; empty where it may."""
    for side in pair.sides:
        if side.kind in _NOTHING or form_of(side) is None or not side.present:
            return f"{side.kind.value.replace('_', ' ')}"
    if any(_counter(side) for side in pair.sides):
        return "numbers its own rows"
    names_rows = [side.kind in (Kind.IDENTIFIER, Kind.REFERENCE) for side in pair.sides]
    unique = [side.distinct >= _UNIQUE * side.present for side in pair.sides]
    if within:
        return "differs in every row" if unique[0] and names_rows[0] else ""
    if all(unique) and any(names_rows):
        share = in_common(pair)
        if share < _MEET:
            return f"an identifier of its own in each: {percent(share)} of the values meet"
    return ""


def _counter(column: ColumnProfile) -> bool:
    """Whether a column holds consecutive whole numbers, each once."""
    numeric = column.numeric
    if numeric is None or not numeric.integral or column.distinct < max(3, column.present):
        return False
    return numeric.maximum - numeric.minimum + 1 == column.distinct


def _other_names(meeting: Meeting, known: Sequence[Pair], taken: set[int]) -> list[tuple[Pair, str]]:
    """Return columns under different names that hold the same, the most alike first."""
    used = [{pair.positions[0] for pair in known} | taken, {pair.positions[1] for pair in known}]
    left, right = (
        [c for c in source.profile.columns if c.position not in used[side] and form_of(c) and c.kind not in _NOTHING]
        for side, source in enumerate(meeting.sources)
    )
    rated = []
    for one in left:
        for other in right:
            pair = Pair(one, other)
            share, score = _likeness(pair)
            if score >= _ALIKE:
                rated.append((score, share, pair))
    rated.sort(key=lambda found: -found[0])
    chosen: list[tuple[Pair, str]] = []
    for _, share, pair in rated:
        if not any(pair.positions[side] == other.positions[side] for other, _ in chosen for side in (0, 1)):
            chosen.append((pair, f"alike: {percent(share)} of the values in common"))
    return sorted(chosen, key=lambda found: found[0].positions[0])


def _likeness(pair: Pair) -> tuple[float, float]:
    """Return the share of values in common, and how alike two columns are by values, names and form: 0 to about 1."""
    forms = [form_of(side) for side in pair.sides]
    close = (
        forms[0] == forms[1]
        or set(forms) <= {"name", "text", "category"}
        or set(forms) <= {"code", "postcode", "number"}
    )
    if not close:
        return 0.0, 0.0
    words = [set(name_words(side.name)) for side in pair.sides]
    named = len(words[0] & words[1]) / max(1, len(words[0] | words[1]))
    share = in_common(pair)
    telling = 0.2 if forms[0] == forms[1] and forms[0] in _TELLING else 0.0
    if forms[0] == "number" and not named:
        return share, 0.0
    return share, share + 0.5 * named + telling


# ---------------------------------------------------------------------- places and times


def _place(meeting: Meeting, place: Any) -> Iterator[Field]:
    if place is None:
        return
    sides = _two_sided(place, 2)
    if sides is None:
        msg = f"place: pass (latitude, longitude), or a pair of them for the left and the right, not {place!r}."
        raise InputError(msg)
    found = [
        [find_column(source, name, "place") for name in names]
        for source, names in zip(meeting.sources, sides, strict=True)
    ]
    for column in (column for side in found for column in side):
        if not column.is_numeric:
            msg = f"place: {column.name!r} holds no numbers; pass columns of degrees."
            raise InputError(msg)
    pairs = tuple(Pair(left, right) for left, right in zip(*found, strict=True))
    yield Field("place", "place", pairs, "named, compared by distance on the ground")


def _two_sided(place: Any, parts: int) -> tuple[tuple[Hashable, ...], tuple[Hashable, ...]] | None:
    if isinstance(place, (tuple, list)) and len(place) == parts:
        if all(isinstance(one, (tuple, list)) and len(one) == parts for one in place):
            return tuple(place[0]), tuple(place[1])
        if not any(isinstance(one, (tuple, list)) for one in place):
            return tuple(place), tuple(place)
    return None


def _time(meeting: Meeting, time: Any) -> Iterator[Field]:
    if time is None:
        return
    left, right = time if isinstance(time, tuple) and len(time) == 2 else (time, time)
    pair = Pair(find_column(meeting.left, left, "time"), find_column(meeting.right, right, "time"))
    for side in pair.sides:
        if side.column.storage != "datetime" and side.kind is not Kind.DATETIME:
            msg = f"time: {side.name!r} does not hold times; convert it, with pandas.to_datetime for example."
            raise InputError(msg)
    yield Field(pair.name, "time", (pair,), "named, compared by the time between")
