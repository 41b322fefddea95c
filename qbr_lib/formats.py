"""Numbers and days to text, in German and English. The only place that rounds.

Minus is U+2212, every change carries its sign, no change is "±0". The space before % and € never
breaks.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import InvalidOperation

from babel.dates import format_date
from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    get_currency_symbol,
    parse_decimal,
)

from qbr_lib.errors import ParameterError
from qbr_lib.measures import REGISTRY, Unit
from qbr_lib.periods import Quarter
from qbr_lib.words import Words

MINUS, NBSP, DASH = "\u2212", "\u00a0", "\u2013"
_LOCALES = {"de": "de_DE", "en": "en_GB"}
_MILLION = 1_000_000
_PARTS = 20  # a chance is said in steps of five percentage points


@dataclass(frozen=True)
class Scale:
    """How the amounts of one chart are shortened: divisor, unit in words, decimals."""

    divisor: float
    unit: str
    decimals: int


@dataclass(frozen=True)
class Formats:
    """Formats one language and currency.

    Parameters
    ----------
    words : Words
        The language.
    currency : str
        ISO 4217 code.
    """

    words: Words
    currency: str

    @property
    def locale(self) -> str:
        """The Babel locale."""
        return _LOCALES[self.words.language]

    @property
    def symbol(self) -> str:
        """The currency's symbol, such as €."""
        return str(get_currency_symbol(self.currency, locale=self.locale))

    def number(self, value: float, decimals: int = 0, *, signed: bool = False) -> str:
        """Return a plain number.

        >>> from qbr_lib.words import in_language
        >>> Formats(in_language("de"), "EUR").number(-1234.5, 1)
        '−1.234,5'
        """
        rounded = round(value, decimals) + 0.0
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        digits = format_decimal(abs(rounded), format=pattern, locale=self.locale)
        return self._sign(rounded, signed=signed) + digits

    def money(self, value: float, *, signed: bool = False) -> str:
        """Return an amount in full, in whole units: 1.840.000 €, €1,840,000."""
        rounded = round(value) + 0.0
        return self._sign(rounded, signed=signed) + self._currency(abs(rounded), "#,##0")

    def cents(self, value: float, *, signed: bool = False) -> str:
        """Return an amount in full with two decimals, where a total must be seen to close."""
        rounded = round(value, 2) + 0.0
        return self._sign(rounded, signed=signed) + self._currency(abs(rounded), "#,##0.00")

    def money_short(self, value: float, *, signed: bool = False, decimals: int = 2) -> str:
        """Return an amount for headlines: millions with two decimals, less in full."""
        if abs(round(value)) < _MILLION:
            return self.money(value, signed=signed)
        millions = round(value / _MILLION, decimals)
        sign = self._sign(millions, signed=signed)
        if self.words.language == "de":
            return f"{sign}{self.number(abs(millions), decimals)}{NBSP}Mio.{NBSP}{self.symbol}"
        return f"{sign}{self.symbol}{abs(millions):,.{decimals}f}M"

    def money_range(self, *amounts: float) -> tuple[str, ...]:
        """Return the amounts of one range, ascending, as finely as its width bears.

        >>> from qbr_lib.words import in_language
        >>> Formats(in_language("en"), "EUR").money_range(1_067_015.0, 1_492_902.0, 2_036_770.0)
        ('€1.1M', '€1.5M', '€2.0M')
        """
        step = self._magnitude((amounts[-1] - amounts[0]) / 5)
        steps = [min(step, self._magnitude(abs(value))) for value in amounts]
        rounded = [round(value / own) * own for value, own in zip(amounts, steps, strict=True)]
        if step < _MILLION / 100:  # finer than the decimals of millions
            return tuple(self.money(value) for value in rounded)
        decimals = 1 if step >= _MILLION / 10 else 2
        return tuple(self.money_short(value, decimals=decimals) for value in rounded)

    def money_about(self, value: float) -> str:
        """Return an amount that is an estimate, with two digits that count: €120,000.

        >>> from qbr_lib.words import in_language
        >>> Formats(in_language("en"), "EUR").money_about(117_372.01)
        '€120,000'
        """
        digits = 1 - math.floor(math.log10(abs(value))) if abs(value) >= 1 else 0
        return self.money_short(round(value, digits))

    def percent(self, fraction: float, decimals: int = 1, *, signed: bool = False) -> str:
        """Return a rate given as a fraction: 31,9 %, 31.9%."""
        space = NBSP if self.words.language == "de" else ""
        return f"{self.number(fraction * 100, decimals, signed=signed)}{space}%"

    def points(self, fraction: float) -> str:
        """Return the change of a rate: +0,7 Punkte, +0.7 points."""
        value = round(fraction * 100, 1)
        return self.words.count(
            "{change}\u00a0point",
            "{change}\u00a0points",
            2,
            change=self.number(value, 1, signed=True),
        )

    def points_between(self, low: float, high: float) -> str:
        """Return the values that the change of a rate may have: −2.6 to +23.1 points."""
        least = self.number(round(low * 100, 1), 1, signed=True)
        return self.words.say("{low} to {high}", low=least, high=self.points(high))

    def count(self, value: float, *, signed: bool = False) -> str:
        """Return a whole number."""
        return self.number(value, 0, signed=signed)

    def days(self, value: float, *, signed: bool = False) -> str:
        """Return a number of days with its word."""
        rounded = round(value)
        return self.words.count(
            "{days}\u00a0day",
            "{days}\u00a0days",
            abs(rounded),
            days=self.number(rounded, 0, signed=signed),
        )

    def often(self, chance: float) -> str:
        """Return a chance as so many of ten, or of twenty where ten would be too coarse: 3 of 10.

        Never none and never all: no chance is that sure.
        """
        n = min(max(round(chance * _PARTS), 1), _PARTS - 1)
        k, of = (n, _PARTS) if n % 2 else (n // 2, _PARTS // 2)
        return self.words.say("{k} of {n}", k=self.count(k), n=self.count(of))

    def times(self, value: float) -> str:
        """Return a multiple: 2,6×."""
        return f"{self.number(value, 1)}×"

    def day(self, day: dt.date) -> str:
        """Return a day for tables: 05.10.2026, 5 Oct 2026."""
        pattern = "dd.MM.yyyy" if self.words.language == "de" else "d MMM yyyy"
        return str(format_date(day, pattern, locale=self.locale))

    def day_long(self, day: dt.date) -> str:
        """Return a day for text: 5. Oktober 2026, 5 October 2026."""
        pattern = "d. MMMM yyyy" if self.words.language == "de" else "d MMMM yyyy"
        return str(format_date(day, pattern, locale=self.locale))

    def span(self, quarter: Quarter) -> str:
        """Return the days a quarter lasts, for the head of a page."""
        pattern = "d. MMMM" if self.words.language == "de" else "d MMMM"
        first, last = quarter.first_day, quarter.last_day
        start = (
            format_date(first, pattern, locale=self.locale)
            if first.year == last.year
            else self.day_long(first)
        )
        return self.words.say("{first} to {last}", first=start, last=self.day_long(last))

    def quarter(self, quarter: Quarter | str) -> str:
        """Return a quarter that never breaks across lines."""
        return str(quarter).replace("-", "\u2011")

    def unit_value(self, unit: Unit, value: float) -> str:
        """Return a value in the long form of its unit."""
        match unit:
            case "money":
                return self.money(value)
            case "ratio":
                return self.percent(value)
            case "days":
                return self.days(value)
            case "count":
                return self.count(value)

    def read(self, unit: Unit, text: str) -> float:
        """Return the value of a typed text such as "2.116.000 €" or "32 %".

        Raises
        ------
        ParameterError
            If it is no number as this language writes it.
        """
        bare = text.replace(self.symbol, "").replace("%", "").replace(self.currency, "")
        bare = "".join(bare.split()).replace(MINUS, "-")
        try:
            value = float(parse_decimal(bare, locale=self.locale, strict=True))
        except (NumberFormatError, InvalidOperation):
            raise ParameterError(
                self.words.say(
                    "This is no number such as {number}", number=self.number(12500.5, 1)
                ),
                got=f"'{text}'",
                edit=self.words.say("type it again"),
            ) from None
        return value / 100 if unit == "ratio" else value

    def measure(self, measure_id: str, value: float) -> str:
        """Return the value of a measure in the long form of its unit."""
        if measure_id in ("pipeline.coverage", "pipeline.required_coverage"):
            return self.times(value)
        if measure_id == "bookings.attainment":
            return self.percent(value, 0)
        if measure_id.startswith(("bookings.change_on_", "accuracy.")):
            return self.percent(value, signed=True)
        return self.unit_value(REGISTRY[measure_id].unit, value)

    def scale(self, largest: float) -> Scale:
        """Choose how a chart shortens amounts, by the largest it shows."""
        if abs(largest) >= _MILLION:
            return Scale(_MILLION, self._unit(self.words.say("million")), 2)
        if abs(largest) >= 10_000:
            return Scale(1_000, self._unit(self.words.say("thousand")), 0)
        return Scale(1, self.symbol, 0)

    def _unit(self, size: str) -> str:
        return (
            f"{size}{NBSP}{self.symbol}" if self.words.language == "de" else f"{self.symbol} {size}"
        )

    def _currency(self, value: float, digits: str) -> str:
        pattern = f"{digits}{NBSP}¤" if self.words.language == "de" else f"¤{digits}"
        return str(
            format_currency(
                value, self.currency, format=pattern, locale=self.locale, currency_digits=False
            )
        )

    @staticmethod
    def _magnitude(value: float) -> int:
        return int(10 ** math.floor(math.log10(value))) if value >= 1 else 1

    @staticmethod
    def _sign(value: float, *, signed: bool) -> str:
        if value < 0:
            return MINUS
        if not signed:
            return ""
        return "+" if value > 0 else "±"
