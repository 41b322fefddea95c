"""What each person adds to the goals of team and company, as the goals page shows it."""

from __future__ import annotations

import pandas as pd

from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import REGISTRY
from qbr_lib.present import parts, tables
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Column


def people(own: pd.DataFrame, formats: Formats) -> Shown:
    """Return the goals of single people with their shares; nothing where none may be told.

    Parameters
    ----------
    own : DataFrame
        As `roadmap.individual` returns it.
    """
    words = formats.words
    if own.empty:
        return Shown("", "")
    shown = tables.Table(
        (
            Column("person", words.say("Person")),
            Column("value", words.say("Agreed"), "right", main=True),
            Column("team", words.say("Of the team's goal"), "right"),
            Column("company", words.say("Of the company goal"), "right"),
        )
    )
    for metric, rows in own.groupby("metric", sort=False):
        name = words.say(REGISTRY[str(metric)].name)
        for row in rows.itertuples(index=False):
            shown = shown.row(
                person=Cell(str(row.person), comment=row.title or name),
                value=formats.measure(row.metric, row.value),
                team=_share(row.of_team, formats),
                company=_share(row.of_company, formats),
            )
        if len(rows) > 1 and REGISTRY[str(metric)].additive:
            sums = {one: rows[one].sum(skipna=False) for one in ("value", "of_team", "of_company")}
            shown = shown.row(
                "sum",
                person=Cell(words.say("Sum"), comment=name),
                value=formats.measure(str(metric), sums["value"]),
                team=_share(sums["of_team"], formats),
                company=_share(sums["of_company"], formats),
            )
    return parts.chapter(words.say("What each person adds"), shown.show())


def _share(share: float, formats: Formats) -> str:
    return DASH if pd.isna(share) else formats.percent(share)
