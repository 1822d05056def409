"""Features that give the answer away: a copy of it, a part of it, or something known only once it is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.checks._draw import first_rows
from mlqa_widgets.checks.columns._relations import Arithmetic, arithmetic, numbers_of
from mlqa_widgets.checks.labels.sample_size import class_target
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import drop_columns
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.tables.table import EVERY_ROW, Predicate
from mlqa_widgets.wording import listing, percent, quoted, shortened, value_text, visible

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_DRAWN: Final = 5_000
_FOLDS: Final = 5
_LEAST_ROWS: Final = 50
_LEAST_OF_A_CLASS: Final = 10
_GIVES_AWAY: Final = 0.97
"""Share of what is not known of the target without features that a feature of a leak tells."""
_STRONG: Final = 0.7
_KNOWN_AFTER: Final = 0.95
_MOST_FEATURES: Final = 200
_TREND: Final = 0.9
"""R2 between the ranks of a target and its rows from which it has a trend."""
_STEP_BY_STEP: Final = 0.5
"""R2 between the ranks of the steps, of a feature that gives a target with a trend away."""
_LEAVES: Final = 64
_FEW_VALUES: Final = 30
_SHOWN: Final = 12


@table_check("leakage", reads="rows")
def leakage(profile: Profile) -> Iterator[Finding]:
    """Find features that give the target away.

    Each feature alone predicts the target by a small tree, scored on rows the tree has not seen (five folds): balanced
    accuracy for classes, R2 (of the values, or of the ranks) for quantities, 0 for what is right without any feature and 1 for all. From 0.97 it is a
    warning: a copy of the target or known only after the outcome. So is a feature filled in exactly for some outcomes,
    and columns that add up to the target. Of a target that goes up or down with the rows (a trend over time), anything with
    a trend tells nearly all: a feature must tell its steps, too, to give it away. Features merely strong, from 0.7, are one info with their scores. Stays
    silent where no target was named, on keys and identifiers, on tables of fewer than 50 labelled rows, and beyond the
    first 200 columns.
    """
    if profile.roles.target is None:
        return
    target = profile.columns[profile.roles.target]
    classes = class_target(profile) is not None
    if target.present < _LEAST_ROWS or target.distinct < 2 or not (classes or target.is_numeric):
        return
    told: set[int] = set()
    for rule in arithmetic(numbers := numbers_of(profile)):
        columns = [numbers.columns[i][0] for i in (*rule.terms, rule.result)]
        if target in columns and len(columns) == len(rule.terms) + 1:
            parts = [c for c in columns if c is not target]
            if not told.issuperset(c.position for c in parts):
                told |= {c.position for c in parts}
                yield _makes_up(profile, target, parts, columns, rule)
    if classes:
        for after in _filled_after(profile, target):
            told |= {c.position for c in after.features}
            yield _known_after(profile, target, after)
    scored = _scores(
        profile, target, [c for c in _candidates(profile, target) if c.position not in told], classes=classes
    )
    away = [one for one in scored if one.skill >= _GIVES_AWAY and one.beyond_trend]
    if away:
        yield _gives_away(profile, target, away)
    strong = [one for one in scored if one.skill >= _STRONG and one not in away]
    if strong:
        yield _strong(target, strong)


def _candidates(profile: Profile, target: ColumnProfile) -> list[ColumnProfile]:
    """Return the columns that may serve as features."""
    return [
        c
        for c in profile.columns
        if c.position != target.position
        and c.position not in profile.roles.key
        and c.column.storage != "nested"
        and c.present
        and (c.distinct > 1 or c.nulls)
        and not (c.kind in (Kind.IDENTIFIER, Kind.REFERENCE) and c.distinct > profile.rows / 2)
    ][:_MOST_FEATURES]


# ------------------------------------------------------------------------------------------ parts of the target


def _makes_up(
    profile: Profile,
    target: ColumnProfile,
    parts: Sequence[ColumnProfile],
    columns: Sequence[ColumnProfile],
    rule: Arithmetic,
) -> Finding:
    *terms, result = columns
    names = listing([shortened(c.name) for c in parts], 4)
    operator = " + " if rule.sign == "+" else " x "
    said = operator.join(shortened(c.name) for c in terms[:4]) + (" + ..." if len(terms) > 4 else "")
    return Finding(
        columns=(target.position, *(c.position for c in parts)),
        severity=Severity.WARNING,
        rows=profile.rows,
        message=f"{names} together give {shortened(target.name)} away: {said} = {shortened(result.name)} in {percent(rule.share)} of the rows.",
        predicate=EVERY_ROW,
        evidence=(first_rows(profile.table, columns, EVERY_ROW, "The first rows"),),
        why="The target can be computed from them, so no model is needed; and when it is to be predicted they are not known yet.",
        fixes=(_leave_out(profile, parts),),
        confidence=0.95,
    )


def _leave_out(profile: Profile, columns: Sequence[ColumnProfile]) -> Fix:
    return Fix(
        f"Leave {listing([shortened(c.name) for c in columns], 4)} out",
        drop_columns(profile.table, [c.column for c in columns]),
        removes=tuple(c.position for c in columns),
        note="Right if it is not known when the prediction is made.",
    )


# ------------------------------------------------------------------------------------------ known after the outcome


@dataclass(frozen=True)
class _After:
    """Features filled in for some outcomes and for no others.

    Attributes
    ----------
    features
        Those filled in for the same outcomes.
    answers
        The outcomes, most rows first.
    rows, filled
        Parallel to ``answers``: rows, and rows in which the first of the features has a value.
    always
        Parallel to ``answers``: whether it has one in nearly all of them; otherwise in nearly none.
    """

    features: list[ColumnProfile]
    answers: list[Any]
    rows: np.ndarray
    filled: np.ndarray
    always: np.ndarray


def _filled_after(profile: Profile, target: ColumnProfile) -> list[_After]:
    features = [c for c in _candidates(profile, target) if _LEAST_OF_A_CLASS <= c.nulls <= c.rows - _LEAST_OF_A_CLASS]
    if not features:
        return []
    answer, filled = target.column.sql, ", ".join(f"count({c.column.sql}) AS f{c.position}" for c in features)
    found = profile.table.query(
        f"SELECT {answer} AS answer, count(*) AS n, {filled} FROM t WHERE {answer} IS NOT NULL GROUP BY answer ORDER BY n DESC, answer"
    )
    rows, groups = found["n"].to_numpy(), dict[bytes, _After]()
    for feature in features:
        known = found[f"f{feature.position}"].to_numpy()
        always, never = known >= _KNOWN_AFTER * rows, known <= (1 - _KNOWN_AFTER) * rows
        if (always | never).all() and min(rows[always].sum(), rows[never].sum()) >= _LEAST_OF_A_CLASS:
            alike = groups.setdefault(always.tobytes(), _After([], found["answer"].to_pylist(), rows, known, always))
            alike.features.append(feature)
    return list(groups.values())


def _known_after(profile: Profile, target: ColumnProfile, after: _After) -> Finding:
    name, names = shortened(target.name), listing([shortened(c.name) for c in after.features])
    right = int(np.where(after.always, after.filled, after.rows - after.filled).sum()) / int(after.rows.sum())
    filled = [value for value, full in zip(after.answers, after.always, strict=True) if full]
    several = len(after.features) > 1
    bars = tuple(
        Bar(
            visible(value_text(value)),
            int(n),
            Predicate(f"{target.column.sql} = ?", (value,)),
            flagged=bool(full),
            note=f"filled in {percent(float(known / n))}",
        )
        for value, n, known, full in list(zip(after.answers, after.rows, after.filled, after.always, strict=True))[
            :_SHOWN
        ]
    )
    title = f"Where {shortened(after.features[0].name)} is filled in, by {name}"
    return Finding(
        columns=(*(c.position for c in after.features), target.position),
        severity=Severity.WARNING,
        rows=profile.rows,
        message=(
            f"{names} {'are' if several else 'is'} filled in where {name} is {listing([quoted(v, 20) for v in filled])} and "
            f"missing otherwise, in {percent(right)} of the rows: known only after the outcome."
        ),
        predicate=EVERY_ROW,
        evidence=(Bars(title, bars, more=max(0, len(after.answers) - _SHOWN)),),
        why="Whether there is a value tells the outcome; when that is to be predicted the cell is still empty, and the "
        "model fails in use.",
        fixes=(_leave_out(profile, after.features),),
        confidence=0.9,
    )


# ------------------------------------------------------------------------------------------ one feature alone


@dataclass(frozen=True)
class _Score:
    """How well one feature alone predicts the target.

    Attributes
    ----------
    measure, value
        The score as people know it.
    skill
        0 for what is right without any feature, 1 for everything.
    beyond_trend
        False where feature and target merely follow the same trend.
    """

    feature: ColumnProfile
    measure: Literal["balanced accuracy", "R2"]
    value: float
    skill: float
    beyond_trend: bool = True


def _scores(
    profile: Profile, target: ColumnProfile, features: Sequence[ColumnProfile], *, classes: bool
) -> list[_Score]:
    """Return the score of each feature on rows not used for fitting, the best first."""
    if not features:
        return []
    from sklearn.model_selection import KFold, StratifiedKFold

    table = profile.table.draw
    drawn = table.row_count > 2 * _DRAWN
    names = ", ".join(f"{c.number_sql if c.is_numeric else c.column.sql} AS v{c.position}" for c in features)
    answer = target.number_sql if not classes else target.column.sql
    found = table.query(
        f"SELECT {answer} AS answer, {names} FROM t WHERE {answer} IS NOT NULL"
        + (f" AND hash(pos) % {table.row_count // _DRAWN} = 0" if drawn else "")
        + " ORDER BY pos"
    )
    cells = found["answer"].combine_chunks()
    if classes:
        y = pc.dictionary_encode(cells).indices.to_numpy(zero_copy_only=False).astype(np.int64)
        enough = np.bincount(y)[y] >= _FOLDS
        if len(np.unique(y[enough])) < 2:
            return []
        splitter: KFold | StratifiedKFold = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    else:
        y = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
        enough = np.isfinite(y)
        splitter = KFold(_FOLDS, shuffle=True, random_state=0)
    y = y[enough]
    if len(y) < _LEAST_ROWS:
        return []
    folds = list(splitter.split(y, y))
    inputs = [_as_feature(found[f"v{c.position}"].combine_chunks())[enough] for c in features]
    scored = [_score(c, x, y, folds, classes=classes) for c, x in zip(features, inputs, strict=True)]
    if not classes and _of_ranks(np.arange(len(y)), y) >= _TREND:
        scored = [
            replace(one, beyond_trend=_of_ranks(np.diff(x), np.diff(y)) >= _STEP_BY_STEP)
            for one, x in zip(scored, inputs, strict=True)
        ]
    return sorted(scored, key=lambda one: -one.skill)


def _as_feature(cells: pa.Array) -> np.ndarray:
    """Return the cells as numbers: values that are none as codes, the most frequent first; NaN where missing."""
    if pa.types.is_timestamp(cells.type):
        cells = cells.cast(pa.int64())
    if pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type) or pa.types.is_decimal(cells.type):
        values = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).astype(np.float64)
        return np.where(np.isfinite(values), np.clip(values, -1e30, 1e30), np.nan)
    codes = pc.dictionary_encode(cells).indices.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(codes, dtype=np.float64)


def _score(
    feature: ColumnProfile,
    x: np.ndarray,
    y: np.ndarray,
    folds: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    classes: bool,
) -> _Score:
    """Score one feature. What many categories say of the target is learned on half of the rows, the tree on the others."""
    from sklearn.metrics import balanced_accuracy_score, r2_score
    from sklearn.preprocessing import TargetEncoder
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    numeric = feature.is_numeric or feature.column.storage == "datetime"
    kind = ("binary" if len(np.unique(y)) == 2 else "multiclass") if classes else "continuous"
    told = np.empty(len(y))
    for rows, held in folds:
        fit = rows
        inputs = x[:, None]
        if not numeric and feature.distinct > _FEW_VALUES:
            encoder = TargetEncoder(target_type=kind).fit(inputs[fit[::2]], y[fit[::2]])
            inputs, fit = encoder.transform(inputs), fit[1::2]
        leaf = max(2, len(fit) // 500)
        tree = (
            DecisionTreeClassifier(
                max_leaf_nodes=_LEAVES, min_samples_leaf=leaf, class_weight="balanced", random_state=0
            )
            if classes
            else DecisionTreeRegressor(max_leaf_nodes=_LEAVES, min_samples_leaf=leaf, random_state=0)
        )
        tree.fit(inputs[fit], y[fit])
        told[held] = tree.predict(inputs[held])
    if classes:
        value = float(balanced_accuracy_score(y, told))
        base = 1 / len(np.unique(y))
        return _Score(feature, "balanced accuracy", value, (value - base) / (1 - base))
    value = max(0.0, float(r2_score(y, told)), _of_ranks(x, y) if numeric else 0.0)
    return _Score(feature, "R2", value, value)


def _of_ranks(x: np.ndarray, y: np.ndarray) -> float:
    """Return R2 between ranks, which a tree of few leaves understates for a rising function of the target."""
    known = ~np.isnan(x)
    if not known.all() or np.ptp(x) == 0:
        return 0.0
    return float(pd.Series(x).rank().corr(pd.Series(y).rank()) ** 2)


def _gives_away(profile: Profile, target: ColumnProfile, scores: Sequence[_Score]) -> Finding:
    features, name = [one.feature for one in scores], shortened(target.name)
    names, worst = listing([shortened(c.name) for c in features]), scores[-1]
    alone = "alone gives" if len(features) == 1 else "each give"
    least = "" if len(features) == 1 else "at least "
    return Finding(
        columns=(*(c.position for c in features), target.position),
        severity=Severity.WARNING,
        rows=profile.rows,
        message=(
            f"{names} {alone} {name} away{'' if len(features) == 1 else ' alone'}: {worst.measure} {least}"
            f"{min(worst.value, 1.0):.3f} on rows not used for fitting."
        ),
        predicate=EVERY_ROW,
        evidence=(_goes_with(profile, target, features[0]), _table(scores)),
        why="So good a feature is mostly a copy of the target or written down after the outcome: the model looks perfect here and fails in use.",
        fixes=(_leave_out(profile, features),),
        confidence=0.8,
    )


def _strong(target: ColumnProfile, scores: Sequence[_Score]) -> Finding:
    named = listing([f"{shortened(one.feature.name)} ({one.value:.2f})" for one in scores])
    return Finding(
        columns=(*(one.feature.position for one in scores), target.position),
        severity=Severity.INFO,
        rows=scores[0].feature.rows,
        message=f"{named} predict{'s' if len(scores) == 1 else ''} {shortened(target.name)} well alone, by {scores[0].measure} on rows not used for fitting.",
        predicate=EVERY_ROW,
        evidence=(_table(scores),),
        why="Strong features are welcome where they are known before the outcome; that is worth a question to whoever records them.",
        confidence=0.4,
    )


def _table(scores: Sequence[_Score]) -> Examples:
    lines = tuple((shortened(one.feature.name), f"{one.value:.3f}", f"{one.skill:.3f}") for one in scores[:_SHOWN])
    return Examples("Each feature alone", ("feature", scores[0].measure, "from guessing (0) to knowing (1)"), lines)


def _goes_with(profile: Profile, target: ColumnProfile, feature: ColumnProfile) -> Examples:
    """Return what the feature is for each answer, or for each fifth of a quantity."""
    cell, answer = feature.column.sql, target.column.sql
    if class_target(profile) is None:
        answer = f"ntile(5) OVER (ORDER BY {target.number_sql})"
    found = profile.table.draw.query(
        f"SELECT CAST(answer AS VARCHAR) AS a, count(*) AS n, CAST(mode(cell) AS VARCHAR) AS usual, CAST(min(cell) AS VARCHAR) AS low, "
        f"CAST(max(cell) AS VARCHAR) AS high FROM (SELECT {answer} AS answer, {cell} AS cell FROM t "
        f"WHERE {target.column.sql} IS NOT NULL) GROUP BY answer ORDER BY {'n DESC, ' if answer == target.column.sql else ''}a LIMIT {_SHOWN}"
    ).to_pydict()
    quantity = answer != target.column.sql
    lines = tuple(
        (f"fifth {a}" if quantity else shortened(a), f"{n:,}", *(shortened(text or "(missing)") for text in rest))
        for a, n, *rest in zip(*(found[key] for key in ("a", "n", "usual", "low", "high")), strict=True)
    )
    headers = (shortened(target.name), "rows", "commonest", "least", "greatest")
    return Examples(f"{shortened(feature.name)} by {shortened(target.name)}", headers, lines)
