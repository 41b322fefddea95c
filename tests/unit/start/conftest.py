"""A small export as a CRM of one's own writes it, and a workspace made for it."""

import pytest

from qbr_lib.start import Asked, make

FILES = {
    "Deals.csv": (
        "Nr;Phase;Abschluss;Angelegt;Wert;Besitzer\n"
        "d1;Gewonnen;10.07.2026;01.05.2026;1.000,50;Änne\n"
        "d2;Verloren;20.08.2026;01.06.2026;500,00;Änne\n"
        "d3;Offen;;01.08.2026;750,00;Björn\n"
        "d4;Gewonnen;30.09.2026;13.07.2026;250,00;Björn\n"
    ),
    "Verkauf.csv": "Besitzer;Team\nÄnne;Nord\nBjörn;Süd\n",
}
DEALS = """\
from: Deals
columns: {opportunity_id: Nr, status: Phase, closed_on: Abschluss}
optional_columns: {created_on: Angelegt, amount: Wert, owner_id: Besitzer}
constants: {team_id: unassigned}
values:
  status: {Gewonnen: won, Verloren: lost, Offen: open}
"""


@pytest.fixture
def export(tmp_path):
    """Write the export beside where the workspace will be."""
    folder = tmp_path / "crm"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_bytes(text.encode("cp1252"))
    return folder


@pytest.fixture
def root(tmp_path):
    """Return where the workspace will be."""
    return tmp_path / "muster"


@pytest.fixture
def assigned(root, export):
    """Return a workspace whose deals are mapped, but not yet its owners."""
    make(Asked(root, "own", export))
    mapping = root / "parameters" / "mappings" / "own"
    (mapping / "opportunities.yml").write_text(DEALS, encoding="utf-8")
    return root
