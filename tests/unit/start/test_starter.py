"""The start of a mapping from an export's own headings."""

from qbr_lib.start import Asked, make

OPPORTUNITIES = """\
# The deals: left the name here, right the column of the export.
# Columns of Deals, with the values of those that have few:
#   Nr
#   Phase: Gewonnen, Verloren, Offen
#   Abschluss
#   Angelegt
#   Wert
#   Besitzer: Änne, Björn
from: "Deals"
columns:
  opportunity_id: "?"          # the deal's id, once per deal
  status: "?"                  # won, lost or open, as translated below
  closed_on: "?"               # the day the deal was won or lost
optional_columns:              # as many as the export has
  created_on: "?"
  expected_close_on: "?"
"""
REPS = """\
# The owners and their teams: the sheet reps of the plan, or instead of it a file of the
# export, with columns such as {rep_id: Owner, team_id: Team}. The other files:
#   Verkauf: Besitzer, Team
from: reps
columns: same
optional: true
"""


def test_headings_and_values(root, export):
    """The largest file is taken for the deals, its headings listed, few values beside them."""
    rows = "".join(f"d{n};Offen;;;1,5;Änne\n" for n in range(5, 12))
    with (export / "Deals.csv").open("ab") as stream:
        stream.write((rows + "d12;Offen;;;2,5;Björn\n").encode("cp1252"))
    make(Asked(root, "own", export))
    folder = root / "parameters" / "mappings" / "own"
    assert (folder / "opportunities.yml").read_text(encoding="utf-8").startswith(OPPORTUNITIES)
    assert (folder / "reps.yml").read_text(encoding="utf-8") == REPS
    assert (folder / "teams.yml").read_text() == "from: teams\ncolumns: same\noptional: true\n"


def test_none_where_the_mapping_fits(root, export):
    """A mapping that finds the deals, or one's own that was begun, is left alone."""
    make(Asked(root, "own", export))
    assert "parameters/mappings/own/reps.yml" not in make(Asked(root, "own")).written
    make(Asked(root.with_name("other"), "salesforce", export))
    assert not (root.with_name("other") / "parameters" / "mappings").exists()
