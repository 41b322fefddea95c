"""Hashes of what a notebook opens: the same hashes, the same content, whatever else changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from qbr_lib.data.partition import HOLDERS, PRIORS, UNUSABLE, table
from qbr_lib.data.store import Store
from qbr_lib.parameters import Organisation
from qbr_lib.periods import Quarter

_OF_WHOLES = (HOLDERS, UNUSABLE)  # which a team does not read
_UNREAD = ("as_of", "source")  # the day stands beside it, and of the source only the rows count


def of_slices(store: Store, teams: Sequence[str]) -> str:
    """Return the hash of the teams' own slices."""
    slices = [store.meta["slices"][team] for team in teams]
    return slices[0] if len(slices) == 1 else _hash(json.dumps(slices))


def of_shared(store: Store, quarter: Quarter, *, whole: bool) -> str:
    """Return the hash of what all may read, and of what is known of the export as a whole.

    Parameters
    ----------
    quarter : Quarter
        Under review: of the priors only its own are read.
    whole : bool
        Whether the reader is a group or the company.
    """
    written = (store.folder / "store.json").stat().st_mtime_ns  # of a database, at each run
    return _of_shared(store.folder, written, str(quarter), whole=whole)


@lru_cache
def _of_shared(folder: Path, written: int, quarter: str, *, whole: bool) -> str:  # noqa: ARG001
    store = Store(folder, json.loads((folder / "store.json").read_text(encoding="utf-8")))
    parts: list[Any] = [
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted((store.folder / "organisation").glob("*.parquet"))
        if path.stem != PRIORS and (whole or path.stem not in _OF_WHOLES)
    ]
    parts.append(priors_of(store, Quarter.parse(quarter)).to_json())
    unread = {"slices", "latest", "open_deals", "hygiene"}
    parts += [store.meta[name] for name in sorted(set(store.meta) - unread)]
    parts.append({**store.hygiene, "deals": None})
    return _hash(json.dumps(parts, sort_keys=True))


def priors_of(store: Store, quarter: Quarter) -> pd.DataFrame:
    """Return the priors for the review of one quarter."""
    known = table(store.folder / "organisation" / f"{PRIORS}.parquet")
    own = known.loc[known["quarter"] == str(quarter)]
    return own.drop(columns="quarter").reset_index(drop=True)


def of_parameters(organisation: Organisation) -> str:
    """Return the hash of an organisation's parameters, without where its data comes from."""
    return _hash(organisation.model_dump_json(exclude=set(_UNREAD)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
