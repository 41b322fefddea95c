"""The parts of a target: the model alone, and its table without a browser."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.controls.parts import SplitView
from qbr_lib.controls.split import Split
from qbr_lib.errors import ParameterError
from qbr_lib.formats import Formats
from qbr_lib.goals.shares import Divisible
from qbr_lib.words import in_language

GERMAN = Formats(in_language("de"), "EUR")
NAMES = ["a", "b", "c"]


def known(by="rep", history=(600.0, 300.0, 100.0), present=(1.0, 1.0, 1.0), drawn=True):
    """Return three units that won 600, 300 and 100 in a quarter, half or twice as much by turns."""
    frame = pd.DataFrame(
        {
            "name": ["Ada", "Bo", "Cy"],
            "history": history,
            "pipeline": [0.0, 100.0, 300.0],
            "potential": [math.nan] * 3,
            "present": present,
            "won": 30,
        },
        index=NAMES,
    )
    times = [0.5, 1.0, 1.0, 2.0]
    told = {
        one: [value * part for part in times] for one, value in zip(NAMES, history, strict=True)
    }
    return Divisible(by, frame, pd.DataFrame(told if drawn else {}, index=range(4)), 0.0)


PLAIN = known()


def test_proposed_in_proportion():
    """6 : 3 : 1 of the target, to the cent; nothing is missing."""
    split = Split(PLAIN, 2000.01)
    assert split.parts.to_list() == [1200.01, 600.0, 200.0]
    assert (split.sum, split.gap, split.problem) == (2000.01, 0.0, "")


def test_what_is_typed_leaves_a_gap_until_it_is_shared_out():
    """Ada's 1,100 instead of 1,200 leaves 100 missing; the others take them as 3 : 1."""
    typed = Split(PLAIN, 2000.0).moved("a", 1100.0)
    assert typed.parts.to_list() == [1100.0, 600.0, 200.0]
    assert (typed.gap, typed.over) == (-100.0, -0.05)
    assert typed.filled().parts.to_list() == [1100.0, 675.0, 225.0]
    assert typed.filled().gap == 0.0
    assert typed.filled().at(3000.0).parts.to_list() == [1100.0, 1425.0, 475.0]
    assert typed.proposed() == Split(PLAIN, 2000.0)


def test_whole_money_is_proposed_in_whole_money():
    """A third of 1,000 is 333 or 334, not 333.33; where something has cents, so may the others."""
    even = Split(known(history=(1.0, 1.0, 1.0)), 1000.0)
    assert even.parts.to_list() == [334.0, 333.0, 333.0]
    assert even.moved("a", 0.5).filled().parts.to_list() == [0.5, 499.75, 499.75]


def test_over_assigned():
    """More than the target is said as a share of it."""
    typed = Split(PLAIN, 2000.0).moved("c", 400.0)
    assert (typed.gap, typed.over) == (200.0, 0.1)


def test_caps_are_shared_out():
    """What a cap of 900 takes from Ada goes to the others as 3 : 1."""
    capped = Split(PLAIN, 2000.0).capped("a", 900.0)
    assert capped.parts.to_list() == [900.0, 825.0, 275.0]
    assert capped.capped("a", None) == Split(PLAIN, 2000.0)


def test_infeasible_is_said():
    """Caps too low, too much by hand, too little with nobody left: each has its name."""
    low = Split(PLAIN, 2000.0).capped("a", 1.0).capped("b", 1.0).capped("c", 1.0)
    assert (low.problem, low.gap) == ("caps", 0.0)
    much = Split(PLAIN, 2000.0).moved("a", 2500.0).filled()
    assert (much.problem, much.parts["a"]) == ("over", 2500.0)
    every = Split(PLAIN, 2000.0)
    for name in NAMES:
        every = every.moved(name, 10.0)
    assert (every.filled().problem, every.filled().sum) == ("under", 30.0)


def test_ramp_and_other_bases():
    """Half there, half the share; open deals weigh as much as what was won; evenly likely."""
    half = Split(known(present=(0.5, 1.0, 1.0)), 700.0)
    assert half.parts.to_list() == [300.0, 300.0, 100.0]
    assert PLAIN.bases == ["won", "open", "same"]
    assert Split(PLAIN, 2000.0, "open").parts.to_list() == [600.0, 550.0, 850.0]
    same = Split(PLAIN, 1000.0, "same")
    assert same.chances.to_list() == [same.chances["a"]] * 3
    assert known(drawn=False).bases == ["won", "open"]


def test_chances_of_what_is_typed():
    """Ada reaches 600 in three of four quarters and 601 in one; all swing together."""
    split = Split(PLAIN, 1000.0)
    assert split.chances.to_list() == [0.75, 0.75, 0.75]
    assert split.together == 0.75
    assert split.moved("a", 601.0).chances["a"] == 0.25
    assert math.isnan(Split(known(drawn=False), 1000.0).together)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_no_amount_is_refused(value):
    """Neither a part nor a cap is less than nothing."""
    for typed in (Split(PLAIN, 1.0).moved, Split(PLAIN, 1.0).capped):
        with pytest.raises(ParameterError, match="an amount from 0 on"):
            typed("a", value)


CENTS = st.integers(0, 10**9).map(lambda cents: cents / 100)


@given(
    CENTS,
    st.dictionaries(st.sampled_from(NAMES), CENTS, max_size=2),
    st.dictionaries(st.sampled_from(NAMES), CENTS),
)
def test_shared_out_it_is_the_target_or_said(target, typed, caps):
    """Whatever is typed stays; the sum is the target to the cent, or the split says why not."""
    split = Split(PLAIN, target)
    for name, value in typed.items():
        split = split.moved(name, value)
    for name, value in caps.items():
        split = split.capped(name, value)
    split = split.filled()
    assert {name: split.parts[name] for name in typed} == typed
    assert (split.parts >= 0).all()
    if not split.problem:
        assert split.sum == target
        assert split.gap == 0.0
        assert all(split.parts[name] <= cap for name, cap in caps.items() if name not in typed)


@pytest.fixture
def view():
    """Show two choices in German, and note each change."""
    noted = []
    other = known("territory")
    made = SplitView(
        Split(PLAIN, 2000.0), [PLAIN, other], GERMAN, lambda: noted.append(1), recorded=False
    )
    made.noted = noted
    return made


def _cells(view, row):
    return [
        cell["value"] if isinstance(cell, dict) else cell for cell in view.grid.rows[row]["cells"]
    ]


def test_the_table_speaks_german(view):
    """Each field has the name of its column and row; amounts are written and read in German."""
    assert view.grid.head == ["Person", "Gewonnen je Quartal", "Höchstens", "Teil", "Erreicht in"]
    assert view.grid.rows[0]["cells"][2]["label"] == "Teil: Ada"
    assert _cells(view, 0)[2] == "1.200\N{NO-BREAK SPACE}€"
    view.grid.typed = ["a", 2, "1.100,50 €", 1]
    assert view.split.parts["a"] == 1100.50
    assert "es fehlen 99,50\N{NO-BREAK SPACE}€" in view.told.value
    view.fill.click()
    assert "genau das Ziel" in view.told.value
    assert len(view.noted) == 2


def test_what_is_no_amount_is_told(view):
    """A wrong text stands beside the table and moves nothing; the next right one takes it away."""
    view.grid.typed = ["a", 2, "viel", 1]
    assert "Das ist keine Zahl" in view.grid.error
    assert view.split == Split(PLAIN, 2000.0)
    view.grid.typed = ["a", 1, "900", 2]
    assert (view.grid.error, view.split.most) == ("", {"a": 900.0})
    view.grid.typed = ["a", 1, "", 3]
    assert view.split.most == {}


def test_choices(view):
    """Other units and another basis are chosen from what there is; undo shows the old ones."""
    first = view.split
    view.basis.value = "same"
    assert view.split.basis == "same"
    view.to.value = 1
    assert view.split.known.by == "territory"
    assert view.grid.head[0] == "Gebiet"
    view.show(first)
    assert (view.to.value, view.basis.value) == (0, "won")


@pytest.mark.parametrize(("typed", "said"), [("9000", "nichts"), ("10", "genau das Ziel")])
def test_infeasible_is_said_in_words(view, typed, said):
    """Too much by hand has its sentence; what fits has none."""
    view.grid.typed = ["a", 2, typed, 1]
    view.fill.click()
    assert said in view.told.value
