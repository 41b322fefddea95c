"""What a team tries and learns: setbacks without blame, strategies, experiments, ideas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.goals import learning
from qbr_lib.goals.learning import Earlier
from qbr_lib.present.figure import Shown
from qbr_lib.present.people import page_name
from qbr_lib.present.tables import Cell, Table
from qbr_lib.record import Decision, Experiment, Idea, Record, Strategy

_NOTHING = Shown("", "")
Row = Sequence[Cell | str]


def setbacks(data: Slice, record: Record, earlier: Earlier, formats: Formats) -> Shown:
    """Return what went otherwise than expected, why, and what changes; nothing where none is noted.

    Parameters
    ----------
    record : Record
        Of the quarter under review.
    earlier : sequence of (Quarter, Record)
        As `records.earlier` returns it: a cause that stands there as well is named as repeated.
    """
    words, frame = formats.words, learning.setbacks(data, record, earlier)
    rows = []
    for row in frame.to_dict(orient="records"):
        again = ", ".join(formats.quarter(quarter) for quarter in row["before"])
        cause = Cell(
            row["cause"] or DASH,
            comment=words.say("the same cause as in {quarters}", quarters=again) if again else "",
            bold=bool(again),
        )
        happened = Cell(row["happened"], comment=", ".join(row["deals"]))
        rows.append((happened, row["expected"], cause, row["change"] or DASH))
    heads = [words.say("What happened"), words.say("Expected"), words.say("Cause")]
    heads.append(words.say("What we change"))
    return _table(words.say("Learned from setbacks"), heads, rows)


def plans(record: Record, day: dt.date, formats: Formats) -> Shown:
    """Return a cycle's decisions, strategies, experiments and ideas, and what became of them.

    Nothing where none is recorded: for the goals' grades with the record of the cycle before, for
    the agenda with that of the quarter under review. Experiments not over on the day are said to be
    read early.
    """
    return (
        _decisions(record.decisions, formats)
        + _strategies(record.strategies, formats)
        + _experiments(record.experiments, day, formats)
        + _ideas(record.ideas, formats)
    )


def _decisions(decisions: Iterable[Decision], formats: Formats) -> Shown:
    words = formats.words
    rows = [
        (one.what, one.by or DASH, formats.day(one.at) if one.at else DASH) for one in decisions
    ]
    heads = [words.say("Decision"), words.say("Decided by"), words.say("Day")]
    return _table(words.say("What was decided"), heads, rows)


def _strategies(strategies: Iterable[Strategy], formats: Formats) -> Shown:
    words = formats.words
    rows = [
        (Cell(one.what, comment=one.finding or ""), one.expected or DASH, one.observed or DASH)
        for one in strategies
    ]
    heads = [words.say("Strategy"), words.say("Effect expected"), words.say("Effect seen")]
    return _table(words.say("What we do differently"), heads, rows)


def _experiments(experiments: Iterable[Experiment], day: dt.date, formats: Formats) -> Shown:
    words = formats.words
    rows = []
    for one in experiments:
        about = " · ".join(filter(None, [one.metric, one.group, _span(one, formats)]))
        measured = outcome(one, day, formats)
        result = Cell(one.result or measured or words.say("still running"))
        if one.result and measured:
            result = Cell(one.result, comment=measured)
        rows.append((Cell(one.hypothesis, comment=about), result))
    heads = [words.say("Assumption"), words.say("Outcome")]
    return _table(words.say("What we try out"), heads, rows)


def outcome(experiment: Experiment, day: dt.date, formats: Formats) -> str:
    """Say by how much the share differed, between which values, and whether that is beyond luck.

    Before its last day a difference must be clearer: the possible values reach further.
    """
    found = learning.difference(experiment, learning.level(experiment, day))
    words, ends = formats.words, experiment.ends
    if found is None or experiment.tried is None or experiment.compared is None:
        return ""
    change, low, high = found
    told = words.say(
        "{a} of {n} against {b} of {m}: {change} (possible {low} to {high}).",
        a=formats.count(experiment.tried.reached),
        n=formats.count(experiment.tried.of),
        b=formats.count(experiment.compared.reached),
        m=formats.count(experiment.compared.of),
        change=formats.points(change),
        low=formats.number(low * 100, 1, signed=True),
        high=formats.number(high * 100, 1, signed=True),
    )
    luck = words.say("Chance alone can explain it.")
    beyond = words.say("That is more than chance explains.")
    if ends and day < ends:
        end = formats.day(ends)
        luck = words.say(
            "Read early, it ends on {day}: so far chance alone can explain it.", day=end
        )
        beyond = words.say(
            "Read early, it ends on {day}: already more than chance explains.", day=end
        )
    return f"{told} {luck if low <= 0 <= high else beyond}"


def _span(one: Experiment, formats: Formats) -> str:
    if one.starts and one.ends:
        first, last = formats.day(one.starts), formats.day(one.ends)
        return formats.words.say("{first} to {last}", first=first, last=last)
    if one.starts:
        return formats.words.say("from {day}", day=formats.day(one.starts))
    return formats.words.say("until {day}", day=formats.day(one.ends)) if one.ends else ""


def _ideas(ideas: Iterable[Idea], formats: Formats) -> Shown:
    words = formats.words
    rows = [
        (
            Cell(
                one.what, comment=" · ".join(filter(None, [one.by, page_name(one.section, words)]))
            ),
            DASH if one.votes is None else formats.count(one.votes),
            Cell(one.adopted or words.say("not taken up yet"), comment=one.effect or ""),
        )
        for one in ideas
    ]
    heads = [words.say("Idea"), words.say("Votes"), words.say("Taken up")]
    return _table(words.say("Ideas"), heads, rows)


def _table(title: str, heads: Sequence[str], rows: Sequence[Row]) -> Shown:
    if not rows:
        return _NOTHING
    shown = Table.of(*heads)
    for row in rows:
        shown = shown.add(*row)
    return shown.titled(title).show()
