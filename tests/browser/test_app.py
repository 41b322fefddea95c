"""The goals served to browsers: who gets in, what is reachable, setting targets, and the end."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe

from qbr_lib.record import read
from tests.conftest import ROOT
from tests.notebooks.stubs import write_workspace

pytestmark = [pytest.mark.browser, pytest.mark.kernel]
PATIENCE = 240
NOBODY = "00000000-0000-0000-0000-000000000000"
PATHS = (
    "/",
    "/teams/nord",
    "/voila/static/voila.js",
    "/voila/labextensions/anywidget/package.json",
    "/voila/api/themes/@jupyterlab/theme-light-extension/index.css",
    f"/api/kernels/{NOBODY}",
    f"/api/kernels/{NOBODY}/channels",
    "/anything",
)
BEYOND = (
    "/teams/west",
    "/teams/nord.ipynb",
    "/teams/..%2fopen.html",
    "/voila/files/nord.ipynb",
    "/voila/files/../open.html",
    "/voila/tree",
    "/voila/render/nord.ipynb",
    "/voila/api/contents/",
    "/voila/templates/lab/static/voila.js",
    "/voila/static/../../../../../../../../etc/passwd",
    "/voila/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/voila/labextensions/..%2f..%2f..%2f..%2fpyvenv.cfg",
    "/api/contents",
    "/api/kernels",
    "/api/terminals",
    "/login",
    "/tree",
)
# A kernel answers what widgets ask; code sent to it is dropped on the way.
SEND_CODE = """
([kernel, code]) => new Promise((done) => {
  const socket = new WebSocket(`ws://${location.host}/api/kernels/${kernel}/channels?session_id=s`);
  const send = (type, content) => socket.send(JSON.stringify({
    channel: "shell", parent_header: {}, metadata: {}, content, buffers: [],
    header: {msg_id: type, msg_type: type, username: "", session: "s", version: "5.3"},
  }));
  socket.onmessage = (event) => {
    if (String(event.data).includes("comm_info_reply")) done("answered");
  };
  socket.onopen = () => {
    send("execute_request", {code, silent: false, store_history: false, user_expressions: {}});
    send("comm_info_request", {});
  };
})
"""


class Served:
    """A running process: its address, its token, its workspace."""

    def __init__(self, folder, *arguments, root=None):
        self.root = root or write_workspace(folder / "w", teams=("nord", "sued", "west"))
        command = [sys.executable, "-m", "qbr_lib", "app", "goals", "--no-open"]
        command += ["--workspace", str(self.root), *arguments]
        scratch = folder / "tmp"
        scratch.mkdir()
        self.scratch, self.log = scratch, folder / "app.log"
        environment = os.environ | {"TMPDIR": str(scratch), "HOME": str(folder)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        address = urlsplit(self._address())
        self.host, self.token = address.netloc, parse_qs(address.query)["token"][0]
        self.base = f"http://{self.host}"

    def _address(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"http://\S+", self.log.read_text()):
                return found[0]
            time.sleep(0.2)
        pytest.fail(self.log.read_text()[-2000:])

    def ask(self, path, **headers):
        """Ask for a path exactly as written, and return status and text."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, text

    def record(self, team):
        """Return where a team's record stands or would stand."""
        return self.root / "parameters" / "records" / "2026-Q3" / f"{team}.yml"

    def interrupt(self):
        """Interrupt the process as Ctrl-C does, and return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve two of three teams."""
    made = Served(tmp_path_factory.mktemp("app"), "--team", "nord", "--team", "sued")
    yield made
    if made.process.poll() is None:
        made.interrupt()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "token wrong"}])
def test_nobody_without_the_token(served, path, headers):
    """Pages, files and kernels are refused alike, with a sentence and nothing else."""
    status, text = served.ask(path, **headers)
    assert status == 403
    assert "This page opens only with its full address" in text
    assert served.token not in text


def test_no_channel_without_the_token(served, enter):
    """A running kernel's channel is refused to others, and to pages of another origin."""
    page = enter("Nord")
    path = f"/api/kernels/{_kernel(page)}/channels"
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    cookies = [f"{one['name']}={one['value']}" for one in page.context.cookies()]
    upgrade["Cookie"] = "; ".join(cookies)
    assert served.ask(path, **upgrade | {"Cookie": ""})[0] == 403
    assert served.ask(path, **upgrade, Origin="http://elsewhere.example")[0] == 403
    assert served.ask(path, **upgrade, Origin=served.base)[0] == 101


@pytest.mark.parametrize("path", BEYOND)
def test_nothing_else_is_reachable(served, path):
    """No other team, file, folder or service, whatever way it is asked for."""
    status, text = served.ask(path, Authorization=f"token {served.token}")
    assert status in (403, 404)
    assert "root:" not in text


def test_code_is_not_run(served, enter, tmp_path):
    """A kernel answers, but code that a page sends to it is dropped."""
    page, trace = enter("Nord"), tmp_path / "trace"
    code = f"open({str(trace)!r}, 'w').close()"
    assert page.evaluate(SEND_CODE, [_kernel(page), code]) == "answered"
    assert not trace.exists()


def test_the_list(served, browser):
    """It names the teams asked for alone; the token leaves the address; the page is accessible."""
    page = browser.new_page()
    page.goto(f"{served.base}/?token={served.token}")
    assert page.url == f"{served.base}/"
    assert page.get_by_role("main").get_by_role("link").all_inner_texts() == ["Nord", "Sued"]
    assert _faults(page) == []
    page.close()


def test_the_page(served, enter):
    """It asks nobody else, is accessible, is no wider than a phone, and shows outputs alone."""
    page = enter("Nord", width=390)
    page.wait_for_timeout(1000)
    assert [url for url in page.asked if urlsplit(url).netloc not in ("", served.host)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("html").get_attribute("lang") == "en"
    text = page.inner_text("body")
    assert "Each stage is a call of the library" not in text
    assert "being put together" not in text
    assert "being loaded" not in text
    assert _faults(page) == []


def test_a_target_is_set(served, enter):
    """The keyboard moves the slider and what is told; Record writes who, when and why."""
    page, path = enter("Nord"), served.record("nord")
    widgets = page.locator(".qbr-widget")
    before = widgets.inner_text()
    page.get_by_role("slider").first.press("ArrowRight")
    page.wait_for_function(
        "told => document.querySelector('.qbr-widget').innerText !== told", arg=before
    )
    assert not path.exists()
    _record(page, "agreed in the meeting")
    page.get_by_text("Recorded on").wait_for(timeout=30_000)
    goal = read(path).record.goals[0]
    (revision,) = goal.revisions
    assert (revision.by, revision.reason) == ("team lead", "agreed in the meeting")
    assert revision.at.isoformat() == page.evaluate("new Date().toLocaleDateString('sv')")
    assert goal.current != 115  # what was proposed


def test_two_at_once(served, enter):
    """Who saves second is told of the conflict; what the first one saved stands alone."""
    first, second, path = enter("Sued"), enter("Sued"), served.record("sued")
    for page in (first, second):
        page.get_by_role("slider").first.press("ArrowRight")
    _record(first, "said first")
    first.get_by_text("Recorded on").wait_for(timeout=30_000)
    saved = path.read_bytes()
    _record(second, "said second")
    second.get_by_text(re.compile("changed since")).first.wait_for(timeout=30_000)
    assert path.read_bytes() == saved
    assert [one.reason for one in read(path).record.goals[0].revisions] == ["said first"]


def test_the_end(served, enter):
    """Interrupted, it ends without an error; no kernel and no file of it is left; pages say so."""
    page = enter("Nord")
    kernels = psutil.Process(served.process.pid).children(recursive=True)
    assert len(kernels) > 0
    assert served.interrupt() == 0
    _, alive = psutil.wait_procs(kernels, timeout=30)
    assert alive == []
    assert list(served.scratch.glob("qbr-app-*")) == []
    assert "Traceback" not in served.log.read_text()
    page.get_by_text("The connection is lost").wait_for(timeout=30_000)


def _kernel(page):
    return page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').text).kernelId")


def _record(page, reason):
    page.get_by_label("Who").fill("team lead")
    page.get_by_label("Who").press("Tab")
    page.get_by_label("Why").fill(reason)
    page.get_by_label("Why").press("Tab")
    page.get_by_role("button", name="Record", exact=True).click()


def _faults(page):
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["nodes"][0]["html"])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
