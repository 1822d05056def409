"""Telephone numbers, e-mail addresses, web addresses and postcodes that cannot be right."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import numpy as np
import pyarrow.compute as pc

from mlqa_widgets.checks._draw import value_bars
from mlqa_widgets.checks._stand_ins import text_stand_ins
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, list_literal, literal, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.wording import count, listing, percent, quoted, visible

_CLEARLY: Final = 0.8
"""Share of the rows that must be valid for the rest to be wrong, rather than the column something else."""
_LONGEST: Final = 2000

Reasons = dict[int, str]
"""Place of a value -> what is wrong with it."""


# --- telephone numbers -----------------------------------------------------------------------------------

_PHONE_WORDS: Final = frozenset("phone telephone tel mobile fax cell portable telecopie telefon".split())
_PLAIN_PHONE: Final = re.compile(r"\+?[\d\s().\-/]+")
_EXTENSION: Final = re.compile(r"(?i)(?<=[\d\s).])\s*(?:,|;|#|x|ext|extension|poste|p)\.?\s*:?\s*\d{1,6}\s*$")
_FRENCH_EXTENSION: Final = re.compile("(?i)poste")
_VANITY: Final = re.compile(r"[A-Za-z](?:[\s.-]?[A-Za-z]){2,}")
_NOT_DIGIT: Final = re.compile(r"\D+")
_REPEATED: Final = re.compile(r"(\d)\1{4,}")
_SEQUENCE: Final = re.compile(
    "|".join(digits[start : start + 6] for digits in ("01234567890", "09876543210") for start in range(6))
)
_FICTITIOUS: Final = re.compile(r"(?:1?\d{3})?55501\d\d")
_REGIONS: Final = (
    "US CA GB FR DE CH AT BE NL LU IT ES PT IE AU NZ IN BR MX AR JP KR CN SG SE NO DK FI PL CZ HU GR RO TR RU ZA"
    " NG KE MA TN IL AE SA".split()
)
_REGION_SAMPLE: Final = 200
_KNOWN_SHARE: Final = 0.6
_SURE_SHARE: Final = 0.9
_PARSED: Final = 20_000
_NATURAL_SHARE: Final = 0.2

_TO_E164: Final = """\
import re

import phonenumbers


def to_e164(text):
    try:
        number = phonenumbers.parse(re.sub("(?i)poste", "ext.", str(text)), {region})
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if number.extension:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


"""


@column_check("invalid_phones")
def invalid_phones(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find telephone numbers that cannot be dialled: impossible in their region, too short or long, made up.

    Five or more equal digits in a row, runs such as 123456 and the fictitious 555-01xx count as made up. Stays
    silent on every way of writing a valid number, national or international, with or without an extension.
    """
    if not _holds_phones(column):
        return
    texts = _phone_texts(column)
    region = _phone_region(texts, profile.roles.region)
    wanted = _with_a_value(column)
    invalid, judged = _impossible_phones(column, texts, wanted, region)
    if not judged:
        region, invalid = None, _impossible_lengths(texts, wanted)
    made_up = _made_up(column, texts, wanted, invalid, region)
    reasons = invalid | made_up
    if not reasons or _share(column, list(reasons), wanted) > 1 - _KNOWN_SHARE:
        return
    yield _finding(
        column,
        reasons,
        noun="number",
        verdict="cannot be dialled"
        if not made_up
        else "cannot be dialled or look made up"
        if invalid
        else "look made up",
        severity=Severity.WARNING if invalid else Severity.INFO,
        why=(
            "A number nobody can be reached under is a missing value that is not counted as one, "
            "and made-up numbers link people who have nothing in common."
        ),
        fixes=_phone_fixes(column, profile, invalid, reasons, region),
    )


def _holds_phones(column: ColumnProfile) -> bool:
    if column.column.storage not in ("text", "integer", "number") or not len(column.values):
        return False
    named = not _PHONE_WORDS.isdisjoint(name_words(column.name))
    if not (named or column.kind is Kind.PHONE):
        return False
    fractions = np.isfinite(column.numbers) & (column.numbers != np.floor(column.numbers))
    if column.counts[fractions].sum() > _NATURAL_SHARE * column.counts.sum():
        return False
    if column.kind is Kind.PHONE:
        return True
    texts = _phone_texts(column)[:_REGION_SAMPLE]
    like = sum(7 <= len(_digits(text)) <= 15 and _PLAIN_PHONE.fullmatch(_bare(text)) is not None for text in texts)
    return like >= _CLEARLY * len(texts)


def _phone_texts(column: ColumnProfile) -> list[str]:
    if column.column.storage == "number":
        return [f"{number:.0f}" for number in column.numbers.tolist()]
    return [text[:_LONGEST] for text in column.strings.to_pylist()]


def _bare(text: str) -> str:
    return _EXTENSION.sub("", text.strip())


def _digits(text: str) -> str:
    return _NOT_DIGIT.sub("", _bare(text))


def _phone_region(texts: Sequence[str], said: str | None) -> str | None:
    """Return the region said, or the one in which most national numbers of a sample are valid."""
    import phonenumbers

    if said is not None and said in phonenumbers.SUPPORTED_REGIONS:
        return said
    sample = [text for text in texts if len(_digits(text)) >= 7][:_REGION_SAMPLE]
    if not sample:
        return None
    abroad = Counter(_region_of(text) for text in sample if text.strip().startswith("+"))
    candidates = [region for region, _ in abroad.most_common() if region is not None] + _REGIONS
    international = sum(abroad.values())
    valid: dict[str, int] = {}
    for region in dict.fromkeys(candidates):
        valid[region] = sum(_plainly_valid(text, region) for text in sample)
        if valid[region] >= _SURE_SHARE * len(sample):
            return region
    best = max(valid, key=valid.__getitem__)
    return best if valid[best] + (international if best in abroad else 0) >= _KNOWN_SHARE * len(sample) else None


def _region_of(text: str) -> str | None:
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return None


@lru_cache(maxsize=64)
def _plan(region: str) -> tuple[str, str, re.Pattern[str]] | None:
    """Return the country code, the trunk prefix and the pattern of all valid national numbers of a region."""
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None:
        return None
    kinds = (
        metadata.fixed_line, metadata.mobile, metadata.toll_free, metadata.premium_rate, metadata.shared_cost,
        metadata.personal_number, metadata.voip, metadata.pager, metadata.uan, metadata.voicemail,
    )  # fmt: skip
    patterns = {kind.national_number_pattern for kind in kinds if kind is not None and kind.national_number_pattern}
    general = metadata.general_desc.national_number_pattern
    return (
        str(metadata.country_code),
        metadata.national_prefix or "",
        re.compile(f"(?=(?:{general})$)(?:{'|'.join(sorted(patterns))})$"),
    )


def _plainly_valid(text: str, region: str) -> bool:
    """Whether a number is valid in its region, for those written in digits alone: a quick yes, never a quick no."""
    plan = _plan(region)
    if plan is None or not _PLAIN_PHONE.fullmatch(text):
        return False
    code, prefix, pattern = plan
    digits = _NOT_DIGIT.sub("", text)
    if text.lstrip().startswith("+"):
        return digits.startswith(code) and pattern.match(digits[len(code) :]) is not None
    if prefix and digits.startswith(prefix) and pattern.match(digits[len(prefix) :]):
        return True
    return pattern.match(digits) is not None


def _impossible_phones(
    column: ColumnProfile, texts: Sequence[str], wanted: Sequence[int], region: str | None
) -> tuple[Reasons, bool]:
    """Return the numbers that are not valid, and whether enough are valid for that to be a verdict."""
    reasons: Reasons = {}
    parsed = 0
    for place in wanted:
        if region is not None and _plainly_valid(texts[place], region):
            continue
        parsed += 1
        if parsed > _PARSED:
            return {}, False
        reason = _why_impossible(texts[place], region)
        if reason is not None:
            reasons[place] = reason
    return reasons, _share(column, list(reasons), wanted) <= 1 - _KNOWN_SHARE


def _why_impossible(text: str, region: str | None) -> str | None:
    import phonenumbers
    from phonenumbers import ValidationResult

    if _has_stray_letters(_bare(text)):
        return "letters among the digits"
    try:
        number = phonenumbers.parse(_FRENCH_EXTENSION.sub("ext.", text), region)
    except phonenumbers.NumberParseException:
        return "no telephone number"
    if phonenumbers.is_valid_number(number):
        return None
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return "too short"
        case ValidationResult.TOO_LONG:
            return "too long"
        case ValidationResult.INVALID_COUNTRY_CODE:
            return "no such country code"
        case ValidationResult.INVALID_LENGTH:
            return "wrong length"
    return "no such prefix"


def _has_stray_letters(bare: str) -> bool:
    """Whether there are letters that spell nothing: ``5S5``, ``29xxx``, but not ``1-800-FLOWERS``."""
    vanity = _VANITY.search(bare)
    letters = {letter for letter in (vanity[0] if vanity else "").lower() if letter.isalpha()}
    return len(letters) < 2 and re.search(r"[A-Za-z]", bare) is not None


def _impossible_lengths(texts: Sequence[str], wanted: Sequence[int]) -> Reasons:
    """Judge numbers of no known region by what holds everywhere."""
    reasons: Reasons = {}
    for place in wanted:
        digits = len(_digits(texts[place]))
        if digits < 6:
            reasons[place] = "too short"
        elif digits > 15:
            reasons[place] = "too long"
        elif _has_stray_letters(_bare(texts[place])):
            reasons[place] = "letters among the digits"
    return reasons


def _made_up(
    column: ColumnProfile, texts: Sequence[str], wanted: Sequence[int], known: Reasons, region: str | None
) -> Reasons:
    """Return numbers of a form people type when asked for one; not where it is the rule in the column."""
    import phonenumbers

    north_american = region is not None and phonenumbers.country_code_for_region(region) == 1
    found: dict[str, list[int]] = {}
    for place in wanted:
        digits = _digits(texts[place])
        if place in known or len(digits) < 7:
            continue
        if _REPEATED.search(digits):
            found.setdefault("one digit repeated", []).append(place)
        elif _SEQUENCE.search(digits):
            found.setdefault("digits in sequence", []).append(place)
        elif north_american and _FICTITIOUS.fullmatch(digits[-10:]):
            found.setdefault("fictitious 555-01xx", []).append(place)
    total = int(column.counts.sum())
    return {
        place: reason
        for reason, places in found.items()
        if int(column.counts[places].sum()) <= _NATURAL_SHARE * total
        for place in places
    }


def _phone_fixes(
    column: ColumnProfile,
    profile: Profile,
    invalid: Reasons,
    reasons: Reasons,
    region: str | None,
) -> tuple[Fix, ...]:
    fixes = _emptied(column, profile, reasons, "Turn numbers that cannot be dialled into missing")
    if region is None:
        return fixes
    lost = set(invalid) | set(np.flatnonzero(text_stand_ins(column).mask).tolist())
    read = read_column(profile.table, column.column)
    if column.column.storage == "number":
        read += '.astype("Int64").astype("string")'
    code = _TO_E164.format(region=literal(region)) + assign_column(
        profile.table, column.column, f'{read}.map(to_e164, na_action="ignore")'
    )
    import phonenumbers

    example = phonenumbers.example_number(region)
    shown = f" ({phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)})" if example else ""
    return (
        Fix(
            f"Write every number in the international form{shown}",
            code,
            changes=(column.position,),
            empties=column.where(_mask(column, lost)),
            note=f"National numbers are read as numbers of {region}; numbers with an extension stay as written.",
        ),
        *fixes,
    )


# --- e-mail addresses ------------------------------------------------------------------------------------

_EMAIL_WORDS: Final = frozenset("email mail courriel mel".split())
_EMAIL: Final = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?\.)+(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})",
    re.IGNORECASE,
)
"""The pattern of the HTML standard (``input type=email``), with a domain of two parts and letters of any script."""
_DISPLAYED: Final = re.compile(r"^[^<>@]*<([^<>]+)>$")


@column_check("invalid_emails")
def invalid_emails(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find e-mail addresses no mail could be sent to: no @, blanks, dots in a row, no domain.

    Stays silent on columns that are not clearly e-mail addresses, and on ``Name <address>`` and ``mailto:``.
    """
    if not column.is_text or not (column.kind is Kind.EMAIL or _EMAIL_WORDS & set(name_words(column.name))):
        return
    yield from _judge_text(
        column,
        profile,
        _why_no_email,
        noun="address",
        plural="addresses",
        verdict="no mail could reach",
        why="A message to such an address never arrives, and joins on the address miss the row.",
    )


def _why_no_email(text: str) -> str | None:
    address = text.strip().removeprefix("mailto:")
    displayed = _DISPLAYED.match(address)
    if displayed:
        address = displayed[1].strip()
    if "@" not in address:
        return "no @"
    if address.count("@") > 1:
        return "several addresses" if re.search(r"[\s,;]", address) else "more than one @"
    if re.search(r"\s", address):
        return "a blank inside"
    local, domain = address.split("@")
    if ".." in address or local.startswith(".") or local.endswith(".") or domain.startswith("."):
        return "a dot out of place"
    if "." not in domain:
        return "an incomplete domain"
    return None if _EMAIL.fullmatch(address) else "characters out of place"


# --- web addresses ---------------------------------------------------------------------------------------

_SCHEMES: Final = frozenset("http https ftp ftps sftp file s3 gs ws wss git ssh mailto tel data doi urn".split())
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST: Final = re.compile(r"(?:[\w](?:[\w-]{0,61}\w)?\.)+[^\W\d_][\w-]{1,62}\.?")


@column_check("invalid_urls")
def invalid_urls(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find web addresses no browser could open: a mistyped scheme, no host, blanks inside.

    Stays silent on columns that are not clearly web addresses, and on addresses without a scheme.
    """
    if not column.is_text or column.kind is not Kind.URL:
        return
    yield from _judge_text(
        column,
        profile,
        _why_no_url,
        noun="web address",
        plural="web addresses",
        verdict="no browser could open",
        why="Whatever follows the link fails on these rows, and the host cannot be read from them.",
    )


def _why_no_url(text: str) -> str | None:
    address = text.strip()
    if re.search(r"\s", address):
        return "a blank inside"
    scheme = _SCHEME.match(address)
    after = address[scheme.end() :] if scheme else ""
    if scheme and (after.startswith("/") or scheme[1].lower() in _SCHEMES):
        if scheme[1].lower() not in _SCHEMES:
            return f"no such scheme: {scheme[1].lower()[:12]}"
        if not after.startswith("//"):
            return None if scheme[1].lower() in ("mailto", "tel", "data", "doi", "urn") else "a slash missing"
    else:
        address = "//" + address.lstrip("/")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "no valid host"
    if parts.scheme in ("file", "s3", "gs", "data"):
        return None
    return None if host and _is_host(host) else "no valid host"


def _is_host(host: str) -> bool:
    if host == "localhost" or _HOST.fullmatch(host):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


# --- postcodes -------------------------------------------------------------------------------------------

_POSTCODE_WORDS: Final = frozenset("zip zipcode postcode postal postaux cp plz npa".split())
_POSTCODES: Final[Mapping[str, re.Pattern[str]]] = {
    region: re.compile(pattern, re.IGNORECASE)
    for regions, pattern in (
        ("US", r"\d{5}(?:[- ]?\d{4})?"),
        ("CA", r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d"),
        ("GB", r"(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})"),
        ("FR DE ES IT FI EE HR MX MA TR KR TH UA MY SA", r"\d{5}"),
        ("CH AT BE DK NO HU AU NZ LU BG SI CY TN ZA", r"\d{4}"),
        ("NL", r"\d{4} ?[A-Z]{2}"),
        ("PT", r"\d{4}-\d{3}"),
        ("PL", r"\d{2}-\d{3}"),
        ("SE GR CZ SK", r"\d{3} ?\d{2}"),
        ("BR", r"\d{5}-?\d{3}"),
        ("JP", r"\d{3}-?\d{4}"),
        ("IN", r"[1-9]\d{2} ?\d{3}"),
        ("CN SG RU RO", r"\d{6}"),
        ("IE", r"[AC-FHKNPRTV-Y]\d[\dW] ?[AC-FHKNPRTV-Y\d]{4}"),
    )
    for region in regions.split()
}
_FIVE_DIGITS: Final = (_POSTCODES["US"], _POSTCODES["FR"])
_SHORT_DIGITS: Final = re.compile(r"\d{3,4}")
_SHARED: Final = 0.05
_LOST_ZERO: Final = "a leading zero lost"
_SHORT_SHARE: Final = 0.35


@column_check("invalid_postcodes")
def invalid_postcodes(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find postcodes that do not have the form of the region the column's other postcodes have.

    Also postcodes that lost their leading zeros by being read as numbers. Stays silent on columns of several
    regions, each with its share, and on columns no region's form fits.
    """
    named = bool(_POSTCODE_WORDS & set(name_words(column.name)))
    if not (column.kind is Kind.POSTCODE or named) or column.column.storage not in ("text", "integer", "number"):
        return
    texts = _postcode_texts(column)
    wanted = _with_a_value(column)
    forms = _postcode_forms(column, texts, wanted, profile.roles.region)
    if not forms:
        return
    short = [place for place in wanted if forms[0] in _FIVE_DIGITS and _SHORT_DIGITS.fullmatch(texts[place])]
    lost = short if _share(column, short, wanted) <= _SHORT_SHARE else []
    reasons = dict.fromkeys(lost, _LOST_ZERO)
    for place in wanted:
        if place not in reasons and not any(form.fullmatch(texts[place]) for form in forms):
            reasons[place] = "not of the region's form"
    if not reasons:
        return
    yield _finding(
        column,
        reasons,
        noun="postcode",
        verdict="cannot be right",
        why="Postcodes that are not whole match no region: maps, distances and joins on them lose these rows.",
        fixes=_postcode_fixes(column, profile, reasons),
    )


def _postcode_texts(column: ColumnProfile) -> list[str]:
    if column.column.storage == "number":
        return [f"{number:.0f}" for number in column.numbers.tolist()]
    return [text[:_LONGEST].strip().removesuffix(".0") for text in column.strings.to_pylist()]


def _postcode_forms(
    column: ColumnProfile, texts: Sequence[str], wanted: Sequence[int], said: str | None
) -> list[re.Pattern[str]]:
    """Return the forms that have a share in the column, the commonest first; none when they do not cover it."""

    def share(*forms: re.Pattern[str]) -> float:
        return _share(column, [p for p in wanted if any(form.fullmatch(texts[p]) for form in forms)], wanted)

    if said is not None and said in _POSTCODES and share(_POSTCODES[said]) >= _KNOWN_SHARE:
        return [_POSTCODES[said]]
    if share(_POSTCODES["US"]) >= _KNOWN_SHARE and share(_POSTCODES["US"], _SHORT_DIGITS) >= _CLEARLY:
        return [_POSTCODES["US"]]
    shares = {form: share(form) for form in dict.fromkeys(_POSTCODES.values())}
    forms = sorted((form for form in shares if shares[form] >= _SHARED), key=lambda form: -shares[form])
    return forms if share(*forms) >= _CLEARLY else []


def _with_a_value(column: ColumnProfile) -> list[int]:
    """Return the places of the values that are there: not blank, and no stand-in for missing."""
    present = ~text_stand_ins(column).mask
    if column.is_text:
        present &= ~pc.match_substring_regex(column.strings, r"^\s*$").to_numpy(zero_copy_only=False)
    return np.flatnonzero(present).tolist()


def _share(column: ColumnProfile, places: Sequence[int], among: Sequence[int]) -> float:
    total = int(column.counts[list(among)].sum())
    return int(column.counts[list(places)].sum()) / total if total else 0.0


def _postcode_fixes(column: ColumnProfile, profile: Profile, reasons: Reasons) -> tuple[Fix, ...]:
    lost = [place for place, reason in reasons.items() if reason == _LOST_ZERO]
    wrong = {place: reason for place, reason in reasons.items() if reason != _LOST_ZERO}
    fixes: tuple[Fix, ...] = ()
    if lost:
        read = read_column(profile.table, column.column)
        text = f'{read}.astype("Int64").astype("string")' if column.column.storage != "text" else read
        fixes = (
            Fix(
                "Write postcodes as text, with their leading zeros",
                assign_column(
                    profile.table,
                    column.column,
                    f'{text}.where({text}.str.fullmatch(r"\\d{{3,4}}").ne(True), {text}.str.zfill(5))',
                ),
                changes=(column.position,),
                note="Every postcode of three or four digits is filled up to five.",
            ),
        )
    return fixes + (_emptied(column, profile, wrong, "Turn the others into missing") if wrong else ())


# --- shared ----------------------------------------------------------------------------------------------


def _judge_text(
    column: ColumnProfile,
    profile: Profile,
    why_wrong: Callable[[str], str | None],
    *,
    noun: str,
    plural: str,
    verdict: str,
    why: str,
) -> Iterator[Finding]:
    """Judge each value by itself; silent unless the column clearly holds what it is judged as."""
    reasons: Reasons = {}
    judged = _with_a_value(column)
    texts = column.strings.to_pylist()
    for place in judged:
        reason = why_wrong(texts[place][:_LONGEST])
        if reason is not None:
            reasons[place] = reason
    if reasons and _share(column, list(reasons), judged) <= 1 - _CLEARLY:
        yield _finding(
            column,
            reasons,
            noun=noun,
            plural=plural,
            verdict=verdict,
            why=why,
            fixes=_emptied(column, profile, reasons, f"Turn these {plural} into missing"),
        )


def _finding(
    column: ColumnProfile,
    reasons: Reasons,
    *,
    noun: str,
    verdict: str,
    why: str,
    fixes: tuple[Fix, ...],
    plural: str | None = None,
    severity: Severity = Severity.WARNING,
) -> Finding:
    mask = _mask(column, reasons)
    rows = column.rows_of(mask)
    by_reason: dict[str, list[int]] = {}
    for place, reason in reasons.items():
        by_reason.setdefault(reason, []).append(place)
    ranked = sorted(by_reason, key=lambda reason: -int(column.counts[by_reason[reason]].sum()))
    first = max(reasons, key=lambda place: int(column.counts[place]))
    shown = column.strings[first].as_py()
    bars = []
    for reason in ranked:
        places = by_reason[reason]
        one = _mask(column, places)
        note = visible(column.strings[places[0]].as_py()[:40])
        bars.append(Bar(reason, column.rows_of(one), column.where(one), flagged=True, note=note))
    return Finding(
        columns=(column.position,),
        severity=severity,
        rows=rows,
        message=(
            f"{column.name} has {count(rows, noun, plural)} that {verdict} ({percent(rows / column.rows)}): "
            f"{listing(ranked, 2)}, such as {quoted(shown, 30)}."
        ),
        predicate=column.where(mask),
        evidence=(Bars("What is wrong", tuple(bars)), value_bars(column, mask, "The values")),
        why=why,
        fixes=fixes,
        confidence=0.9,
    )


def _emptied(column: ColumnProfile, profile: Profile, reasons: Reasons, title: str) -> tuple[Fix, ...]:
    """Return the repair that turns the values into missing; none where the column is stored as numbers."""
    if not column.is_text:
        return ()
    mask = _mask(column, reasons)
    read = read_column(profile.table, column.column)
    values = list_literal(column.strings[place].as_py() for place in sorted(reasons))
    return (
        Fix(
            title,
            assign_column(profile.table, column.column, f"{read}.mask({read}.isin({values}))"),
            changes=(column.position,),
            empties=column.where(mask),
        ),
    )


def _mask(column: ColumnProfile, places: Iterable[int]) -> np.ndarray:
    mask = np.zeros(len(column.values), dtype=bool)
    mask[list(places)] = True
    return mask
