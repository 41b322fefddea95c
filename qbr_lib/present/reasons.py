"""Why deals were won and lost, as the CRM says; no decision apart, and how many say nothing."""

from __future__ import annotations

from functools import partial

import pandas as pd

from qbr_lib.formats import DASH, Formats
from qbr_lib.present import folds, lists, parts
from qbr_lib.present.charts import bars
from qbr_lib.present.figure import Shown, Table, figure


def lost(frame: pd.DataFrame, largest: pd.DataFrame, formats: Formats) -> Shown:
    """Return the reasons for losses beside the largest deals lost.

    Parameters
    ----------
    frame : DataFrame
        As `conversion.reasons` returns it for the losses.
    largest : DataFrame
        The largest of them.
    """
    words = formats.words
    if frame.empty:
        return parts.text(words.say("No deal was lost."))
    n = int(frame["count"].sum())
    beside = lists.deals(
        largest,
        words.say("The largest losses"),
        formats,
        detail="reason",
        empty=words.say("No deal was lost."),
    )
    below, decided = words.count("{n} deal lost", "{n} deals lost", n), ~frame["no_decision"]
    if (apart := int(frame.loc[~decided, "count"].sum())) and decided.any():
        without = formats.count(apart)
        below = words.say("{lost}; {k} without a decision are not drawn", lost=below, k=without)
    drawn = _reasons(frame.loc[decided], words.say("Reasons for the losses"), below, formats)
    told = " ".join(filter(None, [_no_decision(frame, formats), _unknown(frame, formats)]))
    left = [drawn, parts.text(told)]
    return parts.columns(left, [beside, folds.pointer("lost", formats)])


def won(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return the reasons for wins.

    Parameters
    ----------
    frame : DataFrame
        As `conversion.reasons` returns it for the wins.
    """
    words = formats.words
    if frame.empty:
        return parts.text(words.say("No deal was won."))
    below = words.count("{n} deal won", "{n} deals won", int(frame["count"].sum()))
    drawn = _reasons(frame, words.say("Reasons for the wins"), below, formats)
    told = parts.text(_unknown(frame, formats))
    return sum(_first(frame, formats), drawn + told)


def _no_decision(frame: pd.DataFrame, formats: Formats) -> str:
    rows = frame.loc[frame["no_decision"]]
    if rows.empty:
        return ""
    return formats.words.say(
        "{k} of {n} lost deals ended without a decision ({share}{before}).",
        k=formats.count(rows["count"].sum()),
        n=formats.count(frame["count"].sum()),
        share=formats.percent(rows["share"].sum(), 0),
        before=_before(rows["before"].sum(min_count=1), formats),
    )


def _before(share: float, formats: Formats) -> str:
    if pd.isna(share):
        return ""
    return formats.words.say(", before {share}", share=formats.percent(share, 0))


def _unknown(frame: pd.DataFrame, formats: Formats) -> str:
    words, n = formats.words, formats.count(frame["count"].sum())
    rows = frame.loc[frame["reason"].isna()]
    if rows.empty:
        return words.say("All {n} deals name a reason.", n=n)
    return words.say(
        "{k} of {n} name no reason ({share}{before}).",
        k=formats.count(rows["count"].sum()),
        n=n,
        share=formats.percent(rows["share"].sum(), 0),
        before=_before(rows["before"].sum(min_count=1), formats),
    )


def _first(frame: pd.DataFrame, formats: Formats) -> list[Shown]:
    """Say the most frequent reason beside the quarters before; nothing where none is named."""
    rows = frame.loc[frame["reason"].notna() & ~frame["no_decision"]]
    if rows.empty:
        return []
    top = rows.iloc[0]
    told = formats.words.say(
        "Named most often: {reason} ({share}{before}).",
        reason=str(top["reason"]),
        share=formats.percent(top["share"], 0),
        before=_before(top["before"], formats),
    )
    return [parts.text(told)]


def _reasons(frame: pd.DataFrame, title: str, below: str, formats: Formats) -> Shown:
    words = formats.words
    if frame.empty:
        return parts.text(below)
    labels = frame["reason"].where(frame["reason"].notna(), words.say("no reason given"))
    drawn = pd.DataFrame({"label": labels, "count": frame["count"], "share": frame["share"]})
    rows = [
        (
            label,
            formats.count(count),
            formats.money(amount),
            _share(share, formats),
            _share(before, formats),
        )
        for label, count, amount, share, before in zip(
            labels, *(frame[name] for name in ("count", "amount", "share", "before")), strict=True
        )
    ]
    head = (
        words.say("Reason"),
        words.say("Deals"),
        words.say("Amount"),
        words.say("Share"),
        words.say("Share in the four quarters before"),
    )
    return figure(
        partial(bars.reasons, drawn, formats=formats),
        title=title,
        subtitle=below,
        alt=words.say("Bars: how often each reason was given."),
        data=Table(head, rows),
        words=words,
        wide=None,
        half=bars.size(drawn, narrow=True),
    )


def _share(value: float, formats: Formats) -> str:
    return DASH if pd.isna(value) else formats.percent(value, 0)
