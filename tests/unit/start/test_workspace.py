"""A workspace is made whole or not at all, completed when its export comes, never overwritten."""

import pytest

from qbr_lib import parameters
from qbr_lib.data import check
from qbr_lib.errors import QbrError
from qbr_lib.parameters import load_workspace
from qbr_lib.start import Asked, make, workspace

ORG = """\
# Die Parameter von Muster GmbH.
company: "Muster GmbH"
fiscal_year_starts: 1          # Monat; ein Geschäftsjahr heißt nach dem Jahr, in dem es endet
currency: CHF                  # Deals in einer anderen brauchen die Tabelle fx_rates
timezone: Europe/Berlin        # in ihr werden Zeitpunkte mit Zeitverschiebung gelesen
language: de                   # de oder en; eine Teamdatei oder ein Lauf kann anderes sagen
as_of: latest                  # oder ein Tag wie 2026-10-05: Späteres wird nicht angesehen

source:
  # kind: database nimmt url: ${CRM_URL} statt path; Geheimes kommt aus der Umgebung
  kind: folder
  # der Export des CRM; relative Pfade zählen ab dieser Datei
  path: "../../crm"
  # was Menschen planen und wissen: Ziele, Markt, Notizen zu Mitbewerbern, Teams
  plan: ../plan.xlsx
  # gelesen aus den Buchstaben von Deals.csv: Björn
  encoding: cp1252
  # gelesen aus Deals.csv
  delimiter: ";"
  # gelesen aus 4 Zellen von Wert in Deals.csv: 750,00
  decimal: ","
  # gelesen aus 1 Zelle von Wert in Deals.csv: 1.000,50
  thousands: "."
  # gelesen aus 4 Zellen von Angelegt in Deals.csv: 13.07.2026
  date_formats: ["%d.%m.%Y"]

mapping: own                   # ein Ordner unter parameters/mappings, hier oder mitgeliefert
"""
OPEN = """\
  # How the files are written is not known yet. Put the export into its folder and run
  # `qbr init` once more: it reads the files and says here what it found.
  encoding: undecided
"""


def _files(root):
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def test_made_from_an_export(root, export):
    """All files in the language asked for; the formats with what they were read from."""
    made = make(Asked(root, "own", export, "de", "Muster GmbH", "CHF"))
    assert sorted(made.written) == _files(root)
    assert _files(root) == [
        ".gitignore",
        "README.md",
        "parameters/mappings/own/competitor_notes.yml",
        "parameters/mappings/own/market.yml",
        "parameters/mappings/own/opportunities.yml",
        "parameters/mappings/own/reps.yml",
        "parameters/mappings/own/targets.yml",
        "parameters/mappings/own/teams.yml",
        "parameters/org.yml",
        "parameters/record.schema.json",
        "parameters/teams/example.txt",
        "plan.xlsx",
    ]
    assert (root / "parameters" / "org.yml").read_text(encoding="utf-8").startswith(ORG)
    assert (root / "README.md").read_text(encoding="utf-8").splitlines()[0] == (
        "# Quartalsrückblicke von Muster GmbH"
    )
    organisation = load_workspace(root).organisation
    assert (organisation.privacy.people, organisation.as_of) == ("off", "latest")


def test_from_the_export_to_the_counts(assigned):
    """Columns assigned, `init` again for the teams, the plan filled: the check counts the deals."""
    reps = assigned / "parameters" / "mappings" / "own" / "reps.yml"
    reps.write_text("from: Verkauf\ncolumns: {rep_id: Besitzer, team_id: Team}\n", encoding="utf-8")
    assert make(Asked(assigned, "own")).written == ("plan.xlsx",)
    plan = (assigned / "plan.xlsx").read_bytes()
    assert make(Asked(assigned, "own")).kept == ("parameters/org.yml", "plan.xlsx")
    assert (assigned / "plan.xlsx").read_bytes() == plan
    report = check.check(load_workspace(assigned))
    assert report.counts[
        ["team_id", "quarter", "won", "won_amount", "lost"]
    ].to_numpy().tolist() == [
        ["Nord", "2026-Q3", 1, 1000.5, 1],
        ["Süd", "2026-Q3", 1, 250.0, 0],
    ]
    assert report.data.rejected.empty


def test_completed_when_the_export_comes(root, export):
    """Without an export the formats stay open; `init` again fills only these."""
    made = make(Asked(root, "salesforce"))
    assert made.written == (
        *("README.md", ".gitignore", "parameters/teams/example.txt"),
        "parameters/record.schema.json",
        *("parameters/org.yml", "plan.xlsx"),
    )
    assert list((root / "export").iterdir()) == []
    path = root / "parameters" / "org.yml"
    first = path.read_text(encoding="utf-8")
    assert OPEN in first
    mine = first.replace('company: "muster"', "company: Mine   # changed by hand")
    path.write_text(mine, encoding="utf-8")
    assert make(Asked(root, "salesforce")).written == ()
    for file in export.iterdir():
        (root / "export" / file.name).write_bytes(file.read_bytes())
    made = make(Asked(root, "salesforce"))
    assert (made.written, made.kept) == (("parameters/org.yml",), ("plan.xlsx",))
    before, after = mine.split(OPEN)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(before)
    assert text.endswith(after)
    assert text[len(before) : -len(after)].splitlines()[1::2] == [
        "  encoding: cp1252",
        '  delimiter: ";"',
        '  decimal: ","',
        '  thousands: "."',
        '  date_formats: ["%d.%m.%Y"]',
    ]
    assert make(Asked(root, "salesforce")).written == ()


def test_an_export_elsewhere_later(root, export):
    """The folder named the second time is taken over while nothing had been read."""
    make(Asked(root, "own"))
    make(Asked(root, "own", export))
    assert load_workspace(root).organisation.source.path == "../../crm"


AMBIGUOUS = """\
  # x.csv allows several readings, as in a: 1.054
  # Write the one that is right instead of undecided:
  #   decimal: "."  thousands: ","
  #   decimal: ","  thousands: "."
  decimal: undecided
  # x.csv allows several readings, as in d: 01/02/26
  # Write the one that is right instead of undecided:
  #   date_formats: ["%d/%m/%y"]
  #   date_formats: ["%m/%d/%y"]
  date_formats: undecided
"""


def test_nothing_is_guessed(root, tmp_path):
    """What the export leaves open is refused with its line until a person has chosen."""
    folder = tmp_path / "crm"
    folder.mkdir()
    (folder / "x.csv").write_text("id;a;d\n1;1.054;01/02/26\n")
    make(Asked(root, "salesforce", folder))
    path = root / "parameters" / "org.yml"
    text = path.read_text(encoding="utf-8")
    assert AMBIGUOUS in text
    with pytest.raises(QbrError) as caught:
        load_workspace(root)
    assert str(caught.value) == (
        "A parameter is refused.\n"
        "  Where: org.yml, line 22, 'source.decimal'\n"
        "  Got: 'undecided'\n"
        "  Wanted: a choice; the comment above the key says what the export allows\n"
        "  Edit: change 'source.decimal' in org.yml"
    )
    chosen = text.replace("date_formats: undecided", 'date_formats: ["%d/%m/%y"]')
    path.write_text(chosen, encoding="utf-8")
    (folder / "x.csv").write_text("id;a;d\n1;1.054,5;01/02/26\n")
    assert make(Asked(root, "salesforce")).written == ("parameters/org.yml",)
    source = load_workspace(root).organisation.source
    assert (source.decimal, source.thousands, source.date_formats) == (",", ".", ["%d/%m/%y"])


def test_a_file_that_is_there_stays(root, export):
    """Files of one's own in the folder are left alone and named; a filled plan as well."""
    root.mkdir()
    (root / "README.md").write_text("mine")
    (root / "plan.xlsx").write_text("no workbook at all")
    made = make(Asked(root, "own", export))
    assert made.kept == ("README.md", "plan.xlsx")
    assert (root / "README.md").read_text() == "mine"
    assert (root / "plan.xlsx").read_text() == "no workbook at all"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"crm": "salesfroce"},
            "The CRM is unknown.\n"
            "  Where: --crm\n"
            "  Got: 'salesfroce'\n"
            "  Wanted: 'salesforce'? Known: maven, own, salesforce\n"
            "  Edit: name one of these; 'own' begins a mapping for any other system",
        ),
        (
            {"currency": "EURO"},
            "A parameter is refused.\n"
            "  Where: org.yml, 'currency'\n"
            "  Got: 'EURO'\n"
            "  Wanted: 'EURO' is no ISO 4217 currency; wanted a code such as EUR\n"
            "  Edit: change 'currency' in org.yml",
        ),
        (
            {"export": "nowhere"},
            "The export holds no tables.\n"
            "  Where: --export\n"
            "  Got: nowhere\n"
            "  Wanted: a folder with files ending in .csv, .txt, .tsv, .xlsx, .xlsm, .xls, .ods, "
            ".parquet\n"
            "  Edit: name the export's folder, or leave --export out and put the export there later",
        ),
    ],
)
def test_refused(root, tmp_path, monkeypatch, given, message):
    """What is refused leaves no folder behind."""
    mappings = tmp_path / "shipped"
    for name in ("salesforce", "maven", "sample"):
        (mappings / name).mkdir(parents=True)
    monkeypatch.setattr("qbr_lib.start.asked.shipped", lambda _: mappings)
    if "export" in given:
        given = {"export": parameters.workspace.Path(given["export"])}
    with pytest.raises(QbrError) as caught:
        make(Asked(**{"root": root, "crm": "own"} | given))
    assert str(caught.value) == message
    assert not root.exists()


@pytest.mark.parametrize(
    ("changed", "where", "got", "wanted"),
    [
        ({"crm": "maven"}, "mapping", "'own'", "'maven'"),
        ({"company": "Other"}, "company", "'muster'", "'Other'"),
        ({"export": "other"}, "source.path", "'{crm}'", "'{other}'"),
    ],
)
def test_another_workspace(root, export, changed, where, got, wanted):
    """A folder that holds a workspace for something else is refused and not touched."""
    make(Asked(root, "own", export))
    before = {name: (root / name).read_bytes() for name in _files(root)}
    other = root.parent / "other"
    other.mkdir()
    (other / "x.csv").write_text("a;b\n1;2\n")
    if "export" in changed:
        changed = {"export": other}
    with pytest.raises(QbrError) as caught:
        make(Asked(**{"root": root, "crm": "own"} | changed))
    shown = {"crm": export, "other": other}
    assert str(caught.value) == (
        "The folder holds another workspace.\n"
        f"  Where: muster/parameters/org.yml, '{where}'\n"
        f"  Got: {got.format(**shown)}\n"
        f"  Wanted: {wanted.format(**shown)}, or a folder without a workspace\n"
        f"  Edit: name another folder, or change '{where}' in its org.yml"
    )
    assert {name: (root / name).read_bytes() for name in _files(root)} == before


def test_inside_the_project(tmp_path):
    """No workspace inside the project, where an update would meet it."""
    root = workspace.Path(workspace.__file__).parents[2] / "mine"
    with pytest.raises(QbrError) as caught:
        make(Asked(root, "own"))
    assert str(caught.value) == (
        "The folder lies inside the project.\n"
        "  Where: mine\n"
        "  Got: a folder that an update of the project may change\n"
        "  Wanted: a folder outside the project\n"
        "  Edit: name one beside it, such as ../mine"
    )
    assert not root.exists()


def test_a_full_disk_leaves_nothing(root, export, monkeypatch):
    """When a file finds no room, the new folder is gone again."""

    def put(contents):
        next(iter(contents)).parent.mkdir(parents=True)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace, "put", put)
    with pytest.raises(OSError, match="No space left"):
        make(Asked(root, "own", export))
    assert not root.exists()
