"""How deals went through the stages: every visit to a stage, and every passage through one.

Three grades of data tell it: A, every change of stage is recorded; B, the stage is seen whenever a
snapshot is taken; C, only the last stage of a deal is known.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.schema import LOST, OPEN, WON

Grade = Literal["A", "B", "C"]
ENDED_LOST, STILL_OPEN = -1, -2


def grade(data: Slice) -> Grade | None:
    """Return what the data tells of stages; None where they are unknown or have no order."""
    if not data.organisation.stages:
        return None
    if _order(_changes(data)["new"], data).notna().any():
        recorded = data.history_kind == "events" or "stage" in data.event_fields
        return "A" if recorded else "B"
    known = data.has("opportunities", "stage")
    return "C" if known and _order(data.opportunities["stage"], data).notna().any() else None


def _order(names: pd.Series, data: Slice) -> pd.Series:
    """Return the place of each stage in the organisation's order; NaN for any other name."""
    places = {name: n for n, name in enumerate(data.organisation.stages)}
    return names.map(places).astype("float64")


def _changes(data: Slice) -> pd.DataFrame:
    if data.history is None:
        return pd.DataFrame(columns=["opportunity_id", "at", "field", "old", "new"])
    deals = data.opportunities
    own = deals.loc[deals["team_id"].isin(data.team_ids), "opportunity_id"]  # not those handed on
    told = data.history.loc[data.history["field"] == "stage"]
    return told.loc[told["opportunity_id"].isin(own)]


def visits(data: Slice) -> pd.DataFrame:
    """Return every visit of a deal to a stage, up to `as_of`; grades A and B.

    Returns
    -------
    DataFrame
        By deal and day: deal (its label in `opportunities`), stage (its place in the organisation's
        order), since (NaT where it began before anything was recorded), until (NaT while it lasts),
        next (place of the next stage, the number of stages for won, `ENDED_LOST`, or `STILL_OPEN`;
        a removed deal counts as still open until that day). Stages outside the order are passed
        over.
    """
    deals = data.opportunities
    deals = deals.loc[deals["team_id"].isin(data.team_ids)]
    told = _changes(data)
    place = pd.Index(deals["opportunity_id"]).get_indexer(told["opportunity_id"])
    told = told.assign(place=place)
    begin = told["at"].min().normalize()
    stage, since = _beginnings(deals, told, begin, data)
    points = pd.DataFrame(
        {
            "place": np.concatenate([np.arange(len(deals)), told["place"]]),
            "stage": np.concatenate([stage, _order(told["new"], data)]),
            "since": np.concatenate([since, told["at"].dt.normalize()]),
            "rank": np.arange(len(deals) + len(told)),  # changes stand by moment already
        }
    ).dropna(subset="stage")
    points = points.sort_values(["place", "rank"], ignore_index=True)
    end = deals["closed_on"].where(deals["status"] != OPEN, deals["removed_on"]).to_numpy()
    over = end[points["place"]]
    points = points.loc[~(points["since"] > over)].reset_index(drop=True)
    again = points[["place", "stage"]].eq(points[["place", "stage"]].shift()).all(axis=1)
    points = points.loc[~again].reset_index(drop=True)
    return _chained(points, deals, end, len(data.organisation.stages))


def _beginnings(
    deals: pd.DataFrame, told: pd.DataFrame, begin: pd.Timestamp, data: Slice
) -> tuple[pd.Series, pd.Series]:
    """Return the stage each deal began in, and since when.

    It is the one before the first change, else the row's, else the first. A deal that was there
    before anything was recorded entered its stage on an unknown day.
    """
    first = told.drop_duplicates("place")
    stage = _order(deals["stage"], data).fillna(0.0).to_numpy(copy=True)
    stage[first["place"]] = _order(first["old"], data)
    return pd.Series(stage), deals["created_on"].where(deals["created_on"] >= begin)


def _chained(points: pd.DataFrame, deals: pd.DataFrame, end: Any, won: int) -> pd.DataFrame:
    """Let every visit last until the next one, the last until the deal's end."""
    place = points["place"].to_numpy()
    last = np.append(place[1:] != place[:-1], True)[: len(place)]  # none where none is known
    codes = deals["status"].map({WON: won, LOST: ENDED_LOST, OPEN: STILL_OPEN}).to_numpy()
    return pd.DataFrame(
        {
            "deal": deals.index.to_numpy()[place],
            "stage": points["stage"].astype("int64"),
            "since": points["since"],
            "until": points["since"].shift(-1).where(~last, pd.Series(end[place])),
            "next": points["stage"].shift(-1).where(~last, pd.Series(codes[place])).astype("int64"),
        }
    )


def passages(seen: pd.DataFrame, data: Slice) -> pd.DataFrame:
    """Return every deal's passage through each stage that it entered on a known day.

    A passage ends with the first later stage, with the deal won or lost; a step back does not end
    it.

    Parameters
    ----------
    seen : DataFrame
        What `visits` returns.

    Returns
    -------
    DataFrame
        deal, stage, entered, until (the last day it was seen where it has not ended; both as days
        since 1970), outcome ("on", "lost" or "open").
    """
    won, day = len(data.organisation.stages), pd.Timestamp(data.as_of)
    ends = seen.drop_duplicates("deal", keep="last").set_index("deal")
    ends = ends.assign(until=ends["until"].fillna(day))
    found = []
    for stage in range(won):
        here = seen.loc[seen["stage"] == stage].drop_duplicates("deal")
        visit = pd.Series(here.index, here["deal"])  # visits stand in their order
        ahead = seen.loc[seen["stage"] > stage]
        ahead = ahead.loc[ahead.index > ahead["deal"].map(visit).fillna(np.inf)]
        on = ahead.drop_duplicates("deal").set_index("deal")["since"].reindex(here["deal"])
        final = ends.reindex(here["deal"])
        went, lost = on.notna() | (final["next"] == won), final["next"] == ENDED_LOST
        piece = pd.DataFrame(
            {
                "deal": here["deal"].to_numpy(),
                "stage": stage,
                "entered": _day(here["since"]),
                "until": _day(on.fillna(final["until"])),
                "outcome": np.where(went, "on", np.where(lost, "lost", "open")),
            }
        )
        found.append(piece.loc[here["since"].notna().to_numpy()])
    return pd.concat(found, ignore_index=True)


def _day(days: pd.Series) -> npt.NDArray[np.int64]:
    return days.to_numpy().astype("datetime64[D]").astype("int64")


def furthest(data: Slice, seen: pd.DataFrame | None) -> pd.Series:
    """Return the furthest stage of every deal, NaN where it is unknown; by label of the deal.

    Parameters
    ----------
    seen : DataFrame or None
        What `visits` returns; None where only the last stage is known (grade C).
    """
    if seen is None:
        return _order(data.opportunities["stage"], data)
    return seen.groupby("deal")["stage"].max().astype("float64")
