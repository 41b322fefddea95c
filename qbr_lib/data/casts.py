"""SQL that casts text by the schema, with the formats a source states. What does not fit is NULL.

A number must be written exactly as the source says: with decimal ',' and thousands '.', the text
"1054.00" is refused instead of becoming 105400.
"""

from __future__ import annotations

import re

from qbr_lib.data.sql import literal, quoted
from qbr_lib.parameters import Source
from qbr_lib.schema import Column

_SIGNS = r"^(\p{Sc}|[A-Z]{3})\s*|\s*(\p{Sc}|[A-Z]{3})$"
_BLANKS = r"[\s\x{00A0}\x{202F}]"  # as a thousands separator, French exports write the last two
_OFFSET = r"\d{4}-\d{2}-\d{2}[T ].*(Z|[+-]\d{2}:?\d{2})"
_YEAR_FIRST, _YEAR_LAST = r"^(\d{4})[-/ ]?Q([1-4])$", r"^Q([1-4])[-/ ]?(\d{4})$"
_TRUE, _FALSE = ("true", "1", "yes", "ja", "wahr"), ("false", "0", "no", "nein", "falsch")


def cast(column: Column, options: Source, timezone: str) -> str:
    """Return the SQL expression that casts a text column to its schema type."""
    text = quoted(column.name)
    if column.values:
        return f"CASE WHEN lower({text}) IN {_tuple(column.values)} THEN lower({text}) END"
    if column.is_quarter:
        return quarter(text)
    match column.type:
        case "money":
            return f"CAST({number(text, options, 'DECIMAL(18, 2)')} AS DOUBLE)"
        case "number":
            return number(text, options, "DOUBLE")
        case "date":
            return f"CAST({moment(text, options, timezone)} AS DATE)"
        case "timestamp":
            return moment(text, options, timezone)
        case "boolean":
            yes, no = _tuple(_TRUE), _tuple(_FALSE)
            known = f"lower({text})"
            return f"CASE WHEN {known} IN {yes} THEN true WHEN {known} IN {no} THEN false END"
        case _:
            return text


def number(text: str, options: Source, kind: str) -> str:
    """Return SQL reading a number in the source's separators; a currency sign may stand."""
    bare = f"regexp_replace(regexp_replace({text}, '{_SIGNS}', '', 'g'), '{_BLANKS}', '', 'g')"
    group, point = re.escape(options.thousands), re.escape(options.decimal)
    whole = rf"(\d{{1,3}}({group}\d{{3}})+|\d+)" if options.thousands.strip() else r"\d+"
    pattern = rf"[+-]?{whole}({point}\d+)?([eE][+-]?\d+)?"
    digits = (
        f"replace({bare}, {literal(options.thousands)}, '')" if options.thousands.strip() else bare
    )
    return (
        f"CASE WHEN regexp_full_match({bare}, {literal(pattern)}) "
        f"THEN TRY_CAST(replace({digits}, {literal(options.decimal)}, '.') AS {kind}) END"
    )


def moment(text: str, options: Source, timezone: str) -> str:
    """Return SQL reading a day or moment: the source's formats first, then ISO 8601.

    A moment with an offset is moved to the organisation's time zone.
    """
    zone = literal(timezone)
    tries = []
    for form in options.date_formats:
        parsed = f"try_strptime({text}, {literal(form)})"
        tries.append(f"timezone({zone}, {parsed})" if "%z" in form else parsed)
    tries.append(
        f"CASE WHEN regexp_full_match({text}, '{_OFFSET}') "
        f"THEN timezone({zone}, TRY_CAST({text} AS TIMESTAMPTZ)) "
        f"WHEN regexp_matches({text}, '^\\d{{4}}-\\d{{2}}-\\d{{2}}') "
        f"THEN TRY_CAST({text} AS TIMESTAMP) END"
    )
    return f"coalesce({', '.join(tries)})"


def quarter(text: str) -> str:
    """Return SQL reading a quarter, year first or last, as 2026-Q3."""
    year, number = (
        f"coalesce(nullif(regexp_extract(upper({text}), '{_YEAR_FIRST}', {first}), ''), "
        f"nullif(regexp_extract(upper({text}), '{_YEAR_LAST}', {last}), ''))"
        for first, last in ((1, 2), (2, 1))
    )
    return f"{year} || '-Q' || {number}"


def _tuple(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(value) for value in values) + ")"
