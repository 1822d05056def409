"""Which encoding a text file has, and its text as plain UTF-8."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

_BLOCK = 1 << 20
_COMPRESSED = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORD = re.compile(rb'[^\s,;"]+')
_WORD_BYTES = 200_000

_CANDIDATES = (
    "cp1252 iso8859-1 cp1250 iso8859-2 cp1251 koi8-r cp866 cp1253 iso8859-7 cp1254 cp1255 cp1256 cp1257 "
    "cp932 euc-jp gb18030 big5 cp949 mac-roman cp850"
).split()
_ESCAPED = {0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)}


@dataclass(frozen=True)
class PlainText:
    """A text file as uncompressed UTF-8, with or without a byte order mark."""

    path: Path
    encoding: str
    """The encoding it had, as Python calls it."""
    strange_lines: frozenset[int]
    """Numbers, from 1, of the lines with bytes that encoding does not have; they were read as ``cp1252``."""


def plain_text(path: Path, folder: Path) -> PlainText:
    """Return the text of ``path`` as UTF-8: the file itself where it is that, or a copy in ``folder``.

    The encoding is told by a byte order mark, by being valid UTF-8, or by the words. A file that is UTF-8 but for
    some bytes is UTF-8. Among encodings that read the same text, ``cp1252`` is preferred.

    Raises
    ------
    OSError
        When the file cannot be read, or not be unpacked.
    """
    encoding = _marked_encoding(path)
    if encoding in (None, "utf-8-sig") and _is_valid_utf8(path):
        encoding = encoding or "utf-8"
        if path.suffix.lower() not in _COMPRESSED:
            return PlainText(path, encoding, frozenset())
    encoding = encoding or _guessed_encoding(path)
    target = folder / "utf8.txt"
    strange = set()
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    with _opened(path) as source, target.open("w", encoding="utf-8", newline="") as file:
        for number, line in enumerate(io.TextIOWrapper(source, encoding, errors, newline=""), start=1):
            try:
                file.write(line)
            except UnicodeEncodeError:
                strange.add(number)
                file.write(line.translate(_ESCAPED))
    return PlainText(target, encoding, frozenset(strange))


def decoded(raw: bytes) -> str:
    """Return UTF-8 as text; bytes that are none are read as ``cp1252``, so that nothing is lost."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape").translate(_ESCAPED)


def _marked_encoding(path: Path) -> str | None:
    """Return the encoding that the first bytes give away: a mark, or every other byte being zero."""
    with _opened(path) as file:
        start = file.read(4096)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[first::2].count(0) > 0.4 * len(start) / 2 > start[1 - first :: 2].count(0) * 2:
            return encoding
    return None


def _guessed_encoding(path: Path) -> str:
    import chardet

    words = _strange_words(_lines(path))
    if sum(map(_is_utf8, words)) * 2 > len(words):
        return "utf-8"
    text = b"\n".join(words)
    found = chardet.detect(text, include_encodings=_CANDIDATES, compat_names=False)["encoding"] or "cp1252"
    alike = text.decode("cp1252", "surrogateescape") == text.decode(found, "surrogateescape")
    return "cp1252" if alike else codecs.lookup(found).name


def _is_valid_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with _opened(path) as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode()
    except UnicodeDecodeError:
        return False
    return True


def _strange_words(lines: Iterable[bytes]) -> list[bytes]:
    """Return the different words that are not ASCII, up to a bound."""
    words: dict[bytes, None] = {}
    size = 0
    for line in lines:
        if line.isascii():
            continue
        for word in _WORD.findall(line):
            if not word.isascii() and word not in words:
                words[word] = None
                size += len(word)
        if size > _WORD_BYTES:
            break
    return list(words)


def _lines(path: Path) -> Iterator[bytes]:
    with _opened(path) as file:
        yield from io.BufferedReader(file)


def _opened(path: Path) -> Any:
    return pa.input_stream(str(path), compression=_COMPRESSED.get(path.suffix.lower()))
