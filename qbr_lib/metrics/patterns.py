"""Is it a pattern? What a workbook may claim beyond the facts, and how sure that is.

What happened is always stated. That it is more than the usual swing is claimed only where the
team's own earlier quarters do not explain it. All claims of one workbook are judged together, so
that a page without any change carries a claim in at most one of twenty quarters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

LEVEL = 0.05
FEWEST_QUARTERS = 4
TOO_EARLY = float("nan")

Kind = Literal["driver", "rate", "stage", "figure"]


@dataclass(frozen=True)
class Claim:
    """Something that may be a pattern.

    Parameters
    ----------
    kind : {"driver", "rate", "stage", "figure"}
        A factor of the change in revenue; a win rate of a part of the deals; conversion of or time
        in a stage; a headline figure.
    name : str
        What it is about within its kind: a factor, a column, a measure id.
    subject : str
        Value of the column or stage, empty for the whole team.
    value, usual : float
        This quarter's, and the team's own before; NaN where there is none.
    money : float
        What the difference was worth in the quarter [money, signed; NaN where unknown].
    chance : float
        Of at least such a difference if nothing had changed; `TOO_EARLY` where too little is known.
    n : int
        Deals behind it.
    favourable : bool
        Whether the difference is good news.
    """

    kind: Kind
    name: str
    subject: str
    value: float
    usual: float
    money: float
    chance: float
    n: int
    favourable: bool


COLUMNS = [*Claim.__dataclass_fields__, "pattern"]


def judged(claims: Sequence[Claim]) -> pd.DataFrame:
    """Return all claims of a workbook, those first that are patterns, then by money.

    The claims are one Benjamini-Hochberg family at `LEVEL`; those that are too early count in none.

    Returns
    -------
    DataFrame
        The fields of `Claim`, and pattern (bool).

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
    """
    frame = pd.DataFrame([asdict(claim) for claim in claims], columns=COLUMNS[:-1])
    chances = frame["chance"].astype("float64")
    known = chances.notna()
    adjusted = pd.Series(1.0, index=frame.index)
    if known.any():
        adjusted[known] = stats.false_discovery_control(chances[known].to_numpy())
    frame = frame.assign(pattern=known & (adjusted <= LEVEL))
    order = frame.assign(_size=-frame["money"].abs().fillna(0.0), _not=~frame["pattern"])
    ordered = order.sort_values(["_not", "_size", "kind", "name", "subject"], kind="stable")
    return ordered.drop(columns=["_size", "_not"]).reset_index(drop=True)


def of_level(value: float, earlier: Sequence[float]) -> float:
    """Return the chance of a figure at least this far from earlier quarters if nothing changed.

    Student's prediction interval of one further value, its width from how far the earlier ones lie
    from their mean or from their neighbours, whichever is more; 1 within their range, so that
    skewed figures are not claimed too easily. Of counts and sums see `of_count` and `of_size`.
    """
    known = np.asarray([one for one in earlier if np.isfinite(one)], dtype="float64")
    if len(known) < FEWEST_QUARTERS or not np.isfinite(value):
        return TOO_EARLY
    if known.min() <= value <= known.max():
        return 1.0
    neighbours = float(np.sqrt(np.mean(np.square(np.diff(known))) / 2))
    spread = max(float(known.std(ddof=1)), neighbours) * float(np.sqrt(1 + 1 / len(known)))
    if spread == 0:
        return 1.0  # a figure that never moved tells nothing of how far it may
    return float(2 * stats.t.sf(abs(value - float(known.mean())) / spread, len(known) - 1))


def of_count(value: float, earlier: Sequence[float]) -> float:
    """Return the chance of a number of things this far from earlier quarters' by itself.

    Numbers grow and shrink by factors; half a thing more keeps none at all within bounds.
    """
    return of_level(float(np.log(value + 0.5)), [float(np.log(one + 0.5)) for one in earlier])


def of_size(value: float, earlier: Sequence[float]) -> float:
    """Return the chance of a sum or duration this far from earlier quarters' by itself.

    Some swing by amounts, others by factors, and near 0 factors have no bounds: the less sure of
    `of_level` of the figures and of their logarithms counts. Negative figures are too early to say.
    """
    known = [one for one in earlier if np.isfinite(one)]
    if not np.isfinite(value) or min([value, *known]) < 0:
        return TOO_EARLY
    typical = float(np.median(known)) if known else 0.0
    unit = typical / 100 if typical > 0 else 1.0  # far below it all is next to nothing
    logs = [float(np.log(one + unit)) for one in (value, *known)]
    return max(of_level(value, known), of_level(logs[0], logs[1:]))


def of_effect(effect: float, error: float, earlier: Sequence[float]) -> float:
    """Return the chance of an effect at least this large if nothing changed.

    Parameters
    ----------
    effect : float
        A change against an earlier quarter.
    error : float
        Its standard error from resampled deals, in the same unit.
    earlier : sequence of float
        The same effect between earlier pairs of quarters: how far this team usually swings.
    """
    known = np.asarray([one for one in earlier if np.isfinite(one)], dtype="float64")
    if len(known) < FEWEST_QUARTERS - 1 or not np.isfinite(effect):
        return TOO_EARLY
    usual = float(np.sqrt(np.mean(np.square(known))))
    spread = max(error if np.isfinite(error) else 0.0, usual)
    if spread == 0 or abs(effect) <= float(np.abs(known).max()):
        return 1.0
    return float(2 * stats.t.sf(abs(effect) / spread, len(known) - 1))


def swing(error: float, earlier: Sequence[float]) -> float:
    """Return how far an effect usually swings: larger ones are claimed, if it were the only claim.

    Parameters
    ----------
    error, earlier
        As `of_effect` takes them.

    Returns
    -------
    float
        In the unit of the effect; NaN where it is too early to say.
    """
    known = np.asarray([one for one in earlier if np.isfinite(one)], dtype="float64")
    if len(known) < FEWEST_QUARTERS - 1:
        return TOO_EARLY
    usual = float(np.sqrt(np.mean(np.square(known))))
    spread = max(error if np.isfinite(error) else 0.0, usual)
    reach = float(stats.t.isf(LEVEL / 2, len(known) - 1))
    return max(spread * reach, float(np.abs(known).max()))


def of_rate(successes: int, n: int, earlier: Sequence[tuple[int, int]]) -> float:
    """Return the chance of a rate at least this far from the team's own if nothing changed.

    Parameters
    ----------
    successes, n : int
        This quarter's.
    earlier : sequence of (int, int)
        Successes and n of earlier quarters. How far these differ among themselves beyond the luck
        of counts widens what is usual; an exact test is the least there is.
    """
    known = np.asarray([pair for pair in earlier if pair[1] > 0], dtype="float64").reshape(-1, 2)
    if len(known) < FEWEST_QUARTERS or n == 0:
        return TOO_EARLY
    before, of = known.sum(axis=0)
    table = [[successes, n - successes], [int(before), int(of - before)]]
    exact = float(stats.fisher_exact(table).pvalue)
    pooled = (successes + before) / (n + of)
    if pooled in (0.0, 1.0):
        return exact
    old = before / of
    variance = max(old * (1 - old), 1e-9)
    swing = float((np.square(known[:, 0] / known[:, 1] - old) * known[:, 1]).sum() / variance)
    degrees = len(known) - 1
    if swing <= degrees:  # the earlier quarters differ no more than luck makes them
        return exact
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / of) * swing / degrees)
    return max(exact, float(2 * stats.t.sf(abs(successes / n - old) / error, degrees)))
