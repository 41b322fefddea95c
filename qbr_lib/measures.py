"""A measure is a number with its id, count and interval; the registry defines every id once.

Names, formulas and rivals are English message ids: `words` translates them where they are shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Unit = Literal["money", "ratio", "count", "days"]
Better = Literal["high", "low", "neither"]


def N_(text: str) -> str:
    """Mark a text for the catalogue; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Definition:
    """What a measure id means.

    Parameters
    ----------
    unit : {"money", "ratio", "count", "days"}
        Money in the organisation's currency, ratio as a fraction, days as days.
    name, formula : str
        What a manager calls it; how it is computed, in one sentence.
    rivals : str
        Other definitions in use, and how they differ.
    better : {"high", "low", "neither"}
        Which direction is favourable.
    additive : bool
        Whether the teams' values add up to the company's.
    """

    unit: Unit
    name: str
    formula: str
    rivals: str = ""
    better: Better = "high"
    additive: bool = False


@dataclass(frozen=True)
class Measure:
    """One number of one team and quarter.

    Parameters
    ----------
    id : str
        A key of `REGISTRY`.
    value : float
        In the unit of the registry; never NaN.
    n : int
        How many deals (or other items) stand behind it.
    low, high : float or None
        95 % interval, where the measure has one.
    """

    id: str
    value: float
    n: int
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse unknown ids and values that are no number: those are `Unavailable`."""
        if self.id not in REGISTRY:
            raise KeyError(self.id)
        if not math.isfinite(self.value):
            message = f"{self.id} is {self.value}; return Unavailable instead"
            raise ValueError(message)

    @property
    def unit(self) -> Unit:
        """The unit the registry gives the id."""
        return REGISTRY[self.id].unit


@dataclass(frozen=True)
class Unavailable:
    """A measure that cannot be given, and why.

    Parameters
    ----------
    id : str
        A key of `REGISTRY`.
    reason : str
        A message id, such as "needs {tables}".
    details : mapping
        What fills the braces of the reason.
    """

    id: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)


Outcome = Measure | Unavailable

NO_CLOSINGS = N_("no deal was won or lost in {quarter}")
NO_WON = N_("no deal was won in {quarter}")
NO_LOST = N_("no deal was lost in {quarter}")
NO_TARGET = N_("no target is recorded for {quarter}: it belongs in the table “targets”")
ZERO_TARGET = N_("the target for {quarter} is 0")
NO_HISTORY = N_("needs opportunity_events or opportunity_snapshots")
NO_PLANS = N_("the history does not record how planned closing days moved")
NO_SNAPSHOT = N_("the history starts after {day}, the day before the quarter")
NO_EARLIER = N_("the data holds no won deal in {quarter}")
CUT_QUARTER = N_("the data begins within {quarter}")
NO_CREATED = N_("needs the column created_on of opportunities")
NO_CREATED_DEALS = N_("no deal was created in {quarter}")
NO_EXPECTED = N_("needs the column expected_close_on of opportunities")
NOT_YET = N_("week {week} of {quarter} has not begun")
TARGET_REACHED = N_("the target for {quarter} was reached before week {week}")
NO_AMOUNT = N_("needs the column amount of opportunities")
NO_AMOUNTS = N_("the lost deals carry no amount")

_WON = N_("Sum of the amounts of deals won in the quarter, by closing day.")

REGISTRY: dict[str, Definition] = {
    "bookings.won_amount": Definition(
        "money",
        N_("Revenue won"),
        _WON,
        N_("By day of order or invoice: other systems date the same deal later."),
        additive=True,
    ),
    "bookings.won_count": Definition(
        "count",
        N_("Deals won"),
        N_("Number of deals won in the quarter, by closing day."),
        better="high",
        additive=True,
    ),
    "bookings.lost_count": Definition(
        "count",
        N_("Deals lost"),
        N_("Number of deals lost in the quarter, by closing day."),
        better="low",
        additive=True,
    ),
    "bookings.created_count": Definition(
        "count",
        N_("Deals created"),
        N_("Number of deals created in the quarter that still exist."),
        additive=True,
    ),
    "bookings.average_won_amount": Definition(
        "money",
        N_("Average won deal"),
        N_("Revenue won ÷ number of won deals that carry an amount."),
        N_("The median, which single large deals do not move."),
    ),
    "bookings.median_won_amount": Definition(
        "money",
        N_("Median won deal"),
        N_("The amount that half of the won deals exceed."),
        N_("The average, which single large deals move."),
    ),
    "bookings.target": Definition(
        "money",
        N_("Target"),
        N_("Revenue target of the team for the quarter, from the table “targets”."),
        additive=False,
    ),
    "bookings.attainment": Definition(
        "ratio",
        N_("Attainment"),
        N_("Revenue won ÷ target."),
        N_("Some systems prorate the target when people join or leave within the quarter."),
    ),
    "bookings.change_on_previous_quarter": Definition(
        "ratio",
        N_("Change on the previous quarter"),
        N_("(Revenue won now − then) ÷ then, against the quarter before."),
    ),
    "bookings.change_on_year_ago": Definition(
        "ratio",
        N_("Change on the year before"),
        N_("(Revenue won now − then) ÷ then, against the same quarter a year before."),
    ),
    "bookings.month_3_share": Definition(
        "ratio",
        N_("Share of the third month"),
        N_("Revenue won in the quarter's third month ÷ revenue won in the quarter."),
        N_("By week, or as one figure of inequality over the thirteen weeks."),
        better="neither",
    ),
    "conversion.win_rate": Definition(
        "ratio",
        N_("Win rate"),
        N_("Won ÷ (won + lost), by number and closing day."),
        N_("By amount; or won ÷ created, which counts open deals as not won."),
    ),
    "conversion.win_rate_by_amount": Definition(
        "ratio",
        N_("Win rate by amount"),
        N_("Amount won ÷ (amount won + amount lost), by closing day."),
        N_("By number, which small and large deals move alike."),
    ),
    "conversion.win_rate_created_cohort": Definition(
        "ratio",
        N_("Win rate of the deals created"),
        N_("Won so far ÷ all deals created in the quarter, open ones included."),
        N_("By closing day, which mixes deals of several starting quarters."),
    ),
    "cycle.median_days_won": Definition(
        "days",
        N_("Days to win"),
        N_("Median days from creation to closing of the deals won in the quarter."),
        N_("The mean, which long deals move; open deals are in neither."),
        better="low",
    ),
    "cycle.median_days_lost": Definition(
        "days",
        N_("Days to lose"),
        N_("Median days from creation to closing of the deals lost in the quarter."),
        better="neither",
    ),
    "cycle.median_days_closed": Definition(
        "days",
        N_("Days to a decision"),
        N_("Median days from creation to closing of the deals decided in the quarter."),
        better="low",
    ),
    "cycle.mean_days_won": Definition(
        "days",
        N_("Mean days to win"),
        N_("Mean days from creation to closing of the deals won in the quarter."),
        better="low",
    ),
    "cycle.mean_days_closed": Definition(
        "days",
        N_("Mean days to a decision"),
        N_("Mean days from creation to closing of the deals decided in the quarter."),
        better="low",
    ),
    "pipeline.coverage": Definition(
        "ratio",
        N_("Coverage"),
        N_(
            "Open amount due in the quarter at the start of the coverage week ÷ target not yet won."
        ),
        N_("Against the full target, on another day, or multiplied by the win rate."),
    ),
}

_BRIDGE: dict[str, tuple[str, str]] = {
    "opening": (N_("Open at the start"), N_("Open deals due in the quarter at its start.")),
    "created": (N_("Newly created"), N_("Deals created in the quarter and due in it.")),
    "reopened": (
        N_("Reopened"),
        N_("Deals closed before the quarter and opened again in it."),
    ),
    "pulled_in": (N_("Pulled in"), N_("Deals moved into the quarter from a later day.")),
    "pushed_in": (N_("From earlier quarters"), N_("Overdue deals moved into the quarter.")),
    "increased": (N_("Amount raised"), N_("Rises of the amount while due in the quarter.")),
    "decreased": (N_("Amount lowered"), N_("Cuts of the amount while due in the quarter.")),
    "transferred": (
        N_("Transferred"),
        N_("Deals that came from other teams, less deals that went to them."),
    ),
    "removed": (N_("Removed"), N_("Deals deleted in the CRM.")),
    "won": (N_("Won"), N_("Amount won; equals revenue won.")),
    "lost": (N_("Lost"), N_("Last amount of the deals lost.")),
    "slipped": (N_("Slipped"), N_("Deals whose planned closing left the quarter.")),
    "closing": (N_("Open at the end"), N_("Open deals due in the quarter at its end.")),
    "residual": (N_("Remainder"), N_("Start plus all movements less end: 0 by construction.")),
}
BRIDGE_FLOWS = tuple(name for name in _BRIDGE if name not in ("opening", "closing", "residual"))
_FAVOURABLE: dict[str, Better] = {"won": "neither", "slipped": "high", "lost": "high"}

REGISTRY |= {
    f"pipeline.{name}": Definition(
        "money",
        title,
        formula,
        better=_FAVOURABLE.get(name, "neither"),
        additive=name not in ("transferred",),
    )
    for name, (title, formula) in _BRIDGE.items()
}
