"""Shared by all tests: small workspaces, and what is said when something is missing here."""

import os
import shutil
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock
from ruamel.yaml import YAML

from qbr_lib.parameters import load_workspace

# A slow machine is no fault of the code; the examples drawn are the same on each.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"
REQUIRE_ALL = os.environ.get("QBR_REQUIRE_ALL") == "1"

OPPORTUNITIES = """\
opportunity_id,team_id,status,closed_on,created_on,expected_close_on,name,owner_id,stage,amount,list_amount
o1,nord,won,2026-07-10,2026-05-01,2026-07-15,Pumpe,r1,,1000.00,900.00
o2,nord,lost,2026-08-20,2026-06-01,2026-08-31,Ventil,r1,,500.00,500.00
o3,sued,won,2026-09-30,2026-07-01,2026-09-30,Waage,r2,,250.50,250.00
o4,sued,open,,2026-08-01,2026-12-01,Sensor,r2,Proposal,750.00,800.00
"""
TEAMS = "team_id,name,group\nnord,Nord,Nordost\nsued,Süd,Südwest\n"


def pytest_collection_modifyitems(config, items):
    missing = []
    if not REAL_DATA.is_dir():
        missing.append(("real", "the folder of real exports is not beside the project"))
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        missing.append(("browser", "no Chromium on this machine"))
    if not shutil.which("soffice"):
        missing.append(("office", "no LibreOffice on this machine"))
    for marker, why in missing:
        gone = [item for item in items if item.get_closest_marker(marker)]
        if gone and REQUIRE_ALL:
            pytest.exit(f"QBR_REQUIRE_ALL=1, but {why}", returncode=3)
        if gone:
            config.hook.pytest_deselected(items=gone)
            items[:] = [item for item in items if not item.get_closest_marker(marker)]
            config.get_terminal_writer().line(f"deselected {len(gone)} tests: {why}")


@pytest.fixture
def write_workspace(tmp_path):

    def write(files=None, *, mapping_files=None, teams=None, encoding="utf-8", **org):
        root = tmp_path / "workspace"
        (root / "parameters").mkdir(parents=True, exist_ok=True)
        data = root / "data"
        data.mkdir(exist_ok=True)
        given = {"opportunities.csv": OPPORTUNITIES, "teams.csv": TEAMS} | (files or {})
        for name, text in given.items():
            if text is not None:
                content = text if isinstance(text, bytes) else text.encode(encoding)
                (data / name).write_bytes(content)
        source = {"kind": "folder", "path": "../data"} | org.pop("source", {})
        parameters = {"company": "Probe", "mapping": "sample", "source": source} | org
        with (root / "parameters" / "org.yml").open("w", encoding="utf-8") as stream:
            YAML().dump(parameters, stream)
        for name, text in (mapping_files or {}).items():
            path = root / "parameters" / "mappings" / parameters["mapping"] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name, text in (teams or {}).items():
            path = root / "parameters" / "teams" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root

    return write


@pytest.fixture
def workspace(write_workspace):

    def make(files=None, **org):
        return load_workspace(write_workspace(files, **org))

    return make


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Run the shipped notebooks once for all tests, and return the workspace they must not change.

    The processes of pytest-xdist share the folder above their own.
    """
    from tests.notebooks import shipped  # slow to import, and only needed by some

    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "finished"
    with FileLock(f"{root}.lock"):
        if not (root / "done").exists():
            shipped.run_all(shipped.write(root, shipped.tables()))
            (root / "done").touch()
    return root
