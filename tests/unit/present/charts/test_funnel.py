"""How far the deals came, as bars."""

from qbr_lib.present.charts.funnel import size, stages
from qbr_lib.present.style import COLOURS


def test_bars_are_as_long_as_their_counts(frames, english):
    """One bar a stage, from the left, the won deals in their own colour."""
    ax = stages(frames["funnel"](), formats=english)
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [
        (0, 144), (0, 117), (0, 92), (0, 46),
    ]  # fmt: skip
    colours = {text.get_text(): text.get_color() for text in ax.texts}
    assert (colours["46"], colours["144"]) == (COLOURS["actual"], COLOURS["ink"])


def test_between_bars_stands_what_went_on(frames, english):
    """The share that went on and what is usual; colour only for the pattern."""
    ax = stages(frames["funnel"](), formats=english)
    colours = {text.get_text(): text.get_color() for text in ax.texts}
    assert colours["↓ 60%"] == COLOURS["alert"]
    assert colours["↓ 81%"] == COLOURS["ink"]
    assert "usual 78% to 86%" in colours
    assert "usual 71%" in colours
    better = frames["funnel"]().assign(favourable=True)
    texts = stages(better, formats=english).texts
    assert {t.get_text(): t.get_color() for t in texts}["↓ 60%"] == COLOURS["actual"]


def test_heights(frames):
    """60 px a bar less the last space; half the width."""
    assert size(frames["funnel"]()) == (384, 216)
