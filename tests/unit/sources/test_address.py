"""What opens doors never stays in an address."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.sources.address import cleaned, without_secrets

_SECRET = st.text(string.ascii_letters + string.digits + "!$%*+,-._~:/?#@&=;", min_size=12).map(
    lambda text: f"Zq9{text}9qZ"
)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.org/air.csv", "https://example.org/air.csv"),
        ("https://example.org:8443/a/b?year=2024&month=3", "https://example.org:8443/a/b?year=2024&month=3"),
        ("https://anna:secret@example.org/air.csv", "https://example.org/air.csv"),
        ("https://t0ken@example.org/air.csv", "https://example.org/air.csv"),
        ("ftp://anna:p%40ss@example.org", "ftp://example.org"),
        ("postgresql+psycopg://anna:p@ss/w:rd@db.example.org:5432/air", "postgresql+psycopg://db.example.org:5432/air"),
        ("https://example.org/a?api_key=9f8e&year=2024", "https://example.org/a?year=2024"),
        ("https://example.org/a?year=2024;access_token=9f8e", "https://example.org/a?year=2024"),
        ("https://example.org/a?X-Amz-Signature=ab&X-Amz-Credential=cd", "https://example.org/a"),
        ("https://x.blob.example.net/a.csv?sv=2022&se=2024-01-01&sp=r&sig=abc%3D", "https://x.blob.example.net/a.csv"),
        ("https://example.org/a?q=eyJhbGciOi.eyJzdWIiOiIx.SflKxwRJSM", "https://example.org/a"),
        ("https://example.org/a?x=8f3kd92ksl10dk49sl2kd0s9", "https://example.org/a"),
        ("https://example.org/a?next=https%3A%2F%2Fu%3Ap%40example.org", "https://example.org/a"),
        ("https://example.org/a;jsessionid=4F2A/b", "https://example.org/a/b"),
        ("https://example.org/a#access_token=9f8e", "https://example.org/a"),
        (
            "https://ckan.example.org/datastore?resource_id=0b1c6e6e-12a5-4c41-9d6f-0c4a8f0f5a1e&limit=5",
            "https://ckan.example.org/datastore?resource_id=0b1c6e6e-12a5-4c41-9d6f-0c4a8f0f5a1e&limit=5",
        ),
        ("https://example.org/@city/air", "https://example.org/@city/air"),
        ("host=db dbname=air user=anna password='s3 cret'", "host=db dbname=air"),
        ("s3://bucket/air.parquet", "s3://bucket/air.parquet"),
        ("/data/air.csv", "/data/air.csv"),
        ("", ""),
    ],
)
def test_addresses_are_kept_without_secrets(address: str, kept: str) -> None:
    assert without_secrets(address) == kept


@given(_SECRET)
def test_no_password_stays_however_it_is_written(secret: str) -> None:
    said = without_secrets(f"https://anna:{secret}@example.org/air.csv?year=2024")
    assert secret not in said
    assert said.endswith("example.org/air.csv?year=2024")


@given(_SECRET.filter(lambda secret: not set(secret) & set("&;#")))
def test_no_token_of_a_query_stays(secret: str) -> None:
    assert secret not in without_secrets(f"https://example.org/air.csv?token={secret}&year=2024")


@given(st.text())
def test_any_text_passes_through_and_once_is_enough(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert without_secrets(without_secrets(text)) == without_secrets(text)


def test_addresses_within_a_text_are_cleaned() -> None:
    said = cleaned("Ask anna@example.org; the file is at https://anna:secret@example.org/air?key=9 (daily).")
    assert said == "Ask anna@example.org; the file is at https://example.org/air (daily)."
