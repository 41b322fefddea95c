"""The first promise within one workbook: what must add up does, or nothing is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.errors import ResultError
from qbr_lib.measures import BRIDGE_FLOWS, N_, Measure, Outcome
from qbr_lib.metrics import bookings
from qbr_lib.schema import WON

BRIDGE = N_("Start of the pipeline and all movements give its end")
WON_BOTH = N_("What the pipeline won is the revenue won")
DRIVERS = N_("The causes add up to the change on the previous quarter")
YEAR = N_("The causes add up to the change on the year before")
OWNERS = N_("The owners' revenue adds up to the team's")
_FACTORS = ("volume", "mix", "win_rate", "deal_size")


class _Identity(NamedTuple):
    identity: str
    whole: float
    parts: float


def table(data: Slice, outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Return every identity that the measures of a workbook must satisfy, as far as they are known.

    Returns
    -------
    DataFrame
        identity (message id), whole, parts [money], difference [money, 0.00 unless something is
        wrong].
    """
    known = {one.id: one.value for one in outcomes if isinstance(one, Measure)}
    frame = pd.DataFrame(_identities(data, known), columns=list(_Identity._fields))
    difference = (frame["whole"] - frame["parts"]).astype("float64").round(2) + 0.0
    return frame.assign(difference=difference)


def _identities(data: Slice, known: dict[str, float]) -> Iterator[_Identity]:
    won = known.get(bookings.METRIC)
    if "pipeline.opening" in known:
        moved = sum(known[f"pipeline.{flow}"] for flow in ("opening", *BRIDGE_FLOWS))
        yield _Identity(BRIDGE, known["pipeline.closing"], moved)
    if "pipeline.won" in known and won is not None:
        yield _Identity(WON_BOTH, won, -known["pipeline.won"])
    if won is None:
        return
    bases = ((DRIVERS, "", data.quarter.previous), (YEAR, "on_year_ago.", data.quarter.year_ago))
    for identity, prefix, then in bases:
        effects = [known.get(f"drivers.{prefix}{name}") for name in _FACTORS]
        if None not in effects:
            change = won - bookings.won_amount(data, then)
            yield _Identity(identity, change, sum(filter(None, effects)))
    if data.has("opportunities", "owner_id"):
        deals = bookings.closed(data, data.quarter, WON)
        owners = deals.groupby("owner_id", dropna=False)["amount"].sum().round(2)
        yield _Identity(OWNERS, won, float(owners.sum()))


def proved(data: Slice, outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Return `table`, once every difference in it is 0.00.

    Raises
    ------
    ResultError
        Naming the identity, both numbers and the difference.
    """
    frame = table(data, outcomes)
    wrong = frame.loc[frame["difference"] != 0]
    if wrong.empty:
        return frame
    first = wrong.iloc[0]
    raise ResultError(
        "What must add up does not",
        where=f"{data.name}, {data.quarter}: {first['identity']}",
        got=f"{first['whole']:.2f} against {first['parts']:.2f}",
        wanted=f"a difference of 0.00, not {first['difference']:.2f}",
        edit="report this with the hygiene report; no page of this quarter should be used",
    )
