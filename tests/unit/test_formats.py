"""Numbers and days as the two languages write them."""

import datetime as dt

import pytest

from qbr_lib.formats import Formats
from qbr_lib.periods import Quarter
from qbr_lib.words import in_language

DE, EN = (Formats(in_language(language), "EUR") for language in ("de", "en"))


@pytest.mark.parametrize(
    ("call", "german", "english"),
    [
        (lambda f: f.money(1840000), "1.840.000\u00a0€", "€1,840,000"),
        (lambda f: f.money(-160000, signed=True), "\u2212160.000\u00a0€", "\u2212€160,000"),
        (lambda f: f.money(0, signed=True), "±0\u00a0€", "±€0"),
        (lambda f: f.money_short(1840000), "1,84\u00a0Mio.\u00a0€", "€1.84M"),
        (lambda f: f.money_short(160000), "160.000\u00a0€", "€160,000"),
        (lambda f: f.money_short(999_999.6), "1,00\u00a0Mio.\u00a0€", "€1.00M"),
        (lambda f: f.cents(12.345), "12,35\u00a0€", "€12.35"),
        (lambda f: f.percent(0.319), "31,9\u00a0%", "31.9%"),
        (lambda f: f.percent(0.92, 0), "92\u00a0%", "92%"),
        (lambda f: f.percent(-0.061, signed=True), "\u22126,1\u00a0%", "\u22126.1%"),
        (lambda f: f.points(0.007), "+0,7\u00a0Punkte", "+0.7\u00a0points"),
        (lambda f: f.days(64), "64\u00a0Tage", "64\u00a0days"),
        (lambda f: f.days(1), "1\u00a0Tag", "1\u00a0day"),
        (lambda f: f.times(2.6), "2,6×", "2.6×"),
        (lambda f: f.day(dt.date(2026, 10, 5)), "05.10.2026", "5 Oct 2026"),
        (lambda f: f.day_long(dt.date(2026, 10, 5)), "5. Oktober 2026", "5 October 2026"),
        (
            lambda f: f.span(Quarter(2026, 3)),
            "1. Juli bis 30. September 2026",
            "1 July to 30 September 2026",
        ),
        (lambda f: f.scale(2e6).unit, "Mio.\u00a0€", "€ million"),
        (lambda f: f.scale(2e5).unit, "Tsd.\u00a0€", "€ thousand"),
        (lambda f: f.quarter("2026-Q3"), "2026\u2011Q3", "2026\u2011Q3"),
    ],
)
def test_as_written(call, german, english):
    """Each kind of number stands as a German and an English page write it."""
    assert call(DE) == german
    assert call(EN) == english


def test_rounding_to_zero_loses_its_sign():
    """A change too small to show is no change."""
    assert DE.money(-0.4, signed=True) == "±0\u00a0€"
    assert EN.percent(-0.0001, signed=True) == "±0.0%"


@pytest.mark.parametrize(
    ("amounts", "written"),
    [
        ((1_067_015.0, 1_492_902.0, 2_036_770.0), ("€1.1M", "€1.5M", "€2.0M")),
        ((912_345.0, 1_492_902.0), ("€900,000", "€1.5M")),
        ((2_341_234.0, 2_345_678.0, 2_349_876.0), ("€2,341,000", "€2,346,000", "€2,350,000")),
        ((2_301_234.0, 2_378_765.0), ("€2.30M", "€2.38M")),
        ((101_234.0, 178_765.0), ("€100,000", "€180,000")),
        ((11_234_567.0, 30_000_000.0), ("€11.0M", "€30.0M")),
        ((20_539.0, 211_150.0, 602_993.0), ("€20,000", "€200,000", "€600,000")),
        ((0.0, 0.0, 0.0), ("€0", "€0", "€0")),
    ],
)
def test_a_range_is_as_fine_as_its_width(amounts, written):
    """At least five steps lie between its ends, and a small end does not become 0."""
    assert EN.money_range(*amounts) == written
