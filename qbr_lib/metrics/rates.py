"""Win rates of the parts of a quarter's deals: each beside its own earlier rate.

A part is compared with itself before, not with the others: that one competitor is harder to beat
than the next is no news.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from qbr_lib.data import priors
from qbr_lib.data.holders import HELD, too_few
from qbr_lib.data.slices import Slice
from qbr_lib.metrics import bookings, shrinkage
from qbr_lib.metrics.conversion import ALPHA
from qbr_lib.metrics.patterns import Claim, of_rate
from qbr_lib.periods import Quarter
from qbr_lib.schema import LOST, WON

SIZE = "size"
COLUMNS = (*priors.COLUMNS, SIZE)
SIZES = ("small", "medium", "large")
QUARTERS = 8
FEWEST_NOW, FEWEST_BEFORE = 8, 20
_NEARLY_ALL = 0.9
_PRICED = 0.9  # of the lost deals must carry an amount, else small deals would look always won
_RATES = ["value", "won", "decided", "rate", "low", "high", "steady", "steady_low", "steady_high"]
_RATES += ["won_before", "decided_before", "before", "difference", "difference_low"]
_RATES += ["difference_high", "average", "early", "quarters", "team"]


def quarters_back(days: pd.Series, quarter: Quarter) -> pd.Series:
    """Return how many quarters before the given one each day lies; negative after it."""
    first, starts = quarter.first_day, quarter.starts
    then = (days.dt.year * 12 + days.dt.month - starts) // 3
    back: pd.Series = (first.year * 12 + first.month - starts) // 3 - then
    return back


def window(data: Slice, quarters: int = QUARTERS) -> pd.DataFrame:
    """Return the deals decided in the quarter and in the whole quarters before it.

    Returns
    -------
    DataFrame
        Rows of `opportunities` with back (0 for the quarter under review), is_won and size.
    """
    deals = data.decided
    back = quarters_back(deals["closed_on"], data.quarter)
    whole = [0]
    while len(whole) <= quarters and not bookings.is_cut(data, data.quarter.shift(-len(whole))):
        whole.append(len(whole))
    inside = back.isin(whole)
    rows = deals.loc[inside].assign(back=back[inside].astype("int64"))
    rows = rows.assign(is_won=rows["status"] == WON)
    return rows.assign(size=_sizes(rows, size_bounds(rows)))


def size_bounds(rows: pd.DataFrame) -> tuple[float, float] | None:
    """Return the amounts that part the team's earlier deals into thirds [money].

    The amount known at creation where the source gives one, else the last amount; None where the
    lost deals do not carry it, or too few deals were decided before.
    """
    amounts = _amounts(rows)
    known = amounts.loc[(rows["back"] > 0) & (amounts > 0)]
    if amounts.loc[rows["status"] == LOST].gt(0).mean() < _PRICED or len(known) < FEWEST_BEFORE:
        return None
    low, high = np.quantile(known, [1 / 3, 2 / 3])
    return (float(low), float(high)) if low < high else None


def _amounts(rows: pd.DataFrame) -> pd.Series:
    return rows["list_amount"] if rows["list_amount"].notna().any() else rows["amount"]


def _sizes(rows: pd.DataFrame, bounds: tuple[float, float] | None) -> pd.Series:
    if bounds is None:
        return pd.Series(pd.NA, index=rows.index, dtype="str")
    edges = [-np.inf, *bounds, np.inf]
    return pd.cut(_amounts(rows), edges, labels=list(SIZES)).astype("str")


def columns(rows: pd.DataFrame) -> list[str]:
    """Return the columns that part the deals of the quarter under review.

    A value that nearly all deals share would only repeat the team's own win rate.
    """
    now = rows.loc[rows["back"] == 0]
    shares = {name: now[name].value_counts(normalize=True, dropna=False) for name in COLUMNS}
    return [name for name, share in shares.items() if len(share) and share.iloc[0] <= _NEARLY_ALL]


def tables(data: Slice) -> dict[str, pd.DataFrame]:
    """Return the win rates of the quarter by every column that parts its deals."""
    rows = window(data)
    return {column: by(data, column, rows) for column in columns(rows)}


def by(data: Slice, column: str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the win rate of each value of a column, beside its own of the quarters before.

    Parameters
    ----------
    column : str
        One of `COLUMNS`.
    rows : DataFrame, optional
        The slice's `window`, where it has been gathered already.

    Returns
    -------
    DataFrame
        One row per value of the quarter, most decided first, sizes from small to large: value (NaN
        where none is named), won, decided, rate, low, high (95 %), steady with its bounds (drawn
        towards what is known of such rates), won_before, decided_before, before (up to eight whole
        quarters), difference with its bounds, average [money won a deal], early (too few deals),
        quarters (tuple of won and decided of each quarter before, the newest first), team (the
        same of all values together, those of no deal now included; alike in all rows).
    """
    deals = window(data) if rows is None else rows
    frame = _counts(data, deals, column)
    if frame.empty:
        return frame.reindex(columns=_RATES)
    prior = shrinkage.prior_for(data, column, frame["won"], frame["decided"])
    rate, before = frame["won"] / frame["decided"], frame["won_before"] / frame["decided_before"]
    low, high = proportion_confint(frame["won"], frame["decided"], alpha=ALPHA, method="wilson")
    least, most = shrinkage.difference(
        frame["won"], frame["decided"], frame["won_before"], frame["decided_before"]
    )
    frame = frame.assign(
        rate=rate,
        low=low.clip(0, 1),
        high=high.clip(0, 1),
        before=before,
        difference=rate - before,
        difference_low=least,
        difference_high=most,
        early=frame["decided"] < FEWEST_NOW,
        **shrinkage.posterior(frame["won"], frame["decided"], prior),
    )
    return _ordered(frame, column)[_RATES]


def _counts(data: Slice, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Count won and decided by value and quarter, what is withheld left out."""
    codes, values = pd.factorize(rows[column], use_na_sentinel=False)
    width = int(rows["back"].max()) + 1 if len(rows) else 1
    places = codes * width + rows["back"].to_numpy()

    def summed(weights: pd.Series) -> npt.NDArray[Any]:
        sums = np.bincount(places, weights.astype("float64"), minlength=len(values) * width)
        return sums.reshape(len(values), width)

    shown = _shown(data, column, pd.Series(values), width)
    won = (summed(rows["is_won"]) * shown).astype(int)
    decided = (summed(pd.Series(1.0, rows.index)) * shown).astype(int)
    priced = rows["is_won"] & rows["amount"].notna()
    money, deals = summed(rows["amount"].where(priced, 0.0)), summed(priced)
    team = money.sum() / deals.sum() if deals.sum() else np.nan
    mine = deals.sum(axis=1)
    frame = pd.DataFrame(
        {
            "value": values,
            "won": won[:, 0],
            "decided": decided[:, 0],
            "won_before": won[:, 1:].sum(axis=1),
            "decided_before": decided[:, 1:].sum(axis=1),
            "average": np.where(mine > 0, money.sum(axis=1) / np.maximum(mine, 1), team),
            "quarters": [_pairs(*both) for both in zip(won[:, 1:], decided[:, 1:], strict=True)],
        }
    )
    together = _pairs(won[:, 1:].sum(axis=0), decided[:, 1:].sum(axis=0))
    frame["team"] = [together] * len(frame)
    return frame.loc[frame["decided"] > 0]


def _pairs(won: npt.NDArray[Any], decided: npt.NDArray[Any]) -> tuple[tuple[int, int], ...]:
    return tuple(zip(won.tolist(), decided.tolist(), strict=True))


def _shown(data: Slice, column: str, values: pd.Series, width: int) -> npt.NDArray[np.bool_]:
    """Tell which values may be shown of which quarter: none that too few people hold."""
    shown = np.ones((len(values), width), dtype=bool)
    if column in HELD:
        for back in range(width):
            people = data.at(data.quarter.shift(-back)).holders(column)
            withheld = too_few(people, data.organisation.privacy)
            shown[:, back] = ~values.isin(withheld.index[withheld])
    return shown


def _ordered(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    rank = frame["value"].map({name: n for n, name in enumerate(SIZES)})
    first = rank if column == SIZE else -frame["decided"]
    ordered = frame.assign(_first=first).sort_values(["_first", "value"], kind="stable")
    return ordered.drop(columns="_first").reset_index(drop=True)


def claims(known: Mapping[str, pd.DataFrame]) -> list[Claim]:
    """Return what may be patterns: this quarter's rate of a value against its own before.

    Only values with enough deals now and before; and a value that no earlier deal had, against the
    team's own rate before. The money is what the difference was worth at the average amount.
    Where no loss is recorded at all, the record is to be doubted before the sales are praised.

    Parameters
    ----------
    known : mapping of str to DataFrame
        What `tables` returns.
    """
    found = []
    for column, frame in known.items():
        won, decided = int(frame["won"].sum()), int(frame["decided"].sum())
        if won == decided:
            continue
        for row in frame.loc[~frame["early"].astype(bool)].itertuples():
            earlier = row.quarters if row.decided_before else row.team
            before, of = (sum(one) for one in zip(*earlier, strict=True)) if earlier else (0, 0)
            if of >= FEWEST_BEFORE:
                chance = of_rate(row.won, row.decided, earlier)
                found.append(_claim(column, row, before / of, chance))
    return found


def _claim(column: str, row: pd.Series, usual: float, chance: float) -> Claim:
    money = (row.rate - usual) * row.decided * row.average
    name = "" if pd.isna(row.value) else str(row.value)
    n, good = int(row.decided), bool(row.rate >= usual)
    return Claim("rate", column, name, float(row.rate), usual, float(money), chance, n, good)
