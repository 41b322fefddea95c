"""Goals as bars against their target."""

import pandas as pd
import pytest

from qbr_lib.present.charts.goals import goals, size
from qbr_lib.present.style import COLOURS

NAN = float("nan")
FRAME = pd.DataFrame(
    {
        "label": ["Umsatz", "Kunden", "Marktanteil"],
        "told": ["1.840.000 € von 2.000.000 €", "13 von 12", "Ziel 18,0 %"],
        "attained": [0.92, 1.08, NAN],
        "expected": [NAN, 0.5, NAN],
        "verdict": ["knapp verfehlt", "erreicht", "nicht bewertbar"],
        "alert": [True, False, False],
    }
)


def _boxes(ax, role):
    return [p for p in ax.patches if p.get_facecolor()[:3] == _rgb(role)]


def _rgb(role):
    value = COLOURS[role].lstrip("#")
    return tuple(int(value[n : n + 2], 16) / 255 for n in (0, 2, 4))


@pytest.mark.parametrize("narrow", [False, True])
def test_bars_are_as_long_as_what_is_reached(english, narrow):
    """From 0 to 120 %: what is missing is soft, what lies beyond is cut at the end."""
    ax = goals(FRAME, formats=english, narrow=narrow)
    full = _boxes(ax, "actual")
    missing = _boxes(ax, "alert_soft")
    assert len(full) == 2
    assert len(missing) == 1
    whole = full[0].get_width() / 0.92
    assert full[1].get_width() / whole == pytest.approx(1.08)
    assert missing[0].get_width() / whole == pytest.approx(0.08)
    beyond = goals(FRAME.assign(attained=5.0), formats=english, narrow=narrow)
    assert _boxes(beyond, "actual")[0].get_width() / whole == pytest.approx(1.2)


def test_what_cannot_be_graded_is_a_dashed_frame(english):
    """No bar and no percentage, the verdict alone."""
    ax = goals(FRAME, formats=english)
    texts = [text.get_text() for text in ax.texts]
    assert "nicht bewertbar" in texts
    assert [text for text in texts if text.endswith("%") and text != "Target = 100%"][:2] == [
        "92%",
        "108%",
    ]
    assert sum(patch.get_linestyle() not in ("-", "solid") for patch in ax.patches) == 1


def test_only_a_missed_agreement_is_coloured(english):
    """The verdict of a missed goal carries the alert colour, of a met one that of the actual."""
    texts = {text.get_text(): text for text in goals(FRAME, formats=english).texts}
    assert texts["knapp verfehlt"].get_color() == COLOURS["alert"]
    assert texts["erreicht"].get_color() == COLOURS["actual"]


def test_heights_are_those_of_the_house():
    """22 + 46 px a goal wide, 18 + 66 px on a phone."""
    assert size(FRAME) == (816, 22 + 46 * 3)
    assert size(FRAME, narrow=True) == (384, 18 + 66 * 3)
    assert size(FRAME.head(0))[1] > 0


def test_given_axes_are_drawn_on(english):
    """The axes given are the axes returned."""
    first = goals(FRAME, formats=english)
    assert goals(FRAME, formats=english, ax=first) is first


def test_a_long_name_has_a_line_of_its_own(english):
    """On a narrow screen the verdict stands beside what is told, so that no name is cut."""
    label = "Umsatz in 2026-Q3 um 116 % steigern"
    ax = goals(FRAME.assign(label=label), formats=english, narrow=True)
    texts = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert label in texts
    assert texts["108%  erreicht"] == texts["13 von 12"]
