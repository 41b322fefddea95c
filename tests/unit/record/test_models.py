"""The record as a whole, and its JSON Schema."""

import pytest

from qbr_lib.errors import ParameterError
from qbr_lib.record import export_schema, json_schema, read
from tests.conftest import ROOT
from tests.unit.record.conftest import GOAL


def test_a_goal_by_its_id(write):
    """A goal is found by its id; another id is told with the nearest one."""
    record = read(write(GOAL)).record
    assert record.goal("revenue-2026-Q4").target == 2116000
    with pytest.raises(ParameterError) as caught:
        record.goal("revenue-2026-Q3")
    assert str(caught.value) == (
        "The record has no such goal.\n"
        "  Got: 'revenue-2026-Q3'\n"
        "  Wanted: 'revenue-2026-Q4'? Known: revenue-2026-Q4\n"
        "  Edit: give the id of a goal of this record"
    )


def test_the_exported_schema_is_in_step(tmp_path):
    """`make golden` writes the file in the repository anew when this fails."""
    fresh = export_schema(tmp_path).read_text(encoding="utf-8")
    assert (ROOT / "parameters" / "record.schema.json").read_text(encoding="utf-8") == fresh


def test_every_field_explains_itself():
    """Editors show a description for each key, and offer the measures' ids."""
    schema = json_schema()
    kinds = [kind for entry in schema["$defs"].values() for kind in entry.get("anyOf", [entry])]
    fields = [
        (name, field)
        for kind in [schema, *kinds]
        for name, field in kind.get("properties", {}).items()
    ]
    assert len(fields) > 80
    assert [name for name, field in fields if not field.get("description")] == []
    assert "bookings.won_amount" in schema["$defs"]["Goal"]["properties"]["metric"]["enum"]
    assert "with" in schema["$defs"]["Celebration"]["anyOf"][1]["properties"]
