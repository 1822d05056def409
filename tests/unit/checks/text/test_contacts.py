"""invalid_phones, invalid_emails, invalid_urls, invalid_postcodes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.checks.text.contacts import _plainly_valid, _why_no_email, _why_no_url
from mlqa_widgets.evidence import Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

SWISS = [f"+41 22 {first} {last} 0{last % 7}" for first in (548, 731, 908) for last in range(11, 25)]
CANADIAN = [f"514-{exchange}-{line}" for exchange in (282, 398, 848) for line in range(2417, 2437)]


def reasons_of(finding: Finding) -> dict[str, int]:
    bars = finding.evidence[0]
    assert isinstance(bars, Bars)
    return {bar.label: bar.rows for bar in bars.bars}


# ------------------------------------------------------------------------------------------ telephone numbers


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("0000000000", "no such prefix"),
        ("+41 22 548 86 ", "too short"),
        ("+41 22 548 86 01 22 33", "too long"),
        ("+41 22 5S8 06 59", "letters among the digits"),
        ("+999 22 548 06 59", "no telephone number"),
        ("+41 22 555 55 55", "one digit repeated"),
        ("+41 22 712 34 56", "digits in sequence"),
    ],
)
@pytest.mark.parametrize("region", [None, "CH"])
def test_finds_numbers_that_cannot_be_dialled_or_look_made_up(
    findings_of: Find, wrong: str, reason: str, region: str | None
) -> None:
    (finding,) = findings_of("invalid_phones", pd.DataFrame({"phone": [*SWISS, wrong, None, wrong]}), region=region)
    assert finding.rows == 2
    assert reasons_of(finding) == {reason: 2}


def test_made_up_numbers_alone_are_worth_knowing_and_no_more(findings_of: Find) -> None:
    frame = pd.DataFrame({"phone": [*CANADIAN, "514-888-8888", "514-277-7771", "514-555-0123"]})
    (finding,) = findings_of("invalid_phones", frame)
    assert finding.severity is Severity.INFO
    assert reasons_of(finding) == {"one digit repeated": 2, "fictitious 555-01xx": 1}


def test_digits_replaced_by_letters_are_found_in_bare_numbers(findings_of: Find) -> None:
    cells = [number.replace("-", "") for number in CANADIAN]
    frame = pd.DataFrame({"PhoneNumber": [*cells, "514282xxx7", "51428224xx", "5142822xxx"]})
    (finding,) = findings_of("invalid_phones", frame)
    assert finding.rows == 3


@pytest.mark.parametrize(
    "cells",
    [
        [*CANADIAN, "+1 514 398 2440", "(514) 398-2441", "1 514 398 2442", "5143982443", "514.398.2444"],
        [*CANADIAN, "514-398-2440 x12", "514-398-2441 ext. 5", "514-398-2442 poste 123", "1-800-FLOWERS"],
        [*CANADIAN, "N/A", "unknown", "", None],
        [*CANADIAN, *SWISS],
        ["ask Bob", "call later", "none yet"] * 20,
        [f"{number}.5" for number in range(1000000, 1000060)],
        [f"555-{number}" for number in range(1000, 1060)],
    ],
    ids=["ways of writing", "extensions", "stand-ins", "two countries", "text", "fractions", "local numbers"],
)
def test_phones_stay_silent(findings_of: Find, cells: list[str | None]) -> None:
    assert findings_of("invalid_phones", pd.DataFrame({"phone": cells})) == []


def test_phones_fix_writes_valid_numbers_internationally_and_empties_the_rest(findings_of: Find) -> None:
    cells = [*CANADIAN, "514-282", "(514) 398-2441", "514-398-2440 x12", "N/A", None]
    frame = pd.DataFrame({"phone": cells}, index=[3] * len(cells))
    (finding,) = findings_of("invalid_phones", frame)
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))["phone"].tolist()
    assert repaired[0] == "+15142822417"
    assert repaired[61:63] == ["+15143982441", "514-398-2440 x12"]
    assert pd.isna(repaired[60])
    emptied = apply_fix(finding.fixes[1], from_pandas(frame))["phone"]
    assert np.flatnonzero(emptied.isna()).tolist() == [60, 64]


@pytest.mark.parametrize("gaps", [False, True])
def test_phones_stored_as_numbers_are_read_as_digits(findings_of: Find, gaps: bool) -> None:
    numbers: list[float | None] = [int(number.replace("-", "")) for number in CANADIAN]
    frame = pd.DataFrame({"phone": [*numbers, 514282, *([None] if gaps else [])]})
    (finding,) = findings_of("invalid_phones", frame)
    assert finding.rows == 1
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))["phone"].tolist()
    assert repaired[:2] == ["+15142822417", "+15142822418"]
    assert pd.isna(repaired[60])


@given(st.integers(0, 10**11), st.sampled_from(["US", "CA", "FR", "CH", "DE", "GB", "IT", "JP"]))
def test_the_quick_yes_agrees_with_the_library(number: int, region: str) -> None:
    text = str(number)
    if _plainly_valid(text, region):
        assert phonenumbers.is_valid_number(phonenumbers.parse(text, region))


# ------------------------------------------------------------------------------------------ e-mail addresses

EMAILS = [f"user.{number}+tag@mail{number % 5}.example.org" for number in range(60)]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("user.example.org", "no @"),
        ("a b@example.org", "a blank inside"),
        ("a..b@example.org", "a dot out of place"),
        (".ab@example.org", "a dot out of place"),
        ("ab@example", "an incomplete domain"),
        ("a@b.org, c@d.org", "several addresses"),
        ("a@b@example.org", "more than one @"),
        ("ab@exam_ple.org", "characters out of place"),
        ("ab@example.c0m1", "characters out of place"),
    ],
)
def test_finds_addresses_no_mail_could_reach(findings_of: Find, wrong: str, reason: str) -> None:
    frame = pd.DataFrame({"email": [*EMAILS, wrong, None]})
    (finding,) = findings_of("invalid_emails", frame)
    assert (finding.rows, reasons_of(finding)) == (1, {reason: 1})
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))["email"]
    assert repaired.isna().sum() == 2
    assert repaired.tolist()[:60] == EMAILS


@pytest.mark.parametrize(
    "cells",
    [
        [*EMAILS, "Bob <bob@example.org>", "mailto:ann@example.org", "josé@exämple.fr", "o'neil@x.co", " a@b.org "],
        [*EMAILS, "N/A", "", None],
        ["write to bob@example.org", "no address here", "phone instead"] * 20,
    ],
    ids=["ways of writing", "stand-ins", "free text"],
)
def test_emails_stay_silent(findings_of: Find, cells: list[str | None]) -> None:
    assert findings_of("invalid_emails", pd.DataFrame({"email": cells})) == []


@given(st.emails())
def test_addresses_by_the_standard_are_valid(address: str) -> None:
    assert _why_no_email(address) is None


# ------------------------------------------------------------------------------------------ web addresses

URLS = [f"https://site{number}.example.org/path?q={number}#top" for number in range(60)]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("htp://example.org", "no such scheme: htp"),
        ("http:/example.org", "a slash missing"),
        ("http://", "no valid host"),
        ("http://exa mple.org", "a blank inside"),
        ("http://example", "no valid host"),
        ("http://example.org:port/", "no valid host"),
        ("see below", "a blank inside"),
        ("nothing", "no valid host"),
    ],
)
def test_finds_addresses_no_browser_could_open(findings_of: Find, wrong: str, reason: str) -> None:
    (finding,) = findings_of("invalid_urls", pd.DataFrame({"link": [*URLS, wrong, None]}))
    assert (finding.rows, reasons_of(finding)) == (1, {reason: 1})


@pytest.mark.parametrize(
    "address",
    [
        "www.example.org", "example.org/path", "http://localhost:8000", "http://127.0.0.1/x", "ftp://example.org",
        "https://exämple.fr/é", "https://user:pass@example.org/", "//example.org/x", "http://[2001:db8::1]/",
        "https://en.wikipedia.org/wiki/A_(b)", "mailto:a@b.org", "s3://bucket/key", "file:///tmp/x",
    ],
)  # fmt: skip
def test_every_way_of_writing_a_web_address_is_valid(address: str) -> None:
    assert _why_no_url(address) is None


# ------------------------------------------------------------------------------------------ postcodes

CANADIAN_CODES = [
    f"H{number % 10}{letter} {number % 7}{letter}{number % 9}" for number in range(20) for letter in "ABC"
]
US_CODES = [f"{number:05d}" for number in range(10007, 99000, 1483)]


@pytest.mark.parametrize(
    ("codes", "wrong", "region"),
    [
        (CANADIAN_CODES, "D2X 1Y4", None),
        (CANADIAN_CODES, "H2X 1Y", "CA"),
        (US_CODES, "9021O", None),
        (US_CODES, "x5957", "US"),
        (US_CODES, "941105", "US"),
        ([f"{code:04d}" for code in range(1000, 9600, 97)], "80O1", "CH"),
        ([f"SW1A {code}AA" for code in range(10)] * 6, "SW1A 10AA", "GB"),
    ],
)
def test_finds_postcodes_that_are_none(findings_of: Find, codes: list[str], wrong: str, region: str | None) -> None:
    frame = pd.DataFrame({"postcode": [*codes, wrong, None]})
    (finding,) = findings_of("invalid_postcodes", frame, region=region)
    assert (finding.rows, finding.severity) == (1, Severity.WARNING)
    repaired = apply_fix(finding.fixes[-1], from_pandas(frame))["postcode"]
    assert repaired.tolist()[: len(codes)] == codes
    assert repaired.isna().sum() == 2


@pytest.mark.parametrize("storage", ["int", "float", "text"])
def test_postcodes_that_lost_their_zero_are_told_and_filled_up(findings_of: Find, storage: str) -> None:
    numbers = [2138, 501, *map(int, US_CODES)]
    zip_codes = {"int": numbers, "float": [*numbers, np.nan], "text": [str(number) for number in numbers]}[storage]
    frame = pd.DataFrame({"zip": zip_codes})
    (finding,) = findings_of("invalid_postcodes", frame)
    assert reasons_of(finding) == {"a leading zero lost": 2}
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))["zip"].tolist()
    assert repaired[:3] == ["02138", "00501", US_CODES[0]]


@pytest.mark.parametrize(
    "codes",
    [
        [*CANADIAN_CODES, "h2x1y4", "H2X-1Y4"],
        [*US_CODES, "94110-1234"],
        [*US_CODES, "N/A", "", None],
        [*US_CODES, *CANADIAN_CODES],
        ["north", "south"] * 30,
    ],
    ids=["ways of writing", "nine digits", "stand-ins", "two countries", "words"],
)
def test_postcodes_stay_silent(findings_of: Find, codes: list[str | None]) -> None:
    assert findings_of("invalid_postcodes", pd.DataFrame({"zip": codes})) == []


@pytest.mark.parametrize("check", ["invalid_phones", "invalid_emails", "invalid_urls", "invalid_postcodes"])
def test_odd_columns_pass_through(findings_of: Find, check: str) -> None:
    frame = pd.DataFrame(
        {
            "phone": pd.Series([None] * 4, dtype=object),
            "zip": [["H2X 1Y4"], {"a": 1}, None, 5],
            "email": ["a@b.org" * 100_000, "a@b.org", "c@d.org", None],
            "url": ["http://a.org", 5, None, 2.5],
            "mobile": [float("inf"), -5.0, float("nan"), 2.0**70],
            "postal": [1, 2, 3, 4],
        }
    )
    findings_of(check, frame)
    assert findings_of(check, frame.iloc[:0]) == []
