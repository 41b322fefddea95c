"""Where a quarter will end, as a sales manager says it: in so many of ten such quarters."""

from __future__ import annotations

from functools import partial

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.measures import N_, REGISTRY, Unavailable
from qbr_lib.outlook import backtest
from qbr_lib.outlook.current import COMMIT, IDS, STRETCH, TARGET, Outlook
from qbr_lib.present import parts, tables
from qbr_lib.present.charts import marks
from qbr_lib.present.charts import outlook as chart
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.tables import Column

Found = Outlook | Unavailable
_LEAST, _MOST = 0.02, 0.98  # beyond them no share is named
LEVELS = ((COMMIT, N_("Safe")), (TARGET, N_("Realistic")), (STRETCH, N_("Stretch")))
_SHARES = {"low": 0.1, "low_half": 0.25, "middle": 0.5, "high_half": 0.75, "high": 0.9}
BASIS: dict[str, str] = {
    "events": N_("It rests on the deals' recorded stages and planned days, as known on each day."),
    "plans": N_("It rests on planned closing days as they stand; how they moved is not recorded."),
    "ages": N_("It rests on how old the deals are; stages and planned days are not recorded."),
}


def finding(found: Found, aim: float | None, formats: Formats) -> str:
    """Return the headline: the target's chance, else the likely end, or why neither is known."""
    words = formats.words
    if isinstance(found, Unavailable):
        return words.say("No outlook: {reason}", reason=words.say(found.reason, **found.details))
    if told := chance_told(found, aim, formats):
        return told.removesuffix(".")
    _, middle, _ = _told(found, formats)
    quarter = formats.quarter(found.quarter)
    return words.say("{quarter} will likely end near {amount}", quarter=quarter, amount=middle)


def sentences(found: Found, formats: Formats) -> list[str]:
    """Say the range, and how often such ranges held."""
    if isinstance(found, Unavailable):
        return []
    return [range_told(found, formats), held(found, formats)]


def _told(found: Outlook, formats: Formats) -> tuple[str, str, str]:
    low, middle, high = formats.money_range(found.at(0.1), found.at(0.5), found.at(0.9))
    return low, middle, high


def range_told(found: Outlook, formats: Formats) -> str:
    """Return the range in one sentence, with what is booked of it."""
    low, middle, high = _told(found, formats)
    told = {"low": low, "middle": middle, "high": high, "quarter": formats.quarter(found.quarter)}
    if not found.booked:
        return formats.words.say(
            "{quarter} will likely end between {low} and {high} (8 of 10 cases), most likely near "
            "{middle}; nothing is booked yet.",
            **told,
        )
    return formats.words.say(
        "{quarter} will likely end between {low} and {high} (8 of 10 cases), most likely near "
        "{middle}; {booked} are booked.",
        **told,
        booked=formats.money_short(found.booked),
    )


def odds(found: Outlook, amount: float, formats: Formats) -> str:
    """Return how often an amount is reached, such as "3 of 10", for a table."""
    words, chance = formats.words, found.chance(amount)
    if _reached(found, amount):
        return words.say("reached")
    if chance <= _LEAST:
        return words.say("hardly any")
    if chance >= _MOST:
        return words.say("almost certain")
    return formats.often(chance)


def _reached(found: Outlook, amount: float) -> bool:
    return 0 < amount <= found.booked


def chance_told(found: Outlook, aim: float | None, formats: Formats) -> str:
    """Return the chance of a target in one sentence; empty without a target above 0."""
    if aim is None or aim <= 0:
        return ""
    say, amount, chance = formats.words.say, formats.money_short(aim), found.chance(aim)
    if _reached(found, aim):
        return say("The target of {amount} is already reached.", amount=amount)
    if chance <= _LEAST:
        return say("The target of {amount} is hardly ever reached in such quarters.", amount=amount)
    if chance >= _MOST:
        return say("The target of {amount} is almost surely reached.", amount=amount)
    return say(
        "The target of {amount} is reached in about {odds} such quarters.",
        amount=amount,
        odds=formats.often(chance),
    )


def held(found: Outlook, formats: Formats) -> str:
    """Say how often such ranges held, or why that cannot be said."""
    words, n = formats.words, found.quarters
    if found.gives_way:
        return words.say(
            "No better outlook than an earlier quarter's figure, {amount}, could be found; it "
            "rests on that alone.",
            amount=formats.money_short(found.naive),
        )
    if n < backtest.FEWEST:
        return words.count(
            "Too early to say how often such ranges hold: {n} quarter to look back on.",
            "Too early to say how often such ranges hold: {n} quarters to look back on.",
            n,
        )
    inside, weeks = (formats.count(one) for one in found.held)
    return words.say(
        "In {k} of {n} past weeks ({quarters} quarters) the range held.",
        k=inside,
        n=weeks,
        quarters=formats.count(n),
    )


def picture(found: Found, aim: float | None, formats: Formats) -> Shown:
    """Return the range as a figure; nothing where there is no outlook."""
    if isinstance(found, Unavailable):
        return Shown("", "")
    words = formats.words
    values = {name: found.at(share) for name, share in _SHARES.items()}
    frame = pd.DataFrame([values | {"booked": found.booked, "target": aim or float("nan")}])
    names = (
        words.say("1 of 10 lies below"),
        words.say("1 of 4 lies below"),
        words.say("Middle"),
        words.say("1 of 4 lies above"),
        words.say("1 of 10 lies above"),
        words.say("Booked"),
        words.say("Target"),
    )
    rows = [
        (name, formats.money(value))
        for name, value in zip(names, frame.iloc[0], strict=True)
        if pd.notna(value)
    ]
    key = [
        (marks.swatch("band"), words.say("8 of 10 cases")),
        (marks.swatch("context"), words.say("5 of 10 cases")),
        (marks.swatch("actual"), words.say("booked")),
    ]
    return figure(
        partial(chart.outlook, frame, formats=formats),
        title=words.say("What is booked, what is likely, and the target"),
        subtitle=words.say(
            "Revenue of {quarter}, {unit}",
            quarter=formats.quarter(found.quarter),
            unit=chart.scale(frame, formats=formats).unit,
        ),
        note=words.say(BASIS[found.grade]),
        alt=words.say("Band on a line: {sentence}", sentence=range_told(found, formats)),
        data=Table((words.say("Outlook"), words.say("Revenue")), rows),
        words=words,
        wide=chart.size(frame),
        half=chart.size(frame, narrow=True),
        key=marks.key(key),
    )


def levels(found: Found, aim: float | None, formats: Formats, *, agreed: bool) -> Shown:
    """Return what is reached in 9, 6 and 2 of 10 such quarters, beside the target.

    Parameters
    ----------
    agreed : bool
        Whether the target is agreed on; else it is the plan's.
    """
    if isinstance(found, Unavailable):
        return Shown("", "")
    words = formats.words
    amounts = [found.level(chance) for chance, _ in LEVELS]
    shown = [
        (amount, "row", words.say(name), text, formats.often(chance))
        for amount, text, (chance, name) in zip(
            amounts, formats.money_range(*amounts), LEVELS, strict=True
        )
    ]
    if aim is not None and aim > 0:
        named = words.say("Agreed target") if agreed else words.say("Target of the plan")
        shown.append((aim, "chosen", named, formats.money_short(aim), odds(found, aim, formats)))
    table = tables.Table(
        (
            Column("name", words.say("Level")),
            Column("amount", words.say("Revenue goal"), "right", main=True),
            Column("chance", words.say("Chance"), "right"),
        )
    ).titled(
        words.say("Levels to choose a target from"),
        words.say("In how many such quarters as much is reached"),
    )
    for _, kind, name, amount, chance in sorted(shown, key=lambda one: one[0]):
        table = table.row(kind, name=name, amount=amount, chance=chance)  # type: ignore[arg-type]
    return table.show()


def glance(found: Found, aim: float | None, data: Slice, formats: Formats) -> list[parts.Glance]:
    """Return the chance of the target as a figure of the glance; none without one."""
    if isinstance(found, Unavailable) or aim is None or aim <= 0:
        return []
    words, chance, limits = formats.words, found.chance(aim), data.organisation.thresholds
    verdict = words.say("within reach")
    if chance <= limits.alarm_low:
        verdict = words.say("hardly within reach")
    if chance >= limits.alarm_high:
        verdict = words.say("well within reach")
    name, (low, _, high) = REGISTRY[IDS[3]].name, _told(found, formats)
    return [
        parts.Glance(
            words.say(name),
            odds(found, aim, formats),
            "",
            verdict,
            words.say("likely {low} to {high}", low=low, high=high),
            chance <= limits.alarm_low,
        )
    ]


def alarm(found: Found, aim: float | None, data: Slice, formats: Formats) -> list[str]:
    """Return what a target asks of the meeting that is unlikely two weeks running; else nothing."""
    if isinstance(found, Unavailable) or aim is None or aim <= 0:
        return []
    if not found.alarms(aim, data.organisation.thresholds.alarm_low):
        return []
    told = chance_told(found, aim, formats)
    return [formats.words.say("{sentence} What do we change?", sentence=told)]


def noted(found: Found, aim: float | None, data: Slice, formats: Formats) -> list[str]:
    """Return what stands out: a target almost safe or newly unlikely, else the range."""
    if isinstance(found, Unavailable):
        return [formats.words.say("{sentence}.", sentence=finding(found, aim, formats))]
    if aim is None or aim <= 0 or _reached(found, aim) or alarm(found, aim, data, formats):
        return [range_told(found, formats)]
    limits = data.organisation.thresholds
    within = limits.alarm_low < found.chance(aim) < limits.alarm_high
    return [range_told(found, formats) if within else chance_told(found, aim, formats)]
