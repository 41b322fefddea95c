"""Names for files and columns that every export writes otherwise, and what fits none of them."""

import io
import unicodedata

import openpyxl
import pytest

from qbr_lib.data import mapping
from qbr_lib.data.sources import open_source
from qbr_lib.errors import QbrError
from qbr_lib.parameters import load_workspace

HEADINGS = """\
deals:
  from: ["deals*", "verkaufschance*"]
  columns:
    id: [Record ID, Datensatz-ID]
    won: Status
  optional_columns:
    team: [Team, Vertriebsteam]
    amount: []
notes:
  optional_columns: {text: []}
  optional: true
"""
SQL = "SELECT id AS opportunity_id, coalesce(team, 'Sales') AS team_id, lower(won) AS status,\n    amount, Extra AS name, _row FROM deals\n-- rows: deals\n"
TEAMS = "SELECT 'Sales' AS team_id WHERE (SELECT count(*) FROM notes) = 0\n"
ENGLISH = "Record ID,Status,Team,Amount,Extra\n1,Open,Nord,5.00, kept \n"
GERMAN = "Datensatz-ID,Status,Vertriebsteam,Extra\n1,Open,Nord,kept\n"


def _mapped(root):
    """Return the opportunities that a workspace's mapping gives, and what is known of them."""
    place = load_workspace(root)
    with open_source(place) as raw:
        table = mapping.apply(raw, place)["opportunities"]
        rows = raw.connection.sql("SELECT * FROM mapped.opportunities").to_df()
    return table, rows


def _workspace(write_workspace, files, **mapping_files):
    empty = {"opportunities.csv": None, "teams.csv": None}
    own = {"headings.yml": HEADINGS, "opportunities.sql": SQL, "teams.sql": TEAMS}
    own |= {name.replace("__", "."): text for name, text in mapping_files.items()}
    return write_workspace(
        empty | files, mapping="own", mapping_files={k: v for k, v in own.items() if v}
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deals-1234-56.csv", ENGLISH),
        ("Deals 2026-10-05.csv", GERMAN),
        ("Verkaufschancen.csv", GERMAN.replace("Datensatz-ID", " DATENSATZ-id")),
        (unicodedata.normalize("NFD", "verkaufschancen für Süd.csv"), ENGLISH),
    ],
    ids=["English", "German", "letter case", "decomposed umlaut"],
)
def test_one_set_of_names(write_workspace, name, text):
    """Whatever file and columns are called, the SQL reads them by one name; others keep theirs."""
    table, rows = _mapped(_workspace(write_workspace, {name: text}))
    row = rows.iloc[0]
    assert (row["opportunity_id"], row["team_id"], row["status"]) == ("1", "Nord", "open")
    assert (row["name"], table.file) == ("kept", name)


def test_a_column_without_values_is_not_given(write_workspace):
    """What the export leaves empty counts as missing, like a column that it does not have."""
    filled, _ = _mapped(_workspace(write_workspace, {"deals.csv": ENGLISH}))
    empty, _ = _mapped(_workspace(write_workspace, {"deals.csv": ENGLISH.replace("5.00", " ")}))
    absent, _ = _mapped(_workspace(write_workspace, {"deals.csv": GERMAN}))
    assert "amount" in filled.columns
    assert "amount" not in empty.columns | absent.columns


def _refused(root):
    with pytest.raises(QbrError) as caught:
        _mapped(root)
    return str(caught.value)


def _message(what, where, got, wanted, edit):
    return f"{what}.\n  Where: {where}\n  Got: {got}\n  Wanted: {wanted}\n  Edit: {edit}"


def test_two_files_fit(write_workspace):
    """Two exports of different days are refused by name: which one is meant is not guessed."""
    files = {"deals-2026-07-05.csv": ENGLISH, "deals-2026-10-05.csv": ENGLISH}
    assert _refused(_workspace(write_workspace, files)) == _message(
        "Two tables fit one name",
        "headings.yml",
        "'deals-2026-07-05' (deals-2026-07-05.csv) and 'deals-2026-10-05' (deals-2026-10-05.csv)",
        "one table for deals or deals* or verkaufschance*",
        "remove or rename one of the files, or make the pattern narrower",
    )


def test_no_file_fits(write_workspace):
    """A needed table that no file fits is refused with what there is."""
    assert _refused(_workspace(write_workspace, {"contacts.csv": ENGLISH})) == _message(
        "A raw table is missing",
        "headings.yml",
        "'deals' or 'deals*' or 'verkaufschance*'",
        "Known: contacts",
        "name an existing table in the mapping, or add its file to the source's folder",
    )


def test_no_heading_fits(write_workspace):
    """A needed column under none of its headings is refused with its line and the nearest one."""
    text = ENGLISH.replace("Record ID", "Record Id.")
    assert _refused(_workspace(write_workspace, {"deals.csv": text})) == _message(
        "A column is missing in the export",
        "headings.yml, line 4",
        "'Record ID' or 'Datensatz-ID' or 'id' for id",
        "'Record Id.'? Known: Amount, Extra, Record Id., Status, Team",
        "name an existing column of deals.csv, or export it",
    )


def test_unknown_key(write_workspace):
    """A key that headings.yml does not know is refused with the nearest one."""
    text = HEADINGS.replace("optional: true", "optionl: true")
    root = _workspace(write_workspace, {"deals.csv": ENGLISH}, headings__yml=text)
    assert _refused(root) == _message(
        "A parameter is unknown",
        "headings.yml, line 11",
        "'optionl'",
        "'optional'? Known: columns, from, optional, optional_columns",
        "rename or delete 'optionl'",
    )


def test_a_database(write_workspace):
    """Headings are those of files: a database is refused before it is asked anything."""
    root = _workspace(write_workspace, {})
    org = root / "parameters" / "org.yml"
    org.write_text(
        f"company: Probe\nmapping: own\nsource: {{kind: database, url: 'sqlite:///{root}/crm.db'}}\n"
    )
    assert _refused(root) == _message(
        "A mapping for files cannot read a database",
        "mapping own, headings.yml",
        "a source of kind 'database'",
        "a source of kind 'folder': headings are those of exported files",
        "write a mapping without headings.yml for the database's own tables",
    )


TARGETS = "from: [targets, 'ziele*']\ncolumns: same\noptional: true\n"
OWN_TEAMS = "from: teams\ncolumns: {team_id: [Mannschaft, team_id]}\noptional: true\n"


def test_the_optional_yml_goes_first(write_workspace):
    """Where a table has both files, the .yml gives it if its raw table has rows, else the .sql."""
    files = {"deals.csv": ENGLISH, "teams.csv": "Mannschaft\nNord\n"}
    place = load_workspace(_workspace(write_workspace, files, teams__yml=OWN_TEAMS))
    with open_source(place) as raw:
        assert mapping.apply(raw, place)["teams"].file == "teams.csv"
    (place.root / "data" / "teams.csv").write_text("Mannschaft\n")
    with open_source(place) as raw:
        assert mapping.apply(raw, place)["teams"].file == "teams.sql"


def test_two_files_for_a_table(write_workspace):
    """A .yml that is not optional cannot stand beside an .sql of the same table."""
    text = OWN_TEAMS.replace("optional: true\n", "")
    root = _workspace(write_workspace, {"deals.csv": ENGLISH}, teams__yml=text)
    assert _refused(root) == _message(
        "A table is mapped twice",
        "mapping own",
        "teams.yml and teams.sql",
        "one of them, or 'optional: true' in teams.yml to prefer it where it gives rows",
        "remove one, or add 'optional: true' to teams.yml",
    )


def _book(rows, hidden=None):
    book = openpyxl.Workbook()
    book.active.title = "targets"
    for row in rows:
        book.active.append(row)
    if hidden:
        sheet = book.create_sheet("hiddenSheet")
        sheet.sheet_state = "hidden"
        sheet.append(hidden)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


PLAN = ["quarter", "scope", "scope_id", "kind", "value"]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([PLAN], None),
        ([PLAN, [None] * 5], None),
        ([PLAN, [None] * 5, ["2026-Q3", "team", "Nord", "revenue", 5]], 3),
    ],
    ids=["headings only", "an empty row", "a row after it"],
)
def test_a_sheet_without_rows_is_absent(write_workspace, rows, wanted):
    """Headings alone and empty rows are no table; a later row keeps the number it has in the file."""
    files = {"deals.csv": ENGLISH, "ziele 2026.xlsx": _book(rows)}
    place = load_workspace(_workspace(write_workspace, files, targets__yml=TARGETS))
    with open_source(place) as raw:
        found = mapping.apply(raw, place)
        assert ("targets" in found) == (wanted is not None)
        if wanted:
            assert raw.connection.sql("SELECT _row FROM mapped.targets").fetchall() == [(wanted,)]


def test_a_hidden_sheet_is_not_read(write_workspace):
    """The hidden sheet that some systems add to a workbook is no table, whatever stands in it."""
    book = _book([PLAN, ["2026-Q3", "team", "Nord", "revenue", 5]], ["checksum", None, "x"])
    files = {"deals.csv": ENGLISH, "ziele.xlsx": book}
    place = load_workspace(_workspace(write_workspace, files, targets__yml=TARGETS))
    with open_source(place) as raw:
        assert mapping.apply(raw, place)["targets"].rows == 1
        assert set(raw.tables) == {"deals", "notes", "ziele"}
