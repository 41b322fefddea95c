"""Refused input: the whole message is compared, and nothing is written."""

import io

import openpyxl
import pytest

from qbr_lib.data import store
from qbr_lib.data.slices import open_slice
from qbr_lib.errors import QbrError
from qbr_lib.parameters import load_workspace
from tests.conftest import OPPORTUNITIES, TEAMS

HEADER = OPPORTUNITIES.splitlines()[0]


def _refused(root, overrides=None):
    """Return the message, after checking that no store and no partial file was left behind."""
    with pytest.raises(QbrError) as caught:
        store.prepare(load_workspace(root, overrides))
    left = [path.name for path in (root / "build").rglob("*") if path.is_file()]
    assert [name for name in left if name != ".lock"] == []
    return str(caught.value)


def _message(what, where, got, wanted, edit):
    return f"{what}.\n  Where: {where}\n  Got: {got}\n  Wanted: {wanted}\n  Edit: {edit}"


SUFFIXES = ".csv, .txt, .tsv, .xlsx, .xlsm, .xls, .ods, .parquet"


def test_unknown_key(write_workspace):
    """An unknown key of org.yml is named with its line and the nearest legal key."""
    root = write_workspace(curency="EUR")
    known = (
        "as_of, company, company_goals, currency, definitions, fiscal_year_starts, language, "
        "mapping, opportunity_url, privacy, source, stages, thresholds, timezone"
    )
    assert _refused(root) == _message(
        "A parameter is unknown",
        "org.yml, line 6",
        "'curency'",
        f"'currency'? Known: {known}",
        "rename or delete 'curency'",
    )


def test_unknown_nested_key(write_workspace):
    """An unknown key inside a section is named with the keys of that section."""
    root = write_workspace(privacy={"peple": "off"})
    assert _refused(root) == _message(
        "A parameter is unknown",
        "org.yml, line 7",
        "'privacy.peple'",
        "'people'? Known: minimum_group, people",
        "rename or delete 'privacy.peple'",
    )


def test_wrong_value(write_workspace):
    """A value of the wrong kind is told with what was wanted."""
    root = write_workspace(thresholds={"rejected_share": 3})
    assert _refused(root) == _message(
        "A parameter is refused",
        "org.yml, line 7, 'thresholds.rejected_share'",
        "3",
        "Input should be less than or equal to 1",
        "change 'thresholds.rejected_share' in org.yml",
    )


def test_wrong_override(write_workspace):
    """What a run replaces is told as the run's, although org.yml has a line of that name."""
    root = write_workspace(thresholds={"rejected_share": 0.1})
    assert _refused(root, {"thresholds": {"rejected_share": 3}}) == _message(
        "A parameter is refused",
        "run parameter 'overrides', 'thresholds.rejected_share'",
        "3",
        "Input should be less than or equal to 1",
        "change 'thresholds.rejected_share' in run parameter 'overrides'",
    )


def test_missing_key(write_workspace):
    """A key that org.yml lacks is asked for there."""
    root = write_workspace()
    (root / "parameters" / "org.yml").write_text("mapping: sample\n")
    with pytest.raises(QbrError) as caught:
        load_workspace(root)
    assert str(caught.value) == _message(
        "A parameter is missing", "org.yml, 'company'", "nothing", "a value",
        "add 'company' in org.yml",
    )  # fmt: skip


def test_broken_yaml(write_workspace):
    """YAML that cannot be read is refused with its line."""
    root = write_workspace()
    (root / "parameters" / "org.yml").write_text("company: Probe\n  mapping: [\n")
    with pytest.raises(QbrError) as caught:
        load_workspace(root)
    assert str(caught.value) == _message(
        "A parameter file cannot be read",
        "org.yml, line 2",
        "mapping values are not allowed here",
        "a YAML mapping in UTF-8",
        "mend org.yml",
    )


def test_missing_secret(write_workspace, monkeypatch):
    """A secret that the environment lacks is named, not printed."""
    monkeypatch.delenv("QBR_TEST_URL", raising=False)
    root = write_workspace(source={"kind": "database", "url": "${QBR_TEST_URL}"})
    assert _refused(root) == _message(
        "A value from the environment is missing",
        "org.yml, 'source.url'",
        "no variable QBR_TEST_URL",
        "QBR_TEST_URL set in the environment of the command",
        "export QBR_TEST_URL before the run",
    )


def test_missing_folder(write_workspace):
    """A source folder that does not exist is refused."""
    root = write_workspace(source={"path": "../exports"})
    assert _refused(root) == _message(
        "The source's folder does not exist",
        "org.yml, 'source.path'",
        "../exports",
        "a folder; a relative path counts from the folder of org.yml",
        "change 'source.path' in org.yml",
    )


def test_missing_file(write_workspace):
    """A needed table whose file is absent is refused, with the nearest file."""
    root = write_workspace({"opportunities.csv": None, "opportunity.csv": OPPORTUNITIES})
    assert _refused(root) == _message(
        "A raw table is missing",
        "opportunities.yml",
        "'opportunities'",
        "'opportunity'? Known: opportunity, teams",
        "name an existing table in the mapping, or add its file to the source's folder",
    )


def test_no_files(write_workspace):
    """An empty source folder is refused."""
    root = write_workspace({"opportunities.csv": None, "teams.csv": None})
    assert _refused(root) == _message(
        "The source's folder holds no tables",
        "data",
        "no file with a known ending",
        f"files ending in {SUFFIXES}",
        "put the export there, or change 'source.path' in org.yml",
    )


def test_missing_required_column(write_workspace):
    """A required column that the export lacks is refused by name."""
    text = OPPORTUNITIES.replace(",status,", ",state,")
    assert _refused(write_workspace({"opportunities.csv": text})) == _message(
        "A required column is not mapped",
        "opportunities.yml",
        "opportunities without status",
        "a source column or constant for status",
        "add status to opportunities.yml",
    )


def test_missing_mapped_column(write_workspace):
    """A column that the mapping names and the export lacks is refused with the nearest one."""
    mapping = (
        "from: opportunities\ncolumns:\n  opportunity_id: opportunity_id\n  team_id: Team\n"
        "  status: status\n"
    )
    root = write_workspace(
        mapping="own",
        mapping_files={"opportunities.yml": mapping, "teams.yml": "from: teams\ncolumns: same\n"},
    )
    known = ", ".join(sorted(HEADER.split(",")))
    assert _refused(root) == _message(
        "A column is missing in the export",
        "opportunities.yml, line 4",
        "'Team' for team_id",
        f"'team_id'? Known: {known}",
        "name an existing column of opportunities, or export it",
    )


def test_unknown_mapping(write_workspace):
    """A mapping that does not exist is refused with the nearest one."""
    assert _refused(write_workspace(mapping="salesfroce")) == _message(
        "The mapping does not exist",
        "org.yml, 'mapping'",
        "'salesfroce'",
        "'salesforce'? Known: csv, dynamics, hubspot, maven, pipedrive, salesforce, sample",
        "name a folder under parameters/mappings",
    )


def test_undecodable_bytes(write_workspace):
    """Bytes that the stated encoding cannot hold are refused with line, offset and a way out."""
    root = write_workspace({"teams.csv": "team_id,name\nnord,Nord\nsued,Süd\n".encode("cp1252")})
    assert _refused(root) == _message(
        "A file cannot be decoded",
        "teams.csv, line 3",
        "byte 0xfc at offset 29",
        "text in utf-8; the file decodes as cp1252 or mac_roman",
        "set 'encoding' for this file in org.yml",
    )


def test_unknown_encoding(write_workspace):
    """An encoding that does not exist is refused."""
    assert _refused(write_workspace(source={"encoding": "utf-9"})) == _message(
        "An encoding is unknown",
        "org.yml, 'source.encoding' for opportunities.csv",
        "'utf-9'",
        "a name such as utf-8, cp1252, mac_roman",
        "change 'encoding' in org.yml",
    )


def test_sql_error_with_its_line(write_workspace):
    """SQL that fails is refused with the file's line and the text of that line."""
    sql = "SELECT opportunity_id,\n  team,\n  status\nFROM opportunities\n"
    root = write_workspace(
        mapping="own",
        mapping_files={"opportunities.sql": sql, "teams.yml": "from: teams\ncolumns: same\n"},
    )
    message = _refused(root)
    assert message.startswith(
        "The SQL of a mapping fails.\n  Where: opportunities.sql, line 2\n"
        '  Got: Binder Error: Referenced column "team" not found in FROM clause!'
    )
    assert message.endswith(
        " at: team,\n"
        "  Wanted: one SELECT over the raw tables, named as their files or database tables\n"
        "  Edit: mend opportunities.sql"
    )


def test_sql_that_is_no_select(write_workspace):
    """A mapping's SQL must be one SELECT."""
    root = write_workspace(
        mapping="own",
        mapping_files={
            "opportunities.sql": "DROP TABLE opportunities",
            "teams.yml": "from: teams\ncolumns: same\n",
        },
    )
    assert _refused(root) == _message(
        "A mapping's SQL is not one SELECT",
        "opportunities.sql",
        "DROP",
        "exactly one SELECT",
        "mend opportunities.sql",
    )


def test_empty_export(write_workspace):
    """A header without rows is an empty export."""
    assert _refused(write_workspace({"opportunities.csv": HEADER + "\n"})) == _message(
        "The export is empty",
        "opportunities.csv",
        "no row for opportunities",
        "at least one row",
        "export again without filters that leave nothing",
    )


def test_empty_file(write_workspace):
    """A file of no bytes is refused."""
    assert _refused(write_workspace({"opportunities.csv": ""})) == _message(
        "A file is empty",
        "opportunities.csv",
        "no header line",
        "a header and at least one row",
        "export the file again",
    )


def test_ragged_csv(write_workspace):
    """A line with too many fields is refused with its line."""
    message = _refused(write_workspace({"teams.csv": TEAMS + "west,West,Südwest,extra,more\n"}))
    assert message.startswith("A file cannot be read as a table.\n  Where: teams.csv, line 4")
    assert message.endswith(
        "  Wanted: the same number of fields in every line, quotes closed\n"
        "  Edit: export the file again, or set 'delimiter' for it in org.yml"
    )


def test_excel_with_merged_headers(write_workspace):
    """Merged header cells leave columns without a name: refused by column number."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Teams"
    sheet.append(["team_id", None, "group"])
    sheet.append(["nord", "Nord", "Nordost"])
    sheet.merge_cells("A1:B1")
    stream = io.BytesIO()
    book.save(stream)
    root = write_workspace({"teams.csv": None, "teams.xlsx": stream.getvalue()})
    assert _refused(root) == _message(
        "A header is not one name per column",
        "teams.xlsx, sheet Teams, row 1",
        "no name in column 2",
        "a single header row without merged cells, every name once",
        "unmerge and name the header cells, or remove title rows above them",
    )


def test_too_many_rejected(write_workspace):
    """More rejected opportunities than the threshold allows: refused with the reasons counted."""
    text = OPPORTUNITIES.replace("1000.00", "tausend")
    assert _refused(write_workspace({"opportunities.csv": text})) == _message(
        "Too many opportunities are rejected",
        "opportunities.csv, first in row 2",
        "1 of 4 (unreadable 1), first amount 'tausend'",
        "at most 10%",
        "mend the mapping or the formats of the source, "
        "or raise 'thresholds.rejected_share' in org.yml",
    )


def test_states_that_the_mapping_does_not_know(write_workspace):
    """A state that no translation is for: the file and key to add it to are named."""
    text = OPPORTUNITIES.replace(",open,", ",Engagin,")
    assert _refused(write_workspace({"opportunities.csv": text})).splitlines()[-1] == (
        "  Edit: write under 'values' of parameters/mappings/sample/opportunities.yml which of "
        "open, won, lost 'Engagin' is, or raise 'thresholds.rejected_share' in org.yml"
    )


def test_far_outlier(write_workspace):
    """A newest day far from all others is refused by name instead of becoming the as-of day."""
    text = OPPORTUNITIES.replace("won,2026-09-30,2026-07-01", "won,2062-09-30,2026-07-01")
    assert _refused(write_workspace({"opportunities.csv": text})) == _message(
        "The newest day of the data is far from all others",
        "opportunities.closed_on, o3",
        "2062-09-30",
        "a day near 2026-08-20, the newest of the others",
        "mend that day in the CRM, or set 'as_of' in org.yml",
    )


@pytest.mark.parametrize(
    ("quarter", "message"),
    [
        (
            "2026-3",
            _message(
                "A quarter cannot be read",
                "parameter 'quarter'",
                "'2026-3'",
                "a year and a quarter such as 2026-Q3",
                "write the quarter as YYYY-Qn, n from 1 to 4",
            ),
        ),
        (
            "2019-Q1",
            _message(
                "The quarter lies outside the data",
                "parameter 'quarter'",
                "2019-Q1",
                "2026-Q3 to 2026-Q3: the first closing was on 2026-07-10, "
                "the data is as of 2026-09-30",
                "choose a quarter in this range, or export more",
            ),
        ),
    ],
    ids=["malformed", "outside"],
)
def test_quarter(write_workspace, quarter, message):
    """A malformed quarter and one outside the data are refused."""
    with pytest.raises(QbrError) as caught:
        open_slice("nord", quarter, workspace=write_workspace())
    assert str(caught.value) == message


def test_unknown_team(write_workspace):
    """An unknown team is refused with the nearest one."""
    with pytest.raises(QbrError) as caught:
        open_slice("nrod", "2026-Q3", workspace=write_workspace())
    assert str(caught.value) == _message(
        "The team is unknown",
        "parameter 'team'",
        "'nrod'",
        "'nord'? Known: company, group:Nordost, group:Südwest, nord, sued",
        "name a team_id of the table teams",
    )


def test_as_of_before_everything(write_workspace):
    """A day before the first deal leaves nothing to review."""
    assert _refused(write_workspace(as_of="2020-01-01")) == _message(
        "Nothing had happened by the day asked for",
        "'as_of'",
        "2020-01-01",
        "a day on which a deal existed; the newest is 2026-09-30",
        "choose a later 'as_of'",
    )


def test_as_of_before_the_first_deal_known(write_workspace):
    """A deal without a day of creation does not make a day long before all others one to review."""
    undated = OPPORTUNITIES + "o9,nord,open,,,2026-12-01,Sensor,r2,Proposal,750.00,800.00\n"
    root = write_workspace({"opportunities.csv": undated}, as_of="2020-01-01")
    assert _refused(root).startswith("Nothing had happened by the day asked for.")


def test_no_amount_in_the_own_currency(write_workspace):
    """An export all of whose amounts are foreign and without a rate would say that nobody sold."""
    header, *rows = OPPORTUNITIES.splitlines()
    many = [row.replace(",", f"{n},", 1) + ",USD" for n in range(5) for row in rows]
    text = "\n".join([header + ",currency", *many]) + "\n"
    assert _refused(write_workspace({"opportunities.csv": text})) == _message(
        "No amount can be told in the organisation's currency",
        "org.yml, 'currency'",
        "'EUR', while all 20 amounts are in others, most in 'USD'",
        "'USD', or exchange rates that begin by the days of the deals",
        "write 'currency: USD' in org.yml, or fill the table fx_rates",
    )
    load = {"opportunities.csv": text.replace(",USD", ",EUR", 1)}
    store.prepare(load_workspace(write_workspace(load)))
