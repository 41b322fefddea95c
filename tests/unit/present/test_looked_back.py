"""The page of `qbr backtest`, in both languages; too few quarters are said, never judged."""

import datetime as dt
import re

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.outlook.report import report
from qbr_lib.present import looked_back
from qbr_lib.words import in_language
from tests.unit.outlook.test_report import rows_of


@pytest.fixture(params=["de", "en"])
def formats(request):
    return Formats(in_language(request.param), "EUR")


ENGLISH = Formats(in_language("en"), "EUR")


def _basis(told, *scopes):
    made = [looked_back.Scope(name, False, told.scopes.get(name)) for name in scopes]
    return looked_back.Basis("Probe", dt.date(2026, 11, 11), tuple(made))


def test_every_part(formats):
    """Ranges, errors, targets with their plot, teams and the small print, without a gap."""
    told = report(rows_of())
    shown = looked_back.page(told, _basis(told, "nord"), formats)
    assert shown.html.count('class="qbr-section"') == 4
    assert 'class="qbr-figure"' in shown.html
    assert "CRPS" in shown.html.split("qbr-appendix")[1]
    assert "CRPS" not in shown.html.split("qbr-appendix")[0]
    assert not re.search(r"\bnan\b", shown.text)


def test_figures():
    """Half of the quarters missed: the share, what luck leaves open, and the alert."""
    missed = rows_of("sued", quarters=12, low_80=0.0, high_80=1.0)
    told = report(pd.concat([rows_of(quarters=4), missed]))
    text = looked_back.page(told, _basis(told, "nord", "sued"), ENGLISH).text
    assert "The range of 8 in 10 held in 25% of 208 weeks" in text
    assert "too narrow" in text
    assert "+50%" in text


def test_needless_alarms_are_an_alert():
    """All alarms needless: 100 %, in the colour of an alert, with the count."""
    told = report(rows_of(chance=0.1))
    shown = looked_back.page(told, _basis(told, "nord"), ENGLISH)
    assert "65 of 65 alarms" in shown.text
    assert 'class="verdict alert">at most 20% may be' in shown.html


def test_too_early(formats):
    """With fewer than four quarters nothing is judged; each team says how many it has."""
    told = report(rows_of(quarters=3))
    shown = looked_back.page(told, _basis(told, "nord", "ost"), formats)
    few = formats.words.say("Not enough quarters: {n} of {least}", n=3, least=4)
    none = formats.words.say("Not enough quarters: {n} of {least}", n=0, least=4)
    assert few in shown.text
    assert none in shown.text
    assert shown.html.count('class="qbr-section"') == 1


def test_what_failed_says_why():
    """A team without rows shows its reason instead."""
    told = report(rows_of())
    scope = looked_back.Scope("Ost", False, None, "The process was killed.")
    basis = looked_back.Basis("Probe", dt.date(2026, 11, 11), (scope,))
    assert "The process was killed." in looked_back.page(told, basis, ENGLISH).text
