"""How deals end as they age: the share won, lost and still open so many days after creation.

The won deals of a quarter alone tell of the quick ones: those that take long are still open. Here
open deals count with the age they have reached, and deals created before the period from the age
they had when it began, since the ones that ended earlier are not seen (left truncation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qbr_lib.metrics.conversion import wilson
from qbr_lib.schema import LOST, OPEN, WON

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Curve:
    """Shares won, lost and open by age; the last two arrays apart, one value per `age`.

    Parameters
    ----------
    age : array
        [days] Ages at which deals were decided, ascending.
    watched : array
        Deals that were open and in sight at that age.
    wins, ended : array
        Deals won, and deals won or lost, at that age.
    won, lost, open : array
        [ratio] Shares that had ended so, or not yet, by that age; together 1.
    entered, left : array
        [days] Ages at which deals came into sight and were last seen, each ascending.
    """

    age: Whole
    watched: Whole
    wins: Whole
    ended: Whole
    won: Floats
    lost: Floats
    open: Floats
    entered: Whole
    left: Whole

    @property
    def n(self) -> int:
        """How many deals stand behind the curve."""
        return len(self.left)

    @property
    def whole(self) -> bool:
        """Whether it reaches the oldest deals: not where the few young ones in sight all ended."""
        return not bool((self.age[self.open == 0] < self.left.max(initial=0)).any())

    def share(self, days: int) -> float:
        """Return the chance to be won by an age [ratio]; NaN where no deal was followed so far."""
        place = int(np.searchsorted(self.age, days, side="right"))
        ended = bool(place) and self.open[place - 1] == 0
        seen = self.whole if ended else _in_sight(self.entered, self.left, np.array([days]))[0] > 0
        if not seen:
            return float("nan")
        return float(self.won[place - 1]) if place else 0.0

    def error(self, days: int) -> float:
        """Return the standard error of `share` [ratio].

        References
        ----------
        Greenwood type, of the multinomial: Andersen, Borgan, Gill and Keiding (1993), IV.4.
        """
        place = int(np.searchsorted(self.age, days, side="right"))
        won, left, n = self.won[:place], self.open[:place], self.watched[:place]
        if not place:
            return 0.0
        before = _before(left)
        later = np.divide(won[-1] - won, left, out=np.zeros(place), where=left > 0) * before
        gained, ended = self.wins[:place] / n, self.ended[:place] / n
        mean = before * gained - later * ended
        square = (before - later) ** 2 * gained + later**2 * (ended - gained)
        return float(np.sqrt(max(0.0, float(((square - mean**2) / n).sum()))))

    def interval(self, days: int) -> tuple[float, float]:
        """Return the 95 % interval of `share`: the score interval of as many deals as tell as much.

        References
        ----------
        Rothman (1978), Journal of Chronic Diseases 31, 557-560.
        """
        share, error = self.share(days), self.error(days)
        if error > 0:
            n = share * (1 - share) / error**2
        else:  # none or all were won: those decided by then, and those followed so far
            decided = self.ended[: np.searchsorted(self.age, days, side="right")].sum()
            n = float(decided + _in_sight(self.entered, self.left, np.array([days + 1]))[0])
        return wilson(share * n, n) if n > 0 else (0.0, 1.0)

    def median(self) -> float:
        """Return the age by which half of the deals that are ever won are won [days].

        Won by the greatest age that was seen; NaN where none was or the curve is not `whole`.
        """
        if not self.whole or self.won.max(initial=0) == 0:
            return float("nan")
        return float(self.age[np.searchsorted(self.won, self.won[-1] / 2 - 1e-12)])

    def mean(self) -> float:
        """Return the mean age at winning of the deals that are ever won [days], as in `median`."""
        if not self.whole or self.won.max(initial=0) == 0:
            return float("nan")
        return float((self.age * np.diff(self.won, prepend=0.0)).sum() / self.won[-1])

    def chance(self, ages: npt.ArrayLike) -> Floats:
        """Return the chance that deals open at these ages are still won [ratio].

        0 beyond the greatest age at which any deal was won.
        """
        place = np.searchsorted(self.age, np.asarray(ages), side="right")
        won, left = np.r_[0.0, self.won][place], np.r_[1.0, self.open][place]
        last = self.won[-1] if len(self.won) else 0.0
        return np.divide(last - won, left, out=np.zeros(len(place)), where=left > 0)


def _in_sight(entered: Whole, left: Whole, ages: Whole) -> Whole:
    came = np.searchsorted(entered, ages, side="right")
    return came - np.searchsorted(left, ages, side="left")


def _before(shares: Floats) -> Floats:
    return np.r_[1.0, shares][:-1]


def curve(entry: npt.ArrayLike, age: npt.ArrayLike, end: npt.ArrayLike) -> Curve:
    """Return how deals end as they age, from when each came into sight and was last seen.

    Parameters
    ----------
    entry, age : array of int
        [days] Ages at which a deal came into sight (0, or more for one that is older than the
        data), and at which it was decided or last seen open; `entry` at most `age`.
    end : array of str
        won, lost or open.

    References
    ----------
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5, 141-150.
    """
    ages, ends = np.asarray(age, dtype="int64"), np.asarray(end, dtype=object)
    entered, left = np.sort(np.asarray(entry, dtype="int64")), np.sort(ages)
    decided = np.unique(ages[ends != OPEN])
    wins, losses = (
        np.bincount(np.searchsorted(decided, ages[ends == one]), minlength=len(decided))
        for one in (WON, LOST)
    )
    watched = _in_sight(entered, left, decided)
    still = np.cumprod(1 - (wins + losses) / watched)
    before = _before(still)
    won, lost = (np.cumsum(before * one / watched) for one in (wins, losses))
    return Curve(decided, watched, wins, wins + losses, won, lost, still, entered, left)
