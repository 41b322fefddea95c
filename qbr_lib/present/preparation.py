"""What a meeting needs to know beforehand: its agenda, how firm the figures are, which count."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, REGISTRY, Unit
from qbr_lib.metrics.quality import noteworthy
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Table, number
from qbr_lib.words import Words

SECTIONS: dict[str, str] = {
    "grades": N_("Last quarter's goals"),
    "result": N_("Result"),
    "why": N_("Why"),
    "wins": N_("Wins and setbacks"),
    "attention": N_("What needs attention"),
    "agenda": N_("Agenda and decisions"),
}
_DISPUTED: dict[str, str] = {
    "win_rate": N_("Win rate"),
    "days_to_win": N_("Days to win"),
    "deal_size": N_("Deal size"),
    "coverage": N_("Coverage"),
    "slip_rate": N_("Slip rate"),
    "forecast": N_("Forecast"),
    "attainment": N_("Attainment"),
}
_VARIANTS: dict[str, str] = {
    "win_rate": N_("by number"),
    "win_rate_by_amount": N_("by amount"),
    "created": N_("for the deals created, at the same age"),
    "median_days_won": N_("for the middle one of the deals won"),
    "mean_days_won": N_("on the average of the deals won"),
    "median_days_closed": N_("for the middle one of all deals decided"),
    "average_won_amount": N_("on the average of the deals won"),
    "median_won_amount": N_("for the middle one of the deals won"),
    "remaining": N_("of the target not yet won"),
    "full": N_("of the full target"),
    "moved_out": N_("if moved out of the quarter counts"),
    "not_won": N_("if all that is not won counts, lost ones too"),
    "ratio": N_("as forecast ÷ result"),
    "of_actual": N_("by the error in percent of the result"),
    "of_forecast": N_("by the error in percent of the forecast"),
    "plan": N_("by the plan"),
    "first": N_("by the goal first agreed"),
    "last": N_("by the goal last agreed"),
}
_CONCLUSIONS: dict[str, str] = {
    "better": N_("better"),
    "worse": N_("worse"),
    "same": N_("much the same"),
    "met": N_("met"),
    "missed": N_("missed"),
}


def minutes(plan: pd.DataFrame, section: str, formats: Formats) -> str:
    """Return how long the meeting talks about a section, as the opening of the section says it.

    Parameters
    ----------
    plan : DataFrame
        As `agenda.agenda` returns it.
    """
    given = plan.set_index("section")["minutes"][section]
    return formats.words.say("{n}\u00a0min", n=formats.count(given))


def agenda_finding(plan: pd.DataFrame, formats: Formats) -> str:
    """Return the headline of the agenda: how long the meeting is, and what takes most of it."""
    longest, total = plan.loc[plan["minutes"].idxmax()], int(plan["minutes"].sum())
    if plan["minutes"].min() == plan["minutes"].max():
        return formats.words.say("{total} minutes, spread evenly", total=formats.count(total))
    name = SECTIONS[longest["section"]]
    return formats.words.say(
        "{total} minutes, {most} of them for “{section}”",
        total=formats.count(total),
        most=formats.count(longest["minutes"]),
        section=formats.words.say(name),
    )


def agenda(plan: pd.DataFrame, formats: Formats) -> Shown:
    """Return the agenda: minutes and a question for each section."""
    words, say, total = formats.words, formats.words.say, int(plan["minutes"].sum())
    shown = Table.of(
        say("Point"), number(say("Minutes"), main=True), say("Question to the meeting")
    ).titled(say("Times by the weight of the findings"))
    for section, n, items in plan[["section", "minutes", "items"]].itertuples(index=False):
        name = SECTIONS[section]
        shown = shown.add(say(name), formats.count(n), _question(section, items, words))
    return shown.add(say("Sum"), formats.count(total), kind="sum").show()


def _question(section: str, n: int, words: Words) -> str:
    """Return what the meeting is asked: of the items of a section, else of the section itself."""
    match section:
        case "grades" if n:
            return words.count(
                "What do we take from the goal that was not met?",
                "What do we take from the {n} goals that were not met?",
                n,
            )
        case "grades":
            return words.say("How do we notice early that a goal slips?")
        case "result" if n:
            return words.say("Do we keep the plan for the next quarter?")
        case "result":
            return words.say("Do the figures agree with what we experienced?")
        case "why" if n:
            return words.count(
                "What do we change about the pattern?",
                "Which of the {n} patterns do we tackle first?",
                n,
            )
        case "why":
            return words.say("Which cause can we influence?")
        case "wins" if n:
            return words.count(
                "What do we change after the setback?",
                "What do we change after the {n} setbacks?",
                n,
            )
        case "wins":
            return words.say("Which of the wins can be repeated?")
        case "attention" if n:
            return words.count(
                "Who takes the point, and by when?",
                "Who takes which of the {n} points, and by when?",
                n,
            )
        case "attention":
            return words.say("Is anything missing that needs attention?")
    return words.say("Who does what by when?")


def _cause(cause: str, n: int, words: Words) -> str:
    match cause:
        case "missing_amount":
            return words.count("{n} deal without an amount", "{n} deals without an amount", n)
        case "negative_amount":
            return words.count(
                "{n} deal with a negative amount", "{n} deals with a negative amount", n
            )
        case "missing_created":
            return words.count(
                "{n} deal without a creation day", "{n} deals without a creation day", n
            )
        case "overdue":
            return words.count(
                "{n} open deal with a passed closing day",
                "{n} open deals with a passed closing day",
                n,
            )
    return words.count("{n} rejected row", "{n} rejected rows", n)


def doubt(bounds: pd.DataFrame, formats: Formats) -> str:
    """Return the one sentence on how firm the figures are; empty where none could move by 5 %.

    Parameters
    ----------
    bounds : DataFrame
        As `quality.bounds` returns it.
    """
    told = noteworthy(bounds)
    if told.empty:
        return ""
    row = told.iloc[0]
    rows, measure = sum(n for _, n in row["why"]), row["measure"]
    return formats.words.count(
        "{measure}: {low} to {high} possible once {n} doubtful row is mended.",
        "{measure}: {low} to {high} possible once {n} doubtful rows are mended.",
        rows,
        measure=formats.words.say(REGISTRY[measure].name),
        low=formats.measure(measure, row["low"]),
        high=formats.measure(measure, row["high"]),
    )


def firmness(bounds: pd.DataFrame, data: Slice, formats: Formats) -> Shown:
    """Return how far each headline could move if the bad rows were repaired, and why."""
    words = formats.words
    moved = bounds.loc[bounds["why"].map(len) > 0]
    teamless = int(data.hygiene.get("without_team", 0)) if data.scope != "company" else 0
    apart = words.count(
        "{n} rejected row names no team and counts for none.",
        "{n} rejected rows name no team and count for none.",
        teamless,
    )
    if moved.empty:
        said = words.say("No bad row could move a headline.")
        return parts.text(f"{said} {apart}" if teamless else said)
    note = words.say(
        "Every doubtful row at once, each in the direction that moves the figure most. A missing "
        "amount counts with up to what nine of ten of the team's own deals stay below."
    )
    shown = Table.of(
        words.say("Figure"),
        number(words.say("Now"), main=True),
        number(words.say("At least")),
        number(words.say("At most")),
        words.say("Because of"),
    ).titled(words.say("How far bad rows could move the figures"))
    for row in moved.to_dict(orient="records"):
        known, sides = REGISTRY[row["measure"]], (row["value"], row["low"], row["high"])
        told = [formats.measure(row["measure"], side) for side in sides]
        because = ", ".join(_cause(cause, n, words) for cause, n in row["why"])
        shown = shown.add(words.say(known.name), *told, because)
    return shown.noted(f"{note} {apart}" if teamless else note).show()


def disputes(duel: pd.DataFrame, formats: Formats) -> list[str]:
    """Return a sentence for each measure whose definitions lead to opposite conclusions.

    Parameters
    ----------
    duel : DataFrame
        As `duel.duel` returns it.
    """
    lines = []
    for measure, rows in duel.loc[duel["flips"]].groupby("measure", sort=False):
        ends = rows.loc[rows["conclusion"] != "same"].drop_duplicates("conclusion")
        told = [_side(row, formats) for row in ends.to_dict(orient="records")]
        lines.append(
            formats.words.say(
                "{measure}: {one}; {other}. Which one counts?",
                measure=formats.words.say(_DISPUTED[str(measure)]),
                one=told[0],
                other=told[1],
            )
        )
    return lines


def _side(row: dict[object, object], formats: Formats) -> str:
    words = formats.words
    conclusion, variant = _CONCLUSIONS[str(row["conclusion"])], _VARIANTS[str(row["variant"])]
    return f"{words.say(conclusion)} {words.say(variant)}"


def _values(row: dict[object, object], formats: Formats) -> tuple[str, str]:
    unit: Unit = row["unit"]  # type: ignore[assignment]
    whole = row["measure"] == "attainment"

    def text(value: object) -> str:
        number = float(value)  # type: ignore[arg-type]
        if pd.isna(number):
            return DASH
        if row["measure"] == "coverage":
            return formats.times(number)
        return formats.percent(number, 0) if whole else formats.unit_value(unit, number)

    return text(row["now"]), text(row["before"])


def definitions(duel: pd.DataFrame, formats: Formats) -> Shown:
    """Return the disputed measures under all their definitions; nothing where none is known."""
    words = formats.words
    if duel.empty:
        return Shown("", "")
    shown = Table.of(
        words.say("Definition"),
        number(words.say("This quarter"), main=True),
        number(words.say("Previous quarter")),
        words.say("Conclusion"),
    ).titled(words.say("The same quarter under every definition in use"))
    for measure, rows in duel.groupby("measure", sort=False):
        shown = shown.add(words.say(_DISPUTED[str(measure)]), kind="group")
        for row in rows.to_dict(orient="records"):
            now, before = _values(row, formats)
            name, end = _VARIANTS[row["variant"]], _CONCLUSIONS[row["conclusion"]]
            flips = bool(row["flips"]) and row["conclusion"] != "same"
            said = Cell(words.say(end), bold=flips)
            shown = shown.add(words.say(name), now, before, said)
    note = words.say("A change of less than 5 % of the earlier value counts as much the same.")
    return shown.noted(note).show()
