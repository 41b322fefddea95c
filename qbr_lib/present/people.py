"""The people of a meeting: what they noted and brought, who was there, how they rate it."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.goals import learning
from qbr_lib.goals.learning import Earlier
from qbr_lib.measures import N_
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.preparation import SECTIONS
from qbr_lib.present.tables import Column, Table, number
from qbr_lib.record import Feedback, Record
from qbr_lib.words import Words

_PAGES: dict[str, str] = SECTIONS | {"goals": N_("Goals"), "follow_up": N_("Follow-up")}
_NOTHING = Shown("", "")


def notes(record: Record, section: str, formats: Formats) -> Shown:
    """Return what people wrote for a section of the page: notes, then contributions.

    Parameters
    ----------
    record : Record
        Of the cycle that the page belongs to, as `records.of` returns it.
    section : str
        A section of the page, as in the record: grades, result, why, wins, attention, agenda.
    """
    words, shown = formats.words, _NOTHING
    for note in (one for one in record.notes if one.section == section):
        shown += parts.note(note.text, _signed(words.say("Note"), note.by, note.at, formats))
    for one in (one for one in record.contributions if one.section == section):
        shown += parts.note(one.text, _signed(words.say("Contribution"), one.by, None, formats))
    return shown


def page_name(section: str | None, words: Words) -> str:
    """Return what the page calls a section of the record; another text as it is."""
    known = _PAGES.get(section or "")
    return words.say(known) if known else section or ""


def _signed(what: str, by: str | None, at: dt.date | None, formats: Formats) -> str:
    said = ", ".join(filter(None, [by, formats.day_long(at) if at else ""]))
    return formats.words.say("{what}: {said}", what=what, said=said) if said else what


def meeting(record: Record, earlier: Earlier, data: Slice, formats: Formats) -> Shown:
    """Return who took part, who brought what to which section, and how the meetings are rated.

    Parameters
    ----------
    record : Record
        Of the quarter under review.
    earlier : sequence of (Quarter, Record)
        As `records.earlier` returns it.
    """
    ratings = learning.feedback([(data.quarter, record), *earlier])
    return (
        _participants(record, formats)
        + _brought(record, data, formats)
        + _elsewhere(record, formats)
        + _ratings(ratings, record, formats)
    )


def _elsewhere(record: Record, formats: Formats) -> Shown:
    """Return the contributions that no section of a page shows."""
    words, shown = formats.words, _NOTHING
    for one in (one for one in record.contributions if one.section not in _PAGES):
        said = ", ".join(filter(None, [one.by, one.section]))
        shown += parts.note(one.text, _signed(words.say("Contribution"), said, None, formats))
    return shown


def _participants(record: Record, formats: Formats) -> Shown:
    words = formats.words
    if not record.participants:
        return _NOTHING
    there = sum(one.present is True for one in record.participants)
    told = {True: words.say("● there"), False: words.say("○ not there"), None: DASH}
    present = Column("", words.say("Present"), main=True)
    shown = Table.of(words.say("Participant"), words.say("There for"), present).titled(
        words.count("{n} participant", "{n} participants", len(record.participants)),
        words.say("{n} noted as there", n=formats.count(there)) if there else "",
    )
    for one in record.participants:
        shown = shown.add(one.name, one.role or "", told[one.present])
    return shown.show()


def _brought(record: Record, data: Slice, formats: Formats) -> Shown:
    words, frame = formats.words, learning.contributions(record)
    if frame.empty:
        return _NOTHING
    texts = number(words.say("Texts"), main=True)
    shown = Table.of(words.say("Section"), texts, words.say("From")).titled(
        words.say("Who brought what to the meeting"), _coverage(record, data, formats)
    )
    for section, n, people in frame.itertuples(index=False):
        name = page_name(section, words) or words.say("The whole review")
        shown = shown.add(name, formats.count(n), ", ".join(people) or words.say("unnamed"))
    return shown.show()


def _coverage(record: Record, data: Slice, formats: Formats) -> str:
    """Say how many of the participants brought something; where nobody is told apart, nothing."""
    if data.people.mode == "off" or not record.participants:
        return ""
    return formats.words.count(
        "{k} of {n} participant brought something",
        "{k} of {n} participants brought something",
        len(record.participants),
        k=formats.count(learning.contributors(record)),
    )


def _ratings(frame: pd.DataFrame, record: Record, formats: Formats) -> Shown:
    words, shown = formats.words, _NOTHING
    if len(frame):
        heads = number(words.say("Rating"), main=True), number(words.say("Answers"))
        table = Table.of(words.say("Review of"), *heads).titled(
            words.say("How the meetings were rated"), words.say("From 1 (poor) to 5 (very good)")
        )
        for quarter, rating, n in frame.itertuples(index=False):
            cells = formats.quarter(quarter), formats.number(rating, 1), formats.count(n)
            table = table.add(*cells)
        shown += table.show()
    said = [(one.question, one.answer) for one in record.feedback if one.answer]
    said += [(words.say("Remark"), one.question) for one in record.feedback if _remark(one)]
    return shown + parts.facts(said) if said else shown


def _remark(one: Feedback) -> bool:
    return one.answer is None and one.rating is None
