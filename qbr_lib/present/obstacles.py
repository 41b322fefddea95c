"""What may get in the way of goals, as a person reads it: what has occurred, and when it would."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from qbr_lib.formats import Formats
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown

_OCCURRED: dict[str, str] = {
    "met": N_("has occurred"),
    "quiet": N_("not so far"),
    "watched": N_("watched by people"),
    "not_begun": N_("not begun"),
    "unavailable": N_("cannot be measured"),
}


def table(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return the foreseen obstacles, those that occurred first."""
    words = formats.words
    if frame.empty:
        return Shown("", "")  # the headline says it
    rows = frame.assign(_quiet=frame["state"] != "met").sort_values("_quiet", kind="stable")
    items = []
    for row in rows.to_dict(orient="records"):
        state = row["state"]
        tag, alert = words.say(_OCCURRED[state]), state == "met"
        text = " ".join(filter(None, [_trigger(row, formats), row["counter"]]))
        items.append(parts.Finding(row["what"], text, tag, alert))
    return parts.findings(items)


def _trigger(row: dict[Hashable, Any], formats: Formats) -> str:
    words = formats.words
    if not isinstance(row["metric"], str):
        return ""
    metric = row["metric"]
    side = condition(metric, row["below"], row["above"], formats)
    if pd.isna(row["value"]):
        return words.say("{condition}.", condition=side)
    value = formats.measure(metric, row["value"])
    return words.say("{condition}; now {value}.", condition=side, value=value)


def condition(metric: str, below: float | None, above: float | None, formats: Formats) -> str:
    """Return what shows that an obstacle has come, such as "Win rate below 25%"."""
    words, limit, text = formats.words, below, N_("{measure} below {limit}")
    if limit is None or pd.isna(limit):
        limit, text = above, N_("{measure} above {limit}")
    told = formats.measure(metric, limit or 0.0)
    return words.say(text, measure=words.say(REGISTRY[metric].name), limit=told)


def finding(frame: pd.DataFrame, formats: Formats) -> str:
    """Return the headline of the section on obstacles."""
    words, met = formats.words, int((frame["state"] == "met").sum())
    if frame.empty:
        return words.say("No obstacle was foreseen")
    if not met:
        return words.say("No foreseen obstacle has occurred")
    return words.count("{n} obstacle has occurred", "{n} obstacles have occurred", met)
