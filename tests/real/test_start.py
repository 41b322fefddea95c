"""A newcomer's way with a real export: README's steps, and the figures others published."""

import shutil

import pytest

from qbr_lib.data import check
from qbr_lib.parameters import load_workspace
from qbr_lib.start import Asked, make
from tests.conftest import REAL_DATA

pytestmark = pytest.mark.real
ASSIGNED = {
    '  opportunity_id: "?"': "  opportunity_id: Verkaufschancen-ID",
    '  status: "?"': "  status: Phase",
    '  closed_on: "?"': "  closed_on: Abschlussdatum",
    '  created_on: "?"': "  created_on: Eröffnet am",
    '  owner_id: "?"': "  owner_id: Verkäufer",
    '  amount: "?"': "  amount: Auftragswert (€)",
    "{Won: won, Lost: lost, Open: open}": "{Gewonnen: won, Verloren: lost, "
    "Qualifizierung: open, Verhandlung läuft: open}",
}


def _edit(path, changes):
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_a_german_export_of_an_unknown_system(tmp_path):
    """Seven columns and four states assigned, one file named: all figures of the data set."""
    make(Asked(tmp_path / "w", "own", REAL_DATA / "maven_de_derived"))
    mapping = tmp_path / "w" / "parameters" / "mappings" / "own"
    _edit(mapping / "opportunities.yml", ASSIGNED)
    owners = "columns: {rep_id: Verkäufer, team_id: Führungskraft}"
    _edit(mapping / "reps.yml", {"from: reps": "from: Vertriebsteams", "columns: same": owners})
    assert make(Asked(tmp_path / "w", "own")).written == ("plan.xlsx",)
    report = check.check(load_workspace(tmp_path / "w"))
    assert report.data.rejected.empty
    counts, running = report.counts, report.running
    assert (counts["won"].sum(), counts["lost"].sum()) == (4238, 2473)
    assert counts["won_amount"].sum() == 10_005_534
    assert running["open"].sum() == 2089
    assert counts["team_id"].nunique() == 6


def test_a_salesforce_export_that_comes_later(tmp_path):
    """The export put into the folder made for it; only the threshold is a person's to say."""
    root = tmp_path / "w"
    make(Asked(root, "salesforce"))
    for path in (REAL_DATA / "sfdc_devorg").iterdir():
        shutil.copyfile(path, root / "export" / path.name)
    assert make(Asked(root, "salesforce")).written == ("parameters/org.yml", "plan.xlsx")
    _edit(root / "parameters" / "org.yml", {"rejected_share: 0.10": "rejected_share: 0.60"})
    report = check.check(load_workspace(root))
    assert set(report.data.rejected["reason"]) == {"closed_before_created"}
    assert (len(report.data.rejected), report.running["open"].sum()) == (19, 16)
