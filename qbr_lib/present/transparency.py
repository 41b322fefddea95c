"""Who sees what, how old the data is, where it comes from, and what it is used for."""

from __future__ import annotations

from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.measures import N_
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown

# By privacy mode: people on pages and lists; people in what others typed; figures per person.
_PEOPLE: dict[str, tuple[str, str, str]] = {
    "off": (
        N_("Nobody is named, on no page and in no list."),
        N_(
            "Roles and teams stay as typed; owners and authors are “a person”, and so is whoever "
            "the CRM knows, by full name or id. A first name alone is not recognised."
        ),
        N_("There are none."),
    ),
    "pseudonym": (
        N_(
            "People stand under a code, the same everywhere; only the holder of the key can "
            "undo it."
        ),
        N_(
            "Roles and teams stay as typed; owners and authors stand under their code, and so does "
            "whoever the CRM knows, by full name or id. A first name alone is not recognised."
        ),
        N_("Shown from {n} people on, under codes."),
    ),
    "named": (
        N_("Owners of deals are shown by name, as the CRM names them."),
        N_("Shown as typed."),
        N_("Shown, but nobody is ranked."),
    ),
}
_PLACES: dict[str, str] = {
    "off": N_("Withheld where fewer than {n} people stand behind it, with the smallest other."),
    "pseudonym": N_(
        "Withheld where fewer than {n} people stand behind it, with the smallest other."
    ),
    "named": N_("Shown."),
}
_SOURCES: dict[str, str] = {
    "sample": N_("An invented organisation that comes with the program."),
    "folder": N_("Files exported from the CRM."),
    "database": N_("The CRM's database, which is only read."),
}
_HISTORIES: dict[str | None, str] = {
    "events": N_("Every change that the CRM recorded."),
    "snapshots": N_("The state of the open deals on single days; what moved between them is net."),
    None: N_("None: what moved within a quarter is not known."),
}
_SCOPES: dict[str, str] = {
    "team": N_("This page holds this team's deals only. The pages of all teams are made alike."),
    "group": N_("This page holds the deals of all teams of the group."),
    "company": N_("This page holds the deals of all teams."),
}


def transparency(data: Slice, formats: Formats) -> Shown:
    """Return the transparency part of the appendix, in plain words.

    Who sees what follows `privacy`; nothing here repeats a figure of the page.
    """
    say, mode = formats.words.say, data.people.mode
    n = formats.count(data.organisation.privacy.minimum_group)
    pages, typed, figures = _PEOPLE[mode]
    since = formats.day_long(data.data_since) if data.data_since else say("unknown")
    age = say(
        "As of {day}; nothing later is in it. The first closing is of {since}.",
        day=formats.day_long(data.as_of),
        since=since,
    )
    items = [
        (
            say("Same numbers for all"),
            say("Everybody reads the same figures: nothing on this page was adjusted by hand."),
        ),
        (say("Whose data"), say(_SCOPES[data.scope])),
        (say("People on the page"), say(pages)),
        (say("People in texts that somebody typed"), say(typed)),
        (say("Figures per person"), say(figures, n=n)),
        (say("Figures per territory"), say(_PLACES[mode], n=n)),
        (
            say("What is evaluated, and for what"),
            say(
                "The deals of a quarter, to see what happened, what needs attention and which "
                "goals fit; not the work of single people."
            ),
        ),
        (say("Age of the data"), age),
        (say("Source"), say(_SOURCES[data.organisation.source.kind])),
        (say("History of the deals"), say(_HISTORIES[data.history_kind])),
        (
            say("How figures are computed"),
            say("Each with its formula and other definitions in the list of all measures."),
        ),
        (
            say("What people wrote"),
            say("Notes, goals and commitments stay in the record; a new run keeps them."),
        ),
    ]
    return parts.definitions(say("Who sees what, and where the figures come from"), items)
