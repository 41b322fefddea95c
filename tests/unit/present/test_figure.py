"""The figure of a page: both widths, words escaped, numbers below."""

import re
from functools import partial

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.present.charts.bars import reasons, size
from qbr_lib.present.figure import Table, figure, picture
from qbr_lib.words import in_language

HOSTILE = '<script>alert("1")</script>'
WORDS = in_language("en")
FRAME = pd.DataFrame({"label": ["Price", HOSTILE], "count": [3, 1], "share": [0.75, 0.25]})
DRAW = partial(reasons, FRAME, formats=Formats(WORDS, "EUR"))
DATA = Table(["Reason", "Deals"], [["Price", "3"], [HOSTILE, "1"]])


def shown(**changes):
    """Return a figure of two reasons."""
    given = {
        "title": "Price cost three of four",
        "alt": "Bars: price 3, other 1",
        "data": DATA,
        "words": WORDS,
        "wide": size(FRAME),
        "half": size(FRAME, narrow=True),
    }
    return figure(DRAW, **(given | changes))


def test_both_widths_are_in_the_picture():
    """The half width is offered to narrow screens, the wide one is the image."""
    html = shown().html
    pattern = (
        r'^<figure class="qbr-figure"><figcaption>.*</figcaption><picture>'
        r'<source media="\(max-width:640px\)" srcset="data:image/svg\+xml;base64,[^"]+">'
        r'<img src="data:image/svg\+xml;base64,[^"]+" alt="Bars: price 3, other 1"></picture>'
    )
    assert re.search(pattern, html)


def test_a_chart_of_half_width_has_one_image():
    """Without a wide size there is no choice to make, and the figure says it is half."""
    html = shown(wide=None).html
    assert "<picture>" not in html
    assert '<figure class="qbr-figure" data-width="half">' in html


def test_words_and_names_are_escaped():
    """No tag of a title, note or CRM name reaches the page."""
    found = shown(title=HOSTILE, subtitle=HOSTILE, note=HOSTILE, alt=HOSTILE).html
    assert "<script" not in found
    assert found.count("&lt;script&gt;") == 6


def test_the_numbers_fold_below_in_a_labelled_region():
    """The table can be scrolled by keyboard and has a name."""
    html = shown().html
    assert "<details" in html
    assert "<summary>Numbers behind this chart</summary>" in html
    region = (
        '<div class="qbr-scroll" role="region" tabindex="0" '
        'aria-label="Numbers behind this chart: Price cost three of four">'
        '<table class="qbr-data"><thead><tr><th scope="col">Reason</th><th scope="col">Deals</th>'
        '</tr></thead><tbody><tr><th scope="row">Price</th><td>3</td></tr>'
    )
    assert region in html


def test_a_figure_without_numbers_folds_nothing():
    """No data, no fold."""
    assert "<details" not in shown(data=None).html


def test_a_long_alternative_text_is_cut_at_a_word():
    """At most 200 characters, the last of them an ellipsis."""
    alt = re.search(r'<img [^>]*alt="([^"]*)"', shown(alt="won deals " * 40).html)[1]
    assert len(alt) <= 200
    assert alt.endswith("deals won…") or alt.endswith("won deals…")


def test_an_empty_alternative_text_is_refused():
    """A picture that says nothing to the blind is an error of the caller."""
    with pytest.raises(ValueError, match=r"^figure 'T': the alternative text is empty$"):
        shown(title="T", alt=" ")


def test_a_figure_without_size_is_refused():
    """At least one width is needed."""
    with pytest.raises(ValueError, match=r"^a figure needs a size for at least one width$"):
        shown(wide=None, half=None)


def test_the_same_figure_is_the_same_bytes():
    """Drawn twice, equal to the byte."""
    assert shown() == shown()
    assert picture(DRAW, (816, 72), narrow=False) == picture(DRAW, (816, 72), narrow=False)


def test_no_figure_stays_open():
    """Drawing leaves nothing behind."""
    shown()
    assert plt.get_fignums() == []


def test_a_notebook_gets_html_and_readable_text():
    """The bundle has both forms; the text has title, unit and aligned numbers."""
    bundle = shown(subtitle="Lost deals, 2026-Q3", note="Deals may have several reasons.")
    text = bundle._repr_mimebundle_()["text/plain"]
    assert bundle._repr_mimebundle_()["text/html"] == bundle.html
    assert text.splitlines()[:4] == [
        "Price cost three of four",
        "Lost deals, 2026-Q3",
        "Reason                       Deals",
        "Price                            3",
    ]
    assert text.endswith("Deals may have several reasons.")


def test_rows_of_uneven_length_still_align():
    """A short row is filled up in the plain text."""
    assert Table(["a"], [["x", "1"]]).text() == "a\nx  1"


def test_the_key_stands_before_the_picture():
    """A key is given as HTML and follows the caption."""
    assert (
        '</figcaption><ul class="qbr-key"></ul><picture>'
        in shown(key='<ul class="qbr-key"></ul>').html
    )
