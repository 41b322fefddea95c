"""Market and competition on a page: sources, doubt, two parts, and no reading of the notes."""

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.present.market import competition
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

ENGLISH = Formats(in_language("en"), "EUR")
DEALS = [
    closing(1, "2026-08-01", 200.0, territory="Küste", segment="A", competitor="Kontora"),
    closing(2, "2026-08-02", 10.0, "lost", territory="Küste", segment="B", competitor="Kontora"),
    closing(3, "2026-05-01", 100.0, territory="Küste", segment="A"),
]
NOTE = {"noted_on": "2026-07-03", "competitor": "Kontora", "note": "<i>cheaper", "source": "fair"}


def _size(size, quarter="2026-Q3", segment=None):
    known = {"quarter": quarter, "territory": "Küste", "market_size": size, "source": "Panel"}
    return known | {"segment": segment, "as_of": "2026-09-30"}


def _shown(*sizes, notes=(NOTE,), formats=ENGLISH, absent=(), **given):
    tables = {"market": list(sizes), "competitor_notes": list(notes)}
    tables = {name: rows for name, rows in tables.items() if name not in absent}
    data = build_slice(DEALS, tables=tables, absent=absent, **given)
    data.teams["territory"] = pd.Series(["Küste"] * len(data.teams), dtype="str")
    return competition(data, formats)


def test_every_size_has_its_source_and_the_share_its_doubt():
    """Source and day stand below each market, the share is told for a fifth more or less."""
    shown = _shown(_size(1000.0)).text
    assert "Own share of the market: 20.0%" in shown
    assert "Küste (Panel, 30 Sept 2026)" in shown
    assert "the share would be 16.7% or 25.0%." in shown
    assert "No earlier quarter of these markets is sized." in shown


def test_the_change_in_two_parts_that_add_up():
    """100 more: 32.50 of the larger market at the mean share, 67.50 of a larger share of the mean size."""
    shown = _shown(_size(1000.0), _size(800.0, "2026-Q2")).text
    assert (
        "Against 2026\u2011Q2 own revenue changed by +€100: +€32 from the size of the market, "
        "+€68 from the own share." in shown
    )
    assert "+€100.00" in shown
    assert "+€32.50" in shown
    assert "+€67.50" in shown


def test_several_markets_have_a_sum():
    """Segments stand by their name; the sum is the whole share."""
    sizes = [_size(1000.0, segment="A"), _size(500.0, segment="B")]
    before = [_size(1000.0, "2026-Q2", "A"), _size(500.0, "2026-Q2", "B")]
    lines = _shown(*sizes, *before).text.splitlines()
    assert [line.split()[-1] for line in lines if line.startswith("Sum")] == ["13.3%", "+€100.00"]
    assert any(line.startswith("Küste, B") for line in lines)


def test_a_running_quarter_is_not_split():
    """Half a quarter's revenue would look like a lost share."""
    shown = _shown(_size(1000.0), _size(800.0, "2026-Q2"), as_of="2026-09-29").text
    assert "2026\u2011Q3 is not over" in shown
    assert "Against" not in shown


def test_notes_beside_the_record_and_nothing_more():
    """Won of decided with what is possible, the note escaped, and no conclusion."""
    shown = _shown(_size(1000.0))
    assert "Kontora: 1 of 2 decided deals won (possible 9% to 91%)" in shown.text
    assert "<i>cheaper (fair)" in shown.text
    assert "<i>" not in shown.html
    other = _shown(_size(1000.0), notes=[NOTE | {"competitor": "Velanta", "source": None}])
    assert "Velanta: no deal was decided against it" in other.text
    assert "No note on a competitor is of 2026\u2011Q3." in _shown(_size(1.0), notes=()).text


def test_what_is_missing_is_said_with_where_it_belongs():
    """Tables and columns: in place, dashed, never invented."""
    shown = _shown(absent=("market", "competitor_notes"))
    assert shown.html.count('class="qbr-unavailable"') == 2
    assert "Market share: no data. Reason: needs the table market. Sizes belong" in shown.text
    assert "Notes on competitors: no data. The table “competitor_notes” is missing." in shown.text
    assert "The deals do not name competitors." in _shown(absent=("competitor",)).text


def test_what_few_people_hold_is_not_told():
    """The rows are dashes, the reason stands below, the sum remains."""
    sizes = [_size(1000.0), _size(10.0) | {"territory": "Isle"}]
    sizes += [one | {"quarter": "2026-Q2"} for one in sizes]
    data = build_slice(
        DEALS,
        tables={"market": sizes},
        scope="company",
        privacy={"people": "off", "minimum_group": 4},
    )
    held = {"column": "territory", "quarter": "2026-Q3", "value": "Küste", "people": 1}
    data.tables["holders"] = pd.DataFrame([held])
    shown = competition(data, ENGLISH).text
    rows = [line.split() for line in shown.splitlines() if line.startswith("Küste")]
    assert [[one for one in row if one == "–"] for row in rows] == [["–"] * 2, ["–"] * 3]
    assert shown.count("territories that fewer than 4 people hold is not shown.") == 2
    assert "€200" in shown


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_closing_is_no_error(language):
    """A quarter without deals shows sizes and a share of nothing."""
    formats = Formats(in_language(language), "EUR")
    data = build_slice([], tables={"market": [_size(9.0)], "competitor_notes": [NOTE]})
    data.teams["territory"] = pd.Series(["Küste"], dtype="str")
    assert "€9" in competition(data, formats).text.replace("9\u00a0€", "€9")
