"""Amounts in the organisation's currency: one rate per deal."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from qbr_lib.errors import DataError

_PROOF = 20  # amounts
_MONEY = ("amount", "list_amount")


def rates(
    deals: pd.DataFrame, fx_rates: pd.DataFrame | None, currency: str, *, as_of: dt.date
) -> pd.Series:
    """Return each deal's rate: that of its closing day, for open deals that of `as_of`.

    Returns
    -------
    Series
        Organisation's currency per unit of the deal's; 1 for its own or no currency, NaN where
        `fx_rates` has no rate by that day.
    """
    foreign = deals["currency"].notna() & (deals["currency"] != currency)
    rate = pd.Series(1.0, index=deals.index).mask(foreign)
    if fx_rates is None or not foreign.any():
        return rate
    day = deals["closed_on"].fillna(pd.Timestamp(as_of))
    asked = pd.DataFrame({"currency": deals["currency"], "day": day, "index": deals.index})[foreign]
    found = pd.merge_asof(
        asked.sort_values("day"),
        fx_rates[["currency", "valid_from", "rate"]].sort_values("valid_from"),
        left_on="day",
        right_on="valid_from",
        by="currency",
    ).set_index("index")["rate"]
    return rate.fillna(found)


def refuse_unknown(deals: pd.DataFrame, rate: pd.Series, currency: str) -> None:
    """Refuse an export of which every amount would be unknown.

    Raises
    ------
    DataError
        If no amount has a rate; of a handful that is no proof of a wrong currency.
    """
    valued = deals["amount"].notna()
    if valued.sum() < _PROOF or rate[valued].notna().any():
        return
    named = deals.loc[valued, "currency"].mode()[0]
    raise DataError(
        "No amount can be told in the organisation's currency",
        where="org.yml, 'currency'",
        got=f"'{currency}', while all {valued.sum()} amounts are in others, most in '{named}'",
        wanted=f"'{named}', or exchange rates that begin by the days of the deals",
        edit=f"write 'currency: {named}' in org.yml, or fill the table fx_rates",
    )


def convert(deals: pd.DataFrame, rate: pd.Series) -> pd.DataFrame:
    """Return the deals with their amounts in the organisation's currency, rounded to cents."""
    return deals.assign(**{name: (deals[name] * rate).round(2) for name in _MONEY})


def convert_changes(changes: pd.DataFrame, deals: pd.DataFrame, rate: pd.Series) -> pd.DataFrame:
    """Return the history with the amounts of foreign deals at their deal's one rate."""
    by_deal = pd.Series(rate.to_numpy(), index=deals["opportunity_id"])
    own = changes["opportunity_id"].map(by_deal[by_deal != 1.0])
    money = (changes["field"] == "amount") & changes["opportunity_id"].isin(
        by_deal.index[by_deal != 1.0]
    )
    if not money.any():
        return changes
    texts = {
        side: changes[side].mask(
            money,
            (pd.to_numeric(changes[side].where(money)) * own).map(
                "{:.2f}".format, na_action="ignore"
            ),
        )
        for side in ("old", "new")
    }
    return changes.assign(**texts)
