"""The model of agreement: Splink's, trained without labels; its weights per level, and every pair it looked at."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.errors import MissingPackage
from mlqa_widgets.link.blocking import Rule
from mlqa_widgets.link.fields import Field, names_of_people
from mlqa_widgets.link.forms import comparison
from mlqa_widgets.progress import Progress

if TYPE_CHECKING:
    import duckdb

FAINTEST: Final = -10.0
"""Match weight below which a pair is not kept: about one chance in a thousand."""
DRAWN_PAIRS: Final = 1_000_001
TRAINING_PAIRS: Final = 500_000
_ROUNDS: Final = 200
_AGAIN: Final = 0.02
"""Seconds after which a cancelled training is interrupted again."""
_SEED: Final = 1
_LEAST: Final = 1e-3
"""Share of the matches below which a level was not seen among them."""
_NEVER: Final = 1e-6
"""Share of random pairs that a level is taken to have that none of them had."""
_HARDLY_REPEATS: Final = 0.9
"""Different values per record from which rarity says nothing."""
_USUAL: Final = 0.9
"""How often matches have the same value where nothing could be learned of it."""


@dataclass(frozen=True)
class Trained:
    """A trained model and the pairs it scored.

    Attributes
    ----------
    settings
        The model as Splink saves and loads it.
    weights
        Per field: match weight (log2 of m/u) per level, "other" first, the closest last; the last one is of a missing
        value, which says nothing.
    labels
        Per field: what the levels are called, in the same order.
    candidates
        Number of pairs that the rules brought, the likeliest first; those after them were asked for.
    left, right
        Positions of both rows of each pair.
    levels
        Pairs x fields: the level of each pair, -1 where a value is missing.
    rarity
        Pairs x fields: what a rare value in common adds to the weight, or a frequent one takes.
    prior
        Match weight of two records drawn at random.
    """

    settings: dict[str, Any]
    weights: tuple[np.ndarray, ...]
    labels: tuple[tuple[str, ...], ...]
    candidates: int
    left: np.ndarray
    right: np.ndarray
    levels: np.ndarray
    rarity: np.ndarray
    prior: float

    def weight(self) -> np.ndarray:
        """Return the match weight of every pair: log2 of the odds that both records are of one thing."""
        return self.prior + self.rarity.sum(axis=1) + sum(w[self.levels[:, i]] for i, w in enumerate(self.weights))

    def numbers(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return the numbers of the pairs of these rows; -1 for one that is none."""
        order, codes = self._by_rows
        wanted = _code(left, right)
        at = np.searchsorted(codes, wanted)
        known = at < len(codes)
        known[known] = codes[at[known]] == wanted[known]
        found = np.full(len(wanted), -1, dtype=np.int64)
        found[known] = order[at[known]]
        return found

    @cached_property
    def _by_rows(self) -> tuple[np.ndarray, np.ndarray]:
        codes = _code(self.left, self.right)
        order = np.argsort(codes)
        return order, codes[order]


def _code(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return left.astype(np.int64) << 32 | right.astype(np.int64)


def prepare(meeting: Meeting, fields: Sequence[Field], *, within: bool) -> None:
    """Make the plain columns of both sources: tables ``rec_l`` and ``rec_r`` in the meeting's engine."""
    for side, relation in enumerate("lr"):
        if side and within:
            break
        columns = [
            f"{sql} AS {name}" for i, field in enumerate(fields) for name, sql in field.plain(f"f{i}", side).items()
        ]
        meeting.execute(
            f"CREATE OR REPLACE TABLE rec_{relation} AS SELECT pos AS unique_id, {', '.join(columns)} FROM {relation}"
        )


def settings_of(fields: Sequence[Field], rules: Sequence[Rule], *, within: bool) -> dict[str, Any]:
    """Return the untrained model as Splink takes it."""
    return {
        "link_type": "dedupe_only" if within else "link_only",
        "comparisons": _comparisons(fields),
        "blocking_rules_to_generate_predictions": [rule.sql for rule in rules],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
    }


def _comparisons(fields: Sequence[Field]) -> list[dict[str, Any]]:
    """Return how each field is compared: a first name and a surname with each other too, which counts once."""
    found = [comparison(f"f{i}", field.form) for i, field in enumerate(fields)]
    people = names_of_people(fields)
    if people:
        first, last = people
        found[first] = comparison(f"f{first}", "name", f"f{last}")
        found[last] = comparison(f"f{last}", "name", f"f{first}", second=True)
    return found


def train(
    meeting: Meeting,
    fields: Sequence[Field],
    rules: Sequence[Rule],
    training: Sequence[Rule],
    *,
    within: bool,
    progress: Progress,
) -> Trained:
    """Train the model without labels, and score the candidate pairs.

    Chance agreement (u) of the closest level is counted exactly where it is equality, of the others among random
    pairs; agreement of records of one thing (m) by expectation maximisation among the candidates, without the fields
    that the rule of a training asks for; then the share of matches, such that the probabilities add up to it.

    Raises
    ------
    InputError
        When no candidate pair agrees in anything, so that there is nothing to learn from.
    """
    with _connected(meeting, progress) as (linker, api):
        tables = [api.register(f"rec_{side}", dataset_display_name=side) for side in ("l" if within else "lr")]
        settings = settings_of(fields, rules, within=within)
        most = _most_matches(meeting, within=within)
        settings["probability_two_random_records_match"] = most
        _count_chance(meeting, settings, within=within)
        progress.at("Training: agreement by chance", 0.55)
        model = linker(tables, settings)
        model.training.estimate_u_using_random_sampling(max_pairs=DRAWN_PAIRS, seed=_SEED)
        # A training that fails leaves the model without the comparisons of its rule; Splink itself cannot take it back.
        learned = model._settings_obj  # noqa: SLF001
        for i, rule in enumerate(training):
            progress.at(f"Training: agreement of matches ({rule.label})", 0.6 + 0.05 * i)
            before = learned.core_model_settings.copy()
            try:
                model.training.estimate_parameters_using_expectation_maximisation(
                    rule.sql, estimate_without_term_frequencies=True, max_pairs=TRAINING_PAIRS
                )
            except ValueError:  # too few pairs to tell levels apart
                learned.core_model_settings = before
        trained = _completed(model.misc.save_model_to_json())
        progress.at("Scoring candidate pairs", 0.8)
        scored = linker(tables, trained).inference.predict(threshold_match_weight=FAINTEST, warning_mode="never")
        return _with_prior(_read(api, scored.physical_name, trained, fields), meeting, within=within)


def splink() -> Any:
    """Return the package.

    Raises
    ------
    MissingPackage
        When it is not installed.
    """
    try:
        import splink as package
    except ImportError as error:
        msg = 'link needs Splink, which is not installed: pip install "mlqa_widgets[link]"'
        raise MissingPackage(msg) from error
    return package


@contextmanager
def _connected(meeting: Meeting, progress: Progress) -> Iterator[tuple[Any, Any]]:
    """Give a maker of linkers, and the engine as Splink knows it; what Splink logs is left out."""
    package = splink()
    connection, ended = meeting.engine.another_connection(), Event()
    progress.on_cancel(lambda: Thread(target=_interrupt, args=(connection, ended), daemon=True).start())
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield partial(package.Linker, log_level=None), package.DuckDBAPI(connection)
    except Exception as error:
        if progress.cancelled:
            raise progress.stopped() from error
        raise
    finally:
        ended.set()
        logger.setLevel(before)
        connection.close()


def _interrupt(connection: duckdb.DuckDBPyConnection, ended: Event) -> None:
    """Interrupt whatever runs until nothing does: between two of its statements there is nothing to interrupt."""
    while not ended.wait(_AGAIN):
        connection.interrupt()


def _count_chance(meeting: Meeting, settings: dict[str, Any], *, within: bool) -> None:
    """Fix the chance that two random records have the same value: counted, not drawn.

    Matches are among the pairs of both sources, and in small ones they are most of those that agree; records of one
    source are seldom of one thing. So the chance is the smaller one of both counts. Where hardly a value repeats, none
    is rarer than another, and rarity says nothing.
    """
    sides = ["rec_l"] if within else ["rec_l", "rec_r"]
    for one in settings["comparisons"]:
        name, closest = one["output_column_name"], one["comparison_levels"][1]
        if "tf_adjustment_column" not in closest:
            continue
        each = [
            meeting.one(
                f"SELECT sum(n * (n - 1))::DOUBLE AS same, sum(n)::DOUBLE AS n, count(*) AS d "
                f"FROM (SELECT {name}, count(*) AS n FROM {side} WHERE {name} IS NOT NULL GROUP BY ALL)"
            )
            for side in sides
        ]
        chances = [side["same"] / max(1.0, side["n"] * (side["n"] - 1)) for side in each if side["n"]]
        if not within and len(chances) == 2:
            both = meeting.one(
                f"SELECT sum(l.n::DOUBLE * r.n) AS same FROM (SELECT {name}, count(*) AS n FROM rec_l GROUP BY ALL) AS l "
                f"JOIN (SELECT {name}, count(*) AS n FROM rec_r GROUP BY ALL) AS r USING ({name})"
            )
            across = (both["same"] or 0.0) / (each[0]["n"] * each[1]["n"])
            chances = [min(across, sum(chances) / 2)]
        least = 0.5 / max(1.0, each[0]["n"] * each[-1]["n"]) if all(side["n"] for side in each) else 0.0
        chance = max(least, min(chances, default=0.0))
        if 0 < chance < 1:
            closest |= {"u_probability": chance, "fix_u_probability": True}
        if all(side["d"] > _HARDLY_REPEATS * (side["n"] or 0) for side in each):
            del closest["tf_adjustment_column"], closest["tf_adjustment_weight"]


def _completed(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the model with what was never seen filled in, so that no level says more than its neighbours.

    A level that no match had speaks against one, but no more than a weaker level does; one that no random pair had for
    one, but no more than the closest does; one that neither had says what the next weaker one says.
    """
    for one in settings["comparisons"]:
        levels = [level for level in one["comparison_levels"] if not level.get("is_null_level")]
        if not any(level.get("m_probability") for level in levels):
            for level in levels:
                level["m_probability"] = _USUAL if level is levels[0] else (1 - _USUAL) / (len(levels) - 1)
        most = max(_ratio(levels[0].get("m_probability"), levels[0].get("u_probability")), 1.0)
        weaker = 1.0
        for level in reversed(levels):
            m, u = level.get("m_probability") or 0.0, level.get("u_probability") or 0.0
            ratio = _ratio(m, u)
            if m <= _LEAST and u:
                ratio = ratio if level is levels[-1] else min(max(ratio, weaker), 1.0)
            elif not u:
                ratio = min(max(ratio, weaker), most) if m > _LEAST else weaker
            level["u_probability"] = u or max(m, _LEAST) / ratio
            level["m_probability"] = ratio * level["u_probability"]
            weaker = ratio
    return settings


def _ratio(m: float | None, u: float | None) -> float:
    """Return how much likelier a level is between records of one thing; what was never seen is taken as rare."""
    return max(m or 0.0, _LEAST) / (u or _NEVER)


def _read(api: Any, table: str, trained: dict[str, Any], fields: Sequence[Field]) -> Trained:
    """Return the scored pairs, the likeliest first, and the weights they were scored with."""
    names = [f"f{i}" for i in range(len(fields))]
    rare = [
        one["output_column_name"]
        for one in trained["comparisons"]
        if any("tf_adjustment_column" in level for level in one["comparison_levels"])
    ]
    chosen = [
        "unique_id_l",
        "unique_id_r",
        *(f"gamma_{name}" for name in names),
        *(f"mw_tf_adj_{name}" for name in rare),
    ]
    found = api.duckdb_con.sql(
        f"SELECT {', '.join(chosen)} FROM {table} ORDER BY match_weight DESC, unique_id_l, unique_id_r"
    ).to_arrow_table()
    api.delete_tables_created_by_splink_from_db()
    levels = np.column_stack([found[f"gamma_{name}"].to_numpy().astype(np.int8) for name in names])
    rarity = np.zeros((found.num_rows, len(fields)), dtype=np.float32)
    for name in rare:
        rarity[:, int(name[1:])] = found[f"mw_tf_adj_{name}"].to_numpy()
    return Trained(
        trained,
        tuple(_weights(one) for one in trained["comparisons"]),
        tuple(_labels(one) for one in trained["comparisons"]),
        found.num_rows,
        found["unique_id_l"].to_numpy(),
        found["unique_id_r"].to_numpy(),
        levels,
        rarity,
        _log_odds(trained["probability_two_random_records_match"]),
    )


def _weights(one: dict[str, Any]) -> np.ndarray:
    told = [level for level in one["comparison_levels"] if not level.get("is_null_level")]
    ratios = [level.get("m_probability", 0.5) / level.get("u_probability", 0.5) for level in reversed(told)]
    return np.append(np.log2(ratios), 0.0)


def _labels(one: dict[str, Any]) -> tuple[str, ...]:
    told = [level for level in one["comparison_levels"] if not level.get("is_null_level")]
    return (*(level["label_for_charts"] for level in reversed(told)), "missing")


def _log_odds(probability: float) -> float:
    return float(np.log2(probability / (1 - probability)))


def probability_of(weight: np.ndarray) -> np.ndarray:
    """Return the probability that a match weight stands for."""
    return 1 / (1 + np.exp2(-np.clip(weight, -200, 200)))


# ---------------------------------------------------------------------- how many pairs are matches


def _pairs(meeting: Meeting, *, within: bool) -> float:
    left, right = (source.rows for source in meeting.sources)
    return left * (left - 1) / 2 if within else left * right


def _most_matches(meeting: Meeting, *, within: bool) -> float:
    """Return the share of matches if every record of the smaller source had one."""
    matches = min(source.rows for source in meeting.sources)
    return min(0.5, matches / _pairs(meeting, within=within))


def _with_prior(trained: Trained, meeting: Meeting, *, within: bool) -> Trained:
    """Return the model with the share of matches that the probabilities add up to, and without the pairs too faint."""
    total, most = _pairs(meeting, within=within), _most_matches(meeting, within=within)
    without = trained.weight() - trained.prior
    share = most
    for _ in range(_ROUNDS):
        before = share
        share = float(np.clip(probability_of(without + _log_odds(share)).sum() / total, 0.5 / total, most))
        if abs(share - before) < 1e-6 * before:
            break
    kept = without + _log_odds(share) >= FAINTEST
    return replace(
        trained,
        settings=trained.settings | {"probability_two_random_records_match": share},
        prior=_log_odds(share),
        candidates=int(kept.sum()),
        left=trained.left[kept],
        right=trained.right[kept],
        levels=trained.levels[kept],
        rarity=trained.rarity[kept],
    )


def agreement(trained: Trained) -> list[float]:
    """Return, per field, how often two records of one thing have the same value there, as the model estimates."""
    return [float(one["comparison_levels"][1].get("m_probability") or 0.0) for one in trained.settings["comparisons"]]
