"""The page of `qbr backtest`: how often past outlooks were right, for the analyst."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from qbr_lib.formats import Formats
from qbr_lib.measures import N_
from qbr_lib.outlook.backtest import FEWEST, LOW, Verdict
from qbr_lib.outlook.report import Report
from qbr_lib.outlook.scores import Coverage
from qbr_lib.present import held, parts, tables
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Column
from qbr_lib.words.names import isolated

WAYS: dict[str, str] = {
    "p50": N_("The outlook: middle of its range"),
    "simulation": N_("Deal by deal"),
    "pacing": N_("As earlier quarters filled up"),
    "naive": N_("Same quarter of the year before"),
    "run_rate": N_("Straight on as so far"),
    "stage_weighted": N_("Open deals by the win rate of their stage"),
    "historic_yield": N_("Open deals as they usually paid off"),
}
_TITLE = N_("How often outlooks were right")
# The small print of an analyst's page: the only texts of it that name methods.
SMALL_PRINT: tuple[tuple[str, str], ...] = (
    (
        N_("What is judged"),
        N_(
            "Each week's outlook as it would have been made on its day, from the deals and the "
            "whole quarters known then; at least four quarters must have been over."
        ),
    ),
    (
        N_("By luck"),
        N_(
            "95 % interval of Korn and Graubard; the weeks of one team and quarter hit or miss "
            "together and count as about one."
        ),
    ),
    (N_("How far off"), N_("Median of |forecast ÷ actual − 1|.")),
    (
        N_("Nearer than the year before"),
        N_(
            "Skill: 1 − CRPS ÷ CRPS of the seasonal naive forecast with its own past errors; "
            "0 is no better, 1 perfect."
        ),
    ),
    (
        N_("How good the chances were"),
        N_(
            "Brier score in Murphy's parts: reliability − resolution + uncertainty. Against the "
            "run rate and the rule gap ÷ win rate: Brier skill, both as chances of 0 or 1."
        ),
    ),
    (
        N_("Without a recorded target"),
        N_("The seasonal naive figure stands in as the target whose chance is judged."),
    ),
)


@dataclass(frozen=True)
class Scope:
    """A team, or a group or the company (a total), with its verdict, or why it has none."""

    name: str
    total: bool
    verdict: Verdict | None
    reason: str | None = None


@dataclass(frozen=True)
class Basis:
    """Whose outlooks are judged, as of which day."""

    company: str
    as_of: dt.date
    scopes: tuple[Scope, ...]


def page(told: Report, basis: Basis, formats: Formats) -> Shown:
    """Return the whole page."""
    words = formats.words
    shown = _head(told.overall, basis, formats) + _answer(told.overall, formats)
    if told.overall.enough:
        shown += held.ranges(told, formats) + _errors(told, formats) + held.targets(told, formats)
    shown += _scopes(basis, formats)
    small = [(words.say(name), words.say(text)) for name, text in SMALL_PRINT]
    return shown + parts.appendix(words.say("How this is reckoned")) + parts.facts(small)


def footer(basis: Basis, formats: Formats) -> str:
    """Return the line at the end of the page."""
    line = formats.words.say("as of {day}", day=formats.day_long(basis.as_of))
    return " · ".join([isolated(basis.company), formats.words.say(_TITLE), line])


def _head(one: Verdict, basis: Basis, formats: Formats) -> Shown:
    words = formats.words
    line = words.say("as of {day}", day=formats.day_long(basis.as_of))
    return parts.head(
        organisation=basis.company,
        team=basis.company,
        title=words.say(_TITLE),
        line=f"{line} · {_counted(one, formats)}",
        notebook="backtest",
        quarter="",
        language=words.language,
    )


def _counted(one: Verdict, formats: Formats) -> str:
    words = formats.words
    quarters = words.count("{n} quarter", "{n} quarters", one.quarters)
    weeks = words.count("{n} weekly outlook", "{n} weekly outlooks", one.origins)
    return words.say("{quarters}, {weeks}", quarters=quarters, weeks=weeks)


def _few(one: Verdict | None, formats: Formats) -> str:
    found = one.quarters if one else 0
    return formats.words.say("Not enough quarters: {n} of {least}", n=found, least=FEWEST)


def _answer(one: Verdict, formats: Formats) -> Shown:
    words = formats.words
    if not one.enough:
        why = words.say("A quarter counts once {n} others were over before it.", n=FEWEST)
        return parts.banner(_few(one, formats) + ".", why)
    range_, naive = one.ranges[80], held.percent(one.error["naive"], formats)
    figures = [
        parts.Glance(
            words.say("Range of {percent} held", percent=formats.percent(0.8, 0)),
            formats.percent(range_.share, 0),
            "",
            _fit(range_, formats),
            held.span(range_, formats),
            alert=range_.high < 0.8,
        ),
        parts.Glance(
            words.say("How far off, typically"),
            held.percent(one.error["p50"], formats),
            "",
            "",
            words.say("Year before: {percent}", percent=naive),
        ),
        parts.Glance(
            words.say("Nearer than the year before"),
            formats.percent(one.skill, 0, signed=True),
            "",
            "",
            words.say("{percent} would be perfect", percent=formats.percent(1, 0)),
            alert=one.skill <= 0,
        ),
        _alarms(one, formats),
    ]
    answer = words.say(
        "The range of 8 in 10 held in {percent} of {n} weeks",
        percent=formats.percent(range_.share, 0),
        n=formats.count(range_.n),
    )
    return parts.glance(answer, figures, left_title="", left=(), right_title="", right=())


def _fit(range_: Coverage, formats: Formats) -> str:
    say = formats.words.say
    if range_.high < 0.8:
        return say("too narrow")
    return say("wider than needed") if range_.low > 0.8 else say("as it should be")


def _alarms(one: Verdict, formats: Formats) -> parts.Glance:
    words, share = formats.words, one.needless / one.alarms if one.alarms else math.nan
    much = share > LOW
    limit = words.say("at most {percent} may be", percent=formats.percent(LOW, 0))
    told = words.say("{alarms} alarms", alarms=held.needless(one, formats))
    return parts.Glance(
        words.say("Needless alarms"), held.percent(share, formats, 0), "", limit, told, alert=much
    )


def _errors(told: Report, formats: Formats) -> Shown:
    words, phases = formats.words, held.phases(told, formats)
    columns = [
        Column(f"p{n}", name, "right", main=n == len(phases) - 1)
        for n, (name, _) in enumerate(phases)
    ]
    table = tables.Table((Column("name", words.say("Way to forecast")), *columns))
    for way, label in WAYS.items():
        cells = {
            f"p{n}": Cell(held.percent(one.error[way], formats), bold=way == "p50")
            for n, (_, one) in enumerate(phases)
        }
        table = table.row("row", name=words.say(label), **cells)
    cells = {
        f"p{n}": Cell(held.percent(one.skill, formats, 0, signed=True))
        for n, (_, one) in enumerate(phases)
    }
    table = table.row("sum", name=words.say("Nearer than the year before"), **cells)
    title = words.say("How far forecasts lay from what came")
    return parts.section(words.say("Errors"), title) + table.show()


def _scopes(basis: Basis, formats: Formats) -> Shown:
    words = formats.words
    table = tables.Table(
        (
            Column("name", words.say("Team")),
            Column("quarters", words.say("Quarters"), "right"),
            Column("held", held.named(80, formats), "right", main=True),
            Column("error", words.say("How far off"), "right"),
            Column("naive", words.say("Year before"), "right"),
            Column("skill", words.say("Nearer by"), "right"),
            Column("alarms", words.say("Needless alarms"), "right"),
        )
    )
    for scope in basis.scopes:
        one = scope.verdict
        few = _few(one, formats) if one is None or not one.enough else ""
        cells: dict[str, Cell | str] = {"name": Cell(scope.name, scope.reason or few)}
        if one is not None and one.enough:
            cells |= {
                "quarters": formats.count(one.quarters),
                "held": held.cell(one.ranges[80], 80, formats),
                "error": held.percent(one.error["p50"], formats),
                "naive": held.percent(one.error["naive"], formats),
                "skill": Cell(
                    held.percent(one.skill, formats, 0, signed=True), alert=one.skill <= 0
                ),
                "alarms": held.needless(one, formats),
            }
        table = table.row("subtotal" if scope.total else "row", **cells)
    return parts.section(words.say("Teams"), words.say("Team by team")) + table.show()
