"""How long the meeting talks about what: the minutes go where the deviations are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import numpy as np
import pandas as pd

from qbr_lib.measures import Measure
from qbr_lib.record.entries import ReviewSection

MINUTES = 90
SECTIONS: tuple[str, ...] = get_args(ReviewSection)
_STEP = 5  # minutes; nobody plans a meeting by less
_FURTHEST = 5  # tenths off the target beyond which a result does not weigh more


def weights(
    graded: pd.DataFrame,
    measures: Mapping[str, Measure],
    judged: pd.DataFrame,
    *,
    setbacks: int,
    attention: int,
    over: bool = True,
) -> dict[str, int]:
    """Return how much there is to talk about in each section, in items of about equal weight.

    Parameters
    ----------
    graded : DataFrame
        As `grading.grades` returns it: goals just missed or missed count.
    measures : mapping
        Known measures by id: every tenth by which `bookings.attainment` is off 1 counts, once the
        quarter is over.
    judged : DataFrame
        As `patterns.judged` returns it: patterns count.
    setbacks, attention : int
        Recorded setbacks; points that need attention. What needs attention also needs a decision.
    over : bool
        Whether the quarter is: a part of it is not off the target of the whole.
    """
    missed = int(graded["state"].isin(["missed", "just_missed"]).sum())
    reached = measures.get("bookings.attainment")
    off = 0 if reached is None or not over else min(_FURTHEST, round(abs(reached.value - 1) * 10))
    patterns = int(judged["pattern"].sum())
    counts = (missed, off, patterns, setbacks, attention, attention)
    return dict(zip(SECTIONS, counts, strict=True))


def agenda(weighed: Mapping[str, int], minutes: int | None = None) -> pd.DataFrame:
    """Return the agenda: minutes in proportion to what there is to talk about.

    Every section gets five minutes; the rest is dealt out in steps of five by the largest
    remainder, evenly where nothing weighs anything. What five does not divide goes to the end.

    Parameters
    ----------
    weighed : mapping of str to int
        Items by section, as `weights` returns them; sections without any may be left out.
    minutes : int, optional
        Of the whole meeting, as the record says; else ninety.

    Returns
    -------
    DataFrame
        One row per section in the order of the page: section, minutes (they add up), items.

    Raises
    ------
    ValueError
        If the meeting is shorter than five minutes a section.
    """
    fixed, whole = _STEP * len(SECTIONS), MINUTES if minutes is None else minutes
    if whole < fixed:
        message = f"{whole} minutes: wanted at least {fixed}"
        raise ValueError(message)
    items = [int(weighed.get(section, 0)) for section in SECTIONS]
    shares = np.asarray(items if any(items) else [1] * len(SECTIONS), dtype="float64")
    steps = _dealt(shares, (whole - fixed) // _STEP)
    given = [_STEP * (1 + int(step)) for step in steps]
    given[-1] += whole - sum(given)
    return pd.DataFrame({"section": SECTIONS, "minutes": given, "items": items})


def _dealt(shares: np.ndarray, steps: int) -> np.ndarray:
    exact = shares / shares.sum() * steps
    whole = np.floor(exact)
    order = np.argsort(whole - exact, kind="stable")  # the earlier section first at a tie
    whole[order[: steps - int(whole.sum())]] += 1
    return whole
