"""What stands behind a change of revenue: the deals, the parts, the year before, the target."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.deal_lists import STATUSES
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_
from qbr_lib.metrics import contributors, drivers
from qbr_lib.metrics.cells import WITHHELD
from qbr_lib.metrics.drivers import Comparison
from qbr_lib.present import lists, parts, why
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Table, number
from qbr_lib.record import Goal

_MOST = 15
_SAME_SUM = N_(
    "The changes add up to the same sum in every table; what counts as mix and "
    "what as win rate depends on the parts."
)
_COLUMNS = {"product": N_("Product"), "segment": N_("Segment"), "territory": N_("Territory")}


def behind(found: Comparison | None, data: Slice, formats: Formats) -> Shown:
    """Return the deals behind the largest contribution, folded; nothing where there is none."""
    factor = drivers.largest(found) if found else ""
    if found is None or not found.effects[factor]:
        return Shown("", "")
    words = formats.words
    rows = contributors.behind(data, found, factor)
    title = words.say(
        "Largest deals behind it: {name}", name=why.name_of(factor, found.column, formats)
    )
    if found.column and len(rows):
        title += f", {_name(rows['cell'].iloc[0], formats)}"
    amount = number(words.say("Amount"), main=True)
    table = Table.of(words.say("Deal"), words.say("Quarter"), words.say("Status"), amount)
    for row in rows.to_dict(orient="records"):
        status, quarter = STATUSES[row["status"]], formats.quarter(row["quarter"])
        name = Cell(row["name"], comment=lists.account_of(row), url=lists.text_of(row["url"]))
        money = DASH if pd.isna(row["amount"]) else formats.money(row["amount"])
        table = table.add(name, quarter, words.say(status), money)
    inside = table.show()
    html = f'<details class="qbr-deals"><summary>{escape(title)}</summary>{inside.html}</details>'
    return Shown(html, f"{title}\n{inside.text}")


def details(found: Comparison | None, goal: Goal | None, data: Slice, formats: Formats) -> Shown:
    """Return the appendix on the causes: by part, against the year before, against the target.

    Parameters
    ----------
    goal : Goal or None
        The revenue goal that was recorded for the quarter under review.
    """
    pieces = []
    if found is not None:
        by = contributors.drills(data, data.quarter.previous)
        pieces += [_drill(one, formats) for one in by.values()]
        pieces += [parts.text(formats.words.say(_SAME_SUM))] if len(by) > 1 else []
    before = data.quarter.year_ago
    if drivers.missing(data, before) is None:
        title = N_("Contributions to the change on the year before")
        pieces.append(_effects(drivers.compared(data, before), title, formats))
    pieces.append(_on_target(goal, data, formats))
    return sum(pieces, Shown("", ""))


def _on_target(goal: Goal | None, data: Slice, formats: Formats) -> Shown:
    words = formats.words
    if drivers.missing(data) is not None:
        return Shown("", "")
    if goal is None or goal.plan is None:
        return parts.text(
            words.say(
                "The gap to the target has no causes here: the goal for {quarter} does not say of "
                "how many deals, which win rate and which deal size it consists.",
                quarter=formats.quarter(data.quarter),
            )
        )
    title = N_("Contributions to the gap between result and goal")
    return _effects(drivers.planned(data, goal), title, formats)


def _effects(found: Comparison, title: str, formats: Formats) -> Shown:
    words = formats.words
    table = Table.of(
        words.say("Cause"),
        number(_against(found, formats)),
        number(words.say("Now")),
        number(words.say("Contribution"), main=True),
        number(words.say("possible values, 9 in 10")),
    ).titled(words.say(title))
    for row in drivers.table(found).itertuples():
        table = table.add(
            why.name_of(row.factor, found.column, formats),
            *(_level(row.factor, one, formats) for one in (row.then, row.now)),
            formats.cents(row.effect, signed=True),
            why.span(row, formats) or DASH,
        )
    if found.column:
        table = table.noted(words.say("The possible values of the mix cannot be told reliably."))
    change = formats.cents(found.change, signed=True)
    return table.add(words.say("Change in all"), "", "", change, kind="sum").show()


def _against(found: Comparison, formats: Formats) -> str:
    return formats.quarter(found.against) if found.against else formats.words.say("Plan")


def _level(factor: str, value: float, formats: Formats) -> str:
    if pd.isna(value):
        return DASH
    write = {"volume": formats.count, "win_rate": formats.percent}.get(factor, formats.money)
    return write(value)


def _drill(found: Comparison, formats: Formats) -> Shown:
    """Return one table by a column, its sums that of the whole."""
    words, named = formats.words, _COLUMNS[found.column]
    table = Table.of(
        words.say(named),
        number(words.say("Change"), main=True),
        *(number(why.name_of(one, found.column, formats)) for one in drivers.FACTORS),
    ).titled(
        words.say("Contributions by part: {column}", column=words.say(named)),
        words.say("Change on {quarter} and its causes", quarter=formats.quarter(found.against)),
    )
    rows = contributors.drill(found)
    rows = rows.assign(mix=rows[["mix", "new", "vanished"]].sum(axis=1))
    for row in _shortened(rows).to_dict(orient="records"):
        name = Cell(_name(row["name"], formats), comment=_won(row, formats))
        table = table.add(name, *_amounts(row, formats))
    total = rows.select_dtypes(np.number).sum().to_dict()
    return table.add(words.say("Sum"), *_amounts(total, formats), kind="sum").show()


def _shortened(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the largest parts, the rest as one row."""
    if len(rows) <= _MOST:
        return rows
    rest = rows.iloc[_MOST - 1 :].sum(numeric_only=True)
    last = pd.DataFrame([{**rest.to_dict(), "name": WITHHELD}])
    return pd.concat([rows.head(_MOST - 1), last], ignore_index=True)


def _amounts(row: dict[Any, Any], formats: Formats) -> list[str]:
    return [formats.cents(row[one], signed=True) for one in ("change", *drivers.FACTORS)]


def _won(row: dict[Any, Any], formats: Formats) -> str:
    return formats.words.say(
        "{won} of {n} won, before {then_won} of {then_n}",
        won=formats.count(row["won_now"]),
        n=formats.count(row["decided_now"]),
        then_won=formats.count(row["won_then"]),
        then_n=formats.count(row["decided_then"]),
    )


def _name(cell: Any, formats: Formats) -> str:
    if cell == WITHHELD:
        return formats.words.say("All others")
    return str(cell) or formats.words.say("not given")
