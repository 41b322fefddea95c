"""The quarter's index from the manifest and results; light, since most runs change little."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from qbr_lib.deal_lists import SHEET
from qbr_lib.formats import Formats
from qbr_lib.publish.index import NAMES, IndexRow
from qbr_lib.publish.index import render as render_index
from qbr_lib.results import SCHEMA
from qbr_lib.run import Plan, Workbook, manifest
from qbr_lib.run.files import put
from qbr_lib.words import Words

INDEX, MINUTES, ROADMAP = "index.html", "minutes.html", "roadmap.html"


def write_index(plan: Plan, formats: Formats) -> Path:
    """Write the quarter's index from manifest and results, and return its path."""
    rows = sorted(_rows(plan), key=lambda row: not row.total)
    company = plan.workspace.organisation.company
    html = render_index(company, str(plan.quarter), plan.as_of, rows, formats=formats)
    path = plan.folder / INDEX
    put({path: html.encode("utf-8")})
    return path


def title(notebook: str, words: Words) -> str:
    """Return what a reader calls a notebook; a company's own by its file's name."""
    known = NAMES.get(notebook)
    return words.say(known) if known else notebook.replace("_", " ").capitalize()


def sheet_name(workbook: Workbook) -> str:
    """Return the file of a workbook's lists of deals; the review's has the short name."""
    return SHEET if workbook.notebook == "review" else f"{workbook.notebook}_{SHEET}"


def _rows(plan: Plan) -> Iterator[IndexRow]:
    """Yield one row per workbook there is, also of those that this run left out."""
    entries = manifest.entries(plan)
    for book in plan.every:
        entry = entries.get((book.folder, book.notebook), {"state": "missing", "reason": None})
        place = book.output / book.notebook
        values = _values(Path(f"{place}.result.json"))
        yield IndexRow(
            name=book.name,
            group=book.group,
            notebook=book.notebook,
            state=entry["state"],
            reason=entry["reason"],
            won=values.get("bookings.won_amount"),
            target=values.get("bookings.target"),
            page=_address(plan, Path(f"{place}.html")),
            deals=_address(plan, book.output / sheet_name(book)),
            minutes=_address(plan, book.output / MINUTES) if book.team is not None else None,
            roadmap=_address(plan, book.output / ROADMAP) if book.team is not None else None,
            failed=_address(plan, Path(f"{place}.failed.ipynb")),
            total=book.team is None,
            folder=book.folder,
        )


def _values(path: Path) -> dict[str, float]:
    """Return the values of a result file; none where there is none, or an older schema's."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        known = data["measures"] if data["schema"] == SCHEMA else {}
        return {key: measure["value"] for key, measure in known.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _address(plan: Plan, path: Path) -> str | None:
    return path.relative_to(plan.folder).as_posix() if path.is_file() else None
