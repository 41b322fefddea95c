"""One outlook of several: weighed by how right each was, moved and widened by how wrong they were.

All of it is learnt from the team's own quarters that were over on the day of the outlook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from qbr_lib.data.endings import Whole, day_of
from qbr_lib.outlook.origins import DRAWS, MEMBERS, Origin
from qbr_lib.outlook.timeline import Floats

CAP = 0.02, 0.98
NEAR = 3.5  # weeks to either side that tell of a week
LOOKED = 8  # quarters before that tell of it
_DOUBT = 0.15  # error of a member nobody has seen at work, as a logarithm
_BELIEF = 2.0  # quarters that this doubt, no bias and the width as drawn are each worth
_FAR = 4.0  # standard deviations beyond which a miss weighs no more
_WIDE = 1.25  # times the variance as drawn, before any quarter tells
_SMALL, _NARROW = 0.05, 0.02  # of the middle, and of its logarithm: no range is narrower
_PLAIN = 0.3  # error of revenue to come without a simulation, as a logarithm
_STEPS = (np.arange(DRAWS) + 0.5) / DRAWS


@dataclass(frozen=True)
class Many:
    """Forecasts in arrays, one row each; the fields of `Origin`."""

    ends: Whole
    week: Floats
    booked: Floats
    actual: Floats
    rest: Floats
    draws: Floats

    def of(self, rows: npt.NDArray[np.bool_]) -> Many:
        """Return some of the rows."""
        return Many(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    @property
    def came(self) -> Floats:
        """What was won after each forecast [money]."""
        return np.maximum(self.actual - self.booked, 0.0)


@dataclass(frozen=True)
class Learnt:
    """What earlier quarters say of forecasts made so far before a quarter's end.

    Parameters
    ----------
    weights : array
        Of `MEMBERS`; their sum is 1.
    bias : float
        Revenue to come ÷ its forecast.
    width : float
        By which the logarithms of what may come lie further from their middle than drawn; on top
        come the tails of few quarters.
    quarters : int
        Behind it.
    """

    weights: Floats
    bias: float
    width: float
    quarters: int


def many(origins: Sequence[Origin]) -> Many:
    """Return forecasts in arrays; what may come without a simulation is drawn as a lognormal."""
    plain = np.exp(_PLAIN * stats.norm.ppf(_STEPS))
    return Many(
        ends=np.array([day_of(one.key.quarter.last_day) for one in origins], dtype="int64"),
        week=np.array([one.key.week for one in origins]),
        booked=np.array([one.booked for one in origins]),
        actual=np.array([one.actual for one in origins]),
        rest=np.array([one.rest for one in origins]).reshape(-1, len(MEMBERS)),
        draws=np.array([one.draws if len(one.draws) else plain for one in origins]).reshape(
            -1, DRAWS
        ),
    )


def learnt(origin: Origin, before: Many) -> Learnt:
    """Return what forecasts of whole quarters tell of one at about the same week.

    Parameters
    ----------
    before : Many
        Those of quarters that were not over on the origin's day are passed over.
    """
    near = before.of((before.ends <= origin.key.day) & close(before.week, origin.key.week))
    near = near.of(np.isin(near.ends, np.unique(near.ends)[-LOOKED:]))
    ends, quarter = np.unique(near.ends, return_inverse=True)
    weights = _weights(near, quarter)
    expected = middles(near, weights)
    bias = _bias(near.came, expected, quarter)
    return Learnt(weights, bias, _width(near, expected * bias, quarter), len(ends))


def close(weeks: npt.ArrayLike, week: float) -> npt.NDArray[np.bool_]:
    """Tell which weeks tell of one: every second one around it, since neighbours say the same."""
    apart = np.asarray(weeks, dtype="float64") - week
    found: npt.NDArray[np.bool_] = (np.abs(apart) <= NEAR) & (np.round(apart) % 2 == 0)
    return found


def _weights(near: Many, quarter: npt.NDArray[np.intp]) -> Floats:
    """Weigh members by 1 ÷ mean square error, each with some doubt until it is known."""
    whole = near.actual > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.log((near.booked[:, None] + near.rest) / near.actual[:, None])
    squares = np.clip(errors, -2.0, 2.0)[whole] ** 2
    told = np.isfinite(squares)
    each = (int(quarter.max(initial=-1)) + 1) / max(len(squares), 1)  # quarters a row is worth
    total, seen = np.where(told, squares, 0.0).sum(axis=0) * each, told.sum(axis=0) * each
    weights = (seen + _BELIEF) / (total + _BELIEF * _DOUBT**2)
    shares: Floats = weights / weights.sum()
    return shares


def middles(told: Many, weights: Floats) -> Floats:
    """Return the members' weighed forecasts of what comes on top [money]; NaN if none says any."""
    says = told.rest > 0
    share = np.where(says, weights, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(says, np.log(told.rest), 0.0)
        found = np.exp((share * logs).sum(axis=1) / share.sum(axis=1))
    nothing = np.isfinite(told.rest).any(axis=1) & ~says.any(axis=1)
    return np.where(nothing, 0.0, np.where(says.any(axis=1), found, np.nan))


def _bias(came: Floats, expected: Floats, quarter: npt.NDArray[np.intp]) -> float:
    """Return revenue to come ÷ its forecast, by quarter, drawn to 1."""
    told = np.isfinite(expected) & np.isfinite(came)
    total = np.bincount(quarter[told], expected[told])
    ratio = np.bincount(quarter[told], came[told])[total > 0] / total[total > 0]
    logs = np.log(np.clip(ratio, 1 / 3, 3.0))
    return float(np.exp(logs.sum() / (len(logs) + 2 * _BELIEF)))


def _width(near: Many, centre: Floats, quarter: npt.NDArray[np.intp]) -> float:
    """Return by how much what came lay further from the forecasts than drawn, as logarithms.

    The variance is that of the quarters seen and of `_BELIEF` quarters a little wider than drawn,
    and of one more quarter around their mean.
    """
    low, usual, high = np.quantile(near.draws, [0.1, 0.5, 0.9], axis=1)
    told = (usual > 0) & (centre > 0) & np.isfinite(near.came)
    n = int(quarter.max(initial=-1)) + 1
    squares = _BELIEF * _WIDE
    if told.any():
        low, usual, high, came = (one[told] for one in (low, usual, high, near.came))
        with np.errstate(divide="ignore"):
            off = np.log(came / centre[told])
        sides = np.where(off < 0, usual / np.maximum(low, usual * _SMALL), high / usual)
        far = off / np.maximum(np.log(sides), _NARROW) * stats.norm.ppf(0.9)
        each = np.bincount(quarter[told], np.clip(far, -_FAR, _FAR) ** 2)
        many = np.bincount(quarter[told])
        squares += float((each[many > 0] / many[many > 0]).sum())
        n = int((many > 0).sum())
    known = n + _BELIEF
    return float(np.sqrt(squares / known * (1 + 1 / known)))


def rest(origin: Origin, told: Learnt, drawn: Floats | None = None) -> Floats:
    """Return what may come on top [money]: `DRAWS` values, ascending; NaN if nothing says any.

    Parameters
    ----------
    drawn : array, optional
        Draws in place of the origin's own: what would come if its deals stood otherwise.
    """
    one = many([origin])
    centre, own = float(middles(one, told.weights)[0] * told.bias), one.draws[0]
    drawn = own if drawn is None else drawn
    usual = float(np.median(own))
    if usual > 0:
        return centre * _stretched(drawn / usual, told)
    # More often than not nothing comes: as drawn, only as much of it as is believed.
    mean = float(own.mean())
    part: Floats = drawn * (centre / mean if mean > 0 and centre > 0 else 1.0)
    return part


def _stretched(parts: Floats, told: Learnt) -> Floats:
    """Return draws ÷ their usual middle, as wide as past errors ask.

    The fewer quarters tell the width, the longer the tails: those of a t distribution.
    """
    tails = stats.t.ppf(_STEPS, told.quarters + _BELIEF) / stats.norm.ppf(_STEPS)
    found: Floats = parts ** (told.width * tails)
    return found


def chance(whole: Floats, target: float | Floats) -> Floats:
    """Return the chance to reach a target, never surer than `CAP`; the draws stand last."""
    reached = np.greater_equal(whole, target).mean(axis=-1)
    return np.where(np.isnan(whole).any(axis=-1), np.nan, np.clip(reached, *CAP))
