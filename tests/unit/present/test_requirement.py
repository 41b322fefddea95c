"""What a target takes, as the goals page says it: one message in headline, sentences and lines."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.goals.requirement import Requirement
from qbr_lib.present import requirement as takes
from qbr_lib.words import in_language
from tests.unit.present.test_outlook import made

ENGLISH = Formats(in_language("en"), "EUR")
NEED = Requirement(
    further=np.array([0.0, 10.0, 20.0, 40.0]),
    levels=np.array([100_000.0, 110_000.0, 120_000.0, 140_000.0]),
    in_time=0.25,
    each=0.2,
    last_day=dt.date(2026, 11, 10),
    weeks=5.0,
    usual=8.0,
    best=12.0,
    lead_conversion=0.5,
    activities=3.0,
)


def _steps(target, more=26.0):
    return pd.DataFrame({"target": [target], "more_decided": [more], "chosen": [True]})


@pytest.mark.parametrize(
    ("target", "headline"),
    [
        (90_000.0, "As many new deals as usual are enough for €90,000"),
        (100_500.0, "1 new deal more than usual is needed by 10 November 2026"),
        (115_000.0, "15 new deals more than usual are needed by 10 November 2026"),
        (121_000.0, "New deals alone do not bring €121,000 in time"),
        (500_000.0, "New deals alone do not bring €500,000 in time"),
    ],
)
def test_the_headline_is_the_requirement(target, headline):
    """It never asks for more than the sentence below it: 4 more a week came, 5 weeks are left."""
    assert takes.finding(NEED, _steps(target), ENGLISH) == headline
    told = " ".join(takes.sentences(NEED, target, ENGLISH))
    assert ("as usual" in told) == ("as usual" in headline)
    assert ("alone will not do" in told) == ("alone" in headline)


def test_too_late_for_new_deals():
    """After the last day that helps only what is open counts, unless it is enough."""
    late = dataclasses.replace(NEED, last_day=None, weeks=0.0)
    assert takes.finding(late, _steps(110_000.0), ENGLISH).startswith("New deals alone")
    assert takes.sentences(late, 110_000.0, ENGLISH) == [
        "New deals come too late for this quarter."
    ]
    assert "enough" in takes.finding(late, _steps(90_000.0), ENGLISH)
    assert "7 of 10" in takes.sentences(late, 90_000.0, ENGLISH)[0]


def test_without_a_requirement_the_quarter_tells():
    """The rule of thumb stands where no outlook does."""
    assert takes.finding(None, _steps(1.0), ENGLISH).startswith("26 more deals must be decided")
    assert takes.finding(None, _steps(1.0, 0.0), ENGLISH).startswith("As many decided deals")
    assert "no growth" in takes.finding(None, _steps(1.0, float("nan")), ENGLISH)


def test_nothing_is_missing_without_a_line():
    """What is 0 has no line; what is missing has its own."""
    found = made((90_000.0, 130_000.0), booked=0.0)
    assert takes.facts(NEED, found, 80_000.0, ENGLISH).text == ""
    told = takes.facts(NEED, found, 115_000.0, ENGLISH).text
    assert "€5,000" in told
    assert [line for line in told.splitlines() if line.endswith(": 15")]
    assert [line for line in told.splitlines() if line.endswith(": 30")]
    assert [line for line in told.splitlines() if line.endswith(": 45")]
    beyond = takes.facts(NEED, found, 500_000.0, ENGLISH).text
    assert "on top of the usual" not in beyond  # no number of new deals would do
