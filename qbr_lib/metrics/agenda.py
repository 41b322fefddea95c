"""How long the meeting talks about what: the minutes go where the deviations are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import numpy as np
import pandas as pd

from qbr_lib.measures import N_, Measure
from qbr_lib.record.entries import ReviewSection

MINUTES = 90
SECTIONS: tuple[str, ...] = get_args(ReviewSection)
_STEP = 5  # minutes; nobody plans a meeting by less
_FURTHEST = 5  # tenths off the target beyond which a result does not weigh more

# Section: what is asked when there is nothing to weigh, and when there is; {n} are the items.
_QUESTIONS: dict[str, tuple[str, tuple[str, str]]] = {
    "grades": (
        N_("Which goals do we set, and how do we notice early that one slips?"),
        (
            N_("What do we take from the goal that was not met?"),
            N_("What do we take from the {n} goals that were not met?"),
        ),
    ),
    "result": (
        N_("Do the figures agree with what we experienced?"),
        (
            N_("Do we keep the plan for the next quarter?"),
            N_("Do we keep the plan for the next quarter?"),
        ),
    ),
    "why": (
        N_("Which cause can we influence?"),
        (
            N_("What do we change about the pattern?"),
            N_("Which of the {n} patterns do we tackle first?"),
        ),
    ),
    "wins": (
        N_("Which of the wins can be repeated?"),
        (
            N_("What do we change after the setback?"),
            N_("What do we change after the {n} setbacks?"),
        ),
    ),
    "attention": (
        N_("Is anything missing that needs attention?"),
        (
            N_("Who takes the point, and by when?"),
            N_("Who takes which of the {n} points, and by when?"),
        ),
    ),
    "agenda": (
        N_("Who does what by when?"),
        (N_("Who does what by when?"), N_("Who does what by when?")),
    ),
}
COLUMNS = ["section", "minutes", "items", "question", "many"]


def weights(
    graded: pd.DataFrame,
    measures: Mapping[str, Measure],
    judged: pd.DataFrame,
    *,
    setbacks: int,
    attention: int,
) -> dict[str, int]:
    """Return how much there is to talk about in each section, in items of about equal weight.

    Parameters
    ----------
    graded : DataFrame
        As `grading.grades` returns it: goals just missed or missed count.
    measures : mapping
        Known measures by id: every tenth by which `bookings.attainment` is off 1 counts.
    judged : DataFrame
        As `patterns.judged` returns it: patterns count.
    setbacks, attention : int
        Recorded setbacks; points that need attention. What needs attention also needs a decision.
    """
    missed = int(graded["state"].isin(["missed", "just_missed"]).sum())
    reached = measures.get("bookings.attainment")
    off = 0 if reached is None else min(_FURTHEST, round(abs(reached.value - 1) * 10))
    patterns = int(judged["pattern"].sum())
    counts = (missed, off, patterns, setbacks, attention, attention)
    return dict(zip(SECTIONS, counts, strict=True))


def agenda(weighed: Mapping[str, int], minutes: int = MINUTES) -> pd.DataFrame:
    """Return the agenda: minutes in proportion to what there is to talk about, and a question each.

    Every section gets five minutes; the rest is dealt out in steps of five by the largest
    remainder, evenly where nothing weighs anything. What five does not divide goes to the end.

    Parameters
    ----------
    weighed : mapping of str to int
        Items by section, as `weights` returns them; sections without any may be left out.
    minutes : int
        Of the whole meeting.

    Returns
    -------
    DataFrame
        One row per section in the order of the page: section, minutes (they add up), items,
        question and many (message ids, for one and for several items; `{n}` is their number).

    Raises
    ------
    ValueError
        If the meeting is shorter than five minutes a section.
    """
    fixed = _STEP * len(SECTIONS)
    if minutes < fixed:
        message = f"{minutes} minutes: wanted at least {fixed}"
        raise ValueError(message)
    items = [int(weighed.get(section, 0)) for section in SECTIONS]
    shares = np.asarray(items if any(items) else [1] * len(SECTIONS), dtype="float64")
    steps = _dealt(shares, (minutes - fixed) // _STEP)
    given = [_STEP * (1 + int(step)) for step in steps]
    given[-1] += minutes - sum(given)
    rows = [
        (section, time, n, *_question(section, n))
        for section, time, n in zip(SECTIONS, given, items, strict=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _dealt(shares: np.ndarray, steps: int) -> np.ndarray:
    exact = shares / shares.sum() * steps
    whole = np.floor(exact)
    order = np.argsort(whole - exact, kind="stable")  # the earlier section first at a tie
    whole[order[: steps - int(whole.sum())]] += 1
    return whole


def _question(section: str, n: int) -> tuple[str, str]:
    calm, busy = _QUESTIONS[section]
    return busy if n else (calm, calm)
