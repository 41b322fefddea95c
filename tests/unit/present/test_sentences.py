"""What a page says where the data carries no amounts."""

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.measures import Measure
from qbr_lib.present import sentences
from qbr_lib.words import in_language

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
    assert sentences.result_finding(KNOWN, formats) == text
    won = pd.DataFrame({"name": ["Pump"], "opportunity_id": ["1"], "amount": [float("nan")]})
    assert sentences.wins_finding(won, None, formats) == wins
