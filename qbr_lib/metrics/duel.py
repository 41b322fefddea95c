"""Definitions with rivals, and whether the conclusion survives the choice of one.

Win rate, days to win, deal size and others are defined in more than one way, and people argue with
the one that suits them. Each is computed for this and the previous quarter under all of them. Only
where two definitions lead to opposite conclusions is there anything to talk about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import REGISTRY, Better, Measure, Unit
from qbr_lib.metrics import accuracy, bookings, conversion, cycle, pipeline
from qbr_lib.metrics.flows import movements

Conclusion = Literal["better", "worse", "same", "met", "missed", "unknown"]
COLUMNS = ["measure", "variant", "unit", "now", "before", "conclusion", "flips"]
# A change smaller than this share of the value before is no conclusion to argue about.
MATTERS = 0.05
_OPPOSITE = ({"better", "worse"}, {"met", "missed"})
Pair = tuple[float, float]
Row = tuple[str, str, Unit, float, float, Conclusion]
_MEASURES: dict[str, tuple[tuple[str, ...], Better]] = {
    "win_rate": (("conversion.win_rate", "conversion.win_rate_by_amount"), "high"),
    "days_to_win": (
        ("cycle.median_days_won", "cycle.mean_days_won", "cycle.median_days_closed"),
        "low",
    ),
    "deal_size": (("bookings.average_won_amount", "bookings.median_won_amount"), "high"),
}
FORECAST = ("ratio", "of_actual", "of_forecast")


def duel(
    data: Slice,
    flows: pd.DataFrame,
    targets: Mapping[str, float],
    then_flows: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return every disputed measure under each of its definitions, and whether conclusions differ.

    Parameters
    ----------
    flows : DataFrame
        Movements of the quarter under review, as `flows.movements` returns them.
    targets : mapping of str to float
        Revenue targets of the quarter by origin [money]: plan, first, last.
    then_flows : DataFrame, optional
        Those of the previous quarter, where they have been gathered already.

    Returns
    -------
    DataFrame
        One row per definition that can be computed for both quarters (attainment: for this one)
        and has a rival:
        measure (win_rate, days_to_win, deal_size, coverage, slip_rate, forecast, attainment),
        variant, unit, now, before (NaN for attainment), conclusion (better, worse or same against
        the previous quarter, met or missed), flips (whether the measure's conclusions differ).
    """
    rows = _attainment(data, targets)
    if not bookings.is_cut(data, data.quarter.previous):
        rows += _against_before(data, flows, then_flows)
    frame = pd.DataFrame(rows, columns=COLUMNS[:-1])
    frame = frame.loc[frame["measure"].duplicated(keep=False)].reset_index(drop=True)
    told = frame.groupby("measure")["conclusion"].agg(set)
    differ = {name for name, ends in told.items() if any(two <= ends for two in _OPPOSITE)}
    return frame.assign(flips=frame["measure"].isin(differ))


def conclusion(now: float, before: float, better: Better) -> Conclusion:
    """Say whether a figure became better or worse; a change below 5 % of it is the same."""
    if not (np.isfinite(now) and np.isfinite(before)):
        return "unknown"
    if abs(now - before) <= MATTERS * abs(before):
        return "same"
    return "better" if (now > before) == (better == "high") else "worse"


def _attainment(data: Slice, targets: Mapping[str, float]) -> list[Row]:
    if not data.has("opportunities", "amount") or not data.over:
        return []
    won = bookings.won_amount(data, data.quarter)
    return [
        ("attainment", name, "ratio", won / goal, np.nan, "met" if won >= goal else "missed")
        for name, goal in targets.items()
        if goal > 0
    ]


def _against_before(data: Slice, flows: pd.DataFrame, then_flows: pd.DataFrame | None) -> list[Row]:
    then = data.at(data.quarter.previous)
    now, old = (_by_measure(one) for one in (data, then))
    found = [
        _row(measure, one.partition(".")[2], REGISTRY[one].unit, (now[one], old[one]), better)
        for measure, (ids, better) in _MEASURES.items()
        for one in ids
        if one in now and one in old
    ]
    found += [_row("win_rate", "created", "ratio", _created(data), "high")]
    if pipeline.missing(then) is None:
        told = movements(then) if then_flows is None else then_flows
        found += _of_pipeline(data, flows, then, told)
    found += _of_forecasts(data, then)
    return [row for row in found if row[-1] != "unknown"]


def _row(measure: str, variant: str, unit: Unit, pair: Pair, better: Better) -> Row:
    return (measure, variant, unit, *pair, conclusion(*pair, better))


def _by_measure(data: Slice) -> dict[str, float]:
    outcomes = [*bookings.measures(data), *conversion.measures(data), *cycle.measures(data)]
    return {one.id: one.value for one in outcomes if isinstance(one, Measure)}


def _created(data: Slice) -> Pair:
    """Return the share won of the deals created in either quarter, both at the same age."""
    if not data.has("opportunities", "created_on"):
        return np.nan, np.nan
    age = pd.Timestamp(data.as_of) - pd.Timestamp(data.quarter.first_day)
    now, then = (conversion.cohort(one, age) for one in (data, data.at(data.quarter.previous)))
    return now[0], then[0]


def _of_pipeline(
    data: Slice, flows: pd.DataFrame, then: Slice, then_flows: pd.DataFrame
) -> list[Row]:
    covered = _coverages(data, flows), _coverages(then, then_flows)
    rows = [_row("coverage", name, "ratio", pair, "high") for name, pair in _paired(*covered)]
    if data.over:
        slips = _slip_rates(flows), _slip_rates(then_flows)
        rows += [_row("slip_rate", name, "ratio", pair, "low") for name, pair in _paired(*slips)]
    return rows


def _paired(now: dict[str, float], old: dict[str, float]) -> list[tuple[str, Pair]]:
    return [(name, (value, old[name])) for name, value in now.items()]


def _coverages(data: Slice, flows: pd.DataFrame) -> dict[str, float]:
    goal = bookings.target(data, data.quarter) or np.nan
    week = min(data.organisation.thresholds.coverage_week, data.quarter.weeks)
    begins = data.quarter.week_starts(week)
    running, won = pipeline.standing(flows, pd.Timestamp(begins))
    if data.as_of < begins:
        return dict.fromkeys(("remaining", "full"), np.nan)
    left = goal - won
    open_amount = float(running.sum())
    return {"remaining": open_amount / left if left > 0 else np.nan, "full": open_amount / goal}


def _slip_rates(flows: pd.DataFrame) -> dict[str, float]:
    """Return the share of the deals due at the start that slipped: moved out, or just not won."""
    due, won, moved = (
        set(flows.loc[flows["flow"] == name, "opportunity_id"])
        for name in ("opening", "won", "slipped")
    )
    if not due:
        return dict.fromkeys(("moved_out", "not_won"), np.nan)
    left = due - won
    return {"moved_out": len(left & moved) / len(due), "not_won": len(left) / len(due)}


def _of_forecasts(data: Slice, then: Slice) -> list[Row]:
    told = accuracy.submitted(data)
    pairs = [
        (accuracy.counted(told, data, one.quarter) or 0.0, bookings.won_amount(one, one.quarter))
        for one in (data, then)
    ]
    if not data.over or not all(f > 0 and won > 0 for f, won in pairs):
        return []
    now, old = (accuracy.variants(forecast, won) for forecast, won in pairs)
    judged = {"ratio": "of_actual"}  # a ratio is the better, the nearer it is to 1
    return [
        ("forecast", one, "ratio", now[one], old[one], conclusion(now[by], old[by], "high"))
        for one, by in ((name, judged.get(name, name)) for name in FORECAST)
    ]
