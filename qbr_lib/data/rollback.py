"""The deals as they stood at the end of a day: what was known then, nothing later."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from qbr_lib.data.history import DAY, STATE, History, as_text, as_typed
from qbr_lib.schema import OPEN


def value_at(
    changes: pd.DataFrame, field: str, day: dt.date, present: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Return a field's text at the end of a day, and the moment it took that value.

    Parameters
    ----------
    present : Series
        The row's texts, indexed by opportunity_id.

    Returns
    -------
    tuple of Series
        Texts and moments (NaT where the value is older than the records), both indexed as given.
    """
    end = pd.Timestamp(day) + DAY
    own = changes.loc[changes["field"] == field]
    past = own.loc[own["at"] < end].drop_duplicates("opportunity_id", keep="last")
    later = own.loc[own["at"] >= end].drop_duplicates("opportunity_id", keep="first")
    past, later = past.set_index("opportunity_id"), later.set_index("opportunity_id")
    inherited = later["old"].reindex(present.index).where(present.index.isin(later.index), present)
    value = past["new"].reindex(present.index).where(present.index.isin(past.index), inherited)
    return value.astype("str"), past["at"].reindex(present.index)


def roll_back(
    opportunities: pd.DataFrame, history: History, day: dt.date, *, latest: dt.date
) -> pd.DataFrame:
    """Return the deals as they stood at the end of a day.

    Rows created later do not exist. Deals closed later are open and their closing fields empty.
    Stage, amount and planned day come from the history; without one, the stage of a day before
    `latest` is unknown and the amount is the `list_amount` known at creation.

    Returns
    -------
    DataFrame
        The rows that existed, with the additional column `removed_on` (a removed deal is open and
        counts nowhere from that day on).
    """
    when = pd.Timestamp(day)
    born = opportunities["created_on"].isna() | (opportunities["created_on"] <= when)
    deals = opportunities.loc[born].set_index("opportunity_id", drop=False).rename_axis(None)
    deals = _status_at(deals, history.changes, day)
    tracked = set(history.changes["field"].unique())
    for field in STATE:
        if field in tracked and (field != "stage" or day < latest):
            text, _ = value_at(history.changes, field, day, as_text(deals[field]))
            deals[field] = as_typed(text, deals[field])
    if day < latest:
        deals = _forget(deals, opportunities, history.changes, when)
    return _removed(deals, history.changes, day).reset_index(drop=True)


def _status_at(deals: pd.DataFrame, changes: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    when = pd.Timestamp(day)
    settled = deals["closed_on"].notna() & (deals["closed_on"] <= when)
    status, since = value_at(changes, "status", day, deals["status"].where(settled, OPEN))
    then_closed = ~settled & status.isin(["won", "lost"]) & since.notna()
    closed_on = deals["closed_on"].where(settled)
    closed_on = closed_on.where(~then_closed, since.dt.normalize())
    state = deals["status"].where(settled, status.where(then_closed, OPEN))
    blank = {name: deals[name].where(settled) for name in ("reason", "competitor")}
    return deals.assign(status=state.astype("str"), closed_on=closed_on, **blank)


def _forget(
    deals: pd.DataFrame, opportunities: pd.DataFrame, changes: pd.DataFrame, when: pd.Timestamp
) -> pd.DataFrame:
    """Empty what the rows only know since a later day.

    A deal that closed later keeps a value only where its own history gives it; a deal still open
    keeps its row's value where the system records that field at all.
    """
    running = deals["status"] == OPEN
    ended = opportunities.set_index("opportunity_id")["closed_on"].reindex(deals.index)
    closed_later = ended.notna() & (ended > when)

    def unknown(field: str) -> pd.Series:
        own = changes.loc[changes["field"] == field, "opportunity_id"]
        recorded = deals["opportunity_id"].isin(own)
        return ~recorded & (closed_later | (running & own.empty))

    no_plans = not (changes["field"] == "expected_close_on").any()
    return deals.assign(
        stage=deals["stage"].mask(unknown("stage")),
        amount=deals["amount"].mask(unknown("amount"), deals["list_amount"]),
        forecast_category=deals["forecast_category"].mask(unknown("forecast_category")),
        expected_close_on=deals["expected_close_on"].mask(closed_later & no_plans),
    )


def _removed(deals: pd.DataFrame, changes: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    no = pd.Series("false", index=deals.index, dtype="str")
    value, since = value_at(changes, "removed", day, no)
    gone = value == "true"
    return deals.assign(
        removed_on=since.dt.normalize().where(gone).astype("datetime64[us]"),
        status=deals["status"].mask(gone, OPEN).astype("str"),
        closed_on=deals["closed_on"].mask(gone),
    )
