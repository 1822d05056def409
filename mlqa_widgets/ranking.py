"""The order of findings: what an expert would fix first comes first, and one cause is told once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mlqa_widgets.tables.table import EVERY_ROW, NO_ROW

if TYPE_CHECKING:
    from mlqa_widgets.findings import Finding
    from mlqa_widgets.profile.profile import Profile

_Place = tuple[str, tuple[str, ...]]

_SEVERAL: Final = 2
"""From how many dismissals of a check on something is learned."""
_SUBSET_TESTS: Final = 100
"""Most questions put to the engine about rows of one finding lying within those of another."""

_WHOLE_COLUMN_HARM: Final = 0.5
_ROLE_WEIGHT: Final = 1.5
_SMALLEST_SHARE: Final = 1e-5

_SAME_COLUMN: Final[Mapping[str, frozenset[str]]] = {
    "nearly_constant_column": frozenset({"constant_column"}),
    "id_like_column": frozenset({"constant_column"}),
    "high_cardinality": frozenset({"constant_column", "id_like_column"}),
    "missing_values": frozenset({"constant_column"}),
    "missing_dates": frozenset({"constant_column"}),
    "placeholders": frozenset({"constant_column"}),
    "blank_strings": frozenset({"constant_column"}),
    "rare_patterns": frozenset({"constant_column"}),
    "class_imbalance": frozenset({"constant_column"}),
    "dates_as_text": frozenset({"mixed_date_formats"}),
    "mixed_types": frozenset({"mixed_date_formats", "numbers_as_text"}),
}
"""Check -> the checks that, on the same columns, say what it says and more."""

_CONTACTS: Final = frozenset({"invalid_phones", "invalid_emails", "invalid_urls", "invalid_postcodes"})
_EMPTY_IN_TRUTH: Final = frozenset({"placeholders", "blank_strings"})
_NO_PLACE: Final = frozenset(
    {"null_island", "coordinates_out_of_range", "swapped_coordinates", "outside_area", "gps_jumps"}
)
_SAME_ROWS: Final[Mapping[str, frozenset[str]]] = {
    "outliers": frozenset({"placeholders", "mixed_units", "numbers_as_text", "negative_values", "impossible_dates"})
    | _NO_PLACE,
    "negative_values": frozenset({"placeholders", "mixed_units"}) | _NO_PLACE,
    "placeholders": _NO_PLACE,
    "outside_area": _NO_PLACE,
    "gps_jumps": _NO_PLACE,
    "capped_values": frozenset({"placeholders"}),
    "impossible_dates": frozenset({"placeholders"}),
    "mixed_types": _EMPTY_IN_TRUTH,
    "spelling_variants": frozenset({"encoding_errors", "embedded_values"}) | _EMPTY_IN_TRUTH,
    "stray_spaces": frozenset({"spelling_variants", "embedded_values"}),
    "rare_patterns": frozenset(
        {
            "spelling_variants",
            "stray_spaces",
            "embedded_values",
            "encoding_errors",
            "mixed_types",
            "numbers_as_text",
            "mixed_date_formats",
            "ambiguous_dates",
            "impossible_dates",
            "broken_dependencies",
        }
    )
    | _EMPTY_IN_TRUTH
    | _CONTACTS,
    "broken_dependencies": frozenset(
        {
            "spelling_variants",
            "rare_patterns",
            "embedded_values",
            "encoding_errors",
            "mixed_types",
            "numbers_as_text",
            "outliers",
            "impossible_dates",
        }
    )
    | _EMPTY_IN_TRUTH
    | _CONTACTS,
    "nearly_constant_column": frozenset({"placeholders", "spelling_variants", "outliers"}),
    "duplicate_rows": frozenset({"duplicate_keys"}),
    "duplicate_keys": frozenset({"duplicate_rows"}),
    "duplicate_timestamps": frozenset({"duplicate_rows", "duplicate_keys"}),
    **dict.fromkeys(_CONTACTS, _EMPTY_IN_TRUTH),
}
"""Check -> the checks that explain it where its rows lie within theirs, on the same columns."""

_KNOWS_THE_VALUE: Final = frozenset({"broken_dependencies"})
"""Checks that can say what belongs in the cells: folded into another, they leave it their repairs."""

_BROKEN_RULE: Final = frozenset({"dictionary_conflicts"})
_OF_VALUES: Final = frozenset(
    "ambiguous_dates blank_strings capped_values coordinates_out_of_range dates_as_text dictionary_conflicts "
    "embedded_values encoding_errors impossible_dates missing_dates missing_values mixed_date_formats mixed_types "
    "mixed_units negative_values numbers_as_text outliers placeholders rare_patterns spelling_variants stray_spaces".split()
).union(_CONTACTS)
"""Checks that judge the values of one column: where the data dictionary forbids these values, it says so first."""

_ANY_COLUMN: Final = frozenset({"placeholders"})
"""Checks that gather several columns in one finding: a row of theirs offends in one of them, not in each."""


@dataclass(frozen=True)
class Lesson:
    """How often a person dismissed findings of one check about this table."""

    dismissed: int
    found: int
    """Dismissed or not."""

    @property
    def weight(self) -> float:
        """What the rank of such a finding is multiplied by, 1 for no dismissal.

        The chance that the next one is acted on, with findings left standing counted as acted on and a uniform prior,
        over the same chance before anything was dismissed: (1 + standing) / (1 + found).
        """
        return (1 + self.found - self.dismissed) / (1 + self.found)

    @property
    def reason(self) -> str:
        """The lesson as people read it."""
        return f"Ranked lower: you dismissed {self.dismissed:,} of {self.found:,} of these."


def learn(raised: Iterable[_Place], dismissed: Iterable[_Place]) -> dict[str, Lesson]:
    """Return what dismissals teach of the checks that were dismissed at least twice.

    Parameters
    ----------
    raised, dismissed
        Identity and column names of the findings there are, and of those ever dismissed.
    """
    gone = set(dismissed)
    per_check = Counter(identity.partition(".")[0] for identity, _ in gone)
    found = Counter(identity.partition(".")[0] for identity, _ in gone.union(raised))
    return {check: Lesson(times, found[check]) for check, times in per_check.items() if times >= _SEVERAL}


def rank(
    findings: Sequence[Finding], profile: Profile, lessons: Mapping[str, Lesson] = MappingProxyType({})
) -> list[Finding]:
    """Fold findings of one cause together and put the rest in the order to work through.

    Findings come by severity, then by confidence times harm. Harm grows with the share of rows on a
    compressed scale (1 row in 100,000 to all of them), since the repair of a hundred rows is worth more
    than a thousandth of the repair of a hundred thousand; a finding on the target, the key or the time
    weighs half as much again. A check that was dismissed several times weighs less (:class:`Lesson`), within
    its severity: an error never sinks below a warning.

    Two findings become one when they name the same ``cause``, or when one of them only repeats the other:
    a constant column is nearly constant too, outliers that are all placeholders are no outliers of their
    own. The stronger keeps the other in :attr:`~mlqa_widgets.findings.Finding.folded`; a finding is never
    folded into one less severe. Rows are compared by the engine, at most a hundred times.

    Parameters
    ----------
    findings
        In any order: the result does not depend on it, except between findings alike in everything compared.
    profile
        The profile they were found in.
    lessons
        Check -> what its dismissals taught, from :func:`learn`.

    Returns
    -------
    list of Finding
        Every finding given is in it once, in its own place or folded.
    """
    ordered = sorted(findings, key=lambda finding: _order(finding, profile, lessons))
    host = _hosts(ordered, profile)
    folded: dict[int, list[Finding]] = {}
    for place, finding in enumerate(ordered):
        root = _root(host, place)
        if root != place:
            folded.setdefault(root, []).extend((replace(finding, folded=()), *finding.folded))
    return [
        _with(finding, folded[place]) if place in folded else finding
        for place, finding in enumerate(ordered)
        if place not in host
    ]


def unfolded(findings: Iterable[Finding]) -> list[Finding]:
    """Return ranked findings and those folded into them, each by itself."""
    return [one for finding in findings for one in (replace(finding, folded=()), *finding.folded)]


def _with(finding: Finding, folded: Sequence[Finding]) -> Finding:
    repairs = [fix for one in folded if one.check in _KNOWS_THE_VALUE for fix in one.fixes]
    return replace(finding, folded=(*finding.folded, *folded), fixes=(*finding.fixes, *repairs))


def _order(
    finding: Finding, profile: Profile, lessons: Mapping[str, Lesson]
) -> tuple[float, float, str, tuple[int, ...]]:
    learned = lessons[finding.check].weight if finding.check in lessons else 1.0
    return (
        -finding.severity.level,
        -finding.confidence * _harm(finding, profile) * learned,
        finding.check,
        finding.columns,
    )


def _harm(finding: Finding, profile: Profile) -> float:
    """Return how much depends on a finding, 0 to 1.5."""
    roles = profile.roles
    special = {roles.target, roles.time, *roles.key} - {None}
    weight = _ROLE_WEIGHT if special.intersection(finding.columns) else 1.0
    if finding.predicate in (EVERY_ROW, NO_ROW) or not profile.rows:
        return weight * _WHOLE_COLUMN_HARM
    share = min(max(finding.share(profile.rows), _SMALLEST_SHARE), 1.0)
    return weight * (0.2 + 0.8 * (1 - math.log10(share) / math.log10(_SMALLEST_SHARE)))


def _hosts(ordered: Sequence[Finding], profile: Profile) -> dict[int, int]:
    """Return, for each finding that another one covers, the place of that other."""
    host: dict[int, int] = {}
    first_of_cause: dict[str, int] = {}
    for place, finding in enumerate(ordered):
        if finding.cause:
            first = first_of_cause.setdefault(finding.cause, place)
            if first != place:
                host[place] = first
    by_check: dict[str, list[int]] = {}
    for place, finding in enumerate(ordered):
        by_check.setdefault(finding.check, []).append(place)
    tests = _SUBSET_TESTS
    for place, finding in enumerate(ordered):
        if place in host:
            continue
        for other in _candidates(finding, _SAME_COLUMN.get(finding.check, frozenset()), ordered, by_check):
            if _root(host, other) != place:
                host[place] = other
                break
        if place in host:
            continue
        explaining = _SAME_ROWS.get(finding.check, frozenset()) | (
            _BROKEN_RULE if finding.check in _OF_VALUES else frozenset()
        )
        for other in _candidates(finding, explaining, ordered, by_check):
            if _root(host, other) == place or not 0 < finding.rows <= ordered[other].rows:
                continue
            if not tests:
                return host
            tests -= 1
            if profile.table.count(finding.predicate & ~ordered[other].predicate) == 0:
                host[place] = other
                break
    return host


def _candidates(
    finding: Finding,
    checks: frozenset[str],
    ordered: Sequence[Finding],
    by_check: Mapping[str, Sequence[int]],
) -> list[int]:
    """Return the places of findings at least as severe, on the same columns, that may cover this one: strongest first."""
    places = sorted(place for check in checks for place in by_check.get(check, ()))
    return [
        place
        for place in places
        if ordered[place].severity.level >= finding.severity.level and _same_cells(finding, ordered[place])
    ]


def _same_cells(finding: Finding, other: Finding) -> bool:
    """Return whether the rows of ``other`` offend in the columns of ``finding``."""
    if other.check in _ANY_COLUMN:
        return set(finding.columns) == set(other.columns)
    return not other.columns or _offending(finding) <= _offending(other)


def _offending(finding: Finding) -> set[int]:
    """Return the columns whose cells a finding says are wrong, of those it speaks of."""
    return {column for column, _ in finding.cells} if finding.cells else set(finding.columns)


def _root(host: Mapping[int, int], place: int) -> int:
    while place in host:
        place = host[place]
    return place
