"""What an executed notebook must not carry: clocks, absolute paths, random ids."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from qbr_lib.run.plan import Workbook

Cut = tuple[str, re.Pattern[str], str]
_INJECTED = "injected-parameters"
_HERE = "."
_CELL_FILE = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")


def cleaned(notebook: NotebookNode, workbook: Workbook, scratch: Path) -> NotebookNode:
    """Return an executed notebook that the same inputs make again byte for byte.

    papermill notes times, paths and the whole input in the metadata; kept are the parameters, with
    the workspace as ".". The workspace, the folder it ran in and the home folder are cut out of all
    other text, where they begin a path: within an address they are part of it.
    """
    clean = copy.deepcopy(notebook)
    clean.metadata["papermill"] = {"parameters": {**workbook.parameters, "workspace": _HERE}}
    for cell in clean.cells:
        for clock in ("papermill", "execution"):
            cell.metadata.pop(clock, None)
        if _INJECTED in cell.metadata.get("tags", []):
            cell.id = _INJECTED
    folders = {workbook.root: _HERE, scratch: _HERE, Path.home(): "~"}
    cuts = [
        (str(folder), re.compile(rf"(?<![\w.-]){re.escape(str(folder))}(?![\w.-])"), short)
        for folder, short in folders.items()
        if folder != Path(folder.anchor)
    ]
    scrubbed = _cut(clean, [*cuts, ("ipykernel_", _CELL_FILE, "cell")])
    result: NotebookNode = nbformat.from_dict(scrubbed)  # type: ignore[no-untyped-call]
    return result


def as_bytes(notebook: NotebookNode) -> bytes:
    """Return a notebook as the bytes of its file."""
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return (text.rstrip("\n") + "\n").encode("utf-8")


def _cut(node: Any, cuts: list[Cut]) -> Any:
    if isinstance(node, str):
        for sign, pattern, short in cuts:
            if sign in node:  # a search by pattern takes seconds in a picture
                node = pattern.sub(short, node)
        return node
    if isinstance(node, Mapping):
        return {key: value if _is_coded(key) else _cut(value, cuts) for key, value in node.items()}
    return [_cut(value, cuts) for value in node] if isinstance(node, list) else node


def _is_coded(key: str) -> bool:
    """Tell whether a MIME type holds encoded bytes, in which a path can only stand by chance."""
    return key.startswith(("image/", "application/pdf")) and key != "image/svg+xml"
