"""A workspace: the folder with `parameters/`, `history/` and `build/`."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from qbr_lib.parameters.models import Organisation

COMPANY = "company"
GROUP = "group:"  # before a group's id, where a team's could stand
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)
_LONGEST = 60  # letters of an id in a folder's name: file systems take 255 bytes, some paths 260
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)}


@dataclass(frozen=True)
class Workspace:
    """A folder with its parameters read.

    Parameters
    ----------
    root : Path
        Absolute.
    organisation : Organisation
        `parameters/org.yml`; the sample organisation where the file is absent.
    """

    root: Path
    organisation: Organisation

    @property
    def build(self) -> Path:
        """Everything that can be made again."""
        return self.root / "build"

    @property
    def history(self) -> Path:
        """Snapshots and past results, never lost."""
        return self.root / "history"

    @property
    def parameters(self) -> Path:
        """What people write."""
        return self.root / "parameters"


def shipped(kind: str) -> Path:
    """Return the folder of what comes with the package: "notebooks" or "mappings"."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_shipped" / kind
    if installed.is_dir():
        return installed
    return package.parent / ("notebooks" if kind == "notebooks" else "parameters/mappings")


def slug(name: str) -> str:
    """Return an id in lower-case ASCII for a folder's name.

    >>> slug("Süd & Großkunden")
    'sued-grosskunden'
    """
    ascii_only = unicodedata.normalize("NFKD", name.translate(_GERMAN)).encode("ascii", "ignore")
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.decode().lower()).strip("-")


def folder_names(team_ids: Iterable[str]) -> dict[str, str]:
    """Return each team's folder: its slug, with a hash of the id where that is not safe or unique.

    A slug that is too long is cut before its hash.

    >>> folder_names(["Nord", "Süd", "con"])["con"]
    'con-1143da'
    """
    ids = sorted(set(team_ids))
    slugs = {team: slug(team) for team in ids}
    taken = list(slugs.values())

    def unsafe(name: str) -> bool:
        reserved = name in _DEVICES or name == COMPANY or name.startswith("group-")
        return not name or reserved or taken.count(name) > 1 or len(name) > _LONGEST

    return {team: _hashed(name, team) if unsafe(name) else name for team, name in slugs.items()}


def group_folder_names(groups: Iterable[str]) -> dict[str, str]:
    """Return each group's folder, `group-` and its slug, made unique like a team's."""
    ids = sorted(set(groups))
    slugs = [slug(group) for group in ids]
    return {
        group: f"group-{name}"
        if name and slugs.count(name) == 1 and len(name) <= _LONGEST
        else f"group-{_hashed(name, group)}"
        for group, name in zip(ids, slugs, strict=True)
    }


def _hashed(name: str, one: str) -> str:
    """Return a slug, cut where it is long, with six hex digits of what it stands for."""
    digits = hashlib.sha256(one.encode()).hexdigest()[:6]
    return f"{name[:_LONGEST].rstrip('-')}-{digits}".lstrip("-")
