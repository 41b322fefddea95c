"""The levers behind a target: the model alone, and its sliders without a browser."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.controls.board import BoardView
from qbr_lib.controls.levers import Board
from qbr_lib.errors import ParameterError
from qbr_lib.formats import Formats
from qbr_lib.goals import reached
from qbr_lib.goals.requirement import requirement
from qbr_lib.goals.whatif import SURE, WhatIf
from qbr_lib.outlook import current
from qbr_lib.words import in_language
from tests.simulation.worlds import WORLDS, team

GERMAN = Formats(in_language("de"), "EUR")
NEAR = 0.01  # of a chance: how closely a lever is solved
LEVERS = ["new", "win_rate", "size", "days"]
PARTS = st.floats(0.7, 1.6)


@pytest.fixture(scope="module")
def data():
    """Open a steady team at the end of a quarter."""
    return team(WORLDS["steady"], 7)


@pytest.fixture(scope="module")
def board(data):
    """Make its levers for the middle of its outlook, three activities for a new deal."""
    found = current.outlook(data, data.quarter.next)
    need = requirement(data, found)
    object.__setattr__(need, "activities", 3.0)
    return Board(WhatIf(found), found.at(0.5), need)


@pytest.fixture
def view(board, data):
    """Show the levers in German, and note each change."""
    told = []
    made = BoardView(board, reached.past(data), 20.0, GERMAN, lambda: told.append(1))
    made.noted = told
    return made


@given(st.floats(0.3, 2.5))
@settings(max_examples=30)
def test_at_rest_the_levers_are_the_page(board, part):
    """For any target: the outlook's chance, and the requirement's new deals a week."""
    target = board.target * part
    still = board.at(target)
    assert still.moved_names == []
    assert still.chance == board.whatif.found.chance(target)
    asked = still.need.a_week(target)
    solved = still.solving("new").solved
    if math.isnan(solved):
        assert not asked <= still.bounds("new")[1]
    else:
        assert solved == asked
        assert still.solving("target").at(target).solved == math.floor(still.need.levels[0])


@pytest.mark.parametrize("name", LEVERS)
@given(others=st.fixed_dictionaries(dict.fromkeys(LEVERS, PARTS)), part=st.floats(0.6, 1.8))
@settings(max_examples=8)
def test_what_is_solved_brings_the_target_in_seven_of_ten(board, name, others, part):
    """Put back, the solved lever reaches it with the chance it promises, or says it cannot."""
    made = board.at(board.target * part)
    for other, times in others.items():
        if other != name:
            made = made.moved(other, made.usual(other) * times)
    solved = made.solving(name)
    low, high = made.bounds(name)
    if math.isnan(solved.solved):
        assert solved.value(name) == (low if name == "days" else high)
        assert solved.chance < SURE + NEAR
        assert solved.reached < made.target * (1 + NEAR)
    elif solved.moved_names and solved.solved not in (low, high, made.usual(name)):
        again = made.moved(name, min(max(solved.solved, low), high))
        assert again.chance == pytest.approx(SURE, abs=NEAR if name != "new" else 0.05)
    else:
        assert solved.chance >= SURE - NEAR


@pytest.mark.parametrize("name", LEVERS)
def test_more_is_solved_for_a_higher_target(board, name):
    """Of a higher target every lever is asked for more, of days for fewer."""
    asked = [board.at(board.target * part).solving(name).solved for part in (1.0, 1.15, 1.3)]
    assert asked == sorted(asked, reverse=name == "days")
    assert asked[0] != asked[2]


def test_the_solved_target_is_reached_in_seven_of_ten(board):
    """With a better win rate more is reached; its chance is the one promised."""
    usual, better = (
        made.solving("target").solved
        for made in (board, board.moved("win_rate", board.usual("win_rate") * 1.2))
    )
    assert better > usual
    assert board.at(usual).chance == pytest.approx(SURE, abs=0.001)


def test_what_is_solved_nobody_sets(board):
    """A lever that was moved and is then worked out is no longer where it was put."""
    moved = board.moved("new", board.usual("new") * 1.5).moved("size", board.usual("size") * 1.1)
    solved = moved.solving("new")
    assert list(solved.moved_to) == ["size"]
    assert solved.value("activities") == pytest.approx(solved.value("new") * 3.0)


def test_new_deals_and_activities_go_together(board):
    """Half as many again of one is half as many again of the other."""
    moved = board.moved("new", board.usual("new") * 1.5)
    assert moved.value("activities") == pytest.approx(board.usual("activities") * 1.5)
    assert moved.levers.further == pytest.approx(board.usual("new") / 2 * board.need.weeks)
    assert set(moved.moved_names) == {"new", "activities"}


def test_fewer_days_are_a_higher_pace(board):
    """Half the days to a decision is twice the pace."""
    assert board.moved("days", board.usual("days") / 2).levers.pace == pytest.approx(2.0)


def test_a_value_out_of_bounds_is_refused(board):
    """Nothing is clamped unseen."""
    with pytest.raises(ParameterError, match="half to twice the usual"):
        board.moved("size", board.usual("size") * 3)


def test_what_cannot_help_is_no_lever(board):
    """Without activities there are none to move; after the last day new deals are none either."""
    need = board.need
    unknown = Board(
        board.whatif, board.target, need.__class__(**vars(need) | {"activities": math.nan})
    )
    assert "activities" not in unknown.names
    late = Board(board.whatif, board.target, need.__class__(**vars(need) | {"weeks": 0.0}))
    assert late.names == ["win_rate", "size", "days"]
    assert "new" not in late.solves


def test_sliders_tell_the_chance(view, board):
    """A moved slider changes what is told, a typed text is read in German, reset goes back."""
    usual = view.told.value
    assert "Wie üblich" in usual
    view.sliders["win_rate"].typed = ["99,9 %", 1]
    assert "halb bis doppelt" in view.sliders["win_rate"].error
    low, high = board.bounds("win_rate")
    view.sliders["win_rate"].value = high
    assert "wie üblich" in view.told.value
    assert view.board.chance > board.chance
    assert view.noted == [1]
    view.sliders["new"].typed = [GERMAN.number(board.usual("new") * 1.2, 1), 1]
    assert view.sliders["activities"].value > board.usual("activities")
    view.on_reset()
    assert view.told.value == usual
    assert low < view.sliders["win_rate"].value < high


def test_a_chosen_lever_follows_the_others(view, board):
    """It cannot be moved, stands where it is solved, and is said with what was ever reached."""
    view.choice.value = "win_rate"
    assert [name for name, one in view.sliders.items() if one.disabled] == ["win_rate"]
    first = view.sliders["win_rate"].value
    assert first == view.board.solved
    view.sliders["size"].value = board.usual("size") * 1.3
    assert view.sliders["win_rate"].value < first
    assert "in 7 von 10 Fällen" in view.told.value
    assert "Quartalen" in view.told.value
    view.target(board.target * 10)
    assert view.sliders["win_rate"].value == board.bounds("win_rate")[1]
    assert "nicht erreichbar" in view.told.value
    view.choice.value = "new"
    assert [name for name, one in view.sliders.items() if one.disabled] == ["new", "activities"]


def test_a_sentence_on_activities_beyond_the_best_weeks(view, board):
    """Twice the activities are more than the best weeks had."""
    view.sliders["activities"].value = board.usual("activities") * 1.9
    assert "mehr als in den besten Wochen" in view.told.value
