"""Months, forecasts and velocity as the appendix tells them."""

import pytest

from qbr_lib.formats import Formats
from qbr_lib.metrics import rhythm
from qbr_lib.metrics.velocity import Levers
from qbr_lib.present import filling
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_accuracy import DEALS, FORECASTS, told

ENGLISH = Formats(in_language("en"), "EUR")


def lines(shown):
    """Return the lines of a piece with single spaces."""
    return [" ".join(line.split()) for line in shown.text.splitlines()]


def rhythm_of(deals=DEALS, forecasts=FORECASTS, **given):
    """Return a slice and its rhythm."""
    data = build_slice(deals, tables={"forecasts": forecasts}, **given)
    return rhythm.gather(data), data


def test_months():
    """The share of each month beside the quarter before, the year before and all earlier ones."""
    found, data = rhythm_of()
    text = lines(filling.months(found.months, data, ENGLISH))
    assert text[0] == "0% of the revenue came in the third month"
    assert text[3] == "Month 2 100% 100% 100% 100% to 100% too early"
    assert text[-1] == "2 earlier whole quarters."


def test_months_so_far_make_no_headline():
    """A quarter that is not over has no third month to speak of."""
    found, data = rhythm_of(as_of="2026-08-10")
    shown = filling.months(found.months, data, ENGLISH)
    assert shown.text == "The quarter is not over: its months cannot be compared yet."


def test_months_of_a_cut_quarter_are_not_told():
    """A quarter that the data begins within would seem to have its revenue late."""
    found, data = rhythm_of(data_since="2026-08-01")
    shown = filling.months(found.months, data, ENGLISH)
    assert shown.text == "The data begins within the quarter: its months cannot be compared."


def test_forecasts():
    """The forecast that counts, what costs nothing, every week, and how earlier forecasts did."""
    found, _ = rhythm_of()
    text = lines(filling.forecasts(found, ENGLISH))
    assert text[0] == "The forecast was 10.0% above what was won"
    assert "Revenue of the previous quarter €120 +20.0%" in text
    assert "best case, week 2 (10 Jul 2026) €300 +200.0%" in text
    assert text[-1] == (
        "In 0 of 1 earlier quarter the forecast was too high; the middle one was off by −25.0%."
    )


@pytest.mark.parametrize(
    ("amount", "title", "closer"),
    [
        (
            100.0,
            "The forecast was met exactly",
            "Closer than the revenue of earlier quarters would have come",
        ),
        (
            75.0,
            "The forecast was 25.0% below what was won",
            "The revenue of the year before would have come closer",
        ),
    ],
)
def test_who_was_closer(amount, title, closer):
    """A forecast is said beside what nobody had to think for."""
    found, _ = rhythm_of(forecasts=[told("2026-07-01", amount)])
    assert lines(filling.forecasts(found, ENGLISH))[:2] == [title, closer]


def test_who_was_closer_without_the_year_before():
    """The quarter before can be closer as well; without either there is nothing to compare with."""
    late = [told("2026-07-01", 300.0)]
    found, _ = rhythm_of(DEALS[:2], late)
    assert "The revenue of the previous quarter would have come closer" in lines(
        filling.forecasts(found, ENGLISH)
    )
    found, _ = rhythm_of(DEALS[:1], late)
    assert "There is no earlier quarter to compare with." in lines(
        filling.forecasts(found, ENGLISH)
    )


def test_a_missing_table_is_named():
    """Without forecasts a dashed frame says what is needed."""
    shown = filling.forecasts(rhythm.gather(build_slice(DEALS)), ENGLISH)
    assert 'class="qbr-unavailable"' in shown.html
    assert lines(shown) == [
        "Forecast error: this cannot be given. Reason: needs the table forecasts."
    ]


def test_velocity():
    """Four levers and their product, beside the quarter before; unknown ones as a dash."""
    data, now = build_slice(), Levers(40, 25_000.0, 0.25, 90.0)
    text = lines(filling.velocity(now, None, data, ENGLISH))
    assert text[2:7] == [
        "Open deals 40 –",
        "Average won deal €25,000 –",
        "Win rate 25.0% –",
        "Mean days to win 90 days –",
        "Revenue a day €2,778 –",
    ]
    before = Levers(50, 12_000.0, 0.25, 90.0)
    assert lines(filling.velocity(now, before, data, ENGLISH))[6] == "Revenue a day €2,778 €1,667"
    assert "cannot be given" in filling.velocity(None, None, data, ENGLISH).text
