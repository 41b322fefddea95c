"""The goals of all teams, as the portfolio shows them."""

import pytest

from qbr_lib.formats import Formats
from qbr_lib.goals import views
from qbr_lib.present import together
from qbr_lib.words import in_language
from tests.unit.goals.test_views import ASKED, MEETINGS, THREE, _all, _goal, _plan

ENGLISH, GERMAN = (Formats(in_language(one), "EUR") for one in ("en", "de"))


def _shown(goals, plan=(), formats=ENGLISH):
    data, agreed = _all(goals, plan)
    frame = views.sums(data, agreed)
    section = together.section(frame, data, formats).text
    points = together.open_points(views.unsettled(agreed, frame), formats).text
    return section, together.table(frame, "bookings.won_amount", formats).text, points


@pytest.mark.parametrize(
    ("asked", "said", "german"),
    [
        (
            420.0,
            "agreed on €30 less than is asked for",
            "30\xa0€ weniger vereinbart als vorgegeben",
        ),
        (300.0, "agreed on €90 more than is asked for", "90\xa0€ mehr vereinbart als vorgegeben"),
        (390.0, "agreed on what is asked for: €390", "was vorgegeben ist: 390\xa0€"),
        (None, "the teams agreed on €390", "haben die Teams 390\xa0€ vereinbart"),
    ],
)
def test_the_gap_is_said_in_both_directions(asked, said, german):
    """Too little, more, exactly, or nothing asked."""
    plan = [] if asked is None else [_plan("company", None, asked)]
    assert said in _shown(THREE, plan)[0]
    assert german in _shown(THREE, plan, GERMAN)[0]


def test_teams_that_differ_are_named():
    """Each with its difference; a team as planned is not."""
    plan = [_plan("team", "nord", 150.0), _plan("team", "ost", 100.0), _plan("team", "sued", 140.0)]
    section = _shown(THREE, plan)[0]
    assert "Less than planned: Ost (−€10)." in section.replace("ost", "Ost")
    assert "More: sued (+€10)." in section


def test_a_missing_goal_is_named():
    """In its row, in the sum's, and as something to settle."""
    section, table, points = _shown({"nord": THREE["nord"], "sued": ()}, ASKED)
    assert "agreed on €270 less" in section
    assert "1 goal missing" in table
    assert "[missing] Revenue won: Asked for, and not agreed on yet: sued." in points
    section, table, _ = _shown({"nord": (), "sued": ()}, ASKED)
    assert "No team has recorded a revenue goal" in section
    assert table.count("missing") == 5  # two teams, their groups, the whole


def test_other_measures_stand_in_the_appendix():
    """Each in a table of its own; a measure that does not add up has no sum."""
    share = {"kind": "market_share", "metric": "market.share", "id": "m"}
    goals = {t: (_goal(t, 9.0, **MEETINGS), _goal(t, 0.1, **share)) for t in THREE}
    data, agreed = _all(goals)
    frame, pieces = views.sums(data, agreed), views.parts(data, agreed)
    text = together.others(frame, pieces, ENGLISH).text
    assert "Meetings: asked for and agreed on" in text
    assert "Probe" in text.split("Market share")[0]
    assert "Probe" not in text.split("Market share")[1]
    assert together.others(frame.iloc[:0], pieces, ENGLISH).text == ""
