"""Gather every text of code, templates and notebooks, and bring new ones into the catalogues.

Run by `make words`; the completeness test uses `gather` to see what is missing.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

from qbr_lib.words.catalogue import LOCALES

PACKAGE = Path(__file__).resolve().parents[1]
NOTEBOOKS = PACKAGE.parent / "notebooks"
KEYWORDS = {"say": None, "count": (1, 2), "N_": None}
_WIDTH = 100


def sources_of(notebook: Path, kind: str) -> Iterator[str]:
    """Yield the text of every cell of a kind of a notebook file."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == kind:
            yield "".join(cell["source"])


def _said_in(notebook: Path) -> Iterator[str]:
    for source in sources_of(notebook, "code"):
        stream = io.BytesIO(source.encode("utf-8"))
        for _, message, _, _ in extract("python", stream, keywords=KEYWORDS):
            if isinstance(message, str):
                yield message


def gather() -> Catalog:
    """Return every message of the project, with the files that use it."""
    catalogue = Catalog(project="QBR Workbook", charset="utf-8")
    found = extract_from_dir(str(PACKAGE), [("**.py", "python")], keywords=KEYWORDS)
    for name, _, message, _, _ in found:
        catalogue.add(message, locations=[(f"qbr_lib/{name}", 0)])
    for path in sorted(PACKAGE.rglob("*.j2")):
        for _, message, _, _ in extract_from_file(
            "jinja2.ext:babel_extract", str(path), keywords=KEYWORDS
        ):
            catalogue.add(message, locations=[(path.relative_to(PACKAGE.parent).as_posix(), 0)])
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for text in (*sources_of(path, "markdown"), *_said_in(path)):
            catalogue.add(text, locations=[(f"notebooks/{path.name}", 0)])
    return catalogue


def po_path(language: str) -> Path:
    """Return the catalogue file of a language."""
    return LOCALES / language / "LC_MESSAGES" / "qbr.po"


def read(language: str) -> Catalog:
    """Read a catalogue file; an empty one where there is none yet."""
    path = po_path(language)
    if not path.is_file():
        return Catalog(locale=language, project="QBR Workbook", charset="utf-8")
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def write(language: str, catalogue: Catalog) -> None:
    """Write a catalogue file, sorted and without line numbers, so that diffs stay small."""
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(
            stream,
            catalogue,
            width=_WIDTH,
            sort_output=True,
            omit_header=False,
            include_lineno=False,
            ignore_obsolete=True,
        )


def main() -> int:
    """Bring new messages into the German catalogue and tell how many want translation."""
    template = gather()
    catalogue = read("de")
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    write("de", catalogue)
    empty = [m for m in catalogue if m.id and not all(_texts(m.string))]
    sys.stdout.write(f"{len(empty)} of {len(template)} texts want a German translation\n")
    return 0


def _texts(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string or "",) if isinstance(string, str | None) else tuple(string)


if __name__ == "__main__":
    raise SystemExit(main())
