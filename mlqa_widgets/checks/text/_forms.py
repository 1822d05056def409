"""How a text is folded so that two ways of writing one thing come out the same.

The key collisions are OpenRefine's fingerprints (case, accents, punctuation, blanks), made stricter where
punctuation carries meaning (``1.5`` is not ``15``, ``A+`` is not ``A``, ``-5`` is not ``5``), and widened by
letters that look alike, umlauts written out and the usual abbreviations of English and French.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(r"(?<![^\W_])-\d+(?:[.,:/-]\d+)*|\d+(?:[.,:/-]\d+)*|[^\W\d_]+|[&+#%$€£¥<>=@°~^|]")
_INITIALS: Final = re.compile(r"\b([^\W\d_])\.\s?(?=[^\W\d_](?:\.|\b))")
_APOSTROPHES: Final = re.compile("['’‘`´ʼ]")
_ALWAYS_INVISIBLE: Final = dict.fromkeys([0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF])

_LOOKALIKES: Final = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχϲϳ" + "АВЕЅІЈКМНОРСТУХаеіјорсухѕԁһԛԝ",
    "ABEZHIKMNOPTYXaikvoptuxcj" + "ABESIJKMHOPCTYXaeijopcyxsdhqw",
)
"""Greek and Cyrillic letters drawn like Latin ones (a part of Unicode's confusables)."""

_WRITTEN_OUT: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe", "ß": "ss"}
_UMLAUT: Final = re.compile("[äöüåøæœß]")

_ABBREVIATIONS: Final = {
    word: words.split()[0]
    for words in (
        "st saint street str",
        "ste sainte suite",
        "ave avenue av aven",
        "rd road",
        "blvd boulevard boul bd bld bvd blv",
        "dr drive doctor docteur",
        "hwy highway",
        "pkwy parkway",
        "ln lane",
        "sq square",
        "pl place",
        "ct court",
        "ch chemin",
        "rte route",
        "mt mount mont",
        "ft fort",
        "n north nord",
        "s south sud",
        "e east est",
        "w west",
        "o ouest",
        "ne northeast",
        "nw northwest",
        "se southeast",
        "sw southwest",
        "& and et und",
        "inc incorporated",
        "co company",
        "cie compagnie",
        "corp corporation",
        "ltd limited ltee limitee",
        "bros brothers",
        "dept department departement dep",
        "univ university universite",
        "hosp hospital hopital",
        "intl international",
        "natl national",
        "assn association assoc",
        "govt government gouvernement gov",
        "mgr manager",
        "asst assistant",
        "bldg building",
        "apt apartment appartement",
        "jr junior",
        "sr senior",
    )
    for word in words.split()
}


@dataclass(frozen=True)
class Form:
    """A text without its way of writing.

    Attributes
    ----------
    tokens
        Words, numbers and meaningful signs, lower case and without accents.
    key
        The tokens joined; equal for texts that differ only in case, accents, punctuation and blanks.
    """

    tokens: tuple[str, ...]
    key: str


def form_of(text: str) -> Form:
    """Fold a text.

    Examples
    --------
    >>> form_of("  U.S. Air-Ways ").key, form_of("Genève").key, form_of("1.5 A+").key
    ('usairways', 'geneve', '1.5a+')
    """
    folded = text.lower() if text.isascii() else _plain(text)
    if "." in folded:
        folded = _INITIALS.sub(r"\1", folded)
    tokens = _TOKEN.findall(_APOSTROPHES.sub("", folded))
    if folded.rstrip().endswith("-") and folded.replace("-", "").strip():
        tokens.append("-")
    return Form(tuple(tokens), key_of(tokens))


def name_form_of(text: str) -> Form:
    """Fold the name of a person: only its case and what cannot be seen, since Anne-Marie is not Annemarie.

    Examples
    --------
    >>> name_form_of(" Le  Roux").key, name_form_of("Leroux").key
    ('le roux', 'leroux')
    """
    folded = _squeezed(text if text.isascii() else _sound(text)).casefold()
    return Form((folded,) if folded else (), folded)


def ends_in_accent(one: str, other: str) -> bool:
    """Whether two texts differ by the accent on the last letter of a word, as French participles do.

    Examples
    --------
    >>> ends_in_accent("Orangé", "Orange"), ends_in_accent("Genève", "Geneve")
    (True, False)
    """
    found, plain = (_FINAL_ACCENT.sub("e", unicodedata.normalize("NFC", text).lower()) for text in (one, other))
    return found == plain and one.lower() != other.lower()


_FINAL_ACCENT: Final = re.compile(r"é(?=e?s?\b)")


def written_out(text: str) -> str | None:
    """Return the key of a text with its umlauts written out (``Zürich`` as ``zuerich``), or None without any."""
    lower = unicodedata.normalize("NFC", text).lower()
    if not _UMLAUT.search(lower):
        return None
    return form_of("".join(_WRITTEN_OUT.get(letter, letter) for letter in lower)).key


def shortened(form: Form) -> str | None:
    """Return the key of a form of several words with its usual words abbreviated, or None if it has none.

    Examples
    --------
    >>> shortened(form_of("12 North Main Street")) == shortened(form_of("12 N. Main St"))
    True
    """
    if len(form.tokens) < 2 or not any(token in _ABBREVIATIONS for token in form.tokens):
        return None
    return key_of([_ABBREVIATIONS.get(token, token) for token in form.tokens], apart=True)


def read_again(text: str) -> str:
    """Return a text that was decoded in the wrong encoding as it was meant, any other as it is.

    Examples
    --------
    >>> read_again("ZÃ¼rich"), read_again("Zürich")
    ('Zürich', 'Zürich')
    """
    if text.isascii():
        return text
    from ftfy import fix_encoding
    from ftfy.badness import is_bad

    if not is_bad(text):
        return text
    again = fix_encoding(text)
    return again if len(again) < len(text) else text


def latin(text: str) -> str:
    """Return ``text`` with Greek and Cyrillic letters that pass for Latin ones replaced, if that makes it Latin."""
    mapped = text.translate(_LOOKALIKES)
    if mapped == text:
        return text
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in mapped if letter.isalpha()}
    return mapped if scripts <= {"LATIN"} else text


def way_of_writing(variant: str, kept: str) -> str:
    """Name what tells two texts of one form apart: ``case``, ``accents``, ``blanks``, ...

    Examples
    --------
    >>> way_of_writing("bern ", "bern"), way_of_writing("BERN", "Bern"), way_of_writing("Geneve", "Genève")
    ('blanks', 'case', 'accents')
    """
    if _squeezed(variant) == _squeezed(kept):
        return "blanks"
    if not variant.isascii():
        if read_again(variant) != variant:
            return "broken encoding"
        if latin(variant) != variant:
            return "letters of another alphabet"
    variant, kept = _squeezed(variant), _squeezed(kept)
    if variant.lower() == kept.lower():
        return "case"
    if _plain(variant) == _plain(kept):
        return "accents" if variant.isascii() != kept.isascii() or variant != kept else "case"
    if form_of(variant).tokens == form_of(kept).tokens:
        return "punctuation"
    if form_of(variant).key == form_of(kept).key:
        return "blanks or punctuation"
    if form_of(kept).key == written_out(variant) or form_of(variant).key == written_out(kept):
        return "umlauts"
    return "abbreviation"


def _plain(text: str) -> str:
    text = _sound(text)
    decomposed = unicodedata.normalize("NFKD" if _COMPATIBILITY.search(text) else "NFD", text)
    return "".join(letter for letter in decomposed if not _is_accent(letter)).casefold()


_COMPATIBILITY: Final = re.compile("[\uff00-\uffef\ufb00-\ufb06\u00a0\u202f\u2007\u3000]")


def _sound(text: str) -> str:
    """Return a text with its encoding repaired and its letters those of one alphabet."""
    return latin(read_again(text).translate(_ALWAYS_INVISIBLE))


def _is_accent(letter: str) -> bool:
    return "\u0300" <= letter <= "\u036f"


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def key_of(tokens: Sequence[str], *, apart: bool = False) -> str:
    """Join the tokens of a form to its key, keeping numbers apart: ``1 2`` is not ``12``."""
    if len(tokens) == 1:
        return tokens[0]
    parts: list[str] = []
    for token in tokens:
        if parts and (apart or (parts[-1][-1].isdigit() and token[0].isdigit())):
            parts.append(" ")
        parts.append(token)
    return "".join(parts)
