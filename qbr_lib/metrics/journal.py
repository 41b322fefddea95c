"""What is recorded of every deal, as plain rows: its state as of the day, and each change of it.

Movements are replayed from it in plain Python: most deals have no or few changes within a quarter,
and a loop over those is faster than frames, and can be read beside the definition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.schema import OPEN

_FIELDS = ("expected_close_on", "amount", "team_id", "removed", "status")


class Change(NamedTuple):
    """One recorded change of a deal."""

    at: dt.datetime
    field: str
    old: Any
    new: Any


class Row(NamedTuple):
    """What the row of a deal says as of the day; the planned day as ISO text, missing as None."""

    opportunity_id: str
    created_on: dt.datetime | None
    closed_on: dt.datetime | None
    status: str
    team_id: str
    amount: float
    planned: str | None
    removed: bool


@dataclass(frozen=True)
class Journal:
    """The rows and recorded changes of all deals of a slice, ready to be replayed.

    The days stand beside the rows as arrays too, missing as NaT, to pick a quarter's deals by.
    """

    rows: tuple[Row, ...]
    changes: Mapping[str, list[Change]]
    created: npt.NDArray[np.datetime64]
    closed: npt.NDArray[np.datetime64]

    def between(self, first: dt.datetime, end: dt.datetime) -> Iterator[Row]:
        """Return the deals that were created before the end and not closed before the first."""
        gone = (self.closed < np.datetime64(first)) | (self.created >= np.datetime64(end))
        return (self.rows[n] for n in np.flatnonzero(~gone))


def gather(data: Slice) -> Journal:
    """Gather a slice's rows and changes once, for the bridges of several quarters."""
    deals = data.opportunities
    planned = deals["expected_close_on"].dt.strftime("%Y-%m-%d")
    columns = [
        deals["opportunity_id"].to_numpy(dtype=object),
        _moments(deals["created_on"]),
        _moments(deals["closed_on"]),
        deals["status"].to_numpy(dtype=object),
        deals["team_id"].to_numpy(dtype=object),
        deals["amount"].fillna(0.0).to_numpy(),
        _texts(planned),
        deals["removed_on"].notna().to_numpy(),
    ]
    rows = tuple(Row(*values) for values in zip(*columns, strict=True))
    changes: dict[str, list[Change]] = {}
    if data.history is not None:
        told = data.history.loc[data.history["field"].isin(_FIELDS)]
        texts = [_texts(told[name]) for name in ("opportunity_id", "field", "old", "new")]
        for at, deal, *what in zip(_moments(told["at"]), *texts, strict=True):
            changes.setdefault(deal, []).append(Change(at, *what))
    closed = deals["closed_on"].where(deals["status"] != OPEN)
    return Journal(rows, changes, deals["created_on"].to_numpy(), closed.to_numpy())


def _moments(days: pd.Series) -> list[dt.datetime | None]:
    """Return moments as Python's own, missing as None: a replay compares them a thousand times."""
    found: list[dt.datetime | None] = days.to_numpy(dtype="datetime64[us]").tolist()
    return found


def _texts(values: pd.Series) -> npt.NDArray[np.object_]:
    """Return texts as Python's own, missing as None."""
    found = values.to_numpy(dtype=object, copy=True)
    found[values.isna().to_numpy()] = None
    return found
