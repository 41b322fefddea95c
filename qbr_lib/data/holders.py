"""How many people hold what: a figure of too few of them is theirs, not a group's.

Counted while owners are still known, kept without them.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from qbr_lib.measures import N_
from qbr_lib.parameters import Privacy
from qbr_lib.periods import Quarter
from qbr_lib.schema import OPEN

COLUMNS = ["scope", "scope_id", "column", "value", "quarter", "people"]
HELD = ("account_id", "territory")  # what a CRM gives to one person
TOO_FEW = N_("fewer than {n} people hold it")


def count(deals: pd.DataFrame, teams: pd.DataFrame, *, as_of: dt.date, starts: int) -> pd.DataFrame:
    """Count the owners of the deals that were running or decided in a quarter, by what they hold.

    Parameters
    ----------
    deals : DataFrame
        As of the day, with `removed_on`, teams resolved.
    teams : DataFrame
        The canonical table, for the groups.
    as_of : date
        Open deals run until then.
    starts : int
        Month in which the fiscal year starts.

    Returns
    -------
    DataFrame
        `COLUMNS`: one row per team, group or company, column of `HELD`, value and quarter.
    """
    rows = _spans(deals.loc[deals["removed_on"].isna() & deals["owner_id"].notna()], as_of, starts)
    group = rows["team_id"].map(teams.set_index("team_id")["group"])
    scopes = {"team": rows["team_id"], "group": group, "company": pd.Series("", index=rows.index)}
    pieces = []
    for column in HELD:
        for scope, ids in scopes.items():
            named = rows.assign(scope=scope, scope_id=ids, column=column, value=rows[column])
            keys = [*COLUMNS[:-2], "owner_id", "first", "last"]
            pieces.append(named.dropna(subset=["scope_id", "value"])[keys].drop_duplicates())
    each = _each_quarter(pd.concat(pieces, ignore_index=True), starts)
    people = each.groupby(COLUMNS[:-1])["owner_id"].nunique()
    return people.rename("people").reset_index()[COLUMNS]


def _spans(deals: pd.DataFrame, as_of: dt.date, starts: int) -> pd.DataFrame:
    """Return deals with the number of their first and last quarter."""
    end = deals["closed_on"].where(deals["status"] != OPEN, pd.Timestamp(as_of))
    begin = deals["created_on"].fillna(end).where(lambda day: day <= end, end)
    return deals.assign(first=_number(begin, starts), last=_number(end, starts))


def _number(day: pd.Series, starts: int) -> pd.Series:
    number: pd.Series = (day.dt.year * 12 + day.dt.month - starts) // 3
    return number


def _each_quarter(spans: pd.DataFrame, starts: int) -> pd.DataFrame:
    length = (spans["last"] - spans["first"] + 1).to_numpy(dtype="int64")
    rows = spans.loc[spans.index.repeat(length)]
    step = np.arange(length.sum()) - np.repeat(length.cumsum() - length, length)
    number = rows["first"] + step
    names = {n: str(_quarter(int(n), starts)) for n in number.unique()}
    return rows.assign(quarter=number.map(names).astype("str"))


def _quarter(number: int, starts: int) -> Quarter:
    month = number * 3 + starts - 1
    return Quarter.containing(dt.date(month // 12, month % 12 + 1, 1), starts=starts)


def too_few(people: pd.Series, privacy: Privacy) -> pd.Series:
    """Tell which values of a breakdown are withheld, since too few people hold them.

    Where any is, the smallest of the others is withheld with it: else the difference to the
    team's total, which is always shown, would tell what the page does not.

    Parameters
    ----------
    people : Series
        How many people hold each value, as `Slice.holders` returns it.

    Returns
    -------
    Series of bool
        Indexed as given; the reason to tell is `TOO_FEW`, with `n` the organisation's minimum.
    """
    few = people < privacy.minimum_group
    if privacy.people == "named" or not few.any():
        return few & False
    rest = people.loc[~few]
    return few | (people.index == rest.idxmin()) if len(rest) else few


def each_person(people: int, privacy: Privacy) -> bool:
    """Tell whether a breakdown per person may be shown for a group of so many people."""
    if privacy.people == "named":
        return True
    return privacy.people == "pseudonym" and people >= privacy.minimum_group
