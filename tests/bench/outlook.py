"""What outlooks cost: `python -m tests.bench.outlook`.

One team's outlook in CPU time beside fixed work, measured in turn, see `tests.bench.review`; then
the sample's whole back-test on two processes, as the clock tells it.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from qbr_lib.data import store
from qbr_lib.outlook import current
from qbr_lib.parameters import load_workspace
from tests.bench.review import RUNS, reference, seconds
from tests.simulation.worlds import World, team

WORLD = World(deals=215.0, chance=0.25, days=125.0)  # about 3,000 deals, 300 of them open
OUTLOOK, BACKTEST = 0.3, 120  # seconds aimed at
ROOT = Path(__file__).parents[2]


def outlook() -> None:
    """Print the medians of alternating runs and their ratio."""
    data = team(WORLD, seed=1)
    quarter = data.quarter.next
    current.outlook(data, quarter)  # the first run imports and compiles
    pairs = [
        (seconds(lambda: current.outlook(data, quarter)), seconds(reference)) for _ in range(RUNS)
    ]
    own, fixed = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    deals = data.opportunities
    print(f"{len(deals)} deals, {(deals['status'] == 'open').sum()} open, {RUNS} runs in turn")
    print(f"outlook {own:.2f} s (aim {OUTLOOK}), reference {fixed:.2f} s, ratio {ratio:.2f}")


def backtest() -> None:
    """Print what `qbr backtest` takes on the sample once its data is prepared."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "w"
        (root / "parameters").mkdir(parents=True)
        shutil.copy(ROOT / "parameters" / "org.yml", root / "parameters" / "org.yml")
        store.prepare(load_workspace(root))
        begin = time.perf_counter()
        command = [sys.executable, "-m", "qbr_lib", "backtest", "--jobs", "2", "--workspace", root]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        print(f"back-test {time.perf_counter() - begin:.0f} s (aim {BACKTEST})")


def main() -> None:
    """Measure both."""
    outlook()
    backtest()


if __name__ == "__main__":
    main()
