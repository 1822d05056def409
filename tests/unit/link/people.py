"""People in two registers: the right one holds most of the left, with slips of the hand, in another order."""

from __future__ import annotations

import numpy as np
import pandas as pd

FIRST = "anna bob carla dmitri elena farid greta hugo ines jonas katja luis marta nadir olga pavel rosa samir tanja udo"
LAST = (
    "abbott baker cohen duarte evans fischer garcia haddad ivanov jensen kowalski lambert moreau nguyen okafor "
    "petrov quinn rossi schmidt tanaka ueda vasquez weber xu yilmaz zimmer"
)
CITIES = "lyon oslo porto quebec riga sofia turin"


def register(rows: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    days = pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, 18_000, rows), unit="D")
    first, last = rng.choice(FIRST.split(), rows), rng.choice(LAST.split(), rows)
    return pd.DataFrame(
        {
            "first_name": first,
            "surname": last,
            "born": days,
            "city": rng.choice(CITIES.split(), rows),
            "email": [f"{a}.{b}{i}@example.org" for i, (a, b) in enumerate(zip(first, last, strict=True))],
        }
    )


def slip(word: str, rng: np.random.Generator) -> str:
    """Return a word with one letter of it replaced."""
    at = int(rng.integers(0, len(word)))
    return word[:at] + str(rng.choice(list("abcdefghijklmnop"))) + word[at + 1 :]


def copied(frame: pd.DataFrame, share: float, seed: int = 1) -> tuple[pd.DataFrame, set[tuple[int, int]]]:
    """Return the rows again with slips in some cells, in another order, others added; and which pairs are one."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(frame))[: int(0.8 * len(frame))]
    copy = frame.iloc[order].reset_index(drop=True)
    for name in ("first_name", "surname", "email"):
        hit = rng.random(len(copy)) < share
        copy[name] = [slip(word, rng) if bad else word for word, bad in zip(copy[name], hit, strict=True)]
    copy["email"] = copy["email"].where(rng.random(len(copy)) > share)
    copy["city"] = copy["city"].where(rng.random(len(copy)) > share, "vienna")
    truth = {(int(left), right) for right, left in enumerate(order)}
    others = register(len(frame) // 5, seed + 100)
    return pd.concat([copy, others], ignore_index=True), truth


def found(linkage_links: pd.DataFrame) -> set[tuple[int, int]]:
    return set(zip(linkage_links["left"], linkage_links["right"], strict=True))
