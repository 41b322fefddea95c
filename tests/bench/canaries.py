"""Many generated teams, a canary each: no team's data in another's files, memory that does not grow.

    python -m tests.bench.canaries [--teams 200] [--deals 60]

generates teams, of whose deals, accounts and products each name carries the team's canary, runs all
shipped notebooks over them once and a notebook of six charts twice, looks for every canary in every
file, runs again, changes a deal and runs once more. What comes out is printed as one JSON object;
it ends with 1 where any of it fails.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import random
import re
import sys
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import psutil

from tests import faults
from tests.bench import charts

FIRST, LAST = date(2024, 7, 1), date(2026, 10, 5)
COLUMNS = ["opportunity_id", "team_id", "status", "created_on", "closed_on", "expected_close_on",
           "name", "account_id", "stage", "amount", "product", "segment", "lead_source"]  # fmt: skip
ORG = """\
company: Canaries
mapping: sample
language: en
source: {kind: folder, path: ../data}
stages: [Qualify, Propose, Negotiate]
privacy: {people: named}
"""
MANY = 100  # teams, that run long enough to tell whether memory grows
CANARY = re.compile(rb"canary[a-z]{8}")


def canary(team):
    """Return a team's word, which stands nowhere else."""
    drawn = random.Random(team)
    return "canary" + "".join(drawn.choices("abcdefghijklmnopqrstuvwxyz", k=8))


def write(root, teams, deals):
    """Write a workspace of so many teams, two groups, and deals each."""
    (root / "parameters").mkdir(parents=True)
    (root / "data").mkdir()
    (root / "parameters" / "org.yml").write_text(ORG)
    with (root / "data" / "teams.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["team_id", "name", "group"])
        rows.writerows([name(n), f"Team {n} {canary(n)}", f"Half {n % 2}"] for n in range(teams))
    with (root / "data" / "opportunities.csv").open("w", newline="") as stream:
        rows = csv.DictWriter(stream, COLUMNS)
        rows.writeheader()
        for team in range(teams):
            drawn = random.Random(1000 + team)
            rows.writerows(_deal(team, number, drawn) for number in range(deals))
    return root


def name(team):
    """Return a team's id."""
    return f"t{team:03}"


def _deal(team, number, drawn):
    """Return a deal; the last one of each team is created on the last day, so all end on one."""
    word = canary(team)
    created = FIRST + timedelta(days=drawn.randrange((LAST - FIRST).days - 1))
    closed = created + timedelta(days=10 + drawn.randrange(120))
    status = drawn.choice(["won", "lost", "lost"]) if closed < LAST else "open"
    return {
        "opportunity_id": f"{name(team)}-{number}",
        "team_id": name(team),
        "status": status,
        "created_on": LAST if number == 0 else created,
        "closed_on": closed if status != "open" and number else "",
        "expected_close_on": closed,
        "name": f"Deal {number} {word}",
        "account_id": f"{word}-{drawn.randrange(9)}",
        "stage": drawn.choice(["Qualify", "Propose", "Negotiate"]) if status == "open" else "",
        "amount": f"{drawn.lognormvariate(9, 0.7):.2f}",
        "product": drawn.choice(["Pump", "Valve", "Sensor"]),
        "segment": drawn.choice(["Small", "Large"]),
        "lead_source": drawn.choice(["Fair", "Web", "Partner"]),
    } | ({"status": "open"} if number == 0 else {})


def strays(root, teams):
    """Return the files of a team in which another team's canary stands, and how many were read."""
    words = {canary(n).encode(): name(n) for n in range(teams)}
    found, read = [], 0
    for path in (root / "build" / faults.QUARTER).glob("t*/*"):
        read += 1
        for word in set(CANARY.findall(_bytes(path))):
            if words[word] != path.parent.name:
                found.append(f"{path.parent.name}/{path.name}: {word.decode()}")
    return found, read


def _bytes(path):
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(map(archive.read, archive.namelist()))


def ran(root, temporary, *options):
    """Run; return the last line, the seconds, how memory grew, and the lines of what finished.

    Memory is that of the processes that live as long as the run: kernels come and go.
    """
    start, held, over = time.monotonic(), defaultdict(list), threading.Event()
    run = faults.qbr(root, temporary, *options)

    def look():
        while not over.wait(2):
            for pid in faults.descendants(temporary):
                with contextlib.suppress(psutil.Error):
                    held[pid].append(psutil.Process(pid).memory_info().rss >> 20)

    watching = threading.Thread(target=look)
    watching.start()
    told, errors = run.communicate()
    over.set()
    watching.join()
    lines = told.splitlines()
    ended = json.loads(lines[-1]) if lines else {"errors": errors}
    finished = [line for line in map(json.loads, lines) if line["event"] == "finished"]
    return ended, round(time.monotonic() - start, 1), grown(held.values()), finished


def grown(held):
    """Return the largest growth of a lasting process [MiB]: from, to, over the last four fifths.

    None where nothing lasted for a minute.
    """
    longest = max(map(len, held), default=0)
    lasting = [sizes for sizes in held if len(sizes) > max(30, 0.9 * longest)]
    ends = [(sizes[len(sizes) // 5], max(sizes[-5:])) for sizes in lasting]
    return max(ends, key=lambda pair: pair[1] - pair[0], default=None)


def measured(base, teams, deals):
    """Return what the runs came to, and what of it is wrong."""
    root, temporary = write(base / "w", teams, deals), base / "t"
    charts.write(root / "notebooks" / "4_bench.ipynb")
    first, seconds, memory, _ = ran(root, temporary, "--jobs", 2)
    bench = ran(root, temporary, "--jobs", 2, "--force", "--notebook", "bench")
    found, read = strays(root, teams)
    again, seconds_again, _, _ = ran(root, temporary, "--jobs", 2)
    path = root / "data" / "opportunities.csv"
    lines = path.read_text().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.startswith("t001-") and ",won," in line)
    lines[at] = re.sub(r",(\d+)\.\d\d,", lambda m: f",{int(m[1]) + 1}.00,", lines[at])
    path.write_text("".join(lines))
    _, seconds_one, _, finished = ran(root, temporary, "--jobs", 2)
    touched = sorted({one["folder"] for one in finished if one["state"] != "cached"})
    told = {
        "teams": teams, "first": first, "seconds": seconds, "memory_mib": [memory, bench[2]],
        "bench_again": bench[0], "seconds_bench": bench[1],
        "files": read, "strays": found, "again": again, "seconds_again": seconds_again,
        "one_deal": touched, "seconds_one_deal": seconds_one,
        "left": [str(one) for one in faults.left_behind(root, temporary)],
    }  # fmt: skip
    wrong = [
        text
        for text, fault in {
            "a workbook failed": (first.get("failed"), bench[0].get("failed")) != (0, 0),
            "memory grew": any(pair and pair[1] > 1.1 * pair[0] for pair in (memory, bench[2])),
            "memory not seen": teams >= MANY and None in (memory, bench[2]),
            "a canary elsewhere": bool(found) or not read,
            "executed again": again.get("cached") != first.get("done"),
            "other teams executed": touched != ["company", "group-half-1", "t001"],
            "something left": bool(told["left"]),
        }.items()
        if fault
    ]
    return told, wrong


def main():
    """Print what came out; end with 1 where a canary strayed, a workbook failed or was repeated."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--teams", type=int, default=200)
    parser.add_argument("--deals", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told, wrong = measured(Path(folder), given.teams, given.deals)
    print(json.dumps(told | {"wrong": wrong}, indent=1))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
