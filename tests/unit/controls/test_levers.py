"""The levers behind a target: the model alone, and its sliders without a browser."""

import pytest

from qbr_lib.controls.board import BoardView
from qbr_lib.controls.levers import Board
from qbr_lib.errors import ParameterError
from qbr_lib.formats import Formats
from qbr_lib.goals.whatif import WhatIf
from qbr_lib.outlook import current
from qbr_lib.words import in_language
from tests.simulation.worlds import WORLDS, team

GERMAN = Formats(in_language("de"), "EUR")


@pytest.fixture(scope="module")
def board():
    """Make the levers of a steady team, for the middle of its outlook."""
    data = team(WORLDS["steady"], 7)
    found = current.outlook(data, data.quarter.next)
    return Board(WhatIf(found), found.at(0.5), activities=3.0)


def test_unmoved_levers_tell_the_usual_chance(board):
    """The board, the outlook and the page have one number."""
    assert board.moved_names == []
    assert board.chance == board.whatif.found.chance(board.target)


def test_new_deals_and_activities_go_together(board):
    """Half as many again of one is half as many again of the other."""
    moved = board.moved("new", board.usual("new") * 1.5)
    assert moved.value("activities") == pytest.approx(board.usual("activities") * 1.5)
    assert moved.levers.new == pytest.approx(1.5)
    assert set(moved.moved_names) == {"new", "activities"}


def test_fewer_days_are_a_higher_pace(board):
    """Half the days to a decision is twice the pace."""
    assert board.moved("days", board.usual("days") / 2).levers.pace == pytest.approx(2.0)


def test_a_value_out_of_bounds_is_refused(board):
    """Nothing is clamped unseen."""
    with pytest.raises(ParameterError, match="half to twice the usual"):
        board.moved("size", board.usual("size") * 3)


def test_unknown_activities_are_no_lever(board):
    """Without activities there is nothing to move."""
    assert "activities" not in Board(board.whatif, board.target).names


def test_sliders_tell_the_chance(board):
    """A moved slider changes what is told, a typed text is read in German, reset goes back."""
    told = []
    view = BoardView(board, GERMAN, lambda: told.append(1))
    usual = view.told.value
    assert "Wie üblich" in usual
    view.sliders["win_rate"].typed = ["99,9 %", 1]
    assert "half to twice" in view.sliders["win_rate"].error
    low, high = board.bounds("win_rate")
    view.sliders["win_rate"].value = high
    assert "wie üblich" in view.told.value
    assert view.board.chance > board.chance
    assert told == [1]
    view.sliders["new"].typed = [GERMAN.number(board.usual("new") * 1.2, 1), 1]
    assert view.sliders["activities"].value > board.usual("activities")
    view.on_reset()
    assert view.told.value == usual
    assert low < view.sliders["win_rate"].value < high
