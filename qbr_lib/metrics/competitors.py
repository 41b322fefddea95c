"""What was noted of competitors in the quarter, beside the teams' own record against them."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics.bookings import closed
from qbr_lib.metrics.conversion import wilson
from qbr_lib.schema import LOST, WON

COLUMNS = ["competitor", "noted_on", "note", "source", "won", "decided", "low", "high"]


def notes(data: Slice) -> pd.DataFrame:
    """Return what was noted of competitors in the quarter, beside the teams' own record there.

    Returns
    -------
    DataFrame
        One row per note: competitor (spelled one way), noted_on, note, source, won and decided
        (deals of the quarter against it; 0 of 0 without any), low, high (possible win rates, NaN
        without any). Those that decided most deals stand first, their notes by day; empty where
        nothing was noted.
    """
    rows = data.tables["competitor_notes"]
    rows = rows.loc[rows["noted_on"].between(*data.quarter.span)]
    keyed = rows.assign(name=_alike(rows["competitor"]))
    told = keyed.merge(_record(data), on="name", how="left", validate="m:1")
    told = told.fillna({"won": 0, "decided": 0}).astype({"won": "int64", "decided": "int64"})
    ordered = told.sort_values(["decided", "name", "noted_on"], ascending=[False, True, True])
    spelled = ordered.groupby("name")["competitor"].transform("first")
    return ordered.assign(competitor=spelled)[COLUMNS].reset_index(drop=True)


def _record(data: Slice) -> pd.DataFrame:
    """Return won, decided and possible win rates of the quarter by competitor."""
    rows = pd.concat([closed(data, data.quarter, status) for status in (WON, LOST)])
    won = (rows["status"] == WON).groupby(_alike(rows["competitor"]))
    counts = won.agg(won="sum", decided="size").rename_axis("name").reset_index()
    bounds = [wilson(w, n) for w, n in zip(counts["won"], counts["decided"], strict=True)]
    return counts.assign(low=[low for low, _ in bounds], high=[high for _, high in bounds])


def _alike(names: pd.Series) -> pd.Series:
    """Return names as they are compared: typed by two people they differ in case and spaces."""
    return names.str.strip().str.casefold()
