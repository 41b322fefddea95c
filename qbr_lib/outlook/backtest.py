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

from qbr_lib.data.endings import Whole
from qbr_lib.data.slices import Slice
from qbr_lib.metrics.bookings import target
from qbr_lib.outlook import baselines, blend, scores
from qbr_lib.outlook.origins import DRAWS, WEEKS, Book, Origin, book, past, span
from qbr_lib.outlook.timeline import Floats, Timeline
from qbr_lib.periods import Quarter

FEWEST = 4  # whole quarters that a judged forecast has learnt from, and that a verdict rests on
RANGES = {50: (0.25, 0.75), 80: (0.1, 0.9), 95: (0.025, 0.975)}
LOW = 0.2  # a chance this low is an alarm
WAYS = ("p50", "simulation", "pacing", "naive", "run_rate", "stage_weighted", "historic_yield")
WITHIN = (0, WEEKS[-1])  # weeks: the day before a quarter, and all in it
EDGES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0)
_YEAR = 365
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
        Weeks with an alarm (see `alarmed`), and how many of those targets were reached all the
        same.
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


def naive(origins: Sequence[Origin]) -> Floats:
    """Return what quarters may come to by the seasonal naive and its own past errors [money].

    Returns
    -------
    array
        origins x draws, ascending.
    """
    told = np.array([(one.naive, one.naive_error, one.booked) for one in origins])
    middle, error, booked = told.reshape(-1, 3).T[..., None]
    error = np.where(np.isnan(error), _UNSURE, error)
    found: Floats = np.maximum(middle * np.exp(error * ndtri(_STEPS)), booked)
    return found


def looked_back(data: Slice, quarters: int = 12) -> pd.DataFrame:
    """Return one row for each week of a team's whole quarters: what was expected, and what came.

    Returns
    -------
    DataFrame
        team, quarter, week (0 is before the first day), day, booked, actual, p10, p50, p90,
        low_50 ... high_95, crps, crps_naive, place (of what came in the range), target, chance,
        reached (target), learnt (quarters behind it), the forecasts of simulation, pacing and
        naive, and of rules of thumb: run_rate, stage_weighted, historic_yield, and rule (a chance:
        1 or 0).
    """
    told = book(data)
    targets = {one: target(data, one) for one in told.quarters}
    found = past(told, quarters)
    rows = judged(found, targets)
    return pd.concat([rows, _rivals(told, found, rows)], axis=1).assign(team=data.folder)


def judged(found: Sequence[Origin], targets: Mapping[Quarter, float | None]) -> pd.DataFrame:
    """Return `looked_back` without team and rules of thumb, the naive figure a missing target."""
    before = blend.many(found)
    known = [blend.learnt(one, before) for one in found]
    rest = [blend.rest(*pair) for pair in zip(found, known, strict=True)]
    whole = before.booked[:, None] + np.array(rest).reshape(-1, DRAWS)
    aim = np.array([targets.get(one.key.quarter) or one.naive for one in found], dtype="float64")
    members = before.booked[:, None] + before.rest
    rows = pd.DataFrame(
        {
            "quarter": [str(one.key.quarter) for one in found],
            "week": [round(one.key.week) for one in found],
            "day": [one.key.day for one in found],
            "booked": before.booked,
            "actual": before.actual,
            "learnt": [one.quarters for one in known],
            "crps": scores.crps(whole, before.actual),
            "crps_naive": scores.crps(naive(found), before.actual),
            "place": scores.pit(whole, before.actual),
            "target": aim,
            "chance": blend.chance(whole, aim[:, None]),
            "reached": (before.actual >= aim).astype(float),
            "simulation": members[:, 0],
            "pacing": members[:, 1],
            "naive": [one.naive for one in found],
        }
    )
    shares = {f"p{share}": share / 100 for share in (10, 50, 90)}
    for share, pair in RANGES.items():
        shares |= zip((f"low_{share}", f"high_{share}"), pair, strict=True)
    values = np.quantile(whole, list(shares.values()), axis=1)
    return rows.assign(**dict(zip(shares, values, strict=True)))


def _rivals(told: Book, found: Sequence[Origin], rows: pd.DataFrame) -> pd.DataFrame:
    """Return what rules of thumb said at each origin, one column each."""
    thumbs = np.array([_thumb(told.line, one.key.day) for one in found]).reshape(-1, 3)
    due, staged, rate = thumbs.T
    first = np.array([span(one.key.quarter)[0] for one in found])
    last = np.array([span(one.key.quarter)[1] for one in found])
    came = (rows["actual"] - rows["booked"]).to_numpy()
    said = []
    for n, (day, booked, aim) in enumerate(
        rows[["day", "booked", "target"]].itertuples(index=False)
    ):
        same = (rows["week"] == rows["week"].iloc[n]).to_numpy() & (last <= day) & (last < first[n])
        said.append(
            {
                "run_rate": baselines.run_rate(booked, day + 1 - first[n], last[n] + 1 - first[n]),
                "stage_weighted": booked + staged[n],
                "historic_yield": baselines.historic_yield(booked, due[n], due[same], came[same]),
                "rule": baselines.coverage_rule(booked, due[n], rate[n], aim),
            }
        )
    names = ["run_rate", "stage_weighted", "historic_yield", "rule"]
    return pd.DataFrame(said, index=rows.index, columns=names)


def _thumb(line: Timeline, day: int) -> tuple[float, float, float]:
    """Return open amounts, those weighed by the win rate of their stage, and the win rate."""
    deals = np.unique(line.deal[(line.start <= day) & (line.end > day)])
    values = np.nan_to_num(line.amount.at(deals, np.full(len(deals), day)))
    decided = (line.end <= day) & (line.end > day - _YEAR)
    if not decided.any():
        return float(values.sum()), float("nan"), float("nan")
    overall = float(line.won[decided].mean())
    seen = np.isin(line.visited[:, 0], line.deal[decided])
    won = np.isin(line.visited[seen, 0], line.deal[decided & line.won])
    rates = pd.Series(won, dtype="float64").groupby(line.visited[seen, 1]).mean()
    held = pd.DataFrame({"stage": line.stage.at(deals, np.full(len(deals), day)), "amount": values})
    return float(values.sum()), baselines.stage_weighted(0.0, held, rates, overall), overall


def told(
    rows: pd.DataFrame, weeks: tuple[int, int] = WITHIN, fewest: int = FEWEST
) -> tuple[pd.DataFrame, Whole]:
    """Return the forecasts of some weeks that had learnt from enough quarters, and their clusters.

    Parameters
    ----------
    rows : DataFrame
        Of one team or several, as `looked_back` returns them.
    weeks : (int, int)
        The first and the last, from the quarter's first day on.
    fewest : int
        Whole quarters that a forecast has learnt from at least.
    """
    fit = rows["week"].between(*weeks) & (rows["learnt"] >= fewest) & rows["place"].notna()
    found = rows.loc[fit]
    place = found.groupby(["team", "quarter"], sort=False).ngroup()
    return found, np.asarray(place, dtype=np.int64)


def verdict(rows: pd.DataFrame, weeks: tuple[int, int] = WITHIN, fewest: int = FEWEST) -> Verdict:
    """Return how good the forecasts were that `told` returns."""
    rows, cluster = told(rows.assign(alarm=alarmed(rows)), weeks, fewest)
    actual, chance, reached = (rows[name].to_numpy() for name in ("actual", "chance", "reached"))
    ranges = {
        share: scores.coverage(
            rows[f"low_{share}"].to_numpy(), rows[f"high_{share}"].to_numpy(), actual, cluster
        )
        for share in RANGES
    }
    alarm = rows["alarm"].to_numpy()
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


def alarmed(rows: pd.DataFrame) -> pd.Series:
    """Tell in which weeks a target is an alarm: a chance of at most `LOW` two weeks running.

    One week alone is no alarm, since a single outlook may be a whim of the day.
    """
    low = set(rows.loc[rows["chance"] <= LOW, ["team", "quarter", "week"]].itertuples(index=False))
    pairs = zip(rows["team"], rows["quarter"], rows["week"], strict=True)
    return pd.Series(
        [{(*one, week), (*one, week - 1)} <= low for *one, week in pairs], rows.index, dtype=bool
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
