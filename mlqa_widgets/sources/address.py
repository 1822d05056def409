"""Addresses without what opens doors: passwords, tokens and keys never reach a file, an error or a screen."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

from mlqa_widgets.profile.kinds import name_words

_SECRET_WORDS: Final = frozenset(
    "token tokens key apikey apitoken appkey appid accesskey secretkey subscriptionkey secret secrets password passwd "
    "passphrase pass pwd pw auth authorization authkey credential credentials signature sig sas session sessionid "
    "jsessionid sid jwt bearer login".split()
)
_SIGNED: Final = frozenset("se sp sr st sv spr ske skoid sks skt sktid skv".split())
"""What goes with the signature of a shared link."""
_SIGNED_BY: Final = ("x-amz-", "x-goog-", "x-ms-")
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_WEB_TOKEN: Final = re.compile(r"ey[\w-]+\.ey[\w-]+(?:\.[\w-]*)?")
_SHORTEST: Final = 20
_START: Final = re.compile(r"\s*(?:[a-z][a-z0-9+.:-]*:)?//", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.:-]*://\S+", re.IGNORECASE)
_ASSIGNED: Final = re.compile(
    r"(?:\b\w*(?:password|passwd|pwd|secret|token|passphrase|api_?key|access_?key|key)|\b(?:user(?:name| id)?|uid))"
    r"\s*=\s*(?:'[^']*'|\"[^\"]*\"|[^\s;,]+)[;,]?\s*",
    re.IGNORECASE,
)


def without_secrets(address: str) -> str:
    """Return an address without user and password, without tokens in its query, and without its fragment.

    Rather too much is left out than too little: a value that looks like a token goes even where its name does not
    say so. The number of a data set (a UUID under a plain name) stays.

    Examples
    --------
    >>> without_secrets("https://anna:s3cret@data.example.org/air.csv?year=2024&api_key=9f8e7d")
    'https://data.example.org/air.csv?year=2024'
    >>> without_secrets("postgresql://anna:p@ss/word@db.example.org:5432/air")
    'postgresql://db.example.org:5432/air'
    """
    start = _START.match(address)
    if start is None:
        return _ASSIGNED.sub("", address).strip()
    place, _, query = _without_user(address[start.end() :]).split("#", 1)[0].partition("?")
    path = "/".join(part for part in re.sub(r";[^/]*", "", place).split("/") if not _WEB_TOKEN.fullmatch(part))
    kept = [part for part in re.split(r"[&;]", query) if part and not _opens_doors(part)]
    return start[0].strip() + path.strip() + ("?" + "&".join(kept).strip() if kept else "")


def cleaned(text: str) -> str:
    """Return a text with the addresses in it made safe to keep.

    Examples
    --------
    >>> cleaned("mail anna@example.org, or see https://anna:s3cret@example.org/air")
    'mail anna@example.org, or see https://example.org/air'
    """
    return _ADDRESS.sub(lambda found: without_secrets(found[0]), text).strip()


def _without_user(rest: str) -> str:
    """Return what follows ``//`` without user and password, which may hold ``/``, ``?``, ``#`` and ``@`` themselves."""
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    user, at, _ = authority.partition("@")
    host, colon, port = authority.partition(":")
    if at and ":" not in user:
        return rest[len(user) + 1 :]
    if "@" in rest and (at or (colon and (not port.isdigit() or ("." not in host and host != "localhost")))):
        return rest[rest.rindex("@") + 1 :]
    return rest


def _opens_doors(part: str) -> bool:
    """Whether a part of a query is a secret, or an address with one."""
    name, _, value = (unquote_plus(one) for one in part.partition("="))
    words = {*name_words(name), re.sub(r"[\W_]", "", name).lower()}
    if words & _SECRET_WORDS or name.lower() in _SIGNED or name.lower().startswith(_SIGNED_BY):
        return True
    if "//" in value or "=" in value:
        return without_secrets(value) != value.strip()
    return _is_token(value) or _is_token(name)


def _is_token(text: str) -> bool:
    """Whether a text looks like a key: long, letters and digits at random, and no UUID."""
    if _WEB_TOKEN.fullmatch(text):
        return True
    if len(text) < _SHORTEST or _UUID.fullmatch(text) or not re.fullmatch(r"[\w+/~-]+", text):
        return False
    runs = re.findall(r"[A-Za-z]+|[0-9]+", text)
    return len(runs) >= len(text) / 6 and any(map(str.isdigit, runs)) and any(map(str.isalpha, runs))
