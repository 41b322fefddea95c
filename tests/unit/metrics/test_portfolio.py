"""The table of all teams: one row each, totals that equal the sum, patterns only with enough."""

import dataclasses
import math

import pytest

from qbr_lib.errors import ResultError
from qbr_lib.metrics import bookings, conversion, pipeline, portfolio, usual

TEAMS = ("nord", "sued")


def _deals(team, quarter_start, won, lost):
    """Return so many decided deals of a team, all closed on one day."""
    return [
        {
            "opportunity_id": f"{team}-{quarter_start}-{number}",
            "team_id": team,
            "status": "won" if number < won else "lost",
            "created_on": quarter_start,
            "closed_on": quarter_start,
            "amount": 100.10 + number,
        }
        for number in range(won + lost)
    ]


@pytest.fixture
def company(make_slice):
    """Return a company of two teams; a deal moved from one to the other within the quarter."""
    deals = [
        {"opportunity_id": "a", "team_id": "nord", "status": "won", "closed_on": "2026-08-01",
         "created_on": "2026-05-01", "expected_close_on": "2026-08-01", "amount": 0.10},
        {"opportunity_id": "b", "team_id": "sued", "status": "won", "closed_on": "2026-08-02",
         "created_on": "2026-05-01", "expected_close_on": "2026-08-02", "amount": 0.20},
        {"opportunity_id": "c", "team_id": "sued", "created_on": "2026-05-01",
         "expected_close_on": "2026-09-01", "amount": 70.00},
    ]  # fmt: skip
    moved = [("c", "2026-08-15 12:00", "team_id", "nord", "sued")]
    return make_slice(deals, moved, scope="company", teams=TEAMS)


def _outcomes(data):
    return [*bookings.measures(data), *conversion.measures(data), *pipeline.measures(data)]


def test_totals_are_the_sums(company, values):
    """Cents that binary fractions cannot hold add up, and a transfer cancels in the company."""
    each = portfolio.each(company)
    portfolio.check_sums(company, _outcomes(company), each)
    assert [part.known["bookings.won_amount"].value for part in each] == [0.10, 0.20]
    assert [part.known["pipeline.transferred"].value for part in each] == [-70.00, 70.00]
    assert values(_outcomes(company))["transferred"] == 0.00


@pytest.mark.parametrize("measure_id", ["bookings.won_amount", "pipeline.closing"])
def test_a_cent_off_is_refused(company, measure_id):
    """The message names the measure and both numbers."""
    off = [
        dataclasses.replace(one, value=round(one.value + 0.01, 2)) if one.id == measure_id else one
        for one in _outcomes(company)
    ]
    value = next(one.value for one in off if one.id == measure_id)
    with pytest.raises(ResultError) as refusal:
        portfolio.check_sums(company, off, portfolio.each(company))
    assert refusal.value.where == f"company, 2026-Q3, {measure_id}"
    assert refusal.value.got == f"{value:.2f} against {value - 0.01:.2f}"


def test_a_win_rate_needs_earlier_ones(make_slice):
    """Nineteen decided deals in the four quarters before are no reference, twenty are one."""
    now = _deals("nord", "2026-07-01", 10, 15)
    few, enough = (_deals("nord", "2026-04-01", 5, n) for n in (14, 15))
    for before, reference in ((few, math.nan), (enough, 0.25)):
        data = make_slice(now + before, scope="company", teams=("nord",))
        row = portfolio.teams(portfolio.each(data)).iloc[0]
        assert (row["decided"], row["win_rate"]) == (25, 0.4)
        assert row["reference"] == pytest.approx(reference, nan_ok=True)


def test_one_of_many_teams_differs_by_luck(make_slice):
    """Among eight teams one with 4 of 20 after 1 of 2 is chance, and one with 0 of 20 is not."""
    teams, deals = [f"t{n}" for n in range(8)], []
    for team in teams:
        for start in ("2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01"):
            deals += _deals(team, start, 10, 10)
        deals += _deals(team, "2026-07-01", *{"t0": (4, 16), "t1": (0, 20)}.get(team, (10, 10)))
    rows = portfolio.teams(portfolio.each(make_slice(deals, scope="company", teams=teams)))
    assert rows["high"][0] < rows["reference"][0]
    assert rows.loc[rows["pattern"], "team_id"].tolist() == ["t1"]


def test_the_row_of_a_team_is_that_of_its_own_review(company, make_slice):
    """Cut from the company or opened alone, a team's figures are the same."""
    each = portfolio.each(company)
    alone = make_slice(
        [
            {"opportunity_id": "a", "team_id": "nord", "status": "won", "closed_on": "2026-08-01",
             "created_on": "2026-05-01", "expected_close_on": "2026-08-01", "amount": 0.10},
            {"opportunity_id": "c", "team_id": "sued", "created_on": "2026-05-01",
             "expected_close_on": "2026-09-01", "amount": 70.00},
        ],
        [("c", "2026-08-15 12:00", "team_id", "nord", "sued")],
    )  # fmt: skip
    assert list(each[0].outcomes) == _outcomes(alone)


def test_no_team_at_all(make_slice):
    """Deals that belong to no team are in the table, and leave the heat map empty."""
    deals = [{"opportunity_id": "a", "team_id": "unassigned", "status": "won",
              "closed_on": "2026-08-01", "created_on": "2026-07-01", "amount": 5.0}]  # fmt: skip
    each = portfolio.each(make_slice(deals, scope="company", teams=("unassigned",)))
    assert portfolio.teams(each)["won_amount"].to_list() == [5.0]
    frame = portfolio.heat(each)
    assert frame.empty
    assert set(usual.COLUMNS) <= set(frame.columns)
