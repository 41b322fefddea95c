"""What a team learns from its meetings: setbacks, experiments, feedback, over several records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from qbr_lib.data.people import normal
from qbr_lib.data.slices import Slice
from qbr_lib.goals.driver_plan import revenue_goal
from qbr_lib.metrics import bookings
from qbr_lib.outlook import looks
from qbr_lib.periods import Quarter
from qbr_lib.record import Experiment, Record

Earlier = Sequence[tuple[Quarter, Record]]
_ALPHA = 0.05
_EARLY = 0.01  # of all readings before the end together
_QUARTER, _MOST = 13, 26  # weeks: where the start is unknown, and as many readings as count
_SHORT = 3  # letters; words up to this length tell nothing of a cause


def setbacks(data: Slice, record: Record, earlier: Earlier) -> pd.DataFrame:
    """Return the setbacks of a cycle, and the cycles in which the same cause was written before.

    A cause is the same if it consists of the same words, in whatever order and case.

    Returns
    -------
    DataFrame
        One row per setback in the order of the record: expected, happened, cause, change (None
        where not given), deals (tuple of names), before (tuple of quarters, the newest first).
    """
    names = data.opportunities.set_index("opportunity_id")["name"]
    past = [(str(quarter), _words(one.cause)) for quarter, was in earlier for one in was.setbacks]
    rows = [
        {
            "expected": one.expected,
            "happened": one.happened,
            "cause": one.cause,
            "change": one.change,
            "deals": tuple(_name(names, deal) for deal in one.deals),
            "before": tuple(_again(_words(one.cause), past)),
        }
        for one in record.setbacks
    ]
    columns = ["expected", "happened", "cause", "change", "deals", "before"]
    return pd.DataFrame(rows, columns=columns, dtype="object")


def level(experiment: Experiment, day: dt.date) -> float:
    """Return how rarely chance alone may bring a difference that is read on a day [ratio].

    5 % from its last day on, or without one. Before it, each weekly reading is one more chance to
    be deceived: each is held to the same stricter level, such that all of them together deceive
    in 1 % of cases, and with the last one in 5.5 % at most (up to half a year).
    """
    if experiment.ends is None or day >= experiment.ends:
        return _ALPHA
    begun = experiment.starts or experiment.ends - dt.timedelta(weeks=_QUARTER)
    weeks = max(1, (experiment.ends - begun).days // 7)
    critical = looks.boundary(min(weeks, _MOST), 0.0, alpha=_EARLY)[0]
    return float(2 * stats.norm.sf(critical))


def difference(experiment: Experiment, alpha: float = _ALPHA) -> tuple[float, float, float] | None:
    """Return by how much the share differed where it was tried, with its interval.

    None where the record does not give both shares.

    Parameters
    ----------
    alpha : float
        [ratio] The interval holds all but so many of the possible values.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    tried, other = experiment.tried, experiment.compared
    if tried is None or other is None:
        return None
    low, high = confint_proportions_2indep(
        tried.reached, tried.of, other.reached, other.of, method="newcomb", alpha=alpha
    )
    return tried.reached / tried.of - other.reached / other.of, float(low), float(high)


def feedback(cycles: Earlier) -> pd.DataFrame:
    """Return how the meetings were rated, the oldest first.

    Returns
    -------
    DataFrame
        One row per cycle with ratings: quarter, rating (mean of 1 to 5), n.
    """
    rows = []
    for quarter, record in cycles:
        given = [one.rating for one in record.feedback if one.rating is not None]
        if given:
            rows.append((str(quarter), sum(given) / len(given), len(given)))
    frame = pd.DataFrame(rows, columns=["quarter", "rating", "n"])
    return frame.sort_values("quarter", kind="stable").reset_index(drop=True)


def contributions(record: Record) -> pd.DataFrame:
    """Return who brought something to which section, notes included.

    Returns
    -------
    DataFrame
        One row per section in the order of the record: section (empty where none is named), texts
        (how many), people (tuple of different names; who stays unnamed is in none).
    """
    given = [(one.section or "", one.by) for one in record.contributions]
    given += [(str(one.section), one.by) for one in record.notes]
    frame = pd.DataFrame(given, columns=["section", "by"], dtype="object")
    rows = [
        (section, len(rows), tuple(dict.fromkeys(rows["by"].dropna())))
        for section, rows in frame.groupby("section", sort=False)
    ]
    return pd.DataFrame(rows, columns=["section", "texts", "people"])


def contributors(record: Record) -> int:
    """Return how many of the participants brought something, by their names as typed."""
    given = {normal(name) for row in contributions(record)["people"] for name in row}
    return sum(normal(one.name) in given for one in record.participants)


def targets(data: Slice, record: Record) -> dict[str, float]:
    """Return the revenue targets of the quarter under review by origin [money].

    Parameters
    ----------
    record : Record
        Of the cycle before, which set the goals of this quarter.

    Returns
    -------
    dict
        plan (the table targets), first and last (the team's revenue goal as first and as last
        agreed); without those that do not exist.
    """
    plan, goal = bookings.target(data, data.quarter), revenue_goal(data, record)
    found = {} if plan is None else {"plan": plan}
    return found if goal is None else found | {"first": goal.original, "last": goal.current}


def _name(names: pd.Series, deal: str) -> str:
    found = names.get(deal)
    return deal if found is None or pd.isna(found) else str(found)


def _words(cause: str | None) -> frozenset[str]:
    return frozenset(word for word in normal(cause or "").split() if len(word) > _SHORT)


def _again(cause: frozenset[str], past: list[tuple[str, frozenset[str]]]) -> list[str]:
    same = {quarter for quarter, words in past if cause and words == cause}
    return sorted(same, reverse=True)
