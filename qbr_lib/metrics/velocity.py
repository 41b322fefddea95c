"""How much revenue the open deals bring a day, and the four levers it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import cycle
from qbr_lib.metrics.ageing import observed
from qbr_lib.metrics.bookings import closed
from qbr_lib.schema import LOST, WON


@dataclass(frozen=True)
class Levers:
    """What the velocity of a quarter rests on.

    Parameters
    ----------
    deals : int
        Open at the quarter's end, or by `as_of`. Others count those created a month, or closed.
    amount : float
        [money] Average of the deals won in the quarter.
    win_rate : float
        [ratio] Won ÷ decided, by number.
    days : float
        [days] Mean from creation to winning.
    """

    deals: int
    amount: float
    win_rate: float
    days: float

    @property
    def velocity(self) -> float:
        """Deals × amount × win rate ÷ days [money per day].

        >>> round(Levers(deals=40, amount=25_000, win_rate=0.25, days=90).velocity, 2)
        2777.78
        """
        return self.deals * self.amount * self.win_rate / self.days


def levers(data: Slice) -> Levers | None:
    """Return the four levers of the quarter under review, None where one is unknown."""
    if not data.has("opportunities", "created_on"):
        return None
    won, lost = (closed(data, data.quarter, status) for status in (WON, LOST))
    amounts, days = won["amount"].dropna(), cycle.days(data, WON)
    if amounts.empty or days.empty or days.mean() == 0:
        return None
    deals = int(observed(data)["present"].sum())
    rate = len(won) / (len(won) + len(lost))
    return Levers(deals, float(amounts.mean()), rate, float(days.mean()))
