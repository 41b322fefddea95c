"""Activities done in the quarter, in all and by kind: counted, never said to cause a win."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import NO_ACTIVITIES, NO_KIND, Measure, Outcome, Unavailable

# What CRM systems call the same kind, in lower case, as whole words; the first that fits counts.
KINDS: dict[str, tuple[str, ...]] = {
    "calls": ("calls?", "phone ?calls?", "anrufe?", "rückrufe?", "telefonate?"),
    "demos": ("demos?", "demonstrations?", "vorführung(?:en)?", "präsentation(?:en)?"),
    "meetings": (
        *("meetings?", "appointments?", "events?", "visits?", "termine?", "besuche?"),
        *("besprechung(?:en)?", "(?:erst|kunden)?gespräche?"),
    ),
    "emails": ("e-?mails?", "mails?"),
}


def kind_of(kind: pd.Series) -> pd.Series:
    """Return the measure's kind of each activity's kind; missing for every other.

    >>> kind_of(pd.Series(["Phone Call", "Termin vor Ort", "fax"])).to_list()
    ['calls', 'meetings', nan]
    """
    folded = kind.str.casefold()
    found = pd.Series(pd.NA, index=kind.index, dtype="str")
    for name, words in KINDS.items():
        pattern = rf"(?:^|\W)(?:{'|'.join(words)})(?:\W|$)"
        found = found.mask(found.isna() & folded.str.contains(pattern), name)
    return found


def done(data: Slice) -> pd.DataFrame:
    """Return the teams' activities of the quarter under review, one row each."""
    rows = data.tables["activities"]
    within = rows["done_on"].between(*data.quarter.span)
    return rows.loc[within & rows["team_id"].isin(data.team_ids)]


def measures(data: Slice) -> list[Outcome]:
    """Return the number of activities, in all and by kind.

    A kind that the whole table never names is unavailable; one that was not done is 0.
    """
    ids = {name: f"activity.{name}" for name in ("done", *KINDS)}
    if "activities" not in data.tables:
        return [Unavailable(one, NO_ACTIVITIES) for one in ids.values()]
    rows = done(data)
    counts = kind_of(rows["kind"]).value_counts()
    ever = set(kind_of(data.tables["activities"]["kind"]).dropna())
    found: list[Outcome] = [Measure(ids["done"], float(len(rows)), len(rows))]
    for name in KINDS:
        n = int(counts.get(name, 0))
        told = Measure(ids[name], float(n), n)
        found.append(told if name in ever else Unavailable(ids[name], NO_KIND))
    return found
