"""SVG text: dark rules, font, and no contact with anything outside."""

from matplotlib.figure import Figure

from qbr_lib.present.style import COLOURS, DARK
from qbr_lib.present.svg import adapting, data_uri, drawn, image


def some_figure(text="Werft <Süd> & $x$ 日本"):
    """Return a figure with one text, one hatched field."""
    figure = Figure(figsize=(2, 1), dpi=96)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.text(0.1, 0.5, text, color=COLOURS["ink"], parse_math=False)
    ax.bar([0.5], [1], facecolor=COLOURS["band"], edgecolor=COLOURS["context"], hatch="//")
    return figure


def test_a_figure_is_drawn_to_the_same_bytes():
    """Two drawings of one picture are equal, ids of hatches among them."""
    assert drawn(some_figure()) == drawn(some_figure())


def test_text_stays_text_in_the_page_s_font():
    """Letters are escaped text, in the page's fonts and not the measured one."""
    svg = drawn(some_figure())
    assert "Werft &lt;Süd&gt; &amp; $x$ 日本" in svg
    assert "DejaVu" not in svg
    assert "text{font-family:-apple-system," in svg


def test_the_ground_is_opaque_paper():
    """The first field is paper over the whole picture, with its dark rule."""
    svg = drawn(some_figure())
    assert f'style="fill: {COLOURS["paper"]}"' in svg
    assert f'[style*="fill: {COLOURS["paper"]}"]' in svg


def test_every_colour_used_has_its_dark_rule():
    """Fill and stroke, as style and as attribute."""
    svg = adapting(f'<svg><rect fill="{COLOURS["alert"]}"/></svg>')
    dark = DARK[COLOURS["alert"]]
    for what in ("fill", "stroke"):
        rule = (
            f'[style*="{what}: {COLOURS["alert"]}"],[{what}="{COLOURS["alert"]}"]'
            f"{{{what}:{dark}!important}}"
        )
        assert rule in svg
    assert DARK[COLOURS["actual"]] not in svg


def test_nothing_is_asked_of_the_net():
    """Only names of the SVG standard look like addresses."""
    svg = drawn(some_figure())
    assert svg.count("http") == svg.count("http://www.w3.org/")
    assert "<script" not in svg


def test_an_image_is_a_data_address():
    """The image holds the picture and its escaped words."""
    assert image("<svg/>", alt='a "b"', kind="k") == (
        f'<img class="k" src="{data_uri("<svg/>")}" alt="a &quot;b&quot;">'
    )
