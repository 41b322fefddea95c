"""Deals decided, won and their value by quarter and cell, such as a product, and drawn again."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from scipy import sparse

from qbr_lib.data.holders import HELD, too_few
from qbr_lib.data.slices import Slice
from qbr_lib.metrics import bookings
from qbr_lib.metrics.decomposition import Array
from qbr_lib.periods import Quarter
from qbr_lib.schema import WON

SAMPLES = 400
WITHHELD = "\N{HORIZONTAL ELLIPSIS}"
_CHUNK, _FEWEST_A_VALUE = 50, 2


def decided(data: Slice, quarters: list[Quarter]) -> pd.DataFrame:
    """Return the deals decided in the quarters with place (of the quarter), won, value [money]."""
    deals = data.decided
    first, end = (
        np.array([np.datetime64(day, "us") for day in days])
        for days in (
            [one.first_day for one in quarters],
            [one.last_day + dt.timedelta(days=1) for one in quarters],
        )
    )
    day = deals["closed_on"].to_numpy(dtype="datetime64[us]")
    place = np.searchsorted(first, day, side="right") - 1
    inside = (place >= 0) & (day < end[place])
    rows = deals.loc[inside].assign(place=place[inside])
    won = rows["status"] == WON
    rows = rows.assign(won=won, value=rows["amount"].where(won, 0.0).fillna(0.0))
    return rows.sort_values("opportunity_id", kind="stable")


def mixed_by(data: Slice, rows: pd.DataFrame) -> str:
    """Return what to tell the mix by; a column of one value, or of hardly any twice, tells none."""
    for column in ("product", "segment"):
        if data.has("opportunities", column):
            values = rows[column].fillna("").nunique()
            if 1 < values <= len(rows) / _FEWEST_A_VALUE:
                return column
    return ""


def celled(
    data: Slice, rows: pd.DataFrame, column: str, quarters: list[Quarter]
) -> tuple[pd.DataFrame, pd.Index]:
    """Return the deals with the number of their cell, and the names of all cells, sorted.

    Cells that too few people hold are one, as the organisation's privacy asks; those too that too
    few held in the quarter before, whose figures stand beside.

    Parameters
    ----------
    quarters : list of Quarter
        The places of the rows; the last two stand beside each other.
    """
    values = rows[column].fillna("") if column else pd.Series("", index=rows.index)
    if column in HELD and data.organisation.privacy.people != "named":
        values = values.mask(values.isin(_withheld(data, rows, column, quarters)), WITHHELD)
    codes, names = pd.factorize(values, sort=True)
    return rows.assign(cell=codes), pd.Index(names)


def _withheld(data: Slice, rows: pd.DataFrame, column: str, quarters: list[Quarter]) -> set[str]:
    found: set[str] = set()
    for place, quarter in [*enumerate(quarters)][-2:]:
        people = data.at(quarter).holders(column)
        shown = people.index[~too_few(people, data.organisation.privacy)]
        if len(people):
            found |= set(rows.loc[rows["place"] == place, column].dropna()).difference(shown)
    return found


def sums(rows: pd.DataFrame, quarters: int, cells: int) -> Array:
    """Return decided, won and value of each quarter and cell."""
    sums = np.zeros((quarters, cells, 3))
    counted = np.stack([np.ones(len(rows)), rows["won"], rows["value"]], axis=1)
    np.add.at(sums, (rows["place"].to_numpy(), rows["cell"].to_numpy()), counted)
    return sums


def drawn(
    rows: pd.DataFrame, cells: int, random: np.random.Generator, samples: int = SAMPLES
) -> Array:
    """Return decided, won and value by cell, each deal taken as often as chance has it.

    Poisson bootstrap: lost deals are alike, so only their number is drawn.
    """
    won = rows.loc[rows["won"]]
    lost = np.bincount(rows.loc[~rows["won"], "cell"], minlength=cells)
    own, value = won["cell"].to_numpy(), won["value"].to_numpy()
    member = sparse.csr_array(
        (np.ones(len(won)), (np.arange(len(won)), own)), shape=(len(won), cells)
    )
    pieces = [np.empty((0, cells, 2))]
    for _ in range(samples // _CHUNK):  # in pieces, for the memory of a large company
        times = random.poisson(1.0, (_CHUNK, len(won))).astype("float64")
        pieces.append(np.stack([times @ member, (times * value) @ member], axis=-1))
    counted = np.concatenate(pieces)
    decided = counted[..., 0] + random.poisson(lost, (samples, cells))
    return np.concatenate([decided[..., None], counted], axis=-1)


def looked_at(data: Slice, then: Quarter) -> list[Quarter]:
    """Return the quarters looked at, oldest first: the earlier whole ones, `then`, and this one.

    The swings of the year before are not told: its pairs would overlap.
    """
    if then != data.quarter.previous:
        return [then, data.quarter]
    began, found = data.decided["closed_on"].min(), [data.quarter, then]
    while pd.Timestamp(found[-1].previous.first_day) > began:
        if bookings.is_cut(data, found[-1].previous):
            break
        found.append(found[-1].previous)
    return found[::-1]
