"""Leads, early work and renewals on a page: what goes together, never what brings what."""

import re

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.present.effort import leads_and_activities, renewals
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

ENGLISH, GERMAN = (Formats(in_language(one), "EUR") for one in ("en", "de"))
CAUSAL = {
    "en": r"lead(s|ing)? to|caus(e|ed|es|al)|because|due to|thanks to|result(s|ed)? in|drive[sn]?"
    r"|through|effect|impact|improve[sd]?|increase[sd]?|boost",
    "de": r"führt\w* zu|führen zu|bewirk\w*|wegen|weil|dank|durch|deshalb|daher|darum|ursach\w*"
    r"|verursach\w*|auswirk\w*|wirkung|steiger\w*|verbesser\w*",
}


def _lead(number, converted=None, source="Fair"):
    known = {"lead_id": f"l{number}", "created_on": "2026-07-05", "team_id": "nord"}
    return known | {"converted_on": converted, "source": source}


def _worked(gain, *, after=False, n=240):
    """Return a slice of like deals, half of them worked on early, those winning more often."""
    deals, done = [], []
    for place in range(n):
        early = place % 2
        won = place % 20 < (10 + gain if early else 10)
        status = "won" if won else "lost"
        known = {"created_on": "2026-07-01", "is_renewal": place < 20}
        deals.append(closing(place, "2026-09-01", 100.0, status, **known))
        days = ["2026-07-03"] * early + ["2026-09-05"] * (after and won and place % 3)
        done += [{"opportunity_id": f"d{place}", "done_on": day, "kind": "Meeting"} for day in days]
    data = build_slice(
        deals, tables={"activities": done, "leads": [_lead(1), _lead(2, None, None)]}
    )
    data.tables["activities"]["team_id"] = "nord"
    return data


@pytest.mark.parametrize("gain", [-8, 0, 8])
@pytest.mark.parametrize("formats", [ENGLISH, GERMAN], ids=["en", "de"])
def test_no_word_says_that_one_brings_the_other(gain, formats):
    """Whatever the difference: it goes with winning, and no causal word stands in the piece."""
    text = leads_and_activities(_worked(gain, after=True), formats).text
    banned = CAUSAL[formats.words.language]
    assert re.findall(rf"\b(?:{banned})\b", text, re.IGNORECASE) == []
    if gain:
        assert ("goes with" in text) or ("geht mit" in text and "einher" in text)


def test_a_difference_is_told_with_its_bounds_and_what_else_might_explain_it():
    """Rates of both sorts, the difference, what is possible, and how strong an unseen trait is."""
    text = leads_and_activities(_worked(8), ENGLISH).text
    assert "Early work on deals goes with winning more often" in text
    assert "the win rate differs by +40.0\u00a0points (possible +" in text
    assert "would have to be at least 2.3× as frequent" in text
    assert "108 of 120 (90%, possible 83% to 94%)" in text
    assert "Caution" not in text
    less = leads_and_activities(_worked(-8), ENGLISH).text
    assert "Early work on deals goes with winning less often" in less


def test_chance_and_too_early_are_said():
    """No difference beyond chance, and too few deals, claim nothing."""
    even = leads_and_activities(_worked(0), ENGLISH).text
    assert "chance alone can explain the difference" in even
    assert "would have to be" not in even
    few = leads_and_activities(_worked(8, n=60), ENGLISH).text
    assert "too early to say. That takes 40 decided deals" in few


def test_logging_after_closing_warns():
    """Where won deals are logged after closing, the difference may lie in what is logged."""
    text = leads_and_activities(_worked(8, after=True), ENGLISH).text
    assert "Caution: after closing, too, won and lost deals are logged differently" in text


def test_leads_by_source_beside_earlier_ones():
    """Converted of leads with what is possible; a source that is not stated; no earlier quarter."""
    rows = [_lead(1, "2026-08-01"), _lead(2), _lead(3, source=None)]
    text = leads_and_activities(build_slice(tables={"leads": rows}), ENGLISH).text
    assert "1 of 3 leads became deals so far" in text
    assert re.search(r"Fair +1 of 2 \(50%, possible 9% to 91%\) +–", text)
    assert re.search(r"not stated +0 of 1", text)
    assert "New leads: 3." in text


def test_the_usual_is_told_of_whole_quarters_only():
    """Half a quarter's leads stand alone, those of a whole one beside what is usual."""
    days = ["2025-10-01", "2026-01-02", "2026-04-02", "2026-04-03", "2026-07-05"]
    rows = [_lead(n) | {"created_on": day} for n, day in enumerate(days)]
    tables = {"leads": rows}
    whole, running = (build_slice(tables=tables, as_of=f"2026-09-{day}") for day in (30, 29))
    told = "New leads: 1, usual in a quarter: 1."
    assert told in leads_and_activities(whole, ENGLISH).text
    assert "New leads: 1." in leads_and_activities(running, ENGLISH).text


def test_what_is_missing_is_said_with_where_it_belongs():
    """Tables and columns: in place, dashed, each with where it belongs."""
    none = leads_and_activities(build_slice(), ENGLISH)
    assert none.html.count('class="qbr-unavailable"') == 2
    assert "Leads: no data. Reason: needs the table leads." in none.text
    assert "Early work on deals: no data. Reason: needs the table activities." in none.text
    tables = {"leads": [_lead(1)], "activities": []}
    data = build_slice(tables=tables, absent=("created_on", "is_renewal"))
    data.tables["activities"]["team_id"] = pd.Series(dtype="str")
    data.columns["leads"] = frozenset({"created_on"})
    text = leads_and_activities(data, ENGLISH).text
    assert "Which leads became deals is not recorded." in text
    assert "The day a deal was created is missing." in text
    assert "The deals do not say which of them renew a contract." in renewals(data, ENGLISH).text


def test_renewals_beside_new_business():
    """Won of decided of each kind, with their money; a dash where no deal has an amount."""
    text = renewals(_worked(0), ENGLISH).text
    assert "10 of 20 renewals won" in text
    assert re.search(r"Renewals +10 of 20 .* €1,000 +€1,000", text)
    assert re.search(r"New business +110 of 220 .* €11,000 +€11,000", text)
    mixed = [closing(1, "2026-08-01", is_renewal=None)]
    assert "No renewal was decided\n" in renewals(build_slice(mixed), ENGLISH).text
    assert re.search(
        r"not stated +1 of 1 .*– +–", renewals(build_slice(mixed, absent=("amount",)), ENGLISH).text
    )
    assert "No deal was won or lost in 2026\u2011Q3." in renewals(build_slice(), ENGLISH).text
