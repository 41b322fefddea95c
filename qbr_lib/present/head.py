"""The head of every page: whose it is, what it is about, and what a reader must know first."""

from __future__ import annotations

from collections.abc import Sequence

from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.present import parts, sentences
from qbr_lib.present.figure import Shown
from qbr_lib.present.sentences import Known
from qbr_lib.words import in_language


def formats_of(data: Slice, language: str) -> Formats:
    """Return the formats of a run: its language, else the organisation's, and the currency."""
    organisation = data.organisation
    return Formats(in_language(language or organisation.language), organisation.currency)


def head(data: Slice, formats: Formats, measures: Known | None = None, *, notebook: str) -> Shown:
    """Return the head: team, both quarters of the cycle, day of the data, deals decided.

    Parameters
    ----------
    measures : mapping, optional
        Those of the quarter under review, where the page is about it.
    notebook : {"review", "goals", "follow_up", "portfolio"}
        Which page it is.
    """
    words = formats.words
    about = data.quarter if notebook in ("review", "portfolio") else data.quarter.next
    line = [
        formats.span(about),
        words.say("as of {day}", day=formats.day_long(data.as_of)),
    ]
    if measures is not None:
        decided = sentences.decided(measures)
        line.append(words.count("{n} deal decided", "{n} deals decided", decided))
    return parts.head(
        organisation=data.organisation.company,
        team=data.name,
        title=title(data, formats, notebook),
        line=" · ".join(line),
        notebook=notebook,
        quarter=str(data.quarter),
        language=words.language,
    )


def title(data: Slice, formats: Formats, notebook: str) -> str:
    """Return the title of a page: the quarter looked back on and the one its goals are for."""
    words = formats.words
    told = {
        "quarter": formats.quarter(data.quarter),
        "after": formats.quarter(data.quarter.next),
    }
    if notebook == "portfolio":
        return words.say("All teams {quarter}", quarter=told["quarter"])
    if notebook == "goals":
        return words.say("Goals {after}, from the review {quarter}", **told)
    if notebook == "follow_up":
        return words.say("Follow-up {after}, goals from the review {quarter}", **told)
    return words.say("Review {quarter}, goals {after}", **told)


def banner(data: Slice, formats: Formats, warnings: Sequence[str] = ()) -> Shown:
    """Return what a reader must know first: an unfinished or cut quarter, else a warning."""
    words, left = formats.words, data.quarter.days_left(data.as_of)
    if left:
        return parts.banner(
            words.say("The quarter is not finished."),
            words.count("{n} day left.", "{n} days left.", left),
        )
    if data.data_since is None or data.data_since > data.quarter.first_day:
        since = formats.day_long(data.data_since) if data.data_since else "\N{EN DASH}"
        return parts.banner(
            words.say("The data begins within this quarter."),
            words.say("The first closing is of {day}; shares and rates are not whole.", day=since),
        )
    return parts.banner("", " ".join(warnings))
