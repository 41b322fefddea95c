"""The parts of the goals page, from finished figures to what a page shows."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.goals.whatif import SURE
from qbr_lib.measures import Unavailable
from qbr_lib.present import head, outlook, parts, tables
from qbr_lib.present.charts import marks
from qbr_lib.present.figure import Shown
from qbr_lib.present.sentences import Known
from qbr_lib.present.tables import Column
from qbr_lib.record import Goal, Stored

_EVEN = 0.005
_TRIFLE = 0.0005
_FIGURES = 4


def banner(stored: Stored, goal: Goal | None, data: Slice, formats: Formats) -> Shown:
    """Say that the baseline is not whole, or that nothing is agreed yet; else nothing."""
    words = formats.words
    told = head.banner(data, formats)
    if told.text:
        return told
    if goal is not None:
        return parts.banner("", "")
    file = "/".join(stored.path.parts[-4:])
    return parts.banner(
        words.say("No revenue goal is agreed yet."),
        words.say("It is set with the slider in JupyterLab or written into {file}.", file=file),
    )


def answer(goal: Goal | None, proposal: Goal, loop: Known, data: Slice, formats: Formats) -> str:
    """Return the goal in one sentence, or what is proposed and still to agree on."""
    words, quarter = formats.words, formats.quarter(data.quarter.next)
    if goal is None and proposal.target > 0:
        return words.say(
            "The revenue goal for {quarter} is still open; proposed are {amount}.",
            quarter=quarter,
            amount=formats.money_short(proposal.target),
        )
    if goal is None:
        return words.say("The revenue goal for {quarter} is still open.", quarter=quarter)
    amount = formats.money_short(goal.current)
    growth = loop.get("goals.growth")
    if growth is None or abs(growth.value) < _EVEN:
        return words.say("{amount} in {quarter}.", amount=amount, quarter=quarter)
    size = formats.percent(abs(growth.value), 0)
    if growth.value < 0:
        return words.say(
            "{amount} in {quarter}: {percent} less than in {before}.",
            amount=amount,
            quarter=quarter,
            percent=size,
            before=formats.quarter(data.quarter),
        )
    return words.say(
        "{amount} in {quarter}: {percent} more than in {before}.",
        amount=amount,
        quarter=quarter,
        percent=size,
        before=formats.quarter(data.quarter),
    )


def glance(
    goal: Goal | None,
    proposal: Goal,
    loop: Known,
    steps: pd.DataFrame,
    usual: tuple[float, float],
    found: outlook.Found,
    data: Slice,
    formats: Formats,
) -> Shown:
    """Return the goals page in one look."""
    words, chosen = formats.words, goal or proposal
    aim = _target(chosen, usual, formats, proposed=goal is None)
    chance = outlook.glance(found, chosen.current, data, formats)
    figures = [aim, *chance, *_asked(steps, data, formats), *_share(loop, formats)][:_FIGURES]
    sure = not isinstance(found, Unavailable) and found.chance(chosen.current) >= SURE
    for_it, against = arguments(steps, usual, formats, likely=sure)
    if chance and chance[0].alert:
        against = [outlook.chance_told(found, chosen.current, formats), *against]
    return parts.glance(
        answer(goal, proposal, loop, data, formats),
        [one for one in figures if one is not None],
        left_title=words.say("In favour"),
        left=for_it or _nothing(against, words.say("Nothing in the past quarters speaks for it.")),
        right_title=words.say("Against"),
        right=against
        or _nothing(for_it, words.say("Nothing in the past quarters speaks against it.")),
        note=words.say("Grey band: usual range, eight of ten comparable quarters.")
        if pd.notna(usual[0]) and aim is not None
        else "",
    )


def _nothing(other: list[str], said: str) -> list[str]:
    """Return what is said of an empty side; nothing where the other side is empty as well."""
    return [said] if other else []


def _target(
    goal: Goal, usual: tuple[float, float], formats: Formats, *, proposed: bool
) -> parts.Glance | None:
    if goal.target <= 0:
        return None
    words, (low, high) = formats.words, usual
    if pd.isna(low):
        verdict, reference = "", words.say("usual range not known yet")
    else:
        verdict = words.say("higher than usual") if goal.current > high else words.say("as usual")
        verdict = words.say("lower than usual") if goal.current < low else verdict
        reference = words.say(
            "earlier {low} to {high}", low=formats.money_short(low), high=formats.money_short(high)
        )
    mark = marks.glance_band(goal.current, low, high, alt=f"{verdict} {reference}", good=True)
    name = words.say("Proposed revenue goal") if proposed else words.say("Revenue goal")
    return parts.Glance(name, formats.money_short(goal.current), mark, verdict, reference)


def _asked(steps: pd.DataFrame, data: Slice, formats: Formats) -> list[parts.Glance]:
    words, chosen = formats.words, steps.loc[steps["chosen"]]
    if chosen.empty or pd.isna(chosen["won"].iloc[0]):
        return []
    row = chosen.iloc[0]
    change = formats.count(row["more_won"], signed=True)
    more = formats.count(row["more_decided"], signed=True)
    quarter = formats.quarter(data.quarter)
    base = words.say("{change} on {quarter}", change=change, quarter=quarter)
    return [
        parts.Glance(words.say("Deals to win"), formats.count(row["won"]), "", base, ""),
        parts.Glance(
            words.say("Deals to decide"),
            formats.count(row["decided"]),
            "",
            words.say("{change} on {quarter}", change=more, quarter=quarter),
            words.say("at the same win rate"),
        ),
    ]


def _share(loop: Known, formats: Formats) -> list[parts.Glance]:
    found = loop.get("goals.company_share")
    if found is None:
        return []
    words = formats.words
    name = words.say("Share of the company goal")
    return [
        parts.Glance(name, formats.percent(found.value), "", "", words.say("of the revenue goal"))
    ]


def arguments(
    steps: pd.DataFrame, usual: tuple[float, float], formats: Formats, *, likely: bool = False
) -> tuple[list[str], list[str]]:
    """Return what the past quarters say for and against the chosen target.

    Parameters
    ----------
    likely : bool
        Whether the outlook reaches it without more deals than usual.
    """
    words, chosen = formats.words, steps.loc[steps["chosen"]]
    if chosen.empty or chosen["target"].iloc[0] <= 0:
        return [], []
    row, good, bad = chosen.iloc[0], list[str](), list[str]()
    if row["reached"]:
        good.append(
            words.count(
                "{n} earlier quarter came to as much.",
                "{n} earlier quarters came to as much.",
                int(row["reached"]),
            )
        )
    else:
        bad.append(words.say("No earlier quarter came to as much."))
    if pd.notna(usual[1]):
        inside = words.say("It lies within the team's usual range.")
        (bad if row["target"] > usual[1] else good).append(
            words.say("It lies above the team's usual range.")
            if row["target"] > usual[1]
            else inside
        )
    if pd.notna(row["more_decided"]) and row["more_decided"] > 0 and not likely:
        bad.append(
            words.count(
                "At the same win rate and deal size {n} more deal must be decided.",
                "At the same win rate and deal size {n} more deals must be decided.",
                int(row["more_decided"]),
            )
        )
    return good, bad


def steps_table(steps: pd.DataFrame, found: outlook.Found, data: Slice, formats: Formats) -> Shown:
    """Return what each target asks for and how often it is reached, the chosen one marked."""
    words = formats.words
    if steps["won"].isna().all():
        return Shown("", "")  # the section's headline says it
    columns = _columns(formats)
    if isinstance(found, Unavailable):
        columns = [one for one in columns if one.key != "chance"]
    shown = tables.Table(tuple(columns)).titled(
        words.say("What each target asks for"),
        words.say(
            "At the win rate and deal size of {quarter}; in brackets the difference to it",
            quarter=formats.quarter(data.quarter),
        ),
    )
    for row in steps.to_dict(orient="records"):
        growth = words.say("Hold") if row["growth"] == 0 else _growth(row["growth"], formats)
        times = words.count("{n} time", "{n} times", int(row["reached"]))
        gone = isinstance(found, Unavailable)
        chance = {} if gone else {"chance": outlook.odds(found, row["target"], formats)}
        shown = shown.row(
            "chosen" if row["chosen"] else "row",
            **chance,
            growth=growth,
            target=formats.money(row["target"]),
            won=_needed(row["won"], row["more_won"], formats),
            decided=_needed(row["decided"], row["more_decided"], formats),
            reached=times if row["reached"] else words.say("never"),
        )
    return shown.show()


def _columns(formats: Formats) -> list[Column]:
    words = formats.words
    return [
        Column("growth", words.say("Growth")),
        Column("target", words.say("Revenue goal"), "right", main=True),
        Column("chance", words.say("Chance"), "right"),
        Column("won", words.say("Deals to win"), "right"),
        Column("decided", words.say("Deals to decide"), "right"),
        Column("reached", words.say("Reached so far"), "right"),
    ]


def _growth(growth: float, formats: Formats) -> str:
    even = abs(growth * 100 - round(growth * 100)) < _TRIFLE
    return formats.percent(growth, 0 if even else 1, signed=True)


def _needed(count: float, more: float, formats: Formats) -> str:
    if pd.isna(count):
        return DASH
    return f"{formats.count(count)} ({formats.count(more, signed=True)})"


def sentences(loop: Known, planned: float | None, data: Slice, formats: Formats) -> list[str]:
    """Say where plan and goal differ, and what the goal contributes to the company's.

    Parameters
    ----------
    planned : float or None
        [money] The team's target of the table `targets` for the coming quarter.
    """
    found, goal = loop.get("goals.company_share"), loop.get("goals.target")
    lines = []
    if goal is not None and planned is not None and planned != goal.value:
        lines = [
            formats.words.say(
                "The plan names {planned}, the goal agreed is {amount}.",
                planned=formats.money(planned),
                amount=formats.money(goal.value),
            )
        ]
    if found is None or goal is None:
        return lines
    return [
        *lines,
        formats.words.say(
            "{amount} are {percent} of the company goal for {quarter}.",
            amount=formats.money_short(goal.value),
            percent=formats.percent(found.value),
            quarter=formats.quarter(data.quarter.next),
        ),
    ]
