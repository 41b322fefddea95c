"""The notebooks in JupyterLab: the review run by Run All, the target set with the slider."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from qbr_lib.record import read
from tests.conftest import ROOT
from tests.notebooks.stubs import write_workspace

pytestmark = pytest.mark.browser
TOKEN = "only-for-this-test"
PATIENCE = 240


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab in a workspace with shipped notebooks; return its address and folder."""
    tmp_path = tmp_path_factory.mktemp("lab")
    root = write_workspace(tmp_path / "w")
    (root / "notebooks").mkdir()
    for name in ("1_review.ipynb", "2_goals.ipynb"):
        shutil.copy(ROOT / "notebooks" / name, root / "notebooks")
    options = {"ip": "127.0.0.1", "port": 0, "port_retries": 0, "root_dir": str(root)}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.{name}={value}" for name, value in options.items()]
    command += [f"--IdentityProvider.token={TOKEN}", "--LabApp.news_url=None"]
    folders = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    folders |= {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "HOME": str(tmp_path)}
    with (tmp_path / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=root, env=os.environ | folders, stdout=log, stderr=log
        )
    try:
        yield _address(tmp_path / "runtime", server, tmp_path / "lab.log"), root
    finally:
        server.terminate()
        server.wait(30)


def _address(folder, server, log):
    """Return the address of the server once it answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        for path in folder.glob("jpserver-*.json"):
            told = json.loads(path.read_text())
            if told["port"]:
                with urllib.request.urlopen(f"{told['url']}api?token={TOKEN}") as answer:
                    assert answer.status == 200
                return told["url"]
        time.sleep(0.5)
    pytest.fail(log.read_text()[-2000:])


def test_run_all(lab, browser):
    """Every cell has run in order, the result stands in the last one, and no cell failed."""
    address, root = lab
    tab = _run_all(browser, address, "1_review.ipynb")
    done = _saved_when_run(tab, root / "notebooks" / "1_review.ipynb")
    tab.close()
    outputs = [output for cell in done for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert [cell.execution_count for cell in done] == list(range(1, len(done) + 1))
    assert any(key.startswith("application/vnd.qbr") for key in done[-1].outputs[-1].data)


def test_a_target_is_set(lab, browser):
    """Who, why and a number typed into the widgets stand in the record; nothing before that."""
    address, root = lab
    tab = _run_all(browser, address, "2_goals.ipynb")
    slider = tab.get_by_role("slider", name="Revenue goal")
    slider.wait_for(timeout=120_000)
    field = tab.get_by_label("Revenue goal: exact value")
    path = root / "parameters" / "records" / "2026-Q3" / "nord.yml"
    assert not path.exists()
    assert field.input_value() == "€115"  # being looked at changes nothing
    slider.focus()
    slider.press("ArrowRight")
    tab.get_by_label("Who").fill("team lead")
    tab.get_by_label("Who").press("Tab")
    tab.get_by_label("Why").fill("agreed in the meeting")
    field.fill("130")
    field.press("Tab")
    tab.get_by_text("€130").first.wait_for(timeout=30_000)
    tab.get_by_role("button", name="Record", exact=True).click()
    tab.get_by_text("Recorded on").wait_for(timeout=30_000)
    tab.close()
    goal = read(path).record.goals[0]
    assert (goal.kind, goal.current, goal.revisions[0].by) == ("revenue", 130.0, "team lead")


def _run_all(browser, address, name):
    """Open a notebook alone, in a layout of its own, and choose Run All until its cells run."""
    tab = browser.new_page(viewport={"width": 1400, "height": 1000})
    layout = f"lab/workspaces/{name.partition('.')[0]}/tree/notebooks/{name}"
    tab.goto(f"{address}{layout}?token={TOKEN}", timeout=120_000)
    tab.get_by_text("| Idle").wait_for(timeout=120_000)  # until then the menu does nothing
    begun = tab.locator(".jp-InputPrompt", has_text=re.compile(r"\[[*\d]+\]"))
    for _ in range(5):
        tab.get_by_role("menuitem", name="Run", exact=True).click()
        tab.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        try:
            begun.first.wait_for(timeout=20_000)
        except PlaywrightTimeout:  # what opened meanwhile took the focus, and the choice with it
            continue
        return tab
    pytest.fail(f"Run All did not start {name}")


def _saved_when_run(tab, path):
    """Save until every code cell has run, and return those cells."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        tab.wait_for_timeout(2000)
        tab.keyboard.press("Control+s")
        try:
            cells = nbformat.read(path, as_version=4).cells
        except nbformat.reader.NotJSONError:  # is being saved
            continue
        code = [cell for cell in cells if cell.cell_type == "code"]
        failed = any(out.output_type == "error" for cell in code for out in cell.outputs)
        if failed or code[-1].outputs:
            return code
    pytest.fail("the last cell did not run in time")
