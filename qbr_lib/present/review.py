"""The parts of a team's review, from finished figures to what a page shows."""

from __future__ import annotations

from functools import partial

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.metrics import pipeline as bars
from qbr_lib.metrics.explained import Explained
from qbr_lib.present import causes, folds, lists, parts, sentences, tables
from qbr_lib.present.charts import bridge, marks
from qbr_lib.present.charts import trend as trend_chart
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.sentences import Known
from qbr_lib.present.tables import Cell, Column

FIGURES: dict[str, str] = {
    "won": N_("Revenue won"),
    "average": N_("Average won deal"),
    "win_rate": N_("Win rate"),
    "created": N_("Deals created"),
    "days": N_("Days to win"),
    "slipped": N_("Slipped amount"),
}
_TREND = (N_("Quarter"), N_("Won"), N_("Target"), N_("Deals won"))
PLACES: dict[str, str] = {
    "usual": N_("as usual"),
    "above": N_("above the usual range"),
    "below": N_("below the usual range"),
    "too_early": N_("too early"),
}


def value_text(key: str, value: float, formats: Formats, *, short: bool = False) -> str:
    """Return a headline figure as text; an unknown one as a dash."""
    if pd.isna(value):
        return DASH
    if key in ("won", "average", "slipped"):
        return formats.money_short(value) if short else formats.money(value)
    if key == "win_rate":
        return formats.percent(value)
    return formats.days(value) if key == "days" else formats.count(value)


def change_text(key: str, value: float, then: float, formats: Formats) -> str:
    """Return the change of a headline figure as text; an unknown one as a dash."""
    if pd.isna(then) or pd.isna(value):
        return DASH
    if key == "win_rate":
        return formats.points(value - then)
    if key == "days":
        return formats.days(value - then, signed=True)
    if key == "created" or then == 0:
        return formats.count(value - then, signed=True)
    return formats.percent((value - then) / then, signed=True)


def glance(
    data: Slice, measures: Known, explained: Explained, points: pd.DataFrame, formats: Formats
) -> Shown:
    """Return the page in one look.

    Parameters
    ----------
    points : DataFrame
        What needs attention, as `attention.listed` returns it.
    """
    words = formats.words
    rows = _judged(explained).set_index("key")
    figures = [
        _glance(key, rows.loc[key], measures, _source(key, data), formats, over=data.over)
        for key in _most_telling(rows)
    ]
    band = words.say("Grey band: usual range, eight of ten comparable quarters.")
    told = causes.lines(explained, formats)
    return parts.glance(
        sentences.answer(measures, data, formats),
        figures,
        left_title=words.say("What happened"),
        left=told or [words.say("The quarter cannot be compared with earlier ones yet.")],
        right_title=words.say("To decide today"),
        right=causes.questions(points, explained, formats),
        note=band if rows["low"].notna().any() else "",
    )


def _judged(explained: Explained) -> pd.DataFrame:
    """Return the headline figures with harm: whether one is a pattern for the worse."""
    claims = explained.judged
    mine = (claims["kind"] == "figure") & claims["pattern"].astype(bool)
    harmful = claims.loc[mine & ~claims["favourable"].astype(bool), "name"]
    return explained.figures.assign(harm=explained.figures["key"].isin(harmful))


def _most_telling(rows: pd.DataFrame) -> list[str]:
    """Return four headline figures: revenue, then what is a pattern or outside its usual range."""
    order = ("won", "win_rate", "average", "slipped", "created", "days")
    shown = [key for key in order if key in rows.index]
    beyond = rows["place"].isin(["above", "below"])
    return sorted(shown, key=lambda key: (key != "won", not rows["harm"][key], not beyond[key]))[:4]


def _source(key: str, data: Slice) -> str:
    """Return where on the page the deals behind a headline figure are listed."""
    cohort = key == "win_rate" and data.organisation.definitions.win_rate == "created_cohort"
    return folds.anchor("created" if cohort else key if key in ("created", "slipped") else "won")


def _glance(
    key: str, row: pd.Series, measures: Known, source: str, formats: Formats, *, over: bool
) -> parts.Glance:
    words, value, alert = formats.words, float(row["value"]), bool(row["harm"])
    name, text = words.say(FIGURES[key]), value_text(key, value, formats, short=True)
    base = words.count("{n} deal", "{n} deals", int(row["n"]))
    if key == "won" and "bookings.attainment" in measures:
        goal = measures["bookings.target"].value
        share = formats.percent(measures["bookings.attainment"].value, 0)
        verdict = words.say("{percent} of target", percent=share)
        mark = marks.glance_bullet(value, goal, alt=verdict)
        told = words.say("Target {amount}", amount=formats.money_short(goal))
        return parts.Glance(name, text, mark, verdict, told, over and value < goal, base, source)
    verdict, (low, high) = words.say(PLACES[str(row["place"])]), row[["low", "high"]].astype(float)
    reference = words.say("usual range not known yet")
    if pd.notna(low):
        sides = [value_text(key, side, formats, short=True) for side in (low, high)]
        reference = words.say("{low} to {high}", low=sides[0], high=sides[1])
    mark = marks.glance_band(value, low, high, alt=f"{verdict}, {reference}", alert=alert)
    return parts.Glance(name, text, mark, verdict, reference, alert, base, source)


def trend(frame: pd.DataFrame, measures: Known, formats: Formats) -> Shown:
    """Return eight quarters of revenue against target."""
    words, value = formats.words, {name: one.value for name, one in measures.items()}
    if "bookings.won_amount" not in value:
        return parts.text(words.say("Without amounts there is no revenue to show."))
    won, goal = value["bookings.won_amount"], value.get("bookings.target")
    below = N_("Revenue per quarter, {unit}; line: target")
    if frame["target"].isna().all():
        below = N_("Revenue per quarter, {unit}")
    rows = [
        (
            formats.quarter(row.quarter),
            formats.money(row.won),
            value_text("won", row.target, formats),
            formats.count(row.won_count),
        )
        for row in frame.itertuples()
    ]
    return figure(
        partial(
            trend_chart.trend,
            frame,
            formats=formats,
            gap=None if goal is None else won - goal,
            change_previous=value.get("bookings.change_on_previous_quarter"),
            change_year=value.get("bookings.change_on_year_ago"),
        ),
        title=_met(frame, formats),
        subtitle=words.say(below, unit=trend_chart.scale(frame, formats=formats).unit),
        alt=words.say(
            "Bars: revenue of {n} quarters, the last {amount}.",
            n=formats.count(len(frame)),
            amount=formats.money_short(won),
        ),
        data=Table([words.say(head) for head in _TREND], rows),
        words=words,
        wide=trend_chart.size(frame),
        half=trend_chart.size(frame, narrow=True),
    )


def _met(frame: pd.DataFrame, formats: Formats) -> str:
    """Say how many earlier quarters met their target."""
    goals = frame.loc[frame["target"].notna() & ~frame["current"]]
    if goals.empty:
        return formats.words.say("Revenue of the last quarters")
    return formats.words.count(
        "{met} of {n} earlier quarter met its target",
        "{met} of {n} earlier quarters met their target",
        len(goals),
        met=formats.count((goals["won"] >= goals["target"]).sum()),
    )


def figures_table(explained: Explained, data: Slice, formats: Formats) -> Shown:
    """Return the headline figures against before, with eight quarters and the usual range."""
    words, usual = formats.words, _judged(explained)
    columns = (
        Column("name", words.say("Figure")),
        Column("value", formats.quarter(data.quarter), "right", main=True),
        Column("previous", words.say("on previous quarter"), "right"),
        Column("year", words.say("on year before"), "right"),
        Column("series", words.say("8 quarters")),
        Column("place", words.say("Compared with usual")),
    )
    known = words.say("Grey band: usual range") if usual["low"].notna().any() else ""
    table = tables.Table(columns).titled(_outside(usual, formats), known)
    for row in usual.itertuples():
        verdict, alert = words.say(PLACES[row.place]), bool(row.harm)
        series = marks.sparkline(row.series, low=row.low, high=row.high, alert=alert, alt=verdict)
        base = words.count("{n} deal", "{n} deals", int(row.n))
        table = table.row(
            name=Cell(words.say(FIGURES[row.key]), base, comment_url=_source(row.key, data)),
            value=value_text(row.key, row.value, formats),
            previous=change_text(row.key, row.value, row.previous, formats),
            year=change_text(row.key, row.value, row.year_ago, formats),
            series=Cell(html=series),
            place=Cell(verdict, alert=alert, bold=row.place in ("above", "below")),
        )
    return table.show()


def _outside(usual: pd.DataFrame, formats: Formats) -> str:
    """Say how many figures lie outside their usual range."""
    words, outside = formats.words, int(usual["place"].isin(["above", "below"]).sum())
    if usual["low"].isna().all():
        return words.say("The figures beside the quarter and the year before")
    if not outside:
        return words.say("Every figure lies within its usual range")
    return words.count(
        "{n} figure lies outside its usual range",
        "{n} figures lie outside their usual range",
        outside,
    )


def pipeline(movements: pd.DataFrame, data: Slice, formats: Formats) -> Shown:
    """Return the pipeline of the quarter from its start to its end, or why there is none."""
    why, say = bars.missing(data), formats.words.say
    if why is not None:
        return parts.unavailable(
            say("The pipeline of the quarter cannot be shown."),
            say("Reason: {reason}.", reason=say(why[0], **why[1])),
            say("From the first run on, snapshots of the open deals are kept for it."),
        )
    flows = bars.table(movements)
    flows = flows.assign(label=[say(REGISTRY[f"pipeline.{one}"].name) for one in flows["flow"]])
    amounts = flows.set_index("flow")["amount"]
    opening, won = formats.money_short(amounts["opening"]), formats.money_short(abs(amounts["won"]))
    cells = zip(flows["label"], flows["amount"], flows["deals"], strict=True)
    note = say("Start plus all movements gives the end.")
    if data.history_kind == "snapshots":
        note += " " + say("Changes between two snapshots count net.")
    return figure(
        partial(bridge.bridge, flows, formats=formats),
        title=say(
            "From {opening} open at the start, {won} were won in all", opening=opening, won=won
        ),
        subtitle=say(
            "Deals planned to close in {quarter}, {unit}",
            quarter=formats.quarter(data.quarter),
            unit=bridge.scale(flows, formats=formats).unit,
        ),
        note=note,
        alt=say("Waterfall of the open deals, from {opening} at the start.", opening=opening),
        data=Table(
            (say("Movement"), say("Amount"), say("Deals")),
            [(label, formats.cents(amount), formats.count(n)) for label, amount, n in cells],
        ),
        words=formats.words,
        wide=bridge.size(flows),
        half=bridge.size(flows, narrow=True),
    )


def wins_and_slips(
    won: pd.DataFrame, slipped: pd.DataFrame, data: Slice, formats: Formats
) -> Shown:
    """Return the largest deals won beside the largest that slipped and are still open."""
    say, day = formats.words.say, "expected_close_on"
    none = say("No open deal has slipped out of the quarter.")
    if bars.missing(data) is not None:
        none = say("Whether deals slipped cannot be seen in this data.")
    title = say("The largest slipped deals")
    right = lists.deals(slipped, title, formats, detail=day, empty=none)
    if won.empty:  # the headline says so
        return right
    left = lists.deals(won, say("The largest wins"), formats, detail="closed_on", empty="")
    left += folds.pointer("won", formats)
    if slipped.empty:
        return left + right
    return parts.columns([left], [right, folds.pointer("slipped", formats)])


def open_deals(
    overdue: pd.DataFrame, largest: pd.DataFrame, data: Slice, formats: Formats
) -> Shown:
    """Return overdue deals beside the largest open ones."""
    say, day = formats.words.say, "expected_close_on"
    title, none = say("Planned closing day has passed"), say("No deal is open.")
    unknown = say("The data carries no planned closing days.")
    left = lists.deals(overdue, title, formats, detail=day, empty=unknown)
    right = lists.deals(largest, say("The largest open deals"), formats, detail=day, empty=none)
    if overdue.empty and data.has("opportunities", day):
        return right
    return parts.columns([left], [right])
