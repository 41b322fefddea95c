"""What holds for every chart: nothing clips or collides, the axes given come back."""

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from qbr_lib.present.charts.canvas import Span, canvas_on, flagged, lines_of, plain, widest
from qbr_lib.present.style import COLOURS, text_width


def inside(box, width, height):
    """Tell whether a text lies within the picture, to half a pixel."""
    return min(box.x0, box.y0, width - box.x1, height - box.y1) > -0.6


def texts_of(ax):
    """Return every text with its place in pixels, as set in DejaVu Sans."""
    renderer = FigureCanvasAgg(ax.figure).get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in ax.texts]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "half"])
def test_every_text_has_its_own_place_in_the_picture(any_case, drawn, formats, narrow):
    """No text is cut by the edge or lies on another, whatever the data."""
    module, frame, draw = drawn(any_case, formats)
    boxes = [found for found in texts_of(draw(narrow=narrow)) if found[0]]
    width, height = module.size(frame, narrow=narrow)
    assert [text for text, box in boxes if not inside(box, width, height)] == []
    meeting = [
        (one, other)
        for place, (one, a) in enumerate(boxes)
        for other, b in boxes[:place]
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1.5
    ]
    assert meeting == []


def test_the_axes_given_come_back(chart, drawn, english):
    """A chart draws on the axes it is given and returns the same."""
    module, frame, draw = drawn(chart, english)
    width, height = module.size(frame)
    ax = Figure(figsize=(width / 96, height / 96), dpi=96).add_axes((0, 0, 1, 1))
    assert draw(ax=ax) is ax


def test_a_chart_without_axes_makes_a_figure_of_its_size(chart, drawn, english):
    """Without axes the figure is as large as the chart's `size` says."""
    module, frame, draw = drawn(chart, english)
    box = draw(narrow=True).figure.bbox
    assert (box.width, box.height) == pytest.approx(module.size(frame, narrow=True))


def test_a_chart_leaves_its_frame_unchanged(chart, drawn, english):
    """The frame drawn is the frame given, to the last cell."""
    _, frame, draw = drawn(chart, english)
    before = frame.copy(deep=True)
    draw(narrow=False)
    pd.testing.assert_frame_equal(frame, before)


def test_only_colours_of_roles_are_used(chart, drawn, english):
    """Every colour in a picture is a role's, or the dark rules would miss it."""
    _, _, draw = drawn(chart, english)
    used = {text.get_color() for text in draw(narrow=False).texts}
    assert used <= set(COLOURS.values())


def test_span_lays_a_value_between_its_pixels():
    """Half way between 0 and 10 is half way between the pixels 20 and 120."""
    span = Span(0, 10, 20, 120)
    assert span.pixel(5) == 70
    assert span.value_at(70) == 5


def test_canvas_lays_data_on_pixels():
    """After `lay` the value 0 falls on pixel 30 from the left and 90 from the top."""
    canvas = canvas_on(None, (200, 100))
    canvas.lay(Span(0, 1, 30, 130), Span(1, 0, 10, 90))
    x, y = canvas.ax.transData.transform((0, 0))
    assert (x, 100 - y) == pytest.approx((30, 90))


def test_plain_drops_control_characters():
    """No control character reaches the SVG, and a line break becomes a space."""
    assert plain("Werft\x0b\nSüd\x00 \u00a0€") == "Werft Süd \u00a0€"


def test_widest_of_nothing_is_nothing():
    """A column without texts takes no room."""
    assert widest([], 12) == 0


def test_lines_of_breaks_at_spaces_within_the_room():
    """A header breaks at its space when both words are too wide for one line."""
    assert lines_of("Neue Deals", 12, text_width("Deals", 12) + 1, 2) == ["Neue", "Deals"]


def test_lines_of_cuts_what_no_line_holds():
    """A word wider than its room ends in an ellipsis."""
    assert lines_of("Abschlussquote", 12, 60, 2) == ["Abschl…"]


@pytest.mark.parametrize(("cell", "said"), [(True, True), (False, False), (float("nan"), False)])
def test_an_unknown_flag_is_no(cell, said):
    """Only a known yes is a yes."""
    assert flagged(cell) is said
