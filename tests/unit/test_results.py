"""A result is checked before it is shown and when it is read."""

import math

import pytest

from qbr_lib import results
from qbr_lib.errors import ResultError
from qbr_lib.measures import NO_TARGET, REGISTRY, Measure, Unavailable
from qbr_lib.words import in_language

GIVEN = {"notebook": "review", "team": "nord", "quarter": "2026-Q3", "as_of": "2026-10-05"}


def _build(outcomes, language="en"):
    return results.build(
        outcomes, **GIVEN, tables={}, provenance={"slice": "x"}, words=in_language(language)
    )


def test_keys_of_the_contract():
    """The JSON has exactly the keys that others rely on, units from the registry."""
    data = _build(
        [
            Measure("conversion.win_rate", 0.5, 4, 0.15, 0.85),
            Unavailable("bookings.target", NO_TARGET, {"quarter": "2026-Q3"}),
        ]
    ).to_json()
    assert sorted(data) == sorted(
        [
            "schema",
            "notebook",
            "team",
            "quarter",
            "as_of",
            "measures",
            "tables",
            "unavailable",
            "provenance",
        ]
    )
    assert data["schema"] == 1
    assert data["measures"]["conversion.win_rate"] == {
        "value": 0.5,
        "unit": "ratio",
        "n": 4,
        "low": 0.15,
        "high": 0.85,
    }
    assert "2026-Q3" in data["unavailable"]["bookings.target"]
    assert results.parse(data, where="test").to_json() == data


def test_an_id_twice_is_refused():
    """One id cannot be both measured and unavailable."""
    with pytest.raises(ResultError, match="A measure is given twice or is unknown"):
        _build([Measure("bookings.target", 1.0, 1), Unavailable("bookings.target", NO_TARGET)])


def test_both_in_a_file_is_refused():
    """A file in which an id is measured and unavailable does not pass."""
    data = _build([Measure("bookings.target", 1.0, 1)]).to_json()
    data["unavailable"]["bookings.target"] = "why"
    with pytest.raises(ResultError, match=r"both measured and unavailable: bookings\.target"):
        results.parse(data, where="test")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_measure_is_a_number(value):
    """0/0 is unavailable, never NaN or infinity."""
    with pytest.raises(ValueError, match="return Unavailable instead"):
        Measure("conversion.win_rate", value, 0)


def test_unknown_id():
    """Ids are those of the registry."""
    with pytest.raises(KeyError):
        Measure("bookings.wonamount", 1.0, 1)
    assert all(definition.formula for definition in REGISTRY.values())


def test_display_carries_the_contract_mime_type():
    """The runner finds the result under its MIME type; a reader sees one line."""
    bundle = results.Display(_build([]))._repr_mimebundle_()
    assert bundle["application/vnd.qbr.result+json"]["team"] == "nord"
    assert bundle["text/plain"] == "review 2026-Q3: 0 measures, 0 missing"
