"""What a page says where the data carries no amounts."""

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.measures import Measure
from qbr_lib.present import sentences
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice

KNOWN = {
    "bookings.won_count": Measure("bookings.won_count", 93.0, 93),
    "bookings.lost_count": Measure("bookings.lost_count", 1.0, 1),
}


@pytest.mark.parametrize(
    ("language", "text", "wins"),
    [
        ("en", "93 won, 1 lost; the data carries no amounts.", "The deals won carry no amounts"),
        (
            "de",
            "93 gewonnen, 1 verloren; die Daten enthalten keine Beträge.",
            "Die gewonnenen Deals haben keine Beträge",
        ),
    ],
)
def test_without_amounts(language, text, wins):
    """Counts are said, and that there are no amounts; no revenue of 0 is claimed."""
    formats = Formats(in_language(language), "EUR")
    assert sentences.against_target(KNOWN, formats) == text
    assert sentences.result_finding(KNOWN, build_slice(), formats) == text
    won = pd.DataFrame({"name": ["Pump"], "opportunity_id": ["1"], "amount": [float("nan")]})
    assert sentences.wins_finding(won, None, formats) == wins


def test_a_quarter_that_is_not_over():
    """What was won so far is held against the whole target only, and against no whole quarter."""
    english = Formats(in_language("en"), "EUR")
    data = build_slice(as_of="2026-08-15")
    known = KNOWN | {
        "bookings.won_amount": Measure("bookings.won_amount", 40.0, 93),
        "bookings.change_on_previous_quarter": Measure(
            "bookings.change_on_previous_quarter", -0.8, 93
        ),
        "bookings.change_on_year_ago": Measure("bookings.change_on_year_ago", -0.8, 93),
    }
    assert sentences.answer(known, data, english) == "€40 won so far."
    assert sentences.result_finding(known, data, english) == "€40 won so far"
    known["bookings.target"] = Measure("bookings.target", 100.0, 1)
    known["bookings.attainment"] = Measure("bookings.attainment", 0.4, 93)
    assert sentences.answer(known, data, english) == "40% of target so far, €60 to go."
    known["bookings.target"] = Measure("bookings.target", 30.0, 1)
    assert sentences.answer(known, data, english) == "€40 won so far."
    over = build_slice()
    assert sentences.answer(known, over, english).endswith("80.0% below the previous quarter.")
