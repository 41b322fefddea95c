"""Reading YAML into models, refusing what does not fit with the line it stands on."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from qbr_lib.errors import ParameterError, nearest
from qbr_lib.parameters.models import Organisation, TeamFile
from qbr_lib.parameters.workspace import Workspace

M = TypeVar("M", bound=BaseModel)
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SAMPLE = Organisation(company="Muster Messtechnik", privacy={"people": "named"}, language="en")


def load_workspace(root: Path | str = ".", overrides: Mapping[str, Any] | None = None) -> Workspace:
    """Read a workspace's `parameters/org.yml`, with the run's overrides on top.

    Parameters
    ----------
    root : path
        The folder; without `parameters/org.yml` it holds the sample organisation. Empty: as
        `home` says.
    overrides : mapping
        Keys of `org.yml` that this run or team replaces; nested mappings are merged.

    Raises
    ------
    ParameterError
        If the folder is absent, a key is unknown or a value is refused.
    """
    folder = Path(root).expanduser().resolve() if str(root) else home()
    if not folder.is_dir():
        raise ParameterError(
            "The workspace does not exist",
            where=str(root),
            got="no folder of this name",
            wanted="a folder with parameters/org.yml",
            edit="give --workspace an existing folder",
        )
    path = folder / "parameters" / "org.yml"
    data, lines = read_yaml(path) if path.is_file() else (_SAMPLE.model_dump(), {})
    merged = _merge(data, overrides or {})
    return Workspace(folder, parse(Organisation, merged, path=path, lines=lines))


def home() -> Path:
    """Return the workspace one stands in (or in its `notebooks/`), else the package's project."""
    here, project = Path.cwd(), Path(__file__).resolve().parents[2]
    for folder in (here, here.parent, project):
        if (folder / "parameters" / "org.yml").is_file():
            return folder
    return here


def load_team(path: Path) -> TeamFile:
    """Read a team file: exactly `team`, `language`, `overrides`."""
    data, lines = read_yaml(path)
    return parse(TeamFile, data, path=path, lines=lines)


def fill_secrets(text: str, *, where: str) -> str:
    """Replace `${NAME}` by the environment's value, at the moment a source is opened.

    Raises
    ------
    ParameterError
        If the environment has no such value.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise ParameterError(
                "A value from the environment is missing",
                where=where,
                got=f"no variable {match[1]}",
                wanted=f"{match[1]} set in the environment of the command",
                edit=f"export {match[1]} before the run",
            )
        return os.environ[match[1]]

    return _VARIABLE.sub(value, text)


def read_yaml(path: Path) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """Read a YAML mapping and the line of each of its keys.

    Raises
    ------
    ParameterError
        If the file is no YAML mapping or no UTF-8.
    """
    try:
        document = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as err:
        mark = getattr(err, "problem_mark", None)
        place = f"{path.name}, line {mark.line + 1}" if mark else path.name
        raise ParameterError(
            "A parameter file cannot be read",
            where=place,
            got=getattr(err, "problem", None) or "bytes that are not UTF-8",
            wanted="a YAML mapping in UTF-8",
            edit=f"mend {path.name}",
        ) from err
    if not isinstance(document, Mapping):
        raise ParameterError(
            "A parameter file holds no mapping",
            where=path.name,
            got=type(document).__name__,
            wanted="lines of the form 'key: value'",
            edit=f"mend {path.name}",
        )
    lines: dict[tuple[str, ...], int] = {}
    return _plain(document, (), lines), lines


def parse(
    model: type[M], data: Mapping[str, Any], *, path: Path, lines: Mapping[tuple[str, ...], int]
) -> M:
    """Check data against a model; the first fault is told with its line.

    Raises
    ------
    ParameterError
        With the nearest legal name for an unknown key.
    """
    try:
        return model.model_validate(data)
    except ValidationError as err:
        fault = err.errors()[0]
        location = tuple(str(part) for part in fault["loc"])
        line = next(
            (lines[location[:n]] for n in range(len(location), 0, -1) if location[:n] in lines), 0
        )
        where = f"{path.name}, line {line}" if line else f"{path.name}, run parameter 'overrides'"
        where = path.name if not line and not lines else where
        dotted = ".".join(location)
        if fault["type"] == "extra_forbidden":
            known = _fields_at(model, location[:-1])
            raise ParameterError(
                "A parameter is unknown",
                where=where,
                got=f"'{dotted}'",
                wanted=nearest(location[-1], known),
                edit=f"rename or delete '{dotted}'",
            ) from err
        raise ParameterError(
            "A parameter is refused",
            where=f"{where}, '{dotted}'" if dotted else where,
            got=repr(fault["input"])[:120],
            wanted=fault["msg"].removeprefix("Value error, "),
            edit=f"change '{dotted}' in {path.name}" if dotted else f"mend {path.name}",
        ) from err


def _fields_at(model: type[BaseModel], location: tuple[str, ...]) -> list[str]:
    current: Any = model
    for part in location:
        field = current.model_fields.get(part) if hasattr(current, "model_fields") else None
        if field is None:
            continue
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        current = next((k for k in kinds if hasattr(k, "model_fields")), current)
    return [field.alias or name for name, field in current.model_fields.items()]


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = (
            _merge(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
        )
    return merged


def _plain(node: Any, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> Any:
    if isinstance(node, Mapping):
        for key in node:
            if hasattr(node, "lc"):
                lines[(*path, str(key))] = node.lc.key(key)[0] + 1
        return {str(key): _plain(value, (*path, str(key)), lines) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value, (*path, str(n)), lines) for n, value in enumerate(node)]
    return str(node) if isinstance(node, str) else node
