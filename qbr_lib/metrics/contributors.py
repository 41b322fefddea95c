"""Where a change of revenue came from: product, segment, territory, and the deals behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import deals, decomposition, drivers
from qbr_lib.metrics.decomposition import DECIDED, EFFECTS, VALUE, Array
from qbr_lib.metrics.decomposition import WON as COUNT
from qbr_lib.metrics.drivers import Comparison
from qbr_lib.periods import Quarter

COLUMNS = ("product", "segment", "territory")


def drill(found: Comparison) -> pd.DataFrame:
    """Return the effects in each cell, the largest change first.

    Returns
    -------
    DataFrame
        name, decided_then, decided_now, won_then, won_now [counts], change [money], and one column
        for each of `EFFECTS` [money, in cents]: they add up to the change of the cell across, and
        to the effect of the whole down, so all of them to the change of revenue.
    """
    then, now = found.sums
    frame = pd.DataFrame(
        {
            "name": found.names,
            "decided_then": then[:, DECIDED].astype("int64"),
            "decided_now": now[:, DECIDED].astype("int64"),
            "won_then": then[:, COUNT].astype("int64"),
            "won_now": now[:, COUNT].astype("int64"),
            "change": (now[:, VALUE] - then[:, VALUE]).round(2) + 0.0,
        }
    )
    order = np.lexsort((found.names, -frame["change"].abs()))
    ordered = frame.iloc[order].reset_index(drop=True)
    return ordered.join(_in_cents(found.cells[order], ordered["change"], found.effects))


def _in_cents(cells: Array, changes: pd.Series, effects: dict[str, float]) -> pd.DataFrame:
    """Return the effects in cents that add up across and down."""
    rows = [decomposition.cents(one, to) for one, to in zip(cells, changes, strict=True)]
    frame = pd.DataFrame(rows, columns=list(EFFECTS))
    # What rounding leaves over down the columns adds up to nothing, so one row can take it all.
    frame.iloc[0] += pd.Series(effects) - frame.sum()
    return frame.round(2) + 0.0


def drills(data: Slice, then: Quarter) -> dict[str, Comparison]:
    """Return the comparison by every column that divides the deals, in the order of `COLUMNS`.

    Each adds up to the same change; what counts as mix and what as win rate depends on the column.
    """
    given = [one for one in COLUMNS if data.has("opportunities", one)]
    found = {one: drivers.compared(data, then, one, samples=0) for one in given}
    return {one: by for one, by in found.items() if len(by.names) > 1}


def behind(data: Slice, found: Comparison, factor: str, n: int = 8) -> pd.DataFrame:
    """Return the deals behind a factor: those decided in the cell it moved most, either quarter.

    Deal size is a matter of the deals won alone.

    Parameters
    ----------
    factor : str
        One of `EFFECTS`.
    n : int
        How many deals at most, the largest.

    Returns
    -------
    DataFrame
        As `deals.named`, with quarter, status, and cell (the same in all rows).
    """
    moved = found.cells[:, EFFECTS.index(factor)] * np.sign(found.effects[factor])
    rows = found.deals.loc[found.deals["cell"] == found.names[int(np.argmax(moved))]]
    if factor == "deal_size":
        rows = rows.loc[rows["won"]]
    order = {"by": ["amount", "opportunity_id"], "ascending": [False, True]}
    rows = rows.sort_values(**order, na_position="last", kind="stable").head(n)
    told = rows[["quarter", "status", "cell"]].reset_index(drop=True)
    return deals.named(data, rows).join(told)


def shifted(found: Comparison) -> tuple[str, str]:
    """Return the cells whose share of the decided deals grew and fell most; empty where none."""
    decided = found.sums[:, :, DECIDED]
    moved = pd.Series(np.diff(decided / decided.sum(axis=1, keepdims=True), axis=0)[0], found.names)
    if moved.abs().max() == 0:
        return "", ""
    return str(moved.idxmax()), str(moved.idxmin())


def only(found: Comparison, side: str) -> list[str]:
    """Return the cells in which deals were decided on one side alone: "new" or "vanished"."""
    then, now = found.sums[:, :, DECIDED] > 0
    alone = now & ~then if side == "new" else then & ~now
    return [name for name, told in zip(found.names, alone, strict=True) if told]
