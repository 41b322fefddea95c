"""Reasons as bars."""

from qbr_lib.present.charts.bars import reasons, size


def test_bars_are_as_long_as_their_counts(frames, english):
    """One bar a reason, from 0, in the order given."""
    ax = reasons(frames["reasons"](), formats=english)
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(0, 30), (0, 18), (0, 12)]


def test_label_count_and_share_are_written(frames, english):
    """Each bar has its name, its number and its share of all."""
    texts = [text.get_text() for text in reasons(frames["reasons"](), formats=english).texts]
    assert texts[:3] == ["Preis", "30", "50%"]


def test_reasons_of_one_name_stay_apart(frames, english):
    """Two reasons called alike keep a bar each."""
    ax = reasons(frames["reasons"](label="Sonstiges"), formats=english)
    assert [bar.get_width() for bar in ax.patches] == [30, 18, 12]


def test_heights_leave_room_for_labels_above(frames):
    """32 px a reason, 46 where the label stands above."""
    assert size(frames["reasons"]()) == (816, 104)
    assert size(frames["reasons"](), narrow=True) == (384, 146)
