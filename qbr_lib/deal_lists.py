"""The lists of deals behind the headlines: what each is called and what its columns mean.

Titles, headers and meanings are English message ids: `words` translates them where they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from qbr_lib.measures import N_, REGISTRY
from qbr_lib.schema import LOST, OPEN, WON

STATUSES: dict[str, str] = {OPEN: N_("open"), WON: N_("won"), LOST: N_("lost")}
SHEET = "deals.xlsx"
_LEVELS = ("opening", "closing")


@dataclass(frozen=True)
class DealList:
    """One list of deals.

    Parameters
    ----------
    title, meaning : str
        What a manager calls it; which deals stand in it and with what amount, in one sentence.
    day, detail : str
        Headers of the day that matters and of the fact beside it.
    mixed : bool
        Whether deals of several states stand in it, so that each must say its own.
    aged : bool
        Whether each says how old it is, how often its planned day was moved later, and for how
        long nothing of it changed.
    """

    title: str
    meaning: str
    day: str
    detail: str
    mixed: bool = False
    aged: bool = False


LISTS: dict[str, DealList] = {
    "won": DealList(
        N_("Deals won"), N_("Won in the quarter, by closing day."), N_("Closed"), N_("Reason")
    ),
    "lost": DealList(
        N_("Deals lost"), N_("Lost in the quarter, by closing day."), N_("Closed"), N_("Reason")
    ),
    "created": DealList(
        N_("Deals created"),
        N_("Created in the quarter, with the amount that each has now."),
        N_("Created on"),
        N_("Stage or reason"),
        mixed=True,
    ),
    "slipped": DealList(
        N_("Slipped deals"),
        N_("Planned to close in the quarter and then moved out of it, with the amount moved."),
        N_("Now planned"),
        N_("Stage or reason"),
        mixed=True,
        aged=True,
    ),
    "pipeline": DealList(
        N_("Pipeline movements"),
        N_("Every deal that entered, left or changed the pipeline of the quarter."),
        N_("Day"),
        N_("Stage or reason"),
        mixed=True,
    ),
    "overdue": DealList(
        N_("Overdue deals"),
        N_("Open, with a planned closing day that has passed."),
        N_("Planned"),
        N_("Stage"),
        aged=True,
    ),
    "stale": DealList(
        N_("Stale deals"),
        N_("Open for so long that deals of that age are hardly ever won."),
        N_("Created on"),
        N_("Stage"),
        aged=True,
    ),
    "open": DealList(
        N_("Open deals"),
        N_("Open on the day of the data, whenever they are planned to close."),
        N_("Planned"),
        N_("Stage"),
    ),
}


def title_of(name: str, movement: str | None = None) -> str:
    """Return the title of a list, or of one movement of the pipeline, as a message id."""
    return REGISTRY[f"pipeline.{movement}"].name if movement else LISTS[name].title


def meaning_of(name: str, movement: str | None = None) -> str:
    """Return what stands in a list, or in one movement of the pipeline, as a message id."""
    return REGISTRY[f"pipeline.{movement}"].formula if movement else LISTS[name].meaning


def is_signed(movement: str | None) -> bool:
    """Tell whether the amounts of a movement carry their sign: all but the two levels do."""
    return movement is not None and movement not in _LEVELS
