"""Any two records compared as the model has it, whether or not a rule brought them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.link.fields import Field
from mlqa_widgets.link.model import Trained


def with_pairs(
    meeting: Meeting, fields: Sequence[Field], trained: Trained, left: np.ndarray, right: np.ndarray, *, within: bool
) -> Trained:
    """Return the model with these pairs of rows besides; those it has already are left as they are."""
    new = np.flatnonzero(trained.numbers(left, right) < 0)
    if not len(new):
        return trained
    asked = ", ".join(f"({left[i]}, {right[i]})" for i in new)
    other = "l" if within else "r"
    found = _compared(
        meeting,
        fields,
        trained,
        [
            f"(VALUES {asked}) AS asked(a, b) JOIN rec_l AS l ON l.unique_id = a JOIN rec_{other} AS r ON r.unique_id = b"
        ],
        within=within,
    )
    return replace(
        trained,
        left=np.concatenate([trained.left, found.left]),
        right=np.concatenate([trained.right, found.right]),
        levels=np.concatenate([trained.levels, found.levels]),
        rarity=np.concatenate([trained.rarity, found.rarity]),
    )


def with_all(
    meeting: Meeting, fields: Sequence[Field], trained: Trained, row: int, side: int, *, within: bool
) -> Trained:
    """Return the model with other pairs: those of one row, of the source at ``side``, and every other it could be.

    Within a table these are all other rows, else all of the other source.
    """
    if within:
        sides = [
            f"rec_l AS l JOIN rec_l AS r ON l.unique_id = {row} AND r.unique_id > {row}",
            f"rec_l AS l JOIN rec_l AS r ON r.unique_id = {row} AND l.unique_id < {row}",
        ]
    else:
        sides = [f"rec_l AS l JOIN rec_r AS r ON {'lr'[side]}.unique_id = {row}"]
    return _compared(meeting, fields, trained, sides, within=within)


def _compared(
    meeting: Meeting, fields: Sequence[Field], trained: Trained, pairs: Sequence[str], *, within: bool
) -> Trained:
    """Return the model with the pairs of ``pairs`` alone, SQL of a join of records ``l`` and ``r`` each."""
    names = ["unique_id", *(name for i, field in enumerate(fields) for name in field.plain(f"f{i}", 0))]
    chosen = ", ".join(f"{side}.{name} AS {name}_{side}" for name in names for side in "lr")
    both = "SELECT * FROM rec_l" + ("" if within else " UNION ALL SELECT * FROM rec_r")
    comparisons = trained.settings["comparisons"]
    gammas = [f"gamma_f{i}" for i in range(len(fields))]
    levels = ", ".join(f"{_level(one)} AS {gamma}" for one, gamma in zip(comparisons, gammas, strict=True))
    rare = {one["output_column_name"]: sql for one in comparisons if (sql := _rarity(one))}
    told = "".join(f", {sql} AS rarity_{name}" for name, sql in rare.items())
    # The frequency of the values at hand only: each is that of both records where it counts.
    frequencies = "".join(
        f" LEFT JOIN (SELECT {name} AS value, count(*) / (SELECT count({name}) FROM both_sides) AS share "
        f"FROM both_sides WHERE {name} IN (SELECT {name}_l FROM pair) GROUP BY {name}) AS of_{name} "
        f"ON of_{name}.value = {name}_l"
        for name in rare
    )
    found = meeting.query(
        f"WITH both_sides AS ({both}), pair AS ({' UNION ALL '.join(f'SELECT {chosen} FROM {one}' for one in pairs)}), "
        f"leveled AS (SELECT *, {levels} FROM pair) "
        f"SELECT unique_id_l, unique_id_r, {', '.join(gammas)}{told} "
        f"FROM leveled{frequencies} ORDER BY unique_id_l, unique_id_r"
    )
    rarity = np.zeros((found.num_rows, len(fields)), dtype=np.float32)
    for name in rare:
        rarity[:, int(name[1:])] = found[f"rarity_{name}"].to_numpy()
    return replace(
        trained,
        left=found["unique_id_l"].to_numpy(),
        right=found["unique_id_r"].to_numpy(),
        levels=np.column_stack([found[gamma].to_numpy().astype(np.int8) for gamma in gammas]),
        rarity=rarity,
    )


def _level(one: dict[str, Any]) -> str:
    """Return SQL of the level of a pair: -1 where a value is missing, 0 for "other", the closest highest."""
    last = len(one["comparison_levels"]) - 2
    cases = " ".join(
        f"WHEN {level['sql_condition']} THEN {-1 if level.get('is_null_level') else last + 1 - i}"
        for i, level in enumerate(one["comparison_levels"][:-1])
    )
    return f"CASE {cases} ELSE 0 END"


def _rarity(one: dict[str, Any]) -> str | None:
    """Return SQL of what the frequency of a common value adds to the weight; None where frequencies do not count."""
    name, closest = one["output_column_name"], one["comparison_levels"][1]
    if "tf_adjustment_column" not in closest:
        return None
    by_chance = np.log2(closest["u_probability"])
    top = len(one["comparison_levels"]) - 2
    return f"CASE WHEN gamma_{name} = {top} THEN {by_chance} - log2(of_{name}.share) ELSE 0 END"
