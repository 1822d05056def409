"""The data dictionary: read from and written to a Frictionless Table Schema, with nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets.dictionary import PROPERTIES, TYPES

SCHEMA: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
    "fields": [
        {"name": "station", "type": "string", "title": "Station", "rdfType": "http://example.org/station"},
        {
            "name": "speed",
            "type": "number",
            "unit": "m/s",
            "description": "Mean wind over ten minutes",
            "constraints": {"required": True, "minimum": 0, "maximum": 75.5, "custom": 1},
            "missingValues": ["-99"],
        },
        {"name": "sky", "categories": [{"value": "clear", "label": "Clear"}, {"value": "cloud", "label": "Cloudy"}]},
    ],
    "missingValues": ["", "NA"],
    "primaryKey": ["station"],
    "foreignKeys": [{"fields": "station", "reference": {"resource": "stations", "fields": "id"}}],
    "custom": {"kept": [1, 2, {"x": None}]},
}


def _written(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


# ---------------------------------------------------------------------------------------------- reading


def test_a_table_schema_is_read_by_its_path_or_as_a_mapping(tmp_path):
    path = _written(tmp_path / "schema.json", SCHEMA)
    for source in (path, str(path), SCHEMA, mq.Dictionary.read(SCHEMA)):
        speed = mq.Dictionary.read(source)["speed"]
        assert (speed.type, speed.unit, speed.description) == ("number", "m/s", "Mean wind over ten minutes")
        assert (speed.get("minimum"), speed.get("maximum"), speed.get("required")) == (0, 75.5, True)


def test_version_one_is_read_and_stays_version_one(tmp_path):
    old = {"profile": "tabular-data-resource", "fields": [{"name": "a", "type": "year"}]}
    dictionary = mq.Dictionary.read(old)
    assert dictionary["a"].type == "year"
    assert json.loads(dictionary.write(tmp_path / "again.json").read_text()) == old


def test_nothing_is_lost_on_the_way_through(tmp_path):
    path = mq.Dictionary.read(SCHEMA).write(tmp_path / "schema.json")
    assert json.loads(path.read_text(encoding="utf-8")) == SCHEMA


def test_an_edit_leaves_the_rest_as_it_was():
    edited = mq.Dictionary.read(SCHEMA).edited("speed", {"unit": "km/h", "maximum": 270})
    assert edited["speed"].descriptor["constraints"] == {"required": True, "minimum": 0, "custom": 1, "maximum": 270}
    assert edited["speed"].unit == "km/h"
    assert edited["station"].descriptor == SCHEMA["fields"][0]
    assert {**edited.descriptor, "fields": None} == {**SCHEMA, "fields": None}
    assert SCHEMA["fields"][1]["unit"] == "m/s"


def test_an_empty_value_takes_away_what_was_declared():
    edited = mq.Dictionary.read(SCHEMA).edited("speed", {"unit": "", "minimum": None, "required": False})
    assert edited["speed"].unit == ""
    assert edited["speed"].descriptor["constraints"] == {"maximum": 75.5, "custom": 1}


def test_a_limit_of_zero_is_a_limit():
    assert mq.Dictionary().edited("a", {"minimum": 0})["a"].get("minimum") == 0


def test_categories_are_allowed_values():
    dictionary = mq.Dictionary.read(SCHEMA)
    assert dictionary["sky"].enum == ("clear", "cloud")
    assert dictionary.edited("sky", {"enum": ["clear"]})["sky"].enum == ("clear",)


def test_a_field_has_its_own_missing_values_or_those_of_all():
    dictionary = mq.Dictionary.read(SCHEMA)
    assert dictionary.missing_values("speed") == ("-99",)
    assert dictionary.missing_values("station") == ("", "NA")


def test_a_mapping_says_what_columns_mean_or_hold():
    dictionary = mq.Dictionary.read({"town": "where", "age": {"type": "integer", "constraints": {"minimum": 0}}})
    assert dictionary["town"].description == "where"
    assert dictionary["age"].get("minimum") == 0
    assert dictionary.allows_more_columns
    assert not mq.Dictionary.read(SCHEMA).allows_more_columns


def test_the_resource_of_a_data_package_is_chosen_by_its_name_or_its_file(tmp_path):
    _written(tmp_path / "sites.schema.json", {"fields": [{"name": "id"}]})
    package = {
        "resources": [
            {"name": "wind", "path": "data/wind-2024.csv", "schema": SCHEMA},
            {"name": "sites", "path": "sites.csv", "schema": "sites.schema.json"},
            {"name": "readme", "path": "readme.txt"},
        ]
    }
    path = _written(tmp_path / "datapackage.json", package)
    assert "speed" in mq.Dictionary.read(path, resource="wind-2024")
    assert "id" in mq.Dictionary.read(path, resource="sites")
    with pytest.raises(mq.InputError, match="wind and sites"):
        mq.Dictionary.read(path)


def test_a_data_resource_holds_one():
    assert "speed" in mq.Dictionary.read({"name": "wind", "schema": SCHEMA})


def test_a_column_may_be_called_fields():
    assert mq.Dictionary.read({"fields": "what was planted where", "schema": "of what"})["fields"].description


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"fields": [{"name": "a", "type": "int"}]}, ["field 'a'", "type", "'int'"]),
        ({"fields": [{"title": "a"}]}, ["field 1", "'name'"]),
        ({"fields": [{"name": "a", "constraints": {"minLength": "x"}}]}, ["field 'a'", "constraints.minLength"]),
        ({"fields": [{"name": "a"}, {"name": "a"}]}, ["'a' more than once"]),
        ({"fields": [{"name": "a", "constraints": {"minimum": 3, "maximum": 1}}]}, ["minimum: 3", "maximum 1", "'a'"]),
        ({"fields": [3]}, ["field 1"]),
        ({"a": 3}, ["column 'a'", "int"]),
        ({"a": {"minimun": 3}}, ["column 'a'", "Did you mean 'minimum'"]),
        ({"a": {"pattern": "(?=x)"}}, ["column 'a'", "pattern"]),
        ({"a": {"minimum": float("nan")}}, ["minimum"]),
        (["a"], ["dictionary", "mapping", "list"]),
    ],
)
def test_what_is_no_dictionary_is_said_where(document, words):
    with pytest.raises(mq.InputError) as refused:
        mq.Dictionary.read(document)
    for word in words:
        assert word in str(refused.value)


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), ("{", "not valid JSON"), ("[]", "no Table Schema")]
)
def test_a_file_that_is_none_is_named(tmp_path, content, words):
    path = tmp_path / "schema.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(mq.InputError, match=words) as refused:
        mq.Dictionary.read(path)
    assert "schema.json" in str(refused.value)


@pytest.mark.parametrize("elsewhere", ["../schema.json", "https://example.org/schema.json", "/etc/hostname"])
def test_a_schema_elsewhere_is_not_fetched(tmp_path, elsewhere):
    path = _written(tmp_path / "resource.json", {"name": "a", "schema": elsewhere})
    with pytest.raises(mq.InputError, match="not beside it"):
        mq.Dictionary.read(path)


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))
_OWN = {*PROPERTIES, "name", "constraints", "missingValues", "categories"}


@given(
    names=st.lists(st.text(), unique=True, max_size=4),
    kind=st.sampled_from(TYPES),
    extra=st.dictionaries(st.text().filter(lambda key: key not in _OWN), _JSON, max_size=3),
)
def test_whatever_else_a_field_says_survives(tmp_path_factory, names, kind, extra):
    document = {"profile": "x", "fields": [{**extra, "name": name, "type": kind} for name in names]}
    path = mq.Dictionary.read(document).write(tmp_path_factory.mktemp("dictionary") / "schema.json")
    assert mq.Dictionary.read(path).descriptor == document


# ---------------------------------------------------------------------------------------------- of a scan


@pytest.fixture
def readings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return pd.DataFrame(
        {
            "reading": np.arange(200),
            "speed_kmh": np.tile([3.0, 5.5, 120.0, 8.25], 50),
            "sky": np.tile(["clear", "cloud"], 100),
            "note": [None, "a text"] * 100,
        }
    )


def test_a_scan_knows_what_was_given_and_what_was_said_since(readings):
    scan = mq.scan(readings, dictionary={"sky": {"enum": ["clear", "cloud"]}})
    scan.declare("speed_kmh", unit="km/h", maximum=100)
    assert scan.dictionary["sky"].enum == ("clear", "cloud")
    assert scan.dictionary["speed_kmh"].unit == "km/h"
    again = mq.scan(readings)
    assert again.dictionary["speed_kmh"].get("maximum") == 100
    assert "sky" not in again.dictionary


def test_what_was_said_since_has_the_last_word_and_can_be_taken_back(readings):
    given = {"speed_kmh": {"unit": "m/s", "minimum": 0}}
    scan = mq.scan(readings, dictionary=given)
    scan.declare("speed_kmh", unit="km/h", minimum="")
    assert mq.scan(readings, dictionary=given).dictionary["speed_kmh"].properties() == {"unit": "km/h"}
    scan.declare("speed_kmh", unit=None, minimum=None)
    assert scan.dictionary["speed_kmh"].properties() == {"unit": "m/s", "minimum": 0}


def test_what_cannot_be_said_is_refused_and_not_kept(readings):
    scan = mq.scan(readings)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"minimun": 0}, "minimum"),
        ({"type": "float"}, "'float' is no type"),
        ({"pattern": "("}, "pattern"),
        ({"minimum": 5, "maximum": 1}, "above the maximum"),
    ]
    for said, words in refused:
        with pytest.raises(mq.InputError, match=words):
            scan.declare("speed_kmh", **said)
    with pytest.raises(mq.InputError, match="Did you mean 'speed_kmh'"):
        scan.declare("speed", unit="m/s")
    assert not scan.decision_file.path.exists()


def test_a_draft_proposes_and_asserts_nothing(readings):
    scan = mq.scan(readings)
    draft = mq.Dictionary.draft(scan)
    assert draft["reading"].properties() == {"type": "integer", "required": True, "unique": True}
    assert draft["speed_kmh"].properties() == {"type": "number", "unit": "km/h", "required": True}
    assert draft["sky"].properties() == {"type": "string", "required": True, "enum": ["clear", "cloud"]}
    assert draft["note"].properties() == {"type": "string"}
    assert len(scan.dictionary) == 0


def test_a_table_keeps_the_draft_made_of_it(readings):
    draft = mq.Dictionary.draft(mq.scan(readings))
    assert "dictionary_conflicts" not in set(mq.scan(readings, dictionary=draft).findings["check"])


def test_the_key_of_a_dictionary_is_the_key(readings):
    schema = {"fields": [{"name": name} for name in readings], "primaryKey": "sky"}
    found = mq.scan(readings, dictionary=schema).findings.set_index("check")
    assert found.loc["duplicate_keys", "columns"] == ("sky",)


def test_comments_of_a_database_are_descriptions(tmp_path, monkeypatch):
    import duckdb

    monkeypatch.chdir(tmp_path)
    with duckdb.connect("wind.duckdb") as database:
        database.sql("CREATE TABLE wind AS SELECT 1 AS speed, 2 AS station")
        database.sql("COMMENT ON COLUMN wind.speed IS 'mean over ten minutes'")
        database.sql("COMMENT ON COLUMN wind.station IS 'number of the station'")
    scan = mq.scan("wind.duckdb")
    scan.describe("station", "its WMO number")
    assert {one.name: one.description for one in scan.dictionary} == {
        "speed": "mean over ten minutes",
        "station": "its WMO number",
    }
    written = mq.Dictionary.read(scan.dictionary.write("schema.json"))
    assert written["speed"].description == "mean over ten minutes"
