"""The parts of a team's review, from finished figures to what a page shows."""

from __future__ import annotations

from functools import partial

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.measures import N_, REGISTRY, Outcome, Unavailable
from qbr_lib.metrics import pipeline as bridge_bars
from qbr_lib.metrics.explained import Explained
from qbr_lib.present import causes, folds, lists, parts, sentences, tables
from qbr_lib.present.charts import bridge as bridge_chart
from qbr_lib.present.charts import marks
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
LISTS_OF: dict[str, str] = {
    "won": "won",
    "average": "won",
    "win_rate": "won",
    "created": "created",
    "days": "won",
    "slipped": "slipped",
}
PLACES: dict[str, str] = {
    "usual": N_("as usual"),
    "above": N_("above the usual range"),
    "below": N_("below the usual range"),
    "too_early": N_("too early"),
}


def value_text(key: str, value: float, formats: Formats) -> str:
    """Return a headline figure as text; an unknown one as a dash."""
    if pd.isna(value):
        return "\N{EN DASH}"
    if key in ("won", "average", "slipped"):
        return formats.money(value)
    if key == "win_rate":
        return formats.percent(value)
    return formats.days(value) if key == "days" else formats.count(value)


def change_text(key: str, value: float, then: float, formats: Formats) -> str:
    """Return the change of a headline figure as text; an unknown one as a dash."""
    if pd.isna(then) or pd.isna(value):
        return "\N{EN DASH}"
    if key == "win_rate":
        return formats.points(value - then)
    if key == "days":
        return formats.days(value - then, signed=True)
    if key == "created" or then == 0:
        return formats.count(value - then, signed=True)
    return formats.percent((value - then) / then, signed=True)


def glance(
    data: Slice,
    measures: Known,
    explained: Explained,
    points: pd.DataFrame,
    formats: Formats,
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
    banded = rows["low"].notna().any() if len(rows) else False
    told = causes.lines(explained, formats)
    return parts.glance(
        sentences.answer(measures, data, formats),
        figures,
        left_title=words.say("What happened"),
        left=told or [words.say("The quarter cannot be compared with earlier ones yet.")],
        right_title=words.say("To decide today"),
        right=causes.questions(points, explained, formats),
        note=words.say("Grey band: usual range, eight of ten comparable quarters.")
        if banded
        else "",
    )


def _judged(explained: Explained) -> pd.DataFrame:
    """Return the headline figures with harm: whether one is a pattern for the worse."""
    claims = explained.judged
    mine = (claims["kind"] == "figure") & claims["pattern"].astype(bool)
    harmful = claims.loc[mine & ~claims["favourable"].astype(bool), "name"]
    return explained.figures.assign(harm=explained.figures["key"].isin(harmful))


def _most_telling(rows: pd.DataFrame) -> list[str]:
    """Return four headline figures: revenue, then what is a pattern or outside its usual range."""
    shown = [
        key
        for key in ("won", "win_rate", "average", "slipped", "created", "days")
        if key in rows.index
    ]
    beyond = rows["place"].isin(["above", "below"])
    return sorted(shown, key=lambda key: (key != "won", not rows["harm"][key], not beyond[key]))[:4]


def _source(key: str, data: Slice) -> str:
    """Return where on the page the deals behind a headline figure are listed."""
    cohort = key == "win_rate" and data.organisation.definitions.win_rate == "created_cohort"
    return folds.anchor("created" if cohort else LISTS_OF[key])


def _glance(
    key: str, row: pd.Series, measures: Known, source: str, formats: Formats, *, over: bool
) -> parts.Glance:
    words = formats.words
    name, value = words.say(FIGURES[key]), float(row["value"])
    base = words.count("{n} deal", "{n} deals", int(row["n"]))
    if key == "won" and "bookings.attainment" in measures:
        goal = measures["bookings.target"].value
        share = formats.percent(measures["bookings.attainment"].value, 0)
        verdict = words.say("{percent} of target", percent=share)
        mark = marks.glance_bullet(value, goal, alt=verdict)
        told = words.say("Target {amount}", amount=formats.money_short(goal))
        text, missed = formats.money_short(value), over and value < goal
        return parts.Glance(name, text, mark, verdict, told, missed, base, source)
    place = PLACES[str(row["place"])]
    verdict = words.say(place)
    alert = bool(row["harm"])
    if pd.isna(row["low"]):
        reference = words.say("usual range not known yet")
    else:
        low, high = (_short(key, float(row[side]), formats) for side in ("low", "high"))
        reference = words.say("{low} to {high}", low=low, high=high)
    mark = marks.glance_band(
        value, float(row["low"]), float(row["high"]), alt=f"{verdict}, {reference}", alert=alert
    )
    text = _short(key, value, formats)
    return parts.Glance(name, text, mark, verdict, reference, alert, base, source)


def _short(key: str, value: float, formats: Formats) -> str:
    if key in ("won", "average", "slipped"):
        return formats.money_short(value)
    return value_text(key, value, formats)


def trend(frame: pd.DataFrame, measures: Known, formats: Formats) -> Shown:
    """Return eight quarters of revenue against target."""
    words = formats.words
    if "bookings.won_amount" not in measures:
        return parts.text(words.say("Without amounts there is no revenue to show."))
    scale = formats.scale(frame[["won", "target"]].max().max())
    goals = frame.loc[frame["target"].notna() & ~frame["current"]]
    met = int((goals["won"] >= goals["target"]).sum())
    title = words.say("Revenue of the last quarters")
    if len(goals):
        title = words.count(
            "{met} of {n} earlier quarter met its target",
            "{met} of {n} earlier quarters met their target",
            len(goals),
            met=formats.count(met),
        )
    table = Table(
        (words.say("Quarter"), words.say("Won"), words.say("Target"), words.say("Deals won")),
        [
            (
                formats.quarter(row.quarter),
                formats.money(row.won),
                "\N{EN DASH}" if pd.isna(row.target) else formats.money(row.target),
                formats.count(row.won_count),
            )
            for row in frame.itertuples()
        ],
    )
    cut = bool(frame["partial"].iloc[-1])  # held against no whole quarter
    change = {
        name: None if cut else measures.get(f"bookings.change_on_{name}")
        for name in ("previous_quarter", "year_ago")
    }
    below = N_("Revenue per quarter, {unit}; line: target")
    below = below if frame["target"].notna().any() else N_("Revenue per quarter, {unit}")
    goal = measures.get("bookings.target")
    draw = partial(
        trend_chart.trend,
        frame,
        formats=formats,
        gap=measures["bookings.won_amount"].value - goal.value if goal else None,
        change_previous=change["previous_quarter"].value if change["previous_quarter"] else None,
        change_year=change["year_ago"].value if change["year_ago"] else None,
    )
    return figure(
        draw,
        title=title,
        subtitle=words.say(below, unit=scale.unit),
        alt=words.say(
            "Bars: revenue of {n} quarters, the last {amount}.",
            n=formats.count(len(frame)),
            amount=formats.money_short(measures["bookings.won_amount"].value),
        ),
        data=table,
        words=words,
        wide=trend_chart.size(frame),
        half=trend_chart.size(frame, narrow=True),
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
    outside = int(usual["place"].isin(["above", "below"]).sum())
    known = bool(usual["low"].notna().any())
    title = words.say("The figures beside the quarter and the year before")
    if known:
        title = words.count(
            "{n} figure lies outside its usual range",
            "{n} figures lie outside their usual range",
            outside,
        )
    if known and not outside:
        title = words.say("Every figure lies within its usual range")
    table = tables.Table(columns).titled(
        title,
        words.say("Grey band: usual range") if known else "",
    )
    for row in usual.itertuples():
        alert = bool(row.harm)
        verdict = words.say(PLACES[row.place])
        series = marks.sparkline(row.series, low=row.low, high=row.high, alert=alert, alt=verdict)
        table = table.row(
            name=Cell(
                words.say(FIGURES[row.key]),
                comment=words.count("{n} deal", "{n} deals", int(row.n)),
                comment_url=_source(row.key, data),
            ),
            value=value_text(row.key, row.value, formats),
            previous=change_text(row.key, row.value, row.previous, formats),
            year=change_text(row.key, row.value, row.year_ago, formats),
            series=Cell(html=series),
            place=Cell(verdict, alert=alert, bold=row.place in ("above", "below")),
        )
    return table.show()


def bridge(flows: pd.DataFrame, data: Slice, formats: Formats) -> Shown:
    """Return the pipeline of the quarter from its start to its end."""
    words = formats.words
    named = flows.assign(
        label=[words.say(REGISTRY[f"pipeline.{flow}"].name) for flow in flows["flow"]]
    )
    amounts = named.set_index("flow")["amount"]
    scale = bridge_chart.scale(named, formats=formats)
    table = Table(
        (words.say("Movement"), words.say("Amount"), words.say("Deals")),
        [
            (row.label, formats.cents(row.amount), formats.count(row.deals))
            for row in named.itertuples()
        ],
    )
    net = words.say("Changes between two snapshots count net.")
    net = net if data.history_kind == "snapshots" else ""
    total = formats.money_short(amounts["opening"])
    return figure(
        partial(bridge_chart.bridge, named, formats=formats),
        title=words.say(
            "From {opening} open at the start, {won} were won in all",
            opening=total,
            won=formats.money_short(abs(amounts["won"])),
        ),
        subtitle=words.say(
            "Deals planned to close in {quarter}, {unit}",
            quarter=formats.quarter(data.quarter),
            unit=scale.unit,
        ),
        note=" ".join(filter(None, [words.say("Start plus all movements gives the end."), net])),
        alt=words.say("Waterfall of the open deals, from {opening} at the start.", opening=total),
        data=table,
        words=words,
        wide=bridge_chart.size(named),
        half=bridge_chart.size(named, narrow=True),
    )


def pipeline(
    movements: pd.DataFrame, outcomes: list[Outcome], data: Slice, formats: Formats
) -> Shown:
    """Return the bridge, or in its place why there is none."""
    if bridge_bars.missing(data) is not None:
        return unavailable(outcomes, "pipeline.", formats)
    return bridge(bridge_bars.table(movements), data, formats)


def wins_and_slips(
    won: pd.DataFrame, slipped: pd.DataFrame, data: Slice, formats: Formats
) -> Shown:
    """Return the largest deals won beside the largest that slipped and are still open."""
    words = formats.words
    none = words.say("No open deal has slipped out of the quarter.")
    if bridge_bars.missing(data) is not None:
        none = words.say("Whether deals slipped cannot be seen in this data.")
    right = lists.deals(
        slipped,
        words.say("The largest slipped deals"),
        formats,
        detail="expected_close_on",
        empty=none,
    )
    if won.empty:  # the headline says so
        return right
    left = lists.deals(
        won, words.say("The largest wins"), formats, detail="closed_on", empty=""
    ) + folds.pointer("won", formats)
    if slipped.empty:
        return left + right
    return parts.columns([left], [right, folds.pointer("slipped", formats)])


def open_deals(
    overdue: pd.DataFrame, largest: pd.DataFrame, data: Slice, formats: Formats
) -> Shown:
    """Return overdue deals beside the largest open ones."""
    words = formats.words
    none = words.say("The data carries no planned closing days.")
    left = lists.deals(
        overdue,
        words.say("Planned closing day has passed"),
        formats,
        detail="expected_close_on",
        empty=none,
    )
    right = lists.deals(
        largest,
        words.say("The largest open deals"),
        formats,
        detail="expected_close_on",
        empty=words.say("No deal is open."),
    )
    if overdue.empty and data.has("opportunities", "expected_close_on"):
        return right
    return parts.columns([left], [right])


def unavailable(outcomes: list[Outcome], prefix: str, formats: Formats) -> Shown:
    """Return why a group of measures is missing; nothing where none is."""
    words = formats.words
    gone = [o for o in outcomes if isinstance(o, Unavailable) and o.id.startswith(prefix)]
    if not gone:
        return Shown("", "")
    reason = words.say(gone[0].reason, **gone[0].details)
    return parts.unavailable(
        words.say("The pipeline of the quarter cannot be shown."),
        words.say("Reason: {reason}.", reason=reason),
        words.say("From the first run on, snapshots of the open deals are kept for it."),
    )
