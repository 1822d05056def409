"""Values read as the type that a data dictionary declares, by the rules of Table Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from mlqa_widgets.dictionary import Field
    from mlqa_widgets.profile.column import ColumnProfile

_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^(?i:nan|-?inf)$"
_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_FORMS: Final = {
    "date": f"^{_DAY}$",
    "datetime": rf"^{_DAY}[T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d+)?)?(Z|[+-]\d{{2}}:?\d{{2}})?$",
    "time": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$",
    "year": r"^-?\d{4}$",
    "yearmonth": r"^-?\d{4}-(0[1-9]|1[0-2])$",
    "duration": r"^-?P(\d+(\.\d+)?[YMWD])*(T(\d+(\.\d+)?[HMS])+)?$",
    "geopoint": r"^-?\d+(\.\d+)?, ?-?\d+(\.\d+)?$",
}
_STRING_FORMS: Final = {
    "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$",
    "uuid": r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "binary": r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}
_JSON_TYPES: Final[dict[str, type]] = {"object": dict, "array": list, "geojson": dict}
_TRUE: Final = ("true", "True", "TRUE", "1")
_FALSE: Final = ("false", "False", "FALSE", "0")
_MICROSECONDS_PER_DAY: Final = 86_400_000_000


def declared_mask(column: ColumnProfile, field: Field) -> np.ndarray:
    """Return which distinct values are of the declared type; all where none is declared."""
    every = np.ones(len(column.values), dtype=bool)
    storage, kind = column.column.storage, field.type
    if storage == "nested":
        return every if kind in ("", "any", "object", "array", "list", "geojson") else ~every
    match kind:
        case "integer" | "number" if storage in ("integer", "number", "text"):
            numbers = numbers_of(column, field)
            if storage == "number":
                return every if kind == "number" else (numbers == np.floor(numbers)) | np.isnan(numbers)
            is_number = _is_number(column, field)
            with np.errstate(invalid="ignore"):
                return is_number & (numbers == np.floor(numbers)) if kind == "integer" else is_number
        case "boolean" if storage != "boolean":
            words = [*field.get("trueValues", _TRUE), *field.get("falseValues", _FALSE)]
            texts = column.strings if storage != "number" else pc.replace_substring_regex(column.strings, r"\.0$", "")
            return _mask(pc.is_in(texts, value_set=pa.array(map(str, words), pa.string())))
        case "date" | "datetime" | "time" | "year" | "yearmonth" if field.format != "any":
            if storage == "datetime" and kind in ("datetime", "date"):
                days = column.values.cast(pa.int64()).to_numpy(zero_copy_only=False)
                return every if kind == "datetime" else days % _MICROSECONDS_PER_DAY == 0
            return np.isfinite(instants_of(column, field))
        case "duration" | "geopoint" if column.is_text and field.format in ("default", ""):
            return _mask(pc.match_substring_regex(column.strings, _FORMS[kind]))
        case "object" | "array" | "geojson" if column.is_text and field.format == "default":
            return np.array([_is_json(text, _JSON_TYPES[kind]) for text in column.strings.to_pylist()], dtype=bool)
        case "string" if not column.is_text:
            return ~every
        case "string" if field.format in _STRING_FORMS:
            return _mask(pc.match_substring_regex(column.strings, _STRING_FORMS[field.format]))
        case "integer" | "number" | "object" | "array" | "geojson" | "geopoint" if not column.is_text:
            return ~every
    return every


def numbers_of(column: ColumnProfile, field: Field) -> np.ndarray:
    """Return the distinct values as float64, NaN where they are no number as declared."""
    if not column.is_text:
        return column.numbers
    texts = _bare(column, field)
    fits = pc.match_substring_regex(texts, _NUMBER)
    return pc.if_else(fits, texts, None).cast(pa.float64()).to_numpy(zero_copy_only=False)


def _is_number(column: ColumnProfile, field: Field) -> np.ndarray:
    if not column.is_text:
        return np.ones(len(column.values), dtype=bool)
    return _mask(pc.match_substring_regex(_bare(column, field), _NUMBER))


def _bare(column: ColumnProfile, field: Field) -> pa.Array:
    """Return the texts without what the field says may stand around and between the digits."""
    texts = pc.utf8_trim_whitespace(column.strings)
    if field.get("bareNumber") is False:
        texts = pc.replace_substring_regex(texts, r"^[^\d+\-.,]+|[^\d.]+$", "")
    if group := field.get("groupChar"):
        texts = pc.replace_substring(texts, str(group), "")
    if (point := str(field.get("decimalChar", "."))) != ".":
        texts = pc.replace_substring(pc.replace_substring(texts, ".", "\0"), point, ".")
    return texts


def instants_of(column: ColumnProfile, field: Field) -> np.ndarray:
    """Return the distinct values as microseconds since 1970, float64; NaN where they are no such time as declared."""
    if column.column.storage == "datetime":
        return column.values.cast(pa.int64()).to_numpy(zero_copy_only=False).astype(float)
    texts = column.strings
    if column.column.storage == "number":
        texts = pc.replace_substring_regex(texts, r"\.0$", "")
    return _instants(texts.to_pandas(), field)


def limit_of(field: Field, limit: Any, *, temporal: bool) -> float | None:
    """Return a limit on the scale of the values it is held against, or None where it cannot be read."""
    if not temporal:
        try:
            return float(limit)
        except (TypeError, ValueError):
            return None
    text = pd.Series([str(limit)])
    found = _instants(text, field)[0]
    if np.isnan(found) and field.type in ("", "date", "datetime"):
        found = _microseconds(pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True))[0]
    return None if np.isnan(found) else float(found)


def _instants(texts: pd.Series, field: Field) -> np.ndarray:
    """Return texts as microseconds since 1970 (of a time: since midnight; of a year: its number)."""
    kind, layout = field.type or "datetime", field.format
    if kind not in _FORMS:
        return np.full(len(texts), np.nan)
    if layout not in ("default", "any", ""):
        return _microseconds(pd.to_datetime(texts, format=layout, errors="coerce", utc=True))
    fits = texts.str.contains(_FORMS[kind].replace("(", "(?:"), regex=True)
    texts = texts.where(fits)
    if kind == "year":
        return pd.to_numeric(texts).to_numpy(dtype=float)
    if kind == "yearmonth":
        year_month = texts.str.rsplit("-", n=1, expand=True).reindex(columns=[0, 1])
        return (pd.to_numeric(year_month[0]) * 12 + pd.to_numeric(year_month[1])).to_numpy(dtype=float)
    if kind == "time":
        return _microseconds(pd.to_datetime("1970-01-01T" + texts, format="ISO8601", errors="coerce", utc=True))
    return _microseconds(pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True))


def _microseconds(times: pd.Series) -> np.ndarray:
    whole = times.dt.as_unit("us").astype("int64").to_numpy().astype(float)
    whole[times.isna().to_numpy()] = np.nan
    return whole


def _is_json(text: str, kind: type) -> bool:
    try:
        return isinstance(json.loads(text), kind)
    except ValueError:
        return False


def _mask(found: pa.Array) -> np.ndarray:
    return found.to_numpy(zero_copy_only=False).astype(bool)
