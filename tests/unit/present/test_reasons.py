"""Reasons as a page tells them: no decision apart, how many name none, what they were before."""

import pytest

from qbr_lib.formats import Formats
from qbr_lib.metrics import conversion, deals
from qbr_lib.present import reasons
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_conversion import closing

ENGLISH = Formats(in_language("en"), "EUR")
PAST = [closing(n, "lost", closed_on="2026-05-01", reason="price") for n in (91, 92)]
PAST += [
    closing(93, "lost", closed_on="2026-05-01", reason="no decision"),
    closing(94, "lost", closed_on="2026-05-01"),
]


def lost(*given, past=()):
    """Return what the page shows of deals lost for these reasons."""
    rows = [closing(n, "lost", reason=reason) for n, reason in enumerate(given)]
    data = build_slice([*rows, *past])
    return reasons.lost(conversion.reasons(data, "lost"), deals.top(data, "lost"), ENGLISH)


def test_no_decision_stands_apart():
    """It is no bar among the reasons, but a figure of its own beside the quarters before."""
    shown = lost("price", "no decision", "no decision", None, past=PAST)
    text = " ".join(shown.text.split())
    assert "Reasons for the losses 4 deals lost; 2 without a decision are not drawn Reason" in text
    assert "2 of 4 lost deals ended without a decision (50%, before 25%)." in text
    assert "1 of 4 name no reason (25%, before 25%)." in text
    assert "price 1 €100 25% 50%" in text


def test_without_earlier_quarters_nothing_is_compared():
    """Where no quarter before held a loss, only the present is said."""
    text = " ".join(lost("price", "price").text.split())
    assert "All 2 deals name a reason." in text
    assert ", before" not in text
    assert "without a decision" not in text


@pytest.mark.parametrize("reason", [None, "no decision"])
def test_nothing_but_unknown_or_undecided(reason):
    """No reason is called the most frequent where none was named."""
    text = lost(reason).text
    assert "Named most often" not in text
    assert "1 deal lost" in text


def test_nothing_lost_or_won():
    """A quarter without closings says so."""
    assert lost().text == "No deal was lost."
    assert reasons.won(conversion.reasons(build_slice(), "won"), ENGLISH).text == "No deal was won."


def test_reasons_for_wins():
    """Wins have their reasons too, and say how many name none."""
    data = build_slice([closing(1, "won", reason="service"), closing(2, "won")])
    text = " ".join(reasons.won(conversion.reasons(data, "won"), ENGLISH).text.split())
    assert text.startswith("Reasons for the wins 2 deals won")
    assert "1 of 2 name no reason (50%)." in text
