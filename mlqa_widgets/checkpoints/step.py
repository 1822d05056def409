"""What is kept of one step: a content hash, the profile of the columns, and what a scan found."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.scan import Scan

FIGURES = ("missing_share", "distinct", "minimum", "median", "maximum", "mean", "std")
PROBABILITIES = np.linspace(0, 1, 41)
_LEVELS = 12
_MOST_LEVELS = 200
_LEVEL = 60


@dataclass(frozen=True)
class StepColumn:
    """What is kept of a column. Figures are None where the column has none.

    ``quantiles`` are those of :data:`PROBABILITIES`, of dates in seconds since 1970; ``levels`` the most frequent values
    of a column with few, each with its rows.
    """

    name: str
    type: str
    kind: str
    missing_share: float
    distinct: float
    minimum: float | None
    median: float | None
    maximum: float | None
    mean: float | None
    std: float | None
    quantiles: tuple[float, ...]
    levels: tuple[tuple[str, int], ...]
    rows: int
    """Rows with a value."""
    dates: bool


@dataclass(frozen=True)
class StepFinding:
    """What is kept of a finding."""

    check: str
    columns: tuple[str, ...]
    severity: str
    rows: int
    message: str


@dataclass(frozen=True)
class Checkpoint:
    """One kept step.

    Attributes
    ----------
    number
        Its place in the history, from 1.
    name
        What was done, in the user's words.
    at
        When, in local time.
    rows
        Number of rows.
    content
        SHA-256 of the column names, the types and the cells, row by row.
    key
        Names of the columns that name a row; empty if not given.
    expected
        Why fewer rows are as they should be; empty if nobody said so.
    columns, findings
        The profile and what a scan found.
    """

    number: int
    name: str
    at: str
    rows: int
    content: str
    key: tuple[str, ...]
    expected: str
    columns: tuple[StepColumn, ...]
    findings: tuple[StepFinding, ...]

    def to_json(self) -> str:
        """Return the step as its file holds it."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def read(cls, path: Path) -> Checkpoint:
        """Read a step from its file.

        Raises
        ------
        InputError
            When the file is no step.
        """
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            columns = tuple(_column_read(column) for column in said.pop("columns"))
            findings = tuple(StepFinding(**{**one, "columns": tuple(one["columns"])}) for one in said.pop("findings"))
            return cls(**{**said, "key": tuple(said["key"])}, columns=columns, findings=findings)
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = f"folder: {path.name} is no step ({error}). Move it away, or delete it."
            raise InputError(msg) from error


def _column_read(column: dict[str, Any]) -> StepColumn:
    levels = tuple((text, rows) for text, rows in column.pop("levels"))
    return StepColumn(**column | {"quantiles": tuple(column["quantiles"])}, levels=levels)


def content_of(data: pd.DataFrame) -> str:
    """Return the SHA-256 of a frame: its column names, types and cells, row by row."""
    head = [f"{name}\0{dtype}" for name, dtype in zip(data.columns, data.dtypes, strict=True)]
    digest = hashlib.sha256("\0".join(head).encode("utf-8", "surrogatepass"))
    digest.update(row_hashes(data).tobytes())
    return digest.hexdigest()


def row_hashes(data: pd.DataFrame) -> np.ndarray:
    """Return one hash per row, of its cells and not of its label."""
    try:
        return pd.util.hash_pandas_object(data, index=False).to_numpy()
    except TypeError:
        return pd.util.hash_pandas_object(data.astype(str), index=False).to_numpy()


def columns_of(scanned: Scan) -> tuple[StepColumn, ...]:
    """Return what is kept of the columns of a scanned table."""
    lines = scanned.profile.to_dict("records")
    return tuple(_column(line, column) for line, column in zip(lines, scanned.result.profile.columns, strict=True))


def findings_of(scanned: Scan) -> tuple[StepFinding, ...]:
    """Return what is kept of the findings of a scanned table."""
    return tuple(
        StepFinding(finding.check, scanned.names(finding), finding.severity.value, finding.rows, finding.message)
        for finding in scanned.result.findings
    )


def _column(line: dict[Any, Any], column: ColumnProfile) -> StepColumn:
    figures = {
        name: None if not isinstance(line[name], (int, float, np.number)) or pd.isna(line[name]) else float(line[name])
        for name in FIGURES
    }
    dates = column.column.storage == "datetime"
    return StepColumn(
        line["column"],
        line["type"],
        line["kind"],
        **figures,  # type: ignore[arg-type]
        quantiles=_quantiles(column),
        levels=_levels(column) if column.numeric is None and not dates else (),
        rows=column.present,
        dates=dates,
    )


def _quantiles(column: ColumnProfile) -> tuple[float, ...]:
    if column.column.storage == "datetime":
        times = column.values.to_pandas().to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6
        order = np.argsort(times)
        shares = np.cumsum(column.weights[order]) / max(1, column.weights.sum())
        if not len(times):
            return ()
        places = np.minimum(np.searchsorted(shares, PROBABILITIES), len(times) - 1)
        return tuple(float(time) for time in times[order][places])
    if column.numeric is None:
        return ()
    return tuple(float(value) for value in column.numeric.quantile(PROBABILITIES.tolist()))


def _levels(column: ColumnProfile) -> tuple[tuple[str, int], ...]:
    if column.distinct > _MOST_LEVELS:
        return ()
    return tuple((str(value)[:_LEVEL], int(rows)) for value, rows in column.value_rows(_LEVELS))
