"""The rejected deals: no figure counts them, but how far they could move one can be told."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from qbr_lib.data import currency, ownership
from qbr_lib.data.validate import Checked
from qbr_lib.schema import OPEN

COLUMNS = [
    *("team_id", "status", "created_on", "closed_on", "expected_close_on", "amount", "fault"),
]


def deals(checked: Checked, money: str, *, day: dt.date, latest: dt.date) -> pd.DataFrame:
    """Return what is known of the rejected deals as of a day, without ids, names and people.

    Parameters
    ----------
    checked : Checked
        As read.
    money : str
        The organisation's currency.

    Returns
    -------
    DataFrame
        One row per deal: an id that stands in several rows is one, the largest of them. team_id
        as for any deal, `unassigned` where the row tells none; status, days and amount [money]
        missing where they could not be read; closed_on missing too where it cannot be right.
    """
    rows, end = checked.unusable, pd.Timestamp(day)
    rows = rows.loc[~(rows["created_on"] > end)].reset_index(drop=True)
    rate = currency.rates(rows, checked.tables.get("fx_rates"), money, as_of=day)
    later = rows["closed_on"] > end
    wrong = later | (rows["closed_on"] < rows["created_on"])
    known = currency.convert(rows, rate).assign(
        team_id=ownership.present(rows, checked.tables, latest),
        status=rows["status"].mask(later, OPEN),
        closed_on=rows["closed_on"].mask(wrong),
    )
    largest = known.sort_values("amount", ascending=False, kind="stable")
    again = largest["opportunity_id"].notna() & largest["opportunity_id"].duplicated()
    return largest.loc[~again, COLUMNS].sort_index().reset_index(drop=True)
