"""The character masks of text values: ``Ab-12`` has the shape ``Aa-99``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

PREFIX_LENGTH: Final = 256
"""Characters of a value that its shape covers: the shape of a longer value is that of its beginning."""

_CLASS_OF_CATEGORY: Final = {
    **dict.fromkeys(("Lu", "Lt"), "A"),
    **dict.fromkeys(("Ll", "Lm", "Lo"), "a"),
    **dict.fromkeys(("Zs", "Zl", "Zp"), " "),
    "Nd": "9",
}
_BLANK_CONTROLS: Final = "\t\n\v\f\r\x85"
_RUN: Final = re.compile(r"A+|a+|9+| +")


@dataclass(frozen=True)
class Shapes:
    """The shape of every value of a text array.

    Attributes
    ----------
    codes
        int32, parallel to the values: the position of each value's shape in ``shapes``.
    shapes
        The distinct shapes, in the order in which they are first met. Upper case letters are ``A``, other
        letters ``a``, decimal digits ``9``, white space a blank; every other character stands for itself.
    """

    codes: np.ndarray
    shapes: list[str]

    def members(self, chosen: Sequence[int]) -> tuple[np.ndarray, dict[int, tuple[int, int]]]:
        """Return the places of the values of some shapes, sorted by shape, and the part of each shape.

        Parameters
        ----------
        chosen
            Positions in ``shapes`` that values have.

        Examples
        --------
        >>> shape_codes(pa.array(["a", "1", "b", "?"])).members([0, 2])
        (array([0, 2, 3]), {0: (0, 2), 2: (2, 3)})
        """
        wanted = np.zeros(len(self.shapes), dtype=bool)
        wanted[list(chosen)] = True
        places = np.flatnonzero(wanted[self.codes])
        places = places[np.argsort(self.codes[places], kind="stable")]
        ends = np.cumsum(np.bincount(self.codes[places], minlength=len(self.shapes)))
        return places, {code: (int(ends[code - 1]) if code else 0, int(ends[code])) for code in chosen}


def shape_codes(values: pa.Array) -> Shapes:
    """Return the shape of every value.

    Letters, digits and white space of every script are told by their Unicode category. Only the first
    ``PREFIX_LENGTH`` characters of a value are looked at.

    Parameters
    ----------
    values
        Strings (``string``, ``large_string`` or ``string_view``), none missing.

    Raises
    ------
    ValueError
        When a value is missing.

    Notes
    -----
    The masks of ASCII characters are one look-up in a table of 256 bytes over the whole data buffer; the
    offsets stay as they are. Values with other characters are done apart, through their code points.

    Examples
    --------
    >>> shape_codes(pa.array(["R-204", "R-650", "Été 1"]))
    Shapes(codes=array([0, 0, 1], dtype=int32), shapes=['A-999', 'Aaa 9'])
    """
    if values.null_count:
        msg = f"Shapes are of values that are there; {values.null_count} of {len(values)} are missing."
        raise ValueError(msg)
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.large_string())
    if not len(values):
        return Shapes(np.empty(0, dtype=np.int32), [])
    offsets, data = string_buffers(values)
    if np.diff(offsets).max() > PREFIX_LENGTH:
        values = pc.utf8_slice_codeunits(values, 0, PREFIX_LENGTH)
        offsets, data = string_buffers(values)
    masked = pa.Array.from_buffers(
        values.type, len(values), [None, pa.py_buffer(offsets - offsets[0]), pa.py_buffer(_BYTE_MASK[data])]
    )
    beyond_ascii = _beyond_ascii(offsets, data)
    if beyond_ascii.any():
        other = _unicode_shapes(values.filter(pa.array(beyond_ascii)))
        masked = pc.replace_with_mask(masked, pa.array(beyond_ascii), pa.array(other, type=values.type))
    encoded = masked.dictionary_encode()
    return Shapes(encoded.indices.to_numpy(), encoded.dictionary.to_pylist())


def generalize(shape: str) -> str:
    """Return a shape with every run of one class written once, as ``A+``, ``a+`` or ``9+``.

    Values that differ only in how long their parts are share the result, so that it serves a histogram of
    patterns. ``+`` means one or more; a run of blanks becomes one blank.

    Examples
    --------
    >>> generalize("AAA-999"), generalize("9/99/99"), generalize("Aaaaa Aaa")
    ('A+-9+', '9+/9+/9+', 'A+a+ A+a+')
    """
    return _RUN.sub(lambda run: " " if run[0][0] == " " else run[0][0] + "+", shape)


def shape_counts(shapes: Shapes, counts: np.ndarray) -> np.ndarray:
    """Return the number of rows of every shape, parallel to ``shapes.shapes``.

    Parameters
    ----------
    shapes
        The shapes of some values.
    counts
        int64, rows per value.
    """
    rows = np.bincount(shapes.codes, weights=counts, minlength=len(shapes.shapes))
    return rows.astype(np.int64)


def string_buffers(values: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the offsets of a string array (one more than values) and the bytes they span, without copying.

    The bytes start at ``offsets[0]`` of the array's buffer, wherever a slice begins.
    """
    width = np.int64 if pa.types.is_large_string(values.type) else np.int32
    _, offset_buffer, data_buffer = values.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=width)[values.offset : values.offset + len(values) + 1]
    if data_buffer is None:
        return offsets, np.empty(0, dtype=np.uint8)
    return offsets, np.frombuffer(data_buffer, dtype=np.uint8)[offsets[0] : offsets[-1]]


def character_matrix(values: pa.Array, length: int) -> np.ndarray:
    """Return the code points of strings of one length, one row per value.

    Parameters
    ----------
    values
        Strings of exactly ``length`` characters each.
    length
        Characters per value.

    Returns
    -------
    numpy.ndarray
        ``(len(values), length)``, uint8 where every character is ASCII, uint32 otherwise.
    """
    _, points = string_buffers(values)
    if len(points) != len(values) * length:
        points = _code_points("".join(values.to_pylist()))
    return points.reshape(len(values), length)


def _beyond_ascii(offsets: np.ndarray, data: np.ndarray) -> np.ndarray:
    high = data >= 0x80
    if not high.any():
        return np.zeros(len(offsets) - 1, dtype=bool)
    before = np.concatenate(([0], np.cumsum(high)))
    beyond_ascii: np.ndarray = np.diff(before[offsets - offsets[0]]) > 0
    return beyond_ascii


def _unicode_shapes(values: pa.Array) -> list[str]:
    texts = values.to_pylist()
    points = _code_points("".join(texts))
    rare = points > 0xFFFF
    masked: np.ndarray = _plane_mask()[np.where(rare, 0, points)]
    if rare.any():
        distinct, place = np.unique(points[rare], return_inverse=True)
        masked[rare] = np.array([_mask_of(point) for point in distinct], dtype=np.uint32)[place]
    joined = masked.tobytes().decode("utf-32-le")
    ends = np.cumsum([len(text) for text in texts]).tolist()
    return [joined[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.dtype("<u4"))


def _mask_of(point: int) -> int:
    character = chr(point)
    if character in _BLANK_CONTROLS:
        return ord(" ")
    return ord(_CLASS_OF_CATEGORY.get(unicodedata.category(character), character))


@lru_cache(maxsize=1)
def _plane_mask() -> np.ndarray:
    """Return the mask of every character of the basic plane, by code point."""
    return np.array([_mask_of(point) for point in range(0x10000)], dtype="<u4")


_BYTE_MASK: Final = np.array(
    [_mask_of(byte) if byte < 0x80 else byte for byte in range(256)],
    dtype=np.uint8,
)
