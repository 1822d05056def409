"""The server the tests start for themselves."""

from __future__ import annotations

import pandas as pd

from tests.postgres import Postgres


def test_gives_back_what_was_put_into_it(postgres: Postgres):
    postgres.create("given")
    frame = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", None]})
    postgres.load("given", "things", frame, ["integer", "text"], key=["id"])
    with postgres.connect("given") as connection:
        assert connection.execute("SELECT * FROM things ORDER BY id").fetchall() == [(1, "a"), (2, "b"), (3, None)]
    assert "COPY" in postgres.log
