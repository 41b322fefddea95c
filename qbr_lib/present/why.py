"""Why revenue changed: what moved it, stated as fact, and whether that is a pattern."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, Measure
from qbr_lib.metrics import contributors, drivers
from qbr_lib.metrics.causes import cause_of
from qbr_lib.metrics.drivers import Comparison
from qbr_lib.present import parts
from qbr_lib.present.charts import drivers as chart
from qbr_lib.present.charts import marks
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.sentences import Known

NAMES: dict[str, str] = {
    "volume": N_("Number of decided deals"),
    "win_rate": N_("Win rate"),
    "mix": N_("Mix"),
    "new": N_("New"),
    "vanished": N_("No longer decided"),
    "deal_size": N_("Deal size"),
}
_MIXES = {"product": N_("Product mix"), "segment": N_("Segment mix")}
_NAMED = 3
_APART = {
    "product": N_("compared product by product"),
    "segment": N_("compared segment by segment"),
}
_STILL = N_("Revenue and all it consists of stayed the same")
_CAUSES: dict[str, tuple[str, str]] = {
    "volume": (N_("Fewer deals were decided"), N_("More deals were decided")),
    "win_rate": (N_("Win rates fell"), N_("Win rates rose")),
    "mix": (N_("The mix became less valuable"), N_("The mix became more valuable")),
    "new": (N_("What is new brought losses"), N_("Something new was won")),
    "vanished": (N_("Something was no longer decided"), N_("Losses were no longer booked")),
    "deal_size": (N_("Deals became smaller"), N_("Deals became larger")),
}


def name_of(factor: str, column: str, formats: Formats) -> str:
    """Return what a factor is called, the mix by what it is a mix of."""
    name = _MIXES.get(column, NAMES[factor]) if factor == "mix" else NAMES[factor]
    return formats.words.say(name)


def _cause(found: Comparison, formats: Formats) -> str:
    factor = drivers.largest(found)
    fell, rose = _CAUSES[factor]
    text = fell if found.effects[factor] < 0 else rose
    return formats.words.say(text)


def _title(found: Comparison, formats: Formats) -> str:
    """Return what the largest cause cost or brought, and what the rest did."""
    words, effect = formats.words, found.effects[drivers.largest(found)]
    if effect == 0:
        return words.say(_STILL)
    rest = found.change - effect
    text = N_("{cause}: {amount}; all else {rest}") if round(rest) else N_("{cause}: {amount}")
    return words.say(
        text,
        cause=_cause(found, formats),
        amount=formats.money_short(effect, signed=True),
        rest=formats.money_short(rest, signed=True),
    )


def sentence(found: Comparison, judged: pd.DataFrame, data: Slice, formats: Formats) -> str:
    """Say whether a pattern stands behind the change of revenue.

    Parameters
    ----------
    judged : DataFrame
        As `patterns.judged` returns it for all claims of the workbook.
    """
    words, beyond = formats.words, _patterns(found, judged)
    if beyond:
        names = ", ".join(name_of(factor, found.column, formats) for factor in beyond)
        return words.say("A pattern, larger than the usual swing: {names}.", names=names)
    rows = drivers.table(found)
    if rows["usual"].isna().all():
        return words.say(
            "Whether more than the usual swing stands behind it, it is too early to say."
        )
    wide = rows.loc[rows["effect"].abs() > rows["usual"], "factor"]
    if len(wide):
        names = ", ".join(name_of(factor, found.column, formats) for factor in wide)
        return words.say(
            "Larger than the usual swing, but not surely more than chance: {names}.", names=names
        )
    if data.scope == "team":
        return words.say("Each cause is within the usual swing of this team.")
    return words.say("Each cause is within the usual swing of these teams.")


def _patterns(found: Comparison, judged: pd.DataFrame) -> list[str]:
    """Return the factors that are patterns: by themselves, or beyond the band as their cause is.

    The same cause is judged in several ways, of which some tell more: a rate by all its earlier
    quarters, or by one competitor.
    """
    sure = judged.loc[judged["pattern"].astype(bool)]
    kinds = zip(sure["kind"], sure["name"], sure["favourable"], strict=True)
    proven = {(cause_of(kind, name), bool(good)) for kind, name, good in kinds}
    own = set(sure.loc[sure["kind"] == "driver", "name"])
    rows = drivers.table(found)
    wide = rows.loc[rows["effect"].abs() > rows["usual"]]
    same = {
        row.factor
        for row in wide.itertuples()
        if (cause_of("driver", row.factor), row.effect > 0) in proven
    }
    return [factor for factor in drivers.FACTORS if factor in own | same]


def shown(
    found: Comparison | None,
    judged: pd.DataFrame,
    measures: Known,
    data: Slice,
    formats: Formats,
) -> Shown:
    """Return what moved revenue as a figure and its sentence, or in its place why there is none.

    Parameters
    ----------
    found : Comparison or None
        As `drivers.on_previous` returns it.
    judged : DataFrame
        As `patterns.judged` returns it for all claims of the workbook.
    measures : mapping
        Known measures; `pipeline.slipped` among them stands beside the causes.
    """
    words = formats.words
    if found is None:
        reason, details = drivers.missing(data, data.quarter.previous) or ("", {})
        return parts.unavailable(
            words.say("What moved revenue cannot be told."),
            words.say("Reason: {reason}.", reason=words.say(reason, **details)),
            words.say("It takes two whole quarters with decided deals and their amounts."),
        )
    rows = _rows(found, _patterns(found, judged), measures.get("pipeline.slipped"), formats)
    drawn = _drawn(rows, found, data, formats)
    return drawn + parts.text(sentence(found, judged, data, formats))


def _drawn(rows: pd.DataFrame, found: Comparison, data: Slice, formats: Formats) -> Shown:
    words, scale = formats.words, chart.scale(rows, formats=formats)
    then, now = (formats.money(float(side[:, 2].sum())) for side in found.sums)
    title = _title(found, formats)
    return figure(
        partial(chart.drivers, rows, formats=formats),
        title=title,
        subtitle=words.say(
            "Contribution to the change from {then} ({before}) to {now} ({after}), {unit}",
            then=formats.quarter(found.against),
            before=then,
            now=formats.quarter(data.quarter),
            after=now,
            unit=scale.unit,
        ),
        key=_key(rows, formats),
        alt=words.say(
            "Bars: what each cause added to the change of revenue. {title}.", title=title
        ),
        data=_numbers(rows, formats),
        words=words,
        wide=chart.size(rows),
        half=chart.size(rows, narrow=True),
    )


def _rows(
    found: Comparison, beyond: list[str], slipped: Measure | None, formats: Formats
) -> pd.DataFrame:
    """Return the rows of the chart: the causes, their sum, and what slipped beside it."""
    words = formats.words
    rows = [
        {
            "kind": "factor",
            "label": name_of(row.factor, found.column, formats),
            "comment": _comment(row, found, formats),
            "effect": row.effect,
            "usual": row.usual,
            "span": span(row, formats),
            "pattern": row.factor in beyond,
            "verdict": words.say(_verdict(row, beyond)),
        }
        for row in drivers.table(found).itertuples()
    ]
    rest: dict[str, Any] = dict.fromkeys(("span", "comment", "verdict"), "")
    rest |= {"usual": float("nan"), "pattern": False}
    total = round(sum(found.effects.values()), 2)
    rows.append({"kind": "sum", "label": words.say("Change in all"), "effect": total, **rest})
    if slipped is not None and slipped.n:
        told = words.count("{n} deal, not decided", "{n} deals, not decided", slipped.n)
        beside = {"comment": told, "verdict": words.say("not in the sum")}
        name = words.say("Slipped")
        rows.append({"kind": "beside", "label": name, "effect": slipped.value, **rest, **beside})
    return pd.DataFrame(rows)


def _verdict(row: Any, beyond: list[str]) -> str:
    if row.factor in ("new", "vanished"):
        return N_("not compared")
    if row.factor in beyond:
        return N_("pattern")
    if pd.isna(row.usual):
        return N_("too early")
    return N_("as usual") if abs(row.effect) <= row.usual else N_("no pattern")


def _comment(row: Any, found: Comparison, formats: Formats) -> str:
    """Return what a factor was and is; the parts that shifted where it is no number."""
    words, factor = formats.words, row.factor
    if factor == "mix":
        up, down = contributors.shifted(found)
        return words.say("more {up}, less {down}", up=up, down=down) if up and down else ""
    if factor in ("new", "vanished"):
        names = [*filter(None, contributors.only(found, factor))]
        more = words.count("{n} more", "{n} more", len(names) - _NAMED)
        return ", ".join([*names[:_NAMED], *([more] if len(names) > _NAMED else [])])
    if pd.isna(row.now) or pd.isna(row.then):
        return ""
    if factor != "volume" and (row.now - row.then) * row.effect < 0:
        return words.say(_APART[found.column]) if found.column in _APART else ""
    write = {"volume": formats.count, "win_rate": formats.percent}.get(factor, formats.money)
    return words.say("{now} instead of {then}", now=write(row.now), then=write(row.then))


def _key(rows: pd.DataFrame, formats: Formats) -> str:
    words, items = formats.words, []
    if rows["usual"].notna().any():
        items.append((marks.swatch("band"), words.say("usual swing from quarter to quarter")))
    for sign, role in ((-1, "alert"), (1, "actual")):
        if (rows["pattern"] & (rows["effect"] * sign > 0)).any():
            items.append((marks.swatch(role), words.say("pattern: larger than the usual swing")))
    items.append((marks.swatch("level"), words.say("fact, but no pattern")))
    return marks.key(items)


def span(row: Any, formats: Formats) -> str:
    """Return the values that an effect of `drivers.table` may have; empty where it has no range."""
    if pd.isna(row.low):
        return ""
    low, high = (formats.money(end, signed=True) for end in (row.low, row.high))
    return formats.words.say("{low} to {high}", low=low, high=high)


def _numbers(rows: pd.DataFrame, formats: Formats) -> Table:
    words = formats.words
    head = (
        words.say("Cause"),
        words.say("Contribution"),
        words.say("possible values, 9 in 10"),
        words.say("usual swing"),
        words.say("Verdict"),
        words.say("What changed"),
    )
    lines = []
    for row in rows.itertuples():
        swing = DASH if pd.isna(row.usual) else f"± {formats.money(row.usual)}"
        lines.append(
            (
                row.label,
                formats.cents(row.effect, signed=True),
                row.span or DASH,
                swing,
                row.verdict or DASH,
                row.comment or DASH,
            )
        )
    return Table(head, lines)
