"""How far reviewers agree, as it is shown, and what came of taking in another's file, in words."""

from __future__ import annotations

import pandas as pd

from mlqa_widgets.verdicts.reviewers import Merge
from mlqa_widgets.widgets.messages.reviewers import ReviewersView
from mlqa_widgets.widgets.rows import label_text
from mlqa_widgets.wording import count


def reviewers_view(verdicts: pd.DataFrame, kappa: pd.DataFrame) -> ReviewersView:
    """Return how far reviewers agree.

    Parameters
    ----------
    verdicts
        Columns ``item``, ``label``, ``reviewer``, ``verdict``, ``note``.
    kappa
        As :func:`mlqa_widgets.verdicts.reviewers.kappas` returns it.
    """
    known = kappa.astype(object).where(kappa.notna(), None)
    return {
        "pairs": known.to_dict("records"),  # type: ignore[typeddict-item]
        "disagreements": [
            {
                "item": int(group["item"].iloc[0]),
                "label": label_text(group["label"].iloc[0]),
                "said": group[["reviewer", "verdict", "note"]].to_dict("records"),  # type: ignore[typeddict-item]
            }
            for _, group in verdicts.groupby("item")
            if group["verdict"].nunique() > 1
        ],
    }


def told(merge: Merge, verdict: str, item: str, elsewhere: str) -> str:
    """Return a sentence on what came of a merge, verdicts, items and what the others are about by their names."""
    found = f"{count(merge.added, verdict)} added" + (f", {merge.known:,} known already" if merge.known else "")
    others = f" {merge.foreign:,} are about {elsewhere}." if merge.foreign else ""
    return f"{found}.{others} Reviewers differ on {count(len(merge.disagreements), item)}."
