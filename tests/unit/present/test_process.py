"""What a page says of the stages: which one stands out, or the largest gap as a fact only."""

import dataclasses

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.measures.process import TERMS
from qbr_lib.metrics.patterns import TOO_EARLY, Claim, judged
from qbr_lib.metrics.stages import Funnel
from qbr_lib.present import process
from qbr_lib.words import in_language

NAN = float("nan")


@pytest.fixture
def english():
    """Return English formats in euro."""
    return Formats(in_language("en"), "EUR")


def frame():
    """Return two stages of a quarter: 50 and 40 reached them, 10 won."""
    columns = {
        "stage": ["One", "Two"], "reached": [50, 40], "went_on": [40, 10], "rate": [0.8, 0.25],
        "low": [0.67, 0.14], "high": [0.89, 0.4], "before": [0.8, 0.4], "usual_low": [0.7, 0.3],
        "usual_high": [0.9, 0.5], "best": [0.85, 0.45], "money": [5_000.0, 121_000.0],
        "money_low": [0.0, 40_000.0], "money_high": [9_000.0, 210_000.0], "entered": [60, 45],
        "kept": [0.79, 0.3], "days": [12.0, 53.0], "days_before": [11.0, 23.0],
        "least": [False, True], "back_steps": [0, 2], "skipped": [0, 1], "waiting": [3, 31], "waiting_amount": [30_000.0, 1_671_000.0],
    }  # fmt: skip
    return pd.DataFrame(columns)


FUNNEL = Funnel("A", 50, 10, 0, frame(), pd.DataFrame(), pd.DataFrame())


def claim(name, chance, value, usual, *, favourable=False):
    """Return a claim about the second stage."""
    return Claim("stage", name, "Two", value, usual, -1e5, chance, 40, favourable)


def said(funnel, claims, english):
    """Return what is shown as text."""
    return process.stages(funnel, judged(claims), english).text


def test_the_largest_gap_is_a_fact(english):
    """Without a pattern: the gap with its range; what is drawn as unusual is not called usual."""
    text = said(FUNNEL, [claim("conversion", 0.4, 0.25, 0.4)], english)
    assert text.startswith("Fewer went on than usual, but no pattern: Two\n50 decided deals; share")
    assert (
        "Largest gap to your own best quarters: Two, about €120,000 (possible €40,000 to "
        "€210,000). Chance alone can explain the difference." in text
    )
    assert "No stage stands out" not in text


def test_as_usual(english):
    """Within the range all is as usual; above it more went on, which need be no pattern."""
    usual = dataclasses.replace(FUNNEL, frame=frame().assign(usual_low=0.1, usual_high=0.95))
    text = said(usual, [claim("conversion", 0.4, 0.25, 0.4)], english)
    assert text.startswith("In every stage as many went on as usual")
    assert "No stage stands out." in text
    more = dataclasses.replace(FUNNEL, frame=frame().assign(usual_low=0.1, usual_high=0.2))
    text = said(more, [claim("conversion", 0.4, 0.25, 0.4)], english)
    assert text.startswith("More went on than usual, but no pattern: ")


def test_a_long_stay_is_a_pattern(english):
    """Days that are a pattern are said with who waits there."""
    text = said(FUNNEL, [claim("days", 0.0001, 53.0, 23.0)], english)
    assert (
        "Two: 53\u00a0days instead of 23\u00a0days, more than chance explains. "
        "At the end 31 deals over €1.67M waited there for long." in text
    )
    assert "(possible" not in text


def test_fewer_going_on_is_a_pattern(english):
    """A step that is a pattern gives the title and the sentence; a better one likewise."""
    text = said(FUNNEL, [claim("conversion", 0.0001, 0.25, 0.4)], english)
    assert text.startswith("Fewer went on than usual: Two")
    assert "From Two, 25% went on instead of 40%: more than chance explains." in text
    better = claim("conversion", 0.0001, 0.6, 0.4, favourable=True)
    assert said(FUNNEL, [better], english).startswith("More went on than usual: Two")


def test_too_early(english):
    """A team without enough earlier quarters: nothing is called usual."""
    text = said(FUNNEL, [claim("conversion", TOO_EARLY, 0.25, 0.4)], english)
    assert text.startswith("How far the decided deals came")
    assert "It is too early to say whether a stage stands out." in text


def test_no_gap(english):
    """A quarter as good as the best has no gap to name."""
    best = dataclasses.replace(FUNNEL, frame=frame().assign(money=0.0, usual_low=0.1))
    text = said(best, [claim("conversion", 0.4, 0.45, 0.4)], english)
    assert "No stage stands out." in text
    assert "Largest gap" not in text


def test_the_last_stage_alone(english):
    """Grade C: no days; where most lost deals ended is unknown, no picture."""
    bare = frame().drop(
        columns=["entered", "kept", "back_steps", "skipped", "waiting", "waiting_amount"]
    )
    known = Funnel("C", 50, 10, 0, bare.assign(days=NAN), pd.DataFrame(), pd.DataFrame())
    text = said(known, [claim("conversion", 0.4, 0.25, 0.4)], english)
    assert "Only the last stage of each deal is known; days in a stage cannot be told." in text
    assert "Days in each stage" not in text
    dark = dataclasses.replace(known, unknown=30)
    assert "The stage in which most lost deals ended is unknown." in said(dark, [], english)
    some = dataclasses.replace(known, unknown=3)
    assert "Of 3 lost deals the stage is unknown." in said(some, [], english)


def test_nothing_known(english):
    """No stages, or nothing decided: said in place."""
    nothing = Funnel(None, 0, 0, 0, pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    assert said(nothing, [], english).startswith("The stages of the sales process cannot be shown.")
    idle = dataclasses.replace(FUNNEL, decided=0, won=0)
    assert said(idle, [], english).startswith("No deal was won or lost.")


def test_every_term_is_explained(english):
    """Each term stands with its meaning."""
    text = process.definitions(english).text
    assert all(f"{name}: " in text for name, _ in TERMS)
