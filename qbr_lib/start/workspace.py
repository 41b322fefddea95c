"""A company's own workspace: its files, made whole or not at all, and completed when run again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError
from ruamel.yaml import YAML

from qbr_lib.formats import Formats
from qbr_lib.parameters import UNDECIDED, Organisation, Workspace, parse
from qbr_lib.record import schema_text
from qbr_lib.run.files import put
from qbr_lib.start import asked as asks
from qbr_lib.start import found, org
from qbr_lib.start.asked import EXPORT, ORG, OWN, Asked
from qbr_lib.start.export import Proposal, propose
from qbr_lib.start.template import SHEETS, is_empty, template
from qbr_lib.start.texts import render
from qbr_lib.words import Words, in_language

PLAN, _BEGUN = "plan.xlsx", f"parameters/mappings/{OWN}"
SCHEMA = "parameters/record.schema.json"


@dataclass(frozen=True)
class Made:
    """What became of a workspace.

    Parameters
    ----------
    root : Path
        The folder.
    words : Words
        Its language.
    written, kept : tuple of str
        Files written now; files that were there and were left alone. By their path within `root`.
    """

    root: Path
    words: Words
    written: tuple[str, ...]
    kept: tuple[str, ...]


def make(asked: Asked) -> Made:
    """Make a workspace, or complete one that waited for its export.

    Raises
    ------
    QbrError
        If the folder is another workspace's or the project's own, the CRM is unknown, or the
        export cannot be read; nothing is written then.
    """
    there = asks.before(asked)
    folder = asks.export_folder(asked, there)
    language = asked.language or str(there.get("language", "en"))
    currency = asked.currency or str(there.get("currency", "EUR"))
    formats = Formats(in_language(language), currency)
    proposal = propose(folder) if folder and asks.has_tables(folder) else None
    text = _parameters(asked, there, folder, proposal, formats)
    place = Workspace(asked.root, _organisation(text))
    contents, kept = _contents(place, text, formats.words)
    is_new = not asked.root.exists()
    try:
        put({asked.root / name: content for name, content in contents.items()})
        if folder == asked.root / EXPORT:
            folder.mkdir(exist_ok=True)
    except BaseException:
        if is_new:
            shutil.rmtree(asked.root, ignore_errors=True)
        raise
    return Made(asked.root, formats.words, tuple(contents), tuple(kept))


def _parameters(
    asked: Asked,
    there: Mapping[str, Any],
    folder: Path | None,
    proposal: Proposal | None,
    formats: Formats,
) -> str:
    """Return the text of `org.yml`: a new one, or the one there with what was open filled in."""
    near = asked.root.parent
    path = asks.seen_from(asked.root / "parameters", folder, near=near) if folder else ""
    if not there:
        name = asked.company or asked.root.name
        return org.compose(name, asked.crm, path, proposal, formats)
    text = (asked.root / ORG).read_text(encoding="utf-8")
    return org.complete(text, path, proposal, formats) if proposal else text


def _organisation(text: str) -> Organisation:
    """Return the parameters as far as they are decided."""
    data = YAML(typ="safe").load(text)
    source = data.get("source") or {}
    for part in (source, *(source.get("files") or {}).values()):
        for key in [key for key, value in part.items() if value == UNDECIDED]:
            del part[key]
    return parse(Organisation, data, path=Path("org.yml"), lines={})


def _contents(place: Workspace, text: str, words: Words) -> tuple[dict[str, bytes], list[str]]:
    """Return what is to be written, and what stands already and is left alone."""
    seen = found.look(place, words)
    wanted = _texts(place, words)
    if place.organisation.mapping == OWN and not (place.root / _BEGUN).exists():
        wanted |= {f"{_BEGUN}/{name}": file for name, file in seen.starter.items()}
    there = {name for name in (*wanted, ORG) if (place.root / name).exists()}
    contents = {name: t.encode("utf-8") for name, t in wanted.items() if name not in there}
    kept = sorted(there - {ORG}) if ORG not in there else []  # later they are known to be there
    if ORG in there and (place.root / ORG).read_text(encoding="utf-8") == text:
        kept.append(ORG)
    else:
        contents[ORG] = text.encode("utf-8")
    if _holds_nothing(place.root / PLAN, any(seen.rows.values())):
        contents[PLAN] = template(seen.sheets or SHEETS, seen.rows, words)
    else:
        kept.append(PLAN)
    return contents, kept


def _texts(place: Workspace, words: Words) -> dict[str, str]:
    organisation = place.organisation
    folder = (place.parameters / str(organisation.source.path)).resolve()
    parts = {
        "company": organisation.company,
        "crm": organisation.mapping,
        "export": asks.seen_from(place.root, folder, near=place.root.parent),
        "files": found.wanted_files(place, words),
        "init": f"qbr init . --crm {organisation.mapping}",
        "begun": organisation.mapping == OWN,
    }
    return {
        "README.md": render("README.md", words, **parts),
        ".gitignore": render("gitignore", words),
        "parameters/teams/example.txt": render("example.txt", words),
        SCHEMA: schema_text(),
    }


def _holds_nothing(plan: Path, has_rows: bool) -> bool:
    """Tell whether a plan is missing, or empty while teams are known now."""
    if not plan.exists():
        return True
    with suppress(CalamineError, OSError):
        return has_rows and is_empty(plan)
    return False
