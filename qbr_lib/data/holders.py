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
HELD = ("territory",)  # what a CRM gives to few; an account has one owner, so it needs no count
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
    pieces = [
        _people(rows.assign(scope_id=ids, value=rows[column])).assign(scope=scope, column=column)
        for column in HELD
        for scope, ids in scopes.items()
    ]
    counted = pd.concat(pieces, ignore_index=True)
    names = {number: str(_quarter(number, starts)) for number in counted["quarter"].unique()}
    quarter = counted["quarter"].map(names).astype("str")
    return counted.assign(quarter=quarter)[COLUMNS].astype({"scope_id": "str", "value": "str"})


def _spans(deals: pd.DataFrame, as_of: dt.date, starts: int) -> pd.DataFrame:
    """Return deals with the number of their first and last quarter."""
    end = deals["closed_on"].where(deals["status"] != OPEN, pd.Timestamp(as_of))
    begin = deals["created_on"].fillna(end).where(lambda day: day <= end, end)
    return deals.assign(first=_number(begin, starts), last=_number(end, starts))


def _number(day: pd.Series, starts: int) -> pd.Series:
    number: pd.Series = (day.dt.year * 12 + day.dt.month - starts) // 3
    return number


def _people(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the people of each scope and value in each quarter (its number)."""
    keys = ["scope_id", "value", "owner_id"]
    coded = rows[[*keys, "first", "last"]].dropna().astype(dict.fromkeys(keys, "category"))
    spans = coded.drop_duplicates()
    length = (spans["last"] - spans["first"] + 1).to_numpy(dtype="int64")
    step = np.arange(length.sum()) - np.repeat(length.cumsum() - length, length)
    each = spans.loc[spans.index.repeat(length), [*keys, "first"]]
    each = each.assign(quarter=each["first"] + step).drop_duplicates([*keys, "quarter"])
    sizes = each.groupby(["scope_id", "value", "quarter"], observed=True).size()
    return sizes.rename("people").reset_index()


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
