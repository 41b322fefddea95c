"""Cells of the heat map: class, corner, hatch, and the key beside it."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon, Rectangle

from qbr_lib.formats import Formats
from qbr_lib.present.charts.heat_map import heat_map, key, size
from qbr_lib.present.portfolio import SHORT
from qbr_lib.present.style import COLOURS
from qbr_lib.words import LANGUAGES, in_language


def cells_of(ax):
    """Return colour and hatch of every cell, in the order of the frame."""
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    return [(to_hex(cell.get_facecolor()), cell.get_hatch()) for cell in cells]


def test_cells_take_the_colour_of_their_class(frames, english):
    """Five classes have their colours; no usual range is plain; too early is hatched."""
    found = cells_of(heat_map(frames["heat map"](), formats=english))
    assert found == [
        (COLOURS["worse2"], None),
        (COLOURS["usual"], None),
        (COLOURS["better1"], None),
        (COLOURS["paper"], None),
        (COLOURS["paper"], "/////"),
        (COLOURS["paper"], "/////"),
    ]


def test_corners_point_where_the_class_does(frames, english):
    """One corner down in alert, one up in actual, none elsewhere."""
    ax = heat_map(frames["heat map"](), formats=english)
    corners = [patch for patch in ax.patches if isinstance(patch, Polygon)]
    found = [(to_hex(c.get_facecolor()), c.xy[2][1] > c.xy[0][1]) for c in corners]
    assert found == [(COLOURS["alert"], True), (COLOURS["actual"], False)]


def test_strong_classes_are_bold(frames, english):
    """Only the cell of class −2 is bold."""
    ax = heat_map(frames["heat map"](), formats=english)
    bold = [text.get_text() for text in ax.texts if text.get_weight() == 700]
    assert bold == ["Nordost", "118"]


def test_a_cell_too_early_is_never_coloured(frames, english):
    """A class given for too few deals is ignored."""
    frame = frames["heat map"]().assign(klass=-2.0, too_early=True)
    assert {colour for colour, _ in cells_of(heat_map(frame, formats=english))} == {
        COLOURS["paper"]
    }


def test_a_phone_takes_the_short_header(frames, english):
    """The column `short` is the header at half the width only."""
    frame = frames["heat map"]().assign(short="Neu")
    wide, half = (heat_map(frame, formats=english, narrow=narrow) for narrow in (False, True))
    assert "Neu" not in [text.get_text() for text in wide.texts]
    assert "Neu" in [text.get_text() for text in half.texts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_heading_is_cut_on_a_phone(language):
    """The portfolio's short headings stand whole beside long names of teams, in either language."""
    words = in_language(language)
    short = {key: words.say(text) for key, text in SHORT.items()}
    cells = {"group": "", "text": "379,3", "klass": 0.0, "too_early": False}
    rows = [
        {"team": team, "measure": key, "label": key, "short": text, **cells}
        for team in ("Großkunden", "Rhein-Main")
        for key, text in short.items()
    ]
    drawn = heat_map(pd.DataFrame(rows), formats=Formats(words, "EUR"), narrow=True)
    assert set(short.values()) <= {text.get_text() for text in drawn.texts}


def test_teams_of_one_name_in_two_groups_stay_apart(frames, english):
    """Two teams called alike have a row each."""
    frame = frames["heat map"]().iloc[[0, 2]].assign(team="Nord", group=["A", "B"])
    texts = [text.get_text() for text in heat_map(frame, formats=english).texts]
    assert {"118", "141"} <= set(texts)


def test_height_counts_teams_and_headings(frames):
    """42 px, 36 a team, 26 a group."""
    assert size(frames["heat map"]()) == (816, 42 + 36 * 3 + 26)


def test_the_key_names_every_class():
    """Six swatches, each with its words."""
    found = key(in_language("en"))
    assert found.count("<li>") == 6
    assert found.count('alt=""') == 6
    assert "▾ clearly unfavourable" in found
    assert "too early" in found
