"""What a moved slider costs at 3,000 deals: `python -m tests.bench.slider`.

First the Python side, from the value that comes in to the texts that go out, in CPU time beside
fixed work measured in turn, see `tests.bench.review`; then, where a Chromium is, from the key pressed
to the changed text, as the browser's clock tells it.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from qbr_lib.controls.setter import TargetSetter
from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.goals import proposals, records
from qbr_lib.outlook import current
from qbr_lib.words import in_language
from tests.bench.review import RUNS, reference, seconds
from tests.simulation.worlds import World, team
from tests.unit.metrics.conftest import build_slice

WORLD = World(deals=215.0, chance=0.25, days=125.0)  # about 3,000 deals, 300 of them open
AIM = 150  # milliseconds
MOVES = 15
_WORKED_OUT = {"target": "target", "size": "lever"}  # what is worked out nobody moves
WATCH = """
() => {
  const told = document.querySelector(".qbr-widget .widget-html");
  window.times = [];
  let since = null;
  document.addEventListener("keydown", () => { since = performance.now(); }, true);
  new MutationObserver(() => {
    if (since !== null) window.times.push(performance.now() - since);
    since = null;
  }).observe(told, {childList: true, subtree: true, characterData: true});
}
"""


def setter(data: Slice, folder: Path) -> TargetSetter:
    """Return the widgets of a team, their checks left for the pause in which they come."""
    own = build_slice(source={"kind": "folder", "path": "x"}).organisation
    organisation = data.organisation.model_copy(update={"source": own.source})
    data = dataclasses.replace(data, organisation=organisation, root=folder, folder="nord")
    formats = Formats(in_language("de"), "EUR")
    found = current.outlook(data, data.quarter.next)
    draft = proposals.revenue(data, formats, found)
    made = TargetSetter(data, records.of(data, data.quarter), draft, found, formats)
    made.view()
    made.later = lambda _: None  # type: ignore[assignment]
    return made


def moves(made: TargetSetter) -> dict[str, Callable[[], None]]:
    """Return what a person moves, each time elsewhere."""
    assert made.how is not None
    assert made.how.board is not None
    board, start, turn = made.how.board, made.target.value, itertools.count(1)

    def target() -> None:
        made.slider.value = start * (1 + next(turn) % 97 / 400)

    def lever() -> None:
        usual = board.board.usual("size")
        board.sliders["size"].value = usual * (1 + next(turn) % 97 / 400)

    return {"target": target, "lever": lever}


def python() -> None:
    """Print the medians of alternating runs and their ratios, one line per kind of move."""
    data = team(WORLD, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        made = setter(data, Path(folder))
        assert made.how is not None
        board = made.how.board
        assert board is not None
        print(
            f"{len(data.opportunities)} deals, {RUNS} runs in turn, load {os.getloadavg()[0]:.1f}"
        )
        _line("folded, target", moves(made)["target"])
        made.how.toggle.value = True
        for solve in board.board.solves:
            board.choice.value = solve
            for name, move in moves(made).items():
                if name != _WORKED_OUT.get(solve):
                    _line(f"{solve} worked out, {name} moved", move)


def _line(name: str, move: Callable[[], None]) -> None:
    move()  # the first one draws the random numbers
    pairs = [(seconds(move), seconds(reference)) for _ in range(RUNS)]
    own = statistics.median(one for one, _ in pairs) * 1_000
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"{name}: {own:.0f} ms (aim {AIM}), ratio {ratio:.3f}")


def browser() -> None:
    """Print the median from the key pressed to the changed text, target and lever, in Chromium."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if chromium is None:
        print("no Chromium on this machine: the browser's side is not measured")
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = workspace(team(WORLD, seed=1), Path(folder))
        process, address = serve(root, Path(folder) / "log")
        try:
            page = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            ).new_page()
            page.goto(address)
            page.get_by_role("link", name="Nord", exact=True).click()
            page.get_by_role("slider").first.wait_for(timeout=240_000)
            page.wait_for_timeout(1_000)
            page.evaluate(WATCH)
            _pressed(page, "target, folded", 0)
            page.get_by_role("button", name="How?").click()
            page.wait_for_timeout(2_000)
            _pressed(page, "target, all open", 0)
            _pressed(page, "average won deal, all open", 2)
            page.get_by_role("combobox").first.select_option("New deals a week")
            page.wait_for_timeout(2_000)
            _pressed(page, "target, new deals worked out", 0)
            page.close()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _pressed(page: Any, name: str, place: int) -> None:
    slider = page.get_by_role("slider").nth(place)
    page.evaluate("window.times.length = 0")
    for _ in range(MOVES):
        slider.press("ArrowRight")
        page.wait_for_timeout(900)
    times = page.evaluate("window.times")
    load = os.getloadavg()[0]
    print(
        f"{name}: {statistics.median(times):.0f} ms from key to text (aim {AIM}), "
        f"{min(times):.0f} to {max(times):.0f}, {len(times)} moves, load {load:.1f}"
    )


def workspace(data: Slice, folder: Path) -> Path:
    """Write a team's deals and their changes as an export with a workspace around it."""
    root = folder / "w"
    (root / "parameters").mkdir(parents=True)
    (root / "data").mkdir()
    deals = data.opportunities.dropna(axis="columns", how="all").drop(
        columns="removed_on", errors="ignore"
    )
    deals.to_csv(root / "data" / "opportunities.csv", index=False, date_format="%Y-%m-%d")
    assert data.history is not None
    events = data.history.rename(
        columns={"at": "changed_at", "old": "old_value", "new": "new_value"}
    )
    events[["opportunity_id", "changed_at", "field", "old_value", "new_value"]].to_csv(
        root / "data" / "opportunity_events.csv", index=False, date_format="%Y-%m-%d %H:%M:%S"
    )
    pd.DataFrame({"team_id": ["nord"], "name": ["Nord"]}).to_csv(
        root / "data" / "teams.csv", index=False
    )
    stages = ", ".join(data.organisation.stages)
    (root / "parameters" / "org.yml").write_text(
        "company: Probe\nmapping: sample\nlanguage: en\n"
        f"stages: [{stages}]\nsource: {{kind: folder, path: ../data}}\n"
    )
    return root


def serve(root: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Serve a workspace, and return the process and its address."""
    command = [sys.executable, "-m", "qbr_lib", "app", "goals", "--no-open", "--workspace", root]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
    for _ in range(600):
        if found := re.search(r"http://\S+", log.read_text()):
            return process, found[0]
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit(log.read_text())


def main() -> None:
    """Measure both."""
    python()
    browser()


if __name__ == "__main__":
    main()
