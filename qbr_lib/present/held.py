"""How often ranges held and chances came true, as tables and a chart."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_
from qbr_lib.outlook.backtest import FEWEST, LOW, RANGES, Verdict
from qbr_lib.outlook.report import Report
from qbr_lib.outlook.scores import Coverage
from qbr_lib.present import parts, tables
from qbr_lib.present.charts import forest
from qbr_lib.present.figure import Shown, figure
from qbr_lib.present.figure import Table as Numbers
from qbr_lib.present.tables import Cell, Column

PHASES: dict[str, str] = {
    "before": N_("Before the quarter"),
    "early": N_("Weeks 1 to 4"),
    "middle": N_("Weeks 5 to 8"),
    "late": N_("Week 9 to the end"),
}


def ranges(told: Report, formats: Formats) -> Shown:
    """Return how often what came lay within the range, by phase of the quarter."""
    words = formats.words
    columns = [
        Column(str(share), named(share, formats), "right", main=share == 80) for share in RANGES
    ]
    table = tables.Table(
        (
            Column("name", words.say("When")),
            Column("basis", words.say("Quarters"), "right"),
            *columns,
        )
    ).noted(words.say("Below each share: what it could be by luck."))
    for name, one in phases(told, formats):
        cells = {str(share): cell(held, share, formats) for share, held in one.ranges.items()}
        table = table.row(
            "sum" if one is told.overall else "row",
            name=name,
            basis=formats.count(one.quarters),
            **cells,
        )
    title = words.say("How often what came lay within the range")
    return parts.section(words.say("Ranges"), title) + table.show()


def named(share: int, formats: Formats) -> str:
    """Return the heading of a range."""
    return formats.words.say("{percent} held", percent=formats.percent(share / 100, 0))


def phases(told: Report, formats: Formats) -> list[tuple[str, Verdict]]:
    """Return the verdicts with their names, the one over all weeks last."""
    say = formats.words.say
    found = [(say(PHASES[name]), one) for name, one in told.phases.items()]
    return [*found, (say("All weeks of the quarter"), told.overall)]


def cell(held: Coverage, nominal: int, formats: Formats) -> Cell:
    """Return how often ranges held, with what luck leaves open."""
    if held.clusters < FEWEST:
        return Cell(DASH)
    text = formats.percent(held.share, 0)
    return Cell(text, span(held, formats), alert=held.high < nominal / 100)


def span(held: Coverage, formats: Formats) -> str:
    """Return the shares that luck leaves open."""
    low, high = (formats.percent(side, 0) for side in (held.low, held.high))
    return formats.words.say("{low} to {high}", low=low, high=high)


def percent(value: float, formats: Formats, decimals: int = 1, *, signed: bool = False) -> str:
    """Return a share, a dash where it is unknown."""
    return formats.percent(value, decimals, signed=signed) if math.isfinite(value) else DASH


def targets(told: Report, formats: Formats) -> Shown:
    """Return how often targets were reached, by the chance given, and what alarms were worth."""
    words, one = formats.words, told.overall
    table = tables.Table(
        (
            Column("name", words.say("When")),
            Column("needless", words.say("Needless alarms"), "right"),
            Column("off", words.say("Off the mark"), "right"),
            Column("apart", words.say("Told apart"), "right"),
            Column("rate", words.say("Against straight on"), "right"),
            Column("rule", words.say("Against gap ÷ win rate"), "right"),
        )
    ).noted(
        words.say(
            "Alarm: a chance of at most {low} two weeks running. Off the mark: reliability, 0 is "
            "best. Told apart: resolution, more is better. Against: how much better than that "
            "rule's yes or no.",
            low=formats.percent(LOW, 0),
        )
    )
    for name, each in phases(told, formats):
        table = table.row(
            "sum" if each is one else "row",
            name=name,
            needless=needless(each, formats),
            off=_number(each.brier.reliability, formats),
            apart=_number(each.brier.resolution, formats),
            rate=percent(each.brier_skill["run_rate"], formats, 0, signed=True),
            rule=percent(each.brier_skill["rule"], formats, 0, signed=True),
        )
    title = words.say("How often targets were reached, by the chance given")
    return parts.section(words.say("Targets"), title) + _plot(told, formats) + table.show()


def needless(one: Verdict, formats: Formats) -> str:
    """Return how many alarms were followed by a target reached."""
    part, whole = formats.count(one.needless), formats.count(one.alarms)
    return formats.words.say("{part} of {whole}", part=part, whole=whole)


def _plot(told: Report, formats: Formats) -> Shown:
    """Return chances given against how often they came true."""
    words, bins = formats.words, told.chances
    names = [
        words.say("said: {percent}", percent=formats.percent(value, 0)) for value in bins["given"]
    ]
    drawn = _drawn(names, bins)
    heads = (words.say("came true"), words.say("reached"), words.say("weeks"))
    numbers = _numbers(names, bins, formats)
    first, last = numbers.rows[0], numbers.rows[-1]
    return figure(
        partial(
            forest.win_rates,
            drawn,
            formats=formats,
            reference_label=words.say("tick: the chance that was said"),
            heads=heads,
        ),
        title=words.say("Where dot and tick meet, a chance is what it says"),
        subtitle=words.say("Share of weeks whose target was reached, by the chance given in them"),
        alt=words.say(
            "Chances that came true. {first}: {low}. {last}: {high}.",
            first=first[0],
            low=first[1],
            last=last[0],
            high=last[1],
        ),
        data=numbers,
        words=words,
        wide=forest.size(drawn),
        half=forest.size(drawn, narrow=True),
    )


def _drawn(names: list[str], bins: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the chart: what was said as tick, what came of it as dot."""
    return pd.DataFrame(
        {
            "name": names,
            "group": "",
            "rate": bins["came"],
            "low": bins["low"],
            "high": bins["high"],
            "won": bins["reached"],
            "decided": bins["n"],
            "reference": bins["given"],
            "pattern": False,
            "too_early": bins["quarters"] < FEWEST,
        }
    )


def _number(value: float, formats: Formats) -> str:
    return formats.number(value, 3) if math.isfinite(value) else DASH


def _numbers(names: list[str], bins: pd.DataFrame, formats: Formats) -> Numbers:
    words = formats.words
    head = [
        words.say("Chance given"),
        words.say("came true"),
        words.say("from"),
        words.say("to"),
        words.say("weeks"),
        words.say("Quarters"),
    ]
    rows = [
        [
            name,
            *(formats.percent(v, 0) if v == v else DASH for v in (r.came, r.low, r.high)),
            formats.count(r.n),
            formats.count(r.quarters),
        ]
        for name, r in zip(names, bins.itertuples(), strict=True)
    ]
    return Numbers(head, rows)
