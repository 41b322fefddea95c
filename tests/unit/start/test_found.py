"""Teams and owners drawn from an export through its mapping."""

from qbr_lib.parameters import Organisation, Workspace, load_workspace
from qbr_lib.start.found import look, wanted_files
from qbr_lib.start.template import SHEETS
from qbr_lib.words import in_language

WORDS = in_language("en")
OWNER = {"team_id": None}


def _looked(root):
    return look(load_workspace(root), WORDS)


def test_owners_where_no_file_says_their_team(assigned):
    """The owners of deals are listed in the order of the file; no team is known then."""
    found = _looked(assigned)
    assert found.rows == {
        "teams": [],
        "reps": [OWNER | {"rep_id": "Änne"}, OWNER | {"rep_id": "Björn"}],
    }
    assert found.sheets == SHEETS


def test_teams_of_owners(assigned):
    """Where a file of the export says the owners' teams, these are listed and it is not copied."""
    reps = assigned / "parameters" / "mappings" / "own" / "reps.yml"
    reps.write_text("from: Verkauf\ncolumns: {rep_id: Besitzer, team_id: Team}\n", encoding="utf-8")
    assert _looked(assigned).rows == {
        "teams": [{"team_id": "Nord"}, {"team_id": "Süd"}],
        "reps": [],
    }


def test_owners_of_the_only_team(assigned):
    """Where all deals are one team's, so are the owners, until a person says otherwise."""
    deals = assigned / "parameters" / "mappings" / "own" / "opportunities.yml"
    one = deals.read_text(encoding="utf-8").replace("team_id: unassigned", "team_id: Sales")
    deals.write_text(one, encoding="utf-8")
    assert _looked(assigned).rows == {
        "teams": [{"team_id": "Sales"}],
        "reps": [{"rep_id": name, "team_id": "Sales"} for name in ("Änne", "Björn")],
    }
    several = one.replace("constants: {team_id: Sales}\n", "").replace(
        "amount: Wert", "team_id: Nr"
    )
    deals.write_text(several, encoding="utf-8")
    found = _looked(assigned).rows
    assert (len(found["teams"]), found["reps"]) == (4, [])


def test_teams_of_deals_and_sheets_of_the_export(write_workspace):
    """Teams that the export knows itself; it has files for both, so the plan has no sheets."""
    found = _looked(write_workspace({"reps.csv": "rep_id,team_id\nr1,nord\n"}))
    assert [row["team_id"] for row in found.rows["teams"]] == ["nord", "sued"]
    assert found.rows["teams"][1]["group"] == "Südwest"
    assert found.sheets == ("targets", "market", "competitor_notes")


def test_what_cannot_be_read_is_not_found(write_workspace):
    """A mapping that does not fit, and a source that is not there."""
    found = _looked(write_workspace({"opportunities.csv": "x,y\n1,2\n"}, mapping="maven"))
    assert found.rows == {"teams": [], "reps": []}
    assert _looked(write_workspace(source={"path": "../nowhere"})).rows == {}


def test_wanted_files(tmp_path):
    """The file behind the deals first; a mapping that is still to be written wants any."""

    def wanted(mapping):
        place = Workspace(tmp_path, Organisation(company="P", mapping=mapping))
        return wanted_files(place, WORDS)

    assert wanted("salesforce") == (
        "Opportunity, and if there are User, UserRole, Account, Task, Lead, OpportunityHistory"
    )
    assert wanted("unwritten") == "one file with a row per deal"
    own = tmp_path / "parameters" / "mappings" / "own"
    own.mkdir(parents=True)
    for name in ("opportunities", "teams"):
        (own / f"{name}.yml").write_text(f"from: {name}  # a comment\ncolumns: same\n")
    assert wanted("own") == "opportunities"
    (own / "opportunities.yml").write_text("from: deals\ncolumns: same\n")
    (own / "headings.yml").write_text('deals: {from: ["crm-export*", "deals*"]}\n')
    assert wanted("own") == "crm-export* / deals*"
