"""What earlier runs kept, once an organisation shows less of people than it did then.

History is never lost, but who owned a deal is no part of it: the team is, and stays.
"""

from __future__ import annotations

import io
import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

from qbr_lib.data import archive, ownership, privacy
from qbr_lib.data.people import PSEUDONYM, People, key_of
from qbr_lib.data.prepare import read
from qbr_lib.data.store import meta_of
from qbr_lib.errors import StoreError
from qbr_lib.parameters import PEOPLE_MODES, PeopleMode, Workspace
from qbr_lib.words import Words, in_language

_OWNERS = ("owner", "owner_id", "rep", "rep_id", "by", "manager", "author", "participants")


def protect(workspace: Workspace) -> int:
    """Rewrite snapshots and results under `history/` that tell more of people than is shown now.

    Stores made for a more open mode are removed; they can be made again.

    Returns
    -------
    int
        How many files were rewritten.

    Raises
    ------
    QbrError
        If the export, which tells who is a person, is refused, or a file under `history/` is
        damaged.
    """
    mode = workspace.organisation.privacy.people
    stores = workspace.build / "store"
    if not workspace.history.is_dir() and not stores.is_dir():
        return 0
    stores.mkdir(parents=True, exist_ok=True)
    with FileLock(stores / ".lock"):
        for path in stores.glob("*/store.json"):
            if _more_open((meta_of(path.parent) or {}).get("people"), mode):
                shutil.rmtree(path.parent)
        snapshots = archive.snapshots(workspace)
        open_ones = {path: one for path, one in snapshots if _tells(one["owner_id"], mode)}
        results = [
            path for path in _results(workspace.history / "results") if _shows_more(workspace, path)
        ]
        if open_ones or results:
            _rewrite(workspace, open_ones, results)
    return len(open_ones) + len(results)


def quarters(workspace: Workspace) -> list[str]:
    """Return the quarters whose pages were made when more of people was shown than now."""
    found = set[str]()
    for path in _results(workspace.build):
        with suppress(StoreError):  # a damaged one is made again
            if _shows_more(workspace, path):
                found.add(path.relative_to(workspace.build).parts[0])
    return sorted(found)


def _more_open(then: str | None, mode: PeopleMode) -> bool:
    return PEOPLE_MODES.index(then or "named") > PEOPLE_MODES.index(mode)


def _tells(owners: pd.Series, mode: PeopleMode) -> bool:
    told = owners.dropna()
    return len(told) > 0 and (
        mode == "off" or (mode == "pseudonym" and not told.str.fullmatch(PSEUDONYM).all())
    )


def _results(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*/*.result.json"))


def _shows_more(workspace: Workspace, path: Path) -> bool:
    then = archive.result(workspace, path).get("provenance", {}).get("people")
    return _more_open(then, workspace.organisation.privacy.people)


def _rewrite(
    workspace: Workspace, snapshots: dict[Path, pd.DataFrame], results: list[Path]
) -> None:
    tables, key = read(workspace).tables, key_of(workspace.history)
    codes = privacy.pseudonyms(tables, key)
    people = privacy.people_of(workspace.organisation.privacy, codes, key)
    cover = privacy.Cover(people, codes, key)
    for path, frame in snapshots.items():
        told = ownership.with_teams(frame, tables)
        coded = told["owner_id"].str.fullmatch(PSEUDONYM).fillna(False).astype(bool)
        covered = cover.persons(told["owner_id"])
        if people.mode == "pseudonym":
            covered = covered.mask(coded, told["owner_id"])
        content = io.BytesIO()
        told.assign(owner_id=covered).to_parquet(content, index=False)
        _replace(path, content.getvalue())
    words = in_language(workspace.organisation.language)
    for path in results:
        data = _covered(archive.result(workspace, path), "", people, words)
        data["provenance"] = {**data.get("provenance", {}), "people": people.mode}
        text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        _replace(path, text.encode("utf-8"))


def _covered(node: Any, name: str, people: People, words: Words) -> Any:
    """Return JSON data with its people covered; `name` is the key it stands under."""
    if isinstance(node, str):
        return people.person(node, words) if name in _OWNERS else people.prose(node)
    if isinstance(node, dict):
        return {key: _covered(value, key, people, words) for key, value in node.items()}
    if isinstance(node, list):
        return [_covered(value, name, people, words) for value in node]
    return node


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.partial")
    beside.write_bytes(content)
    beside.replace(path)
