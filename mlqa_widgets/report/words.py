"""Each check in words for a person who has never seen it: what is wrong, and what its owner can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Words:
    """What a check finds, and what to ask of the owner; nothing to ask where it concerns only our own use."""

    title: str
    ask: str


_AGREE: Final = "Please say which of the two is right, or what each of them means."
_CONFIRM: Final = "Please look at these rows and say whether they are right; correct those that are not."
_OURS: Final = ""

WORDS: Final[dict[str, Words]] = {
    # missing
    "missing_values": Words(
        "Values are missing",
        "Please fill in what is known, and say what an empty cell means where it is meant to be empty.",
    ),
    "missing_dates": Words(
        "Dates are missing",
        "Please fill in the dates: without one a row cannot be placed in time, and it cannot be guessed.",
    ),
    "blank_strings": Words(
        "Cells look filled but are blank", "Please leave such cells empty, so that nobody counts them as filled."
    ),
    "placeholders": Words(
        "A made-up value stands for “missing”",
        "Please leave the cell empty instead, or document the value that stands for missing.",
    ),
    # dates
    "mixed_date_formats": Words(
        "Dates are written in several ways",
        "Please write every date in one way, best as year-month-day (2026-03-14), and say which order of day and month the others have.",
    ),
    "ambiguous_dates": Words(
        "Dates can be read two ways",
        "Please say whether the day or the month comes first, and deliver dates as year-month-day (2026-03-14).",
    ),
    "impossible_dates": Words("Dates cannot be right", _CONFIRM),
    "dates_as_text": Words(
        "Dates are stored as text", "Please deliver the column as dates, or document how they are written."
    ),
    "midnight_only_times": Words(
        "The time of day never varies", "Please deliver the time of day if it is known, or the date alone if it is not."
    ),
    # numbers
    "numbers_as_text": Words(
        "Numbers are stored as text",
        "Please deliver plain numbers: no units, currency signs or thousands separators in the cell, one decimal sign.",
    ),
    "mixed_types": Words(
        "One column holds several kinds of values",
        "Please keep one kind of value in the column, and put remarks into a column of their own.",
    ),
    "mixed_units": Words("Values are in different units", "Please deliver the column in one unit, and name the unit."),
    "outliers": Words("A few values lie far from all others", _CONFIRM),
    "negative_values": Words("Values below zero where none can be", _CONFIRM),
    "capped_values": Words(
        "Values are cut off at a limit",
        "Please say where the limit comes from, and deliver the true values if they are known.",
    ),
    # text
    "spelling_variants": Words(
        "One thing is written in several ways",
        "Please agree on one way of writing each, best with a list to choose from at entry.",
    ),
    "stray_spaces": Words("Blanks stand before or after the text", "Please remove them at entry or at export."),
    "encoding_errors": Words("Letters are damaged", "Please export the file as UTF-8 and check names with accents."),
    "rare_patterns": Words("A few codes have another form", _CONFIRM),
    "embedded_values": Words("A value stands in the wrong column", "Please put each value into its own column."),
    "invalid_phones": Words("Telephone numbers cannot be dialled", _CONFIRM),
    "invalid_emails": Words("E-mail addresses cannot be right", _CONFIRM),
    "invalid_urls": Words("Web addresses cannot be opened", _CONFIRM),
    "invalid_postcodes": Words("Postcodes do not have the form of the others", _CONFIRM),
    # copies and keys
    "duplicate_rows": Words(
        "Rows stand several times", "Please say whether these are separate events or copies, and remove the copies."
    ),
    "duplicate_columns": Words(
        "Columns are copies of one another", "Please say which one is kept up, and leave the other out."
    ),
    "derived_columns": Words("Columns follow from a date", _OURS),
    "duplicate_keys": Words(
        "An identifier is used more than once",
        "Please make sure that each record has an identifier of its own, and say which of these rows is the right one.",
    ),
    "near_duplicate_rows": Words(
        "The same record seems to be entered twice", "Please say which of each pair is right, and remove the other."
    ),
    # rows and columns together
    "broken_dependencies": Words("Columns contradict each other", _CONFIRM),
    "broken_order": Words("Two numbers are in the wrong order", _CONFIRM),
    "broken_sum": Words("Parts do not add up", _CONFIRM),
    "conflicting_labels": Words(
        "The same facts have different outcomes",
        "Please look at these rows: one of the outcomes is wrong, or something that decides it is not recorded.",
    ),
    "leakage": Words("A column gives the outcome away", _OURS),
    # time and sensors
    "time_gaps": Words(
        "Readings are missing for a while", "Please say why there are none, and deliver them if they exist."
    ),
    "silent_series": Words(
        "A series stopped reporting",
        "Please say whether it was taken out of use, and when; if not, please have it looked at.",
    ),
    "stuck_values": Words(
        "A reading does not move",
        "Please have the instrument looked at for these times, and mark the readings if they are not real.",
    ),
    "level_shifts": Words(
        "Readings jump to another level and stay there",
        "Please say what happened at that time: moved, recalibrated, replaced, another unit?",
    ),
    "duplicate_timestamps": Words(
        "Several readings at one moment", "Please say which one counts, or what tells them apart."
    ),
    "out_of_order": Words(
        "Rows are out of order in time", "Please check the times of these rows, and deliver rows in order."
    ),
    "cadence_changes": Words(
        "Readings come at another pace than before", "Please say since when and why the pace changed."
    ),
    "stale_data": Words(
        "The data is older than it should be",
        "Please say when the next delivery comes, and whether the source is still kept up.",
    ),
    # places
    "null_island": Words(
        "Places stand at latitude 0, longitude 0", "Please leave the coordinates empty where the place is not known."
    ),
    "coordinates_out_of_range": Words("Coordinates that do not exist", _CONFIRM),
    "swapped_coordinates": Words("Latitude and longitude are exchanged", "Please exchange them in these rows."),
    "outside_area": Words("Places lie far from all others", _CONFIRM),
    "gps_jumps": Words("A track moves faster than anything can", "Please check these positions and their times."),
    "coarse_coordinates": Words(
        "Coordinates are rounded", "Please say whether they are rounded on purpose, and how far."
    ),
    # the file
    "unreadable_lines": Words(
        "Lines of the file cannot be read", "Please correct these lines: they have more cells than there are columns."
    ),
    "malformed_lines": Words(
        "Lines of the file are damaged",
        "Please correct these lines: cells are missing, quotes out of place, or letters of another encoding.",
    ),
    "assumed_header": Words("The columns have no names", "Please put a line with the names of the columns on top."),
    "several_tables": Words("A sheet holds several tables", "Please put each table into a sheet or a file of its own."),
    "merged_cells": Words(
        "Cells are merged",
        "Please fill in every cell: of merged ones only the first has its value when a program reads them.",
    ),
    # documentation
    "undocumented_columns": Words(
        "Columns are not documented", "Please say what each column means, its unit, and what its codes stand for."
    ),
    "dictionary_conflicts": Words(
        "Values depart from the documentation", "Please correct the values, or the documentation."
    ),
    # of no concern to an owner
    "constant_column": Words(
        "A column says nothing", "Please say whether the column is meant to be empty, or always the same."
    ),
    "nearly_constant_column": Words("A column is nearly always the same", _OURS),
    "id_like_column": Words("A column only names the row", _OURS),
    "high_cardinality": Words("A category has very many values", _OURS),
    "low_quantity": Words("There are few rows", _OURS),
    "class_imbalance": Words("One outcome is much more frequent", _OURS),
    # between sources
    "schema_differences": Words("Columns differ", _AGREE),
    "orphans": Words(
        "Records have no counterpart",
        "Please say whether these records are missing in the other source, or named differently.",
    ),
    "multiplied_rows": Words(
        "Several records under one identifier", "Please say which of the records counts, or what tells them apart."
    ),
    "value_conflicts": Words("The same record, different values", _AGREE),
    "cadence_mismatch": Words(
        "One source reports more often than the other",
        "Please say how the less frequent values come about: an average, a sum, the last reading?",
    ),
    "time_offset": Words(
        "The clocks differ", "Please say in which time zone the times are, and whether they follow summer time."
    ),
    "freshness_lag": Words("One source is behind the other", "Please say when the newer records come."),
    "definition_differences": Words("One name, two meanings", "Please say how the column is defined in each source."),
    "revised_past": Words(
        "Values of the past were changed",
        "Please say what was corrected, when and why, and announce such corrections; a note of changes, or a version number, would do.",
    ),
}


def words_of(check: str) -> Words:
    """Return a check in plain words; of one that has none here, its id as it stands."""
    return WORDS.get(check, Words(check.replace("_", " ").capitalize(), _CONFIRM))
