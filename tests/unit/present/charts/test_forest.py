"""Win rates with their possible values."""

from matplotlib.colors import to_hex

from qbr_lib.present.charts.forest import lines, size, win_rates
from qbr_lib.present.style import COLOURS


def words_of(ax):
    """Return every text drawn."""
    return [text.get_text() for text in ax.texts]


def dots_of(ax):
    """Return rate, colour and fill of every dot."""
    return [
        (line.get_xdata()[0], line.get_color(), to_hex(line.get_markerfacecolor()))
        for line in ax.lines
        if line.get_marker() == "o"
    ]


def test_a_dot_for_every_rate_in_its_role(frames, english):
    """No pattern: grey; one for the worse: alert; too early: hollow and faint."""
    found = dots_of(win_rates(frames["win rates"](), formats=english))
    assert found == [
        (0.32, COLOURS["level"], COLOURS["level"]),
        (0.25, COLOURS["alert"], COLOURS["alert"]),
        (0.36, COLOURS["faint"], COLOURS["paper"]),
    ]


def test_a_rate_above_its_reference_is_actual(frames, english):
    """A helpful pattern takes the colour of what was met."""
    frame = frames["win rates"]().iloc[:1].assign(reference=0.2, pattern=True)
    assert dots_of(win_rates(frame, formats=english))[0][1] == COLOURS["actual"]


def test_a_judged_row_takes_colour_only_as_a_pattern(frames, english):
    """A reference outside the possible values alone gives no colour."""
    frame = frames["win rates"]().iloc[[1, 1]].assign(pattern=[False, True])
    found = [role for _, role, _ in dots_of(win_rates(frame, formats=english))]
    assert found == [COLOURS["level"], COLOURS["alert"]]
    better = frame.assign(reference=0.2, pattern=True)
    assert dots_of(win_rates(better, formats=english))[0][1] == COLOURS["actual"]


def test_intervals_span_the_possible_values(frames, english):
    """The line of a row runs from its low to its high end."""
    ax = win_rates(frames["win rates"](), formats=english)
    spans = [tuple(line.get_xdata()) for line in ax.lines if line.get_zorder() == 2]
    assert spans == [(0.25, 0.40), (0.19, 0.31), (0.16, 0.61)]


def test_too_early_has_its_counts_but_no_percentage(frames, english):
    """A rate of too few deals is never written."""
    texts = words_of(win_rates(frames["win rates"]().iloc[2:], formats=english))
    assert "too early" in texts
    assert "36%" not in texts
    assert {"5", "14"} <= set(texts)


def test_half_the_width_gives_the_base_in_words(frames, english):
    """The counts stand below the rate on a phone."""
    texts = words_of(win_rates(frames["win rates"](), formats=english, narrow=True))
    assert {"32%", "46 of 144"} <= set(texts)


def test_groups_have_headings_that_count_as_rows(frames):
    """Three rows in two groups make five lines; without groups, three."""
    frame = frames["win rates"]()
    assert (lines(frame), lines(frame.assign(group=""))) == (5, 3)
    assert size(frame) == (816, 60 + 34 * 5)
