"""Files that appear whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

PARTIAL = ".partial"


def hashed(root: Path, contents: Mapping[Path, bytes]) -> dict[str, str]:
    """Return SHA-256 by name within a folder."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(content).hexdigest()
        for path, content in contents.items()
    }


def put(contents: Mapping[Path, bytes]) -> None:
    """Write files beside their places and rename them only when all of them are written.

    Raises
    ------
    OSError
        If one cannot be written; the old files stand then, and nothing half written remains.
    """
    partials = {path: path.with_name(f".{path.name}{PARTIAL}") for path in contents}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            partials[path].write_bytes(content)
        for path, partial in partials.items():
            os.replace(partial, path)  # noqa: PTH105 - one atomic step, as everywhere it matters
    finally:
        for partial in partials.values():
            partial.unlink(missing_ok=True)
