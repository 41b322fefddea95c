"""Roles, theme and the measure of texts."""

import matplotlib as mpl
import pytest
from matplotlib.textpath import TextPath

from qbr_lib.present.style import COLOURS, DARK, fitting_size, shortened, text_width, theme


def test_every_role_has_its_own_hex():
    """No two roles share a light hex, since the dark is found by it."""
    assert len(set(COLOURS.values())) == len(COLOURS) == len(DARK) == 21


@pytest.mark.parametrize("ink", ["ink", "muted", "actual", "alert"])
def test_words_are_legible_on_paper(ink):
    """Everything written on paper has a contrast of at least 4.5, light and dark."""

    def luminance(colour):
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for look in (dict, DARK.get):
        pair = [COLOURS[ink], COLOURS["paper"]]
        found = sorted(luminance(colour if look is dict else look(colour)) for colour in pair)
        assert (found[1] + 0.05) / (found[0] + 0.05) >= 4.5


def test_the_theme_is_undone():
    """Settings inside the theme are gone outside."""
    before = dict(mpl.rcParams)
    with theme():
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("bold", [False, True])
def test_a_text_is_never_narrower_than_measured(bold):
    """The measure covers the outlines of the font, and not much more."""
    words = "Übrige Mitbewerber −1.840,50 €"
    weight = "bold" if bold else "normal"
    outline = TextPath((0, 0), words, size=13, prop={"family": "DejaVu Sans", "weight": weight})
    drawn = outline.get_extents().width
    assert drawn <= text_width(words, 13, bold=bold) <= drawn * 1.1


def test_letters_the_font_lacks_count_as_full_squares():
    """A name in another script takes a square a letter."""
    assert text_width("日本", 10) == pytest.approx(20, rel=0.06)


def test_a_long_name_ends_in_an_ellipsis():
    """What is cut says so, and fits."""
    cut = shortened("Sondermaschinenbau und Großanlagen", 12, 100)
    assert cut == "Sondermasch…"
    assert text_width(cut, 12) <= 100
    assert shortened("Nord", 12, 100) == "Nord"


def test_a_name_without_room_is_an_ellipsis():
    """No room at all leaves the ellipsis."""
    assert shortened("Nord", 12, 1) == "…"


def test_a_number_shrinks_instead():
    """A number is whole at a smaller size."""
    size = fitting_size("1.234.567", 12, 30)
    assert size < 12
    assert text_width("1.234.567", size) == pytest.approx(30)
