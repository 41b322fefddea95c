"""What a page says of why revenue changed, with and without a comparison."""

import dataclasses
import re

from qbr_lib.formats import Formats
from qbr_lib.measures import Measure
from qbr_lib.metrics import drivers, patterns
from qbr_lib.metrics.patterns import Claim
from qbr_lib.present import contributors, why
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_drivers import BEFORE, NOW, YEAR_AGO, plan_goal, quarters_of, several

ENGLISH, GERMAN = (Formats(in_language(one), "EUR") for one in ("en", "de"))
CALM = [(40, 60), (41, 60), (40, 62), (39, 60), (40, 59), (41, 61), (40, 60)]


def shown(data, formats=ENGLISH, **measures):
    """Return the text of the figure with its sentence, claims judged alone."""
    found = drivers.on_previous(data)
    judged = patterns.judged(drivers.claims(found))
    return why.shown(found, judged, measures, data, formats)


def test_a_pattern_is_named():
    """Twice as many deals as ever: what happened, and that it is a pattern."""
    piece = shown(build_slice(quarters_of([*CALM, (80, 120)])))
    assert "More deals were decided: +€400\n" in piece.text
    assert "A pattern, larger than the usual swing: Number of decided deals." in piece.text
    assert "200 instead of 100" in piece.text
    assert "pattern: larger than the usual swing" in piece.html


def test_a_fact_is_no_pattern():
    """A few deals more, as often before: within the usual swing of the team, or of the teams."""
    deals = quarters_of([*CALM, (42, 60)])
    assert "Each cause is within the usual swing of this team." in shown(build_slice(deals)).text
    whole = build_slice(deals, scope="company")
    assert "Each cause is within the usual swing of these teams." in shown(whole).text


def test_what_stands_out_among_many_claims_is_not_called_a_pattern():
    """Larger than the band, but not judged a pattern: said as just that."""
    data = build_slice(quarters_of([*CALM, (80, 120)]))
    found = drivers.on_previous(data)
    text = why.sentence(found, patterns.judged([]), data, ENGLISH)
    assert text.endswith(
        "Larger than the usual swing, but not surely more than chance: Number of decided deals."
    )


def test_a_factor_beyond_its_band_is_the_pattern_that_its_cause_is():
    """Proven by the new deals, not by itself; what proves the opposite does not count."""
    data = build_slice(quarters_of([*CALM, (80, 120)]))
    found = drivers.on_previous(data)
    created = Claim("figure", "created", "", 200.0, 100.0, 9.0, 1e-6, 200, favourable=True)
    told = why.sentence(found, patterns.judged([created]), data, ENGLISH)
    assert told.endswith("A pattern, larger than the usual swing: Number of decided deals.")
    fewer = dataclasses.replace(created, favourable=False)
    assert "not surely" in why.sentence(found, patterns.judged([fewer]), data, ENGLISH)


def test_too_early():
    """With two quarters nothing is said of what is usual."""
    text = shown(build_slice(several(BEFORE, 4, 4, 10.0) + several(NOW, 4, 4, 15.0))).text
    assert "it is too early to say." in text
    assert text.count("too early") > 3


def test_what_slipped_stands_beside_the_sum():
    """The slipped money has its own row, and is no part of the change."""
    data = build_slice(several(BEFORE, 4, 4, 10.0) + several(NOW, 4, 4, 15.0))
    slipped = Measure("pipeline.slipped", -70.0, 3)
    text = shown(data, **{"pipeline.slipped": slipped}).text
    assert re.search("Slipped +−€70.00", text)
    assert "not in the sum" in text
    assert (
        "Slipped"
        not in shown(data, **{"pipeline.slipped": Measure("pipeline.slipped", 0.0, 0)}).text
    )


def test_new_products_have_a_bar():
    """A product that is new stands apart from the mix, with its name."""
    deals = (
        several(BEFORE, 4, 4, 10.0) + several(NOW, 4, 4, 10.0) + several(NOW, 1, 0, 9.0, "Probe")
    )
    piece = shown(build_slice(deals), GERMAN)
    assert "Neu" in piece.text
    assert "Probe" in piece.text
    assert "nicht verglichen" in piece.text


def test_no_deals_stand_behind_nothing():
    """Two quarters alike: no contribution, so no deals behind one."""
    data = build_slice(several(BEFORE, 4, 4, 10.0) + several(NOW, 4, 4, 10.0))
    assert contributors.behind(drivers.on_previous(data), data, ENGLISH).text == ""


def test_many_new_products_are_counted():
    """Three are named, the others counted: a list of hundreds is no comment."""
    deals = several(BEFORE, 9, 9, 10.0) + several(NOW, 9, 9, 10.0)
    deals += [deal for n in range(5) for deal in several(NOW, 1, 1, 9.0, f"New {n}")]
    text = shown(build_slice(deals)).text
    assert "New 0, New 1, New 2, 2 more" in text
    assert "New 3" not in text


def test_one_cell_has_no_mix():
    """Where nothing divides the deals, no bar of a mix stands at nothing; segments are named."""
    deals = several(BEFORE, 4, 4, 10.0) + several(NOW, 5, 4, 10.0)
    assert "Mix" not in shown(build_slice(deals)).text
    parts = several(BEFORE, 8, 2, 10.0) + several(BEFORE, 8, 32, 10.0, "B")
    parts += several(NOW, 28, 12, 10.0) + several(NOW, 1, 9, 10.0, "B")
    told = [deal | {"segment": deal["product"]} for deal in parts]
    text = shown(build_slice(told, absent=("product",))).text
    assert "compared segment by segment" in text


def test_a_rate_that_rose_while_its_effect_fell_is_not_shown_as_a_contradiction():
    """More of the product that is easily won: the total rate rises, the products' rates fell."""
    deals = several(BEFORE, 8, 2, 10.0) + several(BEFORE, 8, 32, 10.0, "B")
    deals += several(NOW, 28, 12, 10.0) + several(NOW, 1, 9, 10.0, "B")
    piece = shown(build_slice(deals))
    assert "58.0% instead of 32.0%" not in piece.text
    assert "compared product by product\n" in piece.text


def test_without_a_comparison():
    """A dashed frame says what is missing; headline, deals and appendix cope."""
    data = build_slice(several(NOW, 4, 4, 10.0))
    piece = shown(data)
    assert "qbr-unavailable" in piece.html
    assert "Reason: no deal was won or lost in 2026-Q2." in piece.text
    assert contributors.behind(None, data, ENGLISH).html == ""
    assert "The gap to the target" in contributors.details(None, None, data, ENGLISH).text
    empty = build_slice([])
    assert contributors.details(None, None, empty, ENGLISH).text == ""


def test_the_appendix_adds_up_in_every_table():
    """By product, on the year before and on target: each ends in its exact sum."""
    deals = several(BEFORE, 4, 4, 10.0) + several(NOW, 4, 4, 15.0) + several(NOW, 1, 0, 9.5, "B")
    data = build_slice(deals + several(YEAR_AGO, 2, 2, 10.0))
    found = drivers.on_previous(data)
    text = contributors.details(found, plan_goal(), data, ENGLISH).text
    assert text.count("+€29.50") == 1
    assert "+€49.50" in text
    assert "−€30.50" in text
    assert "Plan" in text
    assert text.count("possible values of the mix cannot be told") == 1  # a plan has no mix


def test_many_parts_are_cut_to_the_largest():
    """Twenty products: fourteen and the rest, which still add up."""
    deals = [deal for n in range(20) for deal in several(BEFORE, 1, 1, 10.0 + n, f"P{n:02}")]
    deals += [deal for n in range(20) for deal in several(NOW, 1, 1, 20.0 + 2 * n, f"P{n:02}")]
    data = build_slice(deals)
    text = contributors.details(drivers.on_previous(data), None, data, ENGLISH).text
    assert "All others (6 of 12 won, before 6 of 12)" in text
    assert "P19" in text
    assert "P00" not in text


def test_the_deals_behind_the_largest_cause():
    """Folded, with quarter, state and amount; names are escaped."""
    deals = [deal for day in (BEFORE, NOW) for deal in several(day, 1, 1, 10.0, "B")]
    deals += several(BEFORE, 4, 4, 10.0) + several(NOW, 2, 6, 10.0, "A")
    deals[-1] |= {"name": "<b>Pumpe</b>"}
    data = build_slice(deals)
    piece = contributors.behind(drivers.on_previous(data), data, ENGLISH)
    assert piece.html.startswith('<details class="qbr-deals">')
    assert "<b>Pumpe" not in piece.html
    assert piece.text.startswith("Largest deals behind it: Win rate, A\n")
    assert "2026‑Q2" in piece.text
    assert "lost" in piece.text
