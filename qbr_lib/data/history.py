"""What changed when: one frame of changes from events or snapshots.

The frame has the columns opportunity_id, at, field, old, new (texts; amounts "1234.50", days ISO),
sorted by deal, moment and the order of the file. A deal's value before its first recorded change is
that change's `old`; a deal without a recorded change has its row's value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from qbr_lib.schema import EVENT_FIELDS

COLUMNS = ["opportunity_id", "at", "field", "old", "new"]
STATE = ("stage", "amount", "expected_close_on", "owner_id", "forecast_category")
_HOLDERS = ("owner_id", "team_id")  # missing means unknown: kept snapshots may not tell the owner
DAY = pd.Timedelta(days=1)


def empty() -> pd.DataFrame:
    """Return a history without changes, its columns typed."""
    columns = {name: pd.Series(dtype="str") for name in COLUMNS}
    return pd.DataFrame(columns | {"at": pd.Series(dtype="datetime64[us]")})[COLUMNS]


@dataclass(frozen=True)
class History:
    """All recorded changes of an organisation.

    Parameters
    ----------
    changes : DataFrame
        See the module.
    kind : {"events", "snapshots"} or None
        What it was read from; None when there is neither.
    since : date or None
        The pipeline is known from the end of this day on; None where planned days are not recorded.
    contradictions : DataFrame
        opportunity_id, flag, detail: where the history disagrees with itself or with the deal.
    recorded : frozenset of str
        The fields that events record; all others come from snapshots.
    """

    changes: pd.DataFrame
    kind: Literal["events", "snapshots"] | None
    since: dt.date | None
    contradictions: pd.DataFrame
    recorded: frozenset[str] = frozenset()


def as_text(values: pd.Series) -> pd.Series:
    """Write a typed column as the changes write it: dot decimals with cents, ISO days."""
    if pd.api.types.is_datetime64_any_dtype(values):
        days: pd.Series = values.dt.strftime("%Y-%m-%d").astype("str")
        return days
    if pd.api.types.is_float_dtype(values):
        return values.map("{:.2f}".format, na_action="ignore").astype("str")
    return values.astype("str")


def as_typed(texts: pd.Series, like: pd.Series) -> pd.Series:
    """Read texts of the changes back into the type of a column."""
    if pd.api.types.is_datetime64_any_dtype(like):
        return pd.to_datetime(texts, format="%Y-%m-%d").astype(like.dtype)
    if pd.api.types.is_float_dtype(like):
        return pd.to_numeric(texts).astype("float64")
    return texts.astype("str")


def build(
    opportunities: pd.DataFrame,
    events: pd.DataFrame | None,
    snapshots: pd.DataFrame | None,
    *,
    day: dt.date,
    latest: dt.date,
    rejected: Collection[str] = (),
) -> History:
    """Gather the changes of all deals from events, else from snapshots.

    Events that do not record planned days, such as the stages of a CRM's list of deals, are no
    history of the pipeline: the fields that they lack come from snapshots.

    Seen from the newest day, a deal's row wins over the last recorded change where the two
    disagree; seen from an earlier day the row is a later fact, and only the history counts.

    Parameters
    ----------
    opportunities : DataFrame
        One row per deal as exported; `team_id` as resolved where snapshots have that column.
    events, snapshots : DataFrame or None
        Canonical tables, None or empty where absent; snapshots of earlier runs add `team_id`.
    day : date
        Contradictions are told of changes up to this day.
    latest : date
        The newest day of the data: when the rows were as exported.
    rejected : collection of str
        Deals whose row was rejected: their history is no stray.
    """
    changes, recorded = empty(), set[str]()
    flags = pd.DataFrame(columns=["opportunity_id", "flag", "detail"], dtype="str")
    if events is not None and len(events):
        recorded = set(events["field"])
        changes, flags = _from_events(
            opportunities, events, day if day < latest else None, set(rejected)
        )
    if "expected_close_on" in recorded:
        born = opportunities["created_on"].min()
        first = changes["at"].min() if pd.isna(born) else born
        since = None if pd.isna(first) else (first - DAY).date()
        return History(changes, "events", since, flags, frozenset(recorded))
    if snapshots is not None and len(snapshots):
        seen = _from_snapshots(opportunities, snapshots, latest)
        both = pd.concat([changes, seen.loc[~seen["field"].isin(recorded)]])
        since = snapshots["taken_on"].min().date()
        return History(_sorted(both), "snapshots", since, flags, frozenset(recorded))
    return History(changes, "events" if recorded else None, None, flags, frozenset(recorded))


def _from_events(
    opportunities: pd.DataFrame, events: pd.DataFrame, day: dt.date | None, rejected: set[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    end = pd.Timestamp.max if day is None else pd.Timestamp(day) + DAY
    known = events["opportunity_id"].isin(opportunities["opportunity_id"])
    early = events["changed_at"] < end
    orphans = events.loc[~known & early, "opportunity_id"].drop_duplicates()
    orphans = orphans.loc[~orphans.isin(rejected)]
    flags = [_flags(orphans, "event_without_deal")]
    order = ["opportunity_id", "field", "changed_at", *(["_row"] if "_row" in events else [])]
    frame = events.sort_values(order, kind="stable").reset_index(drop=True)
    flags.append(_closing_changed(frame.loc[frame["changed_at"] < end]))
    frame = frame.loc[frame["opportunity_id"].isin(opportunities["opportunity_id"])]
    group = frame.groupby(["opportunity_id", "field"], sort=False)
    before = group["new_value"].shift()
    first = group.cumcount() == 0
    old = frame["old_value"].where(frame["old_value"].notna() | first, before)
    gap = ~first & frame["old_value"].notna() & _differ(frame["old_value"], before)
    gap &= frame["changed_at"] < end
    flags.append(_flags(frame.loc[gap, "opportunity_id"], "history_gap", frame.loc[gap, "field"]))
    frame = frame.assign(old=old, new=frame["new_value"], at=frame["changed_at"])
    if day is None:
        frame, mended = _agree_with_rows(frame, opportunities)
        flags.append(mended)
    moved = _differ(frame["old"], frame["new"])
    return _sorted(frame.loc[moved]), pd.concat(flags, ignore_index=True)


def _agree_with_rows(
    frame: pd.DataFrame, opportunities: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let the deal's row win over the last recorded change of a field, and say where it had to."""
    rows = opportunities.set_index("opportunity_id")
    last = ~frame.duplicated(["opportunity_id", "field"], keep="last")
    new, flags = frame["new"].copy(), []
    for field in ("amount", "expected_close_on", "owner_id", "forecast_category", "status"):
        at = last & (frame["field"] == field)
        ids = frame.loc[at, "opportunity_id"]
        present = as_text(rows[field]).reindex(ids).set_axis(ids.index)
        wrong = present.notna() & _differ(present, frame.loc[at, "new"])
        new.loc[wrong.index[wrong]] = present[wrong]
        detail = field + ": " + frame.loc[at, "new"][wrong].fillna("–") + " / " + present[wrong]
        flags.append(_flags(ids[wrong], "history_contradicts_deal", detail))
    return frame.assign(new=new), pd.concat(flags, ignore_index=True)


def _closing_changed(frame: pd.DataFrame) -> pd.DataFrame:
    status = frame.loc[(frame["field"] == "status") & frame["new_value"].isin(["won", "lost"])]
    chain = status.groupby("opportunity_id")["new_value"].agg(" → ".join)
    several = chain[chain.str.contains("→")]
    return _flags(several.index.to_series(), "closing_changed", several)


def _from_snapshots(
    opportunities: pd.DataFrame, snapshots: pd.DataFrame, latest: dt.date
) -> pd.DataFrame:
    possible = [field for field in (*STATE, "team_id") if field in snapshots]
    fields = [field for field in possible if snapshots[field].notna().any()]
    known = snapshots["opportunity_id"].isin(opportunities["opportunity_id"])
    states = snapshots.loc[known, ["opportunity_id", "taken_on", *fields]]
    ends = opportunities["closed_on"].fillna(pd.Timestamp(latest))
    today = opportunities.assign(taken_on=ends)[["opportunity_id", "taken_on", *fields]]
    seen = today["opportunity_id"].isin(states["opportunity_id"])
    states = states.assign(_now=0)
    both = pd.concat([states, today.loc[seen].assign(_now=1)], ignore_index=True)
    both = both.sort_values(["opportunity_id", "_now", "taken_on"], kind="stable")
    pieces = []
    for field in fields:
        rows = both.loc[both[field].notna()] if field in _HOLDERS else both
        text = as_text(rows[field])
        old = text.groupby(rows["opportunity_id"], sort=False).shift()
        later = rows["opportunity_id"].duplicated()
        ended = (rows["_now"] == 1) & text.isna()  # closing empties fields; that is no change
        moved = later & _differ(old, text) & ~ended
        piece = rows.loc[moved, ["opportunity_id", "taken_on"]].rename(columns={"taken_on": "at"})
        pieces.append(piece.assign(field=field, old=old[moved], new=text[moved]))
    return _sorted(pd.concat(pieces, ignore_index=True)) if pieces else empty()


def _differ(left: pd.Series, right: pd.Series) -> pd.Series:
    return ~((left == right).fillna(False).astype(bool) | (left.isna() & right.isna()))


def _flags(ids: pd.Series, flag: str, detail: pd.Series | None = None) -> pd.DataFrame:
    values = detail.to_numpy() if detail is not None else [""] * len(ids)
    frame = {"opportunity_id": ids.to_numpy(), "flag": flag, "detail": values}
    return pd.DataFrame(frame).astype("str").drop_duplicates()


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    rank = frame["field"].map({field: n for n, field in enumerate(EVENT_FIELDS)})
    row = frame.get("_row", rank)
    ordered = frame.assign(_row=row, _rank=rank).sort_values(
        ["opportunity_id", "at", "_row", "_rank"], kind="stable"
    )
    typed = {"at": ordered["at"].astype("datetime64[us]")}
    return ordered.assign(**typed)[COLUMNS].reset_index(drop=True)


def cut(changes: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Return the changes up to the end of a day."""
    return changes.loc[changes["at"] < pd.Timestamp(day) + DAY].reset_index(drop=True)
