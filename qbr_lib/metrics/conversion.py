"""How many of the decided deals were won."""

from __future__ import annotations

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from qbr_lib.data.slices import Slice
from qbr_lib.measures import (
    NO_AMOUNTS,
    NO_CLOSINGS,
    NO_CREATED,
    NO_CREATED_DEALS,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics.bookings import closed, created, is_cut, total
from qbr_lib.schema import LOST, WON

ALPHA = 0.05
# How CRM systems say that the customer decided for nobody; no budget or bad timing are reasons.
NO_DECISION = ("no decision", "undecided", "keine entscheidung", "ohne entscheidung")
NO_DECISION += ("nicht entschieden", "nie entschieden")


def wilson(won: float, decided: int) -> tuple[float, float]:
    """Return the 95 % score interval of a win rate.

    References
    ----------
    Wilson (1927); Newcombe (1998), Statistics in Medicine 17, 857-872.
    """
    low, high = proportion_confint(won, decided, alpha=ALPHA, method="wilson")
    return max(0.0, float(low)), min(1.0, float(high))


def measures(data: Slice) -> list[Outcome]:
    """Return the win rates of the quarter: by number, by amount, and of the deals created in it."""
    won, lost = closed(data, data.quarter, WON), closed(data, data.quarter, LOST)
    return [_rate(len(won), len(lost), data), _by_amount(won, lost, data), _created(data)]


def _rate(won: int, lost: int, data: Slice) -> Outcome:
    if won + lost == 0:
        return Unavailable("conversion.win_rate", NO_CLOSINGS, {"quarter": str(data.quarter)})
    low, high = wilson(won, won + lost)
    return Measure("conversion.win_rate", won / (won + lost), won + lost, low, high)


def _by_amount(won: pd.DataFrame, lost: pd.DataFrame, data: Slice) -> Outcome:
    told = {"quarter": str(data.quarter)}
    if len(won) + len(lost) == 0:
        return Unavailable("conversion.win_rate_by_amount", NO_CLOSINGS, told)
    gained, missed = total(won["amount"]), total(lost["amount"])
    if (len(lost) and missed <= 0) or gained + missed <= 0:
        return Unavailable("conversion.win_rate_by_amount", NO_AMOUNTS, told)
    rate = gained / (gained + missed)
    return Measure("conversion.win_rate_by_amount", rate, len(won) + len(lost))


def _created(data: Slice) -> Outcome:
    measure_id = "conversion.win_rate_created_cohort"
    if not data.has("opportunities", "created_on"):
        return Unavailable(measure_id, NO_CREATED)
    cohort = created(data)
    if cohort.empty:
        return Unavailable(measure_id, NO_CREATED_DEALS, {"quarter": str(data.quarter)})
    won = int((cohort["status"] == WON).sum())
    low, high = wilson(won, len(cohort))
    return Measure(measure_id, won / len(cohort), len(cohort), low, high)


def cohort(data: Slice, age: pd.Timedelta) -> tuple[float, int]:
    """Return the share won of the deals created in the quarter, and how many those are, at an age.

    Older deals have had more time: what was created or won later than so long after the quarter's
    first day does not count, so that quarters can be compared. NaN without a deal.
    """
    until, deals = pd.Timestamp(data.quarter.first_day) + age, created(data)
    deals = deals.loc[deals["created_on"] <= until]
    won = (deals["status"] == WON) & (deals["closed_on"] <= until)
    return float(won.mean()), len(deals)


def reasons(data: Slice, status: str) -> pd.DataFrame:
    """Return how often each reason was given for the deals won or lost in the quarter.

    Returns
    -------
    DataFrame
        reason (NaN where none was given), count, amount [money], share [ratio of all deals closed
        so], before [the same of the four quarters before; NaN where none of them is whole],
        no_decision (whether it says that the customer decided for nobody); most frequent first,
        none last.
    """
    deals = closed(data, data.quarter, status)
    grouped = deals.groupby("reason", dropna=False).agg(
        count=("opportunity_id", "size"), amount=("amount", "sum")
    )
    earlier = [q for q in map(data.quarter.shift, range(-4, 0)) if not is_cut(data, q)]
    past = [closed(data, q, status)["reason"] for q in earlier]
    shares = pd.concat(past).value_counts(normalize=True, dropna=False) if past else pd.Series()
    before = shares.reindex(grouped.index, fill_value=0.0) if len(shares) else float("nan")
    frame = grouped.assign(
        amount=grouped["amount"].round(2),
        share=grouped["count"] / max(len(deals), 1),
        before=before,
    ).reset_index()
    frame = frame.assign(no_decision=_undecided(frame["reason"]))
    order = frame.assign(_none=frame["reason"].isna())
    ordered = order.sort_values(["_none", "count", "reason"], ascending=[True, False, True])
    return ordered[frame.columns].reset_index(drop=True)


def _undecided(reason: pd.Series) -> pd.Series:
    plain = reason.astype("str").str.casefold().str.replace(r"[\W_]+", " ", regex=True)
    return plain.str.contains(rf"\b(?:{'|'.join(NO_DECISION)})\b", na=False)
