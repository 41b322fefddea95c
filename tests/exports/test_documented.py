"""Each shipped mapping says in one table which column of an export becomes which canonical one."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

MAPPINGS = Path(__file__).resolve().parents[2] / "parameters" / "mappings"
NAMED = sorted(path.parent.name for path in MAPPINGS.glob("*/headings.yml"))


def _rows(name):
    text = (MAPPINGS / name / "README.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [(set(re.findall(r"`([^`]+)`", left)), right) for left, right in rows]


@pytest.mark.parametrize("name", NAMED)
def test_every_heading_is_in_the_table(name):
    """A heading that the mapping reads stands in its table, and no other does."""
    spec = YAML(typ="safe").load((MAPPINGS / name / "headings.yml").read_text(encoding="utf-8"))
    known = set()
    for table in spec.values():
        columns = table.get("columns", {}) | table.get("optional_columns", {})
        for own, headings in columns.items():
            known |= {own, headings} if isinstance(headings, str) else {own, *headings}
    told = set().union(*(headings for headings, _ in _rows(name)))
    patterns = {heading for heading in told if '"' in heading}
    # Ids by which tables are joined, and those of people's own sheets, are no columns to look for.
    joined = {"rep_id", "team_id", "stage_id", "pipeline_id", "deal_id", "owner_id"}
    owned = {one for one in known if one.islower() and " " not in one}
    assert told - patterns <= known
    assert known - told - joined <= owned


@pytest.mark.parametrize("name", [*NAMED, "salesforce"])
def test_every_column_of_a_deal_is_in_the_table(name):
    """What the mapping selects for a deal stands in the table's right-hand column."""
    sql = (MAPPINGS / name / "opportunities.sql").read_text(encoding="utf-8")
    last = sql[sql.rindex("\nSELECT\n") :] if "\nSELECT\n" in sql else sql
    body = re.sub(r"\([^()]*\)", "", last.split("\nFROM ")[0])
    selected = {re.split(r"[\s.]", part.strip())[-1] for part in body.split(",\n") if part.strip()}
    told = " ".join(right for _, right in _rows(name))
    missing = {one for one in selected - {"_row"} if not re.search(rf"\b{one}\b", told)}
    assert missing == set()
