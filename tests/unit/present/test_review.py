"""The page in one look, and the lists that say nothing where there is nothing."""

import pandas as pd

from qbr_lib.formats import Formats
from qbr_lib.metrics import deals
from qbr_lib.present import review
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice

ENGLISH = Formats(in_language("en"), "EUR")
KEYS = ["won", "win_rate", "average", "slipped", "created", "days"]


def figures(places, harm=""):
    """Return headline figures that stand at these places, one of them a harmful pattern."""
    frame = pd.DataFrame({"key": KEYS, "place": [places.get(key, "usual") for key in KEYS]})
    return frame.assign(harm=frame["key"] == harm).set_index("key")


def test_the_four_figures_that_tell_most():
    """Revenue first, then what is a pattern, then what is unusual, else the usual order."""
    assert review._most_telling(figures({})) == KEYS[:4]
    found = review._most_telling(figures({"days": "above", "created": "below"}, harm="created"))
    assert found == ["won", "created", "days", "win_rate"]
    assert review._most_telling(figures({}).loc[["days", "won"]]) == ["won", "days"]


def test_no_deal_is_overdue():
    """Nothing is said of deals that are not late; that no planned day is known is said."""
    data = build_slice([{"opportunity_id": "a", "amount": 5.0, "expected_close_on": "2099-01-01"}])
    late, largest = deals.top(data, "overdue"), deals.top(data, "open")
    shown = review.open_deals(late, largest, data, ENGLISH)
    assert shown.text.startswith("The largest open deals")
    assert "qbr-columns" not in shown.html
    bare = build_slice([{"opportunity_id": "a", "amount": 5.0}], absent=["expected_close_on"])
    shown = review.open_deals(late, largest, bare, ENGLISH)
    assert shown.text.startswith("The data carries no planned closing days.")
