"""How often outlooks were right: what each week of the past would have said, beside what came.

Every forecast is made as on its day: from the deals as they were known then, and from the quarters
that were over by then. Nobody's later knowledge is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from qbr_lib.data.slices import Slice
from qbr_lib.metrics.bookings import target
from qbr_lib.outlook import baselines, blend, scores
from qbr_lib.outlook.blend import Many
from qbr_lib.outlook.origins import DRAWS, Origin, book, past, span
from qbr_lib.outlook.timeline import Floats
from qbr_lib.periods import Quarter

FEWEST = 4  # whole quarters that a judged forecast has learnt from, and that a verdict rests on
RANGES = {50: (0.25, 0.75), 80: (0.1, 0.9), 95: (0.025, 0.975)}
LOW = 0.2  # a chance this low is an alarm
WAYS = ("p50", "simulation", "pacing", "naive", "run_rate", "stage_weighted", "historic_yield")
EDGES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0)
_UNSURE = 0.3  # error of a seasonal naive that nobody has seen at work, as a logarithm
_STEPS = (np.arange(DRAWS) + 0.5) / DRAWS


@dataclass(frozen=True)
class Verdict:
    """How good past outlooks were.

    Parameters
    ----------
    quarters, origins : int
        Pairs of a team and a quarter that were forecast, and forecasts in all.
    ranges : mapping of int to Coverage
        By nominal share in percent: how often what came lay within.
    skill : float
        1 - CRPS ÷ that of the seasonal naive with its own past errors; NaN without forecasts.
    brier : Murphy
        Of the chances given for the targets.
    brier_skill : mapping of str to float
        Of the chances, against those that "run_rate" and "rule" imply.
    error : mapping of str to float
        Median of |forecast ÷ actual - 1| by way to forecast.
    alarms, needless : int
        Chances of at most `LOW`, and how many of those targets were reached all the same.
    """

    quarters: int
    origins: int
    ranges: Mapping[int, scores.Coverage]
    skill: float
    brier: scores.Murphy
    brier_skill: Mapping[str, float]
    error: Mapping[str, float]
    alarms: int
    needless: int

    @property
    def enough(self) -> bool:
        """Whether there are enough quarters to judge by."""
        return self.quarters >= FEWEST


def whole(origin: Origin, before: Many) -> Floats:
    """Return what the whole quarter may come to [money], ascending."""
    return origin.booked + blend.rest(origin, blend.learnt(origin, before))


def naive(origin: Origin) -> Floats:
    """Return what it may come to by the seasonal naive and its own past errors [money]."""
    error = _UNSURE if np.isnan(origin.naive_error) else origin.naive_error
    found: Floats = np.maximum(origin.naive * np.exp(error * ndtri(_STEPS)), origin.booked)
    return found


def looked_back(data: Slice, quarters: int = 12) -> pd.DataFrame:
    """Return one row for each week of a team's whole quarters: what was expected, and what came.

    Returns
    -------
    DataFrame
        team, quarter, week (0 is before the first day), day, booked, actual, p10, p50, p90,
        low_50 ... high_95, crps, crps_naive, place (of what came in the range), target, chance,
        reached (target), learnt (quarters behind it), and the forecasts of simulation, pacing,
        naive, run_rate, stage_weighted, historic_yield, and rule (a chance: 1 or 0).
    """
    told = book(data)
    targets = {one: target(data, one) for one in told.quarters}
    return judged(past(told, quarters), targets).assign(team=data.folder)


def judged(found: Sequence[Origin], targets: Mapping[Quarter, float | None]) -> pd.DataFrame:
    """Return the rows of `looked_back` but for team; without a target, the naive figure is one."""
    before = blend.many(found)
    rows = []
    for one in found:
        known = blend.learnt(one, before)
        range_ = one.booked + blend.rest(one, known)
        aim = targets.get(one.key.quarter) or one.naive
        rows.append(
            {
                "quarter": str(one.key.quarter),
                "week": round(one.key.week),
                "day": one.key.day,
                "booked": one.booked,
                "actual": one.actual,
                "learnt": known.quarters,
                **_ranges(range_),
                "crps": float(scores.crps(range_, one.actual)),
                "crps_naive": float(scores.crps(naive(one), one.actual)),
                "place": float(scores.pit(range_, one.actual)),
                "target": aim,
                "chance": blend.chance(range_, aim),
                "reached": float(one.actual >= aim),
                "simulation": one.booked + one.rest[0],
                "pacing": one.booked + one.rest[1],
                "naive": one.naive,
                **_rivals(one, found, aim),
            }
        )
    return pd.DataFrame(rows)


def _ranges(values: Floats) -> dict[str, float]:
    found = {f"p{share}": float(np.quantile(values, share / 100)) for share in (10, 50, 90)}
    for share, (low, high) in RANGES.items():
        found[f"low_{share}"], found[f"high_{share}"] = np.quantile(values, [low, high]).tolist()
    return found


def _rivals(one: Origin, found: Sequence[Origin], aim: float) -> dict[str, float]:
    first, last = span(one.key.quarter)
    passed, days = one.key.day + 1 - first, last + 1 - first
    rate = baselines.run_rate(one.booked, passed, days)
    same = [
        other
        for other in found
        if round(other.key.week) == round(one.key.week)
        and other.key.quarter.last_day < one.key.quarter.first_day
        and span(other.key.quarter)[1] <= one.key.day
    ]
    yielded = baselines.historic_yield(
        one.booked, one.due, [it.due for it in same], [it.actual - it.booked for it in same]
    )
    return {
        "run_rate": rate,
        "stage_weighted": one.booked + one.staged,
        "historic_yield": yielded,
        "rule": baselines.coverage_rule(one.booked, one.due, one.win_rate, aim),
    }


def verdict(rows: pd.DataFrame, fewest: int = FEWEST) -> Verdict:
    """Return how good the forecasts within quarters were that had learnt from enough quarters.

    Parameters
    ----------
    rows : DataFrame
        Of one team or several, as `looked_back` returns them.
    fewest : int
        Whole quarters that a forecast has learnt from at least.
    """
    rows = rows.loc[(rows["week"] >= 0) & (rows["learnt"] >= fewest) & rows["place"].notna()]
    cluster = pd.factorize(rows["team"] + rows["quarter"])[0]
    actual, chance, reached = (rows[name].to_numpy() for name in ("actual", "chance", "reached"))
    ranges = {
        share: scores.coverage(
            rows[f"low_{share}"].to_numpy(), rows[f"high_{share}"].to_numpy(), actual, cluster
        )
        for share in RANGES
    }
    alarm = chance <= LOW
    return Verdict(
        quarters=len(np.unique(cluster)),
        origins=len(rows),
        ranges=ranges,
        skill=scores.skill(float(rows["crps"].sum()), float(rows["crps_naive"].sum())),
        brier=scores.murphy(chance, reached, EDGES),
        brier_skill=_against(rows),
        error={one: float((rows[one] / rows["actual"] - 1).abs().median()) for one in WAYS},
        alarms=int(alarm.sum()),
        needless=int(reached[alarm].sum()),
    )


def _against(rows: pd.DataFrame) -> dict[str, float]:
    """Return the skill of the chances against rules that know only yes and no."""
    found = {}
    for name in ("run_rate", "rule"):
        known = rows.loc[rows[name].notna()]
        yes = known[name] if name == "rule" else (known[name] >= known["target"]).astype(float)
        own = scores.brier(known["chance"], known["reached"])
        found[name] = scores.skill(own, scores.brier(yes, known["reached"]))
    return found
